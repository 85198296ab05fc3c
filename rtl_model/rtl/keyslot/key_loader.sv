// SPDX-License-Identifier: Apache-2.0
//
// Brings keys to the cipher: from context records in memory or from engine-held contexts; loads and invalidates those.
//
// Works on the slots in the order of their dispatch. Records are fetched ahead, into a buffer of UnitCount units of 64
// bytes, and erased there as soon as they were looked at. A record is checked before it is used; the first fault becomes
// the request's status. Of a pair the tweak's key goes first.
// Latency: a cycle from dispatch to the cipher with an engine-held context, if nothing else is to be done. Throughput: what
// the cipher's key expansion allows.

`default_nettype none

module key_loader #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned ContextCount = 32,
    parameter int unsigned UnitCount = 8,   // a power of two
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned TagWidth = cce_pkg::ReadTagWidth
) (
    input  wire logic                             clk_i,
    input  wire logic                             rst_ni,

    input  wire logic                             start_i,
    input  wire logic [SlotWidth-1:0]             start_slot_i,
    input  wire cce_pkg::key_request_t            start_request_i,
    input  wire logic [SlotCount-1:0]             abort_i,
    input  wire logic                             erase_all_i,        // erases all engine-held contexts (pulse)
    output logic                                  erasing_o,
    output logic [ContextCount-1:0]               context_valid_o,

    // DMA read port
    output logic                                  request_valid_o,
    output cce_pkg::dma_request_t                 request_o,
    output logic [TagWidth-1:0]                   request_tag_o,
    input  wire logic                             request_ready_i,
    input  wire logic                             denied_i,
    input  wire logic                             beat_valid_i,
    input  wire logic [DataWidth-1:0]             beat_data_i,
    input  wire logic                             beat_last_i,
    input  wire logic                             beat_error_i,

    // aes_cipher
    output logic                                  key_valid_o,
    input  wire logic                             key_ready_i,
    output logic [SlotWidth:0]                    key_index_o,        // {key of the tweak, slot}
    output logic                                  key_inverse_o,
    output cce_pkg::key_length_e                  key_length_o,
    output logic [255:0]                          key_o,
    input  wire logic                             key_usable_i,
    input  wire logic [SlotWidth:0]               key_usable_index_i,
    output logic [SlotCount-1:0]                  usable_o,           // the key of the text

    output logic                                  fault_o,
    output logic [SlotWidth-1:0]                  fault_slot_o,
    output logic [7:0]                            fault_status_o,
    output logic                                  release_o,
    output logic [SlotWidth-1:0]                  release_slot_o,
    output logic                                  idle_o
);

  localparam int unsigned ContextWidth = $clog2(ContextCount);
  localparam int unsigned JobWidth = SlotWidth + cce_pkg::KeyRequestWidth;
  localparam int unsigned UnitBits = 8 * cce_contract_pkg::ContextUnitBytes;
  localparam int unsigned UnitWidth = $clog2(UnitCount);
  localparam int unsigned EqualParts = 16;      // of a comparison of two keys
  localparam int unsigned EqualBits = 256 / EqualParts;

  typedef enum logic [3:0] {
    StateIdle,
    StateSecond,
    StateCompare,
    StateCheck,
    StateStore,
    StateTweakKey,
    StateKey,
    StateErase,
    StateRefused
  } state_e;

  // ------------------------------------------------------------------------------------------------- fetching records

  logic fetch_valid, fetch_pop, fetch_push;
  cce_pkg::key_request_t fetch;
  logic [$clog2(SlotCount+1)-1:0] fetch_count;
  logic second_unit_q;                      // the pair's second unit is to be asked for
  logic [UnitWidth:0] asked_q, arrived_q, erased_q;   // units, counted modulo 2 * UnitCount
  logic unit_room_q, request_done, denied_q;
  logic [1:0] asked_before_q;               // a unit was asked for in the cycle before, or in the one before that
  logic [1:0][1:0] unit_room;
  logic [UnitCount-1:0] failed_q;

  assign fetch_push = start_i && (start_request_i.job == 2'(cce_pkg::KeyJobRecord) ||
                                  start_request_i.job == 2'(cce_pkg::KeyJobLoad));
  stream_fifo #(
      .Width(cce_pkg::KeyRequestWidth),
      .Depth(SlotCount)
  ) u_fetches (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(fetch_push),
      .data_i(start_request_i),
      .undo_i(1'b0),
      .pop_i(fetch_pop),
      .valid_o(fetch_valid),
      .data_o(fetch),
      .count_o(fetch_count)
  );
  // The next one waits until it is known that the last one was not refused.
  assign request_valid_o = fetch_valid && unit_room_q && !denied_q && asked_before_q == '0;
  always_comb begin
    request_o = '0;
    request_o.unrestricted = fetch.unrestricted;
    request_o.queue_index = fetch.queue_index;
    request_o.region = fetch.region;
    request_o.address = fetch.address + (second_unit_q ? 64'(cce_contract_pkg::ContextUnitBytes) : '0);
    request_o.bytes = 13'(cce_contract_pkg::ContextUnitBytes);
  end
  assign request_tag_o = TagWidth'(asked_q[UnitWidth-1:0]);
  assign request_done = request_valid_o && request_ready_i;
  // Popped a cycle later, when nothing is asked for anyway: whether a unit was asked for is known late.
  assign fetch_pop = asked_before_q[0] && !second_unit_q;

  // Beats of a unit enter from the top and move down: the first one ends in the lowest bits.
  logic [UnitBits-1:0] unit_memory [UnitCount];
  logic [UnitBits-1:0] unit_q, unit_now;
  logic unit_failed_q, unit_done;
  assign unit_now = UnitBits'({beat_data_i, unit_q} >> DataWidth);
  assign unit_done = beat_valid_i && beat_last_i;

  // --------------------------------------------------------------------------------------------------------- the jobs

  state_e state_q;
  logic job_valid, job_pop;
  logic [SlotWidth-1:0] slot;
  cce_pkg::key_request_t job, looked_at;
  logic [$clog2(SlotCount+1)-1:0] job_count;
  logic held, start_held, look_held, from_memory;
  logic inverse;
  logic [UnitBits-1:0] unit;
  logic unit_there, unit_failed, unit_erase;
  cce_contract_pkg::context_record_t record;
  cce_contract_pkg::context_second_key_t second_record;
  logic record_pair, format_bad, length_bad;
  logic [1:0] record_length;

  // Of the job that was looked at, so that a check need not wait for the FIFO's memory
  logic held_q, cipher_q, xts_q, compares_q, inverse_q;
  cce_contract_pkg::context_record_rights_t rights_needed, rights_needed_q;

  logic format_bad_q, length_bad_q, valid_q, pair_q;
  logic [1:0] length_q;
  cce_contract_pkg::context_record_rights_t rights_q;
  logic [255:0] key_q, second_q;
  logic access_bad_q, second_access_bad_q;

  logic store_valid, store_pair;
  cce_pkg::key_length_e store_length;
  logic [31:0] store_rights;
  logic [255:0] store_key, store_second_key;
  logic [ContextWidth-1:0] context_index;
  logic rights_bad, keys_equal;
  logic [EqualParts-1:0] parts_equal_q;
  logic [7:0] status, status_q;

  stream_fifo #(
      .Width(JobWidth),
      .Depth(SlotCount)
  ) u_jobs (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(start_i),
      .data_i({start_slot_i, start_request_i}),
      .undo_i(1'b0),
      .pop_i(job_pop),
      .valid_o(job_valid),
      .data_o({slot, job}),
      .count_o(job_count)
  );
  assign held = job.job == 2'(cce_pkg::KeyJobHeld);
  assign from_memory = job.job == 2'(cce_pkg::KeyJobRecord) || job.job == 2'(cce_pkg::KeyJobLoad);
  // An engine-held context is looked up in the cycle of the dispatch already, if no other job waits.
  assign start_held = start_i && start_request_i.job == 2'(cce_pkg::KeyJobHeld) && !job_valid;
  assign look_held = job_valid ? held : start_held;
  assign looked_at = job_valid ? job : start_request_i;
  assign context_index = looked_at.index[ContextWidth-1:0];

  assign unit_there = arrived_q != erased_q;
  assign unit = unit_memory[erased_q[UnitWidth-1:0]];
  assign unit_failed = failed_q[erased_q[UnitWidth-1:0]];
  assign record = unit;
  assign second_record = unit;
  assign record_pair = record.format == 8'(cce_contract_pkg::ContextFormatCipherKeyPair);
  assign format_bad = (record.format != 8'(cce_contract_pkg::ContextFormatCipherKey) && !record_pair) ||
                      record.units != (job.two_units ? 8'd2 : 8'd1) || record_pair != job.two_units ||
                      record.reserved0 != '0 || record.reserved1 != '0 || record.rights.reserved0 != '0 ||
                      record.rights.reserved1 != '0;
  always_comb begin
    length_bad = 1'b0;
    record_length = 2'(cce_pkg::KeyLength256);
    unique case (record.key_length)
      8'd16: record_length = 2'(cce_pkg::KeyLength128);
      8'd24: record_length = 2'(cce_pkg::KeyLength192);
      8'd32: record_length = 2'(cce_pkg::KeyLength256);
      default: length_bad = 1'b1;
    endcase
  end

  // Bytes behind a short key are dropped, so that they have no effect and need no care later.
  function automatic logic [255:0] cut_key(input logic [255:0] key, input logic [1:0] length);
    unique case (length)
      2'(cce_pkg::KeyLength128): cut_key = {128'd0, key[127:0]};
      2'(cce_pkg::KeyLength192): cut_key = {64'd0, key[191:0]};
      default: cut_key = key;
    endcase
  endfunction

  context_store #(
      .ContextCount(ContextCount)
  ) u_context_store (
      .clk_i,
      .rst_ni,
      .write_i(state_q == StateStore),
      .erase_i(state_q == StateErase),
      .index_i(context_index),
      .pair_i(pair_q),
      .length_i(cce_pkg::key_length_e'(length_q)),
      .rights_i(rights_q),
      .key_i(key_q),
      .second_key_i(second_q),
      .valid_o(store_valid),
      .pair_o(store_pair),
      .length_o(store_length),
      .rights_o(store_rights),
      .key_o(store_key),
      .second_key_o(store_second_key),
      .erase_all_i,
      .erasing_o,
      .valid_all_o(context_valid_o)
  );

  // The rights that a request needs: its direction's and its mode's. No key has a reserved one.
  always_comb begin
    rights_needed = '0;
    rights_needed.encrypt = !looked_at.decrypt;
    rights_needed.decrypt = looked_at.decrypt;
    unique case (looked_at.mode)
      8'(cce_contract_pkg::CipherModeEcb): rights_needed.ecb = 1'b1;
      8'(cce_contract_pkg::CipherModeCbc): rights_needed.cbc = 1'b1;
      8'(cce_contract_pkg::CipherModeCtr): rights_needed.ctr = 1'b1;
      8'(cce_contract_pkg::CipherModeXts): rights_needed.xts = 1'b1;
      8'(cce_contract_pkg::CipherModeGcm): rights_needed.gcm = 1'b1;
      8'(cce_contract_pkg::CipherModeCcm): rights_needed.ccm = 1'b1;
      8'(cce_contract_pkg::CipherModeCmac): rights_needed.cmac = 1'b1;
      8'(cce_contract_pkg::CipherModeKw): rights_needed.kw = 1'b1;
      8'(cce_contract_pkg::CipherModeKwp): rights_needed.kwp = 1'b1;
      default: rights_needed.reserved1[0] = 1'b1;
    endcase
  end
  assign rights_bad = (rights_needed_q & ~rights_q) != '0;

  // Only some modes decrypt with the inverse cipher; key wrap may use it the other way round (SP 800-38F, 5.1).
  always_comb begin
    unique case (looked_at.mode)
      8'(cce_contract_pkg::CipherModeKw), 8'(cce_contract_pkg::CipherModeKwp):
        inverse = looked_at.decrypt != looked_at.inverse_cipher;
      8'(cce_contract_pkg::CipherModeEcb), 8'(cce_contract_pkg::CipherModeCbc), 8'(cce_contract_pkg::CipherModeXts):
        inverse = looked_at.decrypt;
      default: inverse = 1'b0;
    endcase
  end

  // All that anything outside the cipher learns of a key, and only if the descriptor asks for it. Two cycles: parts, all.
  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < EqualParts; i++) begin
      parts_equal_q[i] <= key_q[EqualBits*i +: EqualBits] == second_q[EqualBits*i +: EqualBits];
    end
  end
  assign keys_equal = compares_q && (&parts_equal_q);

  // Faults in the order of their status codes' meaning: reading, format, key, rights.
  always_comb begin
    status = 8'(cce_contract_pkg::StatusOk);
    if (access_bad_q) status = 8'(cce_contract_pkg::StatusContextAccess);
    else if (format_bad_q || (cipher_q && valid_q && pair_q != xts_q)) status = 8'(cce_contract_pkg::StatusContextFormat);
    else if (second_access_bad_q) status = 8'(cce_contract_pkg::StatusContextAccess);
    else if (length_bad_q) status = 8'(cce_contract_pkg::StatusKeySize);
    else if (held_q && !valid_q) status = 8'(cce_contract_pkg::StatusContextEmpty);
    else if (cipher_q && rights_bad) status = 8'(cce_contract_pkg::StatusKeyRights);
    else if (keys_equal) status = 8'(cce_contract_pkg::StatusEqualKeys);
  end

  // What is refused is refused in the next cycle: the status depends on much, and much on it.
  assign fault_o = state_q == StateRefused && status_q != 8'(cce_contract_pkg::StatusOk);
  assign fault_slot_o = slot;
  assign fault_status_o = status_q;

  assign key_inverse_o = state_q == StateKey && inverse_q;
  assign key_valid_o = state_q == StateTweakKey || state_q == StateKey;
  assign key_index_o = {state_q == StateTweakKey, slot};
  assign key_length_o = cce_pkg::key_length_e'(length_q);
  assign key_o = state_q == StateTweakKey ? second_q : key_q;

  logic skip, take_job;
  assign skip = abort_i[slot];
  assign job_pop = state_q == StateRefused || state_q == StateStore || state_q == StateErase ||
                   (state_q == StateKey && key_ready_i);
  assign release_o = job_pop;
  assign release_slot_o = slot;
  assign unit_erase = unit_there && ((state_q == StateIdle && job_valid && from_memory && !erasing_o) ||
                                     state_q == StateSecond) && !unit_done;
  assign take_job = state_q == StateIdle && !erasing_o && (look_held || (job_valid && from_memory && unit_erase));

  // Whether there is room in the next cycle: for all that may happen in this one, which is known late, then chosen.
  always_comb begin
    for (int unsigned a = 0; a < 2; a++) begin
      for (int unsigned e = 0; e < 2; e++) begin
        unit_room[a][e] = (asked_q + (UnitWidth + 1)'(a) - erased_q - (UnitWidth + 1)'(e)) < (UnitWidth + 1)'(UnitCount);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      asked_q <= '0;
      arrived_q <= '0;
      erased_q <= '0;
      unit_room_q <= 1'b1;
      failed_q <= '0;
      second_unit_q <= 1'b0;
      denied_q <= 1'b0;
      asked_before_q <= '0;
      unit_failed_q <= 1'b0;
      unit_q <= '0;
      key_q <= '0;
      second_q <= '0;
      usable_o <= '0;
    end else begin
      if (request_done) begin
        asked_q <= asked_q + (UnitWidth + 1)'(1);
        second_unit_q <= fetch.two_units && !second_unit_q;
      end
      asked_before_q <= {asked_before_q[0], request_done};
      if (denied_i) denied_q <= 1'b1;
      // A refused unit counts as arrived, and failed, once all before it have arrived: so units stay in order.
      if (denied_q && arrived_q + (UnitWidth + 1)'(1) == asked_q) begin
        arrived_q <= asked_q;
        failed_q[arrived_q[UnitWidth-1:0]] <= 1'b1;
        denied_q <= 1'b0;
      end
      if (beat_valid_i) begin
        unit_q <= beat_last_i ? '0 : unit_now;
        unit_failed_q <= !beat_last_i && (unit_failed_q || beat_error_i);
      end
      if (unit_done) begin
        arrived_q <= arrived_q + (UnitWidth + 1)'(1);
        failed_q[arrived_q[UnitWidth-1:0]] <= unit_failed_q || beat_error_i;
      end
      if (unit_erase) erased_q <= erased_q + (UnitWidth + 1)'(1);
      unit_room_q <= unit_room[request_done][unit_erase];

      unique case (state_q)
        StateIdle: begin
          if (look_held && !erasing_o) begin
            state_q <= looked_at.distinct_keys ? StateCompare : StateCheck;
          end else if (job_valid && !erasing_o) begin
            if (from_memory) begin
              // Only a pair is compared: a record of one unit has no second key.
              if (unit_erase) state_q <= job.two_units ? StateSecond : StateCheck;
            end else begin
              state_q <= StateErase;
            end
          end
        end
        StateSecond: if (unit_erase) state_q <= compares_q ? StateCompare : StateCheck;
        StateCompare: state_q <= StateCheck;
        StateCheck: begin
          if (status != 8'(cce_contract_pkg::StatusOk) || skip) state_q <= StateRefused;
          else if (!cipher_q) state_q <= StateStore;
          else state_q <= xts_q ? StateTweakKey : StateKey;
        end
        StateTweakKey: if (key_ready_i) state_q <= StateKey;
        StateKey: if (key_ready_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
      if (job_pop) begin
        key_q <= '0;
        second_q <= '0;
      end else if (take_job) begin
        key_q <= look_held ? store_key : cut_key(record.key, record_length);
        second_q <= look_held ? store_second_key : '0;
      end else if (state_q == StateSecond) begin
        second_q <= cut_key(second_record.key, length_q);
      end
      if (key_usable_i && !key_usable_index_i[SlotWidth]) usable_o[key_usable_index_i[SlotWidth-1:0]] <= 1'b1;
      if (start_i) usable_o[start_slot_i] <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StateIdle) begin
      held_q <= looked_at.job == 2'(cce_pkg::KeyJobHeld);
      cipher_q <= looked_at.job == 2'(cce_pkg::KeyJobHeld) || looked_at.job == 2'(cce_pkg::KeyJobRecord);
      xts_q <= looked_at.mode == 8'(cce_contract_pkg::CipherModeXts);
      compares_q <= looked_at.distinct_keys && (looked_at.job == 2'(cce_pkg::KeyJobHeld) ||
                                                looked_at.job == 2'(cce_pkg::KeyJobRecord));
      inverse_q <= inverse;
      rights_needed_q <= rights_needed;
      access_bad_q <= !look_held && from_memory && unit_failed;
      second_access_bad_q <= 1'b0;
      format_bad_q <= !look_held && from_memory && format_bad;
      length_bad_q <= !look_held && from_memory && length_bad;
      valid_q <= look_held ? store_valid : 1'b1;
      pair_q <= look_held ? store_pair : record_pair;
      length_q <= look_held ? 2'(store_length) : record_length;
      rights_q <= look_held ? store_rights : record.rights;
    end else if (state_q == StateSecond) begin
      if (unit_erase) second_access_bad_q <= unit_failed;
    end
    if (state_q == StateCheck) status_q <= status;
    if (unit_done) unit_memory[arrived_q[UnitWidth-1:0]] <= unit_now;
    else if (unit_erase) unit_memory[erased_q[UnitWidth-1:0]] <= '0;
  end

  assign idle_o = !job_valid && !fetch_valid && !erasing_o && asked_q == erased_q;

  logic unused_bits;
  assign unused_bits = ^{fetch_count, job_count, fetch, looked_at, record, second_record};

  // Key material is here only while a job is worked on.
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (state_q == StateIdle) assert (key_q == '0 && second_q == '0);
      if (unit_done) assert (arrived_q != asked_q);
      if (state_q != StateIdle) begin
        assert (job_valid && held_q == held && cipher_q == (held || job.job == 2'(cce_pkg::KeyJobRecord)));
        assert (rights_needed_q == rights_needed && inverse_q == inverse);
      end
    end
  end

endmodule

`default_nettype wire
