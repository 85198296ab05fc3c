// SPDX-License-Identifier: Apache-2.0
//
// proof: the SHA-2 core is the standard's hash computation (FIPS 180-4, 6.2.2 and 6.4.2) of the words that it takes, however
//   long it waits between them: rounds, schedule and sum are each done once for each word and block, in order, from the state
//   that stands there, written or reached, and nothing else of what was before; at rest its state is read piece by piece as it
//   was written, or as the standard leaves it; with one and with two rounds a cycle
// top: proof_sha2_core
// files: sha2/sha2_pkg.sv sha2/sha2_core.sv
// method: induction
// engine: ind
// depth: 1
// search: 16
// assumes: one round, the schedule's word and K are the standard's (sha2_round); the state is written, and the word length
//   changed, only at rest and not in the cycle of a beat (hash_context, hash_lane); a beat stays until it is taken, or none
//   follows before the core is cleared (hash_lane)
// option without: u_core
// time: long
// fault read sha2/sha2_core.sv: the words of a piece are read in the other order
// -     if (wide_i) state_data_o = {state_q[{state_index_i, 1'b1}], state_q[{state_index_i, 1'b0}]};
// +     if (wide_i) state_data_o = {state_q[{state_index_i, 1'b0}], state_q[{state_index_i, 1'b1}]};
// fault before sha2/sha2_core.sv: the rounds begin with what the block before left
// -       else if (!busy_q) variables_q <= state_q;   // step 2
// +       else if (!busy_q && state_write_i) variables_q <= state_q;
// fault again sha2/sha2_core.sv: rounds are done again while the core waits for words
// -       if (addend_valid_q) variables_q <= after_rounds;
// +       if (addend_valid_q || (busy_q && !add_q)) variables_q <= after_rounds;

module proof_sha2_core (
    input wire logic clk_i
);

  logic rst_nq = 1'b0;
  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  core_check #(
      .RoundsPerCycle(1)
  ) u_one (
      .rst_ni(rst_nq),
      .clk_i
  );
  core_check #(
      .RoundsPerCycle(2)
  ) u_two (
      .rst_ni(rst_nq),
      .clk_i
  );

endmodule

module core_check #(
    parameter int unsigned RoundsPerCycle = 2
) (
    input wire logic clk_i,
    input wire logic rst_ni
);

  (* anyseq *) logic wide;
  (* anyseq *) logic clear;
  (* anyseq *) logic state_write;
  (* anyseq *) logic [1:0] state_index;
  (* anyseq *) logic [127:0] state_data;
  (* anyseq *) logic valid;
  (* anyseq *) logic [127:0] data;
  logic [127:0] state_shown;
  logic ready, busy;

  sha2_core #(
      .RoundsPerCycle(RoundsPerCycle)
  ) u_core (
      .clk_i,
      .rst_ni,
      .wide_i(wide),
      .clear_i(clear),
      .state_write_i(state_write),
      .state_index_i(state_index),
      .state_data_i(state_data),
      .state_data_o(state_shown),
      .valid_i(valid),
      .ready_o(ready),
      .data_i(data),
      .busy_o(busy)
  );

  // The core's own registers and nets.
  (* hierconn *) logic [511:0] \u_core.state_q ;
  (* hierconn *) sha2_pkg::variables_t \u_core.variables_q ;
  (* hierconn *) sha2_pkg::variables_t \u_core.after_rounds ;
  (* hierconn *) logic [64*RoundsPerCycle-1:0] \u_core.new_word ;
  (* hierconn *) logic [64*RoundsPerCycle-1:0] \u_core.addend_q ;
  (* hierconn *) logic [511:0] \u_core.sum ;
  (* hierconn *) logic [1023:0] \u_core.window_q ;
  (* hierconn *) logic [6:0] \u_core.next_q ;
  (* hierconn *) logic \u_core.feed ;
  (* hierconn *) logic \u_core.addend_valid_q ;
  (* hierconn *) logic \u_core.addend_last_q ;
  (* hierconn *) logic \u_core.add_q ;

  // One word of the state, and one of the schedule, whichever: what holds for them holds for all.
  (* anyconst *) logic [2:0] watched;
  (* anyconst *) logic [6:0] watched_t;
  logic [63:0] core_hash, core_variable, core_rounds, core_sum, core_window;
  always_comb begin
    core_hash = '0;
    core_variable = '0;
    core_rounds = '0;
    core_sum = '0;
    for (int unsigned i = 0; i < 8; i++) begin
      if (watched == 3'(i)) begin
        core_hash = \u_core.state_q [64*i +: 64];
        core_variable = \u_core.variables_q [64*i +: 64];
        core_rounds = \u_core.after_rounds [64*i +: 64];
        core_sum = \u_core.sum [64*i +: 64];
      end
    end
  end

  // The standard as a sequence of steps: words are taken, rounds follow words, the sum follows a block's last rounds, each
  // when the one before it is complete, however many cycles go by. Where a step's operands are proven to be those of the
  // core, and the core's net is that step's function of them (both are asserted), the step takes the core's result: no
  // adder has to be compared with another.
  logic [63:0] hash_q = '0;                // the watched word of H
  logic [63:0] variable_q;                 // of a to h after the rounds so far of this block
  logic [63:0] word_q;                     // the watched word of the schedule
  logic [6:0] t_q = '0;                    // words of this block so far
  logic rounds_next_q = 1'b0;              // words have been taken: their rounds
  logic first_rounds_q, last_rounds_q;
  logic [RoundsPerCycle-1:0][63:0] addend_q;   // K_t + W_t
  logic sum_next_q = 1'b0;
  logic [6:0] rounds;
  logic begins, ends;
  sha2_pkg::variables_t variables_after;
  logic [511:0] sum;
  logic [RoundsPerCycle-1:0][63:0] word;
  assign rounds = wide ? 7'd80 : 7'd64;
  assign begins = t_q == '0;
  assign ends = t_q + 7'(RoundsPerCycle) == rounds;
  // W_t-16 to W_t-1 of the block that is being taken are in the core's window, the newest at the left.
  logic in_window;
  assign in_window = watched_t < t_q && t_q - watched_t <= 7'd16;
  always_comb begin
    core_window = '0;
    for (int unsigned i = 0; i < 16; i++) if (7'd16 + watched_t - t_q == 7'(i)) core_window = \u_core.window_q [64*i +: 64];
  end
  for (genvar r = 0; r < RoundsPerCycle; r++) begin : gen_word
    logic [63:0] long_word;
    logic [31:0] short_word;
    // Big-endian words of the message (5.2).
    assign long_word = data[64*((t_q+r)%2) +: 64];
    assign short_word = data[32*((t_q+r)%4) +: 32];
    always_comb begin
      word[r] = '0;
      if (t_q >= 7'd16) begin
        // Step 1: of W_t-2, W_t-7, W_t-15 and W_t-16.
        word[r] = sha2_pkg::keep(wide, sha2_pkg::small_sigma_1(wide, \u_core.window_q [64*(14+r) +: 64]) +
                                       \u_core.window_q [64*(9+r) +: 64] +
                                       sha2_pkg::small_sigma_0(wide, \u_core.window_q [64*(1+r) +: 64]) +
                                       \u_core.window_q [64*r +: 64]);
      end else if (wide) begin
        for (int unsigned i = 0; i < 8; i++) word[r][8*i +: 8] = long_word[8*(7-i) +: 8];
      end else begin
        for (int unsigned i = 0; i < 4; i++) word[r][8*i +: 8] = short_word[8*(3-i) +: 8];
      end
    end
  end
  // Step 3 and step 4, of the core's operands.
  always_comb begin
    variables_after = \u_core.variables_q ;
    for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
      variables_after = sha2_pkg::one_round(wide, variables_after, \u_core.addend_q [64*r +: 64]);
    end
    for (int unsigned i = 0; i < 8; i++) begin
      sum[64*i +: 64] = sha2_pkg::keep(wide, \u_core.state_q [64*i +: 64] + \u_core.variables_q [64*i +: 64]);
    end
  end

  // The state in pieces of 16 bytes: two long or four short words.
  logic in_piece;
  logic [63:0] shown, written;
  assign in_piece = wide ? state_index == watched[2:1] : state_index[0] == watched[2];
  assign shown = wide ? state_shown[64*32'(watched[0]) +: 64] : {32'd0, state_shown[32*32'(watched[1:0]) +: 32]};
  assign written = wide ? state_data[64*32'(watched[0]) +: 64] : {32'd0, state_data[32*32'(watched[1:0]) +: 32]};

  logic wide_before_q, waits_q = 1'b0, dropped_q = 1'b0;  // a beat waits, half taken maybe; it has not stayed
  logic [127:0] data_before_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (state_write) assume (!busy && !valid);
      if (busy) assume (wide == wide_before_q);
      if (dropped_q || (waits_q && data != data_before_q)) assume (!valid || clear);
`ifdef PLANTED
      assume (!clear);
`endif

      // At the ports.
      if (!busy && in_piece) assert (shown == (wide ? hash_q : {32'd0, hash_q[31:0]}));
      assert ((valid && ready) == (\u_core.feed && t_q < 7'd16 && (t_q + 7'(RoundsPerCycle)) % (wide ? 7'd2 : 7'd4) == '0));
      if (\u_core.feed && t_q < 7'd16) assert (valid);

      // A step's operands are the core's.
      assert (\u_core.next_q == t_q && t_q % 7'(RoundsPerCycle) == '0);
      if (in_window) assert (core_window == word_q);
      assert (\u_core.addend_valid_q == rounds_next_q && \u_core.add_q == sum_next_q);
      if (rounds_next_q) assert (\u_core.addend_q == addend_q);
      if (rounds_next_q) assert (core_variable == (first_rounds_q ? hash_q : variable_q));   // step 2
      if (sum_next_q) assert (core_variable == variable_q);
      assert (core_hash == hash_q);
      // And its result is the step's.
      if (\u_core.feed ) assert (\u_core.new_word == word);
      assert (\u_core.after_rounds == variables_after && \u_core.sum == sum);
      // The steps of one block are complete before those of the next begin that need them.
      if (rounds_next_q) assert (!sum_next_q && (t_q == '0) == last_rounds_q && last_rounds_q == \u_core.addend_last_q );
      if (rounds_next_q) assert (first_rounds_q == (t_q == 7'(RoundsPerCycle)));
      if (sum_next_q) assert (t_q == '0);

      // What the core's registers are otherwise.
      assert (t_q < rounds);
      if (!busy) assert (t_q == '0 && !rounds_next_q && !sum_next_q);
      if (busy && t_q == '0) assert (rounds_next_q || sum_next_q);
      if (t_q != '0 && !rounds_next_q) assert (core_variable == variable_q);
    end
    wide_before_q <= wide;
    data_before_q <= data;
    waits_q <= rst_ni && !clear && valid && !ready;
    dropped_q <= rst_ni && !clear && (dropped_q || (waits_q && (!valid || data != data_before_q)));
    if (!rst_ni || clear) begin
      hash_q <= '0;
      t_q <= '0;
      rounds_next_q <= 1'b0;
      sum_next_q <= 1'b0;
    end else begin
      rounds_next_q <= \u_core.feed ;
      if (\u_core.feed ) begin
        for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
          if (t_q + 7'(r) == watched_t) word_q <= \u_core.new_word [64*r +: 64];
        end
        for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
          addend_q[r] <= \u_core.new_word [64*r +: 64] + sha2_pkg::round_constant(wide, \u_core.next_q + 7'(r));
        end
        first_rounds_q <= begins;
        last_rounds_q <= ends;
        t_q <= ends ? '0 : t_q + 7'(RoundsPerCycle);
      end
      if (rounds_next_q) variable_q <= core_rounds;
      sum_next_q <= rounds_next_q && last_rounds_q;
      if (sum_next_q) hash_q <= core_sum;
      if (state_write && in_piece) hash_q <= written;
    end
  end

endmodule
