// SPDX-License-Identifier: Apache-2.0
//
// The sponge's inner part: absorbs blocks, permutes, holds the state (FIPS 202, 3.3 and 4).
//
// A block of `rate_i` lanes of 8 bytes comes in beats of 16 bytes, which follow one another without regard to blocks:
// where a block ends in the middle of a beat, the next begins there. The block is gathered while the one before is
// permuted. Padding is the user's business.
//
// Throughput: a block in 24 / RoundsPerCycle cycles, if that is not less than its beats take: 12 with two rounds a cycle.
// Latency: 1 cycle more, from the beat that completes the block to `busy_o` = 0.
// `permute_i`, `state_write_i` and a change of `rate_i`: only while `busy_o` is 0. `clear_i` ends whatever is under way; a
// cleared core holds zeros only.

`default_nettype none

module keccak_core #(
    parameter int unsigned RoundsPerCycle = 2  // a divisor of 24
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic [4:0]   rate_i,          // lanes of 8 bytes: 9 (SHA3-512) to 21 (SHAKE128)
    input  wire logic         clear_i,

    // The state, 16 bytes at a time; of the last of its 13 pieces only the first half.
    input  wire logic         state_write_i,
    input  wire logic [3:0]   state_index_i,   // for both directions
    input  wire logic [127:0] state_data_i,
    output logic [127:0]      state_data_o,

    // The message, first byte in bits 7:0.
    input  wire logic         valid_i,
    output logic              ready_o,
    input  wire logic [127:0] data_i,
    input  wire logic         half_i,          // the beat has its first 8 bytes only: the block's last ones

    input  wire logic         permute_i,       // without a block: to squeeze more
    output logic              busy_o           // a block is being gathered, or permuted
);

  localparam int unsigned MostLanes = 21;
  localparam int unsigned Steps = keccak_pkg::Rounds / RoundsPerCycle;
  localparam int unsigned StepWidth = $clog2(Steps);

  keccak_pkg::state_t state_q  /* verilator public_flat_rd */;
  logic [MostLanes-1:0][63:0] block_q  /* verilator public_flat_rd */;   // lanes that have come; the others are zero
  logic [63:0] rest_q  /* verilator public_flat_rd */;   // the second half of a beat, first lane of the next block
  logic rest_valid_q;
  logic [4:0] count_q;           // lanes of block_q
  logic permuting_q;
  logic [StepWidth-1:0] step_q;

  // ------------------------------------------------------------------------------------------------------ gathering

  logic take, whole, absorb;
  logic [4:0] count_after;       // may be one beyond the block
  assign whole = count_q == rate_i;
  assign absorb = whole && (!permuting_q || step_q == StepWidth'(Steps - 1));
  assign ready_o = !whole && !rest_valid_q && !clear_i;
  assign take = valid_i && ready_o;
  assign count_after = count_q + (half_i ? 5'd1 : 5'd2);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      block_q <= '0;
      rest_q <= '0;
      rest_valid_q <= 1'b0;
      count_q <= '0;
    end else begin
      if (absorb) begin
        block_q <= '0;
        block_q[0] <= rest_q;
        count_q <= {4'd0, rest_valid_q};
        rest_q <= '0;
        rest_valid_q <= 1'b0;
      end else if (take) begin
        for (int unsigned i = 0; i < MostLanes; i++) begin
          if (5'(i) == count_q) block_q[i] <= data_i[63:0];
          if (5'(i) == count_q + 5'd1 && !half_i && 5'(i) < rate_i) block_q[i] <= data_i[127:64];
        end
        if (count_after > rate_i) begin
          count_q <= rate_i;
          rest_q <= data_i[127:64];
          rest_valid_q <= 1'b1;
        end else begin
          count_q <= count_after;
        end
      end
    end
  end

  // ---------------------------------------------------------------------------------------------------- permutation

  keccak_pkg::state_t after_rounds, absorbed;
  always_comb begin
    after_rounds = state_q;
    for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
      after_rounds = keccak_pkg::one_round(after_rounds,
                                           keccak_pkg::round_constant(5'(RoundsPerCycle * 32'(step_q) + r)));
    end
    absorbed = permuting_q ? after_rounds : state_q;
    for (int unsigned i = 0; i < MostLanes; i++) absorbed[64*i +: 64] = absorbed[64*i +: 64] ^ (block_q[i] & {64{absorb}});
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      state_q <= '0;
      permuting_q <= 1'b0;
      step_q <= '0;
    end else begin
      state_q <= absorbed;
      if (state_write_i) begin
        for (int unsigned i = 0; i < keccak_pkg::Lanes; i++) begin
          if (4'(i / 2) == state_index_i) state_q[64*i +: 64] <= state_data_i[64*(i%2) +: 64];
        end
      end
      if (absorb || permute_i) begin
        permuting_q <= 1'b1;
        step_q <= '0;
      end else if (permuting_q) begin
        if (step_q == StepWidth'(Steps - 1)) permuting_q <= 1'b0;
        step_q <= step_q + StepWidth'(1);
      end
    end
  end

  always_comb begin
    state_data_o = '0;
    for (int unsigned i = 0; i < keccak_pkg::Lanes; i++) begin
      if (4'(i / 2) == state_index_i) state_data_o[64*(i%2) +: 64] = state_q[64*i +: 64];
    end
  end

  assign busy_o = permuting_q || count_q != '0;

  logic cleared_q;
  always_ff @(posedge clk_i) begin
    cleared_q <= clear_i;
    if (rst_ni) begin
      if (state_write_i || permute_i) assert (!permuting_q && !whole);
      if (take) assert (!half_i || count_after == rate_i);
      assert (count_q <= rate_i && rate_i <= 5'(MostLanes));
      if (cleared_q) assert ({block_q, rest_q} == '0);
    end
  end

endmodule

`default_nettype wire
