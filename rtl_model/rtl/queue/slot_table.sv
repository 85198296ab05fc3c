// SPDX-License-Identifier: Apache-2.0
//
// The slots of the requests in flight: who uses them, what is still working on them, how they ended.
//
// The dispatcher takes a free slot and says which blocks will work on it; each block gives it back with a `release`.
// The first fault of a request becomes its status and aborts it: every block that sees `abort_o` ends its part as soon
// as it can. A slot that nobody works on any more, and whose lists are at rest, is `finished_o` until the completion
// writer frees it. All outputs are registers; a fault shows in the next cycle.

`default_nettype none

module slot_table #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned QueueCount = 4,
    parameter int unsigned FaultPorts = 8,
    localparam int unsigned SlotWidth = $clog2(SlotCount)
) (
    input  wire logic                                  clk_i,
    input  wire logic                                  rst_ni,
    input  wire logic                                  gate_i,
    input  wire logic [QueueCount-1:0]                 queue_reset_pending_i,

    // Dispatcher
    output logic                                       free_valid_o,
    output logic [SlotWidth-1:0]                       free_slot_o,
    input  wire logic                                  start_i,            // takes free_slot_o
    input  wire logic [7:0]                            start_queue_i,
    input  wire logic [7:0]                            start_status_i,
    input  wire logic                                  start_cipher_i,     // works on text, with a key
    input  wire logic                                  start_key_i,        // the key loader works on it

    // Blocks that are done with a slot
    input  wire logic                                  key_release_i,      // key loader
    input  wire logic [SlotWidth-1:0]                  key_release_slot_i,
    input  wire logic [2:0]                            cipher_release_i,   // stream unit, lane unit, key wrap
    input  wire logic [2:0][SlotWidth-1:0]             cipher_release_slot_i,
    input  wire logic                                  destination_release_i,
    input  wire logic [SlotWidth-1:0]                  destination_release_slot_i,
    input  wire logic                                  erase_release_i,    // its keys are erased
    input  wire logic [SlotWidth-1:0]                  erase_release_slot_i,
    input  wire logic [SlotCount-1:0]                  lists_busy_i,       // reading text or lists is not at rest

    // Faults; port 0 is the key loader's
    input  wire logic [FaultPorts-1:0]                 fault_i,
    input  wire logic [FaultPorts-1:0][SlotWidth-1:0]  fault_slot_i,
    input  wire logic [FaultPorts-1:0][7:0]            fault_status_i,

    output logic [SlotCount-1:0]                       used_o,
    output logic [SlotCount-1:0]                       abort_o,
    output logic [SlotCount-1:0]                       discard_o,          // its queue is being reset: no completion
    output logic [SlotCount-1:0]                       cipher_done_o,      // the cipher's part is done
    output logic [SlotCount-1:0]                       erase_wanted_o,     // its keys are no longer needed
    output logic [SlotCount-1:0]                       finished_o,
    output logic [SlotCount-1:0][7:0]                  status_o,
    output logic [SlotCount-1:0][7:0]                  queue_o,
    input  wire logic                                  free_i,
    input  wire logic [SlotWidth-1:0]                  freed_slot_i
);

  logic [SlotCount-1:0] used_q, abort_q, key_q, cipher_q, destination_q, erase_q, finished_q;
  logic [SlotCount-1:0][7:0] status_q, queue_q;
  logic [SlotCount-1:0] reset_pending;

  logic [SlotCount-1:0] free_choice;   // the lowest free slot, one-hot

  always_comb begin
    free_valid_o = used_q != '1;
    free_slot_o = '0;
    for (int unsigned s = 0; s < SlotCount; s++) begin
      free_choice[s] = !used_q[s] && (used_q | ('1 << s)) == '1;
      free_slot_o = free_slot_o | (SlotWidth'(s) & {SlotWidth{free_choice[s]}});
    end
    for (int unsigned s = 0; s < SlotCount; s++) begin
      reset_pending[s] = 1'b0;
      for (int unsigned q = 0; q < QueueCount; q++) begin
        if (queue_q[s] == 8'(q) && queue_reset_pending_i[q]) reset_pending[s] = 1'b1;
      end
    end
  end

  // Everything is decoded slot by slot: a write with an index would be a shifter for each of the ports.
  always_ff @(posedge clk_i) begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      logic starts, gated;
      logic [FaultPorts-1:0] faults, first_fault;
      logic [7:0] fault_status;

      starts = start_i && free_choice[s];
      gated = gate_i && cipher_q[s] && !abort_q[s];
      // Of faults in the same cycle the first port wins. The key's fault (port 0) counts even if text failed before:
      // a descriptor's faults are told in an order that does not depend on the bus.
      for (int unsigned f = 0; f < FaultPorts; f++) begin
        faults[f] = fault_i[f] && fault_slot_i[f] == SlotWidth'(s) && (!abort_q[s] || f == 0);
      end
      first_fault = faults & (~faults + FaultPorts'(1));
      fault_status = '0;
      for (int unsigned f = 0; f < FaultPorts; f++) begin
        fault_status = fault_status | (fault_status_i[f] & {8{first_fault[f]}});
      end

      if (!rst_ni) begin
        used_q[s] <= 1'b0;
        abort_q[s] <= 1'b0;
        key_q[s] <= 1'b0;
        cipher_q[s] <= 1'b0;
        destination_q[s] <= 1'b0;
        erase_q[s] <= 1'b0;
        finished_q[s] <= 1'b0;
        status_q[s] <= '0;
        queue_q[s] <= '0;
      end else if (starts) begin
        used_q[s] <= 1'b1;
        queue_q[s] <= start_queue_i;
        status_q[s] <= start_status_i;
        abort_q[s] <= 1'b0;
        key_q[s] <= start_key_i;
        cipher_q[s] <= start_cipher_i;
        destination_q[s] <= start_cipher_i;
        erase_q[s] <= start_cipher_i;
        finished_q[s] <= 1'b0;
      end else begin
        if ((used_q[s] && reset_pending[s]) || gated || faults != '0) abort_q[s] <= 1'b1;
        if (faults != '0) status_q[s] <= fault_status;
        else if (gated) status_q[s] <= 8'(cce_contract_pkg::StatusGated);
        finished_q[s] <= used_q[s] && !key_q[s] && !cipher_q[s] && !destination_q[s] && !erase_q[s] &&
                         !lists_busy_i[s] && !(free_i && freed_slot_i == SlotWidth'(s));
        if (key_release_i && key_release_slot_i == SlotWidth'(s)) key_q[s] <= 1'b0;
        for (int unsigned u = 0; u < 3; u++) begin
          if (cipher_release_i[u] && cipher_release_slot_i[u] == SlotWidth'(s)) cipher_q[s] <= 1'b0;
        end
        if (destination_release_i && destination_release_slot_i == SlotWidth'(s)) destination_q[s] <= 1'b0;
        if (erase_release_i && erase_release_slot_i == SlotWidth'(s)) erase_q[s] <= 1'b0;
        if (free_i && freed_slot_i == SlotWidth'(s)) used_q[s] <= 1'b0;
      end
    end
  end

  assign used_o = used_q;
  assign abort_o = abort_q;
  assign discard_o = reset_pending;
  assign cipher_done_o = ~cipher_q;
  assign erase_wanted_o = used_q & erase_q & ~cipher_q & ~key_q;
  assign finished_o = finished_q;
  assign status_o = status_q;
  assign queue_o = queue_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) assert (free_valid_o);
      if (free_i) assert (used_q[freed_slot_i] && finished_q[freed_slot_i]);
      for (int unsigned f = 0; f < FaultPorts; f++) begin
        if (fault_i[f]) assert (used_q[fault_slot_i[f]]);
      end
    end
  end

endmodule

`default_nettype wire
