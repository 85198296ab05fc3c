// SPDX-License-Identifier: Apache-2.0
//
// Sends the blocks of the stream's requests into the cipher, one request after the other.
//
// ECB, CBC decryption and XTS send text, as soon as it is in the source buffer. CTR and GCM send counter blocks, as soon
// as the text that they will mask has been asked for: so their keystream is there when the text comes.
// XTS steals ciphertext (IEEE 1619, 5.3.2 and 5.4.2): with a partial last block, the result of the last whole one lends
// its tail; the unit waits for it.
//
// A block is chosen in one cycle (`request`/`grant`), and goes to the cipher in the next. `text_valid_o` gives the text
// of a CBC block for stream_retire, which needs it again.
// Throughput: a block a cycle, 3 cycles between requests. An aborted request ends at once.

`default_nettype none

module stream_issue #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,
    parameter int unsigned ResultCount = 64,  // blocks between here and stream_retire: a power of two
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned BlockWidth = $clog2(StreamBlocks),
    localparam int unsigned ResultWidth = $clog2(ResultCount)
) (
    input  wire logic                              clk_i,
    input  wire logic                              rst_ni,

    input  wire logic                              start_i,
    input  wire logic [SlotWidth-1:0]              start_slot_i,
    input  wire cce_pkg::cipher_request_t          start_request_i,
    input  wire cce_pkg::stream_mode_t             start_mode_i,
    input  wire logic [SlotCount-1:0]              abort_i,
    input  wire logic [SlotCount-1:0]              key_usable_i,
    input  wire logic [SlotCount-1:0]              tweak_valid_i,       // XTS: the first tweak is known
    output logic [SlotWidth-1:0]                   tweak_slot_o,
    input  wire logic [127:0]                      tweak_i,             // of tweak_slot_o

    // Source buffer; blocks are counted modulo 2 * StreamBlocks
    input  wire logic [BlockWidth:0]               requested_i,
    input  wire logic [BlockWidth:0]               arrived_i,
    input  wire logic [SlotCount-1:0]              ended_i,
    input  wire logic [BlockWidth:0]               end_block_i,         // where the source of slot_o ended
    output logic [SlotWidth-1:0]                   slot_o,
    input  wire logic                              read_possible_i,     // nobody else reads in this cycle
    output logic                                   read_o,
    output logic [BlockWidth-1:0]                  read_block_o,
    input  wire logic [127:0]                      read_data_i,         // in the cycle after read_o

    // Cipher: the block goes in the cycle after the grant
    output logic                                   cipher_request_o,
    input  wire logic                              cipher_grant_i,
    output logic [SlotWidth-1:0]                   cipher_slot_o,
    output logic [127:0]                           cipher_block_o,
    output logic [3:0]                             cipher_step_o,

    // stream_retire
    output logic                                   text_valid_o,
    output logic [ResultWidth-1:0]                 text_index_o,
    output logic [127:0]                           text_o,
    input  wire logic                              retired_i,           // takes a result
    output logic                                   end_valid_o,         // this unit's part of the oldest request is done
    output logic [ResultWidth:0]                   end_count_o,         // blocks issued up to its end
    input  wire logic                              end_take_i,
    input  wire logic                              counter_valid_i,     // GCM with an IV of any length: J0 (pulse)
    input  wire logic [127:0]                      counter_i,
    input  wire logic                              steal_valid_i,       // XTS: the block that lends its tail (pulse)
    input  wire logic [127:0]                      steal_i
);

  localparam int unsigned RequestWidth = cce_pkg::StreamModeWidth + 1 + 128 + 32 + 32 + 32;

  typedef enum logic [2:0] {
    StateIdle,
    StateKey,
    StateCounter,
    StateFirstCounter,
    StateRun,
    StateSteal,
    StateStolen,
    StateEnd
  } state_e;

  logic [RequestWidth-1:0] request_memory [SlotCount];

  state_e state_q;
  logic [SlotWidth-1:0] slot_q;
  cce_pkg::stream_mode_t mode_q;
  logic decrypt_q;
  logic [31:0] iv_length_q, aad_length_q;
  logic [127:0] iv_q;
  logic [31:0] left_q;              // bytes of text not yet issued
  logic [127:0] chain_q;            // counter block or tweak
  logic [BlockWidth:0] block_q;     // next block of the ring
  logic [127:0] steal_q;
  logic [ResultWidth:0] issued_q, retired_q;
  logic issue_q, issue_text_q, issue_stolen_q, issue_keep_q;
  logic [127:0] issue_mask_q;       // counter block, or what text is combined with
  logic [3:0] issue_step_q, issue_bytes_q;
  logic [SlotWidth-1:0] issue_slot_q;

  logic order_valid, order_pop;
  logic [SlotWidth-1:0] order_slot;
  logic [SlotWidth:0] order_count;
  cce_pkg::stream_mode_t order_mode;
  logic order_decrypt;
  logic [127:0] order_iv;
  logic [31:0] order_iv_length, order_aad_length, order_text_length;
  logic aborted, want, there, partial, stealing, last;
  logic [BlockWidth:0] behind;
  logic [127:0] tweak;
  logic [ResultWidth:0] in_flight;
  logic [SlotWidth:0] end_count;

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
                                       start_request_i.text_length};
    end
  end
  assign {order_mode, order_decrypt, order_iv, order_iv_length, order_aad_length, order_text_length} =
      request_memory[order_slot];

  assign aborted = abort_i[slot_q];
  assign partial = left_q[3:0] != '0;
  // The block in front of a partial one lends its tail.
  assign stealing = mode_q.xts && left_q[31:5] == '0 && left_q[4] && partial;
  assign last = left_q <= 32'd16;
  assign in_flight = issued_q - retired_q;
  // Less than nothing if the next block has been asked for, or is there.
  assign behind = block_q - (mode_q.counting ? requested_i : arrived_i);
  assign there = behind[BlockWidth];

  always_comb begin
    want = 1'b0;
    if (!aborted && in_flight < (ResultWidth + 1)'(ResultCount)) begin
      unique case (state_q)
        StateFirstCounter: want = 1'b1;
        StateRun, StateStolen: want = there && (mode_q.counting || read_possible_i);
        default: want = 1'b0;
      endcase
    end
  end
  assign cipher_request_o = want;
  assign read_o = cipher_grant_i && (state_q == StateRun || state_q == StateStolen) && !mode_q.counting;
  assign read_block_o = block_q[BlockWidth-1:0];
  assign tweak_slot_o = slot_q;
  assign slot_o = slot_q;
  // Decryption uses the last two tweaks in the opposite order.
  assign tweak = mode_q.xts ? (stealing && decrypt_q ? cce_pkg::next_tweak(chain_q) : chain_q) : '0;
  assign order_pop = state_q == StateEnd && ended_i[slot_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      slot_q <= '0;
      block_q <= '0;
      issued_q <= '0;
      retired_q <= '0;
      issue_q <= 1'b0;
    end else begin
      issue_q <= cipher_grant_i;
      issued_q <= issued_q + (ResultWidth + 1)'(cipher_grant_i);
      retired_q <= retired_q + (ResultWidth + 1)'(retired_i);
      unique case (state_q)
        StateIdle: begin
          if (order_valid) begin
            slot_q <= order_slot;
            state_q <= StateKey;
          end
        end
        StateKey: begin
          if (key_usable_i[slot_q] && (!mode_q.xts || tweak_valid_i[slot_q])) begin
            block_q <= block_q + (BlockWidth + 1)'((iv_length_q + 32'd15) >> 4) +
                       (BlockWidth + 1)'((aad_length_q + 32'd15) >> 4);
            if (mode_q.gcm && iv_length_q != '0) state_q <= StateCounter;
            else state_q <= left_q == '0 ? StateEnd : StateRun;
          end
        end
        StateCounter: if (counter_valid_i) state_q <= StateFirstCounter;
        StateFirstCounter: if (cipher_grant_i) state_q <= left_q == '0 ? StateEnd : StateRun;
        StateRun: begin
          if (cipher_grant_i) begin
            block_q <= block_q + (BlockWidth + 1)'(1);
            if (stealing) state_q <= StateSteal;
            else if (last) state_q <= StateEnd;
          end
        end
        StateSteal: if (steal_valid_i) state_q <= StateStolen;
        StateStolen: begin
          if (cipher_grant_i) begin
            block_q <= block_q + (BlockWidth + 1)'(1);
            state_q <= StateEnd;
          end
        end
        StateEnd: begin
          if (ended_i[slot_q]) begin
            block_q <= end_block_i;
            state_q <= StateIdle;
          end
        end
        default: state_q <= StateIdle;
      endcase
      if (aborted && state_q != StateIdle && state_q != StateEnd) state_q <= StateEnd;
    end
  end

  always_ff @(posedge clk_i) begin
    unique case (state_q)
      StateIdle: begin
        mode_q <= order_mode;
        decrypt_q <= order_decrypt;
        iv_q <= order_iv;
        iv_length_q <= order_iv_length;
        aad_length_q <= order_aad_length;
        left_q <= order_text_length;
      end
      StateKey: begin
        if (mode_q.xts) chain_q <= tweak_i;
        else if (mode_q.gcm) chain_q <= {32'h02000000, iv_q[95:0]};  // inc32(J0) for an IV of 96 bits
        else chain_q <= iv_q;
      end
      StateCounter: chain_q <= counter_i;
      StateFirstCounter: if (cipher_grant_i) chain_q <= cce_pkg::increment_counter(chain_q, 1'b0);
      StateRun: begin
        if (cipher_grant_i) begin
          left_q <= last ? '0 : left_q - 32'd16;
          if (mode_q.counting) chain_q <= cce_pkg::increment_counter(chain_q, mode_q.ctr);
          else if (mode_q.xts && !(stealing && decrypt_q)) chain_q <= cce_pkg::next_tweak(chain_q);
        end
      end
      StateSteal: if (steal_valid_i) steal_q <= steal_i;
      default: ;
    endcase
    if (cipher_grant_i) begin
      issue_slot_q <= slot_q;
      issue_text_q <= state_q != StateFirstCounter && !mode_q.counting;
      issue_stolen_q <= state_q == StateStolen;
      issue_keep_q <= mode_q.cbc;
      issue_bytes_q <= left_q[3:0];
      issue_mask_q <= mode_q.counting ? chain_q : tweak;
      if (state_q == StateFirstCounter) issue_step_q <= cce_pkg::StreamStepFirstCounter;
      else if (state_q == StateStolen) issue_step_q <= cce_pkg::StreamStepStolen;
      else if (stealing) issue_step_q <= cce_pkg::StreamStepSteal;
      else issue_step_q <= cce_pkg::StreamStepText;
    end
  end

  // Into the cipher.
  logic [127:0] joined;
  always_comb begin
    for (int unsigned i = 0; i < 16; i++) begin
      joined[8*i +: 8] = issue_stolen_q && 4'(i) >= issue_bytes_q ? steal_q[8*i +: 8] : read_data_i[8*i +: 8];
    end
  end
  assign cipher_slot_o = issue_slot_q;
  assign cipher_block_o = issue_text_q ? joined ^ issue_mask_q : issue_mask_q;
  assign cipher_step_o = issue_step_q;
  assign text_valid_o = issue_q && issue_text_q && issue_keep_q;
  assign text_index_o = issued_q[ResultWidth-1:0] - ResultWidth'(1);
  assign text_o = read_data_i;

  // The ends of the requests, in order.
  stream_fifo #(
      .Width(ResultWidth + 1),
      .Depth(SlotCount)
  ) u_ends (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(order_pop),
      .data_i(issued_q),
      .undo_i(1'b0),
      .pop_i(end_take_i),
      .valid_o(end_valid_o),
      .data_o(end_count_o),
      .count_o(end_count)
  );

  logic unused_bits;
  assign unused_bits = ^{order_count, end_count, start_request_i};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (cipher_grant_i) assert (want);
      if (retired_i) assert (in_flight != '0);
    end
  end

endmodule

`default_nettype wire
