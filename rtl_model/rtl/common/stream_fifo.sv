// SPDX-License-Identifier: Apache-2.0
//
// First-in first-out buffer, first word falls through.
//
// Latency: a word written in one cycle is visible in the next. Throughput: one word a cycle in and out.
// A push may be asked for before it is known whether it is right: `undo_i` takes back the word that was pushed in the cycle
// before. `valid_o` knows of it at once, `count_o` a cycle later. That word must not be popped.
// Pushing into a full or popping from an empty FIFO is a fault of the user and asserted.

`default_nettype none

module stream_fifo #(
    parameter int unsigned Width = 128,
    parameter int unsigned Depth = 32,  // a power of two
    parameter bit Slow = 0,             // data_o may come late in its cycle: a large one may be a block RAM
    parameter bit Early = 0,            // data_o is a register
    localparam int unsigned CountWidth = $clog2(Depth + 1),
    localparam int unsigned IndexWidth = $clog2(Depth)
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  clear_i,
    input  wire logic                  push_i,
    input  wire logic [Width-1:0]      data_i,
    input  wire logic                  undo_i,
    input  wire logic                  pop_i,
    output logic                       valid_o,
    output logic [Width-1:0]           data_o,
    output logic [CountWidth-1:0]      count_o
);

  // To the linter an attribute is no use of it.
  // verilator lint_off UNUSEDPARAM
  localparam logic [8*11-1:0] RamStyle = Slow ? {56'd0, "auto"} : "distributed";
  // verilator lint_on UNUSEDPARAM

  (* ram_style = RamStyle *)
  logic [Width-1:0] memory [Depth];
  logic [IndexWidth-1:0] head_q, tail_q, tail;
  logic [CountWidth-1:0] count_q;

  assign tail = tail_q - IndexWidth'(undo_i);
  assign valid_o = count_q != CountWidth'(undo_i);
  assign count_o = count_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      head_q <= '0;
      tail_q <= '0;
      count_q <= '0;
    end else begin
      if (push_i != undo_i) tail_q <= tail_q + {{IndexWidth - 1{undo_i}}, 1'b1};
      if (pop_i) head_q <= head_q + IndexWidth'(1);
      count_q <= count_q + CountWidth'(push_i) - CountWidth'(pop_i) - CountWidth'(undo_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) memory[tail] <= data_i;
  end

  if (Early) begin : gen_early
    logic [Width-1:0] data_q;
    logic last;   // nothing is left, but what is pushed
    assign last = count_q == CountWidth'(pop_i) + CountWidth'(undo_i);
    always_ff @(posedge clk_i) data_q <= last ? data_i : memory[head_q + IndexWidth'(pop_i)];
    assign data_o = data_q;
  end else begin : gen_memory
    assign data_o = memory[head_q];
  end

  // Only the assertions need it.
  logic pushed_q;
  always_ff @(posedge clk_i) pushed_q <= rst_ni && !clear_i && push_i;

  always_ff @(posedge clk_i) begin
    if (rst_ni && !clear_i) begin
      assert (!(push_i && !pop_i && !undo_i && count_q == CountWidth'(Depth)));
      assert (!(pop_i && !valid_o));
      if (undo_i) assert (pushed_q);
      if (valid_o) assert (data_o == memory[head_q]);
    end
  end

endmodule

`default_nettype wire
