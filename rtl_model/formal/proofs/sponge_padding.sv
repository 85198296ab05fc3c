// SPDX-License-Identifier: Apache-2.0
//
// proof: what a SHA-3 lane gives its core is the message and its padding, byte for byte: what the function appends (FIPS 202,
//   6.1, 6.2; SP 800-185, 3.3) and pad10*1 (5.1), whose last bit is the last one of the first block that can hold it; it ends
//   with that block, and not before, also where the block ends inside a beat; a piece that goes on later ends with a block,
//   or is refused; for every function and text length
// top: proof_sponge_padding
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
// time: short
// fault end hash/hash_lane.sv: a padding that begins in a block's last beat has no end
// -     assign ends_in_beat = ends_in_first || (second_half_last && (padded_q || pads));
// +     assign ends_in_beat = ends_in_first || (second_half_last && padded_q);
// fault suffix hash/hash_pkg.sv: cSHAKE appends what SHAKE does
// -     else suffix = mode >= 4'(cce_contract_pkg::HashModeCshake128) ? 8'h04 : 8'h1f;
// +     else suffix = 8'h1f;
// fault rate hash/hash_pkg.sv: SHA3-384 has blocks of another length
// -       4'(cce_contract_pkg::HashModeSha3384): rate = 5'd13;
// +       4'(cce_contract_pkg::HashModeSha3384): rate = 5'd14;
// fault half hash/hash_lane.sv: the second half of a beat that is shared by two blocks is lost
// -     assign place_after = first_half_last ? 5'd1 : place_q + 5'd2;
// +     assign place_after = first_half_last ? 5'd0 : place_q + 5'd2;
// fault part hash/hash_lane.sv: a piece that goes on later may end inside a block's last beat
// -   assign whole_blocks = block_ends && (request_q.last || request_q.squeeze || beat_half || message_left_q == 32'd16);
// +   assign whole_blocks = block_ends;

module proof_sponge_padding (
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
      .Sponge(1),
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
  (* hierconn *) logic \u_lane.beat_valid ;
  (* hierconn *) logic \u_lane.beat_taken ;
  (* hierconn *) logic \u_lane.beat_half ;
  (* hierconn *) logic \u_lane.fifo_pop ;
  (* hierconn *) logic [127:0] \u_lane.beat ;
  (* hierconn *) logic [127:0] \u_lane.fifo_data ;
  (* hierconn *) logic \u_lane.aborting ;

  // States, as hash_lane counts them.
  localparam logic [3:0] Free = 4'd0, Initial = 4'd1, Context = 4'd2, State = 4'd3, Outer = 4'd4, Message = 4'd5,
                         Settle = 4'd6, Inner = 4'd7, Restore = 4'd8, Fault = 4'd11;

  hash_pkg::request_t request;
  logic finishes;
  logic [7:0] bytes_of_block, appended;
  logic [6:0] digest;
  assign request = \u_lane.request_q ;
  assign finishes = request.last || request.squeeze;
  // FIPS 202, 6.1: the capacity is twice the digest, and 6.2: 256 and 512 bits; of 200 bytes.
  always_comb begin
    unique case (request.mode)
      4'(cce_contract_pkg::HashModeSha3224): digest = 7'd28;
      4'(cce_contract_pkg::HashModeSha3256): digest = 7'd32;
      4'(cce_contract_pkg::HashModeSha3384): digest = 7'd48;
      4'(cce_contract_pkg::HashModeSha3512): digest = 7'd64;
      4'(cce_contract_pkg::HashModeShake128), 4'(cce_contract_pkg::HashModeCshake128): digest = 7'd16;
      default: digest = 7'd32;
    endcase
    unique case (request.mode)
      4'(cce_contract_pkg::HashModeShake128), 4'(cce_contract_pkg::HashModeShake256): appended = 8'h1f;
      4'(cce_contract_pkg::HashModeCshake128), 4'(cce_contract_pkg::HashModeCshake256): appended = 8'h04;
      default: appended = 8'h06;
    endcase
  end
  assign bytes_of_block = 8'd200 - {digest, 1'b0};

  // The message as it comes.
  logic [31:0] left_q = '0;      // bytes still to come
  logic [7:0] place_q = '0;      // bytes that this block has got
  logic padding_q = 1'b0;        // what is appended has been given
  logic ended_q = 1'b0;          // with the last block, in the cycle before
  logic faulted_q = 1'b0;        // not whole blocks
  logic [7:0] to_end;            // bytes until this block ends
  logic begins, is_last, half, is_end;
  logic [127:0] expected;
  assign to_end = bytes_of_block - place_q;
  assign begins = finishes && !padding_q && left_q < 32'd16;               // the padding, in this beat
  assign is_last = finishes && to_end <= 8'd16 && (padding_q || (begins && left_q < 32'(to_end)));
  assign half = to_end == 8'd8 && (is_last || (!finishes && left_q == 32'd8));
  assign is_end = finishes ? is_last : left_q <= 32'd16;
  always_comb begin
    for (int unsigned i = 0; i < 16; i++) begin
      expected[8*i +: 8] = 8'h00;
      if (32'(i) < left_q) expected[8*i +: 8] = \u_lane.fifo_data [8*i +: 8];
      if (begins && 32'(i) == left_q) expected[8*i +: 8] = appended;
      if (is_last && 8'(i) + 8'd1 == to_end) expected[8*i+7] = 1'b1;
    end
  end

  logic before_message;
  assign before_message = \u_lane.state_q == Initial || \u_lane.state_q == Context || \u_lane.state_q == State ||
                          \u_lane.state_q == Outer || \u_lane.state_q == Restore;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (start_i) begin
        assume (free && start_request_i.mode >= 4'(cce_contract_pkg::HashModeSha3224));
        assume (start_request_i.last || start_request_i.squeeze || start_request_i.text_length != '0);
        assume (!(start_request_i.last && start_request_i.squeeze));
        assume (!start_request_i.cipher);
        assume (!start_request_i.keyed || start_request_i.mode < 4'(cce_contract_pkg::HashModeShake128));
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
        assert (request.mode >= 4'(cce_contract_pkg::HashModeSha3224));
        assert (finishes || request.text_length != '0);
        assert (!request.cipher);
        assert (!request.keyed || request.mode < 4'(cce_contract_pkg::HashModeShake128));
      end
      if (\u_lane.beat_valid ) begin
        assert (\u_lane.beat_half == half);
        assert (\u_lane.beat [63:0] == expected[63:0] && (half || \u_lane.beat [127:64] == expected[127:64]));
      end
      if (\u_lane.state_q == Message && !\u_lane.aborting ) begin
        assert (\u_lane.fifo_pop == (\u_lane.beat_taken && left_q != '0));
      end
      if (ended_q) assert (\u_lane.state_q == (faulted_q ? Fault : Settle));
      if (\u_lane.state_q == Settle || \u_lane.state_q == Inner) assert (\u_lane.place_q == '0);
      if (\u_lane.state_q == Inner || \u_lane.state_q == Restore) assert (request.last && request.keyed);

      if (before_message || \u_lane.state_q == Message) begin
        assert (\u_lane.message_left_q == left_q && \u_lane.padded_q == padding_q);
        assert ({\u_lane.place_q , 3'd0} == place_q && place_q < bytes_of_block);
        if (padding_q) assert (left_q == '0);
        if (!finishes && \u_lane.state_q == Message) assert (left_q != '0);
      end
      if (before_message) assert (place_q == '0 && !padding_q && (\u_lane.state_q == Restore || left_q == request.text_length));
    end
    ended_q <= 1'b0;
    faulted_q <= 1'b0;
    if (rst_nq) begin
      if (start_i) begin
        left_q <= start_request_i.text_length;
        place_q <= '0;
        padding_q <= 1'b0;
      end else if (\u_lane.state_q == Inner) begin
        // FIPS 198-1: the digest is the outer hash's message.
        left_q <= 32'(digest);
        place_q <= '0;
        padding_q <= 1'b0;
      end else if (\u_lane.beat_taken ) begin
        left_q <= left_q > 32'd16 ? left_q - 32'd16 : '0;
        place_q <= half || to_end == 8'd16 ? '0 : to_end == 8'd8 ? 8'd8 : place_q + 8'd16;
        if (begins) padding_q <= 1'b1;
        ended_q <= is_end;
        faulted_q <= !finishes && left_q != 32'(to_end);
      end
    end
  end

endmodule
