// SPDX-License-Identifier: Apache-2.0
//
// proof: keccak_pkg::one_round with round_constant is one round of KECCAK-p[1600, 24] as FIPS 202 defines its five steps, bit
//   by bit, for every state and each of the 24 rounds; how far rho turns a lane and what iota adds are computed here
// top: proof_keccak_round
// files: sha3/keccak_pkg.sv
// method: equivalence
// engine: bmc
// depth: 3
// fault offset sha3/keccak_pkg.sv: rho turns one lane a bit too far
// -     6'd27, 6'd28, 6'd62, 6'd1, 6'd0
// +     6'd27, 6'd28, 6'd63, 6'd1, 6'd0
// fault constant sha3/keccak_pkg.sv: one bit of one round constant is wrong
// -     64'h8000000080008000, 64'h800000000000808a, 64'h0000000000008082, 64'h0000000000000001
// +     64'h8000000080008000, 64'h800000000000808a, 64'h0000000000008083, 64'h0000000000000001
// fault chi sha3/keccak_pkg.sv: chi takes the neighbour on the wrong side
// - (~b[64*(5*y+(x+1)%5) +: 64] & b[64*(5*y+(x+2)%5) +: 64]);
// + (b[64*(5*y+(x+1)%5) +: 64] & ~b[64*(5*y+(x+2)%5) +: 64]);

module proof_keccak_round (
    input wire logic          clk_i,
    input wire logic [1599:0] state_i,   // FIPS 202, 3.1.2: A[x, y, z] is bit 64 (5y + x) + z
    input wire logic [4:0]    round_i
);

  // 3.2.5, algorithm 5: R after t steps; its bit 0 is rc(t).
  logic [254:0][7:0] r;
  assign r[0] = 8'd1;
  for (genvar t = 1; t < 255; t++) begin : gen_rc
    // R = 0 || R: bit 8 goes into bits 0, 4, 5 and 6.
    assign r[t] = {r[t-1][6:0], 1'b0} ^ (8'h71 & {8{r[t-1][7]}});
  end

  // 3.2.2, algorithm 2: the lanes (x, y), as 5y + x, in the order in which the walk from (1, 0) by (y, 2x + 3y) comes to
  // them, the first at the right; each step is checked below.
  localparam logic [24*5-1:0] Walk = {
    5'd6, 5'd9, 5'd22, 5'd14, 5'd20, 5'd2, 5'd12, 5'd13, 5'd19, 5'd23, 5'd15, 5'd4, 5'd24, 5'd21, 5'd8, 5'd16,
    5'd5, 5'd3, 5'd18, 5'd17, 5'd11, 5'd7, 5'd10, 5'd1
  };

  logic [24:0][63:0] a, theta, rho, pi, chi, expected, actual;
  logic [4:0][63:0] c, d;
  logic [23:0][63:0] constants;
  // Through registers, as ABC's prover wants it.
  logic [1599:0] state_q;
  logic [4:0] round_q = '0;
  always_ff @(posedge clk_i) begin
    state_q <= state_i;
    round_q <= round_i;
  end
  assign a = state_q;
  for (genvar x = 0; x < 5; x++) begin : gen_column
    assign c[x] = a[x] ^ a[5+x] ^ a[10+x] ^ a[15+x] ^ a[20+x];
    for (genvar z = 0; z < 64; z++) begin : gen_bit
      assign d[x][z] = c[(x+4)%5][z] ^ c[(x+1)%5][(z+63)%64];
    end
    for (genvar y = 0; y < 5; y++) begin : gen_lane
      assign theta[5*y+x] = a[5*y+x] ^ d[x];
      assign pi[5*y+x] = rho[5*x+(x+3*y)%5];
      for (genvar z = 0; z < 64; z++) begin : gen_chi
        assign chi[5*y+x][z] = pi[5*y+x][z] ^ ((pi[5*y+(x+1)%5][z] ^ 1'b1) & pi[5*y+(x+2)%5][z]);
      end
    end
  end
  assign rho[0] = theta[0];
  for (genvar t = 0; t < 24; t++) begin : gen_turn
    localparam int unsigned Lane = 32'(Walk[5*t +: 5]);
    localparam int unsigned Turn = ((t + 1) * (t + 2) / 2) % 64;
    if (t == 0 && Lane != 1) $error("the walk begins at (1, 0)");
    if (t < 23 && 32'(Walk[5*((t+1)%24) +: 5]) != 5 * ((2 * (Lane % 5) + 3 * (Lane / 5)) % 5) + Lane / 5) begin : gen_wrong
      $error("a step of the walk is wrong");
    end
    for (genvar z = 0; z < 64; z++) begin : gen_bit
      assign rho[Lane][z] = theta[Lane][(z+64-Turn)%64];
    end
  end
  for (genvar i = 0; i < 24; i++) begin : gen_round
    for (genvar z = 0; z < 64; z++) begin : gen_bit
      // Bits 2^j - 1 for j = 0 to 6.
      if (((z + 1) & z) == 0) begin : gen_one
        assign constants[i][z] = r[($clog2(z+1)+7*i)%255][0];
      end else begin : gen_zero
        assign constants[i][z] = 1'b0;
      end
    end
  end
  always_comb begin
    expected = chi;
    expected[0] = chi[0] ^ constants[round_q];
  end
  assign actual = keccak_pkg::one_round(state_q, keccak_pkg::round_constant(round_q));

  always_ff @(posedge clk_i) begin
    if (round_q < 5'd24) assert (actual == expected);
  end

endmodule
