// SPDX-License-Identifier: Apache-2.0
//
// proof: every descriptor that descriptor_fetcher asks for is started or dropped by request_dispatcher, exactly once, in
//   its queue's order, and started with the cookie that was read; it is dropped only if its queue is being reset or has
//   stopped, or it could not be read; none starts that was not read; none is lost in a full buffer
// top: proof_dispatch
// files: cce_pkg.sv sha2/sha2_pkg.sv hash/hash_pkg.sv common/round_robin_choice.sv queue/descriptor_fetcher.sv queue/request_dispatcher.sv
// method: induction
// engine: ind
// depth: 2
// assumes: the read port gives back each descriptor's four beats with its tag, in the order of the requests (read_port); ring
//   accesses are allowed; a slot that is free stays so until it is taken (slots); only requests in flight leave (completion)
// time: short
// fault twice queue/request_dispatcher.sv: a descriptor that is dropped is started as well
// -       check_q <= chosen_valid && !drop_now;
// +       check_q <= chosen_valid;
// fault lost queue/request_dispatcher.sv: a descriptor is dropped without saying so
// -   assign drop_o = chosen_queue & drops;
// +   assign drop_o = chosen_queue & drops & ~failed_i;
// fault unread queue/request_dispatcher.sv: a descriptor that could not be read is started
// -       drops[q] = reset_pending_i[q] || stopped_i[q] || failed_i[q];
// +       drops[q] = reset_pending_i[q] || stopped_i[q];
// fault full queue/descriptor_fetcher.sv: one more is asked for than there is room for
// -       possible[q] = ready_i[q] && (asked_q[q] - taken_q[q]) < (DepthWidth + 1)'(Depth);
// +       possible[q] = ready_i[q] && (asked_q[q] - taken_q[q]) <= (DepthWidth + 1)'(Depth);
// fault other queue/descriptor_fetcher.sv: the dispatcher is shown the other queue's descriptor
// -         take_entry |= taken_q[q][DepthWidth-1:0];
// +         take_entry |= taken_q[0][DepthWidth-1:0];
// fault error queue/descriptor_fetcher.sv: an error of a descriptor's last beats is forgotten
// -       end else if (beat_error_i) begin
// +       end else if (beat_error_i && !beat_last_i) begin
// fault behind queue/request_dispatcher.sv: a descriptor is taken before it is known what the one behind a dropped one is
// -       ready_q <= !chosen_valid && !check_q;
// +       ready_q <= !(chosen_valid && !drop_now) && !check_q;

module proof_dispatch (
    input wire logic              clk_i,
    input wire logic              gate_aes_i,
    input wire logic              gate_hash_i,
    input wire logic [1:0]        ready_i,
    input wire logic [1:0][63:0]  address_i,
    input wire logic              request_ready_i,
    input wire logic              beat_valid_i,
    input wire logic [127:0]      beat_data_i,
    input wire logic              beat_error_i,
    input wire logic              beat_queue_i,
    input wire logic [1:0]        reset_pending_i,
    input wire logic [1:0]        stopped_i,
    input wire logic [1:0]        freed_i,
    input wire logic              free_valid_i,
    input wire logic [1:0]        free_slot_i
);

  localparam int unsigned Depth = 2;

  logic rst_nq = 1'b0;
  logic [1:0] fetch, read, valid, failed, fence, drop, drop_failed;
  logic request_valid, take, start;
  logic [1:0] takes;
  cce_pkg::dma_request_t request;
  logic [cce_pkg::ReadTagWidth-1:0] request_tag, beat_tag;
  logic queue, start_queue, beat_first, beat_last;
  logic [511:0] descriptor;
  logic [31:0] shown_cycle, start_cookie;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  descriptor_fetcher #(
      .DataWidth(128),
      .QueueCount(2),
      .Depth(Depth)
  ) u_fetcher (
      .clk_i,
      .rst_ni(rst_nq),
      .timestamp_i(32'd0),
      .ready_i,
      .address_i,
      .fetch_o(fetch),
      .read_o(read),
      .request_valid_o(request_valid),
      .request_o(request),
      .request_tag_o(request_tag),
      .request_ready_i,
      .denied_i(1'b0),
      .beat_valid_i,
      .beat_tag_i(beat_tag),
      .beat_data_i,
      .beat_first_i(beat_first),
      .beat_last_i(beat_last),
      .beat_error_i,
      .valid_o(valid),
      .failed_o(failed),
      .fence_o(fence),
      .take_i(takes),
      .descriptor_o(descriptor),
      .start_cycle_o(shown_cycle)
  );
  assign take = takes != '0;
  assign queue = takes[1];
  request_dispatcher #(
      .SlotCount(4),
      .QueueCount(2),
      .ContextCount(2)
  ) u_dispatcher (
      .clk_i,
      .rst_ni(rst_nq),
      .gate_aes_i,
      .gate_hash_i,
      .valid_i(valid),
      .failed_i(failed),
      .fence_i(fence),
      .take_o(takes),
      .descriptor_i(descriptor),
      .start_cycle_i(shown_cycle),
      .reset_pending_i,
      .stopped_i,
      .unrestricted_i(2'd0),
      .drop_o(drop),
      .drop_failed_o(drop_failed),
      .free_valid_i,
      .free_slot_i,
      .freed_i,
      .start_o(start),
      .start_queue_o(start_queue),
      .start_cookie_o(start_cookie)
  );

  // The blocks' own registers, to make the proof inductive.
  (* hierconn *) logic [1:0][1:0] \u_fetcher.asked_q ;
  (* hierconn *) logic [1:0][1:0] \u_fetcher.arrived_q ;
  (* hierconn *) logic [1:0][1:0] \u_fetcher.taken_q ;
  (* hierconn *) logic [1:0][1:0] \u_fetcher.failed_q ;
  (* hierconn *) logic [1:0] \u_fetcher.gen_beats.beat_q ;
  (* hierconn *) logic [1:0] \u_fetcher.probe_entry ;
  (* hierconn *) logic [31:0] \u_fetcher.probe ;
  (* hierconn *) logic \u_fetcher.took_q ;
  (* hierconn *) logic \u_dispatcher.ready_q ;
  (* hierconn *) logic \u_dispatcher.check_q ;
  (* hierconn *) logic \u_dispatcher.hand_over_q ;
  (* hierconn *) logic \u_dispatcher.queue_q ;
  (* hierconn *) logic [511:0] \u_dispatcher.descriptor_q ;
  (* hierconn *) logic [1:0][2:0] \u_dispatcher.in_flight_q ;

  // The memory: beats of a descriptor follow one another, descriptors of a queue come in the order asked for.
  logic [1:0][1:0] asked_q = '0;        // asked for, not arrived
  logic [1:0][2:0] shown_q = '0;        // asked for, neither started nor dropped
  logic [1:0] beat_q = '0;
  logic burst_queue_q = 1'b0;
  logic bad_q;                          // an error among the beats of this descriptor so far
  assign beat_first = beat_q == 2'd0;
  assign beat_last = beat_q == 2'd3;
  assign beat_tag = cce_pkg::ReadTagWidth'({beat_queue_i, \u_fetcher.arrived_q [beat_queue_i][0]});

  // One descriptor, freely chosen.
  (* anyseq *) logic watch;
  (* anyconst *) logic watch_queue;
  logic watched_q = 1'b0, arrived_q, failed_q;
  logic [2:0] ahead_q;                  // of its queue: asked for before it, neither started nor dropped
  logic [1:0] to_come_q;                // of its queue: asked for before it, not arrived
  logic [31:0] cookie_q;
  logic place_q;                        // its place in the buffer
  logic goes, checked_q = 1'b0, starts_q = 1'b0;
  logic [31:0] taken_cookie_q;          // when it is taken another one may be followed

  assign \u_fetcher.probe_entry = {watch_queue, place_q};
  assign goes = take && queue == watch_queue;

  logic [1:0] starting;
  assign starting = start ? 2'd1 << start_queue : 2'd0;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (beat_valid_i) begin
        assume (asked_q[beat_queue_i] != '0);
        if (!beat_first) assume (beat_queue_i == burst_queue_q);
      end
      if (\u_dispatcher.hand_over_q ) assume (free_valid_i);
      for (int unsigned q = 0; q < 2; q++) if (freed_i[q]) assume (\u_dispatcher.in_flight_q [q] != '0);

      for (int unsigned q = 0; q < 2; q++) begin
        assert (asked_q[q] == \u_fetcher.asked_q [q] - \u_fetcher.arrived_q [q]);
        assert (2'(\u_fetcher.asked_q [q] - \u_fetcher.taken_q [q]) <= 2'd2 && asked_q[q] <= 2'd2);
        assert (asked_q[q] <= 2'(\u_fetcher.asked_q [q] - \u_fetcher.taken_q [q]));
        // Every one asked for is in the buffer or in the dispatcher until it is started or dropped.
        assert (shown_q[q] == 3'(2'(\u_fetcher.asked_q [q] - \u_fetcher.taken_q [q])) +
                              3'((\u_dispatcher.check_q || \u_dispatcher.hand_over_q ) && \u_dispatcher.queue_q == 1'(q)));
        if (drop[q]) assert (take && queue == 1'(q) && (reset_pending_i[q] || stopped_i[q] || failed[q]));
        if (drop_failed[q]) assert (drop[q]);
      end
      assert (!(drop[0] && drop[1]));
      assert (fetch == (request_valid && request_ready_i ? 2'd1 << request.queue_index[0] : 2'd0));
      if (fetch != '0) begin
        assert ((fetch & ready_i) == fetch);
        assert (request.privileged && request.bytes == 13'd64 && request.address == address_i[request.queue_index[0]]);
      end
      if (!beat_first) begin
        assert (\u_fetcher.gen_beats.beat_q == beat_q && asked_q[burst_queue_q] != '0);
        assert (\u_fetcher.failed_q [burst_queue_q][\u_fetcher.arrived_q [burst_queue_q][0]] == bad_q);
      end
      // The one that is followed.
      if (watched_q) begin
        assert (ahead_q < 3'd2 && ahead_q < 3'(2'(\u_fetcher.asked_q [watch_queue] - \u_fetcher.taken_q [watch_queue])));
        assert (place_q == 1'(\u_fetcher.taken_q [watch_queue][0] + ahead_q[0]));
        if (!arrived_q) begin
          assert (to_come_q < asked_q[watch_queue] && to_come_q <= ahead_q[1:0]);
          assert (place_q == 1'(\u_fetcher.arrived_q [watch_queue][0] + to_come_q[0]));
          assert (3'(\u_fetcher.arrived_q [watch_queue] - \u_fetcher.taken_q [watch_queue]) + 3'(to_come_q) == 3'(ahead_q) ||
                  2'(\u_fetcher.arrived_q [watch_queue] - \u_fetcher.taken_q [watch_queue]) + to_come_q == ahead_q[1:0]);
          if (to_come_q == '0 && !beat_first && burst_queue_q == watch_queue) begin
            assert (\u_fetcher.probe == cookie_q && failed_q == bad_q);
          end
        end else begin
          assert (\u_fetcher.probe == cookie_q && \u_fetcher.failed_q [watch_queue][place_q] == failed_q);
          assert (ahead_q[1:0] < 2'(\u_fetcher.arrived_q [watch_queue] - \u_fetcher.taken_q [watch_queue]));
        end
        if (goes && ahead_q == '0) begin
          assert (arrived_q);
          if (failed_q) assert (drop[watch_queue] && drop_failed[watch_queue]);
          else if (drop[watch_queue]) assert (reset_pending_i[watch_queue] || stopped_i[watch_queue]);
        end
      end
      // It was taken and not dropped: it is checked in the next cycle, started in the one after, and nothing else is.
      assert (!(\u_dispatcher.check_q && \u_dispatcher.hand_over_q ));
      assert (!(\u_dispatcher.ready_q && (\u_fetcher.took_q || \u_dispatcher.check_q || \u_dispatcher.hand_over_q )));
      assert (takes != 2'd3);
      if (checked_q) begin
        assert (\u_dispatcher.check_q && \u_dispatcher.queue_q == watch_queue &&
                \u_dispatcher.descriptor_q [63:32] == taken_cookie_q);
      end
      if (starts_q) assert (start && start_queue == watch_queue && start_cookie == taken_cookie_q);
      assert (start == \u_dispatcher.hand_over_q );
      if (start) assert (shown_q[start_queue] != '0);
    end
    checked_q <= 1'b0;
    starts_q <= rst_nq && checked_q;
    if (rst_nq) begin
      for (int unsigned q = 0; q < 2; q++) begin
        asked_q[q] <= asked_q[q] + 2'(fetch[q]) - 2'(beat_valid_i && beat_last && beat_queue_i == 1'(q));
        shown_q[q] <= shown_q[q] + 3'(fetch[q]) - 3'(drop[q]) - 3'(starting[q]);
      end
      if (beat_valid_i) begin
        beat_q <= beat_q + 2'd1;
        burst_queue_q <= beat_queue_i;
        bad_q <= beat_first ? beat_error_i : bad_q || beat_error_i;
      end
      if (watched_q) begin
        if (beat_valid_i && beat_queue_i == watch_queue && !arrived_q) begin
          if (to_come_q == '0) begin
            if (beat_first) cookie_q <= beat_data_i[63:32];
            failed_q <= beat_first ? beat_error_i : failed_q || beat_error_i;
            if (beat_last) arrived_q <= 1'b1;
          end else if (beat_last) begin
            to_come_q <= to_come_q - 2'd1;
          end
        end
        if (goes) begin
          if (ahead_q == '0) begin
            watched_q <= 1'b0;
            checked_q <= !drop[watch_queue];
            taken_cookie_q <= cookie_q;
          end else begin
            ahead_q <= ahead_q - 3'd1;
          end
        end
      end else if (watch && fetch[watch_queue]) begin
        watched_q <= 1'b1;
        arrived_q <= 1'b0;
        failed_q <= 1'b0;
        place_q <= \u_fetcher.asked_q [watch_queue][0];
        ahead_q <= 3'(2'(\u_fetcher.asked_q [watch_queue] - \u_fetcher.taken_q [watch_queue])) - 3'(goes);
        to_come_q <= asked_q[watch_queue] - 2'(beat_valid_i && beat_last && beat_queue_i == watch_queue);
      end
    end else begin
      asked_q <= '0;
      shown_q <= '0;
      beat_q <= '0;
      watched_q <= 1'b0;
    end
  end

endmodule

// inside descriptor_fetcher
  logic [1:0] probe_entry;
  logic [31:0] probe;
  assign probe = gen_beats.gen_part[0].memory[probe_entry][63:32];
// end inside
