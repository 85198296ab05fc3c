// SPDX-License-Identifier: Apache-2.0
//
// One S-box in both directions (FIPS 197, 5.1.1 and 5.3.2): inverse_i = 0 gives SBOX(), 1 gives INVSBOX().
// Combinational.
//
// SboxStyle: 0 composite field (aes_sbox_composite), 1 table in logic.

`default_nettype none

module aes_sbox #(
    parameter int unsigned SboxStyle = 1
) (
    input  wire logic                     inverse_i,
    input  wire logic [7:0]               data_i,
    output logic [7:0]                    data_o
);

  generate
    if (SboxStyle == 0) begin : gen_composite
      aes_sbox_composite u_composite (
          .clk_i(1'b0),
          .inverse_i,
          .data_i,
          .data_o
      );
    end else begin : gen_table
      assign data_o = inverse_i ? aes_pkg::inverse_sub_byte(data_i) : aes_pkg::sub_byte(data_i);
    end
  endgenerate

endmodule

`default_nettype wire
