// SPDX-License-Identifier: Apache-2.0
//
// Everything between source buffer and destination buffer: the cipher and the units that use it.
//
//   source buffer -> stream_issue ---.                        .--> stream_retire (ghash) --> destination buffer
//                    lane_unit -------> arbiter -> aes_cipher ---> lane_unit -------------->
//                    key_wrap_lane ---'                       |--> key_wrap_lane ---------->
//                    subkey_unit ----'                        |--> subkey_unit
//                    hash engine ----'                        '--> hash engine
//
// The buffers have one port each way here: a lane's access comes first, then stream_retire's, then the others'.

`default_nettype none

module aes_engine #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,
    parameter int unsigned LaneBlocks = 32,
    parameter int unsigned ResultCount = 64,
    parameter bit Pipelined = 1,             // cipher and GHASH: a block a cycle; else iterative
    parameter int unsigned SboxStyle = 1,    // see aes_cipher
    parameter int unsigned StagesPerRound = 2,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned BlockWidth = $clog2(StreamBlocks),
    localparam int unsigned RingWidth = $clog2(LaneBlocks),
    localparam int unsigned CountWidth = RingWidth + 1
) (
    input  wire logic                                 clk_i,
    input  wire logic                                 rst_ni,

    input  wire logic                                 start_stream_i,
    input  wire logic                                 start_lane_i,
    input  wire logic                                 start_key_wrap_i,
    input  wire logic                                 start_hash_i,        // the hash engine's, with a key
    input  wire logic [SlotWidth-1:0]                 start_slot_i,
    input  wire cce_pkg::cipher_request_t             start_request_i,
    input  wire logic [2:0]                           start_prefix_i,
    input  wire logic [SlotCount-1:0]                 abort_i,
    input  wire logic [SlotCount-1:0]                 erase_wanted_i,

    // Keys
    input  wire logic                                 key_valid_i,
    output logic                                      key_ready_o,
    input  wire logic [SlotWidth:0]                   key_index_i,
    input  wire logic                                 key_inverse_i,
    input  wire cce_pkg::key_length_e                 key_length_i,
    input  wire logic [255:0]                         key_i,
    output logic                                      key_usable_o,
    output logic [SlotWidth:0]                        key_usable_index_o,
    input  wire logic [SlotCount-1:0]                 text_key_usable_i,

    // Source
    input  wire logic [SlotCount-1:0]                 source_ended_i,
    input  wire logic [SlotCount-1:0]                 source_pending_i,
    output logic [SlotWidth-1:0]                      issue_slot_o,        // where the source of a request ended, for
    input  wire logic [BlockWidth:0]                  issue_end_block_i,   // stream_issue and stream_retire
    output logic [SlotWidth-1:0]                      retire_slot_o,
    input  wire logic [BlockWidth:0]                  retire_end_block_i,
    input  wire logic [BlockWidth:0]                  stream_requested_i,
    input  wire logic [BlockWidth:0]                  stream_arrived_i,
    output logic [BlockWidth:0]                       stream_consumed_o,
    output logic                                      stream_skip_o,
    input  wire logic [SlotCount-1:0][CountWidth-1:0] lane_available_i,
    output logic                                      lane_take_o,
    output logic [SlotWidth-1:0]                      lane_take_slot_o,
    output logic                                      lane_clear_o,
    output logic [SlotWidth-1:0]                      lane_clear_slot_o,
    output logic                                      read_o,
    output logic                                      read_stream_o,
    output logic [SlotWidth-1:0]                      read_slot_o,
    output logic [BlockWidth-1:0]                     read_block_o,
    input  wire logic [127:0]                         read_data_i,

    // Destination
    input  wire logic [BlockWidth:0]                  stream_freed_i,
    output logic [BlockWidth:0]                       stream_produced_o,
    input  wire logic [SlotWidth-1:0]                 end_slot_i,          // where the results of a request ended, for
    output logic [BlockWidth:0]                       end_block_o,         // destination_writer
    input  wire logic [SlotWidth-1:0]                 tail_slot_i,
    output logic [BlockWidth:0]                       tail_end_block_o,
    input  wire logic [SlotCount-1:0][CountWidth-1:0] lane_filled_i,
    output logic                                      write_o,
    output logic                                      write_stream_o,
    output logic [SlotWidth-1:0]                      write_slot_o,
    output logic [BlockWidth-1:0]                     write_block_o,
    output logic [127:0]                              write_data_o,

    // Hash engine
    input  wire logic                                 hash_request_i,
    output logic                                      hash_grant_o,
    input  wire logic [SlotWidth-1:0]                 hash_slot_i,         // in the cycle after its grant
    input  wire logic [127:0]                         hash_block_i,
    output logic                                      hash_result_valid_o,
    output logic [SlotWidth-1:0]                      hash_result_slot_o,
    output logic [127:0]                              hash_result_block_o,

    // Ends
    output logic [2:0]                                fault_o,        // status tag: stream, lane, key wrap
    output logic [2:0][SlotWidth-1:0]                 fault_slot_o,
    output logic [2:0]                                release_o,
    output logic [2:0][SlotWidth-1:0]                 release_slot_o,
    output logic                                      erased_o,
    output logic [SlotWidth-1:0]                      erased_slot_o,
    input  wire logic [SlotWidth-1:0]                 next_iv_slot_i,
    output logic [127:0]                              stream_next_iv_o,
    output logic [127:0]                              lane_next_iv_o,
    output logic [31:0]                               key_length_o,
    output logic                                      idle_o
);

  logic start;
  logic cipher_valid, cipher_ready, cipher_idle, result_valid;
  logic [SlotWidth:0] cipher_key;
  logic [127:0] cipher_block, result_block;
  logic [cce_pkg::CipherTagWidth-1:0] cipher_tag, result_tag_bits;
  cce_pkg::cipher_tag_t result_tag;
  logic [SlotWidth-1:0] result_slot;
  logic result_lane, result_key_wrap, result_subkey, result_stream;

  assign start = start_stream_i || start_lane_i || start_key_wrap_i || start_hash_i;
  assign result_tag = result_tag_bits;
  assign result_slot = result_tag.slot[SlotWidth-1:0];
  assign result_lane = result_valid && result_tag.user == cce_pkg::CipherUserLane;
  assign result_key_wrap = result_valid && result_tag.user == cce_pkg::CipherUserKeyWrap;
  assign result_subkey = result_valid && result_tag.user == cce_pkg::CipherUserSubkey;
  assign hash_result_valid_o = result_valid && result_tag.user == cce_pkg::CipherUserHash;
  assign hash_result_slot_o = result_slot;
  assign hash_result_block_o = result_block;
  assign result_stream = result_valid && result_tag.user == cce_pkg::CipherUserStream;

  // --------------------------------------------------------------------------------------------------------- erasure

  logic [SlotCount-1:0] subkey_busy;
  logic erase_valid, erase_ready, subkey_erase, subkey_erase_ready;
  logic [SlotWidth:0] erase_key;
  logic [SlotWidth-1:0] subkey_erase_slot;

  key_eraser #(
      .SlotCount(SlotCount)
  ) u_eraser (
      .clk_i,
      .rst_ni,
      .wanted_i(erase_wanted_i & ~subkey_busy),
      .cipher_valid_o(erase_valid),
      .cipher_ready_i(erase_ready),
      .cipher_key_o(erase_key),
      .subkey_valid_o(subkey_erase),
      .subkey_ready_i(subkey_erase_ready),
      .subkey_slot_o(subkey_erase_slot),
      .release_o(erased_o),
      .release_slot_o(erased_slot_o)
  );

  // ---------------------------------------------------------------------------------------------------------- cipher

  aes_cipher #(
      .KeyCount(2 * SlotCount),
      .TagWidth(cce_pkg::CipherTagWidth),
      .Pipelined(Pipelined),
      .SboxStyle(SboxStyle),
      .StagesPerRound(StagesPerRound)
  ) u_cipher (
      .clk_i,
      .rst_ni,
      .key_valid_i,
      .key_ready_o,
      .key_index_i,
      .key_inverse_i,
      .key_length_i,
      .key_i,
      .key_usable_o,
      .key_usable_index_o,
      .erase_valid_i(erase_valid),
      .erase_ready_o(erase_ready),
      .erase_index_i(erase_key),
      .valid_i(cipher_valid),
      .ready_o(cipher_ready),
      .key_select_i(cipher_key),
      .block_i(cipher_block),
      .tag_i(cipher_tag),
      .valid_o(result_valid),
      .block_o(result_block),
      .tag_o(result_tag_bits),
      .idle_o(cipher_idle)
  );

  logic lane_choose, lane_chosen, lane_cipher_valid;
  logic [SlotWidth-1:0] lane_cipher_slot, wrap_cipher_slot, subkey_cipher_slot, stream_cipher_slot;
  logic [127:0] lane_cipher_block, wrap_cipher_block, subkey_cipher_block, stream_cipher_block;
  logic [3:0] lane_cipher_step, subkey_cipher_step, stream_cipher_step;
  logic wrap_request, wrap_grant, subkey_request, subkey_grant, subkey_tweak, stream_request, stream_grant;

  cipher_arbiter #(
      .SlotCount(SlotCount),
      .Pipelined(Pipelined)
  ) u_arbiter (
      .clk_i,
      .rst_ni,
      .lane_choose_o(lane_choose),
      .lane_chosen_i(lane_chosen),
      .lane_valid_i(lane_cipher_valid),
      .lane_slot_i(lane_cipher_slot),
      .lane_block_i(lane_cipher_block),
      .lane_step_i(lane_cipher_step),
      .key_wrap_request_i(wrap_request),
      .key_wrap_grant_o(wrap_grant),
      .key_wrap_slot_i(wrap_cipher_slot),
      .key_wrap_block_i(wrap_cipher_block),
      .subkey_request_i(subkey_request),
      .subkey_grant_o(subkey_grant),
      .subkey_tweak_i(subkey_tweak),
      .subkey_slot_i(subkey_cipher_slot),
      .subkey_block_i(subkey_cipher_block),
      .subkey_step_i(subkey_cipher_step),
      .hash_request_i,
      .hash_grant_o,
      .hash_slot_i,
      .hash_block_i,
      .stream_request_i(stream_request),
      .stream_grant_o(stream_grant),
      .stream_slot_i(stream_cipher_slot),
      .stream_block_i(stream_cipher_block),
      .stream_step_i(stream_cipher_step),
      .valid_o(cipher_valid),
      .ready_i(cipher_ready),
      .key_o(cipher_key),
      .block_o(cipher_block),
      .tag_o(cipher_tag)
  );

  // --------------------------------------------------------------------------------------------------------- subkeys

  logic [SlotCount-1:0] hash_key_valid, mask_valid;
  logic [SlotWidth-1:0] tweak_slot, stream_subkey_slot, lane_subkey_slot;
  logic [127:0] tweak, stream_hash_key, stream_mask, lane_subkey;

  subkey_unit #(
      .SlotCount(SlotCount)
  ) u_subkeys (
      .clk_i,
      .rst_ni,
      .start_i(start),
      .start_slot_i,
      .start_request_i,
      .abort_i,
      .usable_i(key_usable_o),
      .usable_tweak_i(key_usable_index_o[SlotWidth]),
      .usable_slot_i(key_usable_index_o[SlotWidth-1:0]),
      .cipher_request_o(subkey_request),
      .cipher_grant_i(subkey_grant),
      .cipher_tweak_o(subkey_tweak),
      .cipher_slot_o(subkey_cipher_slot),
      .cipher_block_o(subkey_cipher_block),
      .cipher_step_o(subkey_cipher_step),
      .result_valid_i(result_subkey),
      .result_slot_i(result_slot),
      .result_step_i(result_tag.step),
      .result_block_i(result_block),
      .hash_key_valid_o(hash_key_valid),
      .mask_valid_o(mask_valid),
      .tweak_slot_i(tweak_slot),
      .tweak_o(tweak),
      .stream_slot_i(stream_subkey_slot),
      .stream_hash_key_o(stream_hash_key),
      .stream_mask_o(stream_mask),
      .lane_slot_i(lane_subkey_slot),
      .lane_subkey_o(lane_subkey),
      .busy_o(subkey_busy),
      .erase_i(subkey_erase),
      .erase_ready_o(subkey_erase_ready),
      .erase_slot_i(subkey_erase_slot)
  );

  // ---------------------------------------------------------------------------------------------------------- stream

  logic issue_read, retire_read, text_valid, retired, end_valid, end_take, counter_valid, steal_valid;
  logic [BlockWidth-1:0] issue_read_block, retire_read_block, stream_write_block;
  logic [$clog2(ResultCount)-1:0] text_index;
  logic [$clog2(ResultCount):0] end_count;
  logic [127:0] text, counter, steal, stream_write_data;
  logic stream_write;
  logic lane_read, wrap_wanted, wrap_read, wrap_clear;

  cce_pkg::stream_mode_t stream_mode;
  always_comb begin
    stream_mode.ctr = start_request_i.mode == 8'(cce_contract_pkg::CipherModeCtr);
    stream_mode.gcm = start_request_i.mode == 8'(cce_contract_pkg::CipherModeGcm);
    stream_mode.xts = start_request_i.mode == 8'(cce_contract_pkg::CipherModeXts);
    stream_mode.cbc = start_request_i.mode == 8'(cce_contract_pkg::CipherModeCbc);
    stream_mode.counting = stream_mode.ctr || stream_mode.gcm;
  end

  stream_issue #(
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .ResultCount(ResultCount)
  ) u_stream_issue (
      .clk_i,
      .rst_ni,
      .start_i(start_stream_i),
      .start_slot_i,
      .start_request_i,
      .start_mode_i(stream_mode),
      .abort_i,
      .key_usable_i(text_key_usable_i),
      .tweak_valid_i(hash_key_valid),
      .tweak_slot_o(tweak_slot),
      .tweak_i(tweak),
      .requested_i(stream_requested_i),
      .arrived_i(stream_arrived_i),
      .ended_i(source_ended_i),
      .end_block_i(issue_end_block_i),
      .slot_o(issue_slot_o),
      .read_possible_i(!lane_read && !wrap_wanted && !retire_read),
      .read_o(issue_read),
      .read_block_o(issue_read_block),
      .read_data_i,
      .cipher_request_o(stream_request),
      .cipher_grant_i(stream_grant),
      .cipher_slot_o(stream_cipher_slot),
      .cipher_block_o(stream_cipher_block),
      .cipher_step_o(stream_cipher_step),
      .text_valid_o(text_valid),
      .text_index_o(text_index),
      .text_o(text),
      .retired_i(retired),
      .end_valid_o(end_valid),
      .end_count_o(end_count),
      .end_take_i(end_take),
      .counter_valid_i(counter_valid),
      .counter_i(counter),
      .steal_valid_i(steal_valid),
      .steal_i(steal)
  );

  stream_retire #(
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .ResultCount(ResultCount),
      .GhashPipelined(Pipelined)
  ) u_stream_retire (
      .clk_i,
      .rst_ni,
      .start_i(start_stream_i),
      .start_slot_i,
      .start_request_i,
      .start_mode_i(stream_mode),
      .abort_i,
      .hash_key_valid_i(hash_key_valid),
      .mask_valid_i(mask_valid),
      .subkey_slot_o(stream_subkey_slot),
      .hash_key_i(stream_hash_key),
      .mask_i(stream_mask),
      .result_valid_i(result_stream),
      .result_block_i(result_block),
      .result_step_i(result_tag.step),
      .lane_result_i(result_lane),
      .text_valid_i(text_valid),
      .text_index_i(text_index),
      .text_i(text),
      .retired_o(retired),
      .end_valid_i(end_valid),
      .end_count_i(end_count),
      .end_take_o(end_take),
      .counter_valid_o(counter_valid),
      .counter_o(counter),
      .steal_valid_o(steal_valid),
      .steal_o(steal),
      .arrived_i(stream_arrived_i),
      .ended_i(source_ended_i),
      .pending_i(source_pending_i),
      .source_end_block_i(retire_end_block_i),
      .slot_o(retire_slot_o),
      .lane_reads_i(lane_read || wrap_wanted),
      .read_o(retire_read),
      .read_block_o(retire_read_block),
      .read_data_i,
      .consumed_o(stream_consumed_o),
      .skip_o(stream_skip_o),
      .freed_i(stream_freed_i),
      .write_o(stream_write),
      .write_block_o(stream_write_block),
      .write_data_o(stream_write_data),
      .produced_o(stream_produced_o),
      .end_slot_i,
      .end_block_o,
      .tail_slot_i,
      .tail_end_block_o,
      .next_iv_slot_i,
      .next_iv_o(stream_next_iv_o),
      .fault_o(fault_o[0]),
      .fault_slot_o(fault_slot_o[0]),
      .release_o(release_o[0]),
      .release_slot_o(release_slot_o[0])
  );

  // ----------------------------------------------------------------------------------------------------------- lanes

  logic [SlotWidth-1:0] lane_read_slot, lane_write_slot, lane_unit_clear_slot;
  logic [RingWidth-1:0] lane_read_block, lane_write_block;
  logic lane_write, lane_unit_clear;
  logic [127:0] lane_write_data;

  lane_unit #(
      .SlotCount(SlotCount),
      .LaneBlocks(LaneBlocks)
  ) u_lanes (
      .clk_i,
      .rst_ni,
      .start_i(start_lane_i),
      .start_slot_i,
      .start_request_i,
      .start_prefix_i,
      .abort_i,
      .key_usable_i(text_key_usable_i),
      .hash_key_valid_i(hash_key_valid),
      .mask_valid_i(mask_valid),
      .subkey_slot_o(lane_subkey_slot),
      .subkey_i(lane_subkey),
      .ended_i(source_ended_i),
      .pending_i(source_pending_i),
      .available_i(lane_available_i),
      .read_o(lane_read),
      .read_slot_o(lane_read_slot),
      .read_block_o(lane_read_block),
      .read_data_i,
      .clear_possible_i(!wrap_clear),
      .clear_o(lane_unit_clear),
      .clear_slot_o(lane_unit_clear_slot),
      .choose_i(lane_choose),
      .chosen_o(lane_chosen),
      .cipher_valid_o(lane_cipher_valid),
      .cipher_slot_o(lane_cipher_slot),
      .cipher_block_o(lane_cipher_block),
      .cipher_step_o(lane_cipher_step),
      .result_valid_i(result_lane),
      .result_slot_i(result_slot),
      .result_step_i(result_tag.step),
      .result_block_i(result_block),
      .filled_i(lane_filled_i),
      .write_o(lane_write),
      .write_slot_o(lane_write_slot),
      .write_block_o(lane_write_block),
      .write_data_o(lane_write_data),
      .next_iv_slot_i,
      .next_iv_o(lane_next_iv_o),
      .fault_o(fault_o[1]),
      .fault_slot_o(fault_slot_o[1]),
      .release_o(release_o[1]),
      .release_slot_o(release_slot_o[1])
  );

  logic [SlotWidth-1:0] wrap_read_slot, wrap_write_slot, wrap_clear_slot;
  logic [RingWidth-1:0] wrap_read_block, wrap_write_block;
  logic wrap_write, wrap_idle;
  logic [127:0] wrap_write_data;

  key_wrap_lane #(
      .SlotCount(SlotCount),
      .LaneBlocks(LaneBlocks)
  ) u_key_wrap_lane (
      .clk_i,
      .rst_ni,
      .start_i(start_key_wrap_i),
      .start_slot_i,
      .start_request_i,
      .abort_i,
      .key_usable_i(text_key_usable_i),
      .ended_i(source_ended_i),
      .pending_i(source_pending_i),
      .available_i(lane_available_i),
      .read_wanted_o(wrap_wanted),
      .read_possible_i(!lane_read),
      .read_o(wrap_read),
      .read_slot_o(wrap_read_slot),
      .read_block_o(wrap_read_block),
      .read_data_i,
      .clear_o(wrap_clear),
      .clear_slot_o(wrap_clear_slot),
      .cipher_request_o(wrap_request),
      .cipher_grant_i(wrap_grant),
      .cipher_slot_o(wrap_cipher_slot),
      .cipher_block_o(wrap_cipher_block),
      .result_valid_i(result_key_wrap),
      .result_block_i(result_block),
      .filled_i(lane_filled_i),
      .write_possible_i(!lane_write && !stream_write),
      .write_o(wrap_write),
      .write_slot_o(wrap_write_slot),
      .write_block_o(wrap_write_block),
      .write_data_o(wrap_write_data),
      .key_length_slot_i(next_iv_slot_i),
      .key_length_o,
      .fault_o(fault_o[2]),
      .fault_slot_o(fault_slot_o[2]),
      .release_o(release_o[2]),
      .release_slot_o(release_slot_o[2]),
      .idle_o(wrap_idle)
  );

  // Lane unit and key wrap lane never clear in the same cycle: the former waits.
  assign lane_clear_o = lane_unit_clear || wrap_clear;
  assign lane_clear_slot_o = wrap_clear ? wrap_clear_slot : lane_unit_clear_slot;

  // ------------------------------------------------------------------------------------------------- the buffers' ports

  // Lanes go first, then key wrap, which says a cycle before that it wants to read, then the stream: what it reads is known
  // last.
  assign lane_take_o = lane_read || wrap_read;
  assign lane_take_slot_o = lane_read ? lane_read_slot : wrap_read_slot;
  assign read_o = lane_read || retire_read || issue_read || wrap_read;
  always_comb begin
    read_stream_o = 1'b0;
    read_slot_o = lane_read_slot;
    read_block_o = BlockWidth'(lane_read_block);
    if (!lane_read) begin
      if (retire_read) begin
        read_stream_o = 1'b1;
        read_block_o = retire_read_block;
      end else if (issue_read) begin
        read_stream_o = 1'b1;
        read_block_o = issue_read_block;
      end else begin
        read_slot_o = wrap_read_slot;
        read_block_o = BlockWidth'(wrap_read_block);
      end
    end
  end

  assign write_o = lane_write || stream_write || wrap_write;
  assign write_stream_o = stream_write;
  always_comb begin
    write_slot_o = lane_write ? lane_write_slot : wrap_write_slot;
    if (lane_write) begin
      write_block_o = BlockWidth'(lane_write_block);
      write_data_o = lane_write_data;
    end else if (stream_write) begin
      write_block_o = stream_write_block;
      write_data_o = stream_write_data;
    end else begin
      write_block_o = BlockWidth'(wrap_write_block);
      write_data_o = wrap_write_data;
    end
  end

  assign idle_o = cipher_idle && wrap_idle && subkey_busy == '0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(lane_write && stream_write));
      assert (!(lane_unit_clear && wrap_clear));
    end
  end

endmodule

`default_nettype wire
