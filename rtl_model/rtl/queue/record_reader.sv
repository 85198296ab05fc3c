// SPDX-License-Identifier: Apache-2.0
//
// Reads one 64-byte record (a descriptor or a context record) from an address aligned to 64 bytes.
//
// Latency: one memory read and 64 / Lanes beats. `done_o` is a pulse; the record stays until `clear_i`, which must
// follow a context record, since it holds a key.

`default_nettype none

module record_reader #(
    parameter int unsigned DataWidth = 128
) (
    input  wire logic                       clk_i,
    input  wire logic                       rst_ni,
    input  wire logic                       start_i,
    input  wire cce_pkg::dma_request_t      request_i,     // stable from start to done
    input  wire logic                       clear_i,
    output logic                            done_o,
    output logic                            error_o,       // with done_o
    output logic [511:0]                    record_o,

    output logic                            request_valid_o,
    input  wire logic                       request_ready_i,
    input  wire logic                       request_denied_i,
    input  wire logic                       beat_valid_i,
    input  wire logic [DataWidth-1:0]       beat_data_i,
    input  wire logic                       beat_last_i,
    input  wire logic                       beat_error_i
);

  typedef enum logic [1:0] {
    StateIdle,
    StateRequest,
    StateBeats
  } state_e;

  localparam int unsigned AlignmentWidth = $clog2(cce_contract_pkg::DescriptorBytes);

  state_e state_q;
  logic [511:0] record_q;
  logic failed_q;

  assign request_valid_o = state_q == StateRequest;
  assign record_o = record_q;
  always_comb begin
    done_o = 1'b0;
    error_o = 1'b0;
    if (state_q == StateRequest && request_ready_i && request_denied_i) begin
      done_o = 1'b1;
      error_o = 1'b1;
    end else if (state_q == StateBeats && beat_valid_i && beat_last_i) begin
      done_o = 1'b1;
      error_o = failed_q || beat_error_i;
    end
  end

  // The record can be read in the cycle after done.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      failed_q <= 1'b0;
    end else begin
      unique case (state_q)
        StateIdle: begin
          failed_q <= 1'b0;
          if (start_i) state_q <= StateRequest;
        end
        StateRequest: if (request_ready_i) state_q <= request_denied_i ? StateIdle : StateBeats;
        StateBeats: begin
          if (beat_valid_i && beat_error_i) failed_q <= 1'b1;
          if (beat_valid_i && beat_last_i) state_q <= StateIdle;
        end
        default: state_q <= StateIdle;
      endcase
    end
  end

  // Beats enter at the top and move down: the first beat ends in the lowest bits.
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) record_q <= '0;
    else if (state_q == StateBeats && beat_valid_i) record_q <= 512'({beat_data_i, record_q} >> DataWidth);
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (beat_valid_i) assert (state_q == StateBeats);
      if (start_i) assert (state_q == StateIdle && request_i.address[AlignmentWidth-1:0] == '0);
    end
  end

  logic unused_request;
  assign unused_request = ^request_i;

endmodule

`default_nettype wire
