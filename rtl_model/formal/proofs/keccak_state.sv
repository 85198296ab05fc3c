// SPDX-License-Identifier: Apache-2.0
//
// proof: every lane of the Keccak core's state, and of the block that it gathers, is in each cycle what the sponge makes of
//   those of the cycle before: what is written at a lane stands there, and is read there; a beat's lanes take the next two
//   places of the block, the one beyond it is kept and begins the next; an absorbed block goes into its lanes of the state by
//   XOR, and into no other; a cycle of rounds leaves their result; nothing else changes a lane; clear_i and reset leave zeros;
//   with one and with two rounds a cycle
// top: proof_keccak_state
// files: sha3/keccak_pkg.sv sha3/keccak_core.sv
// method: bounded
// engine: bmc
// depth: 2
// prepare: fraig
// bound: registers begin with any values, reset and inputs are any, and an assertion speaks of a cycle and the one before it:
//   these two may be any two of all time
// assumes: when a block is absorbed and how many lanes have come is right, and the rounds' result is that of the state with
//   the constants that are due: here it may be anything (keccak_control); rate_i is at most 21 (hash_pkg)
// option without: u_core
// option cut: u_core.after_rounds
// fault restored sha3/keccak_core.sv: lanes are written one place too low
// -           if (4'(i / 2) == state_index_i) state_q[64*i +: 64] <= state_data_i[64*(i%2) +: 64];
// +           if (4'((i + 1) / 2) == state_index_i) state_q[64*i +: 64] <= state_data_i[64*((i+1)%2) +: 64];
// fault saved sha3/keccak_core.sv: the lanes of a piece are read in the other order
// -       if (4'(i / 2) == state_index_i) state_data_o[64*(i%2) +: 64] = state_q[64*i +: 64];
// +       if (4'(i / 2) == state_index_i) state_data_o[64*((i+1)%2) +: 64] = state_q[64*i +: 64];
// fault beyond sha3/keccak_core.sv: the lane beyond a block goes into the state with it
// -           if (5'(i) == count_q + 5'd1 && !half_i && 5'(i) < rate_i) block_q[i] <= data_i[127:64];
// +           if (5'(i) == count_q + 5'd1 && !half_i) block_q[i] <= data_i[127:64];
// fault lost sha3/keccak_core.sv: the lane beyond a block is not the first of the next
// -         block_q[0] <= rest_q;
// +         block_q[1] <= rest_q;
// fault replaced sha3/keccak_core.sv: a block takes the place of the state's first lanes
// - absorbed[64*i +: 64] = absorbed[64*i +: 64] ^ (block_q[i] & {64{absorb}});
// + absorbed[64*i +: 64] = absorb ? block_q[i] : absorbed[64*i +: 64];
// fault moving sha3/keccak_core.sv: the state takes the rounds' result also while a block is gathered
// -     absorbed = permuting_q ? after_rounds : state_q;
// +     absorbed = busy_o ? after_rounds : state_q;
// fault left sha3/keccak_core.sv: clear_i leaves the last lane
// -       state_q <= '0;
// +       state_q <= clear_i ? {state_q[1599:1536], 1536'd0} : '0;

module proof_keccak_state (
    input wire logic clk_i,
    input wire logic rst_ni
);

`ifndef PLANTED
  core_check #(
      .RoundsPerCycle(1)
  ) u_one (
      .rst_ni,
      .clk_i
  );
`endif
  core_check #(
      .RoundsPerCycle(2)
  ) u_two (
      .rst_ni,
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
  (* hierconn *) logic [24:0][63:0] \u_core.state_q ;
  (* hierconn *) logic [24:0][63:0] \u_core.after_rounds ;
  (* hierconn *) logic [20:0][63:0] \u_core.block_q ;
  (* hierconn *) logic [63:0] \u_core.rest_q ;
  (* hierconn *) logic \u_core.rest_valid_q ;
  (* hierconn *) logic [4:0] \u_core.count_q ;
  (* hierconn *) logic \u_core.take ;
  (* hierconn *) logic \u_core.absorb ;
  (* hierconn *) logic \u_core.permuting_q ;

  // What the lanes of the state, of the block and the one beyond it are in the next cycle.
  logic [24:0][63:0] lanes, lanes_q;
  logic [20:0][63:0] block, block_q;
  logic [63:0] beyond, beyond_q;
  always_comb begin
    lanes = (\u_core.permuting_q ? \u_core.after_rounds : \u_core.state_q ) ^
            {256'd0, \u_core.block_q & {1344{\u_core.absorb }}};
    block = \u_core.block_q ;
    beyond = \u_core.rest_q ;
    if (\u_core.absorb ) begin
      block = {1280'd0, \u_core.rest_q };
      beyond = '0;
    end else if (\u_core.take ) begin
      for (int unsigned i = 0; i < 21; i++) begin
        if (5'(i) == \u_core.count_q ) block[i] = data[63:0];
        if (5'(i) == \u_core.count_q + 5'd1 && !half && 5'(i) < rate) block[i] = data[127:64];
      end
      if (\u_core.count_q + (half ? 5'd1 : 5'd2) > rate) beyond = data[127:64];
    end
    if (state_write) begin
      for (int unsigned i = 0; i < 25; i++) if (state_index == 4'(i / 2)) lanes[i] = state_data[64*(i%2) +: 64];
    end
    if (!rst_ni || clear) begin
      lanes = '0;
      block = '0;
      beyond = '0;
    end
  end

  // Lanes that have not come are zero, if they were in the cycle before, or in reset: so no lane of the state beyond the block
  // is changed.
  logic empty;
  always_comb begin
    empty = \u_core.rest_valid_q || \u_core.rest_q == '0;
    for (int unsigned i = 0; i < 21; i++) begin
      if (5'(i) >= \u_core.count_q && \u_core.block_q [i] != '0) empty = 1'b0;
    end
  end

  logic [31:0][63:0] shown;                // zeros behind the last lane
  assign shown = {448'd0, \u_core.state_q };

  logic began_q = 1'b0;                    // there was a cycle before
  logic counted_q, empty_before_q;

  always_ff @(posedge clk_i) begin
    assert (state_shown == {shown[{state_index, 1'b1}], shown[{state_index, 1'b0}]});
    if (began_q && counted_q) begin
      assert (\u_core.state_q == lanes_q);
      assert (\u_core.block_q == block_q && \u_core.rest_q == beyond_q);
      if (empty_before_q) assert (empty);
    end
    began_q <= 1'b1;
    counted_q <= !rst_ni || (\u_core.count_q <= rate && rate <= 5'd21);
    empty_before_q <= !rst_ni || empty;
    lanes_q <= lanes;
    block_q <= block;
    beyond_q <= beyond;
  end

endmodule
