// SPDX-License-Identifier: Apache-2.0
//
// Where results wait between the cipher and the bus: rings of 16-byte blocks in one memory, one long ring for the
// stream and a short one for each lane. Blocks are written whole, pieces are read at any byte.
//
// The memory is one bank a byte lane, as in source_buffer, so that a piece that straddles two rows is read in one cycle.
// Throughput: one block in, one piece out a cycle. Latency: a block can be read in the cycle after its write; a piece
// comes in the cycle after `read_i`, moved to the lane that was asked for.

`default_nettype none

module destination_buffer #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,  // powers of two
    parameter int unsigned LaneBlocks = 32,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes),
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned StreamWidth = $clog2(StreamBlocks) + 4,
    localparam int unsigned RingWidth = $clog2(LaneBlocks) + 4
) (
    input  wire logic                   clk_i,

    input  wire logic                   write_i,
    input  wire logic                   write_stream_i,
    input  wire logic [SlotWidth-1:0]   write_slot_i,
    input  wire logic [StreamWidth-5:0] write_block_i,     // block of the ring
    input  wire logic [127:0]           write_data_i,

    input  wire logic                   read_i,
    input  wire logic                   read_stream_i,
    input  wire logic [SlotWidth-1:0]   read_slot_i,
    input  wire logic [StreamWidth-1:0] read_position_i,   // byte of the ring
    input  wire logic [LaneWidth-1:0]   read_lane_i,       // lane in which this byte is to appear
    output logic [DataWidth-1:0]        read_data_o
);

  localparam int unsigned RowBlocks = DataWidth / 128;
  localparam int unsigned BlockShift = $clog2(RowBlocks);
  localparam int unsigned StreamRows = StreamBlocks / RowBlocks;
  localparam int unsigned RingRows = LaneBlocks / RowBlocks;
  localparam int unsigned Rows = StreamRows + SlotCount * RingRows;
  localparam int unsigned RowWidth = $clog2(Rows);
  localparam int unsigned StreamRowWidth = $clog2(StreamRows);
  localparam int unsigned RingRowWidth = $clog2(RingRows);

  logic [RowWidth-1:0] row, next_row, write_row;
  logic [LaneWidth-1:0] offset, rotation_q;
  logic [DataWidth-1:0] row_q;
  logic [RowBlocks-1:0] write_part;

  assign offset = read_position_i[LaneWidth-1:0];
  always_comb begin
    if (read_stream_i) begin
      row = RowWidth'(read_position_i[StreamWidth-1:LaneWidth]);
      next_row = RowWidth'(StreamRowWidth'(read_position_i[StreamWidth-1:LaneWidth] + StreamRowWidth'(1)));
    end else begin
      row = RowWidth'(StreamRows) + RowWidth'({read_slot_i, read_position_i[RingWidth-1:LaneWidth]});
      next_row = RowWidth'(StreamRows) +
                 RowWidth'({read_slot_i, RingRowWidth'(read_position_i[RingWidth-1:LaneWidth] + RingRowWidth'(1))});
    end
    if (write_stream_i) begin
      write_row = RowWidth'(write_block_i[StreamWidth-5:BlockShift]);
    end else begin
      write_row = RowWidth'(StreamRows) + RowWidth'({write_slot_i, write_block_i[RingWidth-5:BlockShift]});
    end
  end

  if (RowBlocks == 1) begin : gen_whole
    assign write_part = 1'b1;
  end else begin : gen_part
    always_comb begin
      for (int unsigned p = 0; p < RowBlocks; p++) write_part[p] = write_block_i[BlockShift-1:0] == BlockShift'(p);
    end
  end

  for (genvar b = 0; b < Lanes; b++) begin : gen_bank
    // What is read in the cycle of its write is not used: a block is there in the next one.
    (* no_rw_check *)
    logic [7:0] memory [Rows];
    logic [RowWidth-1:0] bank_row;
    assign bank_row = (LaneWidth + 1)'(b) >= {1'b0, offset} ? row : next_row;
    always_ff @(posedge clk_i) begin
      if (write_i && write_part[b/16]) memory[write_row] <= write_data_i[8*(b%16) +: 8];
      if (read_i) row_q[8*b +: 8] <= memory[bank_row];
    end
  end

  // The byte of bank `offset` goes to lane read_lane.
  always_ff @(posedge clk_i) begin
    if (read_i) rotation_q <= offset - read_lane_i;
  end
  byte_rotator #(
      .Bytes(Lanes)
  ) u_rotator (
      .data_i(row_q),
      .amount_i(rotation_q),
      .data_o(read_data_o)
  );

endmodule

`default_nettype wire
