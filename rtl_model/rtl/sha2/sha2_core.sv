// SPDX-License-Identifier: Apache-2.0
//
// The compression function of SHA-224, SHA-256, SHA-384, SHA-512 and SHA-512/t (FIPS 180-4, 6.2.2 and 6.4.2).
//
// A message block comes in beats of 16 bytes: 4 of them, or 8 where `wide_i` is 1. Padding is the user's business.
//
//   beat -> schedule (window of 16 words) -> K + W -> rounds -> + state
//
// Throughput: a block in 64 / RoundsPerCycle + 1 cycles (wide: 80 / RoundsPerCycle + 1), if its beats are there: 33 and
// 41 with two rounds a cycle. The schedule is a cycle ahead of the rounds, so that the next block's first words are
// taken in the cycle of the addition.
// Latency: 1 cycle more from a block's first beat to its state (`busy_o` is 0 then).
// `state_write_i` and a change of `wide_i`: only while `busy_o` is 0. `clear_i` ends whatever is under way; a cleared core
// holds zeros only.

`default_nettype none

module sha2_core #(
    parameter int unsigned RoundsPerCycle = 2  // 1 or 2
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         wide_i,          // words of 64 bits: SHA-384 and the SHA-512s
    input  wire logic         clear_i,

    // The state, 16 bytes at a time: two 64-bit words, or four 32-bit words (indices 0 and 1), each little-endian.
    input  wire logic         state_write_i,
    input  wire logic [1:0]   state_index_i,   // for both directions
    input  wire logic [127:0] state_data_i,
    output logic [127:0]      state_data_o,

    // The message, first byte in bits 7:0.
    input  wire logic         valid_i,
    output logic              ready_o,
    input  wire logic [127:0] data_i,

    output logic              busy_o           // a block is under way
);

  localparam int unsigned WordWidth = $clog2(80 + 1);
  typedef logic [WordWidth-1:0] word_index_t;

  logic [7:0][63:0] state_q  /* verilator public_flat_rd */;
  sha2_pkg::variables_t variables_q  /* verilator public_flat_rd */;
  logic [15:0][63:0] window_q  /* verilator public_flat_rd */;   // the last 16 words of the schedule, the newest at 15
  logic [RoundsPerCycle-1:0][63:0] addend_q  /* verilator public_flat_rd */;   // K_t + W_t
  logic addend_valid_q, addend_last_q, add_q, busy_q;
  word_index_t next_q;           // t of the next word of the schedule
  word_index_t rounds;

  assign rounds = wide_i ? word_index_t'(80) : word_index_t'(64);

  // ----------------------------------------------------------------------------------------------- message schedule

  logic from_message, feed, first, last;
  logic [RoundsPerCycle-1:0][63:0] message_word, scheduled_word, new_word;
  logic beat_ends;

  assign from_message = next_q < word_index_t'(16);
  assign first = next_q == '0;
  assign last = next_q == rounds - word_index_t'(RoundsPerCycle);
  assign feed = !clear_i && (!from_message || valid_i) && (!first || !busy_q || add_q);
  // The words of a beat: word t is the word t % 2 of its beat, or t % 4.
  assign beat_ends = wide_i ? 32'(next_q[0]) + RoundsPerCycle == 2 : 32'(next_q[1:0]) + RoundsPerCycle == 4;
  assign ready_o = from_message && feed && beat_ends;

  for (genvar r = 0; r < RoundsPerCycle; r++) begin : gen_word
    logic [1:0] place;
    logic [63:0] long_word, short_word;
    assign place = next_q[1:0] + 2'(r);
    assign long_word = data_i[64*32'(place[0]) +: 64];
    assign short_word = {data_i[32*32'(place) +: 32], 32'd0};
    assign message_word[r] = sha2_pkg::word_of_bytes(wide_i ? long_word : short_word);
    // 6.2.2 and 6.4.2, step 1.
    assign scheduled_word[r] = sha2_pkg::keep(wide_i, sha2_pkg::small_sigma_1(wide_i, window_q[14+r]) + window_q[9+r] +
                                                      sha2_pkg::small_sigma_0(wide_i, window_q[1+r]) + window_q[r]);
    assign new_word[r] = from_message ? message_word[r] : scheduled_word[r];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      window_q <= '0;
      addend_q <= '0;
    end else if (feed) begin
      window_q <= {new_word, window_q[15:RoundsPerCycle]};
      for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
        addend_q[r] <= new_word[r] + sha2_pkg::round_constant(wide_i, next_q + word_index_t'(r));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      next_q <= '0;
      addend_valid_q <= 1'b0;
      addend_last_q <= 1'b0;
      add_q <= 1'b0;
      busy_q <= 1'b0;
    end else begin
      if (feed) next_q <= last ? '0 : next_q + word_index_t'(RoundsPerCycle);
      addend_valid_q <= feed;
      addend_last_q <= feed && last;
      add_q <= addend_valid_q && addend_last_q;
      if (feed && first) busy_q <= 1'b1;
      else if (add_q) busy_q <= 1'b0;
    end
  end

  // -------------------------------------------------------------------------------------------------------- rounds

  sha2_pkg::variables_t after_rounds;
  logic [7:0][63:0] sum;

  always_comb begin
    after_rounds = variables_q;
    for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
      after_rounds = sha2_pkg::one_round(wide_i, after_rounds, addend_q[r]);
    end
    // Step 4.
    for (int unsigned i = 0; i < 8; i++) sum[i] = sha2_pkg::keep(wide_i, state_q[i] + variables_q[64*i +: 64]);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      state_q <= '0;
      variables_q <= '0;
    end else begin
      if (addend_valid_q) variables_q <= after_rounds;
      else if (add_q) variables_q <= sum;
      else if (!busy_q) variables_q <= state_q;   // step 2
      if (add_q) state_q <= sum;
      if (state_write_i) begin
        if (wide_i) begin
          state_q[{state_index_i, 1'b0}] <= state_data_i[63:0];
          state_q[{state_index_i, 1'b1}] <= state_data_i[127:64];
        end else begin
          for (int unsigned i = 0; i < 4; i++) begin
            state_q[{state_index_i[0], 2'(i)}] <= {32'd0, state_data_i[32*i +: 32]};
          end
        end
      end
    end
  end

  always_comb begin
    if (wide_i) state_data_o = {state_q[{state_index_i, 1'b1}], state_q[{state_index_i, 1'b0}]};
    else begin
      for (int unsigned i = 0; i < 4; i++) state_data_o[32*i +: 32] = state_q[{state_index_i[0], 2'(i)}][31:0];
    end
  end

  assign busy_o = busy_q;

  logic wide_before_q, cleared_q;
  always_ff @(posedge clk_i) begin
    wide_before_q <= wide_i;
    cleared_q <= clear_i;
    if (rst_ni) begin
      if (state_write_i) assert (!busy_q && !add_q);
      if (busy_q && !clear_i) assert (wide_i == wide_before_q);
      if (cleared_q) assert ({window_q, addend_q, variables_q} == '0);
      assert (!(addend_valid_q && add_q));
    end
  end

endmodule

`default_nettype wire
