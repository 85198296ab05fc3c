// SPDX-License-Identifier: Apache-2.0
//
// The round keys of one position of the pipeline, one for each key held. One write port, one read port with a
// registered output: block RAM, distributed RAM or a register file.
//
// Latency: one cycle from read_i to round_key_o, which is zero in every cycle that does not follow a read: no key
// material stays in the output register. An entry is never read in the cycle in which it is written, so synthesis need
// not care what would come then.
//
// Early = 1 asks for distributed RAM: its output register is an ordinary one, and the round key is there early in its
// cycle. A block RAM takes half of a cycle on an FPGA.

`default_nettype none

module aes_round_key_memory #(
    parameter int unsigned KeyCount = 64,
    parameter bit Early = 0
) (
    input  wire logic                         clk_i,
    input  wire logic                         rst_ni,
    input  wire logic                         write_i,
    input  wire logic [$clog2(KeyCount)-1:0]  write_index_i,
    input  wire logic [127:0]                 round_key_i,
    input  wire logic                         read_i,
    input  wire logic [$clog2(KeyCount)-1:0]  read_index_i,
    output logic [127:0]                      round_key_o
);

  logic [127:0] round_key_q;

  // Tests look at the memory after an erasure.
  generate
    if (Early) begin : gen_memory
      (* ram_style = "distributed", no_rw_check *)
      logic [127:0] memory [KeyCount] /* verilator public_flat_rd */;
      always_ff @(posedge clk_i) begin
        if (write_i) memory[write_index_i] <= round_key_i;
        if (!read_i) round_key_q <= '0;
        else round_key_q <= memory[read_index_i];
      end
    end else begin : gen_memory
      (* no_rw_check *)
      logic [127:0] memory [KeyCount] /* verilator public_flat_rd */;
      always_ff @(posedge clk_i) begin
        if (write_i) memory[write_index_i] <= round_key_i;
        if (!read_i) round_key_q <= '0;
        else round_key_q <= memory[read_index_i];
      end
    end
  endgenerate

  assign round_key_o = round_key_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(read_i && write_i && read_index_i == write_index_i));
  end

endmodule

`default_nettype wire
