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

  // The lowest bit that is set, 0 if there is none: a tree of pairs, as deep as the answer has digits.
  function automatic logic [IndexWidth-1:0] lowest(input logic [Count-1:0] bits);
    logic [Count-1:0] any;
    logic [Count-1:0][IndexWidth-1:0] index;
    any = bits;
    index = '0;
    for (int unsigned digit = 0; Count >> digit > 1; digit++) begin
      for (int unsigned i = 0; i < Count >> (digit + 1); i++) begin
        if (any[2*i]) index[i] = index[2*i];
        else index[i] = index[2*i+1] | (any[2*i+1] ? IndexWidth'(1) << digit : '0);
        any[i] = any[2*i] || any[2*i+1];
      end
    end
    lowest = index[0];
  endfunction

  logic [Count-1:0] first_q;  // looked at first: all behind the one chosen last
  logic [Count-1:0] later;    // requesters among these

  assign later = request_i & first_q;
  assign valid_o = request_i != '0;
  assign index_o = later != '0 ? lowest(later) : lowest(request_i);

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Count; i++) begin
      if (!rst_ni) first_q[i] <= 1'b0;
      else if (take_i) first_q[i] <= IndexWidth'(i) > index_o;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && take_i) assert (valid_o);
  end

endmodule

`default_nettype wire
