// SPDX-License-Identifier: Apache-2.0
//
// GHASH (SP 800-38D, 6.4): result = X_1 H^m + X_2 H^(m-1) + ... + X_m H for blocks X_1 .. X_m and hash key H.
// AAD, text and lengths are all just blocks here; padding them is the user's business.
//
// Byte order as everywhere: byte 0 of a block is in bits 7:0; the standard's bit 0 is bit 7.
//
// start_i in cycle s takes the hash key and forgets what was before; the first block can be taken in cycle s+1. A block
// is taken when valid_i and ready_o are high; ready_o is low before a start and from the last block to the next start.
// ready_next_o in cycle t says that ready_o is high in cycle t+1 if neither start_i, clear_i nor a block comes in cycle t.
// When last_i came with a block taken in cycle t, result_valid_o rises and result_o stands until the next start_i or
// clear_i. result_near_o in a cycle says that result_valid_o is high in the next one if neither start_i nor clear_i
// comes; Pipelined=1 says so from cycle t+2 on, Pipelined=0 not before the result is there.
// start_i is allowed at any time, also in the very cycle in which the result appears (which it then shows for
// that cycle only), and while blocks are under way, which are forgotten; but no block may be taken in its cycle.
// clear_i, allowed at any time and stronger than start_i, erases everything that depends on hash key or blocks.
//
//                 result after the last block   throughput              erased after clear_i in cycle c
//   Pipelined=1   cycle t+3                     one block a cycle       from cycle c+2 (all but the multiplier c+1)
//   Pipelined=0   cycle t+16                    one block in 16 cycles  from cycle c+16 (hash key and sum c+1)
//
// Neither depends on any data. All outputs depend on registers only.

`default_nettype none

module ghash #(
    parameter bit Pipelined = 1'b1
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         start_i,
    input  wire logic [127:0] hash_key_i,
    input  wire logic         clear_i,
    input  wire logic         valid_i,
    output logic              ready_o,
    output logic              ready_next_o,
    input  wire logic [127:0] block_i,
    input  wire logic         last_i,
    output logic              result_near_o,
    output logic              result_valid_o,
    output logic [127:0]      result_o
);

  logic [127:0] hash_key, block, result;

  assign hash_key = gf128_pkg::turn_bytes(hash_key_i);
  assign block = gf128_pkg::turn_bytes(block_i);
  assign result_o = gf128_pkg::turn_bytes(result);

  generate
    if (Pipelined) begin : g_pipelined
      ghash_pipelined u_ghash (
          .clk_i,
          .rst_ni,
          .start_i,
          .hash_key_i(hash_key),
          .clear_i,
          .valid_i,
          .ready_o,
          .ready_next_o,
          .block_i(block),
          .last_i,
          .result_near_o,
          .result_valid_o,
          .result_o(result)
      );
    end else begin : g_serial
      ghash_serial u_ghash (
          .clk_i,
          .rst_ni,
          .start_i,
          .hash_key_i(hash_key),
          .clear_i,
          .valid_i,
          .ready_o,
          .ready_next_o,
          .block_i(block),
          .last_i,
          .result_near_o,
          .result_valid_o,
          .result_o(result)
      );
    end
  endgenerate

  logic promised_q;
  always_ff @(posedge clk_i) begin
    promised_q <= rst_ni && ready_next_o && !start_i && !clear_i && !(valid_i && ready_o);
    if (rst_ni) begin
      if (promised_q) assert (ready_o);
      if (start_i) assert (!(valid_i && ready_o));
    end
  end

endmodule

`default_nettype wire
