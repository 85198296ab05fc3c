// SPDX-License-Identifier: Apache-2.0
//
// GHASH, one block a cycle. Interface and rules: see ghash.sv; but here words are polynomials (see gf128_pkg).
//
// The multiplier has two stages, so two sums take turns: a block goes to the sum that has waited longer, as
//   sum = (sum + X_i) * P, with P = H^2, but P = H for the last block.
// The last block and the one before it are then the last of their sums, which have been multiplied by H and H^2, and
// each earlier block by H^2 for each two blocks behind it: the result is the sum of both. H^2 is a square, so it is
// made of wires and few gates while the hash key is loaded.
//
//   cycle t    block taken
//   cycle t+1  (sum + X) and P into stage 1 of the multiplier
//   cycle t+2  stage 2
//   cycle t+3  in the sum
// first_sum_q is the sum whose turn is next, second_sum_q the other: a block in stage 1 takes the first away, the second
// moves up, and the product comes back behind it. So nothing is chosen in front of the multiplier, and the power has
// been chosen a cycle before.
//
// The register in front of the multiplier is there for the clock: blocks come late in their cycle, from a block RAM
// through the keystream, and the multiplier takes a whole one.

`default_nettype none

module ghash_pipelined (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         start_i,
    input  wire logic [127:0] hash_key_i,
    input  wire logic         clear_i,
    input  wire logic         valid_i,
    output logic              ready_o,
    output logic              ready_next_o,
    input  wire logic [127:0] block_i,
    input  wire logic         last_i,
    output logic              result_near_o,
    output logic              result_valid_o,
    output logic [127:0]      result_o
);

  logic active_q;               // started, and the last block has not come yet
  logic taken_valid_q, taken_last_q;  // the block in block_q
  logic stage_valid_q, stage_last_q;  // the block between the multiplier's stages
  logic result_valid_q;
  logic erase_q;                // the powers were erased in the cycle before
  logic [127:0] hash_key_q  /* verilator public_flat_rd */;  // H
  logic [127:0] square_q  /* verilator public_flat_rd */;    // H^2
  logic [127:0] block_q  /* verilator public_flat_rd */;
  logic [127:0] power_q  /* verilator public_flat_rd */;     // of the block in block_q
  logic [127:0] first_sum_q  /* verilator public_flat_rd */;
  logic [127:0] second_sum_q  /* verilator public_flat_rd */;
  logic [127:0] hash_key_d, operand, product;
  logic erase, take;

  assign erase = clear_i || !rst_ni;
  assign ready_o = active_q;
  assign ready_next_o = active_q;
  assign take = valid_i && active_q;

  assign hash_key_d = erase ? '0 : hash_key_i;
  assign operand = first_sum_q ^ block_q;

  // With powers, sums and block erased, what the multiplier gets is zero: one more cycle erases its register.
  gf128_multiplier u_multiplier (
      .clk_i,
      .enable_i(taken_valid_q || erase_q),
      .a_i(operand),
      .b_i(power_q),
      .product_o(product)
  );

  always_ff @(posedge clk_i) begin
    if (erase || start_i) begin
      active_q <= !erase;
      taken_valid_q <= 1'b0;
      stage_valid_q <= 1'b0;
      result_valid_q <= 1'b0;
    end else begin
      taken_valid_q <= take;
      stage_valid_q <= taken_valid_q;
      if (take && last_i) active_q <= 1'b0;
      if (stage_valid_q && stage_last_q) result_valid_q <= 1'b1;
    end
    erase_q <= erase;
    taken_last_q <= last_i;
    stage_last_q <= taken_last_q;
  end

  always_ff @(posedge clk_i) begin
    if (erase || start_i) begin
      block_q <= '0;
      power_q <= '0;
    end else if (take) begin
      block_q <= block_i;
      power_q <= last_i ? hash_key_q : square_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (erase || start_i) begin
      hash_key_q <= hash_key_d;
      square_q <= gf128_pkg::square(hash_key_d);
    end
  end

  always_ff @(posedge clk_i) begin
    if (erase || start_i) begin
      first_sum_q <= '0;
      second_sum_q <= '0;
    end else begin
      if (taken_valid_q) first_sum_q <= stage_valid_q ? product : second_sum_q;
      if (stage_valid_q && !taken_valid_q) second_sum_q <= product;
    end
  end

  assign result_near_o = result_valid_q || (stage_valid_q && stage_last_q);
  assign result_valid_o = result_valid_q;
  assign result_o = first_sum_q ^ second_sum_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (erase_q) assert ({hash_key_q, square_q, power_q, block_q, first_sum_q, second_sum_q} == '0);
    end
  end

endmodule

`default_nettype wire
