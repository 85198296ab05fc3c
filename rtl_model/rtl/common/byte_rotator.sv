// SPDX-License-Identifier: Apache-2.0
//
// Rotates bytes towards lane 0: lane i of the output is lane i + amount of the input. Combinational.

`default_nettype none

module byte_rotator #(
    parameter int unsigned Bytes = 16,  // a power of two
    localparam int unsigned AmountWidth = $clog2(Bytes)
) (
    input  wire logic [8*Bytes-1:0]     data_i,
    input  wire logic [AmountWidth-1:0] amount_i,
    output logic [8*Bytes-1:0]          data_o
);

  always_comb begin
    data_o = data_i;
    for (int unsigned s = 0; s < AmountWidth; s++) begin
      if (amount_i[s]) data_o = (data_o >> (8 << s)) | (data_o << (8 * Bytes - (8 << s)));
    end
  end

endmodule

`default_nettype wire
