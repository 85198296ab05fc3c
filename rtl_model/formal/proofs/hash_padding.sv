// SPDX-License-Identifier: Apache-2.0
//
// proof: what a SHA-2 lane gives its core is the message and its padding (FIPS 180-4, 5.1), byte for byte: a 1, the fewest
//   zeros, and the length in bits, of all that has gone into the state before, HMAC's key block included; it ends with the
//   block in which that length stands, and not before; for every text length and every number of bytes before, up to 2^60
// top: proof_hash_padding
// files: cce_pkg.sv sha2/sha2_pkg.sv hash/hash_pkg.sv common/stream_fifo.sv hash/byte_packer.sv
//   hash/hash_lane.sv ../formal/stand_ins/text_cipher.sv ../formal/stand_ins/hash_cores.sv
// method: induction
// engine: ind
// depth: 2
// search: 30
// assumes: a lane is started only when it is free, with a request that the dispatcher lets through (hash_engine,
//   request_dispatcher); grants come only for what is asked for; the core takes beats whenever it likes; its FIFO's words are
//   the source's in order (fifo)
// option without: u_lane u_fifo
// fault over hash/hash_lane.sv: the length is written over the first byte of the padding
// -     assign ends_in_beat = last_beat && (padded_q || (pads && !wide && beat_bytes < 5'd8));
// +     assign ends_in_beat = last_beat && (padded_q || (pads && !wide && beat_bytes < 5'd9));
// fault late hash/hash_lane.sv: a length that has room is put into a block of its own
// -     assign ends_in_beat = last_beat && (padded_q || (pads && !wide && beat_bytes < 5'd8));
// +     assign ends_in_beat = last_beat && (padded_q || (pads && !wide && beat_bytes < 5'd7));
// fault before hash/hash_lane.sv: the length is that of this request's text
// -             total_q <= total_q + 61'(header.length[59:0]);
// +             total_q <= total_q;
// fault high hash/hash_lane.sv: of the length before, 32 bits count
// -             total_q <= total_q + 61'(header.length[59:0]);
// +             total_q <= total_q + 61'(header.length[31:0]);
// fault part hash/hash_lane.sv: a piece that goes on later may end inside a block's last beat
// -   assign whole_blocks = block_ends && (request_q.last || request_q.squeeze || beat_half || message_left_q == 32'd16);
// +   assign whole_blocks = block_ends;

module proof_hash_padding (
    input wire logic               clk_i,
    input wire logic               start_i,
    input wire hash_pkg::request_t start_request_i,
    input wire logic               abort_i,
    input wire logic               ended_i,
    input wire logic               pending_i,
    input wire logic               available_i,
    input wire logic               read_grant_i,
    input wire logic [127:0]       read_data_i,
    input wire logic               clear_grant_i,
    input wire logic               room_i,
    input wire logic               write_grant_i,
    input wire logic               key_usable_i,
    input wire logic               cipher_grant_i,
    input wire logic               result_valid_i,
    input wire logic [127:0]       result_block_i,
    input wire logic               fault_grant_i,
    input wire logic               release_grant_i
);

  logic rst_nq = 1'b0;
  logic free, read_request, clear_request, write_request, fault_request, release_request, cipher_request;
  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  hash_lane #(
      .Sponge(0),
      .RoundsPerCycle(2),
      .SlotCount(4),
      .LaneBlocks(32)
  ) u_lane (
      .clk_i,
      .rst_ni(rst_nq),
      .free_o(free),
      .start_i,
      .start_slot_i(2'd0),
      .start_request_i,
      .slot_o(),
      .abort_i,
      .ended_i,
      .pending_i,
      .key_usable_i,
      .available_i,
      .read_request_o(read_request),
      .read_grant_i,
      .read_block_o(),
      .read_data_i,
      .clear_request_o(clear_request),
      .clear_grant_i,
      .room_i,
      .write_request_o(write_request),
      .write_grant_i,
      .write_block_o(),
      .write_data_o(),
      .cipher_request_o(cipher_request),
      .cipher_grant_i,
      .cipher_block_o(),
      .result_valid_i,
      .result_block_i,
      .next_iv_o(),
      .fault_request_o(fault_request),
      .fault_length_o(),
      .fault_tag_o(),
      .fault_grant_i,
      .release_request_o(release_request),
      .release_grant_i
  );

  // The lane's own registers and nets.
  (* hierconn *) logic [3:0] \u_lane.state_q ;
  (* hierconn *) hash_pkg::request_t \u_lane.request_q ;
  (* hierconn *) logic [31:0] \u_lane.message_left_q ;
  (* hierconn *) logic \u_lane.padded_q ;
  (* hierconn *) logic [4:0] \u_lane.place_q ;
  (* hierconn *) logic [60:0] \u_lane.total_q ;
  (* hierconn *) logic \u_lane.beat_valid ;
  (* hierconn *) logic \u_lane.beat_taken ;
  (* hierconn *) logic \u_lane.fifo_pop ;
  (* hierconn *) logic \u_lane.fifo_valid ;
  (* hierconn *) logic \u_lane.context_bad ;
  (* hierconn *) logic [127:0] \u_lane.beat ;
  (* hierconn *) logic [127:0] \u_lane.fifo_data ;
  (* hierconn *) logic \u_lane.aborting ;

  // States, as hash_lane counts them.
  localparam logic [3:0] Free = 4'd0, Initial = 4'd1, Context = 4'd2, State = 4'd3, Outer = 4'd4, Message = 4'd5,
                         Settle = 4'd6, Inner = 4'd7, Restore = 4'd8, Fault = 4'd11;

  // The message, as the standard counts it.
  logic [63:0] total_q = '0;     // l / 8
  logic [63:0] place_q = '0;     // bytes of message and padding that the state has got
  logic ended_q = 1'b0;          // with the last block, in the cycle before
  logic faulted_q = 1'b0;        // not whole blocks
  hash_pkg::request_t request;
  logic wide, finishes, block_ends, is_end;
  logic [63:0] bytes_of_block, bytes_of_length, after, begun;
  assign request = \u_lane.request_q ;
  assign wide = request.mode >= 4'(cce_contract_pkg::HashModeSha384);
  assign finishes = request.last;
  assign bytes_of_block = wide ? 64'd128 : 64'd64;
  assign bytes_of_length = wide ? 64'd16 : 64'd8;
  assign after = place_q + 64'd16;
  assign block_ends = (after & (bytes_of_block - 64'd1)) == '0;
  assign begun = place_q & ~(bytes_of_block - 64'd1);       // where this block begins
  assign is_end = finishes ? block_ends && after >= total_q + 64'd1 + bytes_of_length : after >= total_q;

  // The beat: bits as they stand in the message.
  logic [127:0] expected;
  logic [63:0] bits;
  assign bits = {total_q[60:0], 3'd0};
  always_comb begin
    for (int unsigned i = 0; i < 16; i++) begin
      if (place_q + 64'(i) < total_q) expected[8*i +: 8] = \u_lane.fifo_data [8*i +: 8];
      else if (place_q + 64'(i) == total_q && finishes) expected[8*i +: 8] = 8'h80;
      else if (finishes && is_end && i >= 8) expected[8*i +: 8] = bits[8*(15-i) +: 8];
      else expected[8*i +: 8] = 8'h00;
    end
  end

  logic before_message;
  assign before_message = \u_lane.state_q == Initial || \u_lane.state_q == Context || \u_lane.state_q == State ||
                          \u_lane.state_q == Outer || \u_lane.state_q == Restore;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (start_i) begin
        assume (free && start_request_i.mode <= 4'(cce_contract_pkg::HashModeSha512256) && !start_request_i.squeeze);
        assume (start_request_i.last || start_request_i.text_length != '0);
        assume (!start_request_i.cipher);
      end
      if (read_grant_i) assume (read_request);
      if (clear_grant_i) assume (clear_request);
      if (write_grant_i) assume (write_request);
      if (cipher_grant_i) assume (cipher_request);
      if (fault_grant_i) assume (fault_request);
      if (release_grant_i) assume (release_request);
`ifdef PLANTED
      // Short texts for which nothing waits, and nothing fails, are enough to find a fault.
      assume (!abort_i && available_i && read_grant_i == read_request);
      if (start_i) assume (start_request_i.text_length < 32'd160);
`endif

      if (\u_lane.state_q != Free) begin
        assert (request.mode <= 4'(cce_contract_pkg::HashModeSha512256) && !request.squeeze);
        assert (request.last || request.text_length != '0);
        assert (!request.cipher);
      end
      // Beats of the message and its padding.
      if (\u_lane.beat_valid ) assert (\u_lane.beat == expected);
      if (\u_lane.state_q == Message && !\u_lane.aborting ) begin
        assert (\u_lane.fifo_pop == (\u_lane.beat_taken && place_q < total_q));
      end
      if (ended_q) assert (\u_lane.state_q == (faulted_q ? Fault : Settle));
      if (\u_lane.state_q == Settle) assert (\u_lane.place_q == '0);
      if (\u_lane.state_q == Inner) assert (request.last && \u_lane.place_q == '0);

      // What the lane's registers are.
      if (before_message || \u_lane.state_q == Message) begin
        assert (total_q == 64'(\u_lane.total_q ) && total_q < 64'h1000_0001_0000_0000);
        assert (\u_lane.message_left_q == (total_q > place_q ? 32'(total_q - place_q) : 32'd0));
        assert (total_q <= place_q || total_q - place_q <= 64'hffff_ffff);
        assert (\u_lane.padded_q == (place_q > total_q));
        assert (place_q[3:0] == '0 && \u_lane.place_q == (wide ? {2'd0, place_q[6:4]} : {3'd0, place_q[5:4]}));
        if (finishes) assert (begun < total_q + 64'd1 + bytes_of_length);
        else assert (place_q < total_q);
        assert (place_q <= total_q + 64'd256);
      end
      if (before_message) assert (place_q <= total_q && (place_q & (bytes_of_block - 64'd1)) == '0);
      if (\u_lane.state_q == Context) assert (place_q == '0 && total_q == 64'(request.text_length));
      if (\u_lane.state_q == Inner || \u_lane.state_q == Restore) assert (finishes);
    end
    ended_q <= 1'b0;
    faulted_q <= 1'b0;
    if (rst_nq) begin
      if (start_i) begin
        total_q <= 64'(start_request_i.text_length);
        place_q <= '0;
      end else if (\u_lane.state_q == Context && \u_lane.fifo_valid && !\u_lane.context_bad ) begin
        // What was hashed before, from the header in memory: bytes 8 to 15.
        total_q <= total_q + \u_lane.fifo_data [127:64];
        place_q <= \u_lane.fifo_data [127:64];
      end else if (\u_lane.state_q == Inner) begin
        // FIPS 198-1: the digest behind the outer key block.
        total_q <= bytes_of_block + 64'(hash_pkg::digest_bytes(request.mode));
        place_q <= bytes_of_block;
      end else if (\u_lane.beat_taken ) begin
        place_q <= after;
        ended_q <= is_end;
        faulted_q <= !block_ends || (!finishes && after != total_q);
      end
    end
  end

endmodule
