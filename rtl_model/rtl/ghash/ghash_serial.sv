// SPDX-License-Identifier: Apache-2.0
//
// GHASH for small parts, one block in 16 cycles. Interface and rules: see ghash.sv; but here words are polynomials
// (see gf128_pkg).
//
// sum = (sum + X_i) * H by Horner's rule, 8 coefficients a cycle, the highest first:
//   sum = sum * x^8 + digit * H, from sum = 0
// The first digit is used in the cycle in which the block is taken, so that a block takes 16 cycles and no more. What
// is left of the operand shifts out of rest_q, which needs neither hold nor reset: it is zero after 15 cycles.

`default_nettype none

module ghash_serial (
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

  logic active_q;        // started, and the last block has not come yet
  logic busy_q;          // digits are left
  logic [3:0] step_q;    // the digit's number, while busy
  logic result_valid_q;
  logic [127:0] hash_key_q  /* verilator public_flat_rd */;
  logic [127:0] sum_q  /* verilator public_flat_rd */;
  logic [119:0] rest_q  /* verilator public_flat_rd */;  // digits left, the next one on top
  logic [127:0] operand, sum_shifted;
  logic [135:0] product;
  logic [7:0] digit;
  logic erase_q;         // hash key and sum were erased in the cycle before
  logic erase, restart, take;

  assign erase = clear_i || !rst_ni;
  assign restart = erase || start_i;
  assign ready_o = active_q && !busy_q;
  assign ready_next_o = active_q && (!busy_q || step_q == 4'd15);
  assign take = valid_i && ready_o;

  assign operand = sum_q ^ block_i;
  always_comb begin
    if (take) digit = operand[127:120];
    else digit = rest_q[119:112];
    digit = digit & {8{!restart}};
  end

  // sum * x^8 + digit * H
  assign sum_shifted = sum_q & {128{busy_q && !restart}};
  always_comb begin
    product = {sum_shifted, 8'd0};
    for (int unsigned i = 0; i < 16; i++) begin
      product[8*i +: 15] = product[8*i +: 15] ^ gf128_pkg::multiply_8(hash_key_q[8*i +: 8], digit);
    end
  end

  always_ff @(posedge clk_i) begin
    if (restart) begin
      active_q <= !erase;
      busy_q <= 1'b0;
      step_q <= '0;
      result_valid_q <= 1'b0;
    end else if (take) begin
      busy_q <= 1'b1;
      step_q <= 4'd1;
      if (last_i) active_q <= 1'b0;
    end else if (busy_q) begin
      step_q <= step_q + 4'd1;
      if (step_q == 4'd15) begin
        busy_q <= 1'b0;
        result_valid_q <= !active_q;
      end
    end
    erase_q <= erase;
  end

  always_ff @(posedge clk_i) begin
    if (restart) hash_key_q <= erase ? '0 : hash_key_i;
  end

  always_ff @(posedge clk_i) begin
    if (restart || take || busy_q) sum_q <= gf128_pkg::reduce({119'd0, product});
    rest_q <= take ? operand[119:0] : {rest_q[111:0], 8'd0};
  end

  assign result_near_o = result_valid_q;
  assign result_valid_o = result_valid_q;
  assign result_o = sum_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (erase_q) assert ({hash_key_q, sum_q} == '0);
      if (busy_q) assert (step_q != '0);
    end
  end

endmodule

`default_nettype wire
