// SPDX-License-Identifier: Apache-2.0
//
// proof: gf128_pkg::square gives the product of a block with itself by SP 800-38D, 6.3, algorithm 1, for all 2^128 blocks
// top: proof_square
// files: ghash/gf128_pkg.sv
// method: algebra
// engine: polynomial
// depth: 0
// time: short
// fault reduction ghash/gf128_pkg.sv: what the first reduction leaves above x^127 is forgotten in one place
// -     again = {high[126:122], high[121] ^ high[126]};
// +     again = {high[126:122], high[121]};

module proof_square (
    input  wire logic [127:0] a_i,        // polynomial: bit i is the coefficient of x^i, the standard's bit i
    output logic [127:0]      actual_o,
    output logic [127:0]      expected_o
);

  assign actual_o = gf128_pkg::square(a_i);

  // See multiplier.sv.
  logic [127:0] v;
  always_comb begin
    v = a_i;
    expected_o = '0;
    for (int unsigned i = 0; i < 128; i++) begin
      expected_o = expected_o ^ (v & {128{a_i[i]}});
      v = {v[126:0], 1'b0} ^ (128'h87 & {128{v[127]}});
    end
  end

endmodule
