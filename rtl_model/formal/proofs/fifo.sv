// SPDX-License-Identifier: Apache-2.0
//
// proof: a stream_fifo used by its rules gives every word once, in order and unchanged, but those that are taken back, which
//   it never gives, and its count is right
// top: proof_fifo
// files: common/stream_fifo.sv
// method: induction
// engine: ind
// depth: 3
// assumes: nothing is pushed into a full FIFO unless something is popped, nothing popped from an empty one; nothing taken back
//   but what was pushed in the cycle before; every user's proof has these as assertions
// time: short
// fault count common/stream_fifo.sv: a push with a pop in the same cycle is not counted as both
// -       count_q <= count_q + CountWidth'(push_i) - CountWidth'(pop_i) - CountWidth'(undo_i);
// +       count_q <= count_q + CountWidth'(push_i) - CountWidth'(pop_i && !push_i) - CountWidth'(undo_i);
// fault undo common/stream_fifo.sv: what is pushed while another word is taken back goes behind that one's place
// -     if (push_i) memory[tail] <= data_i;
// +     if (push_i) memory[tail_q] <= data_i;
// fault shown common/stream_fifo.sv: a word that is taken back is shown meanwhile
// -   assign valid_o = count_q != CountWidth'(undo_i);
// +   assign valid_o = count_q != '0;
// fault early common/stream_fifo.sv: a word pushed while the only other one is taken back is not shown
// -     assign last = count_q == CountWidth'(pop_i) + CountWidth'(undo_i);
// +     assign last = count_q == CountWidth'(pop_i);
// fault order common/stream_fifo.sv: the head moves at a push
// -       if (pop_i) head_q <= head_q + IndexWidth'(1);
// +       if (pop_i || (push_i && count_q == '0)) head_q <= head_q + IndexWidth'(1);

module proof_fifo (
    input wire logic       clk_i,
    input wire logic       clear_i,
    input wire logic       push_i,
    input wire logic [3:0] data_i,
    input wire logic       undo_i,
    input wire logic       pop_i
);

  localparam int unsigned Depth = 8;

  logic rst_nq = 1'b0;
  logic valid;
  logic [3:0] data, count;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  stream_fifo #(
      .Width(4),
      .Depth(Depth),
      .Early(1)   // the other kind shows the word in the memory, which is asserted to be the same
  ) u_fifo (
      .clk_i,
      .rst_ni(rst_nq),
      .clear_i,
      .push_i,
      .data_i,
      .undo_i,
      .pop_i,
      .valid_o(valid),
      .data_o(data),
      .count_o(count)
  );

  // One word, chosen freely among all that are ever pushed, is followed on its way.
  logic watched_q = 1'b0;            // it is inside
  logic [3:0] ahead_q = '0;          // words in front of it
  logic [3:0] word_q = '0;
  logic [3:0] number_q = '0;         // words inside, counted apart
  logic pushed_q = 1'b0, watched_last_q;   // the last one came in the cycle before; it is the one that is followed
  (* anyseq *) logic watch;

  (* hierconn *) logic [2:0] \u_fifo.head_q ;
  (* hierconn *) logic [2:0] \u_fifo.probe_index ;
  (* hierconn *) logic [3:0] \u_fifo.probe ;
  assign \u_fifo.probe_index = \u_fifo.head_q + ahead_q[2:0];

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      assume (!(push_i && !pop_i && !undo_i && count == 4'(Depth)));
      assume (!(undo_i && !pushed_q));
      if (pushed_q) assert (number_q != '0);
      if (pushed_q && watched_q) assert (watched_last_q == (ahead_q + 4'd1 == number_q));
      assume (!(pop_i && !valid));
      assert (count == number_q);
      assert (count <= 4'(Depth));
      assert (valid == (number_q != 4'(undo_i)));
      if (watched_q) assert (ahead_q < number_q && \u_fifo.probe == word_q);
      if (watched_q && ahead_q == '0) assert (data == word_q);
      if (clear_i) begin
        number_q <= '0;
        watched_q <= 1'b0;
        pushed_q <= 1'b0;
      end else begin
        number_q <= number_q + 4'(push_i) - 4'(pop_i) - 4'(undo_i);
        pushed_q <= push_i;
        watched_last_q <= 1'b0;
        if (watched_q && undo_i && watched_last_q) begin
          watched_q <= 1'b0;
        end else if (watched_q) begin
          if (pop_i && ahead_q == '0) watched_q <= 1'b0;
          else if (pop_i) ahead_q <= ahead_q - 4'd1;
        end else if (watch && push_i) begin
          watched_q <= 1'b1;
          watched_last_q <= 1'b1;
          ahead_q <= number_q - 4'(pop_i) - 4'(undo_i);
          word_q <= data_i;
        end
      end
    end
  end

endmodule

// inside stream_fifo
  // What makes the proof inductive, and a view of one word for the harness.
  logic [IndexWidth-1:0] probe_index;
  logic [Width-1:0] probe;
  assign probe = memory[probe_index];
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (count_q <= CountWidth'(Depth));
      assert (count_q[IndexWidth-1:0] == tail_q - head_q);
    end
  end
// end inside
