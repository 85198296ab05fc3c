// SPDX-License-Identifier: Apache-2.0
//
// Where source text waits between the bus and the cipher: rings of 16-byte blocks in one memory, one long ring for the
// stream and a short one for each lane. Pieces are written at any byte, blocks are read whole.
//
// The memory is one bank a byte lane, so that a piece that straddles two rows is written in one cycle:
//
//   position 13, 7 bytes, 16 lanes:   row 0  . . . . . . . . . . . . . a b c
//                                     row 1  d e f g . . . . . . . . . . . .
//
// Throughput: one piece in, one block out a cycle. Latency: a piece can be read in the cycle after its write; a block
// comes in the cycle after `read_i` and stays until the next one.

`default_nettype none

module source_buffer #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,  // powers of two
    parameter int unsigned LaneBlocks = 32,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes),
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned StreamWidth = $clog2(StreamBlocks) + 4,  // of a byte position
    localparam int unsigned RingWidth = $clog2(LaneBlocks) + 4
) (
    input  wire logic                   clk_i,

    input  wire logic                   write_i,
    input  wire logic                   write_stream_i,    // into the stream's ring, else into the slot's
    input  wire logic [SlotWidth-1:0]   write_slot_i,
    input  wire logic [StreamWidth-1:0] write_position_i,  // byte of the ring for the piece's first byte
    input  wire logic [DataWidth-1:0]   write_data_i,
    input  wire logic [LaneWidth-1:0]   write_lane_i,      // lane of the piece's first byte in write_data_i
    input  wire logic [LaneWidth:0]     write_bytes_i,     // 1 to Lanes

    input  wire logic                   read_i,
    input  wire logic                   read_stream_i,
    input  wire logic [SlotWidth-1:0]   read_slot_i,
    input  wire logic [StreamWidth-5:0] read_block_i,      // block of the ring
    output logic [127:0]                read_data_o
);

  localparam int unsigned RowBlocks = DataWidth / 128;
  localparam int unsigned BlockShift = $clog2(RowBlocks);
  localparam int unsigned StreamRows = StreamBlocks / RowBlocks;
  localparam int unsigned RingRows = LaneBlocks / RowBlocks;
  localparam int unsigned Rows = StreamRows + SlotCount * RingRows;
  localparam int unsigned RowWidth = $clog2(Rows);
  localparam int unsigned StreamRowWidth = $clog2(StreamRows);
  localparam int unsigned RingRowWidth = $clog2(RingRows);

  logic [RowWidth-1:0] row, next_row, read_row;
  logic [LaneWidth-1:0] offset;
  logic [DataWidth-1:0] rotated;
  logic [LaneWidth-1:0] rotation;
  logic [DataWidth-1:0] row_q;

  // The stream's rows come first, then the lanes' (SlotCount * RingRows of them).
  assign offset = write_position_i[LaneWidth-1:0];
  always_comb begin
    if (write_stream_i) begin
      row = RowWidth'(write_position_i[StreamWidth-1:LaneWidth]);
      next_row = RowWidth'(StreamRowWidth'(write_position_i[StreamWidth-1:LaneWidth] + StreamRowWidth'(1)));
    end else begin
      row = RowWidth'(StreamRows) + RowWidth'({write_slot_i, write_position_i[RingWidth-1:LaneWidth]});
      next_row = RowWidth'(StreamRows) +
                 RowWidth'({write_slot_i, RingRowWidth'(write_position_i[RingWidth-1:LaneWidth] + RingRowWidth'(1))});
    end
    if (read_stream_i) begin
      read_row = RowWidth'(read_block_i[StreamWidth-5:BlockShift]);
    end else begin
      read_row = RowWidth'(StreamRows) + RowWidth'({read_slot_i, read_block_i[RingWidth-5:BlockShift]});
    end
  end

  // Bank b takes the byte of lane b + write_lane - offset.
  assign rotation = write_lane_i - offset;
  byte_rotator #(
      .Bytes(Lanes)
  ) u_rotator (
      .data_i(write_data_i),
      .amount_i(rotation),
      .data_o(rotated)
  );

  for (genvar b = 0; b < Lanes; b++) begin : gen_bank
    // What is read in the cycle of its write is not used: a block is there in the next one.
    (* no_rw_check *)
    logic [7:0] memory [Rows];
    logic [LaneWidth-1:0] distance;  // from the piece's first byte
    logic [RowWidth-1:0] bank_row;
    assign distance = LaneWidth'(b) - offset;
    assign bank_row = (LaneWidth + 1)'(b) >= {1'b0, offset} ? row : next_row;
    always_ff @(posedge clk_i) begin
      if (write_i && {1'b0, distance} < write_bytes_i) memory[bank_row] <= rotated[8*b +: 8];
      if (read_i) row_q[8*b +: 8] <= memory[read_row];
    end
  end

  if (RowBlocks == 1) begin : gen_whole
    assign read_data_o = row_q;
  end else begin : gen_part
    logic [BlockShift-1:0] part_q;
    always_ff @(posedge clk_i) begin
      if (read_i) part_q <= read_block_i[BlockShift-1:0];
    end
    assign read_data_o = row_q[{part_q, 7'd0} +: 128];
  end

endmodule

`default_nettype wire
