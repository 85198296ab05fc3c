// SPDX-License-Identifier: Apache-2.0
//
// Chooses the next queue pair in turn (round robin): a queue that waits is served after at most one request of each
// other queue.
//
// Combinational choice; `take_i` moves the turn behind the chosen queue.

`default_nettype none

module queue_arbiter #(
    parameter int unsigned QueueCount = 4,
    localparam int unsigned IndexWidth = $clog2(QueueCount)
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic [QueueCount-1:0] ready_i,
    input  wire logic                  take_i,
    output logic                       valid_o,
    output logic [IndexWidth-1:0]      index_o
);

  logic [IndexWidth-1:0] turn_q;   // looked at first
  logic [IndexWidth-1:0] candidate;

  always_comb begin
    valid_o = 1'b0;
    index_o = '0;
    candidate = '0;
    // From the last to the first, so that the first in turn wins.
    for (int unsigned i = QueueCount; i > 0; i--) begin
      candidate = turn_q + IndexWidth'(i - 1);
      if (ready_i[candidate]) begin
        valid_o = 1'b1;
        index_o = candidate;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) turn_q <= '0;
    else if (take_i) turn_q <= index_o + IndexWidth'(1);
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && take_i) assert (valid_o);
  end

endmodule

`default_nettype wire
