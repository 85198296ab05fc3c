// SPDX-License-Identifier: Apache-2.0
//
// The slots of the requests in flight: who uses them, what is still working on them, how they ended.
//
// The dispatcher takes a free slot and says which blocks will work on it; each block gives it back with a `release`.
// The first fault of a request becomes its status and aborts it: every block that sees `abort_o` ends its part as soon
// as it can. A slot that nobody works on any more, and whose lists are at rest, is `finished_o` until the completion
// writer frees it. All outputs but the status are registers; a fault shows in the next cycle, one of a late port in the
// cycle after that: its block says so in the cycle in which it is done with the slot, which is not yet finished then.
// The slot offered as free is chosen a cycle before: see the assertions.
//
// Of its status a slot keeps where it comes from; what the key loader and the walkers said of it is in memories.
// A wrong tag is followed by zeros over the text. If they can't be written, that is the status: text may have stayed.

`default_nettype none

module slot_table #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned QueueCount = 4,
    parameter int unsigned FaultPorts = 8,
    parameter int unsigned TellingPorts = 3,           // the first ones; each other one has one status,
    parameter logic [8*FaultPorts-1:0] Status = '0,    // this
    parameter int unsigned FirstLatePort = FaultPorts, // from here on a fault counts a cycle later
    localparam int unsigned SlotWidth = $clog2(SlotCount)
) (
    input  wire logic                                  clk_i,
    input  wire logic                                  rst_ni,
    input  wire logic                                  gate_aes_i,
    input  wire logic                                  gate_hash_i,
    input  wire logic [QueueCount-1:0]                 queue_reset_pending_i,

    // Dispatcher
    output logic                                       free_valid_o,
    output logic [SlotWidth-1:0]                       free_slot_o,
    input  wire logic                                  start_i,            // takes free_slot_o
    input  wire logic [7:0]                            start_queue_i,
    input  wire logic [7:0]                            start_status_i,
    input  wire logic                                  start_text_i,       // works on text
    input  wire logic                                  start_cipher_i,     // with a key, to be erased
    input  wire logic                                  start_hash_i,       // the hash engine's
    input  wire logic                                  start_key_i,        // the key loader works on it

    // Blocks that are done with a slot
    input  wire logic                                  key_release_i,      // key loader
    input  wire logic [SlotWidth-1:0]                  key_release_slot_i,
    input  wire logic [3:0]                            cipher_release_i,   // stream unit, lane unit, key wrap, hash engine
    input  wire logic [3:0][SlotWidth-1:0]             cipher_release_slot_i,
    input  wire logic                                  destination_release_i,
    input  wire logic [SlotWidth-1:0]                  destination_release_slot_i,
    input  wire logic                                  erase_release_i,    // its keys are erased
    input  wire logic [SlotWidth-1:0]                  erase_release_slot_i,
    input  wire logic [SlotCount-1:0]                  lists_busy_i,       // reading text or lists is not at rest

    // Faults; port 0 is the key loader's
    input  wire logic [FaultPorts-1:0]                 fault_i,
    input  wire logic [FaultPorts-1:0][SlotWidth-1:0]  fault_slot_i,
    input  wire logic [TellingPorts-1:0][7:0]          fault_status_i,

    output logic [SlotCount-1:0]                       used_o,
    output logic [SlotCount-1:0]                       abort_o,
    output logic [SlotCount-1:0]                       discard_o,          // its queue is being reset: no completion
    output logic [SlotCount-1:0]                       cipher_done_o,      // the cipher's part is done
    output logic [SlotCount-1:0]                       erase_wanted_o,     // its keys are no longer needed
    output logic [SlotCount-1:0]                       finished_o,
    output logic [SlotCount-1:0]                       ok_o,               // the status is ok
    input  wire logic [SlotWidth-1:0]                  status_slot_i,
    output logic [7:0]                                 status_o,           // of status_slot_i
    input  wire logic                                  free_i,
    input  wire logic [SlotWidth-1:0]                  freed_slot_i
);

  // Where a status comes from: the start, the gate, or the fault port with this number. The first port with a status
  // stands for all that have it.
  localparam int unsigned CauseWidth = $clog2(FaultPorts + 2);
  localparam logic [CauseWidth-1:0] CauseStart = CauseWidth'(FaultPorts);
  localparam logic [CauseWidth-1:0] CauseGate = CauseWidth'(FaultPorts + 1);
  localparam logic [7:0] Tag = 8'(cce_contract_pkg::StatusTag);
  localparam logic [7:0] DestinationAccess = 8'(cce_contract_pkg::StatusDestinationAccess);

  function automatic int unsigned cause_of(input int unsigned port);
    cause_of = port;
    for (int unsigned f = FaultPorts; f > TellingPorts; f--) begin
      if (port >= TellingPorts && Status[8*(f-1) +: 8] == Status[8*port +: 8]) cause_of = f - 1;
    end
  endfunction

  // The slot one-hot, if valid: rows and columns first, so that two ports' hits of a slot have four inputs.
  localparam int unsigned Columns = 1 << (SlotWidth / 2);
  localparam int unsigned Rows = (SlotCount + Columns - 1) / Columns;
  function automatic logic [SlotCount-1:0] one_hot(input logic valid, input logic [SlotWidth-1:0] slot);
    logic [Rows-1:0] row;
    logic [Columns-1:0] column;

    for (int unsigned r = 0; r < Rows; r++) row[r] = valid && 32'(slot) / Columns == r;
    for (int unsigned c = 0; c < Columns; c++) column[c] = 32'(slot) % Columns == c;
    for (int unsigned s = 0; s < SlotCount; s++) one_hot[s] = row[s/Columns] && column[s%Columns];
  endfunction

  logic [SlotCount-1:0] used_q, abort_q, key_q, cipher_q, destination_q, erase_q, finished_q, ok_q;
  logic [SlotCount-1:0] keyed_q;                   // needs the AES engine
  logic [SlotCount-1:0] hashed_q;                  // needs the hash engine
  logic [SlotCount-1:0] tag;                       // the status is tag
  logic [SlotCount-1:0][CauseWidth-1:0] cause_q;
  logic [SlotCount-1:0][7:0] queue_q;
  logic [SlotCount-1:0] reset_pending, discard_q;
  logic [FaultPorts-1:0] fault;                    // that count in this cycle
  logic [FaultPorts-1:0][SlotWidth-1:0] fault_slot;
  logic [FaultPorts-1:0][SlotCount-1:0] told;      // by cause: slots of which it is told, and may become the status
  logic [SlotCount-1:0] faults;                    // slots of which any is told
  (* ram_style = "distributed" *)
  logic [7:0] start_status_memory [SlotCount];
  logic [FaultPorts-1:0][7:0] port_status;         // of status_slot_i

  logic [SlotCount-1:0] free_choice, free_choice_q;  // the lowest free slot, one-hot
  logic [SlotWidth-1:0] free_slot, free_slot_q;
  logic [SlotWidth:0] count_q;                       // slots in use
  logic full_q;                                      // all of them

  assign free_choice = ~used_q & (used_q + SlotCount'(1));
  always_comb begin
    free_slot = '0;
    for (int unsigned s = 0; s < SlotCount; s++) free_slot = free_slot | (SlotWidth'(s) & {SlotWidth{free_choice[s]}});
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      free_choice_q <= SlotCount'(1);
      free_slot_q <= '0;
      count_q <= '0;
      full_q <= 1'b0;
    end else begin
      free_choice_q <= free_choice;
      free_slot_q <= free_slot;
      if (start_i != free_i) count_q <= count_q + {{SlotWidth{free_i}}, 1'b1};
      if (free_i) full_q <= 1'b0;
      else if (start_i) full_q <= count_q == (SlotWidth + 1)'(SlotCount - 1);
    end
  end
  assign free_valid_o = !full_q;
  assign free_slot_o = free_slot_q;

  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      reset_pending[s] = 1'b0;
      for (int unsigned q = 0; q < QueueCount; q++) begin
        if (queue_q[s] == 8'(q) && queue_reset_pending_i[q]) reset_pending[s] = 1'b1;
      end
    end
  end

  for (genvar f = 0; f < int'(FaultPorts); f++) begin : gen_fault
    if (f < int'(FirstLatePort)) begin : gen_now
      assign fault[f] = fault_i[f];
      assign fault_slot[f] = fault_slot_i[f];
    end else begin : gen_late
      logic late_q;
      logic [SlotWidth-1:0] slot_q;
      always_ff @(posedge clk_i) begin
        late_q <= rst_ni && fault_i[f];
        slot_q <= fault_slot_i[f];
      end
      assign fault[f] = late_q;
      assign fault_slot[f] = slot_q;
    end
  end

  always_comb begin
    tag = '0;
    for (int unsigned s = 0; s < SlotCount; s++) begin
      for (int unsigned f = TellingPorts; f < FaultPorts; f++) begin
        if (Status[8*f +: 8] == Tag && cause_q[s] == CauseWidth'(cause_of(f))) tag[s] = 1'b1;
      end
    end
  end

  // The key's fault (port 0) counts even if text failed before: a descriptor's faults are told in an order that does not
  // depend on the bus.
  always_comb begin
    told = '0;
    for (int unsigned f = 0; f < FaultPorts; f++) begin
      told[cause_of(f)] = told[cause_of(f)] | one_hot(fault[f], fault_slot[f]);
    end
    faults = told[0];
    for (int unsigned f = 1; f < FaultPorts; f++) begin
      told[f] = told[f] & (f >= TellingPorts && Status[8*f +: 8] == DestinationAccess ? ~abort_q | tag : ~abort_q);
      faults = faults | told[f];
    end
  end

  // Everything is decoded slot by slot: a write with an index would be a shifter for each of the ports.
  always_ff @(posedge clk_i) begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      logic starts, gated, written;
      logic [CauseWidth-1:0] cause;

      starts = start_i && free_choice_q[s];
      gated = ((keyed_q[s] && gate_aes_i) || (hashed_q[s] && gate_hash_i)) && cipher_q[s] && !abort_q[s];
      written = destination_release_i && destination_release_slot_i == SlotWidth'(s);
      // Of faults of a slot in the same cycle the first cause wins.
      cause = CauseGate;
      for (int unsigned f = FaultPorts; f > 0; f--) begin
        if (told[f-1][s]) cause = CauseWidth'(f - 1);
      end

      discard_q[s] <= rst_ni && !starts && reset_pending[s];
      if (!rst_ni) begin
        used_q[s] <= 1'b0;
        abort_q[s] <= 1'b0;
        key_q[s] <= 1'b0;
        cipher_q[s] <= 1'b0;
        destination_q[s] <= 1'b0;
        erase_q[s] <= 1'b0;
        keyed_q[s] <= 1'b0;
        hashed_q[s] <= 1'b0;
        finished_q[s] <= 1'b0;
        ok_q[s] <= 1'b0;
        cause_q[s] <= CauseStart;
        queue_q[s] <= '0;
      end else if (starts) begin
        used_q[s] <= 1'b1;
        queue_q[s] <= start_queue_i;
        ok_q[s] <= start_status_i == 8'(cce_contract_pkg::StatusOk);
        cause_q[s] <= CauseStart;
        abort_q[s] <= 1'b0;
        key_q[s] <= start_key_i;
        cipher_q[s] <= start_text_i;
        destination_q[s] <= start_text_i;
        erase_q[s] <= start_cipher_i;
        keyed_q[s] <= start_cipher_i;
        hashed_q[s] <= start_hash_i;
        finished_q[s] <= 1'b0;
      end else begin
        if ((used_q[s] && reset_pending[s]) || gated || faults[s]) abort_q[s] <= 1'b1;
        if (faults[s] || gated) begin
          ok_q[s] <= 1'b0;
          cause_q[s] <= cause;
        end
        // Most requests end with the last response to the destination: its release counts in the same cycle.
        finished_q[s] <= used_q[s] && !key_q[s] && !cipher_q[s] && (!destination_q[s] || written) && !erase_q[s] &&
                         !lists_busy_i[s] && !(free_i && freed_slot_i == SlotWidth'(s));
        if (key_release_i && key_release_slot_i == SlotWidth'(s)) key_q[s] <= 1'b0;
        for (int unsigned u = 0; u < 4; u++) begin
          if (cipher_release_i[u] && cipher_release_slot_i[u] == SlotWidth'(s)) cipher_q[s] <= 1'b0;
        end
        if (written) destination_q[s] <= 1'b0;
        if (erase_release_i && erase_release_slot_i == SlotWidth'(s)) erase_q[s] <= 1'b0;
        if (free_i && freed_slot_i == SlotWidth'(s)) used_q[s] <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) start_status_memory[free_slot_q] <= start_status_i;
  end
  for (genvar f = 0; f < int'(FaultPorts); f++) begin : gen_status
    if (f < int'(TellingPorts)) begin : gen_told
      (* ram_style = "distributed" *)
      logic [7:0] status_memory [SlotCount];
      always_ff @(posedge clk_i) begin
        if (fault_i[f] && (f == 0 || !abort_q[fault_slot_i[f]])) status_memory[fault_slot_i[f]] <= fault_status_i[f];
      end
      assign port_status[f] = status_memory[status_slot_i];
    end else begin : gen_constant
      assign port_status[f] = Status[8*f +: 8];
    end
  end
  always_comb begin
    status_o = start_status_memory[status_slot_i];
    if (cause_q[status_slot_i] == CauseGate) status_o = 8'(cce_contract_pkg::StatusGated);
    for (int unsigned f = 0; f < FaultPorts; f++) begin
      if (cause_q[status_slot_i] == CauseWidth'(f)) status_o = port_status[f];
    end
  end

  assign used_o = used_q;
  assign abort_o = abort_q;
  assign discard_o = discard_q;
  assign cipher_done_o = ~cipher_q;
  assign erase_wanted_o = used_q & erase_q & ~cipher_q & ~key_q;
  assign finished_o = finished_q;
  assign ok_o = ok_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (full_q == (used_q == '1));
      // The slot is free if another one was not taken in the cycle before, and one was free then.
      if (start_i) assert (used_q[free_slot_q] == 1'b0 && free_choice_q == SlotCount'(1) << free_slot_q);
      if (free_i) assert (used_q[freed_slot_i] && finished_q[freed_slot_i]);
      for (int unsigned f = 0; f < FaultPorts; f++) if (fault[f]) assert (used_q[fault_slot[f]]);
      for (int unsigned f = 0; f < TellingPorts; f++) begin
        if (fault_i[f]) begin
          assert (fault_status_i[f] != 8'(cce_contract_pkg::StatusOk) && fault_status_i[f] != Tag &&
                  fault_status_i[f] != DestinationAccess);
        end
      end
    end
  end

endmodule

`default_nettype wire
