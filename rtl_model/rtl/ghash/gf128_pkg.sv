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

  // Product of polynomials of 8 coefficients, by the schoolbook: four of its terms are a table of an FPGA, and splitting
  // them any further (Karatsuba) costs more additions there than it saves.
  function automatic logic [14:0] multiply_8(input logic [7:0] a, input logic [7:0] b);
    multiply_8 = '0;
    for (int unsigned i = 0; i < 8; i++) multiply_8[i +: 8] = multiply_8[i +: 8] ^ (a & {8{b[i]}});
  endfunction

endpackage
