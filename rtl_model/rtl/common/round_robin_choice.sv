// SPDX-License-Identifier: Apache-2.0
//
// Chooses among requesters in turn: one that waits is served after at most one grant of each other one.
//
// Combinational choice; `take_i` moves the turn behind the chosen one. The choice is there as a number, and before that as
// a bit for each requester, with which what depends on the chosen one need not be looked up.

`default_nettype none

module round_robin_choice #(
    parameter int unsigned Count = 4,  // also 1
    localparam int unsigned IndexWidth = Count > 1 ? $clog2(Count) : 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic [Count-1:0]      request_i,
    input  wire logic                  take_i,
    output logic                       valid_o,
    output logic [Count-1:0]           chosen_o,
    output logic [IndexWidth-1:0]      index_o    // 0 if there is none
);

  logic [Count-1:0] turn_q;          // whose turn it is: one bit is set
  logic [Count-1:0] later, lowest;
  logic none_later;

  // A number less one differs from it up to its lowest bit: carry chains find the first requester from the turn on, and
  // the first one of all for when there is none.
  assign {none_later, later} = {1'b0, request_i} - {1'b0, turn_q};
  assign lowest = request_i - Count'(1);
  assign valid_o = request_i != '0;
  assign chosen_o = request_i & ~(none_later ? lowest : later);
  always_comb begin
    index_o = '0;
    for (int unsigned i = 0; i < Count; i++) begin
      if (chosen_o[i]) index_o |= IndexWidth'(i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) turn_q <= Count'(1);
    else if (take_i) turn_q <= Count'({chosen_o, chosen_o} >> (Count - 1));
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (turn_q != '0 && (turn_q & (turn_q - Count'(1))) == '0);
      assert ((chosen_o & (chosen_o - Count'(1))) == '0 && valid_o == (chosen_o != '0));
      if (take_i) assert (valid_o);
    end
  end

endmodule

`default_nettype wire
