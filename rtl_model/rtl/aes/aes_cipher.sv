// SPDX-License-Identifier: Apache-2.0
//
// The AES block cipher of the engine: keys by index, blocks in, results out in order (FIPS 197).
//
//   Pipelined = 1  aes_cipher_pipelined: a block a cycle, constant latency of 29 (StagesPerRound = 2) or 15 (1) cycles
//   Pipelined = 0  aes_cipher_iterative: a round a cycle, one block inside, for small parts
//
// Handshakes are alike; what a key may be used for is fixed when it is loaded (key_inverse_i). Keys are loaded and
// erased only while no block of theirs is inside. The headers of the two modules have the cycles.

`default_nettype none

module aes_cipher #(
    parameter int unsigned KeyCount = 64,      // keys held at once, 2 or more
    parameter int unsigned TagWidth = 12,
    parameter bit Pipelined = 1,
    parameter int unsigned SboxStyle = 1,      // see aes_sub_bytes
    parameter int unsigned StagesPerRound = 2  // pipelined only: 1 or 2; SboxStyle 2 needs 2
) (
    input  wire logic                         clk_i,
    input  wire logic                         rst_ni,
    // Load a key: byte 0 in bits 7:0, unused high bytes zero.
    input  wire logic                         key_valid_i,
    output logic                              key_ready_o,
    input  wire logic [$clog2(KeyCount)-1:0]  key_index_i,
    input  wire logic                         key_inverse_i,  // for decryption
    input  wire cce_pkg::key_length_e         key_length_i,
    input  wire logic [255:0]                 key_i,
    // Blocks may use the key in the cycle after this pulse and later.
    output logic                              key_usable_o,
    output logic [$clog2(KeyCount)-1:0]       key_usable_index_o,
    // Erase a key: nothing of it is left 20 cycles later.
    input  wire logic                         erase_valid_i,
    output logic                              erase_ready_o,
    input  wire logic [$clog2(KeyCount)-1:0]  erase_index_i,
    // Blocks in
    input  wire logic                         valid_i,
    output logic                              ready_o,
    input  wire logic [$clog2(KeyCount)-1:0]  key_select_i,
    input  wire logic [127:0]                 block_i,
    input  wire logic [TagWidth-1:0]          tag_i,
    // Results, in order; they do not wait.
    output logic                              valid_o,
    output logic [127:0]                      block_o,
    output logic [TagWidth-1:0]               tag_o,
    // No block inside, no expansion or erasure under way
    output logic                              idle_o
);

  generate
    if (Pipelined) begin : gen_pipelined
      aes_cipher_pipelined #(
          .KeyCount(KeyCount),
          .TagWidth(TagWidth),
          .SboxStyle(SboxStyle),
          .StagesPerRound(StagesPerRound)
      ) u_cipher (
          .clk_i,
          .rst_ni,
          .key_valid_i,
          .key_ready_o,
          .key_index_i,
          .key_inverse_i,
          .key_length_i,
          .key_i,
          .key_usable_o,
          .key_usable_index_o,
          .erase_valid_i,
          .erase_ready_o,
          .erase_index_i,
          .valid_i,
          .ready_o,
          .key_select_i,
          .block_i,
          .tag_i,
          .valid_o,
          .block_o,
          .tag_o,
          .idle_o
      );
    end else begin : gen_iterative
      aes_cipher_iterative #(
          .KeyCount(KeyCount),
          .TagWidth(TagWidth),
          .SboxStyle(SboxStyle)
      ) u_cipher (
          .clk_i,
          .rst_ni,
          .key_valid_i,
          .key_ready_o,
          .key_index_i,
          .key_inverse_i,
          .key_length_i,
          .key_i,
          .key_usable_o,
          .key_usable_index_o,
          .erase_valid_i,
          .erase_ready_o,
          .erase_index_i,
          .valid_i,
          .ready_o,
          .key_select_i,
          .block_i,
          .tag_i,
          .valid_o,
          .block_o,
          .tag_o,
          .idle_o
      );
    end
  endgenerate

endmodule

`default_nettype wire
