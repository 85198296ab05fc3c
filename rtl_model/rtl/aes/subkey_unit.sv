// SPDX-License-Identifier: Apache-2.0
//
// Makes the blocks that a request's mode derives from its key before any text: H = E(0) and E(J0) of GCM (SP 800-38D,
// 7.1), L = E(0) of CMAC (SP 800-38B, 6.1), E(A0) of CCM (SP 800-38C, 6.1), the first tweak of XTS (IEEE 1619, 5.2).
//
// Each slot has room for two: the hash key (H, L, the tweak) and the mask of the tag (E(J0), E(A0)). Blocks are chosen
// in one cycle (`request`/`grant`) and go to the cipher in the next. An erased slot's room is zero.

`default_nettype none

module subkey_unit #(
    parameter int unsigned SlotCount = 32,
    localparam int unsigned SlotWidth = $clog2(SlotCount)
) (
    input  wire logic                     clk_i,
    input  wire logic                     rst_ni,

    input  wire logic                     start_i,
    input  wire logic [SlotWidth-1:0]     start_slot_i,
    input  wire cce_pkg::cipher_request_t start_request_i,
    input  wire logic [SlotCount-1:0]     abort_i,
    input  wire logic                     usable_i,          // a key can be used (pulse)
    input  wire logic                     usable_tweak_i,    // it is that of the tweak
    input  wire logic [SlotWidth-1:0]     usable_slot_i,

    // Cipher
    output logic                          cipher_request_o,
    input  wire logic                     cipher_grant_i,
    output logic                          cipher_tweak_o,    // with the key of the tweak
    output logic [SlotWidth-1:0]          cipher_slot_o,
    output logic [127:0]                  cipher_block_o,
    output logic [3:0]                    cipher_step_o,
    input  wire logic                     result_valid_i,
    input  wire logic [SlotWidth-1:0]     result_slot_i,
    input  wire logic [3:0]               result_step_i,
    input  wire logic [127:0]             result_block_i,

    // Uses
    output logic [SlotCount-1:0]          hash_key_valid_o,
    output logic [SlotCount-1:0]          mask_valid_o,
    input  wire logic [SlotWidth-1:0]     tweak_slot_i,      // stream_issue
    output logic [127:0]                  tweak_o,
    input  wire logic [SlotWidth-1:0]     stream_slot_i,     // stream_retire
    output logic [127:0]                  stream_hash_key_o,
    output logic [127:0]                  stream_mask_o,
    input  wire logic [SlotWidth-1:0]     lane_slot_i,       // lane_unit: hash key or mask, its modes have only one
    output logic [127:0]                  lane_subkey_o,

    output logic [SlotCount-1:0]          busy_o,            // blocks of the slot are wanted or in the cipher
    input  wire logic                     erase_i,
    output logic                          erase_ready_o,
    input  wire logic [SlotWidth-1:0]     erase_slot_i
);

  logic [127:0] hash_key_memory [SlotCount];
  logic [127:0] mask_memory [SlotCount];
  logic [127:0] latest_memory [SlotCount];   // the one of both that came last
  logic [8+128-1:0] request_memory [SlotCount];
  logic [SlotCount-1:0] needs_hash_key_q, needs_mask_q, needs_tweak_q;  // once the key can be used
  logic [SlotCount-1:0] want_hash_key_q, want_mask_q;
  logic [SlotCount-1:0] busy_hash_key_q, busy_mask_q;
  logic [SlotCount-1:0] hash_key_valid_q, mask_valid_q;
  logic chosen_valid;
  logic [SlotCount-1:0] chosen, granted;
  logic [SlotWidth-1:0] chosen_slot;
  logic issue_hash_q;
  logic [SlotWidth-1:0] issue_slot_q;
  logic [7:0] issue_mode;
  logic [127:0] issue_iv;
  logic erase;

  round_robin_choice #(
      .Count(SlotCount)
  ) u_slots (
      .clk_i,
      .rst_ni,
      .request_i((want_hash_key_q | want_mask_q) & ~abort_i),
      .take_i(cipher_grant_i && (chosen & want_hash_key_q & want_mask_q) == '0),
      .valid_o(chosen_valid),
      .chosen_o(chosen),
      .index_o(chosen_slot)
  );
  assign granted = chosen & {SlotCount{cipher_grant_i}};
  assign cipher_request_o = chosen_valid;

  assign {issue_mode, issue_iv} = request_memory[issue_slot_q];
  assign cipher_slot_o = issue_slot_q;
  assign cipher_tweak_o = issue_mode == 8'(cce_contract_pkg::CipherModeXts);
  assign cipher_step_o = issue_hash_q ? cce_pkg::SubkeyStepHash : cce_pkg::SubkeyStepMask;
  always_comb begin
    if (!issue_hash_q && issue_mode == 8'(cce_contract_pkg::CipherModeGcm)) begin
      cipher_block_o = {32'h01000000, issue_iv[95:0]};  // J0 for an IV of 96 bits
    end else if (!issue_hash_q || issue_mode == 8'(cce_contract_pkg::CipherModeXts)) begin
      cipher_block_o = issue_iv;                        // A0: flags and nonce as they are, counter 0
    end else begin
      cipher_block_o = '0;
    end
  end

  assign erase_ready_o = !result_valid_i;
  assign erase = erase_i && erase_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      needs_hash_key_q <= '0;
      needs_mask_q <= '0;
      needs_tweak_q <= '0;
      want_hash_key_q <= '0;
      want_mask_q <= '0;
      busy_hash_key_q <= '0;
      busy_mask_q <= '0;
      hash_key_valid_q <= '0;
      mask_valid_q <= '0;
    end else begin
      // The hash key's block goes first.
      want_hash_key_q <= want_hash_key_q & ~abort_i & ~granted;
      want_mask_q <= want_mask_q & ~abort_i & ~(granted & ~want_hash_key_q);
      busy_hash_key_q <= busy_hash_key_q | (granted & want_hash_key_q);
      busy_mask_q <= busy_mask_q | (granted & ~want_hash_key_q);
      if (usable_i) begin
        if (usable_tweak_i) begin
          want_hash_key_q[usable_slot_i] <= needs_tweak_q[usable_slot_i];
        end else begin
          if (needs_hash_key_q[usable_slot_i]) want_hash_key_q[usable_slot_i] <= 1'b1;
          want_mask_q[usable_slot_i] <= needs_mask_q[usable_slot_i];
        end
      end
      if (result_valid_i) begin
        if (result_step_i == cce_pkg::SubkeyStepHash) begin
          busy_hash_key_q[result_slot_i] <= 1'b0;
          hash_key_valid_q[result_slot_i] <= 1'b1;
        end else begin
          busy_mask_q[result_slot_i] <= 1'b0;
          mask_valid_q[result_slot_i] <= 1'b1;
        end
      end
      if (erase) begin
        hash_key_valid_q[erase_slot_i] <= 1'b0;
        mask_valid_q[erase_slot_i] <= 1'b0;
      end
      if (start_i) begin
        needs_hash_key_q[start_slot_i] <= start_request_i.mode == 8'(cce_contract_pkg::CipherModeGcm) ||
                                          start_request_i.mode == 8'(cce_contract_pkg::CipherModeCmac);
        needs_mask_q[start_slot_i] <= (start_request_i.mode == 8'(cce_contract_pkg::CipherModeGcm) &&
                                       start_request_i.iv_length == '0) ||
                                      start_request_i.mode == 8'(cce_contract_pkg::CipherModeCcm);
        needs_tweak_q[start_slot_i] <= start_request_i.mode == 8'(cce_contract_pkg::CipherModeXts);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) request_memory[start_slot_i] <= {start_request_i.mode, start_request_i.iv};
    if (cipher_grant_i) begin
      issue_hash_q <= (chosen & want_hash_key_q) != '0;
      issue_slot_q <= chosen_slot;
    end
    if (result_valid_i) begin
      if (result_step_i == cce_pkg::SubkeyStepHash) hash_key_memory[result_slot_i] <= result_block_i;
      else mask_memory[result_slot_i] <= result_block_i;
      latest_memory[result_slot_i] <= result_block_i;
    end else if (erase) begin
      latest_memory[erase_slot_i] <= '0;
      hash_key_memory[erase_slot_i] <= '0;
      mask_memory[erase_slot_i] <= '0;
    end
  end

  assign hash_key_valid_o = hash_key_valid_q;
  assign mask_valid_o = mask_valid_q;
  assign tweak_o = hash_key_memory[tweak_slot_i];
  assign stream_hash_key_o = hash_key_memory[stream_slot_i];
  assign stream_mask_o = mask_memory[stream_slot_i];
  assign lane_subkey_o = latest_memory[lane_slot_i];
  assign busy_o = want_hash_key_q | want_mask_q | busy_hash_key_q | busy_mask_q;

  logic unused_bits;
  assign unused_bits = ^start_request_i;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (erase_i) assert (!busy_hash_key_q[erase_slot_i] && !busy_mask_q[erase_slot_i]);
      if (cipher_grant_i) assert (chosen_valid);
      if (start_i) assert (!hash_key_valid_q[start_slot_i] && !mask_valid_q[start_slot_i]);
    end
  end

endmodule

`default_nettype wire
