// SPDX-License-Identifier: Apache-2.0
//
// proof: sha2_pkg::one_round is one step of FIPS 180-4, 6.2.2 (words of 32 bits) and 6.4.2 (64 bits), and the words of the
//   schedule are made with its functions, for all words; each K and the initial values of SHA-512, SHA-384, SHA-256 and
//   SHA-224 are what the standard says: the first bits behind the point of cube and square roots of the first primes
// top: proof_sha2_round
// files: sha2/sha2_pkg.sv
// method: equivalence
// engine: bmc
// depth: 3
// time: short
// fault sigma sha2/sha2_pkg.sv: a rotation of SHA-512's is wrong by a bit
// -     if (wide) small_sigma_1 = rotate_right(word, 19) ^ rotate_right(word, 61) ^ (word >> 6);
// +     if (wide) small_sigma_1 = rotate_right(word, 19) ^ rotate_right(word, 60) ^ (word >> 6);
// fault narrow sha2/sha2_pkg.sv: SHA-256 turns its words as if they had 64 bits
// -     else big_sigma_0 = rotate_right_32(word[31:0], 2) ^ rotate_right_32(word[31:0], 13) ^ rotate_right_32(word[31:0], 22);
// +     else big_sigma_0 = rotate_right_32(word[31:0], 2) ^ rotate_right_32(word[31:0], 13) ^ rotate_right(word, 22);
// fault choose sha2/sha2_pkg.sv: Ch takes its words the other way round
// -     choose = (x & y) ^ (~x & z);
// +     choose = (~x & y) ^ (x & z);
// fault constant sha2/sha2_pkg.sv: a bit of a round constant that SHA-512 alone has is wrong
// -     64'he9b5dba58189dbbc, 64'hb5c0fbcfec4d3b2f, 64'h7137449123ef65cd, 64'h428a2f98d728ae22
// +     64'he9b5dba58189dbbc, 64'hb5c0fbcfec4d3b2f, 64'h7137449123ef65cd, 64'h428a2f98d728ae23
// fault initial sha2/sha2_pkg.sv: a bit of an initial value of SHA-256 is wrong
// -     64'ha54ff53a5f1d36f1, 64'h3c6ef372fe94f82b, 64'hbb67ae8584caa73b, 64'h6a09e667f3bcc908
// +     64'ha54ff53a5f1d36f1, 64'h3c6ef373fe94f82b, 64'hbb67ae8584caa73b, 64'h6a09e667f3bcc908

module proof_sha2_round (
    input wire logic         clk_i,
    input wire logic         wide_i,
    input wire logic [511:0] variables_i,   // a in bits 63:0, b, ... h
    input wire logic [63:0]  addend_i,      // K_t + W_t
    input wire logic [255:0] words_i        // W_t-16, W_t-15, W_t-7, W_t-2
);

  // Through registers, as ABC's prover wants it. Words of 32 bits have zeros in front.
  logic valid_q = 1'b0;
  logic wide_q;
  logic [511:0] variables_q;
  logic [63:0] addend_q;
  logic [255:0] words_q;
  always_ff @(posedge clk_i) begin
    valid_q <= 1'b1;
    wide_q <= wide_i;
    addend_q <= addend_i;
    for (int unsigned i = 0; i < 8; i++) variables_q[64*i +: 64] <= variables_i[64*i +: 64] & {{32{wide_i}}, 32'hffffffff};
    for (int unsigned i = 0; i < 4; i++) words_q[64*i +: 64] <= words_i[64*i +: 64] & {{32{wide_i}}, 32'hffffffff};
  end

  // 4.1.2 and 4.1.3, with ROTR and SHR as the standard writes them (2.2.2).
  logic [63:0] a, b, c, d, e, f, g, h;
  assign {h, g, f, e, d, c, b, a} = variables_q;

  logic [63:0] long_sum_0, long_sum_1, long_t1, long_t2, long_e, long_a, long_word;
  assign long_sum_0 = {a[27:0], a[63:28]} ^ {a[33:0], a[63:34]} ^ {a[38:0], a[63:39]};
  assign long_sum_1 = {e[13:0], e[63:14]} ^ {e[17:0], e[63:18]} ^ {e[40:0], e[63:41]};
  assign long_t1 = h + long_sum_1 + ((e & f) ^ (~e & g)) + addend_q;
  assign long_t2 = long_sum_0 + ((a & b) ^ (a & c) ^ (b & c));
  assign long_e = d + long_t1;
  assign long_a = long_t1 + long_t2;

  logic [31:0] short_sum_0, short_sum_1, short_t1, short_t2, short_e, short_a, short_word;
  assign short_sum_0 = {a[1:0], a[31:2]} ^ {a[12:0], a[31:13]} ^ {a[21:0], a[31:22]};
  assign short_sum_1 = {e[5:0], e[31:6]} ^ {e[10:0], e[31:11]} ^ {e[24:0], e[31:25]};
  assign short_t1 = h[31:0] + short_sum_1 + ((e[31:0] & f[31:0]) ^ (~e[31:0] & g[31:0])) + addend_q[31:0];
  assign short_t2 = short_sum_0 + ((a[31:0] & b[31:0]) ^ (a[31:0] & c[31:0]) ^ (b[31:0] & c[31:0]));
  assign short_e = d[31:0] + short_t1;
  assign short_a = short_t1 + short_t2;

  // W_t, steps 1 of 6.2.2 and 6.4.2.
  logic [63:0] w2, w7, w15, w16;
  assign {w2, w7, w15, w16} = words_q;
  assign long_word = ({w2[18:0], w2[63:19]} ^ {w2[60:0], w2[63:61]} ^ {6'd0, w2[63:6]}) + w7 +
                     ({w15[0], w15[63:1]} ^ {w15[7:0], w15[63:8]} ^ {7'd0, w15[63:7]}) + w16;
  assign short_word = ({w2[16:0], w2[31:17]} ^ {w2[18:0], w2[31:19]} ^ {10'd0, w2[31:10]}) + w7[31:0] +
                      ({w15[6:0], w15[31:7]} ^ {w15[17:0], w15[31:18]} ^ {3'd0, w15[31:3]}) + w16[31:0];

  logic [511:0] expected, actual;
  logic [63:0] scheduled;
  assign expected = wide_q ? {g, f, e, long_e, c, b, a, long_a} :
                             {g, f, e, 32'd0, short_e, c, b, a, 32'd0, short_a};
  assign actual = sha2_pkg::one_round(wide_q, variables_q, addend_q);
  assign scheduled = sha2_pkg::keep(wide_q, sha2_pkg::small_sigma_1(wide_q, w2) + w7 +
                                            sha2_pkg::small_sigma_0(wide_q, w15) + w16);

  // 4.2.2, 4.2.3 and 5.3: prime i in bits 10*i+9:10*i.
  localparam logic [10*80-1:0] Primes = {
    10'd409, 10'd401, 10'd397, 10'd389, 10'd383, 10'd379, 10'd373, 10'd367, 10'd359, 10'd353, 10'd349, 10'd347, 10'd337, 10'd331, 10'd317, 10'd313,
    10'd311, 10'd307, 10'd293, 10'd283, 10'd281, 10'd277, 10'd271, 10'd269, 10'd263, 10'd257, 10'd251, 10'd241, 10'd239, 10'd233, 10'd229, 10'd227,
    10'd223, 10'd211, 10'd199, 10'd197, 10'd193, 10'd191, 10'd181, 10'd179, 10'd173, 10'd167, 10'd163, 10'd157, 10'd151, 10'd149, 10'd139, 10'd137,
    10'd131, 10'd127, 10'd113, 10'd109, 10'd107, 10'd103, 10'd101, 10'd97, 10'd89, 10'd83, 10'd79, 10'd73, 10'd71, 10'd67, 10'd61, 10'd59,
    10'd53, 10'd47, 10'd43, 10'd41, 10'd37, 10'd31, 10'd29, 10'd23, 10'd19, 10'd17, 10'd13, 10'd11, 10'd7, 10'd5, 10'd3, 10'd2
  };
  logic [79:0] constant_good;
  logic [15:0] initial_good;
  for (genvar t = 0; t < 80; t++) begin : gen_constant
    localparam logic [9:0] Prime = Primes[10*t +: 10];
    localparam logic [9:0] Whole = Prime < 8 ? 1 : Prime < 27 ? 2 : Prime < 64 ? 3 : Prime < 125 ? 4 : Prime < 216 ? 5 : Prime < 343 ? 6 : 7;
    logic [255:0] root, scaled;
    assign root = {182'd0, Whole, sha2_pkg::round_constant(1'b1, 7'(t))};
    assign scaled = {54'd0, Prime, 192'd0};
    assign constant_good[t] = root * root * root <= scaled && (root + 1) * (root + 1) * (root + 1) > scaled &&
                              sha2_pkg::round_constant(1'b0, 7'(t)) == {32'd0, root[63:32]};
  end
  for (genvar i = 0; i < 16; i++) begin : gen_initial
    localparam logic [9:0] Prime = Primes[10*i +: 10];
    localparam logic [9:0] Whole = Prime < 4 ? 1 : Prime < 9 ? 2 : Prime < 16 ? 3 : Prime < 25 ? 4 : Prime < 36 ? 5 : Prime < 49 ? 6 : 7;
    logic [255:0] root, scaled;
    // SHA-512 has the first eight primes, SHA-384 the next.
    assign root = {182'd0, Whole, sha2_pkg::word_of_table(i < 8 ? sha2_pkg::InitialSha512 : sha2_pkg::InitialSha384, 3'(i))};
    assign scaled = {118'd0, Prime, 128'd0};
    assign initial_good[i] = root * root <= scaled && (root + 1) * (root + 1) > scaled;
  end

  always_ff @(posedge clk_i) begin
    assert (constant_good == '1);
    assert (initial_good == '1);
    if (valid_q) assert (actual == expected);
    if (valid_q) assert (scheduled == (wide_q ? long_word : {32'd0, short_word}));
  end

endmodule
