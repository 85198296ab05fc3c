// SPDX-License-Identifier: Apache-2.0
//
// The modes in which each block needs the one before: CBC encryption (SP 800-38A, 6.2), CMAC (SP 800-38B), CCM
// (SP 800-38C). Each slot is a lane with one block in the cipher at a time; the lanes take turns.
//
// A lane's turn: L0 choose it, L1 read its text, L2 send the block; 29 cycles later its result is there, and in the next
// cycle it can be chosen again. So 32 lanes keep the cipher full.
// CCM sends two blocks for each block of text, first the counter, then what is to be authenticated.
// A lane's block can be neither delayed in the cipher nor in the destination buffer: others wait for it.

`default_nettype none

module lane_unit #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned LaneBlocks = 32,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned RingWidth = $clog2(LaneBlocks),
    localparam int unsigned CountWidth = RingWidth + 1
) (
    input  wire logic                                 clk_i,
    input  wire logic                                 rst_ni,

    input  wire logic                                 start_i,            // a request of one of these modes
    input  wire logic [SlotWidth-1:0]                 start_slot_i,
    input  wire cce_pkg::cipher_request_t             start_request_i,
    input  wire logic [2:0]                           start_prefix_i,     // CCM: bytes of the AAD's length in front of it
    input  wire logic [SlotCount-1:0]                 abort_i,
    input  wire logic [SlotCount-1:0]                 key_usable_i,
    input  wire logic [SlotCount-1:0]                 hash_key_valid_i,   // CMAC: E(0)
    input  wire logic [SlotCount-1:0]                 mask_valid_i,       // CCM: E(A0)
    output logic [SlotWidth-1:0]                      subkey_slot_o,
    input  wire logic [127:0]                         subkey_i,           // CMAC: E(0); CCM: E(A0)

    // Source buffer
    input  wire logic [SlotCount-1:0]                 ended_i,
    input  wire logic [SlotCount-1:0]                 pending_i,
    input  wire logic [SlotCount-1:0][CountWidth-1:0] available_i,
    output logic                                      read_o,             // takes a block
    output logic [SlotWidth-1:0]                      read_slot_o,
    output logic [RingWidth-1:0]                      read_block_o,
    input  wire logic [127:0]                         read_data_i,        // in the next cycle
    output logic                                      clear_o,            // forgets what is left in the lane's ring
    input  wire logic                                 clear_possible_i,   // nobody else clears in this cycle
    output logic [SlotWidth-1:0]                      clear_slot_o,

    // Cipher
    input  wire logic                                 choose_i,           // a lane may be chosen
    output logic                                      chosen_o,           // L1: its block goes to the cipher next
    output logic                                      cipher_valid_o,     // L2
    output logic [SlotWidth-1:0]                      cipher_slot_o,
    output logic [127:0]                              cipher_block_o,
    output logic [3:0]                                cipher_step_o,
    input  wire logic                                 result_valid_i,
    input  wire logic [SlotWidth-1:0]                 result_slot_i,
    input  wire logic [3:0]                           result_step_i,
    input  wire logic [127:0]                         result_block_i,

    // Destination buffer
    input  wire logic [SlotCount-1:0][CountWidth-1:0] filled_i,
    output logic                                      write_o,
    output logic [SlotWidth-1:0]                      write_slot_o,
    output logic [RingWidth-1:0]                      write_block_o,
    output logic [127:0]                              write_data_o,

    // Completion
    input  wire logic [SlotWidth-1:0]                 next_iv_slot_i,
    output logic [127:0]                              next_iv_o,          // CBC: the last block of ciphertext, else 0
    output logic                                      fault_o,            // status tag
    output logic [SlotWidth-1:0]                      fault_slot_o,
    output logic                                      release_o,
    output logic [SlotWidth-1:0]                      release_slot_o
);

  localparam int unsigned RequestWidth = 2 + 1 + 128 + 32 + 32 + 5 + 3 + 1;
  localparam int unsigned ProgressWidth = 3 + 3 + 33 + 32 + RingWidth;

  localparam logic [1:0] ModeCbc = 2'd0;
  localparam logic [1:0] ModeCmac = 2'd1;
  localparam logic [1:0] ModeCcm = 2'd2;

  localparam logic [2:0] StepFirst = 3'd0;    // CCM: B0
  localparam logic [2:0] StepAad = 3'd1;      // CCM: AAD
  localparam logic [2:0] StepText = 3'd2;     // CBC, CMAC: text; CCM: the counter of a block of text
  localparam logic [2:0] StepMac = 3'd3;      // CCM: that block of text
  localparam logic [2:0] StepTag = 3'd4;      // writes the tag
  localparam logic [2:0] StepCompare = 3'd5;  // compares it

  logic [RequestWidth-1:0] request_memory [SlotCount];
  logic [ProgressWidth-1:0] progress_memory [SlotCount];  // written in L2
  // Of the block in the cipher: CCM's text, or tag or difference, zero for CBC; and how many bytes of it count.
  logic [132:0] text_memory [SlotCount];
  logic [127:0] chain_memory [SlotCount];                 // written with the result
  logic [SlotCount-1:0] active_q;
  logic [SlotCount-1:0] fresh_q;       // nothing in progress_memory yet
  logic [SlotCount-1:0] chained_q;     // something in chain_memory
  logic [SlotCount-1:0] in_flight_q;
  logic [SlotCount-1:0] final_q;       // its last block is in flight
  logic [SlotCount-1:0] needs_text_q;  // the next block needs a block of the source
  logic [SlotCount-1:0] gives_text_q;  // and gives one
  logic [SlotCount-1:0] needs_hash_key_q, needs_mask_q;
  logic [SlotCount-1:0] wrote_q;       // something in write_block_memory
  logic [RingWidth-1:0] write_block_memory [SlotCount];   // next block of the lane's ring in the destination buffer

  // ---------------------------------------------------------------------------------------------------- L0: a lane

  logic [SlotCount-1:0] candidates, chosen, drained_q;
  logic chosen_valid, take;
  logic [SlotWidth-1:0] chosen_slot;

  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      candidates[s] = active_q[s] && !in_flight_q[s] && !abort_i[s] && key_usable_i[s] &&
                      (!needs_hash_key_q[s] || hash_key_valid_i[s]) && (!needs_mask_q[s] || mask_valid_i[s]) &&
                      (!needs_text_q[s] || available_i[s] != '0) &&
                      (!gives_text_q[s] || filled_i[s] < CountWidth'(LaneBlocks - 1));
    end
  end
  round_robin_choice #(
      .Count(SlotCount)
  ) u_lanes (
      .clk_i,
      .rst_ni,
      .request_i(candidates),
      .take_i(take),
      .valid_o(chosen_valid),
      .chosen_o(chosen),
      .index_o(chosen_slot)
  );
  assign take = chosen_valid && choose_i;

  // Of these nothing more comes, and that stays so: a cycle more here does no harm.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) drained_q <= '0;
    else drained_q <= active_q & ~in_flight_q & abort_i & ended_i & ~pending_i;
  end

  logic drain_valid, drain;
  logic [SlotCount-1:0] drain_chosen;
  logic [SlotWidth-1:0] drain_slot;
  round_robin_choice #(
      .Count(SlotCount)
  ) u_drained (
      .clk_i,
      .rst_ni,
      .request_i(drained_q & active_q),
      .take_i(drain),
      .valid_o(drain_valid),
      .chosen_o(drain_chosen),
      .index_o(drain_slot)
  );

  // ----------------------------------------------------------------------------------------------- L1: read its text

  logic l1_q, l1_reads_q, l1_fresh_q, l1_chained_q;
  logic [SlotWidth-1:0] l1_slot_q;
  logic [1:0] l1_mode;
  logic l1_decrypt;
  logic [127:0] l1_iv;
  logic [31:0] l1_aad_length, l1_text_length;
  logic [4:0] l1_tag_length;
  logic [2:0] l1_prefix;
  logic [2:0] l1_step, progress_step;
  logic first_aad;           // nothing of the AAD has been used yet
  logic last_aad;            // there is no more than a block of it
  logic last_text, short_text;
  logic [32:0] l1_aad_left, progress_aad_left;
  logic [31:0] l1_text_left, progress_text_left;
  logic l1_last_text;
  logic [RingWidth-1:0] l1_block, progress_block;

  assign {l1_mode, l1_decrypt, l1_iv, l1_aad_length, l1_text_length, l1_tag_length, l1_prefix, short_text} =
      request_memory[l1_slot_q];
  assign {progress_step, first_aad, last_aad, last_text, progress_aad_left, progress_text_left, progress_block} =
      progress_memory[l1_slot_q];
  always_comb begin
    if (l1_fresh_q) begin
      l1_step = l1_mode == ModeCcm ? StepFirst : StepText;
      l1_aad_left = l1_aad_length != '0 ? 33'(l1_aad_length) + 33'(l1_prefix) : '0;
      l1_text_left = l1_text_length;
      l1_last_text = short_text;
      l1_block = '0;
    end else begin
      l1_step = progress_step;
      l1_aad_left = progress_aad_left;
      l1_text_left = progress_text_left;
      l1_last_text = last_text;
      l1_block = progress_block;
    end
  end
  assign read_o = l1_q && l1_reads_q;
  assign read_slot_o = l1_slot_q;
  assign read_block_o = l1_block;
  assign chosen_o = l1_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) l1_q <= 1'b0;
    else l1_q <= take;
    if (take) begin
      l1_slot_q <= chosen_slot;
      l1_reads_q <= (chosen & needs_text_q) != '0;   // everybody else who reads waits for it
      l1_fresh_q <= (chosen & fresh_q) != '0;
      l1_chained_q <= (chosen & chained_q) != '0;
    end
  end

  // What does not come from a memory that is read in L2 is made ready here: the block for the cipher is then
  //   chain ^ (read data, some bytes of it) ^ base ^ subkey
  logic l1_takes_chain, l1_doubles, l1_doubles_again, l1_masks;
  logic [4:0] l1_text_bytes, l1_aad_bytes;
  logic [15:0] l1_keep;
  logic [127:0] l1_base;
  logic [3:0] length_bytes;  // L
  logic short_aad;
  logic [31:0] number;

  assign l1_text_bytes = l1_last_text ? l1_text_left[4:0] : 5'd16;
  assign short_aad = l1_aad_length < 32'h0000ff00;
  assign l1_aad_bytes = last_aad ? progress_aad_left[4:0] : 5'd16;
  // CCM: B0, the counter blocks, and AAD behind its own length (SP 800-38C, A.2 and A.3). Byte 0 of the IV holds L'.
  assign length_bytes = {1'b0, l1_iv[2:0]} + 4'd1;
  assign number = l1_step == StepFirst ? l1_text_length : ((l1_text_length - progress_text_left) >> 4) + 32'd1;
  always_comb begin
    l1_keep = '0;
    l1_base = '0;
    l1_takes_chain = l1_chained_q;
    l1_doubles = 1'b0;
    l1_doubles_again = 1'b0;
    l1_masks = 1'b0;
    if (l1_step == StepFirst || (l1_step == StepText && l1_mode == ModeCcm)) begin
      l1_takes_chain = 1'b0;
      l1_base = l1_iv;
      if (l1_step == StepFirst) l1_base[7:0] = {1'b0, l1_aad_length != '0, l1_tag_length[3:1] - 3'd1, l1_iv[2:0]};
      // Byte 15 - i is byte i of the number, if the number is as long as that.
      for (int unsigned i = 0; i < 4; i++) begin
        if (4'(i) < length_bytes) l1_base[8*(15-i) +: 8] = number[8*i +: 8];
      end
    end else if (l1_step == StepText && l1_mode == ModeCbc) begin
      if (!l1_chained_q) l1_base = l1_iv;
      l1_keep = '1;
    end else if (l1_step == StepText) begin
      // CMAC: the last block is made whole, with 10...0 if it is not, and combined with a subkey (SP 800-38B, 6.2, step 4).
      for (int unsigned i = 0; i < 16; i++) begin
        l1_keep[i] = 5'(i) < l1_text_bytes;
        if (5'(i) == l1_text_bytes) l1_base[8*i +: 8] = 8'h80;
      end
      l1_doubles = l1_last_text && l1_text_bytes == 5'd16;
      l1_doubles_again = l1_last_text && l1_text_bytes != 5'd16;
    end else if (l1_step == StepAad) begin
      for (int unsigned i = 0; i < 16; i++) l1_keep[i] = 5'(i) < l1_aad_bytes;
      if (first_aad && short_aad) begin
        l1_keep[1:0] = '0;
        l1_base[15:0] = {l1_aad_length[7:0], l1_aad_length[15:8]};
      end else if (first_aad) begin
        l1_keep[5:0] = '0;
        l1_base[47:0] = {l1_aad_length[7:0], l1_aad_length[15:8], l1_aad_length[23:16], l1_aad_length[31:24], 16'hfeff};
      end
    end else if (l1_step == StepTag || l1_step == StepCompare) begin
      // The tag, or its difference from the one in the source. What the cipher makes of it is not used.
      l1_masks = l1_mode == ModeCcm;
      l1_keep = {16{l1_step == StepCompare}};
    end
  end

  // ---------------------------------------------------------------------------------------------- L2: send the block

  logic l2_q, l2_decrypt_q;
  logic [SlotWidth-1:0] l2_slot_q;
  logic [1:0] l2_mode_q;
  logic [31:0] l2_aad_length_q, l2_text_left_q;
  logic [32:0] l2_aad_left_q;
  logic [4:0] l2_bytes_q;
  logic [2:0] l2_step_q, next_step;
  logic [RingWidth-1:0] l2_block_q;
  logic l2_takes_chain_q, l2_doubles_q, l2_doubles_again_q, l2_masks_q;
  logic l2_last_text_q, l2_no_text_q, l2_last_aad_q;   // at most a block of it is left, or nothing
  logic [15:0] l2_keep_q;
  logic [127:0] l2_base_q, kept, subkey, doubled, result_side;
  logic [32:0] next_aad_left;
  logic [31:0] next_text_left;
  logic next_last_aad, next_last_text, next_needs, next_gives, final_block;
  logic [2:0] next_after_mac;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) l2_q <= 1'b0;
    else l2_q <= l1_q;
    if (l1_q) begin
      l2_slot_q <= l1_slot_q;
      l2_mode_q <= l1_mode;
      l2_decrypt_q <= l1_decrypt;
      l2_aad_length_q <= l1_aad_length;
      l2_aad_left_q <= l1_aad_left;
      l2_text_left_q <= l1_text_left;
      l2_last_text_q <= l1_last_text;
      l2_no_text_q <= l1_text_left == '0;
      l2_last_aad_q <= last_aad;
      l2_step_q <= l1_step;
      l2_block_q <= l1_block + RingWidth'(read_o);
      l2_takes_chain_q <= l1_takes_chain;
      l2_doubles_q <= l1_doubles;
      l2_doubles_again_q <= l1_doubles_again;
      l2_masks_q <= l1_masks;
      l2_keep_q <= l1_keep;
      l2_base_q <= l1_base;
      if (l1_step == StepTag || l1_step == StepCompare) l2_bytes_q <= l1_tag_length;
      else l2_bytes_q <= l1_mode == ModeCbc ? 5'd16 : l1_text_bytes;
    end
  end

  assign subkey_slot_o = l2_slot_q;
  assign doubled = cce_pkg::double_subkey(subkey_i);
  always_comb begin
    subkey = ({128{l2_masks_q}} & subkey_i) ^ ({128{l2_doubles_q}} & doubled) ^
             ({128{l2_doubles_again_q}} & cce_pkg::double_subkey(doubled));
    for (int unsigned i = 0; i < 16; i++) kept[8*i +: 8] = read_data_i[8*i +: 8] & {8{l2_keep_q[i]}};
    cipher_block_o = ({128{l2_takes_chain_q}} & chain_memory[l2_slot_q]) ^ kept ^ l2_base_q ^ subkey;
    result_side = '0;
    if (l2_step_q == StepTag || l2_step_q == StepCompare) result_side = cipher_block_o;
    else if (l2_mode_q == ModeCcm) result_side = read_data_i;
  end

  // What comes behind this block.
  always_comb begin
    next_aad_left = l2_aad_left_q;
    next_text_left = l2_text_left_q;
    next_step = l2_step_q;
    // Of what will be left: told from what is left now, so that nobody waits for the subtraction.
    next_last_aad = l2_step_q == StepAad ? l2_aad_left_q <= 33'd32 : l2_aad_left_q <= 33'd16;
    next_last_text = l2_step_q == StepText ? l2_text_left_q <= 32'd32 : l2_last_text_q;
    final_block = 1'b0;
    next_after_mac = l2_no_text_q ? (l2_decrypt_q ? StepCompare : StepTag) : StepText;
    unique case (l2_step_q)
      StepFirst: next_step = l2_aad_length_q != '0 ? StepAad : next_after_mac;
      StepAad: begin
        next_aad_left = l2_last_aad_q ? '0 : l2_aad_left_q - 33'd16;
        if (l2_last_aad_q) next_step = next_after_mac;
      end
      StepText: begin
        next_text_left = l2_last_text_q ? '0 : l2_text_left_q - 32'd16;
        if (l2_mode_q == ModeCcm) next_step = StepMac;
        else if (l2_last_text_q && l2_mode_q == ModeCmac) next_step = l2_decrypt_q ? StepCompare : StepTag;
        else if (l2_last_text_q) final_block = 1'b1;
      end
      StepMac: next_step = next_after_mac;
      default: final_block = 1'b1;
    endcase
    next_needs = next_step == StepAad || next_step == StepText || next_step == StepCompare;
    next_gives = (next_step == StepText && l2_mode_q != ModeCmac) || next_step == StepTag;
  end

  assign cipher_valid_o = l2_q;
  assign cipher_slot_o = l2_slot_q;
  assign cipher_step_o = {1'b0, l2_step_q};

  always_ff @(posedge clk_i) begin
    if (l2_q) begin
      progress_memory[l2_slot_q] <= {next_step, l2_step_q == StepFirst, next_last_aad, next_last_text, next_aad_left,
                                     next_text_left, l2_block_q};
      text_memory[l2_slot_q] <= {l2_bytes_q, result_side};
    end
    if (start_i) begin
      unique case (start_request_i.mode)
        8'(cce_contract_pkg::CipherModeCbc): request_memory[start_slot_i][RequestWidth-1 -: 2] <= ModeCbc;
        8'(cce_contract_pkg::CipherModeCmac): request_memory[start_slot_i][RequestWidth-1 -: 2] <= ModeCmac;
        default: request_memory[start_slot_i][RequestWidth-1 -: 2] <= ModeCcm;
      endcase
      request_memory[start_slot_i][RequestWidth-3:0] <=
          {start_request_i.decrypt, start_request_i.iv, start_request_i.aad_length, start_request_i.text_length,
           start_request_i.tag_length[4:0], start_prefix_i, start_request_i.text_length <= 32'd16};
    end
  end

  // ------------------------------------------------------------------------------------------------------- the result

  logic [1:0] result_mode;
  logic result_decrypt;
  logic [127:0] unused_iv;
  logic [31:0] unused_aad_length, unused_text_length;
  logic [4:0] unused_tag_length;
  logic [2:0] unused_prefix;
  logic unused_short_text;
  logic [4:0] result_bytes;
  logic [127:0] result_text, plain, output_block;
  logic is_tag, combines;   // CCM: with a block of keystream
  logic writes;
  logic write_q;
  logic [SlotWidth-1:0] write_slot_q;
  logic [RingWidth-1:0] write_block, write_at_q;
  logic [127:0] write_data_q;

  assign {result_mode, result_decrypt, unused_iv, unused_aad_length, unused_text_length, unused_tag_length,
          unused_prefix, unused_short_text} = request_memory[result_slot_i];
  assign {result_bytes, result_text} = text_memory[result_slot_i];
  assign is_tag = result_step_i[2:0] == StepTag || result_step_i[2:0] == StepCompare;
  assign combines = result_step_i[2:0] == StepText && result_mode == ModeCcm;
  assign output_block = cce_pkg::keep_bytes(result_text ^ (is_tag ? '0 : result_block_i), result_bytes);
  assign plain = cce_pkg::keep_bytes(result_text ^ (result_decrypt ? result_block_i : '0), result_bytes);
  assign writes = (result_step_i[2:0] == StepText && result_mode != ModeCmac) || result_step_i[2:0] == StepTag;
  assign fault_o = result_valid_i && result_step_i[2:0] == StepCompare && output_block != '0 && !abort_i[result_slot_i];
  assign fault_slot_o = result_slot_i;

  logic finish;
  assign finish = result_valid_i && final_q[result_slot_i] && !abort_i[result_slot_i];
  assign drain = drain_valid && !finish && clear_possible_i;
  assign release_o = finish || drain;
  assign release_slot_o = finish ? result_slot_i : drain_slot;
  assign clear_o = drain;
  assign clear_slot_o = drain_slot;

  always_ff @(posedge clk_i) begin
    if (result_valid_i && !is_tag) begin
      chain_memory[result_slot_i] <= combines ? chain_memory[result_slot_i] ^ plain : result_block_i;
    end
    write_slot_q <= result_slot_i;
    write_at_q <= write_block;
    if (result_valid_i && writes) write_block_memory[result_slot_i] <= write_block + RingWidth'(1);
    write_data_q <= output_block;
  end

  assign write_block = wrote_q[result_slot_i] ? write_block_memory[result_slot_i] : '0;
  assign write_o = write_q;
  assign write_slot_o = write_slot_q;
  assign write_block_o = write_at_q;
  assign write_data_o = write_data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= '0;
      fresh_q <= '0;
      chained_q <= '0;
      in_flight_q <= '0;
      final_q <= '0;
      needs_text_q <= '0;
      gives_text_q <= '0;
      needs_hash_key_q <= '0;
      needs_mask_q <= '0;
      wrote_q <= '0;
      write_q <= 1'b0;
    end else begin
      write_q <= result_valid_i && writes && !abort_i[result_slot_i];
      if (choose_i) in_flight_q <= in_flight_q | chosen;
      if (l2_q) begin
        fresh_q[l2_slot_q] <= 1'b0;
        final_q[l2_slot_q] <= final_block;
        needs_text_q[l2_slot_q] <= next_needs;
        gives_text_q[l2_slot_q] <= next_gives;
      end
      if (result_valid_i) begin
        in_flight_q[result_slot_i] <= 1'b0;
        chained_q[result_slot_i] <= 1'b1;
        if (writes) wrote_q[result_slot_i] <= 1'b1;
      end
      if (drain) active_q <= active_q & ~drain_chosen;
      if (finish) active_q[result_slot_i] <= 1'b0;
      if (start_i) begin
        active_q[start_slot_i] <= 1'b1;
        fresh_q[start_slot_i] <= 1'b1;
        chained_q[start_slot_i] <= 1'b0;
        final_q[start_slot_i] <= 1'b0;
        wrote_q[start_slot_i] <= 1'b0;
        needs_text_q[start_slot_i] <= start_request_i.mode == 8'(cce_contract_pkg::CipherModeCbc) ||
                                      (start_request_i.mode == 8'(cce_contract_pkg::CipherModeCmac) &&
                                       start_request_i.text_length != '0);
        gives_text_q[start_slot_i] <= start_request_i.mode == 8'(cce_contract_pkg::CipherModeCbc);
        needs_hash_key_q[start_slot_i] <= start_request_i.mode == 8'(cce_contract_pkg::CipherModeCmac);
        needs_mask_q[start_slot_i] <= start_request_i.mode == 8'(cce_contract_pkg::CipherModeCcm);
      end
    end
  end

  logic [1:0] next_iv_mode;
  assign next_iv_mode = request_memory[next_iv_slot_i][RequestWidth-1 -: 2];
  assign next_iv_o = next_iv_mode == ModeCbc ? chain_memory[next_iv_slot_i] : '0;

  logic unused_bits;
  assign unused_bits = ^{unused_iv, unused_aad_length, unused_text_length, unused_prefix, unused_short_text,
                         unused_tag_length, start_request_i,
                         result_step_i[3]};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) assert (!active_q[start_slot_i] && !in_flight_q[start_slot_i]);
      if (result_valid_i) assert (in_flight_q[result_slot_i] && active_q[result_slot_i]);
      if (l1_q) assert (l1_fresh_q == fresh_q[l1_slot_q] && l1_chained_q == chained_q[l1_slot_q]);
      if (l1_q) assert (l1_last_text == (l1_text_left <= 32'd16));
      // CCM's AAD comes behind its first block and begins with its own length.
      if (l1_q && l1_step == StepAad) begin
        assert (last_aad == (progress_aad_left <= 33'd16));
        assert (first_aad == (progress_aad_left == 33'(l1_aad_length) + (short_aad ? 33'd2 : 33'd6)));
      end
    end
  end

endmodule

`default_nettype wire
