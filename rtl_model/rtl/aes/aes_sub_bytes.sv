// SPDX-License-Identifier: Apache-2.0
//
// SubBytes() or InvSubBytes() on some bytes (FIPS 197, 5.1.1 and 5.3.2).
//
// Registered = 0: combinational. Registered = 1: one cycle of latency, one word a cycle.
// SboxStyle: 0 composite field, the smallest in gates; 1 table in logic; 2 read-only memory with a registered output
// (block RAM of an FPGA, two bytes a memory), Registered = 1 only. Cycles are the same for all styles.
//
// quadrupled_o, style 2 only: 04 times data_o in the inverse direction, zero in the other, which is what InvMixColumns()
// adds first (aes_pkg::mix_column_either).

`default_nettype none

module aes_sub_bytes #(
    parameter int unsigned Bytes = 16,        // style 2: even
    parameter int unsigned SboxStyle = 1,
    parameter bit Registered = 1
) (
    input  wire logic                     clk_i,
    input  wire logic                     inverse_i,
    input  wire logic [8*Bytes-1:0]       data_i,
    output logic [8*Bytes-1:0]            data_o,
    output logic [8*Bytes-1:0]            quadrupled_o
);

  generate
    if (SboxStyle == 2) begin : gen_memory
      for (genvar g = 0; g < int'(Bytes); g += 2) begin : gen_pair
        aes_sbox_memory u_memory (
            .clk_i,
            .inverse_i,
            .a_i(data_i[8*g +: 8]),
            .b_i(data_i[8*g+8 +: 8]),
            .a_o(data_o[8*g +: 8]),
            .b_o(data_o[8*g+8 +: 8]),
            .a_quadrupled_o(quadrupled_o[8*g +: 8]),
            .b_quadrupled_o(quadrupled_o[8*g+8 +: 8])
        );
      end
    end else if (SboxStyle == 0 && Registered) begin : gen_composite
      // The register is inside the S-boxes.
      assign quadrupled_o = '0;
      for (genvar g = 0; g < int'(Bytes); g++) begin : gen_byte
        aes_sbox_composite #(
            .Registered(1)
        ) u_sbox (
            .clk_i,
            .inverse_i,
            .data_i(data_i[8*g +: 8]),
            .data_o(data_o[8*g +: 8])
        );
      end
    end else begin : gen_logic
      logic [8*Bytes-1:0] substituted;
      assign quadrupled_o = '0;

      for (genvar g = 0; g < int'(Bytes); g++) begin : gen_byte
        aes_sbox #(
            .SboxStyle(SboxStyle)
        ) u_sbox (
            .inverse_i,
            .data_i(data_i[8*g +: 8]),
            .data_o(substituted[8*g +: 8])
        );
      end

      if (Registered) begin : gen_register
        logic [8*Bytes-1:0] substituted_q;
        always_ff @(posedge clk_i) substituted_q <= substituted;
        assign data_o = substituted_q;
      end else begin : gen_wire
        logic unused_clock;
        assign unused_clock = clk_i;
        assign data_o = substituted;
      end
    end
  endgenerate

endmodule

`default_nettype wire
