// SPDX-License-Identifier: Apache-2.0
//
// Gathers a stream of 128-bit blocks into one of DataWidth-bit words.
//
// `bytes` is the number of valid bytes of a word or block, counted from bit 0; only the last may be short.
// Latency: none at 128 bits, else one cycle. Throughput: one block a cycle.

`default_nettype none

module stream_widen #(
    parameter int unsigned DataWidth = 128,
    localparam int unsigned BytesWidth = $clog2(DataWidth / 8) + 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  clear_i,
    input  wire logic                  valid_i,
    output logic                       ready_o,
    input  wire logic [127:0]          data_i,
    input  wire logic [4:0]            bytes_i,
    input  wire logic                  last_i,
    output logic                       valid_o,
    input  wire logic                  ready_i,
    output logic [DataWidth-1:0]       data_o,
    output logic [BytesWidth-1:0]      bytes_o,
    output logic                       last_o
);

  if (DataWidth == 128) begin : gen_same
    assign valid_o = valid_i;
    assign ready_o = ready_i;
    assign data_o = data_i;
    assign bytes_o = bytes_i;
    assign last_o = last_i;
    logic unused_control;
    assign unused_control = ^{clk_i, rst_ni, clear_i};
  end else begin : gen_widen
    localparam int unsigned Blocks = DataWidth / 128;
    localparam int unsigned IndexWidth = $clog2(Blocks);
    logic [DataWidth-1:0] data_q;
    logic [BytesWidth-1:0] bytes_q;
    logic [IndexWidth-1:0] index_q;
    logic full_q, last_q;
    logic take;

    assign ready_o = !full_q || ready_i;
    assign take = valid_i && ready_o;
    assign valid_o = full_q;
    assign data_o = data_q;
    assign bytes_o = bytes_q;
    assign last_o = last_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i) begin
        full_q <= 1'b0;
        index_q <= '0;
        bytes_q <= '0;
        last_q <= 1'b0;
        data_q <= '0;
      end else begin
        if (full_q && ready_i) begin
          full_q <= 1'b0;
          data_q <= '0;
        end
        if (take) begin
          data_q[{index_q, 7'd0} +: 128] <= data_i;
          bytes_q <= {1'b0, index_q, 4'd0} + BytesWidth'(bytes_i);
          last_q <= last_i;
          full_q <= last_i || (&index_q);
          index_q <= last_i ? '0 : index_q + IndexWidth'(1);
        end
      end
    end
  end

endmodule

`default_nettype wire
