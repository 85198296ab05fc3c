// SPDX-License-Identifier: Apache-2.0
//
// Functions and constants of the SHA-2 family (FIPS 180-4).
//
// Words are 64 bits wide. A word of SHA-224 and SHA-256 stands in the low half; the high half is zero.
// Tables: word i in bits 64*i+63:64*i, so that a row has its last word at the left (aes_pkg has them so, too).

package sha2_pkg;

  // FIPS 180-4, 4.2.3. The high halves of the first 64 are those of SHA-256 (4.2.2).
  localparam logic [64*80-1:0] RoundConstants = {
    64'h6c44198c4a475817, 64'h5fcb6fab3ad6faec, 64'h597f299cfc657e2a, 64'h4cc5d4becb3e42b6,
    64'h431d67c49c100d4c, 64'h3c9ebe0a15c9bebc, 64'h32caab7b40c72493, 64'h28db77f523047d84,
    64'h1b710b35131c471b, 64'h113f9804bef90dae, 64'h0a637dc5a2c898a6, 64'h06f067aa72176fba,
    64'hf57d4f7fee6ed178, 64'heada7dd6cde0eb1e, 64'hd186b8c721c0c207, 64'hca273eceea26619c,
    64'hc67178f2e372532b, 64'hbef9a3f7b2c67915, 64'ha4506cebde82bde9, 64'h90befffa23631e28,
    64'h8cc702081a6439ec, 64'h84c87814a1f0ab72, 64'h78a5636f43172f60, 64'h748f82ee5defb2fc,
    64'h682e6ff3d6b2b8a3, 64'h5b9cca4f7763e373, 64'h4ed8aa4ae3418acb, 64'h391c0cb3c5c95a63,
    64'h34b0bcb5e19b48a8, 64'h2748774cdf8eeb99, 64'h1e376c085141ab53, 64'h19a4c116b8d2d0c8,
    64'h106aa07032bbd1b8, 64'hf40e35855771202a, 64'hd69906245565a910, 64'hd192e819d6ef5218,
    64'hc76c51a30654be30, 64'hc24b8b70d0f89791, 64'ha81a664bbc423001, 64'ha2bfe8a14cf10364,
    64'h92722c851482353b, 64'h81c2c92e47edaee6, 64'h766a0abb3c77b2a8, 64'h650a73548baf63de,
    64'h53380d139d95b3df, 64'h4d2c6dfc5ac42aed, 64'h2e1b21385c26c926, 64'h27b70a8546d22ffc,
    64'h142929670a0e6e70, 64'h06ca6351e003826f, 64'hd5a79147930aa725, 64'hc6e00bf33da88fc2,
    64'hbf597fc7beef0ee4, 64'hb00327c898fb213f, 64'ha831c66d2db43210, 64'h983e5152ee66dfab,
    64'h76f988da831153b5, 64'h5cb0a9dcbd41fbd4, 64'h4a7484aa6ea6e483, 64'h2de92c6f592b0275,
    64'h240ca1cc77ac9c65, 64'h0fc19dc68b8cd5b5, 64'hefbe4786384f25e3, 64'he49b69c19ef14ad2,
    64'hc19bf174cf692694, 64'h9bdc06a725c71235, 64'h80deb1fe3b1696b1, 64'h72be5d74f27b896f,
    64'h550c7dc3d5ffb4e2, 64'h243185be4ee4b28c, 64'h12835b0145706fbe, 64'hd807aa98a3030242,
    64'hab1c5ed5da6d8118, 64'h923f82a4af194f9b, 64'h59f111f1b605d019, 64'h3956c25bf348b538,
    64'he9b5dba58189dbbc, 64'hb5c0fbcfec4d3b2f, 64'h7137449123ef65cd, 64'h428a2f98d728ae22
  };

  // 5.3.5. The high halves are those of SHA-256 (5.3.3).
  localparam logic [64*8-1:0] InitialSha512 = {
    64'h5be0cd19137e2179, 64'h1f83d9abfb41bd6b, 64'h9b05688c2b3e6c1f, 64'h510e527fade682d1,
    64'ha54ff53a5f1d36f1, 64'h3c6ef372fe94f82b, 64'hbb67ae8584caa73b, 64'h6a09e667f3bcc908
  };

  // 5.3.4. The low halves are those of SHA-224 (5.3.2).
  localparam logic [64*8-1:0] InitialSha384 = {
    64'h47b5481dbefa4fa4, 64'hdb0c2e0d64f98fa7, 64'h8eb44a8768581511, 64'h67332667ffc00b31,
    64'h152fecd8f70e5939, 64'h9159015a3070dd17, 64'h629a292a367cd507, 64'hcbbb9d5dc1059ed8
  };

  // 5.3.6.1
  localparam logic [64*8-1:0] InitialSha512T224 = {
    64'h1112e6ad91d692a1, 64'h3f9d85a86a1d36c8, 64'h77e36f7304c48942, 64'h0f6d2b697bd44da8,
    64'h679dd514582f9fcf, 64'h1dfab7ae32ff9c82, 64'h73e1996689dcd4d6, 64'h8c3d37c819544da2
  };

  // 5.3.6.2
  localparam logic [64*8-1:0] InitialSha512T256 = {
    64'h0eb72ddc81c52ca2, 64'h2b0199fc2c85b8aa, 64'hbe5e1e2553863992, 64'h96283ee2a88effe3,
    64'h963877195940eabd, 64'h2393b86b6f53b151, 64'h9f555fa3c84c64c2, 64'h22312194fc2bf72c
  };

  // K_t.
  function automatic logic [63:0] round_constant(input logic wide, input logic [6:0] t);
    logic [63:0] k;
    k = RoundConstants[{t, 6'd0} +: 64];
    round_constant = wide ? k : {32'd0, k[63:32]};
  endfunction

  // Word i of an initial state.
  function automatic logic [63:0] word_of_table(input logic [511:0] words, input logic [2:0] i);
    word_of_table = words[{i, 6'd0} +: 64];
  endfunction

  // 4.1.2 and 4.1.3: the functions that are not the same for both word lengths.
  function automatic logic [63:0] rotate_right(input logic [63:0] word, input int unsigned count);
    rotate_right = (word >> count) | (word << (64 - count));
  endfunction

  function automatic logic [63:0] rotate_right_32(input logic [31:0] word, input int unsigned count);
    rotate_right_32 = {32'd0, (word >> count) | (word << (32 - count))};
  endfunction

  function automatic logic [63:0] big_sigma_0(input logic wide, input logic [63:0] word);
    if (wide) big_sigma_0 = rotate_right(word, 28) ^ rotate_right(word, 34) ^ rotate_right(word, 39);
    else big_sigma_0 = rotate_right_32(word[31:0], 2) ^ rotate_right_32(word[31:0], 13) ^ rotate_right_32(word[31:0], 22);
  endfunction

  function automatic logic [63:0] big_sigma_1(input logic wide, input logic [63:0] word);
    if (wide) big_sigma_1 = rotate_right(word, 14) ^ rotate_right(word, 18) ^ rotate_right(word, 41);
    else big_sigma_1 = rotate_right_32(word[31:0], 6) ^ rotate_right_32(word[31:0], 11) ^ rotate_right_32(word[31:0], 25);
  endfunction

  function automatic logic [63:0] small_sigma_0(input logic wide, input logic [63:0] word);
    if (wide) small_sigma_0 = rotate_right(word, 1) ^ rotate_right(word, 8) ^ (word >> 7);
    else small_sigma_0 = rotate_right_32(word[31:0], 7) ^ rotate_right_32(word[31:0], 18) ^ (word >> 3);
  endfunction

  function automatic logic [63:0] small_sigma_1(input logic wide, input logic [63:0] word);
    if (wide) small_sigma_1 = rotate_right(word, 19) ^ rotate_right(word, 61) ^ (word >> 6);
    else small_sigma_1 = rotate_right_32(word[31:0], 17) ^ rotate_right_32(word[31:0], 19) ^ (word >> 10);
  endfunction

  function automatic logic [63:0] choose(input logic [63:0] x, input logic [63:0] y, input logic [63:0] z);
    choose = (x & y) ^ (~x & z);
  endfunction

  function automatic logic [63:0] majority(input logic [63:0] x, input logic [63:0] y, input logic [63:0] z);
    majority = (x & y) ^ (x & z) ^ (y & z);
  endfunction

  // Words stand in a message with their most significant byte first (3.1).
  function automatic logic [63:0] word_of_bytes(input logic [63:0] bytes);
    for (int unsigned i = 0; i < 8; i++) word_of_bytes[8*i +: 8] = bytes[8*(7-i) +: 8];
  endfunction

  // What a sum keeps: 64 bits, or 32.
  function automatic logic [63:0] keep(input logic wide, input logic [63:0] sum);
    keep = {sum[63:32] & {32{wide}}, sum[31:0]};
  endfunction

  // Working variables a to h (6.2.2, 6.4.2).
  typedef struct packed {
    logic [63:0] h;
    logic [63:0] g;
    logic [63:0] f;
    logic [63:0] e;
    logic [63:0] d;
    logic [63:0] c;
    logic [63:0] b;
    logic [63:0] a;
  } variables_t;

  // One round; constant_and_word is K_t + W_t.
  function automatic variables_t one_round(input logic wide, input variables_t v, input logic [63:0] constant_and_word);
    logic [63:0] t1, t2;
    t1 = v.h + big_sigma_1(wide, v.e) + choose(v.e, v.f, v.g) + constant_and_word;
    t2 = big_sigma_0(wide, v.a) + majority(v.a, v.b, v.c);
    // h to a, as they stand in variables_t.
    one_round = {v.g, v.f, v.e, keep(wide, v.d + t1), v.c, v.b, v.a, keep(wide, t1 + t2)};
  endfunction

endpackage
