// SPDX-License-Identifier: Apache-2.0
//
// proof: what segment_walker shows of a slot is, for a buffer, its address behind the bytes taken so far, and for a list
//   the segment of the entry whose turn it is, as it stands in memory, behind the bytes taken of it; it is not empty, and
//   it stands still until bytes are taken or the slot begins again; no entry is used behind the last one of a list; lists
//   are read in aligned units of 64 bytes
// top: proof_walker
// files: cce_pkg.sv common/round_robin_choice.sv common/round_robin_arbiter.sv dma/segment_walker.sv
// method: induction
// engine: ind
// depth: 2
// search: 20
// assumes: bytes are taken from a slot that is ready only, and not more than it shows (destination; of the source reader not
//   proven, the walker asserts it in every simulation); a slot begins only when no list of it is being worked on (slots,
//   completion), and none waits for its next entry that is not stopped (not proven); the read port gives back what was
//   asked for, in beats that follow one another (read_port); the list is not changed while it is read
// fault skip dma/segment_walker.sv: every second entry is left out
// - work_address + 64'(cce_contract_pkg::ListEntryBytes)};
// + work_address + 64'(2 * cce_contract_pkg::ListEntryBytes)};
// fault end dma/segment_walker.sv: a list's last entry is not the end
// -   assign load = state_q == StateLook && !work_last && !unaligned && cached_q[slot_q] && !entry_failed && !entry_bad &&
// +   assign load = state_q == StateLook && !unaligned && cached_q[slot_q] && !entry_failed && !entry_bad &&
// fault empty dma/segment_walker.sv: an empty entry is taken for a segment
// -     assign beat_units[e] = {beat_error_i, read.length == '0 || read.flags.reserved0 != '0, read};
// +     assign beat_units[e] = {beat_error_i, read.flags.reserved0 != '0, read};
// fault stale dma/segment_walker.sv: behind a unit's last entry the old unit is used again
// -             if (&entry_index) cached_q[slot_q] <= 1'b0;
// +             if (&entry_index && work_address[6]) cached_q[slot_q] <= 1'b0;
// fault moved dma/segment_walker.sv: a segment's address does not move on by what was taken
// -       segment_memory[query_slot_i] <= {query_now + 64'(take_bytes_i), query_state_left - 32'(take_bytes_i),
// +       segment_memory[query_slot_i] <= {query_now + 64'(take_bytes_i[11:0]), query_state_left - 32'(take_bytes_i),

module proof_walker (
    input wire logic         clk_i,
    input wire logic         start_i,
    input wire logic         start_slot_i,
    input wire logic         start_needed_i,
    input wire logic         start_list_i,
    input wire logic [63:0]  start_address_i,
    input wire logic [15:0]  start_region_i,
    input wire logic         start_unrestricted_i,
    input wire logic [7:0]   start_queue_i,
    input wire logic         restart_i,
    input wire logic         restart_slot_i,
    input wire logic [1:0]   stop_i,
    input wire logic         query_slot_i,
    input wire logic         take_i,
    input wire logic [12:0]  take_bytes_i,
    input wire logic         take_more_i,
    input wire logic         request_ready_i,
    input wire logic         denied_i,
    input wire logic         beat_valid_i,
    input wire logic         beat_slot_i,
    input wire logic [127:0] beat_data_i,
    input wire logic         beat_error_i
);

  logic rst_nq = 1'b0;
  logic [1:0] ready, busy;
  logic [63:0] address;
  logic [31:0] left;
  logic [15:0] region;
  logic unrestricted, error, error_slot, request_valid;
  logic [7:0] queue, error_status;
  cce_pkg::dma_request_t request;
  logic [cce_pkg::ReadTagWidth-1:0] request_tag;
  logic [1:0] beat_q = '0;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  segment_walker #(
      .DataWidth(128),
      .SlotCount(2)
  ) u_walker (
      .clk_i,
      .rst_ni(rst_nq),
      .start_i,
      .start_slot_i,
      .start_needed_i,
      .start_list_i,
      .start_address_i,
      .start_region_i,
      .start_unrestricted_i,
      .start_queue_i,
      .restart_i,
      .restart_slot_i,
      .stop_i,
      .ready_o(ready),
      .busy_o(busy),
      .query_slot_i,
      .query_address_o(address),
      .query_left_o(left),
      .query_region_o(region),
      .query_unrestricted_o(unrestricted),
      .query_queue_o(queue),
      .take_i,
      .take_bytes_i,
      .take_more_i,
      .error_o(error),
      .error_slot_o(error_slot),
      .error_status_o(error_status),
      .request_valid_o(request_valid),
      .request_o(request),
      .request_tag_o(request_tag),
      .request_ready_i,
      .denied_i,
      .beat_valid_i,
      .beat_tag_i(cce_pkg::ReadTagWidth'(beat_slot_i)),
      .beat_data_i,
      .beat_first_i(beat_q == 2'd0),
      .beat_last_i(beat_q == 2'd3),
      .beat_error_i
  );

  // The walker's own registers, to make the proof inductive.
  (* hierconn *) logic [2:0] \u_walker.state_q ;
  (* hierconn *) logic \u_walker.slot_q ;
  (* hierconn *) logic [1:0] \u_walker.working_q ;
  (* hierconn *) logic [1:0] \u_walker.fresh_q ;
  (* hierconn *) logic [1:0] \u_walker.want_q ;
  (* hierconn *) logic [1:0] \u_walker.cached_q ;
  (* hierconn *) logic [1:0] \u_walker.fetching_q ;
  (* hierconn *) logic \u_walker.load ;
  (* hierconn *) logic [127:0] \u_walker.entry ;
  (* hierconn *) logic [129:0] \u_walker.read_q ;
  (* hierconn *) logic [1:0] \u_walker.gen_beats.beat_q ;
  (* hierconn *) logic \u_walker.probe_slot ;
  (* hierconn *) logic [1:0] \u_walker.probe_entry ;
  (* hierconn *) logic [89:0] \u_walker.probe_start ;
  (* hierconn *) logic [176:0] \u_walker.probe_state ;
  (* hierconn *) logic [129:0] \u_walker.probe_unit ;
  (* hierconn *) logic [3:0] \u_walker.probe_formed ;
  (* hierconn *) logic [1:0] \u_walker.probe_next ;
  (* hierconn *) logic [1:0] \u_walker.probe_first ;
  (* hierconn *) logic [1:0] \u_walker.list_q ;
  localparam logic [2:0] StateIdle = 3'd0, StateRead = 3'd1, StateLook = 3'd2, StateFetch = 3'd3, StateAsked = 3'd4,
                         StateAnswer = 3'd5;

  // One slot, one entry's place in memory and what stands there, all freely chosen.
  (* anyconst *) logic slot;
  (* anyconst *) logic [63:4] place;
  (* anyconst *) logic [127:0] there;
  cce_contract_pkg::list_entry_t expected;
  assign expected = there;
  assign \u_walker.probe_slot = slot;
  assign \u_walker.probe_entry = place[5:4];

  logic begun_q = 1'b0, list_q, fresh_q, last_q;
  logic [63:0] start_q, next_q, now_q;       // where the list or buffer begins, its next entry, what is to be shown
  logic [31:0] left_q;
  logic [15:0] start_region_q, region_q;
  logic [8:0] rights_q;
  logic burst_slot_q = 1'b0;
  logic [63:6] unit_q;                       // the unit that is being fetched for the slot
  logic starts, restarts, takes, loads;
  logic same_unit;                           // the place is in the unit of the slot's next entry
  cce_contract_pkg::list_entry_t loaded;

  assign starts = start_i && start_slot_i == slot;
  assign restarts = restart_i && restart_slot_i == slot;
  assign takes = take_i && query_slot_i == slot;
  assign loads = \u_walker.load && \u_walker.slot_q == slot;
  assign loaded = \u_walker.entry ;
  assign same_unit = place[63:6] == next_q[63:6];

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (take_i) assume (ready[query_slot_i] && take_bytes_i != '0 && take_bytes_i <= 13'd4096 && 32'(take_bytes_i) <= left);
      if (start_i) assume (!busy[start_slot_i] && (!\u_walker.want_q [start_slot_i] || stop_i[start_slot_i]));
      if (restart_i) assume (!busy[restart_slot_i] && (!\u_walker.want_q [restart_slot_i] || stop_i[restart_slot_i]) &&
                             !(start_i && start_slot_i == restart_slot_i));
      if (restarts || takes) assume (begun_q);
      if (beat_valid_i) assume (\u_walker.fetching_q [beat_slot_i]);
      // The address is shown to the bus in the cycle after the request; a refused one has no beats.
      if (\u_walker.state_q == StateAsked && \u_walker.slot_q == beat_slot_i) assume (!beat_valid_i);
      if (denied_i) assume (\u_walker.state_q == StateAnswer && !(beat_valid_i && beat_slot_i == \u_walker.slot_q ));
      if (beat_valid_i && beat_q != 2'd0) assume (beat_slot_i == burst_slot_q);
      if (beat_valid_i && beat_slot_i == slot && {unit_q, beat_q} == place && !beat_error_i) assume (beat_data_i == there);

`ifdef PLANTED
      // Small numbers are enough to find a fault.
      assume (start_address_i[63:8] == '0 && start_region_i == '0 && start_queue_i == '0 && !start_unrestricted_i);
      assume (beat_data_i[63:8] == '0 && beat_data_i[95:68] == '0 && beat_data_i[127:113] == '0);
`endif

      // What is shown.
      if (ready[slot]) begin
        assert (begun_q && !\u_walker.want_q [slot]);
        if (query_slot_i == slot) begin
          assert (address == now_q && left != '0);
          assert ({unrestricted, queue} == rights_q);
          assert (left == (list_q ? left_q : '1) && region == (list_q ? region_q : start_region_q));
        end
        if (list_q) assert (!fresh_q && left_q != '0);
      end
      // An entry is used in its turn, as it stands in memory, and none behind the last.
      if (loads) begin
        assert (list_q && !ready[slot] && (fresh_q || !last_q));
        assert (loaded.length != '0);
        if (next_q == {place, 4'd0}) assert (loaded == expected);
        assert (next_q[3:0] == '0);
      end
      if (request_valid && \u_walker.slot_q == slot) begin
        assert (request.address == {next_q[63:6], 6'd0} && request.bytes == 13'd64 && !request.privileged);
        assert ({request.unrestricted, request.queue_index, request.region} == {rights_q, start_region_q});
      end

      // What the registers hold.
      assert (\u_walker.state_q <= StateAnswer);
      assert (\u_walker.working_q == (\u_walker.state_q != StateIdle ? 2'd1 << \u_walker.slot_q : 2'd0));
      if (\u_walker.state_q != StateIdle) begin
        assert (\u_walker.fetching_q [\u_walker.slot_q ] == (\u_walker.state_q >= StateAsked));
      end
      if (\u_walker.state_q >= StateFetch) assert (beat_q == 2'd0 || burst_slot_q != \u_walker.slot_q );
      if (begun_q) begin
        assert (\u_walker.probe_start == {list_q, start_q, start_region_q, rights_q});
        assert (\u_walker.fresh_q [slot] == fresh_q);
        assert (\u_walker.probe_next == next_q[5:4]);
        assert (\u_walker.list_q [slot] == list_q && \u_walker.probe_first == start_q[5:4]);
        if (fresh_q) assert (now_q == start_q && next_q == start_q);
        else begin
          assert (\u_walker.probe_state [176:113] == now_q);
          if (list_q) assert (\u_walker.probe_state [112:0] == {left_q, region_q, last_q, next_q});
        end
      end else begin
        assert (!ready[slot] && !\u_walker.want_q [slot] && !\u_walker.fetching_q [slot] && !\u_walker.cached_q [slot]);
        assert (\u_walker.state_q == StateIdle || \u_walker.slot_q != slot);
      end
      if (\u_walker.want_q [slot] || \u_walker.fetching_q [slot]) assert (list_q && !ready[slot]);
      if (\u_walker.state_q != StateIdle && \u_walker.slot_q == slot) begin
        assert (list_q && !ready[slot]);
        if (\u_walker.state_q >= StateFetch) assert (!\u_walker.cached_q [slot]);
        // What was read.
        if (\u_walker.state_q == StateLook && \u_walker.cached_q [slot]) begin
          assert (\u_walker.read_q [128] || loaded.length != '0);
          if (place == next_q[63:4]) assert (\u_walker.read_q == \u_walker.probe_unit );
        end
      end
      if (\u_walker.fetching_q [slot]) assert (!\u_walker.cached_q [slot] && unit_q == next_q[63:6]);
      if (\u_walker.cached_q [slot] && same_unit) assert (\u_walker.probe_unit [129] || \u_walker.probe_unit [127:0] == there);
      if (\u_walker.cached_q [slot]) assert (&\u_walker.probe_formed );
      if (beat_q != 2'd0) begin
        for (int unsigned e = 0; e < 4; e++) begin
          if (burst_slot_q == slot && 2'(e) < beat_q) assert (\u_walker.probe_formed [e]);
        end
        assert (\u_walker.fetching_q [burst_slot_q] && \u_walker.gen_beats.beat_q == beat_q);
        if (burst_slot_q == slot && same_unit && place[5:4] < beat_q) begin
          assert (\u_walker.probe_unit [129] || \u_walker.probe_unit [127:0] == there);
        end
      end
    end
    if (rst_nq) begin
      if (beat_valid_i) begin
        beat_q <= beat_q + 2'd1;
        burst_slot_q <= beat_slot_i;
      end
      if (request_valid && request_ready_i && \u_walker.slot_q == slot) unit_q <= request.address[63:6];
      if (starts) begin
        begun_q <= 1'b1;
        list_q <= start_list_i;
        fresh_q <= 1'b1;
        start_q <= start_address_i;
        next_q <= start_address_i;
        now_q <= start_address_i;
        start_region_q <= start_region_i;
        rights_q <= {start_unrestricted_i, start_queue_i};
      end else if (restarts) begin
        fresh_q <= 1'b1;
        next_q <= start_q;
        now_q <= start_q;
      end else if (takes) begin
        fresh_q <= 1'b0;
        now_q <= now_q + 64'(take_bytes_i);
        left_q <= left_q - 32'(take_bytes_i);
      end else if (loads) begin
        fresh_q <= 1'b0;
        last_q <= loaded.flags.last;
        now_q <= loaded.address;
        left_q <= loaded.length;
        region_q <= loaded.region;
        next_q <= next_q + 64'd16;
      end
    end else begin
      begun_q <= 1'b0;
      beat_q <= '0;
    end
  end

endmodule

// inside segment_walker
  logic probe_slot;
  logic [1:0] probe_entry;
  logic [StartWidth-1:0] probe_start;
  logic [176:0] probe_state;
  logic [UnitWidth-1:0] probe_unit, probe_any;
  logic [UnitEntries-1:0] probe_formed;   // entries that are empty are known to have a wrong format
  logic [EntryWidth-1:0] probe_next, probe_first;
  assign probe_first = first_entry_q[probe_slot];
  assign probe_start = start_memory[probe_slot];
  assign probe_state = {segment_memory[probe_slot], list_memory[probe_slot]};
  assign probe_unit = unit_memory[{probe_slot, probe_entry}];
  always_comb begin
    for (int unsigned e = 0; e < UnitEntries; e++) begin
      probe_any = unit_memory[{probe_slot, EntryWidth'(e)}];
      probe_formed[e] = probe_any[EntryBits] || probe_any[95:64] != '0;
    end
  end
  assign probe_next = next_entry_q[probe_slot];
// end inside
