// SPDX-License-Identifier: Apache-2.0
//
// proof: a queue_pair's reset bit falls only when no request of the queue is in flight, and none begins while it stands;
//   numbers of requests in flight are right; a completion entry is never written into a ring without room, and
//   descriptors and entries are read and written inside their rings, whatever software writes to registers and doorbells
// top: proof_queue
// files: cce_pkg.sv queue/interrupt_moderator.sv queue/queue_pair.sv
// method: induction
// engine: ind
// depth: 2
// assumes: descriptors are fetched only while ready_o is high (descriptor_fetcher); only what is in flight is dropped, gets
//   an entry or ends, and a request ends without an entry only while the queue is being reset (dispatch, completion)
// time: short
// fault reset queue/queue_pair.sv: the reset bit falls although requests are in flight
// -   assign do_reset = reset_q && !busy && !completion_failed_q;
// +   assign do_reset = reset_q && in_flight_q[7:1] == '0;
// fault fetch queue/queue_pair.sv: descriptors are fetched while the queue is being reset
// -   assign running = enable_q && !stopped_q && !pause_q && !reset_q;
// +   assign running = enable_q && !stopped_q && !pause_q;
// fault room queue/queue_pair.sv: one descriptor more is fetched than the completion ring has room for
// -       has_room[m][1] = !places_full[m] && !places_last[m];
// +       has_room[m][1] = !places_full[m];
// fault doorbell queue/queue_pair.sv: the completion doorbell may run ahead of the engine
// -   assign completion_good = (completion_tail_q - doorbell_value) <= (completion_tail_q - completion_head_q);
// +   assign completion_good = 1'b1;
// fault resize queue/queue_pair.sv: ring sizes can be written while the queue runs
// -             if (!enable_q) begin
// +             begin

module proof_queue (
    input wire logic        clk_i,
    input wire logic        engine_reset_i,
    input wire logic        write_i,
    input wire logic        doorbell_write_i,
    input wire logic [11:0] offset_i,
    input wire logic [31:0] data_i,
    input wire logic        fetch_i,
    input wire logic        read_i,
    input wire logic        drop_i,
    input wire logic        drop_failed_i,
    input wire logic        issue_i,
    input wire logic        finish_i,
    input wire logic        finish_written_i,
    input wire logic        finish_failed_i,
    input wire logic        count_i,
    input wire logic        count_ok_i,
    input wire logic [31:0] count_bytes_i
);

  logic rst_nq = 1'b0;
  logic ready, reset_pending, stopped, phase, unrestricted, interrupt, event_pulse, idle, known, doorbell_known;
  logic [31:0] data;
  logic [63:0] descriptor_address, completion_address;
  logic [15:0] submission_head;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  queue_pair u_queue (
      .clk_i,
      .rst_ni(rst_nq),
      .engine_reset_i,
      .write_i,
      .doorbell_write_i,
      .offset_i,
      .data_i,
      .data_o(data),
      .known_o(known),
      .doorbell_known_o(doorbell_known),
      .ready_o(ready),
      .reset_pending_o(reset_pending),
      .stopped_o(stopped),
      .descriptor_address_o(descriptor_address),
      .completion_address_o(completion_address),
      .completion_phase_o(phase),
      .submission_head_o(submission_head),
      .unrestricted_o(unrestricted),
      .fetch_i,
      .read_i,
      .drop_i,
      .drop_failed_i,
      .issue_i,
      .finish_i,
      .finish_written_i,
      .finish_failed_i,
      .count_i,
      .count_ok_i,
      .count_bytes_i,
      .fault_i('0),
      .interrupt_o(interrupt),
      .event_o(event_pulse),
      .idle_o(idle)
  );

  // The queue pair's own registers, to make the proof inductive and to know its rings.
  (* hierconn *) logic \u_queue.enable_q ;
  (* hierconn *) logic \u_queue.can_q ;
  (* hierconn *) logic [7:0] \u_queue.in_flight_q ;
  (* hierconn *) logic [7:0] \u_queue.owed_q ;
  (* hierconn *) logic [15:0] \u_queue.completion_reach_q ;
  (* hierconn *) logic [7:0] \u_queue.submission_log2_q ;
  (* hierconn *) logic [7:0] \u_queue.completion_log2_q ;
  (* hierconn *) logic [63:0] \u_queue.submission_base_q ;
  (* hierconn *) logic [63:0] \u_queue.completion_base_q ;
  (* hierconn *) logic [15:0] \u_queue.completion_size ;
  (* hierconn *) logic [15:0] \u_queue.fetch_head_q ;
  (* hierconn *) logic [15:0] \u_queue.submission_tail_q ;
  (* hierconn *) logic [15:0] \u_queue.completion_head_q ;
  (* hierconn *) logic [15:0] \u_queue.completion_tail_q ;

  logic [7:0] open_q = '0;          // fetched, not dropped, without an entry
  logic [7:0] issued_q = '0;        // with an entry under way
  logic was_pending_q = 1'b0;
  logic [7:0] open_before_q, issued_before_q;
  logic ends_open;
  logic [15:0] used;                // entries of the completion ring that software has not taken

  assign ends_open = finish_i && !finish_written_i && !finish_failed_i;
  assign used = \u_queue.completion_tail_q - \u_queue.completion_head_q ;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (fetch_i) assume (ready);
      assume (!(finish_written_i && finish_failed_i));
      if (finish_written_i || finish_failed_i) assume (finish_i);
      if (drop_failed_i) assume (drop_i);
      assume (8'(drop_i) + 8'(issue_i) + 8'(ends_open) <= open_q);
      if (finish_written_i || finish_failed_i) assume (issued_q != '0);
      if (ends_open) assume (reset_pending);

      // Numbers.
      assert ({1'b0, open_q} + {1'b0, issued_q} == {1'b0, \u_queue.in_flight_q });
      assert (open_q <= \u_queue.owed_q );
      assert (\u_queue.completion_reach_q == \u_queue.completion_tail_q + 16'(\u_queue.owed_q ));
      if (!reset_pending) assert (open_q == \u_queue.owed_q );
      if (!\u_queue.enable_q ) begin
        assert (\u_queue.in_flight_q == '0 && \u_queue.owed_q == '0);
        assert (\u_queue.completion_tail_q == '0 && \u_queue.completion_head_q == '0);
      end
      // The reset bit.
      if (was_pending_q && !reset_pending) begin
        assert (open_before_q == '0 && issued_before_q == '0);
        assert (open_q == '0 && issued_q == '0);
        assert (\u_queue.fetch_head_q == '0 && \u_queue.submission_tail_q == '0 && \u_queue.completion_tail_q == '0);
      end
      if (reset_pending) assert (!ready);
      assert (\u_queue.can_q == (\u_queue.enable_q && \u_queue.fetch_head_q != \u_queue.submission_tail_q &&
                                 used + 16'(\u_queue.owed_q ) < \u_queue.completion_size && \u_queue.in_flight_q != '1));
      // The completion ring has room for what is owed.
      if (\u_queue.enable_q ) begin
        assert (\u_queue.completion_log2_q >= 8'd1 && \u_queue.completion_log2_q <= 8'd15);
        assert (\u_queue.submission_log2_q >= 8'd1 && \u_queue.submission_log2_q <= 8'd15);
        assert ({1'b0, used} + 17'(\u_queue.owed_q ) <= {1'b0, \u_queue.completion_size });
        assert (\u_queue.submission_base_q [5:0] == '0 && \u_queue.completion_base_q [5:0] == '0);
      end
      if (issue_i) assert (used < (16'd1 << \u_queue.completion_log2_q ));
      // Places inside the rings.
      if (\u_queue.enable_q ) begin
        assert (completion_address[4:0] == '0 && descriptor_address[5:0] == '0);
        assert (((completion_address - \u_queue.completion_base_q ) >> 5) < (64'd1 << \u_queue.completion_log2_q ));
        assert (((descriptor_address - \u_queue.submission_base_q ) >> 6) < (64'd1 << \u_queue.submission_log2_q ));
      end
    end
    if (rst_nq) begin
      open_q <= open_q + 8'(fetch_i) - 8'(drop_i) - 8'(issue_i) - 8'(ends_open);
      issued_q <= issued_q + 8'(issue_i) - 8'(finish_written_i || finish_failed_i);
      was_pending_q <= reset_pending;
    end else begin
      open_q <= '0;
      issued_q <= '0;
      was_pending_q <= 1'b0;
    end
    open_before_q <= open_q;
    issued_before_q <= issued_q;
  end

endmodule
