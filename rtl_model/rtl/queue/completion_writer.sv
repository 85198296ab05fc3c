// SPDX-License-Identifier: Apache-2.0
//
// Writes one completion entry.
//
// At 128 bits it takes two beats: first the next IV, then the beat with the phase; at wider buses one beat. Software
// that sees the new phase therefore sees all of the entry. Latency: one memory write; `done_o` is a pulse.

`default_nettype none

module completion_writer #(
    parameter int unsigned DataWidth = 128,
    localparam int unsigned Lanes = DataWidth / 8
) (
    input  wire logic                          clk_i,
    input  wire logic                          rst_ni,
    input  wire logic                          start_i,
    input  wire logic [63:0]                   address_i,     // stable from start to done, aligned to 32 bytes
    input  wire cce_contract_pkg::completion_t completion_i,  // stable from start to done
    output logic                               done_o,
    output logic                               error_o,       // with done_o

    output logic                               request_valid_o,
    output cce_pkg::dma_request_t              request_o,
    input  wire logic                          request_ready_i,
    input  wire logic                          request_denied_i,
    output logic                               beat_valid_o,
    input  wire logic                          beat_ready_i,
    output logic [DataWidth-1:0]               beat_data_o,
    output logic [Lanes-1:0]                   beat_strobe_o,
    input  wire logic                          done_i,
    input  wire logic                          done_error_i
);

  localparam int unsigned EntryBytes = cce_contract_pkg::CompletionBytes;
  localparam int unsigned EntryBits = 8 * EntryBytes;

  typedef enum logic [1:0] {
    StateIdle,
    StateRequest,
    StateWait
  } state_e;

  state_e state_q;
  logic [EntryBits-1:0] entry;
  assign entry = completion_i;

  assign request_valid_o = state_q == StateRequest;
  always_comb begin
    request_o = '0;
    request_o.privileged = 1'b1;
    request_o.address = address_i;
    request_o.bytes = 13'(EntryBytes);
  end

  assign done_o = (state_q == StateRequest && request_ready_i && request_denied_i) || (state_q == StateWait && done_i);
  assign error_o = state_q == StateRequest || done_error_i;
  assign beat_valid_o = state_q == StateWait;

  if (DataWidth < EntryBits) begin : gen_two_beats
    logic second_q;
    always_ff @(posedge clk_i) begin
      if (state_q != StateWait) second_q <= 1'b0;
      else if (beat_ready_i) second_q <= 1'b1;
    end
    assign beat_data_o = second_q ? entry[EntryBits-1:DataWidth] : entry[DataWidth-1:0];
    assign beat_strobe_o = '1;
  end else if (DataWidth == EntryBits) begin : gen_one_beat
    assign beat_data_o = entry;
    assign beat_strobe_o = '1;
    logic unused_ready;
    assign unused_ready = beat_ready_i;
  end else begin : gen_part_of_beat
    localparam int unsigned SelectWidth = $clog2(DataWidth / EntryBits);
    logic [SelectWidth-1:0] select;
    assign select = address_i[$clog2(EntryBytes) +: SelectWidth];
    assign beat_data_o = DataWidth'(entry) << {select, 8'd0};
    assign beat_strobe_o = Lanes'({EntryBytes{1'b1}}) << {select, 5'd0};
    logic unused_ready;
    assign unused_ready = beat_ready_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
    end else begin
      unique case (state_q)
        StateIdle: if (start_i) state_q <= StateRequest;
        StateRequest: if (request_ready_i) state_q <= request_denied_i ? StateIdle : StateWait;
        StateWait: if (done_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && start_i) assert (state_q == StateIdle && address_i[$clog2(EntryBytes)-1:0] == '0);
  end

endmodule

`default_nettype wire
