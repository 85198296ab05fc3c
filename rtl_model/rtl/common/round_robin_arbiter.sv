// SPDX-License-Identifier: Apache-2.0
//
// Chooses among requesters in turn: one that waits is served after at most one grant of each other one.
//
// Combinational choice; `take_i` moves the turn behind the chosen one.

`default_nettype none

module round_robin_arbiter #(
    parameter int unsigned Count = 4,  // a power of two, also 1
    localparam int unsigned IndexWidth = Count > 1 ? $clog2(Count) : 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic [Count-1:0]      request_i,
    input  wire logic                  take_i,
    output logic                       valid_o,
    output logic [IndexWidth-1:0]      index_o
);

  logic [IndexWidth-1:0] turn_q;  // looked at first
  logic [Count-1:0] later;        // requesters from the turn on
  logic [IndexWidth-1:0] first, first_later;

  always_comb begin
    later = '0;
    first = '0;
    first_later = '0;
    for (int unsigned i = 0; i < Count; i++) later[i] = request_i[i] && IndexWidth'(i) >= turn_q;
    // From the last to the first, so that the first wins.
    for (int unsigned i = Count; i > 0; i--) begin
      if (request_i[i-1]) first = IndexWidth'(i - 1);
      if (later[i-1]) first_later = IndexWidth'(i - 1);
    end
  end

  assign valid_o = request_i != '0;
  assign index_o = later != '0 ? first_later : first;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) turn_q <= '0;
    else if (take_i) turn_q <= index_o + IndexWidth'(1);
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && take_i) assert (valid_o);
  end

endmodule

`default_nettype wire
