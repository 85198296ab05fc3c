// SPDX-License-Identifier: Apache-2.0
//
// proof: destination_writer asks to write only where its segment walker stands, never more than what is left of that
//   segment, never across a burst boundary, and in all never more bytes of a request than its text and tag (its text when
//   it is wiped); every byte that a beat strobes lies within the burst that it belongs to; nothing is asked for a slot that
//   has ended; a beat that is shown stays until it is taken
// top: proof_destination
// files: cce_pkg.sv common/stream_fifo.sv common/round_robin_choice.sv common/round_robin_arbiter.sv dma/destination_writer.sv
// method: induction
// engine: ind
// depth: 2
// assumes: a slot is started only when nothing of its last request is left here (slots); what the segment walker says of a
//   slot that is ready is not empty and changes only when bytes are taken from it (walker); answers come only for bursts
//   asked for (write_port)
// option without: u_writer
// fault beyond dma/destination_writer.sv: bursts may run over the end of a segment
// -   assign segment_ends = !(32'(before_boundary) < segment_left_i);
// +   assign segment_ends = 32'(before_boundary) > segment_left_i;
// fault total dma/destination_writer.sv: the last burst of a text is not cut to its length
// -   assign phase_ends = phase_fits && !(segment_left_i < phase_left);
// +   assign phase_ends = phase_fits && !(segment_left_i < phase_left) && phase_left > 32'd16;
// fault strobe dma/destination_writer.sv: a burst's first beat strobes lanes in front of it
// -       strobe[i] = !silent && LaneWidth'(i) >= beat_lane_q && (LaneWidth + 1)'(i) < {1'b0, beat_lane_q} + beat_count_q;
// +       strobe[i] = !silent && (LaneWidth + 1)'(i) < {1'b0, beat_lane_q} + beat_count_q;
// fault last dma/destination_writer.sv: a burst that fills its last beat has one more
// -   assign beat_last = !(13'(beat_room) < beat_left);
// +   assign beat_last = 13'(beat_room) > beat_left;
// fault wipe dma/destination_writer.sv: wiping overwrites as many bytes behind the text as a tag has
// -   assign last_phase = in_tag || tag_length == '0 || wiping;
// +   assign last_phase = in_tag || (tag_length == '0 && !wiping);
// fault stale dma/destination_writer.sv: the address of the burst before is asked for
// -       address_q <= segment_address_i;
// +       if (fresh_q[slot_q]) address_q <= segment_address_i;

module proof_destination (
    input wire logic                     clk_i,
    input wire logic                     start_i,
    input wire logic                     start_slot_i,
    input wire cce_pkg::cipher_request_t start_request_i,
    input wire logic [1:0]               abort_i,
    input wire logic [1:0]               discard_i,
    input wire logic [1:0]               cipher_done_i,
    input wire logic [1:0]               segment_ready_i,
    input wire logic [1:0]               segment_busy_i,
    input wire logic [63:0]              segment_address_i,
    input wire logic [31:0]              segment_left_i,
    input wire logic [15:0]              segment_region_i,
    input wire logic                     segment_unrestricted_i,
    input wire logic [7:0]               segment_queue_i,
    input wire logic                     segment_error_i,
    input wire logic                     segment_error_slot_i,
    input wire logic                     request_ready_i,
    input wire logic                     granted_i,
    input wire logic                     denied_i,
    input wire logic                     denied_slot_i,
    input wire logic                     beat_ready_i,
    input wire logic                     done_i,
    input wire logic                     done_slot_i,
    input wire logic                     done_error_i,
    input wire logic [127:0]             read_data_i,
    input wire logic [6:0]               stream_produced_i,
    input wire logic [6:0]               end_block_i,
    input wire logic [6:0]               tail_end_block_i,
    input wire logic                     lane_write_i,
    input wire logic                     lane_write_slot_i
);

  logic rst_nq = 1'b0;
  logic segment_slot, take, take_more, request_valid, request_tag, beat_valid;
  logic [12:0] take_bytes;
  cce_pkg::dma_request_t request;
  logic [127:0] beat_data;
  logic [15:0] beat_strobe;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  destination_writer #(
      .DataWidth(128),
      .SlotCount(2),
      .StreamBlocks(64),
      .LaneBlocks(32),
      .StreamBurstBytes(256)
  ) u_writer (
      .clk_i,
      .rst_ni(rst_nq),
      .start_i,
      .start_slot_i,
      .start_request_i,
      .abort_i,
      .discard_i,
      .cipher_done_i,
      .segment_ready_i,
      .segment_busy_i,
      .segment_slot_o(segment_slot),
      .segment_address_i,
      .segment_left_i,
      .segment_region_i,
      .segment_unrestricted_i,
      .segment_queue_i,
      .segment_take_o(take),
      .segment_take_bytes_o(take_bytes),
      .segment_take_more_o(take_more),
      .segment_error_i,
      .segment_error_slot_i,
      .request_valid_o(request_valid),
      .request_o(request),
      .request_tag_o(request_tag),
      .request_ready_i,
      .granted_i,
      .denied_i,
      .denied_slot_i,
      .beat_valid_o(beat_valid),
      .beat_ready_i,
      .beat_data_o(beat_data),
      .beat_strobe_o(beat_strobe),
      .done_i,
      .done_slot_i,
      .done_error_i,
      .read_data_i,
      .stream_produced_i,
      .end_slot_o(),
      .end_block_i,
      .tail_slot_o(),
      .tail_end_block_i,
      .lane_write_i,
      .lane_write_slot_i
  );

  // The writer's own registers, to make the proof inductive.
  (* hierconn *) logic [1:0] \u_writer.state_q ;
  (* hierconn *) logic \u_writer.slot_q ;
  (* hierconn *) logic [1:0] \u_writer.slot_bits_q ;
  (* hierconn *) logic \u_writer.stream_turn_q ;
  (* hierconn *) logic [1:0] \u_writer.fresh_q ;
  (* hierconn *) logic [1:0] \u_writer.active_q ;
  (* hierconn *) logic [1:0] \u_writer.lane_q ;
  (* hierconn *) logic [1:0] \u_writer.empty_q ;
  (* hierconn *) logic [1:0] \u_writer.wipe_q ;
  (* hierconn *) logic [1:0] \u_writer.wiping_q ;
  (* hierconn *) logic [1:0] \u_writer.finishing_q ;
  (* hierconn *) logic [1:0] \u_writer.settled ;
  (* hierconn *) logic \u_writer.in_tag_q ;
  (* hierconn *) logic \u_writer.last_phase_q ;
  (* hierconn *) logic \u_writer.phase_ends_q ;
  (* hierconn *) logic [31:0] \u_writer.phase_left_q ;
  (* hierconn *) logic [31:0] \u_writer.left_behind ;
  (* hierconn *) logic \u_writer.asked_q ;
  (* hierconn *) logic \u_writer.unanswered_q ;
  (* hierconn *) logic [31:0] \u_writer.probe_asked ;
  (* hierconn *) logic \u_writer.finish_valid_q ;
  (* hierconn *) logic \u_writer.finish_slot_q ;
  (* hierconn *) logic \u_writer.request_ends ;
  (* hierconn *) logic \u_writer.segment_restart_o ;
  (* hierconn *) logic \u_writer.segment_restart_slot_o ;
  (* hierconn *) logic \u_writer.probe_slot ;
  (* hierconn *) logic [40:0] \u_writer.probe_lengths ;
  (* hierconn *) logic [43:0] \u_writer.probe_progress ;
  (* hierconn *) logic [1:0] \u_writer.u_order.count_q ;
  (* hierconn *) logic \u_writer.u_order.head_q ;
  (* hierconn *) logic \u_writer.u_order.probe_first ;
  (* hierconn *) logic \u_writer.u_order.probe_second ;
  (* hierconn *) logic \u_writer.feed ;
  (* hierconn *) logic [15:0] \u_writer.strobe ;
  (* hierconn *) logic \u_writer.load ;
  (* hierconn *) logic \u_writer.begins ;
  (* hierconn *) logic [12:0] \u_writer.head_bytes ;
  (* hierconn *) logic [3:0] \u_writer.head_lane ;
  (* hierconn *) logic [3:0] \u_writer.bursts_head_q ;
  (* hierconn *) logic [3:0] \u_writer.bursts_tail_q ;
  (* hierconn *) logic \u_writer.burst_valid_q ;
  (* hierconn *) logic \u_writer.burst_slot_q ;
  (* hierconn *) logic [1:0] \u_writer.burst_bits_q ;
  (* hierconn *) logic [12:0] \u_writer.beat_left_q ;
  (* hierconn *) logic [3:0] \u_writer.beat_lane_q ;
  (* hierconn *) logic [4:0] \u_writer.beat_count_q ;
  (* hierconn *) logic \u_writer.beat_last_q ;
  (* hierconn *) logic \u_writer.fetched_q ;
  (* hierconn *) logic [2:0] \u_writer.beats_waiting ;
  (* hierconn *) logic \u_writer.fits ;
  localparam logic [1:0] StateSelect = 2'd0, StateRequest = 2'd2;

  // One slot, freely chosen: what may still be written of its request.
  (* anyconst *) logic slot;
  logic [32:0] left_q = '0, rest;
  logic [31:0] text_q, text, phase_left;
  logic [6:0] tag_q, tag;
  logic in_tag, granted;
  assign \u_writer.probe_slot = slot;
  assign granted = request_valid && request_ready_i;

  // What a request gives: its output, and a tag.
  always_comb begin
    text = start_request_i.output_length;
    tag = start_request_i.decrypt ? '0 : start_request_i.tag_length;
    // What the writer knows to be left, see its progress_memory.
    in_tag = \u_writer.fresh_q [slot] ? text_q == '0 : \u_writer.probe_progress [43];
    phase_left = !\u_writer.fresh_q [slot] ? \u_writer.probe_progress [42:11] : text_q != '0 ? text_q : 32'(tag_q);
    rest = 33'(phase_left) + (in_tag || \u_writer.wiping_q [slot] ? 33'd0 : 33'(tag_q));
  end

  logic finishes, mine;                // finishes: it is known in this cycle whether the slot is wiped
  assign finishes = \u_writer.finish_valid_q && \u_writer.finish_slot_q == slot;
  assign mine = \u_writer.burst_valid_q && \u_writer.burst_slot_q == slot;

  logic same_q = 1'b0, slot_before_q;
  logic [63:0] address_before_q;
  logic [31:0] left_before_q;
  logic [24:0] rights_before_q;
  logic [12:0] burst_bytes_q;          // the burst whose beats leave
  logic [3:0] burst_lane_q;
  logic [8:0] fed_q = '0;              // beats of it that have gone to the buffer
  logic held_q = 1'b0;
  logic [127:0] beat_data_q;
  logic [15:0] beat_strobe_q;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (start_i) assume (!\u_writer.active_q [start_slot_i] && !\u_writer.finishing_q [start_slot_i] &&
                           \u_writer.settled [start_slot_i] &&
                           !(\u_writer.finish_valid_q && \u_writer.finish_slot_q == start_slot_i));
      // The write port answers what it has taken.
      if (granted_i) assume (\u_writer.asked_q );
      if (denied_i) assume (\u_writer.unanswered_q && !\u_writer.settled [denied_slot_i]);
      if (done_i) assume (!\u_writer.settled [done_slot_i]);
      // The walker: bytes are left in a segment, and it stands still until bytes are taken.
      assume (segment_left_i != '0);
      if (same_q && segment_slot == slot_before_q) begin
        assume (segment_address_i == address_before_q && segment_left_i == left_before_q &&
                {segment_region_i, segment_unrestricted_i, segment_queue_i} == rights_before_q);
      end

      // Who is active, and in whose turn.
      assert (\u_writer.state_q <= 2'd2);
      assert (\u_writer.slot_bits_q == 2'd1 << \u_writer.slot_q );
      if (\u_writer.burst_valid_q ) assert (\u_writer.burst_bits_q == 2'd1 << \u_writer.burst_slot_q );
      if (\u_writer.asked_q ) assert (\u_writer.state_q == StateSelect);
      if (\u_writer.unanswered_q ) assert (\u_writer.state_q != StateRequest);
      if (\u_writer.asked_q && \u_writer.probe_asked [28] == slot) begin
        assert (\u_writer.probe_asked [16:4] != '0 && \u_writer.probe_asked [16:4] <= 13'd256);
      end
      if (\u_writer.finish_valid_q ) begin
        assert (!\u_writer.active_q [\u_writer.finish_slot_q ] && !\u_writer.finishing_q [\u_writer.finish_slot_q ]);
      end
      for (int unsigned s = 0; s < 2; s++) begin
        assert (!(\u_writer.active_q [s] && \u_writer.finishing_q [s]));
        if (\u_writer.lane_q [s]) assert (\u_writer.active_q [s]);
        if (\u_writer.active_q [s] && \u_writer.wiping_q [s]) assert (\u_writer.lane_q [s]);
        if (\u_writer.wipe_q [s]) assert (!\u_writer.empty_q [s]);
        if (\u_writer.wiping_q [s]) assert (!\u_writer.empty_q [s] && \u_writer.wipe_q [s]);
      end
      assert (\u_writer.u_order.count_q <= 2'd2);
      if (\u_writer.u_order.count_q != '0) begin
        assert (\u_writer.active_q [\u_writer.u_order.probe_first ] && !\u_writer.lane_q [\u_writer.u_order.probe_first ] &&
                !\u_writer.wiping_q [\u_writer.u_order.probe_first ]);
      end
      if (\u_writer.u_order.count_q == 2'd2) begin
        assert (\u_writer.active_q [\u_writer.u_order.probe_second ] && !\u_writer.lane_q [\u_writer.u_order.probe_second ] &&
                !\u_writer.wiping_q [\u_writer.u_order.probe_second ]);
        assert (\u_writer.u_order.probe_first != \u_writer.u_order.probe_second );
      end
      if (\u_writer.state_q != StateSelect) begin
        assert (\u_writer.active_q [\u_writer.slot_q ]);
        if (\u_writer.stream_turn_q ) begin
          assert (\u_writer.u_order.count_q != '0 && \u_writer.u_order.probe_first == \u_writer.slot_q );
        end else begin
          assert (\u_writer.lane_q [\u_writer.slot_q ]);
        end
      end
      // What is left of a request.
      if (\u_writer.active_q [slot] || \u_writer.finishing_q [slot] || finishes) begin
        assert (\u_writer.probe_lengths [39:0] == {text_q != '0, text_q, tag_q});
        assert (\u_writer.empty_q [slot] == (text_q == '0 && tag_q == '0));
        if (\u_writer.wipe_q [slot]) assert (text_q != '0);
      end
      if (\u_writer.active_q [slot]) begin
        assert (left_q == rest);
        assert (left_q <= 33'(text_q) + 33'(tag_q));
        if (\u_writer.wiping_q [slot]) assert (left_q <= 33'(text_q));
        if (!\u_writer.empty_q [slot]) assert (phase_left != '0);
      end
      if (\u_writer.state_q == StateRequest && \u_writer.slot_q == slot) begin
        assert (!\u_writer.empty_q [slot]);
        assert (request.bytes != '0 && 33'(request.bytes) <= left_q);
        assert (\u_writer.in_tag_q == in_tag && \u_writer.phase_left_q == phase_left);
        assert (\u_writer.last_phase_q == (in_tag || tag_q == '0 || \u_writer.wiping_q [slot]));
        if (\u_writer.request_ends ) assert (left_q == 33'(request.bytes));
        else assert (left_q == 33'(request.bytes) + 33'(\u_writer.left_behind ) +
                     (\u_writer.in_tag_q || \u_writer.phase_ends_q || \u_writer.wiping_q [slot] ? 33'd0 : 33'(tag_q)) &&
                     \u_writer.left_behind != '0);
      end
      // A request stands where the walker stands, inside the segment and the burst boundary.
      if (\u_writer.state_q == StateRequest) begin
        assert (same_q && segment_slot == slot_before_q && segment_slot == request_tag);
        assert (request.address == segment_address_i && 32'(request.bytes) <= segment_left_i);
        assert ({request.region, request.unrestricted, request.queue_index} ==
                {segment_region_i, segment_unrestricted_i, segment_queue_i} && !request.privileged);
        assert (request.bytes <= 13'd256 && 13'(request.address[7:0]) + request.bytes <= 13'd256);
      end
      if (request_valid) assert (\u_writer.state_q == StateRequest);
      assert (take == granted && (!take || take_bytes == request.bytes));
      // Beats of the burst that leaves, if it is the slot's: byte lanes inside [address, address + bytes).
      if (\u_writer.asked_q ) assert (\u_writer.bursts_head_q != \u_writer.bursts_tail_q + 4'd1);
      if (!\u_writer.burst_valid_q ) begin
        assert (\u_writer.bursts_head_q == \u_writer.bursts_tail_q );
      end else begin
        assert (\u_writer.beat_last_q == (14'(\u_writer.beat_lane_q ) + 14'(\u_writer.beat_left_q ) <= 14'd16));
        if (\u_writer.beat_last_q ) assert (13'(\u_writer.beat_count_q ) == \u_writer.beat_left_q );
        else assert (\u_writer.beat_count_q == 5'd16 - 5'(\u_writer.beat_lane_q ));
      end
      if (mine) begin
        assert (burst_bytes_q != '0 && burst_bytes_q <= 13'd256);
        assert (\u_writer.beat_left_q != '0 && \u_writer.beat_left_q <= burst_bytes_q && fed_q <= 9'd17);
        assert (\u_writer.beat_lane_q == (fed_q == '0 ? burst_lane_q : 4'd0));
        if (fed_q == '0) assert (\u_writer.beat_left_q == burst_bytes_q);
        else assert (\u_writer.beat_left_q + {fed_q, 4'd0} == burst_bytes_q + 13'(burst_lane_q));
      end else begin
        assert (fed_q == '0);
      end
      if (\u_writer.feed && mine) begin
        for (int unsigned i = 0; i < 16; i++) begin
          if (\u_writer.strobe [i]) begin
            assert ({fed_q, 4'd0} + 13'(i) >= 13'(burst_lane_q));
            assert ({fed_q, 4'd0} + 13'(i) < 13'(burst_lane_q) + burst_bytes_q);
          end
        end
        assert (\u_writer.beat_last_q ==
                ({fed_q, 4'd0} + 13'd16 >= 13'(burst_lane_q) + burst_bytes_q));
      end
      assert (\u_writer.fits );
      assert (\u_writer.beats_waiting + 3'(\u_writer.fetched_q ) <= 3'd4);
      if (held_q) assert (beat_valid && beat_data == beat_data_q && beat_strobe == beat_strobe_q);
    end
    if (rst_nq) begin
      if (start_i && start_slot_i == slot) begin
        text_q <= text;
        tag_q <= tag;
        left_q <= 33'(text) + 33'(tag);
      end else if (\u_writer.segment_restart_o && \u_writer.segment_restart_slot_o == slot) begin
        left_q <= 33'(text_q);
      end else if (granted && request_tag == slot) begin
        left_q <= left_q - 33'(request.bytes);
      end
      if (\u_writer.load ) begin
        if (\u_writer.begins ) begin
          burst_bytes_q <= \u_writer.head_bytes ;
          burst_lane_q <= \u_writer.head_lane ;
        end
        fed_q <= \u_writer.begins || !mine ? '0 : fed_q + 9'd1;
      end
      held_q <= beat_valid && !beat_ready_i;
    end else begin
      fed_q <= '0;
      held_q <= 1'b0;
    end
    beat_data_q <= beat_data;
    beat_strobe_q <= beat_strobe;
    same_q <= rst_nq && !take;
    slot_before_q <= segment_slot;
    address_before_q <= segment_address_i;
    left_before_q <= segment_left_i;
    rights_before_q <= {segment_region_i, segment_unrestricted_i, segment_queue_i};
  end

endmodule

// inside destination_writer
  logic probe_slot;
  logic [LengthsWidth-1:0] probe_lengths;
  logic [ProgressWidth-1:0] probe_progress;
  assign probe_lengths = lengths_memory[probe_slot];
  assign probe_progress = progress_memory[probe_slot];
  // The burst that was asked for, and those that wait: 1 to 256 bytes in each of the slot's.
  logic [BurstWidth-1:0] probe_asked, probe_head;
  logic fits;
  always_comb begin
    fits = 1'b1;
    probe_asked = '0;
    probe_head = '0;
    for (int unsigned i = 0; i < BurstDepth; i++) begin
      if (BurstIndexWidth'(i) == bursts_tail_q) probe_asked = bursts_memory[i];
      if (BurstIndexWidth'(i) == bursts_head_q) probe_head = bursts_memory[i];
      if (bursts_memory[i][28] == probe_slot && BurstIndexWidth'(BurstIndexWidth'(i) - bursts_head_q) <
          BurstIndexWidth'(bursts_tail_q - bursts_head_q)) begin
        if (bursts_memory[i][16:4] == '0 || bursts_memory[i][16:4] > 13'd256) fits = 1'b0;
      end
    end
  end
  // To the prover the address of a memory that is read is a register of its own.
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert ({head_stream, head_zero, head_phase_ends, head_slot, head_place, head_bytes, head_lane} == probe_head);
    end
  end
// end inside

// inside stream_fifo
  logic [Width-1:0] probe_first, probe_second;
  assign probe_first = memory[head_q];
  assign probe_second = memory[head_q + IndexWidth'(1)];
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (count_q <= CountWidth'(Depth));
      assert (count_q[IndexWidth-1:0] == tail_q - head_q);
    end
  end
// end inside
