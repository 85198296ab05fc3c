// SPDX-License-Identifier: Apache-2.0
//
// Makes the results of the stream's requests from what comes out of the cipher, one request after the other: masks text
// with keystream (CTR, GCM), previous ciphertext (CBC) or tweak (XTS), hashes (GCM), makes or checks the tag.
//
// Works in two steps: A takes a result and reads the source buffer, B (one cycle later) combines, writes to the
// destination buffer and hashes.
// Throughput: a block a cycle, AAD too, or in GCM with a serial GHASH a block in 16 cycles; between requests 3 cycles,
// and 7 more in GCM. Cycles depend on lengths and on the bus alone.

`default_nettype none

module stream_retire #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,
    parameter int unsigned ResultCount = 64,
    parameter bit GhashPipelined = 1,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned BlockWidth = $clog2(StreamBlocks),
    localparam int unsigned ResultWidth = $clog2(ResultCount)
) (
    input  wire logic                               clk_i,
    input  wire logic                               rst_ni,

    input  wire logic                               start_i,
    input  wire logic [SlotWidth-1:0]               start_slot_i,
    input  wire cce_pkg::cipher_request_t           start_request_i,
    input  wire cce_pkg::stream_mode_t              start_mode_i,
    input  wire logic [SlotCount-1:0]               abort_i,
    input  wire logic [SlotCount-1:0]               hash_key_valid_i,  // GCM: H; XTS: the first tweak
    input  wire logic [SlotCount-1:0]               mask_valid_i,      // GCM: E(J0) for an IV of 96 bits
    output logic [SlotWidth-1:0]                    subkey_slot_o,
    input  wire logic [127:0]                       hash_key_i,
    input  wire logic [127:0]                       mask_i,

    // Results of the cipher
    input  wire logic                               result_valid_i,
    input  wire logic [127:0]                       result_block_i,
    input  wire logic [3:0]                         result_step_i,
    input  wire logic                               lane_result_i,     // a lane will write to the destination buffer

    // stream_issue
    input  wire logic                               text_valid_i,
    input  wire logic [ResultWidth-1:0]             text_index_i,
    input  wire logic [127:0]                       text_i,
    output logic                                    retired_o,
    input  wire logic                               end_valid_i,
    input  wire logic [ResultWidth:0]               end_count_i,
    output logic                                    end_take_o,
    output logic                                    counter_valid_o,
    output logic [127:0]                            counter_o,
    output logic                                    steal_valid_o,
    output logic [127:0]                            steal_o,

    // Source buffer
    input  wire logic [BlockWidth:0]                arrived_i,
    input  wire logic [SlotCount-1:0]               ended_i,
    input  wire logic [SlotCount-1:0]               pending_i,
    input  wire logic [BlockWidth:0]                source_end_block_i,  // where the source of slot_o ended
    output logic [SlotWidth-1:0]                    slot_o,
    input  wire logic                               lane_reads_i,      // a lane reads in this cycle
    output logic                                    read_o,
    output logic [BlockWidth-1:0]                   read_block_o,
    input  wire logic [127:0]                       read_data_i,
    output logic [BlockWidth:0]                     consumed_o,
    output logic                                    skip_o,            // gives up the source up to consumed_o

    // Destination buffer
    input  wire logic [BlockWidth:0]                freed_i,
    output logic                                    write_o,
    output logic [BlockWidth-1:0]                   write_block_o,
    output logic [127:0]                            write_data_o,
    output logic [BlockWidth:0]                     produced_o,
    input  wire logic [SlotWidth-1:0]               end_slot_i,        // where an ended request's results end,
    output logic [BlockWidth:0]                     end_block_o,       // for two that ask
    input  wire logic [SlotWidth-1:0]               tail_slot_i,
    output logic [BlockWidth:0]                     tail_end_block_o,

    // Completion
    input  wire logic [SlotWidth-1:0]               next_iv_slot_i,
    output logic [127:0]                            next_iv_o,
    output logic                                    fault_o,           // status tag
    output logic [SlotWidth-1:0]                    fault_slot_o,
    output logic                                    release_o,
    output logic [SlotWidth-1:0]                    release_slot_o
);

  localparam int unsigned RequestWidth = cce_pkg::StreamModeWidth + 1 + 128 + 32 + 32 + 32 + 5;

  typedef enum logic [3:0] {
    StateIdle,
    StateStart,
    StateIv,
    StateIvLength,
    StateIvResult,
    StateAad,
    StateText,
    StateSteal,
    StateLength,
    StateTag,
    StateEnd,
    StateDrain,
    StateSkip
  } state_e;

  // What step B does with a block.
  typedef enum logic [2:0] {
    BlockHash,      // hash the source block
    BlockText,      // text
    BlockSteal,     // keep the result: it lends its tail
    BlockHead,      // write the head of that result
    BlockMask,      // E(J0)
    BlockTag,       // write the tag
    BlockCompare    // compare the tag with the source block
  } block_e;

  logic [RequestWidth-1:0] request_memory [SlotCount];
  // Results and their texts are taken from the cycle after their writing on.
  (* no_rw_check *)
  logic [127:0] result_memory [ResultCount];
  (* ram_style = "distributed" *)
  logic [3:0] step_memory [ResultCount];   // apart, because it decides what is done, while a block RAM would be slow
  (* no_rw_check *)
  logic [127:0] text_memory [ResultCount];
  logic [127:0] next_iv_memory [SlotCount];

  state_e state_q;
  logic [SlotWidth-1:0] slot_q;
  cce_pkg::stream_mode_t mode_q;
  logic decrypt_q;
  logic [31:0] iv_length_q, aad_length_q, text_length_q, left_q;
  logic [4:0] tag_length_q;
  logic [127:0] chain_q;    // CTR: counter of the next block; CBC: previous ciphertext; XTS: tweak
  logic [127:0] mask_q;     // E(J0)
  logic mask_known_q;
  logic [127:0] steal_q;
  logic [95:0] hashed_q;    // head of the last block of IV or AAD
  logic [BlockWidth:0] consumed_q, produced_q;
  logic [BlockWidth:0] produced_later_q;  // with this block and the one in step B: produced_q + 2
  (* ram_style = "distributed" *)
  logic [BlockWidth:0] end_block_memory [SlotCount];
  logic [ResultWidth:0] head_q, tail_q;   // results taken, results that came
  logic there_q;            // one is there: head_q != tail_q
  logic [3:0] head_step_q;  // if so, its step

  // Step B
  logic b_q;
  block_e b_kind_q;
  logic [4:0] b_bytes_q;
  logic [127:0] b_result_q, b_text_q;

  // Behind step B: parts of a tag that differ, four bits each.
  logic [31:0] differs_q;
  logic [SlotWidth-1:0] differs_slot_q;

  logic order_valid, order_pop;
  logic [SlotWidth-1:0] order_slot;
  logic [SlotWidth:0] order_count;
  cce_pkg::stream_mode_t order_mode;
  logic order_decrypt;
  logic [127:0] order_iv;
  logic [31:0] order_iv_length, order_aad_length, order_text_length;
  logic [4:0] order_tag_length;
  logic aborted;
  logic another, source_there, room, can_read, take_source, take_result;
  logic [127:0] head_block;
  logic [ResultWidth:0] next_head;
  logic [4:0] bytes;
  logic last;
  logic [BlockWidth:0] behind, filled_later;
  logic a;
  block_e a_kind;
  logic ghash_start, ghash_valid, ghash_ready, ghash_ready_next, ghash_free, ghash_last, ghash_clear;
  logic ghash_result_near, ghash_result_valid;
  logic [127:0] ghash_block, ghash_result;
  logic [127:0] source, combined, tag, difference;
  logic writes;

  stream_fifo #(
      .Width(SlotWidth),
      .Depth(SlotCount)
  ) u_order (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(start_i && start_request_i.stream),
      .data_i(start_slot_i),
      .undo_i(1'b0),
      .pop_i(order_pop),
      .valid_o(order_valid),
      .data_o(order_slot),
      .count_o(order_count)
  );
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      request_memory[start_slot_i] <= {start_mode_i, start_request_i.decrypt, start_request_i.iv,
                                       start_request_i.iv_length, start_request_i.aad_length,
                                       start_request_i.text_length, start_request_i.tag_length[4:0]};
    end
  end
  assign {order_mode, order_decrypt, order_iv, order_iv_length, order_aad_length, order_text_length,
          order_tag_length} = request_memory[order_slot];

  // Results, in the order of their issue.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) tail_q <= '0;
    else tail_q <= tail_q + (ResultWidth + 1)'(result_valid_i);
    if (result_valid_i) begin
      result_memory[tail_q[ResultWidth-1:0]] <= result_block_i;
      step_memory[tail_q[ResultWidth-1:0]] <= result_step_i;
    end
    if (text_valid_i) text_memory[text_index_i] <= text_i;
  end
  assign head_block = result_memory[head_q[ResultWidth-1:0]];
  // Nearly everything here waits for the result at the head, so what is known of it is a register: of the one behind it
  // if it is taken, and of the one that comes if there is none before that.
  assign next_head = head_q + (ResultWidth + 1)'(1);
  assign another = next_head != tail_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) there_q <= 1'b0;
    else there_q <= result_valid_i || (take_result ? another : there_q);
    if (take_result && another) head_step_q <= step_memory[next_head[ResultWidth-1:0]];
    else if (take_result || !there_q) head_step_q <= result_step_i;
  end

  assign aborted = abort_i[slot_q];
  assign subkey_slot_o = slot_q;
  assign slot_o = slot_q;

  // ------------------------------------------------------------------------------------------------------- step A

  assign behind = consumed_q - arrived_i;  // negative if blocks are there
  assign source_there = behind[BlockWidth];
  assign can_read = source_there && !lane_reads_i;
  // Room for this block and for the one in step B; lanes write when their results come, and have the port then.
  // The buffer never holds StreamBlocks: a number from StreamBlocks on counts as negative elsewhere.
  assign filled_later = produced_later_q - freed_i;
  assign room = !filled_later[BlockWidth] && !lane_result_i;
  // A serial GHASH takes a block only when it is done with the one before.
  assign ghash_free = ghash_ready_next && (GhashPipelined || !b_q);
  assign last = left_q <= 32'd16;
  assign bytes = last ? left_q[4:0] : 5'd16;

  always_comb begin
    a = 1'b0;
    a_kind = BlockHash;
    take_source = 1'b0;
    take_result = 1'b0;
    if (!aborted) begin
      unique case (state_q)
        StateIv, StateAad: begin
          a = can_read && ghash_free;
          take_source = a;
        end
        StateText: begin
          if (there_q) begin
            if (head_step_q == cce_pkg::StreamStepFirstCounter) begin
              a = 1'b1;
              a_kind = BlockMask;
            end else if (mode_q.counting) begin
              a = can_read && room && (!mode_q.gcm || ghash_free);
              a_kind = BlockText;
              take_source = a;
            end else begin
              a = room;
              a_kind = head_step_q == cce_pkg::StreamStepSteal ? BlockSteal : BlockText;
              take_source = a;
            end
            take_result = a;
          end
        end
        StateSteal: begin
          a = room;
          a_kind = BlockHead;
        end
        StateTag: begin
          // Step B needs the result, a cycle later.
          if (ghash_result_near && mask_known_q && !b_q) begin
            if (decrypt_q) begin
              a = can_read;
              a_kind = BlockCompare;
              take_source = a;
            end else begin
              a = room;
              a_kind = BlockTag;
            end
          end
        end
        default: a = 1'b0;
      endcase
    end else if (state_q == StateDrain) begin
      take_result = there_q && !(end_valid_i && head_q == end_count_i);
    end
  end
  assign retired_o = take_result;
  // The source is read where it is combined at this end; text that went through the cipher is only counted.
  assign read_o = take_source && (state_q != StateText || mode_q.counting);
  assign read_block_o = consumed_q[BlockWidth-1:0];
  assign consumed_o = consumed_q;
  assign skip_o = state_q == StateSkip;

  // ------------------------------------------------------------------------------------------------------- step B

  assign source = cce_pkg::keep_bytes(read_data_i, b_bytes_q);
  assign tag = cce_pkg::keep_bytes(ghash_result ^ mask_q, tag_length_q);
  assign difference = cce_pkg::keep_bytes(read_data_i, tag_length_q) ^ tag;
  always_comb begin
    unique case (b_kind_q)
      BlockHead: combined = steal_q;
      BlockTag: combined = tag;
      default: begin
        combined = b_result_q;
        if (mode_q.counting) combined = b_result_q ^ read_data_i;
        else if (mode_q.cbc) combined = b_result_q ^ chain_q;
        else if (mode_q.xts) begin
          combined = b_result_q ^ (b_kind_q == BlockSteal && decrypt_q ? cce_pkg::next_tweak(chain_q) : chain_q);
        end
      end
    endcase
  end
  assign writes = b_kind_q == BlockText || b_kind_q == BlockHead || b_kind_q == BlockTag;
  assign write_o = b_q && writes;
  assign write_block_o = produced_q[BlockWidth-1:0];
  assign write_data_o = cce_pkg::keep_bytes(combined, b_bytes_q);  // keystream beyond the text must not leave
  assign produced_o = produced_q;
  assign steal_valid_o = b_q && b_kind_q == BlockSteal;
  assign steal_o = combined;
  assign fault_o = differs_q != '0;
  assign fault_slot_o = differs_slot_q;
  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < 32; i++) begin
      differs_q[i] <= rst_ni && b_q && b_kind_q == BlockCompare && difference[4*i +: 4] != '0;
    end
    differs_slot_q <= slot_q;
  end

  ghash #(
      .Pipelined(GhashPipelined)
  ) u_ghash (
      .clk_i,
      .rst_ni,
      .start_i(ghash_start),
      .hash_key_i,
      .valid_i(ghash_valid),
      .ready_o(ghash_ready),
      .ready_next_o(ghash_ready_next),
      .block_i(ghash_block),
      .last_i(ghash_last),
      .result_near_o(ghash_result_near),
      .result_valid_o(ghash_result_valid),
      .result_o(ghash_result),
      .clear_i(ghash_clear)
  );

  // Bits, as a big-endian number of 64 bits (SP 800-38D, 7.1).
  function automatic logic [63:0] bit_length(input logic [31:0] bytes_of);
    logic [63:0] bits;
    bits = {29'd0, bytes_of, 3'd0};
    for (int unsigned i = 0; i < 8; i++) bit_length[8*i +: 8] = bits[8*(7-i) +: 8];
  endfunction

  logic hash_lengths;
  assign hash_lengths = (state_q == StateLength || state_q == StateIvLength) && !b_q && ghash_ready && !aborted;
  assign ghash_start = (state_q == StateStart && mode_q.gcm && hash_key_valid_i[slot_q] && !aborted) ||
                       (state_q == StateIvResult && ghash_result_valid);
  assign ghash_valid = (b_q && (b_kind_q == BlockHash || (b_kind_q == BlockText && mode_q.gcm))) || hash_lengths;
  assign ghash_last = hash_lengths;
  always_comb begin
    if (state_q == StateIvLength && hash_lengths) ghash_block = {bit_length(iv_length_q), 64'd0};
    else if (hash_lengths) ghash_block = {bit_length(text_length_q), bit_length(aad_length_q)};
    else if (b_kind_q == BlockText && !decrypt_q) ghash_block = write_data_o;
    else ghash_block = source;
  end
  assign ghash_clear = state_q == StateIdle;
  assign counter_valid_o = state_q == StateIvResult && ghash_result_valid;
  // An IV of 96 bits is not hashed, wherever it stands (SP 800-38D, 7.1, step 2).
  assign counter_o = iv_length_q == 32'd12 ? {32'h01000000, hashed_q} : ghash_result;

  assign order_pop = state_q == StateEnd && !b_q && end_valid_i && (aborted || ended_i[slot_q]);
  assign end_take_o = order_pop;
  assign release_o = order_pop;
  assign release_slot_o = slot_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      slot_q <= '0;
      consumed_q <= '0;
      produced_q <= '0;
      produced_later_q <= (BlockWidth + 1)'(2);
      head_q <= '0;
      b_q <= 1'b0;
      mask_known_q <= 1'b0;
    end else begin
      head_q <= head_q + (ResultWidth + 1)'(take_result);
      consumed_q <= consumed_q + (BlockWidth + 1)'(take_source);
      produced_q <= produced_q + (BlockWidth + 1)'(write_o);
      produced_later_q <= produced_later_q + (BlockWidth + 1)'(write_o);
      b_q <= a;
      unique case (state_q)
        StateIdle: begin
          mask_known_q <= 1'b0;
          if (order_valid) begin
            slot_q <= order_slot;
            state_q <= StateStart;
          end
        end
        StateStart: begin
          if (mode_q.gcm) begin
            if (hash_key_valid_i[slot_q]) begin
              if (iv_length_q != '0) state_q <= StateIv;
              else if (aad_length_q != '0) state_q <= StateAad;
              else state_q <= text_length_q != '0 ? StateText : StateLength;
            end
          end else if (!mode_q.xts || hash_key_valid_i[slot_q]) begin
            state_q <= StateText;
          end
        end
        StateIv: if (a && last) state_q <= StateIvLength;
        StateIvLength: if (hash_lengths) state_q <= StateIvResult;
        StateIvResult: begin
          if (ghash_result_valid) begin
            if (aad_length_q != '0) state_q <= StateAad;
            else state_q <= StateText;  // for E(J0), if for nothing else
          end
        end
        StateAad: begin
          if (a && last) state_q <= text_length_q != '0 || iv_length_q != '0 ? StateText : StateLength;
        end
        StateText: begin
          if (a) begin
            if (a_kind == BlockMask) begin
              mask_known_q <= 1'b1;
              if (text_length_q == '0) state_q <= StateLength;
            end else if (head_step_q == cce_pkg::StreamStepStolen) begin
              state_q <= StateSteal;
            end else if (last && a_kind != BlockSteal) begin
              state_q <= mode_q.gcm ? StateLength : StateEnd;
            end
          end
        end
        StateSteal: if (a) state_q <= StateEnd;
        StateLength: if (hash_lengths) state_q <= StateTag;
        StateTag: begin
          if (mask_valid_i[slot_q] && iv_length_q == '0) mask_known_q <= 1'b1;
          if (a) state_q <= StateEnd;
        end
        StateEnd: if (order_pop) state_q <= StateIdle;
        StateDrain: begin
          if (end_valid_i && head_q == end_count_i && ended_i[slot_q] && !pending_i[slot_q] && !b_q) begin
            consumed_q <= source_end_block_i;
            state_q <= StateSkip;
          end
        end
        StateSkip: state_q <= StateEnd;
        default: state_q <= StateIdle;
      endcase
      if (aborted && state_q != StateIdle && state_q != StateDrain && state_q != StateSkip && state_q != StateEnd) begin
        state_q <= StateDrain;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    unique case (state_q)
      StateIdle: begin
        mode_q <= order_mode;
        decrypt_q <= order_decrypt;
        chain_q <= order_iv;
        iv_length_q <= order_iv_length;
        aad_length_q <= order_aad_length;
        text_length_q <= order_text_length;
        tag_length_q <= order_tag_length;
      end
      StateStart: begin
        if (mode_q.xts) chain_q <= hash_key_i;
        if (iv_length_q != '0) left_q <= iv_length_q;
        else if (aad_length_q != '0) left_q <= aad_length_q;
        else left_q <= text_length_q;
      end
      StateIvResult: left_q <= aad_length_q != '0 ? aad_length_q : text_length_q;
      StateTag: if (iv_length_q == '0) mask_q <= mask_i;
      default: ;
    endcase
    if (a) begin
      b_kind_q <= a_kind;
      b_result_q <= head_block;
      b_text_q <= text_memory[head_q[ResultWidth-1:0]];
      unique case (a_kind)
        BlockHead: b_bytes_q <= {1'b0, left_q[3:0]};
        BlockTag: b_bytes_q <= 5'd16;
        default: b_bytes_q <= head_step_q == cce_pkg::StreamStepStolen && state_q == StateText && mode_q.xts ? 5'd16 : bytes;
      endcase
      // The whole block and the partial one behind it change places: the partial one's length is kept.
      if (state_q == StateIv || state_q == StateAad) begin
        left_q <= last ? text_length_q : left_q - 32'd16;
      end else if (a_kind == BlockText || a_kind == BlockSteal) begin
        if (head_step_q != cce_pkg::StreamStepStolen) left_q <= last ? '0 : left_q - 32'd16;
      end
    end
    if (b_q) begin
      if (b_kind_q == BlockMask) mask_q <= b_result_q;
      if (b_kind_q == BlockSteal) steal_q <= combined;
      if (b_kind_q == BlockHash) hashed_q <= source[95:0];
      if (b_kind_q == BlockText || b_kind_q == BlockSteal) begin
        if (mode_q.ctr) chain_q <= cce_pkg::increment_counter(chain_q, 1'b1);
        else if (mode_q.cbc) chain_q <= b_text_q;
        else if (mode_q.xts && !(b_kind_q == BlockSteal && decrypt_q)) chain_q <= cce_pkg::next_tweak(chain_q);
      end
    end
    if (order_pop) begin
      next_iv_memory[slot_q] <= mode_q.ctr || mode_q.cbc ? chain_q : '0;
      end_block_memory[slot_q] <= produced_q;
    end
  end

  assign end_block_o = end_block_memory[end_slot_i];
  assign tail_end_block_o = end_block_memory[tail_slot_i];
  assign next_iv_o = next_iv_memory[next_iv_slot_i];

  logic unused_bits;
  assign unused_bits = ^{order_count, start_request_i};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (there_q == (head_q != tail_q));
      if (there_q) assert (head_step_q == step_memory[head_q[ResultWidth-1:0]]);
      if (ghash_valid) assert (ghash_ready);
      assert (produced_later_q == produced_q + (BlockWidth + 1)'(2));
      assert ((produced_q - freed_i) < (BlockWidth + 1)'(StreamBlocks));
      if (result_valid_i) assert ((tail_q - head_q) < (ResultWidth + 1)'(ResultCount));
      if (order_pop && !aborted) assert (head_q == end_count_i && consumed_q == source_end_block_i);
    end
  end

endmodule

`default_nettype wire
