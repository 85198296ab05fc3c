// SPDX-License-Identifier: Apache-2.0
//
// Ends the requests whose slots are finished: writes their completion entries, several under way at once.
//
// At 128 bits an entry takes two beats: first the next IV, then the beat with the phase; at wider buses one beat.
// Software that sees the new phase therefore sees all of the entry. A queue's entries are written in the order of its
// indices. Requests of a queue that is being reset leave without an entry.
// Throughput: an entry every 2 cycles asked for, one beat a cycle. Latency: 2 cycles from finished to request; while a
// queue is being reset a cycle more, in which it is seen whether the request is one of that queue.

`default_nettype none

module completion_writer #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned QueueCount = 4,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned QueueWidth = QueueCount > 1 ? $clog2(QueueCount) : 1
) (
    input  wire logic                            clk_i,
    input  wire logic                            rst_ni,
    input  wire logic [31:0]                     timestamp_i,

    // What the dispatcher knows of a request
    input  wire logic                            start_i,
    input  wire logic [SlotWidth-1:0]            start_slot_i,
    input  wire logic [QueueWidth-1:0]           start_queue_i,
    input  wire logic [31:0]                     start_cookie_i,
    input  wire logic [31:0]                     start_cycle_i,
    input  wire logic [31:0]                     start_bytes_i,
    input  wire logic                            start_cipher_i,
    input  wire logic                            start_stream_i,
    input  wire logic                            start_key_wrap_i,
    input  wire logic                            start_hash_i,

    // Slots
    input  wire logic [SlotCount-1:0]            finished_i,
    input  wire logic [SlotCount-1:0]            ok_i,              // the slot's status is ok
    input  wire logic [7:0]                      status_i,          // of next_iv_slot_o
    output logic                                 free_o,
    output logic [SlotWidth-1:0]                 freed_slot_o,
    output logic [SlotWidth-1:0]                 next_iv_slot_o,    // whose next IV and status are wanted
    input  wire logic [127:0]                    stream_next_iv_i,
    input  wire logic [127:0]                    lane_next_iv_i,
    input  wire logic [127:0]                    hash_next_iv_i,
    input  wire logic [31:0]                     key_length_i,

    // Queue pairs
    input  wire logic [QueueCount-1:0][63:0]     address_i,         // of the next entry
    input  wire logic [QueueCount-1:0]           phase_i,
    input  wire logic [QueueCount-1:0]           reset_pending_i,
    input  wire logic [QueueCount-1:0][15:0]     submission_head_i,
    output logic [QueueCount-1:0]                issue_o,           // the entry at address_i is being written
    output logic [QueueCount-1:0]                finish_o,          // a request has left the engine
    output logic                                 finish_written_o,  // with finish: its entry is written
    output logic                                 finish_failed_o,   // with finish: its entry could not be written
    output logic [QueueCount-1:0]                count_o,           // an entry was written in the cycle before
    output logic                                 count_ok_o,        // with count: its status is ok
    output logic [31:0]                          count_bytes_o,     // with count: bytes of its text

    // DMA write port
    output logic                                 request_valid_o,
    output cce_pkg::dma_request_t                request_o,
    output logic [SlotWidth-1:0]                 request_tag_o,
    input  wire logic                            request_ready_i,
    input  wire logic                            denied_i,
    output logic                                 beat_valid_o,
    input  wire logic                            beat_ready_i,
    output logic [DataWidth-1:0]                 beat_data_o,
    output logic [Lanes-1:0]                     beat_strobe_o,
    input  wire logic                            done_i,
    input  wire logic [SlotWidth-1:0]            done_slot_i,
    input  wire logic                            done_error_i,
    output logic                                 idle_o
);

  localparam int unsigned EntryBytes = cce_contract_pkg::CompletionBytes;
  localparam int unsigned EntryBits = 8 * EntryBytes;
  localparam int unsigned EntryDepth = 8;
  localparam int unsigned PlaceWidth = $clog2(64) - $clog2(EntryBytes);  // entry within the widest beat

  logic [32*3+4-1:0] request_memory [SlotCount];
  logic [QueueWidth-1:0] queue_memory [SlotCount];
  logic [SlotCount-1:0] writing_q;         // its entry is on its way
  logic chosen_valid, request_q, waiting, granted;
  logic look_q;                            // it is to be seen whether the request leaves without an entry
  logic look_discard;
  logic [SlotWidth-1:0] chosen_slot, slot_q;
  logic [QueueWidth-1:0] queue_q, finish_queue;
  logic [31:0] cookie, start_cycle, end_cycle_q, bytes;
  logic is_cipher, is_stream, is_key_wrap, is_hash;
  logic [127:0] next_iv;
  cce_contract_pkg::unwrapped_key_t unwrapped_key;
  cce_contract_pkg::completion_t entry;
  logic entry_valid, entry_pop;
  logic [EntryBits-1:0] entry_data;
  logic [PlaceWidth-1:0] entry_place;
  logic [$clog2(EntryDepth+1)-1:0] entry_count;
  logic discard_q, discard_now;

  round_robin_arbiter #(
      .Count(SlotCount)
  ) u_slots (
      .clk_i,
      .rst_ni,
      .request_i(finished_i & ~writing_q),
      .take_i(chosen_valid && !waiting),
      .valid_o(chosen_valid),
      .index_o(chosen_slot)
  );
  assign waiting = request_q || discard_q || look_q;
  assign look_discard = look_q && reset_pending_i[queue_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      request_q <= 1'b0;
      look_q <= 1'b0;
      slot_q <= '0;
      queue_q <= '0;
      writing_q <= '0;
    end else begin
      look_q <= chosen_valid && !waiting && reset_pending_i != '0;
      if (granted) request_q <= 1'b0;
      else if (look_q ? !look_discard : chosen_valid && !waiting && reset_pending_i == '0) request_q <= 1'b1;
      if (chosen_valid && !waiting) begin
        slot_q <= chosen_slot;
        queue_q <= queue_memory[chosen_slot];
      end
      // In time: until then nothing is chosen.
      if (request_q || look_q) writing_q[slot_q] <= 1'b1;
      if (free_o) writing_q[freed_slot_o] <= 1'b0;
    end
    if (chosen_valid && !waiting) end_cycle_q <= timestamp_i;
    if (start_i) begin
      request_memory[start_slot_i] <= {start_cookie_i, start_cycle_i, start_bytes_i, start_cipher_i, start_stream_i,
                                       start_key_wrap_i, start_hash_i};
      queue_memory[start_slot_i] <= start_queue_i;
    end
  end

  assign {cookie, start_cycle, bytes, is_cipher, is_stream, is_key_wrap, is_hash} = request_memory[slot_q];
  assign next_iv_slot_o = slot_q;
  always_comb begin
    unwrapped_key = '0;
    unwrapped_key.length = key_length_i;
    next_iv = '0;
    if (is_cipher && ok_i[slot_q]) begin
      if (is_stream) next_iv = stream_next_iv_i;
      else if (is_key_wrap) next_iv = unwrapped_key;
      else if (is_hash) next_iv = hash_next_iv_i;
      else next_iv = lane_next_iv_i;
    end
    entry = '0;
    entry.next_iv = next_iv;
    entry.cookie = cookie;
    entry.start_cycle = start_cycle;
    entry.end_cycle = end_cycle_q;
    entry.submission_head = submission_head_i[queue_q];
    entry.status = status_i;
    entry.phase = {7'd0, phase_i[queue_q]};
  end

  assign request_valid_o = request_q && entry_count != ($clog2(EntryDepth + 1))'(EntryDepth);
  always_comb begin
    request_o = '0;
    request_o.privileged = 1'b1;
    request_o.queue_index = 8'(queue_q);
    request_o.address = address_i[queue_q];
    request_o.bytes = 13'(EntryBytes);
  end
  assign request_tag_o = slot_q;
  assign granted = request_valid_o && request_ready_i;
  always_comb begin
    issue_o = '0;
    issue_o[queue_q] = granted;
  end

  // Entries whose beats are still to be given.
  stream_fifo #(
      .Width(EntryBits + PlaceWidth),
      .Depth(EntryDepth)
  ) u_entries (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(granted),
      .data_i({entry, address_i[queue_q][$clog2(EntryBytes) +: PlaceWidth]}),
      .undo_i(1'b0),
      .pop_i(entry_pop),
      .valid_o(entry_valid),
      .data_o({entry_data, entry_place}),
      .count_o(entry_count)
  );
  assign beat_valid_o = entry_valid;

  if (DataWidth < EntryBits) begin : gen_two_beats
    logic second_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) second_q <= 1'b0;
      else if (beat_valid_o && beat_ready_i) second_q <= !second_q;
    end
    assign beat_data_o = second_q ? entry_data[EntryBits-1:DataWidth] : entry_data[DataWidth-1:0];
    assign beat_strobe_o = '1;
    assign entry_pop = beat_valid_o && beat_ready_i && second_q;
    logic unused_place;
    assign unused_place = ^entry_place;
  end else if (DataWidth == EntryBits) begin : gen_one_beat
    assign beat_data_o = entry_data;
    assign beat_strobe_o = '1;
    assign entry_pop = beat_valid_o && beat_ready_i;
    logic unused_place;
    assign unused_place = ^entry_place;
  end else begin : gen_part_of_beat
    assign beat_data_o = DataWidth'(entry_data) << {entry_place, 8'd0};
    assign beat_strobe_o = Lanes'({EntryBytes{1'b1}}) << {entry_place, 5'd0};
    assign entry_pop = beat_valid_o && beat_ready_i;
  end

  // The end of a request: its entry was answered, or it leaves without one. An answer goes first.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) discard_q <= 1'b0;
    else if (look_discard) discard_q <= 1'b1;
    else if (!done_i) discard_q <= 1'b0;
  end
  assign discard_now = discard_q && !done_i;
  assign free_o = done_i || discard_now;
  assign freed_slot_o = done_i ? done_slot_i : slot_q;
  // Which slot is answered comes late; the one that leaves without an entry was looked up when it was chosen.
  assign finish_queue = done_i ? queue_memory[done_slot_i] : queue_q;
  always_comb begin
    finish_o = '0;
    finish_o[finish_queue] = free_o;
  end
  assign finish_written_o = done_i && !done_error_i;
  assign finish_failed_o = done_i && done_error_i;
  always_ff @(posedge clk_i) begin
    count_o <= rst_ni && finish_written_o ? finish_o : '0;
    count_ok_o <= ok_i[freed_slot_o];
    count_bytes_o <= request_memory[freed_slot_o][35:4];
  end

  assign idle_o = !request_q && !look_q && !entry_valid && writing_q == '0;

  logic unused_bits;
  assign unused_bits = ^{bytes, denied_i};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (granted) assert (request_o.address[$clog2(EntryBytes)-1:0] == '0);
      assert (!denied_i);
      if (discard_now) assert (queue_q == queue_memory[slot_q]);
    end
  end

endmodule

`default_nettype wire
