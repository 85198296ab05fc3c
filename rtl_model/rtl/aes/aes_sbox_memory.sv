// SPDX-License-Identifier: Apache-2.0
//
// Two S-boxes in one read-only memory of 512 words with two read ports (FIPS 197, 5.1.1 and 5.3.2). The direction is
// the ninth address bit, so one block RAM of an FPGA serves two bytes in both directions. A word is wide enough for more:
// beside INVSBOX() stands 04 times it, which is what InvMixColumns() begins with (aes_pkg), and beside SBOX() zero.
//
// Latency: one cycle. Throughput: two bytes a cycle.

`default_nettype none

module aes_sbox_memory (
    input  wire logic                     clk_i,
    input  wire logic                     inverse_i,
    input  wire logic [7:0]               a_i,
    input  wire logic [7:0]               b_i,
    output logic [7:0]                    a_o,
    output logic [7:0]                    b_o,
    output logic [7:0]                    a_quadrupled_o,
    output logic [7:0]                    b_quadrupled_o
);

  logic [15:0] memory [512];
  logic [15:0] a_q, b_q;

  initial begin
    for (int unsigned i = 0; i < 256; i++) begin
      memory[i] = {8'd0, aes_pkg::SubBytesTable[8*i +: 8]};
      memory[i+256] = {aes_pkg::xtime(aes_pkg::xtime(aes_pkg::InverseSubBytesTable[8*i +: 8])),
                       aes_pkg::InverseSubBytesTable[8*i +: 8]};
    end
  end

  always_ff @(posedge clk_i) begin
    a_q <= memory[{inverse_i, a_i}];
    b_q <= memory[{inverse_i, b_i}];
  end

  assign {a_quadrupled_o, a_o} = a_q;
  assign {b_quadrupled_o, b_o} = b_q;

endmodule

`default_nettype wire
