// SPDX-License-Identifier: Apache-2.0
//
// proof: a slot of slot_table is taken only when free, is finished only when every block that works on it has given it
//   back and its lists are at rest, stays finished until it is freed, keeps its first fault (or its key's) as its status,
//   is aborted or discarded by a queue's reset only if it belongs to that queue, and answered with `gated` by its own gates only
// top: proof_slots
// files: cce_pkg.sv queue/slot_table.sv
// method: induction
// engine: ind
// depth: 2
// assumes: the dispatcher starts a request only when a slot was free in the cycle before, and not in the cycle behind another
//   start (dispatch: three cycles a descriptor); a slot is freed only when finished (completion); queues are numbered below
//   QueueCount; faults name slots in use, when they count
// time: short
// fault early queue/slot_table.sv: a slot is finished although its keys are not erased
// -         finished_q[s] <= used_q[s] && !key_q[s] && !cipher_q[s] && (!destination_q[s] || written) && !erase_q[s] &&
// +         finished_q[s] <= used_q[s] && !key_q[s] && !cipher_q[s] && (!destination_q[s] || written) &&
// fault lists queue/slot_table.sv: a slot is finished although its lists are being read
// - !lists_busy_i[s] && !(free_i && freed_slot_i == SlotWidth'(s));
// + !(free_i && freed_slot_i == SlotWidth'(s));
// fault other_queue queue/slot_table.sv: any queue's reset aborts every slot
// -         if (queue_q[s] == 8'(q) && queue_reset_pending_i[q]) reset_pending[s] = 1'b1;
// +         if (queue_reset_pending_i[q]) reset_pending[s] = 1'b1;
// fault status queue/slot_table.sv: a later fault replaces the first one
// - DestinationAccess ? ~abort_q | tag : ~abort_q);
// + DestinationAccess ? ~abort_q | tag : '1);
// fault order queue/slot_table.sv: of faults in the same cycle the last one wins
// -         if (told[f-1][s]) cause = CauseWidth'(f - 1);
// +         if (told[FaultPorts-f][s]) cause = CauseWidth'(FaultPorts - f);
// fault late queue/slot_table.sv: a late fault counts at once
// -     if (f < int'(FirstLatePort)) begin : gen_now
// +     if (1'b1) begin : gen_now
// fault other_gate queue/slot_table.sv: the AES gate ends hash requests too
// -       gated = ((keyed_q[s] && gate_aes_i) || (hashed_q[s] && gate_hash_i)) && cipher_q[s] && !abort_q[s];
// +       gated = (gate_aes_i || (hashed_q[s] && gate_hash_i)) && cipher_q[s] && !abort_q[s];
// fault one_gate queue/slot_table.sv: the hash gate does not end requests that need both
// -       gated = ((keyed_q[s] && gate_aes_i) || (hashed_q[s] && gate_hash_i)) && cipher_q[s] && !abort_q[s];
// +       gated = (keyed_q[s] ? gate_aes_i : hashed_q[s] && gate_hash_i) && cipher_q[s] && !abort_q[s];
// fault hash queue/slot_table.sv: a hash request is finished although the hash engine works on it
// -         cipher_q[s] <= start_text_i;
// +         cipher_q[s] <= start_cipher_i;
// fault taken queue/slot_table.sv: the slot offered as free may be in use
// -   assign free_choice = ~used_q & (used_q + SlotCount'(1));
// +   assign free_choice = (~used_q | finished_q) & (used_q + SlotCount'(1));
// fault full queue/slot_table.sv: a slot is offered although none is free
// -       else if (start_i) full_q <= count_q == (SlotWidth + 1)'(SlotCount - 1);
// +       else if (start_i) full_q <= count_q == (SlotWidth + 1)'(SlotCount);

module proof_slots (
    input wire logic           clk_i,
    input wire logic           gate_aes_i,
    input wire logic           gate_hash_i,
    input wire logic [1:0]     queue_reset_pending_i,
    input wire logic           start_i,
    input wire logic           start_queue_i,
    input wire logic [7:0]     start_status_i,
    input wire logic           start_text_i,
    input wire logic           start_cipher_i,
    input wire logic           start_hash_i,
    input wire logic           start_key_i,
    input wire logic           key_release_i,
    input wire logic [1:0]     key_release_slot_i,
    input wire logic [3:0]     cipher_release_i,
    input wire logic [3:0][1:0] cipher_release_slot_i,
    input wire logic           destination_release_i,
    input wire logic [1:0]     destination_release_slot_i,
    input wire logic           erase_release_i,
    input wire logic [1:0]     erase_release_slot_i,
    input wire logic [3:0]     lists_busy_i,
    input wire logic [3:0]     fault_i,
    input wire logic [3:0][1:0] fault_slot_i,
    input wire logic [1:0][7:0] fault_status_i,
    input wire logic           free_i,
    input wire logic [1:0]     freed_slot_i
);

  localparam logic [7:0] Tag = 8'(cce_contract_pkg::StatusTag);
  localparam logic [7:0] DestinationAccess = 8'(cce_contract_pkg::StatusDestinationAccess);

  logic rst_nq = 1'b0;
  logic free_valid;
  logic [1:0] free_slot;
  logic [3:0] used, abort, discard, cipher_done, erase_wanted, finished;
  logic [3:0][7:0] queue;
  logic [3:0] ok;
  logic [7:0] status;

  // One slot, freely chosen.
  (* anyconst *) logic [1:0] slot;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  slot_table #(
      .SlotCount(4),
      .QueueCount(2),
      .FaultPorts(4),
      .TellingPorts(2),
      .Status({Tag, DestinationAccess, 16'd0}),
      .FirstLatePort(3)
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
      .status_slot_i(slot),
      .status_o(status),
      .free_i,
      .freed_slot_i
  );

  logic used_q = 1'b0, aborted_q = 1'b0, aes_q = 1'b0, hash_q = 1'b0;
  logic [3:0] owed_q = '0;             // still to be given back: key loader, cipher, destination, eraser
  logic queue_q = 1'b0;
  logic [7:0] status_q = '0;
  logic rest_q = 1'b0;                 // in the cycle before, nothing was owed and the lists were at rest
  logic [3:0] owed, late;              // late: what of it counts, see below
  logic starts, frees, gate;           // gate: one of those that close what the slot works with
  logic [3:0] faults;
  logic discard_q = 1'b0;              // in the cycle before, its queue was being reset
  logic started_q = 1'b0, free_before_q = 1'b0;   // in the cycle before: a start; a slot was free
  logic late_q = 1'b0;                            // a wrong tag was told in the cycle before, of late_slot_q
  logic [1:0] late_slot_q;

  assign queue = \u_slots.queue_q ;
  assign starts = start_i && free_slot == slot;
  assign frees = free_i && freed_slot_i == slot;
  assign gate = ((aes_q && gate_aes_i) || (hash_q && gate_hash_i)) && owed_q[1];
  always_comb begin
    owed = owed_q;
    if (key_release_i && key_release_slot_i == slot) owed[0] = 1'b0;
    for (int unsigned u = 0; u < 4; u++) if (cipher_release_i[u] && cipher_release_slot_i[u] == slot) owed[1] = 1'b0;
    if (destination_release_i && destination_release_slot_i == slot) owed[2] = 1'b0;
    // The destination's release counts in its own cycle, the others' in the next one.
    late = {owed_q[3], owed[2], owed_q[1:0]};
    if (erase_release_i && erase_release_slot_i == slot) owed[3] = 1'b0;
    for (int unsigned f = 0; f < 3; f++) faults[f] = fault_i[f] && fault_slot_i[f] == slot;
    faults[3] = late_q && late_slot_q == slot;
  end

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (start_i) assume (free_valid && free_before_q && !started_q && start_status_i != Tag);
      if (free_i) assume (used[freed_slot_i] && finished[freed_slot_i]);
      for (int unsigned f = 0; f < 3; f++) if (fault_i[f]) assume (used[fault_slot_i[f]]);
      if (late_q) assume (used[late_slot_q]);
      for (int unsigned f = 0; f < 2; f++) begin
        if (fault_i[f]) begin
          assume (fault_status_i[f] != 8'(cce_contract_pkg::StatusOk) && fault_status_i[f] != Tag &&
                  fault_status_i[f] != DestinationAccess);
        end
      end

      assert (used[slot] == used_q);
      assert (free_valid == (used != '1) && \u_slots.count_q == 3'(used[0]) + 3'(used[1]) + 3'(used[2]) + 3'(used[3]));
      if (free_before_q && !started_q) assert (!used[free_slot] && \u_slots.free_choice_q == 4'd1 << free_slot);
      if (starts) assert (!used_q);
      if (finished[slot]) assert (used_q && rest_q && owed_q == '0);
      if (rest_q && used_q) assert (finished[slot]);
      assert (cipher_done[slot] == !owed_q[1]);
      assert (erase_wanted[slot] == (used_q && owed_q[3] && !owed_q[1] && !owed_q[0]));
      if (used_q) begin
        assert (queue[slot] == {7'd0, queue_q});
        assert (status == status_q);
        assert (ok[slot] == (status_q == 8'(cce_contract_pkg::StatusOk)));
        assert (\u_slots.tag [slot] == (aborted_q && status_q == Tag));
        if (status_q == Tag) assert (aborted_q);
        assert (abort[slot] == aborted_q);
        assert (discard[slot] == discard_q);
      end
      assert (\u_slots.key_q [slot] == owed_q[0] && \u_slots.destination_q [slot] == owed_q[2] &&
              \u_slots.erase_q [slot] == owed_q[3] && \u_slots.keyed_q [slot] == aes_q && \u_slots.hashed_q [slot] == hash_q);
      if (!used_q) assert (!finished[slot]);
      assert (\u_slots.gen_fault[3].gen_late.late_q == late_q);
      if (late_q) assert (\u_slots.gen_fault[3].gen_late.slot_q == late_slot_q);
    end
    discard_q <= rst_nq && used_q && !starts && queue_reset_pending_i[queue_q];
    started_q <= rst_nq && start_i;
    free_before_q <= rst_nq && free_valid;
    late_q <= rst_nq && fault_i[3];
    late_slot_q <= fault_slot_i[3];
    if (rst_nq) begin
      owed_q <= starts ? {start_cipher_i, start_text_i, start_text_i, start_key_i} : owed;
      used_q <= starts || (used_q && !frees);
      rest_q <= !starts && !frees && used_q && late == '0 && !lists_busy_i[slot];
      if (starts) begin
        queue_q <= start_queue_i;
        aes_q <= start_cipher_i;
        hash_q <= start_hash_i;
        status_q <= start_status_i;
        aborted_q <= 1'b0;
      end else begin
        // The key's fault counts whenever it comes; of others the first, and in the same cycle the first port; and one of
        // the destination behind a wrong tag.
        if (faults[0]) status_q <= fault_status_i[0];
        else if (!aborted_q && faults[1]) status_q <= fault_status_i[1];
        else if ((!aborted_q || status_q == Tag) && faults[2]) status_q <= DestinationAccess;
        else if (!aborted_q && faults[3]) status_q <= Tag;
        else if (!aborted_q && gate) status_q <= 8'(cce_contract_pkg::StatusGated);
        if (faults != '0 || gate || (used_q && queue_reset_pending_i[queue_q])) aborted_q <= 1'b1;
      end
    end else begin
      used_q <= 1'b0;
      owed_q <= '0;
      aborted_q <= 1'b0;
      rest_q <= 1'b0;
      queue_q <= 1'b0;
      aes_q <= 1'b0;
      hash_q <= 1'b0;
      status_q <= '0;
    end
  end

  // The table's own registers, to make the proof inductive.
  (* hierconn *) logic [3:0][7:0] \u_slots.queue_q ;
  (* hierconn *) logic [2:0] \u_slots.count_q ;
  (* hierconn *) logic [3:0] \u_slots.free_choice_q ;
  (* hierconn *) logic \u_slots.gen_fault[3].gen_late.late_q ;
  (* hierconn *) logic [1:0] \u_slots.gen_fault[3].gen_late.slot_q ;
  (* hierconn *) logic [3:0] \u_slots.key_q ;
  (* hierconn *) logic [3:0] \u_slots.destination_q ;
  (* hierconn *) logic [3:0] \u_slots.erase_q ;
  (* hierconn *) logic [3:0] \u_slots.tag ;
  (* hierconn *) logic [3:0] \u_slots.keyed_q ;
  (* hierconn *) logic [3:0] \u_slots.hashed_q ;

endmodule
