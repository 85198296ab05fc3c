// SPDX-License-Identifier: Apache-2.0
//
// Joins pieces of 1 to 16 bytes to blocks of 16.
//
// What does not fill a block waits for the next piece, or for a flush, which gives it away with zeros behind it.
// Throughput: a piece in and a block out in each cycle. Latency: none.

`default_nettype none

module byte_packer (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         clear_i,    // forgets and erases what waits
    input  wire logic         valid_i,
    input  wire logic [127:0] data_i,
    input  wire logic [4:0]   bytes_i,    // 1 to 16
    input  wire logic         flush_i,    // not with valid_i
    output logic              valid_o,
    output logic [127:0]      data_o
);

  logic [119:0] carry_q;
  logic [3:0] count_q;                    // bytes that wait
  logic [247:0] joined;
  logic [4:0] total;

  assign joined = {128'd0, carry_q} |
                  ({120'd0, valid_i ? cce_pkg::keep_bytes(data_i, bytes_i) : 128'd0} << {count_q, 3'd0});
  assign total = {1'b0, count_q} + bytes_i;
  assign valid_o = (valid_i && total[4]) || (flush_i && count_q != '0);
  assign data_o = joined[127:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      carry_q <= '0;
      count_q <= '0;
    end else if (valid_i) begin
      carry_q <= total[4] ? joined[247:128] : joined[119:0];
      count_q <= total[3:0];
    end else if (flush_i) begin
      carry_q <= '0;
      count_q <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(valid_i && flush_i));
      if (valid_i) assert (bytes_i != '0 && bytes_i <= 5'd16);
    end
  end

endmodule

`default_nettype wire
