// SPDX-License-Identifier: Apache-2.0
//
// Multiplier in GF(2^128) with the modulus of GHASH (SP 800-38D, 6.3), in two pipeline stages.
//
// Operands and product are polynomials: bit i is the coefficient of x^i (see gf128_pkg).
//
//   stage 1: each operand is split by Karatsuba, 128 -> 3 x 64 -> 9 x 32 -> 27 x 16 bits; 27 products of 16 x 16
//            bits, each made of three 8 x 8 ones by one more Karatsuba step
//   stage 2: the 27 products are joined to one of 255 bits, which is reduced
//
// Four Karatsuba steps leave 81 products of 8 x 8 bits instead of 256. A fifth would save 2 % of the gates, but takes 7 % more
// tables of an FPGA. The register is where both stages are equally deep.
// Latency: operands in cycle t with enable_i, product_o in cycle t+1 (behind the gates of stage 2: register it).
// Throughput: one product a cycle. The register between the stages moves with enable_i only; to erase it, enable it
// with an operand of zero.

`default_nettype none

module gf128_multiplier (
    input  wire logic         clk_i,
    input  wire logic         enable_i,
    input  wire logic [127:0] a_i,
    input  wire logic [127:0] b_i,
    output logic [127:0]      product_o
);

  logic [191:0] a_parts, b_parts;    // 3 parts of 64 bits
  logic [287:0] a_quarters, b_quarters;  // 9 parts of 32 bits
  logic [431:0] a_leaves, b_leaves;  // 27 parts of 16 bits
  logic [836:0] products_d;          // 27 products of 31 bits
  logic [836:0] products_q  /* verilator public_flat_rd */;
  logic [566:0] quarters;            // 9 products of 63 bits
  logic [380:0] halves;              // 3 products of 127 bits

  // join_2n: Karatsuba's joining of the products low, middle = (a1 + a0) * (b1 + b0) and high of n x n bits to that of
  // 2n x 2n bits: low + (low + middle + high) x^n + high x^2n. `both` is a sum that occurs twice.
  function automatic logic [30:0] join_16(input logic [44:0] parts);
    logic [14:0] low, middle, high;
    logic [6:0] both;
    low = parts[14:0];
    middle = parts[29:15];
    high = parts[44:30];
    both = low[14:8] ^ high[6:0];
    join_16 = {high[14:7], both ^ middle[14:8] ^ high[14:8], low[7] ^ middle[7] ^ high[7],
               both ^ middle[6:0] ^ low[6:0], low[7:0]};
  endfunction

  function automatic logic [62:0] join_32(input logic [92:0] parts);
    logic [30:0] low, middle, high;
    logic [14:0] both;
    low = parts[30:0];
    middle = parts[61:31];
    high = parts[92:62];
    both = low[30:16] ^ high[14:0];
    join_32 = {high[30:15], both ^ middle[30:16] ^ high[30:16], low[15] ^ middle[15] ^ high[15],
               both ^ middle[14:0] ^ low[14:0], low[15:0]};
  endfunction

  function automatic logic [126:0] join_64(input logic [188:0] parts);
    logic [62:0] low, middle, high;
    logic [30:0] both;
    low = parts[62:0];
    middle = parts[125:63];
    high = parts[188:126];
    both = low[62:32] ^ high[30:0];
    join_64 = {high[62:31], both ^ middle[62:32] ^ high[62:32], low[31] ^ middle[31] ^ high[31],
               both ^ middle[30:0] ^ low[30:0], low[31:0]};
  endfunction

  function automatic logic [254:0] join_128(input logic [380:0] parts);
    logic [126:0] low, middle, high;
    logic [62:0] both;
    low = parts[126:0];
    middle = parts[253:127];
    high = parts[380:254];
    both = low[126:64] ^ high[62:0];
    join_128 = {high[126:63], both ^ middle[126:64] ^ high[126:64], low[63] ^ middle[63] ^ high[63],
                both ^ middle[62:0] ^ low[62:0], low[63:0]};
  endfunction

  function automatic logic [30:0] multiply_16(input logic [15:0] a, input logic [15:0] b);
    multiply_16 = join_16({gf128_pkg::multiply_8(a[15:8], b[15:8]),
                           gf128_pkg::multiply_8(a[15:8] ^ a[7:0], b[15:8] ^ b[7:0]),
                           gf128_pkg::multiply_8(a[7:0], b[7:0])});
  endfunction

  // Stage 1
  assign a_parts = {a_i[127:64], a_i[127:64] ^ a_i[63:0], a_i[63:0]};
  assign b_parts = {b_i[127:64], b_i[127:64] ^ b_i[63:0], b_i[63:0]};
  always_comb begin
    for (int unsigned i = 0; i < 3; i++) begin
      a_quarters[96*i +: 96] = {a_parts[64*i+32 +: 32], a_parts[64*i+32 +: 32] ^ a_parts[64*i +: 32],
                                 a_parts[64*i +: 32]};
      b_quarters[96*i +: 96] = {b_parts[64*i+32 +: 32], b_parts[64*i+32 +: 32] ^ b_parts[64*i +: 32],
                                 b_parts[64*i +: 32]};
    end
    for (int unsigned i = 0; i < 9; i++) begin
      a_leaves[48*i +: 48] = {a_quarters[32*i+16 +: 16], a_quarters[32*i+16 +: 16] ^ a_quarters[32*i +: 16],
                               a_quarters[32*i +: 16]};
      b_leaves[48*i +: 48] = {b_quarters[32*i+16 +: 16], b_quarters[32*i+16 +: 16] ^ b_quarters[32*i +: 16],
                               b_quarters[32*i +: 16]};
    end
    for (int unsigned i = 0; i < 27; i++) begin
      products_d[31*i +: 31] = multiply_16(a_leaves[16*i +: 16], b_leaves[16*i +: 16]);
    end
  end

  always_ff @(posedge clk_i) begin
    if (enable_i) products_q <= products_d;
  end

  // Stage 2
  always_comb begin
    for (int unsigned i = 0; i < 9; i++) quarters[63*i +: 63] = join_32(products_q[93*i +: 93]);
    for (int unsigned i = 0; i < 3; i++) halves[127*i +: 127] = join_64(quarters[189*i +: 189]);
  end
  assign product_o = gf128_pkg::reduce(join_128(halves));

endmodule

`default_nettype wire
