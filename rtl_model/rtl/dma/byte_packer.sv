// SPDX-License-Identifier: Apache-2.0
//
// Joins pieces of 1 to Lanes bytes into a stream of full words, closing the gaps between them.
//
//   push 3 bytes  c b a          word 0 = d c b a | ...   (byte a in bits 7:0)
//   push 2 bytes  e d
//
// The piece that ends the stream is marked `final_i`; what is then left over comes as a short last word one cycle
// later, and no piece may be pushed in that cycle. Throughput: one piece a cycle.

`default_nettype none

module byte_packer #(
    parameter int unsigned DataWidth = 128,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned BytesWidth = $clog2(Lanes) + 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  clear_i,
    input  wire logic                  push_i,
    input  wire logic [DataWidth-1:0]  data_i,   // first byte in bits 7:0; bytes beyond bytes_i are ignored
    input  wire logic [BytesWidth-1:0] bytes_i,  // 1 to Lanes
    input  wire logic                  final_i,
    output logic                       valid_o,
    output logic [DataWidth-1:0]       data_o,
    output logic [BytesWidth-1:0]      bytes_o,
    output logic                       last_o
);

  logic [DataWidth-1:0] rest_q;        // bytes not yet given out, zero above rest_bytes_q
  logic [BytesWidth-1:0] rest_bytes_q;
  logic flush_q;                       // the rest is the last word
  logic [DataWidth-1:0] piece;
  logic [2*DataWidth-1:0] joined;
  logic [BytesWidth:0] total;
  logic full;

  // Bytes beyond the piece must not reach the rest, which the next piece is ORed into.
  always_comb begin
    for (int unsigned i = 0; i < Lanes; i++) begin
      piece[8*i +: 8] = BytesWidth'(i) < bytes_i ? data_i[8*i +: 8] : 8'd0;
    end
  end

  assign joined = (2 * DataWidth)'(rest_q) | ((2 * DataWidth)'(piece) << {rest_bytes_q, 3'd0});
  assign total = {1'b0, rest_bytes_q} + {1'b0, bytes_i};
  assign full = total >= (BytesWidth + 1)'(Lanes);

  assign valid_o = flush_q || (push_i && full);
  assign data_o = flush_q ? rest_q : joined[DataWidth-1:0];
  assign bytes_o = flush_q ? rest_bytes_q : BytesWidth'(Lanes);
  assign last_o = flush_q || (final_i && total == (BytesWidth + 1)'(Lanes));

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      rest_q <= '0;
      rest_bytes_q <= '0;
      flush_q <= 1'b0;
    end else if (flush_q) begin
      rest_q <= '0;
      rest_bytes_q <= '0;
      flush_q <= 1'b0;
    end else if (push_i) begin
      rest_q <= full ? joined[2*DataWidth-1:DataWidth] : joined[DataWidth-1:0];
      rest_bytes_q <= full ? BytesWidth'(total - (BytesWidth + 1)'(Lanes)) : BytesWidth'(total);
      flush_q <= final_i && total != (BytesWidth + 1)'(Lanes);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && !clear_i) begin
      if (push_i) assert (!flush_q && bytes_i != '0 && bytes_i <= BytesWidth'(Lanes));
      assert (rest_bytes_q < BytesWidth'(Lanes));
    end
  end

endmodule

`default_nettype wire
