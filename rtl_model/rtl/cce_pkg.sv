// SPDX-License-Identifier: Apache-2.0
//
// Types that the engine's blocks share among themselves. What software sees is in cce_contract_pkg (generated).
//
// A request in flight has a slot; its number is the request's name in every block. Cipher requests are of two kinds:
//   stream  modes whose blocks do not wait for each other (ECB, CBC decryption, CTR, XTS, GCM): done in the order of
//           their dispatch, one after the other, a block a cycle;
//   lane    modes in which each block needs the one before (CBC encryption, CMAC, CCM, KW, KWP): each slot is a lane of
//           its own, and the lanes take turns in the cipher.

package cce_pkg;

  // Bytes of the longest DMA burst of a lane (the stream's is a parameter). Bursts end at multiples of it, so that none
  // crosses 4 KiB (AXI4, A3.4.1).
  localparam int unsigned LaneBurstBytes = 256;

  // Clients of the DMA read port. Lower numbers win.
  localparam int unsigned ReadClients = 5;
  typedef enum logic [2:0] {
    ReadClientDescriptor = 3'd0,
    ReadClientContext = 3'd1,
    ReadClientSourceList = 3'd2,
    ReadClientDestinationList = 3'd3,
    ReadClientData = 3'd4
  } read_client_e;

  // What a client of the read port attaches to a burst and gets back with each of its beats.
  localparam int unsigned ReadTagWidth = 48;

  // Clients of the DMA write port. Lower numbers win.
  localparam int unsigned WriteClients = 2;
  typedef enum logic [0:0] {
    WriteClientCompletion = 1'd0,
    WriteClientData = 1'd1
  } write_client_e;

  // One burst's worth of bytes, with all that the address checker needs to know.
  typedef struct packed {
    logic privileged;     // ring access set up through privileged registers: the region key is not looked at
    logic unrestricted;   // the queue may use the unrestricted region
    logic [7:0] queue_index;
    logic [15:0] region;  // region key
    logic [63:0] address;
    logic [12:0] bytes;   // 1 to 4096, inside one 4 KiB page
  } dma_request_t;
  localparam int unsigned DmaRequestWidth = 103;

  // A refused DMA access. reason is cce_contract_pkg::fault_reason_e.
  typedef struct packed {
    logic valid;
    logic write;
    logic [1:0] reason;
    logic [7:0] queue_index;
    logic [63:0] address;
  } dma_fault_t;

  // AES key lengths.
  typedef enum logic [1:0] {
    KeyLength128 = 2'd0,
    KeyLength192 = 2'd1,
    KeyLength256 = 2'd2
  } key_length_e;

  // A request as the dispatcher hands it to the blocks that work on its text. All has been checked against the contract.
  // Hash requests are lanes too; `aad_length` is then what stands in front of the message. So are those of cipher and hash
  // in one pass; it is then what stands in front of the text.
  typedef struct packed {
    logic [7:0] queue_index;
    logic unrestricted;
    logic stream;             // else lane
    logic [7:0] mode;         // cce_contract_pkg::cipher_mode_e, or hash_mode_e
    logic decrypt;
    logic authenticated;      // decrypted text counts only with its tag: it is wiped after a failure
    logic distinct_keys;
    logic [127:0] iv;
    logic [31:0] iv_length;   // bytes of IV in front of the AAD in the source (GCM), else 0
    logic [31:0] aad_length;
    logic [31:0] text_length;
    logic [6:0] tag_length;
    logic [31:0] output_length;  // bytes in the destination, without the tag
    logic source_list;
    logic [15:0] source_region;
    logic [63:0] source;
    logic destination_list;
    logic [15:0] destination_region;
    logic [63:0] destination;
  } cipher_request_t;

  // The mode of a request of the stream, as those ask who must answer in the same cycle. None of them: ECB.
  typedef struct packed {
    logic counting;           // CTR or GCM
    logic ctr;
    logic gcm;
    logic xts;
    logic cbc;
  } stream_mode_t;
  localparam int unsigned StreamModeWidth = 5;

  // What the key loader has to do for a slot.
  typedef enum logic [1:0] {
    KeyJobRecord = 2'd0,      // cipher, key in a context record in memory
    KeyJobHeld = 2'd1,        // cipher, key in an engine-held context
    KeyJobLoad = 2'd2,        // context_load
    KeyJobInvalidate = 2'd3   // context_invalidate
  } key_job_e;

  typedef struct packed {
    logic [1:0] job;          // key_job_e
    logic [7:0] queue_index;
    logic unrestricted;
    logic [7:0] index;        // engine-held context
    logic [63:0] address;     // of the record
    logic [15:0] region;
    logic two_units;          // the record is as long as a pair of keys
    logic [7:0] mode;
    logic decrypt;
    logic inverse_cipher;
    logic distinct_keys;
  } key_request_t;
  localparam int unsigned KeyRequestWidth = 111;

  // Who sent a block through the cipher; travels with the block.
  typedef enum logic [2:0] {
    CipherUserLane = 3'd0,
    CipherUserKeyWrap = 3'd1,
    CipherUserSubkey = 3'd2,
    CipherUserStream = 3'd3,
    CipherUserHash = 3'd4
  } cipher_user_e;
  localparam int unsigned CipherTagWidth = 13;
  typedef struct packed {
    logic [2:0] user;         // cipher_user_e
    logic [3:0] step;         // the user's own
    logic [5:0] slot;         // at most 64 requests in flight
  } cipher_tag_t;

  // Steps of the stream unit's blocks.
  localparam logic [3:0] StreamStepText = 4'd0;
  localparam logic [3:0] StreamStepSteal = 4'd1;      // XTS: the block that lends its tail (IEEE 1619, 5.3.2)
  localparam logic [3:0] StreamStepStolen = 4'd2;     // XTS: the last block, made from the partial one
  localparam logic [3:0] StreamStepFirstCounter = 4'd3;  // GCM: E(J0)

  // Steps of the subkey unit's blocks.
  localparam logic [3:0] SubkeyStepHash = 4'd0;       // E(0): H of GCM, L of CMAC; XTS: the first tweak
  localparam logic [3:0] SubkeyStepMask = 4'd1;       // what masks the tag: E(J0) of GCM, E(A0) of CCM

  // Adds 1 to the last 32 bits of a counter block whose first byte is in bits 7:0 (SP 800-38D, 6.2), or to all 128
  // (SP 800-38A, B.1).
  function automatic logic [127:0] increment_counter(input logic [127:0] counter, input logic all_bits);
    logic [127:0] number;
    logic carry_32, carry_80;   // into these bits; told from all those below, so that no sum waits for another
    for (int unsigned i = 0; i < 16; i++) number[8*i +: 8] = counter[8*(15-i) +: 8];
    carry_32 = all_bits && number[31:0] == '1;
    carry_80 = carry_32 && number[79:32] == '1;
    number = {number[127:80] + 48'(carry_80), number[79:32] + 48'(carry_32), number[31:0] + 32'd1};
    for (int unsigned i = 0; i < 16; i++) increment_counter[8*i +: 8] = number[8*(15-i) +: 8];
  endfunction

  // The first `bytes` bytes of a block, the rest zero.
  function automatic logic [127:0] keep_bytes(input logic [127:0] block, input logic [4:0] bytes);
    for (int unsigned i = 0; i < 16; i++) keep_bytes[8*i +: 8] = 5'(i) < bytes ? block[8*i +: 8] : 8'd0;
  endfunction

  // Multiplication of an XTS tweak by the primitive element (IEEE 1619, 5.2): the block is one little-endian number.
  function automatic logic [127:0] next_tweak(input logic [127:0] tweak);
    next_tweak = {tweak[126:0], 1'b0} ^ {120'd0, 8'h87 & {8{tweak[127]}}};
  endfunction

  // Doubling of a CMAC subkey (SP 800-38B, 6.1): the block is one big-endian number.
  function automatic logic [127:0] double_subkey(input logic [127:0] subkey);
    logic [127:0] number;
    for (int unsigned i = 0; i < 16; i++) number[8*i +: 8] = subkey[8*(15-i) +: 8];
    number = {number[126:0], 1'b0} ^ {120'd0, 8'h87 & {8{number[127]}}};
    for (int unsigned i = 0; i < 16; i++) double_subkey[8*i +: 8] = number[8*(15-i) +: 8];
  endfunction

endpackage
