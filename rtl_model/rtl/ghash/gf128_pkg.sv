// SPDX-License-Identifier: Apache-2.0
//
// The field GF(2^128) of GHASH (SP 800-38D, 6.3).
//
// An element is kept as a polynomial: bit i is the coefficient of x^i, and the modulus is x^128 + x^7 + x^2 + x + 1.
// In a block the standard's bit i is that coefficient, where its bit 0 is the most significant bit of byte 0; and byte
// 0 is in bits 7:0 of a 128-bit word. So coefficient i stands in bit 8*(i/8) + 7 - i%8 of the word.

package gf128_pkg;

  // Polynomial of a block, and block of a polynomial: turns every byte around, so it is its own inverse. Wires only.
  function automatic logic [127:0] turn_bytes(input logic [127:0] x);
    for (int unsigned i = 0; i < 128; i++) turn_bytes[i] = x[8*(i/8) + 7 - i%8];
  endfunction

  // Remainder of a polynomial of degree below 255 by the modulus: x^128 = x^7 + x^2 + x + 1.
  function automatic logic [127:0] reduce(input logic [254:0] x);
    logic [126:0] high;
    logic [5:0] again;  // what the first replacement leaves at x^128 and above
    high = x[254:128];
    again = {high[126:122], high[121] ^ high[126]};
    reduce = x[127:0] ^ {1'b0, high} ^ {high, 1'b0} ^ {high[125:0], 2'b0} ^ {high[120:0], 7'b0};
    reduce[12:0] = reduce[12:0] ^ {7'b0, again} ^ {6'b0, again, 1'b0} ^ {5'b0, again, 2'b0} ^ {again, 7'b0};
  endfunction

  // Square: in a field of characteristic 2 the coefficients just move apart.
  function automatic logic [127:0] square(input logic [127:0] x);
    logic [254:0] wide;
    wide = '0;
    for (int unsigned i = 0; i < 128; i++) wide[2*i] = x[i];
    square = reduce(wide);
  endfunction

  // Products of polynomials of 4 coefficients, by the schoolbook, and of 8, by Karatsuba from three of 4:
  // low + (low + middle + high) x^4 + high x^8, where middle = (a1 + a0) * (b1 + b0).
  // `both` is a sum that occurs twice.
  function automatic logic [6:0] multiply_4(input logic [3:0] a, input logic [3:0] b);
    multiply_4 = '0;
    for (int unsigned i = 0; i < 4; i++) multiply_4[i +: 4] = multiply_4[i +: 4] ^ (a & {4{b[i]}});
  endfunction

  function automatic logic [14:0] multiply_8(input logic [7:0] a, input logic [7:0] b);
    logic [6:0] low, middle, high;
    logic [2:0] both;
    low = multiply_4(a[3:0], b[3:0]);
    middle = multiply_4(a[7:4] ^ a[3:0], b[7:4] ^ b[3:0]);
    high = multiply_4(a[7:4], b[7:4]);
    both = low[6:4] ^ high[2:0];
    multiply_8 = {high[6:3], both ^ middle[6:4] ^ high[6:4], low[3] ^ middle[3] ^ high[3],
                  both ^ middle[2:0] ^ low[2:0], low[3:0]};
  endfunction

endpackage
