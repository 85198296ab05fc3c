// SPDX-License-Identifier: Apache-2.0
//
// proof: the Keccak core's control, without the lanes of its state and of the block that it gathers (keccak_state): it takes
//   beats until a block is whole, keeps the lane beyond it, and absorbs a block exactly when it is whole and the rounds before
//   are done; a permutation, begun by a block or by permute_i, is 24 rounds, counted in order, and in each cycle the rounds'
//   result is that of the state with the constants of the rounds that are due; ready_o and busy_o are exact; with one and with
//   two rounds a cycle
// top: proof_keccak_control
// files: sha3/keccak_pkg.sv sha3/keccak_core.sv
// method: induction
// engine: ind
// depth: 1
// search: 18
// assumes: one round and the constants are the standard's (keccak_round); rate_i is 9 to 21 (hash_pkg); state_write_i,
//   permute_i and a change of rate_i come only while busy_o is 0 (hash_context, hash_lane)
// option without: u_core
// time: short
// fault left_out sha3/keccak_core.sv: a cycle of rounds is left out at the end of a permutation
// -         if (step_q == StepWidth'(Steps - 1)) permuting_q <= 1'b0;
// +         if (step_q == StepWidth'(Steps - 2)) permuting_q <= 1'b0;
// fault constant sha3/keccak_core.sv: both rounds of a cycle have the constant of the first
// - keccak_pkg::round_constant(5'(RoundsPerCycle * 32'(step_q) + r))
// + keccak_pkg::round_constant(5'(RoundsPerCycle * 32'(step_q)))
// fault stale sha3/keccak_core.sv: a permutation without a block begins with the constant behind the last one
// -         step_q <= '0;
// +         if (absorb) step_q <= '0;
// fault middle sha3/keccak_core.sv: a block is absorbed in the middle of the permutation before
// -   assign absorb = whole && (!permuting_q || step_q == StepWidth'(Steps - 1));
// +   assign absorb = whole;
// fault beyond sha3/keccak_core.sv: the lane beyond a block is the beat's first
// -           rest_q <= data_i[127:64];
// +           rest_q <= data_i[63:0];
// fault early sha3/keccak_core.sv: the core says that it rests while it gathers a block
// -   assign busy_o = permuting_q || count_q != '0;
// +   assign busy_o = permuting_q;

module proof_keccak_control (
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

  (* anyseq *) logic [4:0] rate;
  (* anyseq *) logic clear;
  (* anyseq *) logic state_write;
  (* anyseq *) logic [3:0] state_index;
  (* anyseq *) logic [127:0] state_data;
  (* anyseq *) logic valid;
  (* anyseq *) logic [127:0] data;
  (* anyseq *) logic half;
  (* anyseq *) logic permute;
  logic [127:0] state_shown;
  logic ready, busy;

  keccak_core #(
      .RoundsPerCycle(RoundsPerCycle)
  ) u_core (
      .clk_i,
      .rst_ni,
      .rate_i(rate),
      .clear_i(clear),
      .state_write_i(state_write),
      .state_index_i(state_index),
      .state_data_i(state_data),
      .state_data_o(state_shown),
      .valid_i(valid),
      .ready_o(ready),
      .data_i(data),
      .half_i(half),
      .permute_i(permute),
      .busy_o(busy)
  );

  // The core's own registers and nets.
  localparam int unsigned StepWidth = $clog2(24 / RoundsPerCycle);
  (* hierconn *) logic [1599:0] \u_core.state_q ;
  (* hierconn *) logic [1599:0] \u_core.after_rounds ;
  (* hierconn *) logic [63:0] \u_core.rest_q ;
  (* hierconn *) logic \u_core.rest_valid_q ;
  (* hierconn *) logic [4:0] \u_core.count_q ;
  (* hierconn *) logic \u_core.take ;
  (* hierconn *) logic \u_core.absorb ;
  (* hierconn *) logic \u_core.permuting_q ;
  (* hierconn *) logic [StepWidth-1:0] \u_core.step_q ;

  // The sponge's order of work, by the ports alone: lanes that have come wait in a row; `rate` of them go into the state when
  // no rounds are left, and 24 rounds follow.
  logic [4:0] waiting_q = '0;              // lanes that wait
  logic [4:0] rounds_q = 5'd24;            // rounds that are done of this permutation
  logic [63:0] next_q;                     // the first lane beyond the block
  logic works, takes, absorbs;
  logic [4:0] rounds;
  assign works = rounds_q != 5'd24;
  assign rounds = works ? rounds_q + 5'(RoundsPerCycle) : rounds_q;
  assign absorbs = waiting_q >= rate && rounds == 5'd24;
  assign takes = valid && waiting_q < rate && !clear;

  // A cycle's rounds, of the core's state and step; the step is asserted to be that of `rounds_q`. The same circuit twice is
  // one to Yosys: no round has to be compared with another.
  keccak_pkg::state_t after_rounds;
  always_comb begin
    after_rounds = \u_core.state_q ;
    for (int unsigned r = 0; r < RoundsPerCycle; r++) begin
      after_rounds = keccak_pkg::one_round(after_rounds,
                                           keccak_pkg::round_constant(5'(RoundsPerCycle * 32'(\u_core.step_q ) + r)));
    end
  end

  logic [4:0] rate_before_q;

  always_ff @(posedge clk_i) begin
    assume (rate >= 5'd9 && rate <= 5'd21);
    if (rst_ni) begin
      if (state_write || permute) assume (!busy);
      if (busy) assume (rate == rate_before_q);
`ifdef PLANTED
      assume (!clear);
`endif

      // At the ports.
      assert (ready == (waiting_q < rate && !clear));
      assert (busy == (works || waiting_q != '0));

      // Inside.
      assert (\u_core.take == takes && \u_core.absorb == absorbs);
      assert (\u_core.permuting_q == works && rounds_q <= 5'd24);
      if (works) assert (5'(RoundsPerCycle * 32'(\u_core.step_q )) == rounds_q);
      assert (\u_core.after_rounds == after_rounds);
      assert (\u_core.count_q == (waiting_q > rate ? rate : waiting_q) && waiting_q <= rate + 5'd1);
      assert (\u_core.rest_valid_q == (waiting_q > rate));
      assert (\u_core.rest_q == next_q);
      if (!\u_core.rest_valid_q ) assert (next_q == '0);
    end
    rate_before_q <= rate;
    if (!rst_ni || clear) begin
      waiting_q <= '0;
      rounds_q <= 5'd24;
    end else begin
      rounds_q <= absorbs || permute ? '0 : rounds;
      if (absorbs) waiting_q <= waiting_q - rate;
      else if (takes) waiting_q <= waiting_q + (half ? 5'd1 : 5'd2);
    end
    if (!rst_ni || clear || \u_core.absorb ) next_q <= '0;
    else if (\u_core.take && \u_core.count_q + 5'd1 == rate && !half) next_q <= data[127:64];
    else next_q <= \u_core.rest_q ;
  end

endmodule
