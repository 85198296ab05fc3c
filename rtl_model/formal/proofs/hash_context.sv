// SPDX-License-Identifier: Apache-2.0
//
// proof: a lane writes of an unfinished hash what it goes on from: behind a header with function and all bytes hashed so far
//   every piece of the core's state, in order, while the core rests; and gives a core that it goes on with every piece back,
//   counts on from the header's length, and accepts the header that it wrote; message, padding and output go on at the
//   beginning of a block; HMAC's outer state comes to the core as it was read; for lanes of both kinds
// top: proof_hash_context
// files: cce_pkg.sv sha2/sha2_pkg.sv hash/hash_pkg.sv hash/byte_packer.sv hash/hash_lane.sv
//   ../formal/stand_ins/text_cipher.sv
// method: induction
// engine: ind
// depth: 2
// search: 20
// time: long
// assumes: a lane is started only when it is free, with a request that the dispatcher lets through (hash_engine,
//   request_dispatcher); grants come only for what is asked for; the FIFO gives the source's words in order (fifo); a piece
//   of the core's state is what was written there until a beat, a permutation or an erasure changes it, the core is busy
//   then, and it ends what it has begun only while busy (sha2_core; keccak_state, keccak_control). Of Keccak's last piece the
//   core has the first half only: what is shown here of the second does not count
// option without: u_lane
// fault order hash/hash_lane.sv: what is written of a state leaves out every other piece
// -             if (!save_context_q) index_q <= last_piece ? '0 : index_q + 4'd1;
// +             if (!save_context_q) index_q <= last_piece ? '0 : index_q + 4'd2;
// fault length hash/hash_lane.sv: the header tells 32 bits of the length
// -     context_out.length = 64'(total_q);
// +     context_out.length = 64'(total_q[31:0]);
// fault function hash/hash_lane.sv: the header tells another function
// -     context_out.mode = 8'(request_q.mode);
// +     context_out.mode = 8'(request_q.mode & 4'd13);
// fault squeezing hash/hash_lane.sv: a state that is squeezed from does not say so
// -     context_out.squeezing = 8'(request_q.squeeze);
// +     context_out.squeezing = 8'd0;
// fault busy hash/hash_lane.sv: HMAC's outer state is written into a core that is still at work
// -           if (!core_busy) begin
// +           if (!core_busy || request_q.keyed) begin
// fault swapped hash/hash_lane.sv: pieces come back into other places
// -         .state_index_i(index_q[1:0]),
// +         .state_index_i(state_write ? index_q[1:0] ^ 2'd1 : index_q[1:0]),
// fault short hash/hash_lane.sv: the last piece of a long state is not read back
// -             else if (last_piece) state_q <= squeezing_q ? StateSettle : StateMessage;
// +             else if (last_piece || index_q == 4'd2) state_q <= squeezing_q ? StateSettle : StateMessage;
// fault refused hash/hash_lane.sv: a header that was written is refused, from 2^59 bytes on
// -                        header.length[63:60] != '0 ||
// +                        header.length[63:59] != '0 ||
// fault outer hash/hash_lane.sv: the last piece of the outer state is overwritten by the first
// -     else if (state_q == StateOuter && fifo_valid) outer_memory[index_q[OuterWidth-1:0]] <= fifo_data;
// +     else if (state_q == StateOuter && fifo_valid) outer_memory[last_piece ? '0 : index_q[OuterWidth-1:0]] <= fifo_data;

module proof_hash_context (
    input wire logic clk_i
);

  logic rst_nq = 1'b0;
  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  lane_check #(
      .Sponge(0)
  ) u_sha2 (
      .rst_ni(rst_nq),
      .clk_i
  );
  lane_check #(
      .Sponge(1)
  ) u_sha3 (
      .rst_ni(rst_nq),
      .clk_i
  );

endmodule

module lane_check #(
    parameter bit Sponge = 0
) (
    input wire logic clk_i,
    input wire logic rst_ni
);

  (* anyseq *) logic start_i;
  (* anyseq *) hash_pkg::request_t start_request_i;
  (* anyseq *) logic abort_i;
  (* anyseq *) logic ended_i;
  (* anyseq *) logic pending_i;
  (* anyseq *) logic available_i;
  (* anyseq *) logic read_grant_i;
  (* anyseq *) logic [127:0] read_data_i;
  (* anyseq *) logic clear_grant_i;
  (* anyseq *) logic room_i;
  (* anyseq *) logic write_grant_i;
  (* anyseq *) logic key_usable_i;
  (* anyseq *) logic cipher_grant_i;
  (* anyseq *) logic result_valid_i;
  (* anyseq *) logic [127:0] result_block_i;
  (* anyseq *) logic fault_grant_i;
  (* anyseq *) logic release_grant_i;

  logic free, read_request, clear_request, write_request, fault_request, release_request, cipher_request;
  logic [4:0] read_block, write_block;
  logic [127:0] write_data;

  hash_lane #(
      .Sponge(Sponge),
      .RoundsPerCycle(2),
      .SlotCount(4),
      .LaneBlocks(32)
  ) u_lane (
      .clk_i,
      .rst_ni,
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
      .read_block_o(read_block),
      .read_data_i,
      .clear_request_o(clear_request),
      .clear_grant_i,
      .room_i,
      .write_request_o(write_request),
      .write_grant_i,
      .write_block_o(write_block),
      .write_data_o(write_data),
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
  (* hierconn *) logic [3:0] \u_lane.index_q ;
  (* hierconn *) logic [60:0] \u_lane.total_q ;
  (* hierconn *) logic [31:0] \u_lane.message_left_q ;
  (* hierconn *) logic [4:0] \u_lane.place_q ;
  (* hierconn *) logic \u_lane.padded_q ;
  (* hierconn *) logic \u_lane.save_context_q ;
  (* hierconn *) logic \u_lane.held_valid_q ;
  (* hierconn *) logic \u_lane.squeezing_q ;
  (* hierconn *) logic \u_lane.outer_q ;
  (* hierconn *) logic \u_lane.differs_q ;
  (* hierconn *) logic \u_lane.read_q ;
  (* hierconn *) logic \u_lane.aborting ;
  (* hierconn *) logic \u_lane.state_write ;
  (* hierconn *) logic \u_lane.beat_valid ;
  (* hierconn *) logic \u_lane.permute ;
  (* hierconn *) logic \u_lane.erase ;
  (* hierconn *) logic \u_lane.core_busy ;
  (* hierconn *) logic \u_lane.context_bad ;
  (* hierconn *) logic \u_lane.fifo_valid ;
  (* hierconn *) logic \u_lane.fifo_pop ;
  (* hierconn *) logic \u_lane.fifo_push ;
  (* hierconn *) logic [127:0] \u_lane.fifo_data ;
  (* hierconn *) logic [127:0] \u_lane.fifo_data_in ;
  (* hierconn *) logic [3:0] \u_lane.probe_word ;
  (* hierconn *) logic [127:0] \u_lane.probe ;
  // The core's: any one piece of its state, what it holds there, and whether it may be at work. A lane has one of the two.
  (* hierconn *) logic [3:0] \u_lane.gen_sha2.u_core.watched ;
  (* hierconn *) logic [127:0] \u_lane.gen_sha2.u_core.piece_q ;
  (* hierconn *) logic \u_lane.gen_sha2.u_core.active_q ;
  (* hierconn *) logic [3:0] \u_lane.gen_sponge.u_core.watched ;
  (* hierconn *) logic [127:0] \u_lane.gen_sponge.u_core.piece_q ;
  (* hierconn *) logic \u_lane.gen_sponge.u_core.active_q ;

  // States, as hash_lane counts them.
  localparam logic [3:0] Free = 4'd0, Initial = 4'd1, Context = 4'd2, State = 4'd3, Outer = 4'd4, Message = 4'd5,
                         Settle = 4'd6, Inner = 4'd7, Restore = 4'd8, Output = 4'd9, Save = 4'd10, Fault = 4'd11,
                         Drain = 4'd12, Erase = 4'd13, Release = 4'd14;

  hash_pkg::request_t request;
  logic [3:0] state, words, watched;
  logic [127:0] core_piece;
  logic core_active, aborting, outer_hash, reads_piece, moves, moves_last, has_front, is_watched;
  assign request = \u_lane.request_q ;
  assign state = \u_lane.state_q ;
  assign aborting = \u_lane.aborting ;
  assign outer_hash = \u_lane.outer_q ;
  assign watched = Sponge ? \u_lane.gen_sponge.u_core.watched : \u_lane.gen_sha2.u_core.watched ;
  assign core_piece = Sponge ? \u_lane.gen_sponge.u_core.piece_q : \u_lane.gen_sha2.u_core.piece_q ;
  assign core_active = Sponge ? \u_lane.gen_sponge.u_core.active_q : \u_lane.gen_sha2.u_core.active_q ;
  assign \u_lane.probe_word = watched;
  // Pieces of 16 bytes: SHA-2 has eight words (FIPS 180-4, 5.3), Keccak 1600 bits (FIPS 202, 5.2).
  assign words = Sponge ? 4'd13 : request.mode >= 4'(cce_contract_pkg::HashModeSha384) ? 4'd4 : 4'd2;
  assign has_front = !request.first || request.keyed;

  logic [3:0] word_q = '0;                 // of the pieces that are read or written in this state
  logic header_done_q = 1'b0;              // Save: the header has been written
  logic untouched_q = 1'b0;                // nothing has been hashed yet, of message or outer message
  logic [63:0] total_q = '0;               // bytes hashed, all before included
  logic [127:0] inner_piece_q;             // the watched piece, as it was read
  logic [127:0] outer_piece_q;
  logic [3:0] before_q = Free;             // the state of the cycle before
  logic moves_last_q = 1'b0;
  logic [4:0] reads_q = '0, writes_q = '0; // blocks so far
  cce_contract_pkg::hash_context_t written, header;      // a header that is written, or read
  assign reads_piece = (state == State || state == Outer) && \u_lane.fifo_valid ;
  assign moves = reads_piece || state == Restore || (state == Save && write_grant_i && header_done_q);
  assign moves_last = moves && word_q + 4'd1 == words;
  assign is_watched = word_q == watched;
  assign written = write_data;
  assign header = \u_lane.fifo_data ;

  // SHA-2's length is that of whole blocks; a sponge's does not say.
  function automatic logic goes_on(input cce_contract_pkg::hash_context_t head, input hash_pkg::mode_t mode);
    goes_on = head.format == 8'(cce_contract_pkg::ContextFormatHashState) && head.mode == 8'(mode) &&
              head.reserved == '0 && (head.squeezing == '0 || (head.squeezing == 8'd1 && hash_pkg::extendable(mode))) &&
              (Sponge || (head.length[5:0] == '0 && (mode < 4'(cce_contract_pkg::HashModeSha384) || !head.length[6])));
  endfunction

  // SHA-2: of a block that is not whole, bytes; the same by what is still to come.
  logic [6:0] block_mask, in_block;
  assign block_mask = request.mode >= 4'(cce_contract_pkg::HashModeSha384) ? 7'h7f : 7'h3f;
  assign in_block = (\u_lane.total_q [6:0] - \u_lane.message_left_q [6:0]) & block_mask;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) begin
        assume (free && hash_pkg::known(8'(start_request_i.mode)) && hash_pkg::sponge(start_request_i.mode) == Sponge);
        assume (!start_request_i.squeeze || (hash_pkg::extendable(start_request_i.mode) && !start_request_i.last));
        assume (!start_request_i.cipher);
      end
      if (read_grant_i) assume (read_request);
      if (clear_grant_i) assume (clear_request);
      if (write_grant_i) assume (write_request);
      if (cipher_grant_i) assume (cipher_request);
      if (fault_grant_i) assume (fault_request);
      if (release_grant_i) assume (release_request);
`ifdef PLANTED
      assume (!abort_i && available_i && room_i && read_grant_i == read_request && write_grant_i == write_request);
      assume (\u_lane.fifo_valid );
      if (start_i) assume (start_request_i.text_length < 32'd160);
`endif

      assert (!request.cipher && !\u_lane.differs_q );
      if (state != Free) begin
        assert (hash_pkg::known(8'(request.mode)) && hash_pkg::sponge(request.mode) == Sponge);
        assert (!request.squeeze || (hash_pkg::extendable(request.mode) && !request.last));
      end

      // Blocks of the rings in order, each once.
      if (state != Free) assert (read_block == reads_q && write_block == writes_q);
      if (\u_lane.read_q && state != Inner && state != Erase) begin
        assert (\u_lane.fifo_push && \u_lane.fifo_data_in == read_data_i);
      end

      // Pieces: all of the function's, in order, each once.
      if (state == Context || reads_piece) assert (\u_lane.fifo_pop == (\u_lane.fifo_valid && !aborting));
      if (state == State || state == Outer || state == Restore || (state == Save && header_done_q)) begin
        assert (\u_lane.index_q == word_q && word_q < words);
      end
      if (state == Context || state == Settle || (state == Save && !header_done_q)) begin
        assert (\u_lane.index_q == '0 && word_q == '0);
      end
      if (before_q == State || before_q == Outer || before_q == Restore || before_q == Save) begin
        assert (state == Drain || (state == before_q) == !moves_last_q);
      end

      // Into the core: it rests, and holds then what was read.
      if (\u_lane.state_write ) assert (!\u_lane.core_busy && !\u_lane.beat_valid && !\u_lane.permute && !\u_lane.erase );
      if (watched < words && has_front && !outer_hash &&
          ((state == State && word_q > watched) ||
           (untouched_q && (state == Outer || state == Message || state == Settle || state == Output)))) begin
        assert (core_piece == inner_piece_q);
      end
      if (watched < words && outer_hash && ((state == Restore && word_q > watched) || (untouched_q && state == Message))) begin
        assert (core_piece == outer_piece_q);
      end
      if (untouched_q && state == Message) assert (\u_lane.place_q == '0 && !\u_lane.padded_q );
      if (untouched_q && state == Settle) assert (\u_lane.squeezing_q );
      if (state == Output && before_q != Output) assert (\u_lane.index_q == '0 && !\u_lane.held_valid_q );

      // To memory: header and state, of a core that rests at the beginning of a block.
      if (state == Save) begin
        assert (!request.last && \u_lane.place_q == '0 && !\u_lane.held_valid_q );
        assert (\u_lane.save_context_q == !header_done_q);
        assert (!\u_lane.state_write && !\u_lane.beat_valid && !\u_lane.permute && !\u_lane.erase );
        if (write_grant_i) assert (!\u_lane.core_busy );
        if (header_done_q) assert (!core_active);
      end
      if (state == Save && write_grant_i && header_done_q && is_watched) assert (write_data == core_piece);
      if (state == Save && write_grant_i && !header_done_q) begin
        assert (written.format == 8'(cce_contract_pkg::ContextFormatHashState) && written.mode == 8'(request.mode));
        assert (written.squeezing == 8'(request.squeeze) && written.reserved == '0 && written.length == total_q);
      end

      // What is written is a header that can be gone on from, and any such is accepted, of the same function, below 2^60
      // bytes; one that is squeezed from by what wants output and has no text.
      if (state == Save && write_grant_i && !header_done_q) assert (goes_on(written, request.mode));
      if (state == Context && \u_lane.fifo_valid && goes_on(header, request.mode) && header.length[63:60] == '0 &&
          (header.squeezing == '0 || (request.text_length == '0 && (request.last || request.squeeze)))) begin
        assert (!\u_lane.context_bad );
      end

      // To make it inductive.
      if (state == Initial || state == Context || state == State || state == Outer || state == Inner || state == Restore) begin
        assert (!core_active);
      end
      if ((untouched_q && state != Initial && state < Fault) || state == Release || state == Free) begin
        assert (!core_active);
      end
      assert (state <= Release);
      if (state == Initial) assert (!has_front);
      if (state == Initial || state == Context || state == State || state == Outer) assert (untouched_q && !outer_hash);
      if (state == Restore) assert (untouched_q && outer_hash && request.last && request.keyed);
      if (state == Inner) assert (request.last && request.keyed && outer_hash == (\u_lane.index_q != '0));
      if (state == Outer) assert (request.keyed);
      if (outer_hash && state < Drain && state != Free) assert (request.last && request.keyed);
      if (state != Free && state < Save) assert (\u_lane.save_context_q );
      if (state != Free && state < Output) assert (!\u_lane.held_valid_q );
      if (state == Settle || state == Inner || state == Output) assert (\u_lane.place_q == '0);
      if (state < Message || state == Restore) assert (state == Free || (\u_lane.place_q == '0 && !\u_lane.padded_q ));
      if (state == Context) assert (total_q == 64'(request.text_length) && !\u_lane.squeezing_q );
      if (state == Context || state == State) assert (\u_lane.message_left_q == request.text_length);
      if (state != Free && state < Fault && !outer_hash) begin
        assert (total_q == 64'(\u_lane.total_q ) && total_q < 64'h1000_0001_0000_0000);
      end
      if (\u_lane.squeezing_q && state == State) assert (request.last || request.squeeze);
      if (\u_lane.squeezing_q && state != Free && state < Fault) assert (Sponge);
      if (request.keyed && watched < words && (state == Inner || (!outer_hash && (state == Message || state == Settle)))) begin
        assert (\u_lane.probe == outer_piece_q);
      end
      if (state == Outer && word_q > watched) assert (\u_lane.probe == outer_piece_q);
      if (state == Restore && watched < words) assert (\u_lane.probe == outer_piece_q);
      if (!Sponge && !request.last) begin
        if (state != Free && state <= Message) assert (in_block == ({\u_lane.place_q [2:0], 4'd0} & block_mask));
        if (state == Settle || state == Save) assert ((\u_lane.total_q [6:0] & block_mask) == '0);
      end
    end
    before_q <= rst_ni ? state : Free;
    moves_last_q <= moves_last;
    if (rst_ni) begin
      if (start_i) begin
        total_q <= 64'(start_request_i.text_length);
        untouched_q <= 1'b1;
        word_q <= '0;
        reads_q <= '0;
        writes_q <= '0;
      end else begin
        if (state == Context && \u_lane.fifo_valid && !\u_lane.context_bad ) total_q <= total_q + \u_lane.fifo_data [127:64];
        if (state == Inner) untouched_q <= 1'b1;
        else if (\u_lane.beat_valid || \u_lane.permute ) untouched_q <= 1'b0;
        if (moves) word_q <= moves_last ? '0 : word_q + 4'd1;
        else if (state != State && state != Outer && state != Restore && state != Save) word_q <= '0;
        if (read_grant_i) reads_q <= reads_q + 5'd1;
        if (write_grant_i) writes_q <= writes_q + 5'd1;
      end
      if (state == State && reads_piece && is_watched) inner_piece_q <= \u_lane.fifo_data ;
      if (state == Outer && reads_piece && is_watched) outer_piece_q <= \u_lane.fifo_data ;
      header_done_q <= state == Save && (header_done_q || write_grant_i);
    end
  end

endmodule

// Any cores. Of the state one piece is kept, whichever: it changes only by a write, an erasure, or the core's work.
module core_state (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         clear_i,
    input  wire logic         write_i,
    input  wire logic         selected_i,      // the piece that is kept is looked at, or written
    input  wire logic [127:0] data_i,
    output logic [127:0]      data_o,
    input  wire logic         work_i,          // it may begin to work
    output logic              ready_o,
    output logic              busy_o,
    output logic [127:0]      piece_q,
    output logic              active_q
);
  (* anyseq *) logic ready, busy, changes;
  (* anyseq *) logic [127:0] changed, other;
`ifdef PLANTED
  assign ready_o = 1'b1;
  assign busy_o = active_q && busy;
`else
  assign ready_o = ready;
  assign busy_o = active_q && busy;
`endif
  assign data_o = selected_i ? piece_q : other;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) active_q <= 1'b0;
    else active_q <= work_i || busy_o;
    if (clear_i) piece_q <= '0;
    else if (write_i && selected_i) piece_q <= data_i;
    else if (changes && (work_i || active_q)) piece_q <= changed;
  end
endmodule

module keccak_core #(
    parameter int unsigned RoundsPerCycle = 2
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic [4:0]   rate_i,
    input  wire logic         clear_i,
    input  wire logic         state_write_i,
    input  wire logic [3:0]   state_index_i,
    input  wire logic [127:0] state_data_i,
    output logic [127:0]      state_data_o,
    input  wire logic         valid_i,
    output logic              ready_o,
    input  wire logic [127:0] data_i,
    input  wire logic         half_i,
    input  wire logic         permute_i,
    output logic              busy_o
);
  (* anyconst *) logic [3:0] watched;
  logic [127:0] piece_q;
  logic active_q;
  core_state u_state (
      .clk_i, .rst_ni, .clear_i, .write_i(state_write_i), .selected_i(state_index_i == watched), .data_i(state_data_i),
      .data_o(state_data_o), .work_i(valid_i || permute_i), .ready_o, .busy_o, .piece_q, .active_q
  );
endmodule

module sha2_core #(
    parameter int unsigned RoundsPerCycle = 2
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         wide_i,
    input  wire logic         clear_i,
    input  wire logic         state_write_i,
    input  wire logic [1:0]   state_index_i,
    input  wire logic [127:0] state_data_i,
    output logic [127:0]      state_data_o,
    input  wire logic         valid_i,
    output logic              ready_o,
    input  wire logic [127:0] data_i,
    output logic              busy_o
);
  (* anyconst *) logic [3:0] watched;
  logic [127:0] piece_q;
  logic active_q;
  core_state u_state (
      .clk_i, .rst_ni, .clear_i, .write_i(state_write_i), .selected_i({2'd0, state_index_i} == watched), .data_i(state_data_i),
      .data_o(state_data_o), .work_i(valid_i), .ready_o, .busy_o, .piece_q, .active_q
  );
endmodule

// Any FIFO: what is in it, and how much, is not looked at here.
module stream_fifo #(
    parameter int unsigned Width = 128,
    parameter int unsigned Depth = 32,
    parameter bit Slow = 0,
    parameter bit Early = 0,
    localparam int unsigned CountWidth = $clog2(Depth + 1)
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  clear_i,
    input  wire logic                  push_i,
    input  wire logic [Width-1:0]      data_i,
    input  wire logic                  undo_i,
    input  wire logic                  pop_i,
    output logic                       valid_o,
    output logic [Width-1:0]           data_o,
    output logic [CountWidth-1:0]      count_o
);
  (* anyseq *) logic valid;
  (* anyseq *) logic [Width-1:0] data;
  (* anyseq *) logic [CountWidth-1:0] count;
  assign valid_o = valid;
  assign data_o = data;
  assign count_o = count;
endmodule

// inside hash_lane
  logic [3:0] probe_word;
  logic [127:0] probe;
  assign probe = outer_memory[probe_word[OuterWidth-1:0]];
// end inside
