// SPDX-License-Identifier: Apache-2.0
//
// One queue pair: its privileged registers, its doorbells, its ring indices, its state and its interrupt.
//
// Others see whether a descriptor can be fetched and where it lies, and where the next completion entry goes; they tell
// when they fetch, drop and finish one. Several requests are in flight at once; a descriptor is fetched only if the
// completion ring has room for the answers of all of them.
// Indices are free-running 16-bit numbers; their low bits choose the slot.
// An error stops the queue in the second cycle behind it, in the third if a completion entry could not be written.
// A reset takes effect when no request of this queue is in flight; until then `reset_pending_o` tells everybody to
// give up its requests: so once the reset bit reads 0, no DMA of this queue follows.

`default_nettype none

module queue_pair (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  engine_reset_i,     // whole-engine reset: like a reset of this queue

    // Register access (privileged page and doorbell page)
    input  wire logic                  write_i,
    input  wire logic                  doorbell_write_i,
    input  wire logic [11:0]           offset_i,
    input  wire logic [31:0]           data_i,
    output logic [31:0]                data_o,
    output logic                       known_o,            // offset_i is a register of the privileged page
    output logic                       doorbell_known_o,   // offset_i is a register of the doorbell page

    // Requests
    output logic                       ready_o,            // a descriptor can be fetched
    output logic                       reset_pending_o,
    output logic                       stopped_o,          // by an error
    output logic [63:0]                descriptor_address_o,
    output logic [63:0]                completion_address_o,
    output logic                       completion_phase_o,
    output logic [15:0]                submission_head_o,
    output logic                       unrestricted_o,
    input  wire logic                  fetch_i,            // the descriptor at descriptor_address_o is being fetched
    input  wire logic                  read_i,             // a descriptor being fetched has been read: its slot is free
    input  wire logic                  drop_i,             // a fetched descriptor was dropped
    input  wire logic                  drop_failed_i,      // with drop_i: because it could not be read
    input  wire logic                  issue_i,            // the entry at completion_address_o is being written
    input  wire logic                  finish_i,           // a request has left the engine
    input  wire logic                  finish_written_i,   // with finish_i: its completion entry is written
    input  wire logic                  finish_failed_i,    // with finish_i: its completion entry could not be written
    input  wire logic                  count_i,            // a completion entry was written in the cycle before
    input  wire logic                  count_ok_i,         // with count_i: its status is ok
    input  wire logic [31:0]           count_bytes_i,      // with count_i: bytes of its text
    input  wire cce_pkg::dma_fault_t   fault_i,            // a DMA access of this queue was refused

    output logic                       interrupt_o,        // one-cycle pulse
    output logic                       event_o,            // one-cycle pulse: the queue stopped with an error
    output logic                       idle_o              // nothing happens until the next register access
);

  localparam int unsigned DescriptorShift = $clog2(cce_contract_pkg::DescriptorBytes);
  localparam int unsigned CompletionShift = $clog2(cce_contract_pkg::CompletionBytes);
  localparam int unsigned AlignmentWidth = $clog2(cce_contract_pkg::RingAlignmentBytes);

  logic enable_q, pause_q, reset_q, interrupt_enable_q;
  logic [7:0] in_flight_q;   // fetched, and not yet dropped or finished
  logic [7:0] owed_q;        // of these without a completion entry being written
  logic [15:0] completion_reach_q;   // where the completion tail will be when these are written: less the head, the places taken
  logic can_q;               // there is work, room for its answer, and in_flight_q can count it
  logic can;
  logic [1:0][1:0] has_work, has_room;
  logic [1:0][15:0] submission_tails, completion_heads, taken;
  logic [1:0] places_full, places_last;
  logic [1:0][1:0][1:0] countable;
  logic submission_moves, completion_moves;
  logic [7:0] in_flight;
  logic busy;
  logic [7:0] error_q;
  logic stopped_q;           // by an error: error_q tells which
  logic [63:0] submission_base_q, completion_base_q;
  logic [7:0] submission_log2_q, completion_log2_q;
  logic [15:0] submission_mask_q, completion_mask_q;   // the low bits of a free-running number that choose a slot
  logic unrestricted_q;
  logic [15:0] interrupt_count_q;
  logic [31:0] interrupt_time_q;
  logic [15:0] fetch_head_q;  // next descriptor to fetch; submission_head_q: first one not read yet
  logic [15:0] submission_head_q, submission_tail_q, completion_head_q, completion_tail_q;
  logic [63:0] fault_address_q;
  logic [1:0] fault_reason_q;
  logic fault_write_q;
  logic [63:0] completed_q, failed_q, bytes_q;

  logic [15:0] submission_size, completion_size;
  logic [15:0] submission_slot, completion_slot;
  logic work, room, running, do_reset;
  logic enable_write, ring_aligned, ring_sized;
  logic submission_doorbell, completion_doorbell, submission_good, completion_good;
  logic [15:0] doorbell_value;
  logic moderator_idle;
  logic new_error;
  logic [7:0] new_error_code;
  logic completion_failed_q;  // finish_failed_i in the cycle before
  logic new_error_q;          // found in the cycle before; it counts in this one
  logic [7:0] new_error_code_q;
  cce_contract_pkg::queue_control_t control_write, control_read;
  cce_contract_pkg::queue_ring_size_t ring_size_write, ring_size_read;
  cce_contract_pkg::queue_rights_t rights_write, rights_read;
  cce_contract_pkg::queue_interrupt_count_t interrupt_count_write, interrupt_count_read;
  cce_contract_pkg::queue_fault_information_t fault_read;
  cce_contract_pkg::queue_status_t status;

  assign submission_size = {submission_mask_q[14:0], 1'b1} & ~submission_mask_q;
  assign completion_size = {completion_mask_q[14:0], 1'b1} & ~completion_mask_q;
  assign submission_slot = fetch_head_q & submission_mask_q;
  assign completion_slot = completion_tail_q & completion_mask_q;

  assign work = fetch_head_q != submission_tail_q;
  assign room = (completion_reach_q - completion_head_q) < completion_size;
  assign busy = in_flight_q != '0;
  assign do_reset = reset_q && !busy && !completion_failed_q;
  assign running = enable_q && !stopped_q && !pause_q && !reset_q;

  assign ready_o = running && can_q;
  assign stopped_o = stopped_q;
  assign reset_pending_o = reset_q;
  assign descriptor_address_o = submission_base_q + (64'(submission_slot) << DescriptorShift);
  assign completion_address_o = completion_base_q + (64'(completion_slot) << CompletionShift);
  assign completion_phase_o = (completion_tail_q & completion_size) == '0;
  assign submission_head_o = submission_head_q;
  assign unrestricted_o = unrestricted_q;
  assign idle_o = !busy && !ready_o && !reset_q && !completion_failed_q && !new_error_q && moderator_idle;

  // Register writes

  assign control_write = data_i;
  assign ring_size_write = data_i;
  assign rights_write = data_i;
  assign interrupt_count_write = data_i;
  assign enable_write = write_i && offset_i == cce_contract_pkg::QueueControl && control_write.enable && !enable_q &&
                        !reset_q && !stopped_q;
  assign ring_aligned = submission_base_q[AlignmentWidth-1:0] == '0 &&
                        completion_base_q[AlignmentWidth-1:0] == '0;
  assign ring_sized = submission_log2_q >= 8'(cce_contract_pkg::RingLog2Minimum) &&
                      submission_log2_q <= 8'(cce_contract_pkg::RingLog2Maximum) &&
                      completion_log2_q >= 8'(cce_contract_pkg::RingLog2Minimum) &&
                      completion_log2_q <= 8'(cce_contract_pkg::RingLog2Maximum);

  // Doorbells count only while the queue is enabled and has not stopped.
  assign doorbell_value = data_i[15:0];
  assign submission_doorbell = doorbell_write_i && offset_i == cce_contract_pkg::DoorbellSubmissionTail && enable_q &&
                               !stopped_q && !reset_q;
  assign completion_doorbell = doorbell_write_i && offset_i == cce_contract_pkg::DoorbellCompletionHead && enable_q &&
                               !stopped_q && !reset_q;
  assign submission_good = (doorbell_value - submission_head_q) <= submission_size;
  assign completion_good = (completion_tail_q - doorbell_value) <= (completion_tail_q - completion_head_q);

  always_comb begin
    new_error = 1'b1;
    new_error_code = 8'(cce_contract_pkg::QueueErrorNone);
    if (drop_failed_i) new_error_code = 8'(cce_contract_pkg::QueueErrorDescriptorAccess);
    else if (completion_failed_q) new_error_code = 8'(cce_contract_pkg::QueueErrorCompletionAccess);
    else if (enable_write && !ring_aligned) new_error_code = 8'(cce_contract_pkg::QueueErrorRingAlignment);
    else if (enable_write && !ring_sized) new_error_code = 8'(cce_contract_pkg::QueueErrorRingSize);
    else if ((submission_doorbell && !submission_good) || (completion_doorbell && !completion_good))
      new_error_code = 8'(cce_contract_pkg::QueueErrorDoorbell);
    else new_error = 1'b0;
  end

  // Whether one more can be fetched in the next cycle: for all that may happen in this one, which is known late, then chosen.
  // Ring sizes do not change while the queue is enabled, and a queue that is not has no work.
  assign submission_moves = submission_doorbell && submission_good;
  assign completion_moves = completion_doorbell && completion_good;
  assign submission_tails = {doorbell_value, submission_tail_q};
  assign completion_heads = {doorbell_value, completion_head_q};
  assign in_flight = in_flight_q - 8'(drop_i) - 8'(finish_i);
  always_comb begin
    for (int unsigned m = 0; m < 2; m++) begin
      // No more places are taken than there are, and one at least when one is given back.
      taken[m] = completion_reach_q - completion_heads[m];
      places_full[m] = (taken[m] & completion_size) != '0;
      places_last[m] = ((taken[m] | ~completion_mask_q) == '1);
      has_room[m][0] = !places_full[m];
      has_room[m][1] = !places_full[m] && !places_last[m];
      for (int unsigned f = 0; f < 2; f++) has_work[m][f] = (fetch_head_q + 16'(f)) != submission_tails[m];
    end
    for (int unsigned f = 0; f < 2; f++) begin
      for (int unsigned d = 0; d < 2; d++) begin
        for (int unsigned e = 0; e < 2; e++) countable[f][d][e] = (in_flight_q + 8'(f) - 8'(d) - 8'(e)) != '1;
      end
    end
    can = has_work[submission_moves][fetch_i] && countable[fetch_i][drop_i][finish_i] &&
          (has_room[completion_moves][fetch_i && !drop_i] || (drop_i && !fetch_i));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      enable_q <= 1'b0;
      pause_q <= 1'b0;
      reset_q <= 1'b0;
      interrupt_enable_q <= 1'b0;
      in_flight_q <= '0;
      can_q <= 1'b0;
      owed_q <= '0;
      completion_reach_q <= '0;
      error_q <= 8'(cce_contract_pkg::QueueErrorNone);
      stopped_q <= 1'b0;
      completion_failed_q <= 1'b0;
      new_error_q <= 1'b0;
      new_error_code_q <= 8'(cce_contract_pkg::QueueErrorNone);
      unrestricted_q <= 1'b0;
      fetch_head_q <= '0;
      submission_head_q <= '0;
      submission_tail_q <= '0;
      completion_head_q <= '0;
      completion_tail_q <= '0;
      submission_base_q <= '0;
      completion_base_q <= '0;
      submission_log2_q <= '0;
      submission_mask_q <= '0;
      completion_log2_q <= '0;
      completion_mask_q <= '0;
      interrupt_count_q <= '0;
      interrupt_time_q <= '0;
    end else begin
      if (write_i) begin
        unique case (offset_i)
          cce_contract_pkg::QueueControl: begin
            pause_q <= control_write.pause;
            interrupt_enable_q <= control_write.interrupt_enable;
            if (control_write.reset) reset_q <= 1'b1;
            else if (enable_write && ring_aligned && ring_sized) enable_q <= 1'b1;
          end
          cce_contract_pkg::QueueSubmissionBaseLow: if (!enable_q) submission_base_q[31:0] <= data_i;
          cce_contract_pkg::QueueSubmissionBaseHigh: if (!enable_q) submission_base_q[63:32] <= data_i;
          cce_contract_pkg::QueueCompletionBaseLow: if (!enable_q) completion_base_q[31:0] <= data_i;
          cce_contract_pkg::QueueCompletionBaseHigh: if (!enable_q) completion_base_q[63:32] <= data_i;
          cce_contract_pkg::QueueRingSize: begin
            if (!enable_q) begin
              submission_log2_q <= ring_size_write.submission_log2;
              submission_mask_q <= (16'd1 << ring_size_write.submission_log2[3:0]) - 16'd1;
              completion_log2_q <= ring_size_write.completion_log2;
              completion_mask_q <= (16'd1 << ring_size_write.completion_log2[3:0]) - 16'd1;
            end
          end
          cce_contract_pkg::QueueRights: unrestricted_q <= rights_write.unrestricted;
          cce_contract_pkg::QueueInterruptCount: interrupt_count_q <= interrupt_count_write.completions;
          cce_contract_pkg::QueueInterruptTime: interrupt_time_q <= data_i;
          default: ;  // read-only registers ignore writes
        endcase
      end
      if (submission_moves) submission_tail_q <= doorbell_value;
      if (completion_moves) completion_head_q <= doorbell_value;
      if (fetch_i) fetch_head_q <= fetch_head_q + 16'd1;
      if (read_i) submission_head_q <= submission_head_q + 16'd1;
      in_flight_q <= in_flight + 8'(fetch_i);
      // A request that leaves without an entry (its queue is being reset) owes nothing any more: see do_reset.
      owed_q <= owed_q + 8'(fetch_i) - 8'(drop_i) - 8'(issue_i);
      completion_reach_q <= completion_reach_q + 16'(fetch_i) - 16'(drop_i);
      can_q <= can;
      // Not at finish: software may see the entry, and ring the doorbell for it, before its write response is here.
      if (issue_i) completion_tail_q <= completion_tail_q + 16'd1;
      completion_failed_q <= finish_failed_i;
      new_error_q <= new_error;
      new_error_code_q <= new_error_code;
      if (event_o) begin
        error_q <= new_error_code_q;
        stopped_q <= 1'b1;
      end
      if (engine_reset_i) reset_q <= 1'b1;
      if (do_reset) begin
        reset_q <= 1'b0;
        enable_q <= 1'b0;
        pause_q <= 1'b0;
        error_q <= 8'(cce_contract_pkg::QueueErrorNone);
        stopped_q <= 1'b0;
        owed_q <= '0;
        completion_reach_q <= '0;
        can_q <= 1'b0;
        fetch_head_q <= '0;
        submission_head_q <= '0;
        submission_tail_q <= '0;
        completion_head_q <= '0;
        completion_tail_q <= '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      completed_q <= '0;
      failed_q <= '0;
      bytes_q <= '0;
      fault_address_q <= '0;
      fault_reason_q <= cce_contract_pkg::FaultReasonNone;
      fault_write_q <= 1'b0;
    end else begin
      if (count_i) begin
        if (count_ok_i) begin
          completed_q <= completed_q + 64'd1;
          bytes_q <= bytes_q + 64'(count_bytes_i);
        end else begin
          failed_q <= failed_q + 64'd1;
        end
      end
      if (fault_i.valid) begin
        fault_address_q <= fault_i.address;
        fault_reason_q <= fault_i.reason;
        fault_write_q <= fault_i.write;
      end
    end
  end

  assign event_o = new_error_q && !stopped_q && !reset_q;

  interrupt_moderator u_moderator (
      .clk_i,
      .rst_ni,
      .clear_i(do_reset),
      .enable_i(interrupt_enable_q),
      .count_i(interrupt_count_q),
      .time_i(interrupt_time_q),
      .completion_i(finish_i && finish_written_i),
      .caught_up_i(completion_head_q == completion_tail_q),
      .interrupt_o,
      .idle_o(moderator_idle)
  );

  // Register reads

  always_comb begin
    status = '0;
    if (stopped_q) status.state = cce_contract_pkg::QueueStateError;
    else if (!enable_q) status.state = cce_contract_pkg::QueueStateDisabled;
    else if (pause_q && !busy) status.state = cce_contract_pkg::QueueStatePaused;
    else status.state = cce_contract_pkg::QueueStateRunning;
    status.busy = busy;
    status.empty = !work;
    status.stalled = work && !room;
    status.error = cce_contract_pkg::queue_error_e'(error_q);
    control_read = '0;
    control_read.enable = enable_q;
    control_read.pause = pause_q;
    control_read.reset = reset_q;
    control_read.interrupt_enable = interrupt_enable_q;
    ring_size_read = '0;
    ring_size_read.submission_log2 = submission_log2_q;
    ring_size_read.completion_log2 = completion_log2_q;
    rights_read = '0;
    rights_read.unrestricted = unrestricted_q;
    interrupt_count_read = '0;
    interrupt_count_read.completions = interrupt_count_q;
    fault_read = '0;
    fault_read.reason = cce_contract_pkg::fault_reason_e'(fault_reason_q);
    fault_read.write = fault_write_q;
  end

  always_comb begin
    known_o = 1'b1;
    data_o = '0;
    unique case (offset_i)
      cce_contract_pkg::QueueControl: data_o = control_read;
      cce_contract_pkg::QueueStatus: data_o = status;
      cce_contract_pkg::QueueSubmissionBaseLow: data_o = submission_base_q[31:0];
      cce_contract_pkg::QueueSubmissionBaseHigh: data_o = submission_base_q[63:32];
      cce_contract_pkg::QueueCompletionBaseLow: data_o = completion_base_q[31:0];
      cce_contract_pkg::QueueCompletionBaseHigh: data_o = completion_base_q[63:32];
      cce_contract_pkg::QueueRingSize: data_o = ring_size_read;
      cce_contract_pkg::QueueRights: data_o = rights_read;
      cce_contract_pkg::QueueInterruptCount: data_o = interrupt_count_read;
      cce_contract_pkg::QueueInterruptTime: data_o = interrupt_time_q;
      cce_contract_pkg::QueueSubmissionHead: data_o = {16'd0, submission_head_q};
      cce_contract_pkg::QueueSubmissionTail: data_o = {16'd0, submission_tail_q};
      cce_contract_pkg::QueueCompletionHead: data_o = {16'd0, completion_head_q};
      cce_contract_pkg::QueueCompletionTail: data_o = {16'd0, completion_tail_q};
      cce_contract_pkg::QueueFaultAddressLow: data_o = fault_address_q[31:0];
      cce_contract_pkg::QueueFaultAddressHigh: data_o = fault_address_q[63:32];
      cce_contract_pkg::QueueFaultInformation: data_o = fault_read;
      cce_contract_pkg::QueueFetchHead: data_o = {16'd0, fetch_head_q};
      cce_contract_pkg::QueueCompletedLow: data_o = completed_q[31:0];
      cce_contract_pkg::QueueCompletedHigh: data_o = completed_q[63:32];
      cce_contract_pkg::QueueFailedLow: data_o = failed_q[31:0];
      cce_contract_pkg::QueueFailedHigh: data_o = failed_q[63:32];
      cce_contract_pkg::QueueBytesLow: data_o = bytes_q[31:0];
      cce_contract_pkg::QueueBytesHigh: data_o = bytes_q[63:32];
      default: known_o = 1'b0;
    endcase
  end

  assign doorbell_known_o = offset_i == cce_contract_pkg::DoorbellSubmissionTail ||
                            offset_i == cce_contract_pkg::DoorbellCompletionHead;

  logic unused_bits;
  assign unused_bits = ^{fault_i, control_write.reserved0, ring_size_write.reserved0, rights_write.reserved0,
                         interrupt_count_write.reserved0};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (fetch_i) assert (ready_o);
      if (finish_i || drop_i) assert (busy);
      if (finish_failed_i) assert (finish_i);
      if (drop_failed_i) assert (drop_i);
      // Nothing that was found before a reset counts behind it.
      if (do_reset) assert (!new_error);
      assert (completion_reach_q == completion_tail_q + 16'(owed_q));
      assert (stopped_q == (error_q != 8'(cce_contract_pkg::QueueErrorNone)));
      if (new_error_q) assert (new_error_code_q != 8'(cce_contract_pkg::QueueErrorNone));
      assert (submission_mask_q == (16'd1 << submission_log2_q[3:0]) - 16'd1);
      assert (completion_mask_q == (16'd1 << completion_log2_q[3:0]) - 16'd1);
      // A completion entry is never written into a ring without room.
      if (issue_i) assert (owed_q != '0 && (completion_tail_q - completion_head_q) < completion_size);
    end
  end

endmodule

`default_nettype wire
