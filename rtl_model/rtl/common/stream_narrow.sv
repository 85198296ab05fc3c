// SPDX-License-Identifier: Apache-2.0
//
// Cuts a stream of DataWidth-bit words into one of 128-bit blocks.
//
// `bytes` is the number of valid bytes of a word or block, counted from bit 0; only the last may be short.
// Latency: none. Throughput: one block a cycle.

`default_nettype none

module stream_narrow #(
    parameter int unsigned DataWidth = 128,
    localparam int unsigned BytesWidth = $clog2(DataWidth / 8) + 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  clear_i,
    input  wire logic                  valid_i,
    output logic                       ready_o,
    input  wire logic [DataWidth-1:0]  data_i,
    input  wire logic [BytesWidth-1:0] bytes_i,
    input  wire logic                  last_i,
    output logic                       valid_o,
    input  wire logic                  ready_i,
    output logic [127:0]               data_o,
    output logic [4:0]                 bytes_o,
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
  end else begin : gen_narrow
    localparam int unsigned Blocks = DataWidth / 128;
    localparam int unsigned IndexWidth = $clog2(Blocks);
    logic [IndexWidth-1:0] index_q;
    logic [BytesWidth-1:0] left;
    logic final_block;

    assign left = bytes_i - {1'b0, index_q, 4'd0};
    assign final_block = left <= BytesWidth'(16);
    assign valid_o = valid_i;
    assign ready_o = ready_i && final_block;
    assign data_o = data_i[{index_q, 7'd0} +: 128];
    assign bytes_o = final_block ? left[4:0] : 5'd16;
    assign last_o = last_i && final_block;

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i) index_q <= '0;
      else if (valid_i && ready_i) index_q <= final_block ? '0 : index_q + IndexWidth'(1);
    end
  end

endmodule

`default_nettype wire
