// SPDX-License-Identifier: Apache-2.0
//
// proof: every request that has a slot leaves it exactly once: with one completion entry, whose cookie, status, phase and
//   address are its own, or without one only while its queue is being reset; no entry is written for anything else, none
//   outside its place in the completion ring; a queue hears of exactly its own entries and ends; an entry's beats stay
//   until they are taken
// top: proof_completion
// files: cce_pkg.sv common/stream_fifo.sv common/round_robin_choice.sv common/round_robin_arbiter.sv queue/slot_table.sv queue/completion_writer.sv
// method: induction
// engine: ind
// depth: 2
// assumes: a request starts only when a slot was free in the cycle before, and not in the cycle behind another start
//   (dispatch); faults name slots in use, a wrong tag one that its cipher has not given back, and reading of lists or text
//   does not begin again for a slot that is finished (none proven: slot_table asserts the first, and that a slot is still
//   finished when it is freed, in every simulation); the DMA write port answers each entry that it took once (write_port);
//   ring accesses are allowed and aligned (queue_pair refuses rings that are not)
// fault twice queue/completion_writer.sv: a slot whose entry is on its way is chosen again
// -       .request_i(finished_i & ~writing_q),
// +       .request_i(finished_i),
// fault lost queue/completion_writer.sv: requests of a queue that is not being reset leave without an entry
// -   assign look_discard = look_q && reset_pending_i[queue_q];
// +   assign look_discard = look_q;
// fault queue queue/completion_writer.sv: the end of a request is told to the queue of the request that is being written
// -     finish_o[finish_queue] = free_o;
// +     finish_o[queue_q] = free_o;
// fault cookie queue/completion_writer.sv: the entry has the cookie of the slot that is chosen next
// -   assign {cookie, start_cycle, bytes, is_cipher, is_stream, is_key_wrap, is_hash} = request_memory[slot_q];
// +   assign {cookie, start_cycle, bytes, is_cipher, is_stream, is_key_wrap, is_hash} = request_memory[chosen_slot];
// fault overflow queue/completion_writer.sv: entries are asked for although there is no room for their beats
// -   assign request_valid_o = request_q && entry_count != ($clog2(EntryDepth + 1))'(EntryDepth);
// +   assign request_valid_o = request_q;
// fault privilege queue/completion_writer.sv: an entry is written beside its place
// -     request_o.address = address_i[queue_q];
// +     request_o.address = address_i[queue_q] + 64'd32;

module proof_completion (
    input wire logic            clk_i,
    input wire logic            gate_aes_i,
    input wire logic            gate_hash_i,
    input wire logic [1:0]      queue_reset_pending_i,
    input wire logic            start_i,
    input wire logic            start_queue_i,
    input wire logic [7:0]      start_status_i,
    input wire logic            start_text_i,
    input wire logic            start_cipher_i,
    input wire logic            start_hash_i,
    input wire logic            start_key_i,
    input wire logic [31:0]     start_cookie_i,
    input wire logic            key_release_i,
    input wire logic [1:0]      key_release_slot_i,
    input wire logic [3:0]      cipher_release_i,
    input wire logic [3:0][1:0] cipher_release_slot_i,
    input wire logic            destination_release_i,
    input wire logic [1:0]      destination_release_slot_i,
    input wire logic            erase_release_i,
    input wire logic [1:0]      erase_release_slot_i,
    input wire logic [3:0]      lists_busy_i,
    input wire logic [1:0]      fault_i,
    input wire logic [1:0][1:0] fault_slot_i,
    input wire logic [7:0]      fault_status_i,
    input wire logic [1:0][63:0] address_i,
    input wire logic [1:0]      phase_i,
    input wire logic [1:0][15:0] submission_head_i,
    input wire logic            request_ready_i,
    input wire logic            beat_ready_i,
    input wire logic            done_i,
    input wire logic [1:0]      done_slot_i,
    input wire logic            done_error_i
);

  localparam int unsigned Slots = 4;

  logic rst_nq = 1'b0;
  logic free_valid, freed, request_valid, beat_valid, writer_idle, written, count_ok, finish_failed;
  logic [1:0] free_slot, freed_slot, next_iv_slot, request_tag, issue, finish, count;
  logic [31:0] count_bytes;
  logic [Slots-1:0] used, abort, discard, cipher_done, erase_wanted, finished;
  logic [Slots-1:0][7:0] queue;
  logic [7:0] status;
  logic [Slots-1:0] ok;
  cce_pkg::dma_request_t request;
  logic [127:0] beat_data;
  logic [15:0] beat_strobe;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  slot_table #(
      .SlotCount(Slots),
      .QueueCount(2),
      .FaultPorts(2),
      .TellingPorts(1),
      .Status({8'(cce_contract_pkg::StatusTag), 8'd0}),
      .FirstLatePort(1)
  ) u_slots (
      .clk_i,
      .rst_ni(rst_nq),
      .gate_aes_i,
      .gate_hash_i,
      .queue_reset_pending_i,
      .free_valid_o(free_valid),
      .free_slot_o(free_slot),
      .start_i,
      .start_queue_i({7'd0, start_queue_i}),
      .start_status_i,
      .start_text_i,
      .start_cipher_i,
      .start_hash_i,
      .start_key_i,
      .key_release_i,
      .key_release_slot_i,
      .cipher_release_i,
      .cipher_release_slot_i,
      .destination_release_i,
      .destination_release_slot_i,
      .erase_release_i,
      .erase_release_slot_i,
      .lists_busy_i,
      .fault_i,
      .fault_slot_i,
      .fault_status_i,
      .used_o(used),
      .abort_o(abort),
      .discard_o(discard),
      .cipher_done_o(cipher_done),
      .erase_wanted_o(erase_wanted),
      .finished_o(finished),
      .ok_o(ok),
      .status_slot_i(next_iv_slot),
      .status_o(status),
      .free_i(freed),
      .freed_slot_i(freed_slot)
  );
  completion_writer #(
      .DataWidth(128),
      .SlotCount(Slots),
      .QueueCount(2)
  ) u_writer (
      .clk_i,
      .rst_ni(rst_nq),
      .timestamp_i(32'd0),
      .start_i,
      .start_slot_i(free_slot),
      .start_queue_i,
      .start_cookie_i,
      .start_cycle_i(32'd0),
      .start_bytes_i(32'd0),
      .start_cipher_i,
      .start_stream_i(1'b0),
      .start_key_wrap_i(1'b0),
      .start_hash_i,
      .finished_i(finished),
      .ok_i(ok),
      .status_i(status),
      .free_o(freed),
      .freed_slot_o(freed_slot),
      .next_iv_slot_o(next_iv_slot),
      .stream_next_iv_i(128'd0),
      .lane_next_iv_i(128'd0),
      .hash_next_iv_i(128'd0),
      .key_length_i(32'd0),
      .address_i,
      .phase_i,
      .reset_pending_i(queue_reset_pending_i),
      .submission_head_i,
      .issue_o(issue),
      .finish_o(finish),
      .finish_written_o(written),
      .finish_failed_o(finish_failed),
      .count_o(count),
      .count_ok_o(count_ok),
      .count_bytes_o(count_bytes),
      .request_valid_o(request_valid),
      .request_o(request),
      .request_tag_o(request_tag),
      .request_ready_i,
      .denied_i(1'b0),
      .beat_valid_o(beat_valid),
      .beat_ready_i,
      .beat_data_o(beat_data),
      .beat_strobe_o(beat_strobe),
      .done_i,
      .done_slot_i,
      .done_error_i,
      .idle_o(writer_idle)
  );

  // The writer's own registers, to make the proof inductive.
  (* hierconn *) logic [Slots-1:0] \u_writer.writing_q ;
  (* hierconn *) logic \u_writer.request_q ;
  (* hierconn *) logic [1:0] \u_writer.slot_q ;
  (* hierconn *) logic \u_writer.queue_q ;
  (* hierconn *) logic \u_writer.discard_q ;
  (* hierconn *) logic \u_writer.look_q ;
  (* hierconn *) logic \u_writer.look_discard ;
  (* hierconn *) logic [Slots-1:0] \u_writer.probe_queues ;
  (* hierconn *) logic [255:0] \u_writer.entry ;
  (* hierconn *) logic [3:0] \u_writer.entry_count ;
  (* hierconn *) logic \u_writer.gen_two_beats.second_q ;
  (* hierconn *) logic [1:0] \u_writer.probe_index ;
  (* hierconn *) logic [31:0] \u_writer.probe ;
  (* hierconn *) logic [Slots-1:0] \u_slots.owed ;
  (* hierconn *) logic [Slots-1:0][7:0] \u_slots.queue_q ;
  (* hierconn *) logic [2:0] \u_slots.count_q ;
  (* hierconn *) logic [Slots-1:0] \u_slots.free_choice_q ;
  (* hierconn *) logic \u_slots.gen_fault[1].gen_late.late_q ;
  (* hierconn *) logic [1:0] \u_slots.gen_fault[1].gen_late.slot_q ;
  assign \u_writer.probe_index = slot;

  (* anyconst *) logic [1:0] slot;           // one slot, freely chosen, for what is said of its cookie
  logic [31:0] cookie_q;
  logic [Slots-1:0] used_q = '0;             // started, not left
  logic [Slots-1:0] written_q = '0;          // its entry was taken by the DMA port, not answered
  logic [Slots-1:0] discarded_q = '0;        // its queue was being reset when it was chosen to leave without an entry
  logic [Slots-1:0] choosing, newly, leaving;
  logic started_q = 1'b0, free_before_q = 1'b0;   // in the cycle before: a start; a slot was free
  logic late_q = 1'b0;                       // a wrong tag was told in the cycle before, of late_slot_q
  logic [1:0] late_slot_q;
  logic granted, beat_held_q = 1'b0;
  logic [127:0] beat_data_q;
  logic [15:0] beat_strobe_q;
  logic [4:0] beats_q = '0;                  // beats of granted entries, not taken
  cce_contract_pkg::completion_t entry;

  assign queue = \u_slots.queue_q ;
  assign granted = request_valid && request_ready_i;
  assign entry = \u_writer.entry ;
  assign leaving = freed ? Slots'(1) << freed_slot : '0;
  assign newly = \u_writer.request_q || \u_writer.look_q ? Slots'(1) << \u_writer.slot_q : '0;   // or for longer
  assign choosing = \u_writer.request_q || \u_writer.look_q || \u_writer.discard_q ? Slots'(1) << \u_writer.slot_q : '0;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (start_i) assume (free_valid && free_before_q && !started_q);
      if (fault_i[0]) begin
        assume (used[fault_slot_i[0]] && fault_status_i != 8'(cce_contract_pkg::StatusOk) &&
                fault_status_i != 8'(cce_contract_pkg::StatusTag) &&
                fault_status_i != 8'(cce_contract_pkg::StatusDestinationAccess));
      end
      if (fault_i[1]) assume (used[fault_slot_i[1]] && !cipher_done[fault_slot_i[1]]);
      assume ((lists_busy_i & finished) == '0);
      if (done_i) assume (written_q[done_slot_i]);
      assume (address_i[0][4:0] == '0 && address_i[1][4:0] == '0);

      // A slot's life.
      assert (used == used_q);
      assert (free_valid == (used != '1) && \u_slots.count_q == 3'(used[0]) + 3'(used[1]) + 3'(used[2]) + 3'(used[3]));
      if (free_before_q && !started_q) assert (!used[free_slot] && \u_slots.free_choice_q == 4'd1 << free_slot);
      // A late fault of a slot counts before the slot is finished.
      assert (\u_slots.gen_fault[1].gen_late.late_q == late_q);
      if (late_q) begin
        assert (\u_slots.gen_fault[1].gen_late.slot_q == late_slot_q);
        assert (used[late_slot_q] && !finished[late_slot_q]);
      end
      assert ((\u_writer.writing_q | newly) == (written_q | choosing) && (written_q & choosing) == '0);
      assert (2'(\u_writer.request_q ) + 2'(\u_writer.discard_q ) + 2'(\u_writer.look_q ) <= 2'd1);
      assert ((\u_writer.writing_q & ~finished) == '0);
      assert ((finished & \u_slots.owed ) == '0);
      assert ((finished & ~used_q) == '0);
      for (int unsigned s = 0; s < Slots; s++) if (used_q[s]) assert (queue[s] == {7'd0, \u_writer.probe_queues [s]});
      if (choosing != '0) assert (\u_writer.queue_q == queue[\u_writer.slot_q ][0]);
      // An entry.
      if (granted) begin
        assert (!written_q[request_tag] && finished[request_tag]);
        assert (issue == 2'd1 << queue[request_tag]);
        assert (request.privileged && request.address == address_i[queue[request_tag][0]] && request.bytes == 13'd32);
        assert (request.queue_index == queue[request_tag]);
        assert (next_iv_slot == request_tag && entry.status == status && entry.phase == {7'd0, phase_i[queue[request_tag][0]]});
        if (request_tag == slot) assert (entry.cookie == cookie_q);
      end else begin
        assert (issue == '0);
      end
      if (used_q[slot]) assert (\u_writer.probe == cookie_q);
      // The end.
      assert (finish == (freed ? 2'd1 << queue[freed_slot] : 2'd0));
      if (freed) begin
        assert (used_q[freed_slot] && finished[freed_slot]);
        assert (written_q[freed_slot] ? done_i && done_slot_i == freed_slot : discarded_q[freed_slot]);
        assert ((written || finish_failed) == written_q[freed_slot]);
      end
      if (done_i) assert (freed && freed_slot == done_slot_i);
      assert ((discarded_q & written_q) == '0);
      assert (discarded_q == (\u_writer.discard_q ? Slots'(1) << \u_writer.slot_q : '0));
      // Beats.
      if (beat_held_q) assert (beat_valid && beat_data == beat_data_q && beat_strobe == beat_strobe_q);
      assert (beat_valid == (beats_q != '0));
      assert (beats_q == {\u_writer.entry_count , 1'b0} - 5'(\u_writer.gen_two_beats.second_q ));
      assert (!(\u_writer.gen_two_beats.second_q && \u_writer.entry_count == '0));
    end
    if (rst_nq) begin
      used_q <= (used_q | (start_i ? Slots'(1) << free_slot : '0)) & ~leaving;
      written_q <= (written_q | (granted ? Slots'(1) << request_tag : '0)) & ~leaving;
      // Seen in this cycle: see u_writer.
      for (int unsigned s = 0; s < Slots; s++) begin
        if (leaving[s]) discarded_q[s] <= 1'b0;
        else if (\u_writer.look_discard && \u_writer.slot_q == 2'(s)) discarded_q[s] <= queue_reset_pending_i[queue[s][0]];
      end
      if (start_i && free_slot == slot) cookie_q <= start_cookie_i;
      beat_held_q <= beat_valid && !beat_ready_i;
      beats_q <= beats_q + (granted ? 5'd2 : 5'd0) - 5'(beat_valid && beat_ready_i);
    end else begin
      used_q <= '0;
      written_q <= '0;
      discarded_q <= '0;
      beat_held_q <= 1'b0;
      beats_q <= '0;
    end
    started_q <= rst_nq && start_i;
    free_before_q <= rst_nq && free_valid;
    late_q <= rst_nq && fault_i[1];
    late_slot_q <= fault_slot_i[1];
    beat_data_q <= beat_data;
    beat_strobe_q <= beat_strobe;
  end

endmodule

// inside completion_writer
  logic [SlotWidth-1:0] probe_index;
  logic [31:0] probe;
  assign probe = request_memory[probe_index][99:68];
  logic [SlotCount-1:0] probe_queues;
  for (genvar s = 0; s < int'(SlotCount); s++) assign probe_queues[s] = queue_memory[s];
// end inside

// inside slot_table
  logic [SlotCount-1:0] owed;
  assign owed = key_q | cipher_q | destination_q | erase_q;
// end inside

// inside stream_fifo
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (count_q <= CountWidth'(Depth));
      assert (count_q[IndexWidth-1:0] == tail_q - head_q);
    end
  end
// end inside
