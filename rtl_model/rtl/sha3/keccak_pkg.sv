// SPDX-License-Identifier: Apache-2.0
//
// The permutation KECCAK-p[1600, 24], a round at a time (FIPS 202, 3.2 and 3.3).
//
// Lane (x, y) of the state array stands at index 5 * y + x, its bit z at bit z; lane i is bits 64*i+63:64*i of the state. So
// byte i of the state as a string (B.1) is bits 8*i+7:8*i. (A function's result has one dimension: Yosys knows no more.)

package keccak_pkg;

  localparam int unsigned Lanes = 25;
  localparam int unsigned Rounds = 24;
  typedef logic [64*Lanes-1:0] state_t;

  // FIPS 202, 3.2.5: of round i in bits 64*i+63:64*i, the last one at the left.
  localparam logic [64*24-1:0] RoundConstants = {
    64'h8000000080008008, 64'h0000000080000001, 64'h8000000000008080, 64'h8000000080008081,
    64'h800000008000000a, 64'h000000000000800a, 64'h8000000000000080, 64'h8000000000008002,
    64'h8000000000008003, 64'h8000000000008089, 64'h800000000000008b, 64'h000000008000808b,
    64'h000000008000000a, 64'h0000000080008009, 64'h0000000000000088, 64'h000000000000008a,
    64'h8000000000008009, 64'h8000000080008081, 64'h0000000080000001, 64'h000000000000808b,
    64'h8000000080008000, 64'h800000000000808a, 64'h0000000000008082, 64'h0000000000000001
  };

  // 3.2.2: how far lane 5 * y + x is rotated, in bits 6*(5*y+x)+5:6*(5*y+x).
  localparam logic [6*25-1:0] Offsets = {
    6'd14, 6'd56, 6'd61, 6'd2, 6'd18,
    6'd8, 6'd21, 6'd15, 6'd45, 6'd41,
    6'd39, 6'd25, 6'd43, 6'd10, 6'd3,
    6'd20, 6'd55, 6'd6, 6'd44, 6'd36,
    6'd27, 6'd28, 6'd62, 6'd1, 6'd0
  };

  // RC of round i.
  function automatic logic [63:0] round_constant(input logic [4:0] i);
    round_constant = RoundConstants[{i, 6'd0} +: 64];
  endfunction

  function automatic logic [63:0] rotate_left(input logic [63:0] lane, input logic [5:0] count);
    rotate_left = (lane << count) | (lane >> (7'd64 - 7'(count)));
  endfunction

  function automatic state_t one_round(input state_t a, input logic [63:0] constant);
    logic [64*5-1:0] c, d;
    state_t b;
    // Theta (3.2.1).
    for (int unsigned x = 0; x < 5; x++) begin
      c[64*x +: 64] = a[64*x +: 64] ^ a[64*(5+x) +: 64] ^ a[64*(10+x) +: 64] ^ a[64*(15+x) +: 64] ^ a[64*(20+x) +: 64];
    end
    for (int unsigned x = 0; x < 5; x++) begin
      d[64*x +: 64] = c[64*((x+4)%5) +: 64] ^ rotate_left(c[64*((x+1)%5) +: 64], 6'd1);
    end
    // Rho and pi (3.2.2, 3.2.3): lane (x, y) goes to (y, 2x + 3y).
    for (int unsigned y = 0; y < 5; y++) begin
      for (int unsigned x = 0; x < 5; x++) begin
        b[64*(5*((2*x+3*y)%5)+y) +: 64] = rotate_left(a[64*(5*y+x) +: 64] ^ d[64*x +: 64], Offsets[6*(5*y+x) +: 6]);
      end
    end
    // Chi and iota (3.2.4, 3.2.5).
    for (int unsigned y = 0; y < 5; y++) begin
      for (int unsigned x = 0; x < 5; x++) begin
        one_round[64*(5*y+x) +: 64] = b[64*(5*y+x) +: 64] ^ (~b[64*(5*y+(x+1)%5) +: 64] & b[64*(5*y+(x+2)%5) +: 64]);
      end
    end
    one_round[63:0] = one_round[63:0] ^ constant;
  endfunction

endpackage
