// SPDX-License-Identifier: Apache-2.0
//
// Knows for each slot where its text goes on in memory: the current segment of its buffer or of its scatter-gather list.
//
// A slot is started by `start_i` (with the buffer's or the list's address). `ready_o[slot]`: a segment with bytes left is
// known; `query_slot_i` shows it in the same cycle; `take_i` moves it on. When a list's segment is used up and
// `take_more_i` said that the text goes on, the next entry is loaded without being asked for. Lists are read in aligned
// units of 64 bytes into a small cache, one unit a slot; one list is worked on at a time.
// Latency: a buffer is ready in the cycle after its start; an entry of a cached unit takes 4 cycles, of a new unit 7 more
// than the memory, and holds up the other lists for 2 of them: it may be refused. Wrong lists are told by `error`, a cycle
// after they were found, so that a refused burst of the slot comes first; the slot then never becomes ready.

`default_nettype none

module segment_walker #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter logic [7:0] StatusListAccess = 8'(cce_contract_pkg::StatusSourceListAccess),
    parameter logic [7:0] StatusListFormat = 8'(cce_contract_pkg::StatusSourceListFormat),
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned TagWidth = cce_pkg::ReadTagWidth
) (
    input  wire logic                   clk_i,
    input  wire logic                   rst_ni,

    input  wire logic                   start_i,
    input  wire logic [SlotWidth-1:0]   start_slot_i,
    input  wire logic                   start_needed_i,       // there is text at all
    input  wire logic                   start_list_i,
    input  wire logic [63:0]            start_address_i,
    input  wire logic [15:0]            start_region_i,
    input  wire logic                   start_unrestricted_i,
    input  wire logic [7:0]             start_queue_i,
    input  wire logic                   restart_i,            // begin again, as at the slot's start
    input  wire logic [SlotWidth-1:0]   restart_slot_i,
    input  wire logic [SlotCount-1:0]   stop_i,               // slots whose text is no longer wanted

    output logic [SlotCount-1:0]        ready_o,
    output logic [SlotCount-1:0]        busy_o,               // a list of the slot is being worked on
    input  wire logic [SlotWidth-1:0]   query_slot_i,
    output logic [63:0]                 query_address_o,
    output logic [31:0]                 query_left_o,         // bytes left in the segment
    output logic [15:0]                 query_region_o,
    output logic                        query_unrestricted_o,
    output logic [7:0]                  query_queue_o,
    input  wire logic                   take_i,               // from query_slot_i
    input  wire logic [12:0]            take_bytes_i,
    input  wire logic                   take_more_i,          // the text goes on behind these bytes

    output logic                        error_o,
    output logic [SlotWidth-1:0]        error_slot_o,
    output logic [7:0]                  error_status_o,

    // DMA read port
    output logic                        request_valid_o,
    output cce_pkg::dma_request_t       request_o,
    output logic [TagWidth-1:0]         request_tag_o,
    input  wire logic                   request_ready_i,
    input  wire logic                   denied_i,
    input  wire logic                   beat_valid_i,
    input  wire logic [TagWidth-1:0]    beat_tag_i,
    input  wire logic [DataWidth-1:0]   beat_data_i,
    input  wire logic                   beat_first_i,
    input  wire logic                   beat_last_i,
    input  wire logic                   beat_error_i
);

  localparam int unsigned UnitBytes = cce_contract_pkg::ListFetchBytes;
  localparam int unsigned EntryBits = 8 * cce_contract_pkg::ListEntryBytes;
  localparam int unsigned UnitEntries = UnitBytes / cce_contract_pkg::ListEntryBytes;
  localparam int unsigned EntryWidth = $clog2(UnitEntries);
  localparam int unsigned BeatEntries = DataWidth / EntryBits;
  localparam int unsigned EntryShift = $clog2(cce_contract_pkg::ListEntryBytes);
  localparam int unsigned UnitShift = $clog2(UnitBytes);
  localparam int unsigned UnitWidth = 1 + 1 + EntryBits;
  localparam int unsigned StartWidth = 1 + 64 + 16 + 1 + 8;

  typedef enum logic [2:0] {
    StateIdle,
    StateRead,
    StateLook,
    StateFetch,
    StateAsked,
    StateAnswer
  } state_e;

  logic [StartWidth-1:0] start_memory [SlotCount];
  logic [64+32+16-1:0] segment_memory [SlotCount];   // address, bytes left, region
  logic [1+64-1:0] list_memory [SlotCount];          // it was the last one; address of the next entry
  // Entry, whether it has a wrong format, and whether its beat was an error. It may be a block RAM, which is slow: what is
  // to be known of an entry at once is found out before it is written. A unit is not read in the cycle in which it is
  // written, because a slot that fetches is not worked on.
  (* no_rw_check *)
  logic [UnitWidth-1:0] unit_memory [SlotCount*UnitEntries];
  logic [SlotCount-1:0] fresh_q;      // nothing in segment_memory, list_memory yet
  logic [SlotCount-1:0] ready_q;
  logic [SlotCount-1:0] want_q;       // waits for the next entry of its list
  logic [SlotCount-1:0] cached_q;     // the unit of the next entry is in unit_memory
  logic [SlotCount-1:0] fetching_q;   // that unit is on its way
  logic [SlotCount-1:0][EntryWidth-1:0] next_entry_q;  // place of the next entry in its unit
  logic [SlotCount-1:0][EntryWidth-1:0] first_entry_q; // of the first one: to begin again it's needed late in a cycle
  logic [SlotCount-1:0] list_q;                        // a list, else a buffer: the same
  state_e state_q, state_d;
  logic [SlotWidth-1:0] slot_q;
  logic [SlotCount-1:0] working_q;     // slot_q as one bit of these, if there is one being worked on

  // The slot asked for.
  logic query_list;
  logic [63:0] query_start, query_now;
  logic [15:0] query_start_region, query_state_region;
  logic [63:0] query_state_address;
  logic [31:0] query_state_left;

  assign {query_list, query_start, query_start_region, query_unrestricted_o, query_queue_o} =
      start_memory[query_slot_i];
  assign {query_state_address, query_state_left, query_state_region} = segment_memory[query_slot_i];
  assign query_now = fresh_q[query_slot_i] ? query_start : query_state_address;
  assign query_address_o = query_now;
  assign query_left_o = query_list ? query_state_left : '1;  // a buffer has no end of its own
  assign query_region_o = query_list ? query_state_region : query_start_region;

  // The slot whose list is being worked on.
  logic work_list, work_unrestricted, work_last, work_state_last;
  logic [63:0] work_start, work_address, work_state_list_address;
  logic [15:0] work_region;
  logic [7:0] work_queue;
  cce_contract_pkg::list_entry_t entry;
  logic entry_failed, entry_bad, unaligned;
  logic [EntryWidth-1:0] entry_index;
  logic [UnitWidth-1:0] read_q;
  logic [BeatEntries-1:0][UnitWidth-1:0] beat_units;
  logic load, want_valid, wrong, error_q;
  logic [7:0] wrong_status, error_status_q;
  logic [SlotWidth-1:0] error_slot_q;
  logic [63:UnitShift] fetch_unit_q;
  logic [15:0] fetch_region_q;
  logic fetch_unrestricted_q;
  logic [7:0] fetch_queue_q;
  logic [SlotWidth-1:0] want_slot;

  assign {work_list, work_start, work_region, work_unrestricted, work_queue} = start_memory[slot_q];
  assign {work_state_last, work_state_list_address} = list_memory[slot_q];
  assign work_address = fresh_q[slot_q] ? work_start : work_state_list_address;
  assign work_last = !fresh_q[slot_q] && work_state_last;
  assign entry_index = work_address[UnitShift-1:EntryShift];
  always_ff @(posedge clk_i) read_q <= unit_memory[{slot_q, next_entry_q[slot_q]}];
  assign {entry_failed, entry_bad, entry} = read_q;
  assign unaligned = work_address[EntryShift-1:0] != '0;

  round_robin_arbiter #(
      .Count(SlotCount)
  ) u_want (
      .clk_i,
      .rst_ni,
      .request_i(want_q & ~fetching_q & ~stop_i),
      .take_i(state_q == StateIdle && want_valid),
      .valid_o(want_valid),
      .index_o(want_slot)
  );

  assign load = state_q == StateLook && !work_last && !unaligned && cached_q[slot_q] && !entry_failed && !entry_bad &&
                !take_i;

  always_comb begin
    wrong = 1'b0;
    wrong_status = StatusListAccess;
    if (state_q == StateLook) begin
      if (work_last) begin
        wrong = 1'b1;  // the list ends before the text
        wrong_status = StatusListFormat;
      end else if (unaligned || (cached_q[slot_q] && entry_failed)) begin
        wrong = 1'b1;
      end else if (cached_q[slot_q] && entry_bad) begin
        wrong = 1'b1;
        wrong_status = StatusListFormat;
      end
    end else if (state_q == StateAnswer && denied_i) begin
      wrong = 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    error_q <= rst_ni && wrong;
    error_slot_q <= slot_q;
    error_status_q <= wrong_status;
  end
  assign error_o = error_q;
  assign error_slot_o = error_slot_q;
  assign error_status_o = error_status_q;

  // The unit to be fetched, on the way from StateLook to StateFetch: the address checker follows behind these registers.
  always_ff @(posedge clk_i) begin
    if (state_q == StateLook) begin
      fetch_unit_q <= work_address[63:UnitShift];
      fetch_region_q <= work_region;
      fetch_unrestricted_q <= work_unrestricted;
      fetch_queue_q <= work_queue;
    end
  end

  assign request_valid_o = state_q == StateFetch;
  always_comb begin
    request_o = '0;
    request_o.unrestricted = fetch_unrestricted_q;
    request_o.queue_index = fetch_queue_q;
    request_o.region = fetch_region_q;
    request_o.address = {fetch_unit_q, UnitShift'(0)};
    request_o.bytes = 13'(UnitBytes);
  end
  assign request_tag_o = TagWidth'(slot_q);

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StateIdle: if (want_valid) state_d = StateRead;
      StateRead: state_d = StateLook;
      StateLook: begin
        if (wrong || load) state_d = StateIdle;
        else if (!cached_q[slot_q]) state_d = StateFetch;
      end
      StateFetch: if (request_ready_i) state_d = StateAsked;
      StateAsked: state_d = StateAnswer;
      default: state_d = StateIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      working_q <= '0;
      slot_q <= '0;
      fresh_q <= '0;
      ready_q <= '0;
      want_q <= '0;
      cached_q <= '0;
      fetching_q <= '0;
    end else begin
      want_q <= want_q & ~stop_i;
      state_q <= state_d;
      for (int unsigned s = 0; s < SlotCount; s++) begin
        working_q[s] <= state_d != StateIdle && (state_q == StateIdle ? want_slot : slot_q) == SlotWidth'(s);
      end
      unique case (state_q)
        StateIdle: if (want_valid) slot_q <= want_slot;
        StateLook: begin
          if (wrong) begin
            want_q[slot_q] <= 1'b0;
          end else if (load) begin
            want_q[slot_q] <= 1'b0;
            ready_q[slot_q] <= 1'b1;
            fresh_q[slot_q] <= 1'b0;
            if (&entry_index) cached_q[slot_q] <= 1'b0;
          end
        end
        StateFetch: if (request_ready_i) fetching_q[slot_q] <= 1'b1;
        StateAnswer: begin
          if (denied_i) begin
            want_q[slot_q] <= 1'b0;
            fetching_q[slot_q] <= 1'b0;
          end
        end
        default: ;
      endcase
      if (beat_valid_i && beat_last_i) begin
        fetching_q[beat_tag_i[SlotWidth-1:0]] <= 1'b0;
        cached_q[beat_tag_i[SlotWidth-1:0]] <= 1'b1;
      end
      if (take_i) begin
        fresh_q[query_slot_i] <= 1'b0;
        if (!take_more_i) begin
          ready_q[query_slot_i] <= 1'b0;
        end else if (query_list && query_state_left == 32'(take_bytes_i)) begin
          ready_q[query_slot_i] <= 1'b0;
          want_q[query_slot_i] <= 1'b1;
        end
      end
      for (int unsigned s = 0; s < SlotCount; s++) begin
        if (restart_i && restart_slot_i == SlotWidth'(s)) begin
          fresh_q[s] <= 1'b1;
          ready_q[s] <= !list_q[s];
          want_q[s] <= list_q[s];
          cached_q[s] <= 1'b0;
        end
      end
      if (start_i) begin
        fresh_q[start_slot_i] <= 1'b1;
        ready_q[start_slot_i] <= start_needed_i && !start_list_i;
        want_q[start_slot_i] <= start_needed_i && start_list_i;
        cached_q[start_slot_i] <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) next_entry_q[slot_q] <= entry_index + EntryWidth'(1);
    for (int unsigned s = 0; s < SlotCount; s++) begin
      if (restart_i && restart_slot_i == SlotWidth'(s)) next_entry_q[s] <= first_entry_q[s];
      if (start_i && start_slot_i == SlotWidth'(s)) begin
        next_entry_q[s] <= start_address_i[UnitShift-1:EntryShift];
        first_entry_q[s] <= start_address_i[UnitShift-1:EntryShift];
        list_q[s] <= start_list_i;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      start_memory[start_slot_i] <= {start_list_i, start_address_i, start_region_i, start_unrestricted_i, start_queue_i};
    end
    if (take_i) begin
      segment_memory[query_slot_i] <= {query_now + 64'(take_bytes_i), query_state_left - 32'(take_bytes_i),
                                       query_state_region};
    end else if (load) begin
      segment_memory[slot_q] <= {entry.address, entry.length, entry.region};
    end
    if (load) list_memory[slot_q] <= {entry.flags.last, work_address + 64'(cce_contract_pkg::ListEntryBytes)};
  end

  for (genvar e = 0; e < BeatEntries; e++) begin : gen_entry
    cce_contract_pkg::list_entry_t read;
    assign read = beat_data_i[EntryBits*e +: EntryBits];
    assign beat_units[e] = {beat_error_i, read.length == '0 || read.flags.reserved0 != '0, read};
  end
  // Beat k of a unit holds the entries from k * BeatEntries on.
  if (BeatEntries == UnitEntries) begin : gen_one_beat
    always_ff @(posedge clk_i) begin
      if (beat_valid_i) begin
        for (int unsigned e = 0; e < UnitEntries; e++) begin
          unit_memory[SlotWidth'(beat_tag_i)*UnitEntries+e] <= beat_units[e];
        end
      end
    end
    logic unused_first;
    assign unused_first = beat_first_i;
  end else begin : gen_beats
    localparam int unsigned BeatWidth = $clog2(UnitEntries / BeatEntries);
    logic [BeatWidth-1:0] beat_q, beat;
    assign beat = beat_first_i ? '0 : beat_q;
    always_ff @(posedge clk_i) begin
      if (beat_valid_i) begin
        beat_q <= beat + BeatWidth'(1);
        for (int unsigned e = 0; e < BeatEntries; e++) begin
          unit_memory[(32'(beat_tag_i[SlotWidth-1:0])*UnitEntries)+(32'(beat)*BeatEntries)+e] <= beat_units[e];
        end
      end
    end
  end

  assign ready_o = ready_q;
  assign busy_o = fetching_q | working_q;

  logic unused_bits;
  assign unused_bits = ^{beat_tag_i, work_list, entry};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (take_i) assert (ready_q[query_slot_i] && take_bytes_i != '0 && 32'(take_bytes_i) <= query_left_o);
      if (start_i) assert (!busy_o[start_slot_i]);
      if (state_q == StateRead && cached_q[slot_q]) assert (!(beat_valid_i && beat_tag_i[SlotWidth-1:0] == slot_q));
      if (denied_i) assert (state_q == StateAnswer);
      if (restart_i) assert (!busy_o[restart_slot_i] && !(start_i && start_slot_i == restart_slot_i));
    end
  end

endmodule

`default_nettype wire
