// SPDX-License-Identifier: Apache-2.0
//
// What the hash functions differ in, and what the hash engine's blocks share. Functions are known by their number in the
// contract (hash_mode).

package hash_pkg;

  localparam int unsigned ModeWidth = 4;
  typedef logic [ModeWidth-1:0] mode_t;

  // A request as the dispatcher hands it to the hash engine. All has been checked against the contract.
  typedef struct packed {
    mode_t mode;
    logic first;                // the message begins here
    logic last;                 // and ends here
    logic keyed;                // HMAC
    logic squeeze;              // ends here, but more output is wanted later
    logic cipher;               // the text goes through the cipher, too: in one pass
    logic ctr;                  // CTR, else CBC
    logic decrypt;
    logic over_plaintext;       // plaintext is hashed, else ciphertext
    logic [127:0] iv;
    logic [31:0] aad_length;    // bytes of the message in front of the text
    logic [31:0] text_length;
    logic [31:0] output_length; // bytes of the destination; with cipher of the tag
  } request_t;
  localparam int unsigned RequestWidth = 236;

  function automatic logic known(input logic [7:0] mode);
    known = mode <= 8'(cce_contract_pkg::HashModeSha512256) ||
            (mode >= 8'(cce_contract_pkg::HashModeSha3224) && mode <= 8'(cce_contract_pkg::HashModeCshake256));
  endfunction

  function automatic logic sponge(input mode_t mode);
    sponge = mode >= 4'(cce_contract_pkg::HashModeSha3224);
  endfunction

  // An output of any length.
  function automatic logic extendable(input mode_t mode);
    extendable = mode >= 4'(cce_contract_pkg::HashModeShake128);
  endfunction

  // SHA-2 with words of 8 bytes.
  function automatic logic wide(input mode_t mode);
    wide = mode >= 4'(cce_contract_pkg::HashModeSha384) && !sponge(mode);
  endfunction

  // Bytes of the digest.
  function automatic logic [6:0] digest_bytes(input mode_t mode);
    unique case (mode)
      4'(cce_contract_pkg::HashModeSha224), 4'(cce_contract_pkg::HashModeSha512224),
      4'(cce_contract_pkg::HashModeSha3224): digest_bytes = 7'd28;
      4'(cce_contract_pkg::HashModeSha384), 4'(cce_contract_pkg::HashModeSha3384): digest_bytes = 7'd48;
      4'(cce_contract_pkg::HashModeSha512), 4'(cce_contract_pkg::HashModeSha3512): digest_bytes = 7'd64;
      default: digest_bytes = 7'd32;
    endcase
  endfunction

  // Pieces of 16 bytes that the state has in memory.
  function automatic logic [3:0] state_pieces(input mode_t mode);
    if (sponge(mode)) state_pieces = 4'(cce_contract_pkg::HashStateSpongeBytes / 16);
    else state_pieces = 4'((wide(mode) ? cce_contract_pkg::HashStateLongBytes : cce_contract_pkg::HashStateShortBytes) / 16);
  endfunction

  // SHA-3: lanes of 8 bytes that a block has (FIPS 202, 6.1 and 6.2: 200 bytes less the capacity).
  function automatic logic [4:0] rate(input mode_t mode);
    unique case (mode)
      4'(cce_contract_pkg::HashModeSha3224): rate = 5'd18;
      4'(cce_contract_pkg::HashModeSha3384): rate = 5'd13;
      4'(cce_contract_pkg::HashModeSha3512): rate = 5'd9;
      4'(cce_contract_pkg::HashModeShake128), 4'(cce_contract_pkg::HashModeCshake128): rate = 5'd21;
      default: rate = 5'd17;
    endcase
  endfunction

  // SHA-3: what follows the message, and the first bit of the padding (FIPS 202, 5.1, 6.1, 6.2; SP 800-185, 3.3).
  function automatic logic [7:0] suffix(input mode_t mode);
    if (!extendable(mode)) suffix = 8'h06;
    else suffix = mode >= 4'(cce_contract_pkg::HashModeCshake128) ? 8'h04 : 8'h1f;
  endfunction

  // SHA-2: piece i of the initial state (FIPS 180-4, 5.3).
  function automatic logic [127:0] initial_piece(input mode_t mode, input logic [1:0] index);
    logic [2:0] word;
    initial_piece = '0;
    if (wide(mode)) begin
      for (int unsigned i = 0; i < 2; i++) begin
        word = {index, 1'(i)};
        unique case (mode)
          4'(cce_contract_pkg::HashModeSha384):
            initial_piece[64*i +: 64] = sha2_pkg::word_of_table(sha2_pkg::InitialSha384, word);
          4'(cce_contract_pkg::HashModeSha512224):
            initial_piece[64*i +: 64] = sha2_pkg::word_of_table(sha2_pkg::InitialSha512T224, word);
          4'(cce_contract_pkg::HashModeSha512256):
            initial_piece[64*i +: 64] = sha2_pkg::word_of_table(sha2_pkg::InitialSha512T256, word);
          default: initial_piece[64*i +: 64] = sha2_pkg::word_of_table(sha2_pkg::InitialSha512, word);
        endcase
      end
    end else begin
      for (int unsigned i = 0; i < 4; i++) begin
        word = {index[0], 2'(i)};
        if (mode == 4'(cce_contract_pkg::HashModeSha224)) begin
          initial_piece[32*i +: 32] = 32'(sha2_pkg::word_of_table(sha2_pkg::InitialSha384, word));
        end else begin
          initial_piece[32*i +: 32] = 32'(sha2_pkg::word_of_table(sha2_pkg::InitialSha512, word) >> 32);
        end
      end
    end
  endfunction

  // SHA-2: a piece of the state as a piece of the digest, words with their most significant byte first.
  function automatic logic [127:0] digest_piece(input mode_t mode, input logic [127:0] piece);
    for (int unsigned i = 0; i < 16; i++) begin
      if (sponge(mode)) digest_piece[8*i +: 8] = piece[8*i +: 8];
      else if (wide(mode)) digest_piece[8*i +: 8] = piece[8*(i^7) +: 8];
      else digest_piece[8*i +: 8] = piece[8*(i^3) +: 8];
    end
  endfunction

endpackage
