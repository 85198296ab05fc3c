// SPDX-License-Identifier: Apache-2.0
//
// proof: gf128_multiplier gives, one cycle after its operands, the product of SP 800-38D, 6.3, algorithm 1, for all
//   2^256 pairs of blocks
// top: proof_multiplier
// files: ghash/gf128_pkg.sv ghash/gf128_multiplier.sv
// method: algebra
// engine: polynomial
// depth: 1
// time: short
// fault reduction ghash/gf128_pkg.sv: the modulus has x^6 in place of x^7
// - ^ {high[120:0], 7'b0};
// + ^ {1'b0, high[120:0], 6'b0};
// fault karatsuba ghash/gf128_multiplier.sv: a middle product is joined one bit too low
// -     join_64 = {high[62:31], both ^ middle[62:32] ^ high[62:32], low[31] ^ middle[31] ^ high[31],
// +     join_64 = {high[62:31], both ^ middle[61:31] ^ high[62:32], low[31] ^ middle[31] ^ high[31],

module proof_multiplier (
    input  wire logic         clk_i,
    input  wire logic [127:0] a_i,        // blocks: byte 0 in bits 7:0
    input  wire logic [127:0] b_i,
    output logic [127:0]      actual_o,
    output logic [127:0]      expected_o
);

  logic [127:0] product;

  gf128_multiplier u_multiplier (
      .clk_i,
      .enable_i(1'b1),
      .a_i(gf128_pkg::turn_bytes(a_i)),
      .b_i(gf128_pkg::turn_bytes(b_i)),
      .product_o(product)
  );
  assign actual_o = gf128_pkg::turn_bytes(product);

  // The standard's bit i of a block: bit 0 is the most significant bit of byte 0.
  function automatic logic [127:0] bits_of(input logic [127:0] block);
    for (int unsigned i = 0; i < 128; i++) bits_of[i] = block[8*(i/8) + 7 - i%8];
  endfunction

  // SP 800-38D, 6.3, algorithm 1. Index 0 is the leftmost bit, so its V >> 1 moves to higher indices, LSB_1(V) is
  // bit 127, and R = 11100001 || 0^120 has bits 0, 1, 2 and 7.
  logic [127:0] x, z, v;
  always_comb begin
    x = bits_of(a_i);
    v = bits_of(b_i);
    z = '0;
    for (int unsigned i = 0; i < 128; i++) begin
      z = z ^ (v & {128{x[i]}});
      v = {v[126:0], 1'b0} ^ (128'h87 & {128{v[127]}});
    end
    expected_o = bits_of(z);
  end

endmodule
