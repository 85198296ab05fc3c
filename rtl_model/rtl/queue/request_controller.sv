// SPDX-License-Identifier: Apache-2.0
//
// Takes one request at a time from the queue that the arbiter chose, from descriptor fetch to completion entry:
//
//   fetch descriptor -> check it -> fetch context record (unless held) -> check key and rights -> start key schedule,
//   reader, writer -> wait for the last write response -> erase the key -> write the completion entry
//
// The first fault ends the request with its status; reader and writer are then aborted and drained, so that the
// completion entry is always the last access of a request. Since requests are taken one after another, a fence needs
// nothing further.
// Latency: a request of one block with an AES-256 key in memory takes 151 cycles from fetch to completion entry at a
// memory latency of 20 cycles (cce_trace_request --bytes 16). Throughput: one request at a time.

`default_nettype none

module request_controller #(
    parameter int unsigned QueueCount = 4,
    parameter int unsigned ContextCount = 8,
    localparam int unsigned QueueWidth = $clog2(QueueCount)
) (
    input  wire logic                             clk_i,
    input  wire logic                             rst_ni,
    input  wire logic [63:0]                      timestamp_i,
    input  wire logic                             gate_i,
    output logic                                  idle_o,

    // Arbiter and queue pairs
    input  wire logic                             queue_valid_i,
    input  wire logic [QueueWidth-1:0]            queue_index_i,
    output logic                                  queue_take_o,
    output logic [QueueWidth-1:0]                 queue_o,             // queue of the request in flight
    output logic                                  queue_issue_o,       // the completion entry is being written
    output logic                                  queue_finish_o,
    output logic                                  queue_finish_written_o,
    output logic                                  queue_finish_ok_o,
    output logic [31:0]                           queue_finish_bytes_o,
    output logic                                  queue_error_o,
    output logic [7:0]                            queue_error_code_o,
    // Of the chosen queue while idle, of the queue in flight later
    input  wire logic [QueueCount-1:0]            queue_reset_pending_i,
    input  wire logic [QueueCount-1:0]            queue_unrestricted_i,
    input  wire logic [QueueCount-1:0]            queue_phase_i,
    input  wire logic [QueueCount-1:0][63:0]      queue_descriptor_address_i,
    input  wire logic [QueueCount-1:0][63:0]      queue_completion_address_i,
    input  wire logic [QueueCount-1:0][15:0]      queue_submission_head_i,

    // Record reader
    output logic                                  record_start_o,
    output cce_pkg::dma_request_t                 record_request_o,
    output logic                                  record_clear_o,
    input  wire logic                             record_done_i,
    input  wire logic                             record_error_i,
    input  wire logic [511:0]                     record_i,

    // Completion writer
    output logic                                  completion_start_o,
    output logic [63:0]                           completion_address_o,
    output cce_contract_pkg::completion_t         completion_o,
    input  wire logic                             completion_done_i,
    input  wire logic                             completion_error_i,

    // Context store
    output logic                                  context_write_o,
    output logic                                  context_write_transient_o,
    output logic [7:0]                            context_index_o,
    input  wire logic                             context_format_error_i,
    input  wire logic                             context_key_size_error_i,
    output logic                                  context_erase_o,
    output logic                                  context_erase_transient_o,
    output logic                                  context_select_transient_o,
    input  wire cce_pkg::key_port_t               key_port_i,

    // Datapath
    output logic                                  stream_start_o,
    output logic                                  stream_abort_o,
    output cce_pkg::stream_command_t              source_o,
    output cce_pkg::stream_command_t              destination_o,
    input  wire logic                             source_idle_i,
    input  wire logic                             source_list_access_error_i,
    input  wire logic                             source_list_format_error_i,
    input  wire logic                             source_data_error_i,
    input  wire logic                             destination_idle_i,
    input  wire logic                             destination_list_access_error_i,
    input  wire logic                             destination_list_format_error_i,
    input  wire logic                             destination_data_error_i,
    output logic                                  cipher_clear_o,
    output logic [7:0]                            cipher_mode_o,
    output logic                                  cipher_decrypt_o,
    output logic [127:0]                          cipher_iv_o,
    input  wire logic [127:0]                     cipher_next_iv_i
);

  typedef enum logic [3:0] {
    StateIdle,
    StateFetch,
    StateDecode,
    StateContext,
    StateContextStore,
    StateKey,
    StateStart,
    StateRun,
    StateDrain,
    StateErase,
    StateComplete,
    StateCompleteWait,
    StateFinish
  } state_e;

  localparam int unsigned AlignmentWidth = $clog2(cce_contract_pkg::ContextAlignmentBytes);

  state_e state_q;
  logic [QueueWidth-1:0] queue_q;
  cce_contract_pkg::descriptor_t descriptor_q;
  logic [7:0] status_q;
  logic [127:0] next_iv_q;
  logic [31:0] start_cycle_q, end_cycle_q;
  logic written_q;
  logic [63:0] completion_address_q;
  logic completion_phase_q;
  logic [7:0] error_code_q;

  logic is_cipher, is_load, is_invalidate, opcode_known, mode_known, fields_bad, length_bad, record_unaligned;
  logic index_bad, rights_bad;
  logic [7:0] decode_status, run_status;
  logic reset_pending;
  cce_contract_pkg::context_record_rights_t rights;
  cce_contract_pkg::descriptor_t fetched;
  logic uses_context;
  logic [63:0] descriptor_address, descriptor_address_q;

  assign fetched = record_i;
  assign reset_pending = queue_reset_pending_i[queue_q];

  // Checks of the descriptor alone, in the order of their status codes.
  assign is_cipher = descriptor_q.opcode == 8'(cce_contract_pkg::OpcodeCipher);
  assign is_load = descriptor_q.opcode == 8'(cce_contract_pkg::OpcodeContextLoad);
  assign is_invalidate = descriptor_q.opcode == 8'(cce_contract_pkg::OpcodeContextInvalidate);
  assign opcode_known = is_cipher || is_load || is_invalidate ||
                        descriptor_q.opcode == 8'(cce_contract_pkg::OpcodeNop);
  assign mode_known = is_cipher ? descriptor_q.mode <= 8'(cce_contract_pkg::CipherModeCtr) : descriptor_q.mode == '0;
  always_comb begin
    fields_bad = descriptor_q.flags.reserved0 != '0 || descriptor_q.reserved != '0;
    if (!is_cipher) begin
      if (descriptor_q.flags.decrypt || descriptor_q.flags.source_list || descriptor_q.flags.destination_list ||
          descriptor_q.flags.context_held) begin
        fields_bad = 1'b1;
      end
    end
  end
  always_comb begin
    length_bad = descriptor_q.aad_length != '0 || descriptor_q.tag_length != '0;
    if (!is_cipher) begin
      if (descriptor_q.text_length != '0) length_bad = 1'b1;
    end else if (descriptor_q.mode != 8'(cce_contract_pkg::CipherModeCtr) && descriptor_q.text_length[3:0] != '0) begin
      length_bad = 1'b1;
    end
  end
  assign index_bad = descriptor_q.context_reference >= 64'(ContextCount);
  assign record_unaligned = is_load ? descriptor_q.source[AlignmentWidth-1:0] != '0 :
                                      descriptor_q.context_reference[AlignmentWidth-1:0] != '0;
  assign uses_context = is_load || is_invalidate || descriptor_q.flags.context_held;

  always_comb begin
    decode_status = 8'(cce_contract_pkg::StatusOk);
    if (!opcode_known) decode_status = 8'(cce_contract_pkg::StatusOpcode);
    else if (!mode_known) decode_status = 8'(cce_contract_pkg::StatusMode);
    else if (fields_bad) decode_status = 8'(cce_contract_pkg::StatusFlags);
    else if (is_cipher && descriptor_q.text_length == '0) decode_status = 8'(cce_contract_pkg::StatusLengthZero);
    else if (length_bad) decode_status = 8'(cce_contract_pkg::StatusLength);
    else if (is_cipher && gate_i) decode_status = 8'(cce_contract_pkg::StatusGated);
    else if ((uses_context && index_bad) || (is_load && record_unaligned) ||
             (is_cipher && !descriptor_q.flags.context_held && record_unaligned)) begin
      decode_status = 8'(cce_contract_pkg::StatusContextAddress);
    end
  end

  // The key's rights: its direction and its mode.
  assign rights = key_port_i.rights;
  always_comb begin
    rights_bad = descriptor_q.flags.decrypt ? !rights.decrypt : !rights.encrypt;
    unique case (descriptor_q.mode)
      8'(cce_contract_pkg::CipherModeEcb): if (!rights.ecb) rights_bad = 1'b1;
      8'(cce_contract_pkg::CipherModeCbc): if (!rights.cbc) rights_bad = 1'b1;
      8'(cce_contract_pkg::CipherModeCtr): if (!rights.ctr) rights_bad = 1'b1;
      default: rights_bad = 1'b1;
    endcase
  end

  // Faults while the text flows.
  always_comb begin
    run_status = 8'(cce_contract_pkg::StatusOk);
    if (gate_i) run_status = 8'(cce_contract_pkg::StatusGated);
    else if (source_list_access_error_i) run_status = 8'(cce_contract_pkg::StatusSourceListAccess);
    else if (source_list_format_error_i) run_status = 8'(cce_contract_pkg::StatusSourceListFormat);
    else if (source_data_error_i) run_status = 8'(cce_contract_pkg::StatusSourceAccess);
    else if (destination_list_access_error_i) run_status = 8'(cce_contract_pkg::StatusDestinationListAccess);
    else if (destination_list_format_error_i) run_status = 8'(cce_contract_pkg::StatusDestinationListFormat);
    else if (destination_data_error_i) run_status = 8'(cce_contract_pkg::StatusDestinationAccess);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      queue_q <= '0;
      status_q <= '0;
      written_q <= 1'b0;
      error_code_q <= '0;
      next_iv_q <= '0;
    end else begin
      unique case (state_q)
        StateIdle: begin
          if (queue_valid_i) begin
            queue_q <= queue_index_i;
            state_q <= StateFetch;
            start_cycle_q <= timestamp_i[31:0];
          end
          written_q <= 1'b0;
          error_code_q <= 8'(cce_contract_pkg::QueueErrorNone);
          status_q <= 8'(cce_contract_pkg::StatusOk);
          next_iv_q <= '0;
        end
        StateFetch: begin
          if (record_done_i) begin
            if (record_error_i) begin
              error_code_q <= 8'(cce_contract_pkg::QueueErrorDescriptorAccess);
              state_q <= StateFinish;
            end else begin
              state_q <= StateDecode;
            end
          end
        end
        StateDecode: state_q <= StateContext;  // the descriptor moves into descriptor_q (below)
        StateContext: begin
          if (decode_status != 8'(cce_contract_pkg::StatusOk)) begin
            status_q <= decode_status;
            state_q <= StateErase;
          end else if (is_load || (is_cipher && !descriptor_q.flags.context_held)) begin
            state_q <= StateContextStore;
          end else if (is_cipher) begin
            state_q <= StateKey;
          end else begin
            state_q <= StateErase;  // nop, and invalidate (done by context_erase_o)
          end
        end
        StateContextStore: begin
          if (record_done_i) begin
            if (record_error_i) begin
              status_q <= 8'(cce_contract_pkg::StatusContextAccess);
              state_q <= StateErase;
            end else begin
              state_q <= StateKey;
            end
          end
        end
        StateKey: begin
          // A record read from memory is checked, and stored, in this cycle.
          state_q <= StateStart;
          if (!(is_cipher && descriptor_q.flags.context_held)) begin
            if (context_format_error_i) begin
              status_q <= 8'(cce_contract_pkg::StatusContextFormat);
              state_q <= StateErase;
            end else if (context_key_size_error_i) begin
              status_q <= 8'(cce_contract_pkg::StatusKeySize);
              state_q <= StateErase;
            end else if (is_load) begin
              state_q <= StateErase;
            end
          end
        end
        StateStart: begin
          if (!key_port_i.valid) begin
            status_q <= 8'(cce_contract_pkg::StatusContextEmpty);
            state_q <= StateErase;
          end else if (rights_bad) begin
            status_q <= 8'(cce_contract_pkg::StatusKeyRights);
            state_q <= StateErase;
          end else if (gate_i) begin
            status_q <= 8'(cce_contract_pkg::StatusGated);
            state_q <= StateErase;
          end else begin
            state_q <= StateRun;
          end
        end
        StateRun: begin
          if (run_status != 8'(cce_contract_pkg::StatusOk)) begin
            status_q <= run_status;
            state_q <= StateDrain;
          end else if (reset_pending) begin
            state_q <= StateDrain;
          end else if (source_idle_i && destination_idle_i) begin
            next_iv_q <= cipher_next_iv_i;
            state_q <= StateErase;
          end
        end
        StateDrain: if (source_idle_i && destination_idle_i) state_q <= StateErase;
        StateErase: begin
          end_cycle_q <= timestamp_i[31:0];
          state_q <= reset_pending ? StateFinish : StateComplete;
        end
        StateComplete: state_q <= StateCompleteWait;
        StateCompleteWait: begin
          if (completion_done_i) begin
            written_q <= !completion_error_i;
            if (completion_error_i) error_code_q <= 8'(cce_contract_pkg::QueueErrorCompletionAccess);
            state_q <= StateFinish;
          end
        end
        StateFinish: state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StateDecode) descriptor_q <= fetched;
    // The queue's completion index moves on when the write starts.
    if (state_q == StateErase) begin
      completion_address_q <= queue_completion_address_i[queue_q];
      completion_phase_q <= queue_phase_i[queue_q];
    end
  end

  assign idle_o = state_q == StateIdle && !queue_valid_i;

  assign queue_take_o = state_q == StateIdle && queue_valid_i;
  assign queue_o = state_q == StateIdle ? queue_index_i : queue_q;
  assign queue_issue_o = state_q == StateComplete;
  assign queue_finish_o = state_q == StateFinish;
  assign queue_finish_written_o = written_q;
  assign queue_finish_ok_o = status_q == 8'(cce_contract_pkg::StatusOk);
  assign queue_finish_bytes_o = descriptor_q.text_length;
  assign queue_error_o = state_q == StateFinish && error_code_q != 8'(cce_contract_pkg::QueueErrorNone);
  assign queue_error_code_o = error_code_q;

  // Record reader: the descriptor, then perhaps the context record. The request is held in registers of the states
  // that it belongs to.
  assign record_start_o = queue_take_o || (state_q == StateContext &&
                          decode_status == 8'(cce_contract_pkg::StatusOk) &&
                          (is_load || (is_cipher && !descriptor_q.flags.context_held)));
  assign record_clear_o = state_q == StateErase || state_q == StateFinish;
  always_comb begin
    record_request_o = '0;
    record_request_o.queue_index = 8'(queue_q);
    record_request_o.bytes = 13'(cce_contract_pkg::DescriptorBytes);
    if (state_q == StateIdle || state_q == StateFetch) begin
      record_request_o.privileged = 1'b1;
      record_request_o.address = descriptor_address;
    end else begin
      record_request_o.unrestricted = queue_unrestricted_i[queue_q];
      record_request_o.region = is_load ? descriptor_q.source_region : descriptor_q.context_region;
      record_request_o.address = is_load ? descriptor_q.source : descriptor_q.context_reference;
    end
  end

  // The queue's head moves on when the fetch starts, so its address is kept.
  assign descriptor_address = state_q == StateIdle ? queue_descriptor_address_i[queue_index_i] : descriptor_address_q;
  always_ff @(posedge clk_i) begin
    if (state_q == StateIdle) descriptor_address_q <= queue_descriptor_address_i[queue_index_i];
  end

  // Context store
  assign context_index_o = descriptor_q.context_reference[7:0];
  assign context_write_o = state_q == StateKey && !(is_cipher && descriptor_q.flags.context_held);
  assign context_write_transient_o = is_cipher;
  assign context_select_transient_o = !descriptor_q.flags.context_held;
  assign context_erase_o = state_q == StateContext && is_invalidate &&
                           decode_status == 8'(cce_contract_pkg::StatusOk);
  assign context_erase_transient_o = state_q == StateErase;

  // Datapath
  assign stream_start_o = state_q == StateStart && key_port_i.valid && !rights_bad && !gate_i;
  assign stream_abort_o = state_q == StateDrain;
  always_comb begin
    source_o = '0;
    source_o.unrestricted = queue_unrestricted_i[queue_q];
    source_o.queue_index = 8'(queue_q);
    source_o.is_list = descriptor_q.flags.source_list;
    source_o.region = descriptor_q.source_region;
    source_o.address = descriptor_q.source;
    source_o.length = descriptor_q.text_length;
    destination_o = source_o;
    destination_o.is_list = descriptor_q.flags.destination_list;
    destination_o.region = descriptor_q.destination_region;
    destination_o.address = descriptor_q.destination;
  end
  assign cipher_clear_o = state_q == StateErase || state_q == StateDrain;
  assign cipher_mode_o = descriptor_q.mode;
  assign cipher_decrypt_o = descriptor_q.flags.decrypt;
  assign cipher_iv_o = descriptor_q.iv;

  // Completion writer
  assign completion_start_o = state_q == StateComplete;
  assign completion_address_o = completion_address_q;
  always_comb begin
    completion_o = '0;
    completion_o.next_iv = next_iv_q;
    completion_o.cookie = descriptor_q.cookie;
    completion_o.start_cycle = start_cycle_q;
    completion_o.end_cycle = end_cycle_q;
    completion_o.submission_head = queue_submission_head_i[queue_q];
    completion_o.status = status_q;
    completion_o.phase = {7'd0, completion_phase_q};
  end

  logic unused_bits;
  assign unused_bits = ^{timestamp_i[63:32], rights.reserved0, rights.reserved1, key_port_i.source, key_port_i.length,
                         key_port_i.key, descriptor_q.flags.fence, fetched};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // The key has left cipher and transient context before the completion entry can be seen.
      if (state_q == StateComplete && is_cipher && !descriptor_q.flags.context_held) assert (!key_port_i.valid);
      if (state_q == StateComplete) assert (source_idle_i && destination_idle_i);
      if (state_q == StateComplete) assert (record_i == '0);
    end
  end

endmodule

`default_nettype wire
