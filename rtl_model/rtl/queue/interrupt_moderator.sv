// SPDX-License-Identifier: Apache-2.0
//
// Decides when a queue pair raises its interrupt: at a number of unseen completions, or a time after the first of them.
//
// A completion is unseen until the interrupt has been raised for it or the completion doorbell has caught up. So every
// completion is either seen by software or followed by an interrupt: none is lost, and software that polls gets none.
// Latency: an interrupt that is due leaves in the cycle after its completion.

`default_nettype none

module interrupt_moderator (
    input  wire logic        clk_i,
    input  wire logic        rst_ni,
    input  wire logic        clear_i,
    input  wire logic        enable_i,
    input  wire logic [15:0] count_i,       // raise at this many unseen completions; 0 and 1: at each
    input  wire logic [31:0] time_i,        // raise this many cycles after the first unseen completion
    input  wire logic        completion_i,  // a completion entry has been written
    input  wire logic        caught_up_i,   // software has taken all completion entries
    output logic             interrupt_o,   // one-cycle pulse
    output logic             idle_o         // nothing will be raised without a further event
);

  logic [15:0] unseen_q;
  logic [31:0] timer_q;
  logic due;

  assign due = unseen_q != '0 && (unseen_q >= count_i || timer_q >= time_i);
  assign interrupt_o = due && enable_i && !caught_up_i;
  assign idle_o = unseen_q == '0 || !enable_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      unseen_q <= '0;
      timer_q <= '0;
    end else if (interrupt_o || caught_up_i) begin
      unseen_q <= 16'(completion_i);
      timer_q <= '0;
    end else begin
      if (completion_i && unseen_q != '1) unseen_q <= unseen_q + 16'd1;
      if (unseen_q != '0 && timer_q != '1) timer_q <= timer_q + 32'd1;
    end
  end

endmodule

`default_nettype wire
