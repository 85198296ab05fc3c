// SPDX-License-Identifier: Apache-2.0
//
// Turns the address of a buffer, or of a scatter-gather list, into segments whose lengths add up to the text's length.
//
// A direct buffer is one segment. A list is read one entry at a time, an entry ahead of its use; the last entry used is
// cut to what is left of the text. An entry of no bytes, with a reserved bit set, or one that ends the list too early
// is a format fault: hence a walk always ends.
// Latency: a direct segment is offered in the cycle after start; a list entry one memory read later.

`default_nettype none

module segment_walker #(
    parameter int unsigned DataWidth = 128
) (
    input  wire logic                       clk_i,
    input  wire logic                       rst_ni,
    input  wire logic                       start_i,
    input  wire cce_pkg::stream_command_t   command_i,   // stable from start to the end of the walk
    input  wire logic                       abort_i,     // forget the walk; idle once a read in flight has returned
    output logic                            idle_o,
    output logic                            access_error_o,  // the list could not be read; stays until abort
    output logic                            format_error_o,  // the list is malformed; stays until abort

    output logic                            segment_valid_o,
    input  wire logic                       segment_ready_i,
    output logic [63:0]                     segment_address_o,
    output logic [15:0]                     segment_region_o,
    output logic [31:0]                     segment_bytes_o,

    output logic                            request_valid_o,
    output cce_pkg::dma_request_t           request_o,
    input  wire logic                       request_ready_i,
    input  wire logic                       request_denied_i,
    input  wire logic                       beat_valid_i,
    input  wire logic [DataWidth-1:0]       beat_data_i,
    input  wire logic                       beat_error_i
);

  localparam int unsigned EntryBytes = cce_contract_pkg::ListEntryBytes;
  localparam int unsigned EntryBits = 8 * EntryBytes;

  typedef enum logic [2:0] {
    StateIdle,
    StateRequest,
    StateWait,
    StateOffer,
    StateAccessError,
    StateFormatError,
    StateDrain
  } state_e;

  state_e state_q;
  logic [63:0] list_q;        // address of the next entry
  logic [31:0] left_q;        // bytes of the text not yet offered
  logic [63:0] address_q;
  logic [15:0] region_q;
  logic [31:0] bytes_q;
  cce_contract_pkg::list_entry_t entry;
  logic entry_bad;

  if (DataWidth == EntryBits) begin : gen_one_entry
    assign entry = beat_data_i;
  end else begin : gen_entries
    localparam int unsigned SelectWidth = $clog2(DataWidth / EntryBits);
    logic [SelectWidth-1:0] lane;
    assign lane = list_q[$clog2(EntryBytes) +: SelectWidth];
    assign entry = beat_data_i[{lane, 7'd0} +: EntryBits];
  end

  assign entry_bad = entry.length == '0 || entry.flags.reserved0 != '0 || (entry.flags.last && entry.length < left_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
    end else begin
      unique case (state_q)
        StateIdle: begin
          if (start_i && !abort_i) begin
            if (!command_i.is_list) state_q <= StateOffer;
            else if (command_i.address[$clog2(EntryBytes)-1:0] != '0) state_q <= StateAccessError;
            else state_q <= StateRequest;
          end
        end
        StateRequest: begin
          if (abort_i) state_q <= request_ready_i && !request_denied_i ? StateDrain : StateIdle;
          else if (request_ready_i) state_q <= request_denied_i ? StateAccessError : StateWait;
        end
        StateWait: begin
          if (beat_valid_i) begin
            if (abort_i) state_q <= StateIdle;
            else if (beat_error_i) state_q <= StateAccessError;
            else if (entry_bad) state_q <= StateFormatError;
            else state_q <= StateOffer;
          end else if (abort_i) begin
            state_q <= StateDrain;
          end
        end
        StateOffer: begin
          if (abort_i) state_q <= StateIdle;
          else if (segment_ready_i) state_q <= left_q == bytes_q ? StateIdle : StateRequest;
        end
        StateAccessError, StateFormatError: if (abort_i) state_q <= StateIdle;
        StateDrain: if (beat_valid_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StateIdle && start_i) begin
      list_q <= command_i.address;
      left_q <= command_i.length;
      address_q <= command_i.address;
      region_q <= command_i.region;
      bytes_q <= command_i.length;
    end
    if (state_q == StateWait && beat_valid_i) begin
      list_q <= list_q + 64'(EntryBytes);
      address_q <= entry.address;
      region_q <= entry.region;
      bytes_q <= entry.length < left_q ? entry.length : left_q;
    end
    if (state_q == StateOffer && segment_ready_i) left_q <= left_q - bytes_q;
  end

  assign idle_o = state_q == StateIdle;
  assign access_error_o = state_q == StateAccessError;
  assign format_error_o = state_q == StateFormatError;
  assign segment_valid_o = state_q == StateOffer;
  assign segment_address_o = address_q;
  assign segment_region_o = region_q;
  assign segment_bytes_o = bytes_q;

  assign request_valid_o = state_q == StateRequest;
  always_comb begin
    request_o = '0;
    request_o.unrestricted = command_i.unrestricted;
    request_o.queue_index = command_i.queue_index;
    request_o.region = command_i.region;
    request_o.address = list_q;
    request_o.bytes = 13'(EntryBytes);
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (beat_valid_i) assert (state_q == StateWait || state_q == StateDrain);
      if (start_i) assert (state_q == StateIdle && command_i.length != '0);
    end
  end

endmodule

`default_nettype wire
