// SPDX-License-Identifier: Apache-2.0
//
// One step of the key schedule (FIPS 197, 5.2): four words a step, forwards or backwards. Combinational.
//
// The window holds the words that the next ones are made of, and its low half is a round key. Word W0 of the window is
// in bits 31:0. After the step that gives round key n (window_o):
//             forwards                                  backwards
//   Nk = 4    W0-3 = w[4n] to w[4n+3]                   W0-3 = W4-7 = w[4n] to w[4n+3]
//   Nk = 6    W0-5 = w[4n] to w[4n+5]                   W0-3 = w[4n] to w[4n+3], W4-7 = w[4n+2] to w[4n+5]
//   Nk = 8    W0-7 = w[4n] to w[4n+7]                   W0-7 = w[4n] to w[4n+7]
// So the four words that each step replaces are W0-3 forwards and W4-7 backwards. Backwards, w[i-Nk] = w[i] ^ w[i-1], or
// ^ SubWord() of it. turn_o is the window after the same step forwards in the backward layout: what a schedule that has
// been run to its end goes back from.
//
// Never more than one of the four new words needs SubWord(): the first for Nk = 4, 8; for Nk = 6 the first, the third or
// none, in turn. It is looked up a step ahead: look_up_o is the word for the next step, which gets it as looked_up_i.

`default_nettype none

module aes_key_step #(
    parameter bit Reversible = 0   // 0: forwards only, inverse_i is not used
) (
    input  wire logic                     inverse_i,     // backwards
    input  wire logic [1:0]               length_i,      // cce_pkg::key_length_e
    input  wire logic                     odd_i,         // n is odd
    input  wire logic [1:0]               phase_i,       // n modulo 3
    input  wire logic [7:0]               constant_i,    // Rcon
    input  wire logic [255:0]             window_i,
    input  wire logic [31:0]              looked_up_i,   // SubBytes() of the last look_up_o
    output logic [255:0]                  window_o,      // words not named above have no meaning
    output logic [255:0]                  turn_o,
    output logic [31:0]                   look_up_o,
    output logic                          constant_used_o
);

  logic inverse, is_192, is_256, with_constant, substitute_first, substitute_third;
  logic [31:0] substituted;
  logic [127:0] base, made;

  assign inverse = Reversible && inverse_i;
  assign is_192 = length_i == 2'(cce_pkg::KeyLength192);
  assign is_256 = length_i == 2'(cce_pkg::KeyLength256);

  // For Nk = 8, w[i] with i = 4 modulo 8 takes SubWord() without RotWord() and Rcon.
  assign with_constant = !is_256 || (odd_i ^ inverse);
  assign substituted = with_constant ? {looked_up_i[7:0], looked_up_i[31:8]} ^ {24'd0, constant_i} : looked_up_i;
  assign substitute_first = !is_192 || phase_i == (inverse ? 2'd0 : 2'd1);
  assign substitute_third = is_192 && phase_i == (inverse ? 2'd1 : 2'd2);
  assign constant_used_o = with_constant && (substitute_first || substitute_third);

  always_comb begin
    base = inverse ? window_i[255:128] : window_i[127:0];
    if (substitute_first) made[31:0] = base[31:0] ^ substituted;
    else made[31:0] = base[31:0] ^ (inverse ? window_i[63:32] : window_i[191:160]);
    made[63:32] = base[63:32] ^ (inverse ? base[31:0] : made[31:0]);
    made[95:64] = base[95:64] ^ (substitute_third ? substituted : inverse ? base[63:32] : made[63:32]);
    made[127:96] = base[127:96] ^ (inverse ? base[95:64] : made[95:64]);
  end

  always_comb begin
    window_o = {made, made};
    if (inverse) begin
      if (is_192) window_o[255:128] = {window_i[63:0], made[127:64]};
      if (is_256) window_o[255:128] = window_i[127:0];
    end else begin
      if (is_192) window_o[191:0] = {made, window_i[191:128]};
      if (is_256) window_o[127:0] = window_i[255:128];
    end
    turn_o = {made, window_o[127:0]};
  end

  // Backwards, the word in front of the last one made for Nk = 4 is w[4n-1] = w[4n+3] ^ w[4n+2]. Forwards for Nk = 6, the
  // third word takes c1 of that step, w[4n+7] = w[4n+5] ^ w[4n] ^ w[4n+1].
  always_comb begin
    look_up_o = made[127:96];
    if (inverse) begin
      if (is_192 && phase_i == 2'd1) look_up_o = made[63:32];
      if (!is_192 && !is_256) look_up_o = made[127:96] ^ made[95:64];
    end else if (is_192 && phase_i == 2'd1) begin
      look_up_o = made[127:96] ^ window_i[159:128] ^ window_i[191:160];
    end
  end

  logic unused;
  assign unused = inverse_i;

endmodule

`default_nettype wire
