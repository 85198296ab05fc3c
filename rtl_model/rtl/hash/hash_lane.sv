// SPDX-License-Identifier: Apache-2.0
//
// One hash function core with all that takes a request through it: state from memory or initial value, message, padding,
// HMAC's outer hash, output.
//
//   source buffer -> FIFO -> (hash_context, states | message -> padding) -> core -> destination buffer
//
// With cipher and hash in one pass (request_t's cipher):
//
//   source buffer -> AAD ------------------------> byte_packer -> FIFO -> as above -> tag, or its comparison
//                 -> text -> text_cipher -> results ---^-------------> destination buffer
//                       '- or the text itself ---------'
//
// A lane works on one request at a time, from `start_i` to `release_o`. Its source has up to four parts, each beginning at
// a block of the lane's ring: hash_context with one or two states, and the message; or these, AAD, text, and a tag to be
// compared.
// Throughput: that of the core, if the source keeps up. Latency beside the core's blocks: 1 cycle, one for each piece of
// the initial state and of what stands in front of the message, 3 from the first block in the buffer to the core, 2 for
// padding of its own, one for each piece of output, 3 to the release.
// The core is erased before a request's slot is released; behind HMAC, whose states are as good as its key, also what is
// left of them in memories.

`default_nettype none

module hash_lane #(
    parameter bit Sponge = 0,                  // SHA-3, else SHA-2
    parameter int unsigned RoundsPerCycle = 2,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned LaneBlocks = 32,
    parameter int unsigned CipherBlocks = 16,  // of the text that are under way through the cipher: a power of two
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned RingWidth = $clog2(LaneBlocks)
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,

    output logic                       free_o,
    input  wire logic                  start_i,             // only while free
    input  wire logic [SlotWidth-1:0]  start_slot_i,
    input  wire hash_pkg::request_t    start_request_i,
    output logic [SlotWidth-1:0]       slot_o,              // whose inputs the following are
    input  wire logic                  abort_i,
    input  wire logic                  ended_i,             // no more of its source will be asked for
    input  wire logic                  pending_i,           // but some is under way
    input  wire logic                  key_usable_i,

    // Source buffer: blocks of the slot's ring
    input  wire logic                  available_i,
    output logic                       read_request_o,
    input  wire logic                  read_grant_i,
    output logic [RingWidth-1:0]       read_block_o,
    input  wire logic [127:0]          read_data_i,         // in the cycle after its grant
    output logic                       clear_request_o,     // forgets what is left in the ring
    input  wire logic                  clear_grant_i,

    // Destination buffer
    input  wire logic                  room_i,
    output logic                       write_request_o,
    input  wire logic                  write_grant_i,
    output logic [RingWidth-1:0]       write_block_o,
    output logic [127:0]               write_data_o,

    // Cipher
    output logic                       cipher_request_o,
    input  wire logic                  cipher_grant_i,
    output logic [127:0]               cipher_block_o,      // in the cycle after its grant
    input  wire logic                  result_valid_i,
    input  wire logic [127:0]          result_block_i,
    output logic [127:0]               next_iv_o,           // with release

    // Ends
    output logic                       fault_request_o,
    output logic                       fault_length_o,      // status length,
    output logic                       fault_tag_o,         // or tag; else context_format
    input  wire logic                  fault_grant_i,
    output logic                       release_request_o,
    input  wire logic                  release_grant_i
);

  localparam int unsigned FifoDepth = 8;       // a block of SHA-512
  localparam int unsigned FifoWidth = $clog2(FifoDepth + 1);
  localparam int unsigned OuterDepth = Sponge ? 16 : 4;
  localparam int unsigned OuterWidth = $clog2(OuterDepth);
  localparam int unsigned EraseCycles = Sponge ? OuterDepth : FifoDepth;   // for all of both memories

  // SHA-3: hash_context and state.
  localparam logic [31:0] SavedBytes = cce_contract_pkg::HashContextBytes +
                                       16 * 32'(hash_pkg::state_pieces(4'(cce_contract_pkg::HashModeShake128)));

  typedef enum logic [3:0] {
    StateFree,
    StateInitial,    // the initial value, or zeros
    StateContext,    // hash_context comes
    StateState,      // words of the state come
    StateOuter,      // words of the state behind the outer key block come
    StateMessage,    // message and padding
    StateSettle,     // the core ends
    StateInner,      // HMAC: the inner digest becomes the message of the outer hash
    StateRestore,    // and the core gets the state behind the outer key block
    StateOutput,
    StateSave,       // hash_context and state are output
    StateFault,
    StateDrain,      // aborted: until nothing more comes
    StateErase,
    StateRelease
  } state_e;

  state_e state_q;
  logic [SlotWidth-1:0] slot_q;
  hash_pkg::request_t request_q;
  logic [3:0] index_q;             // piece of a state
  logic fault_length_q, fault_tag_q;
  logic aborting;
  logic erase;                     // the core

  assign free_o = state_q == StateFree;
  assign slot_o = slot_q;
  assign erase = state_q == StateErase;

  // ---------------------------------------------------------------------------------- blocks of the ring to the FIFO

  logic [32:0] reads_left_q;       // bytes of what is not the cipher's text
  logic [4:0] read_bytes, read_bytes_q;
  logic own_request, text_request, text_grant, text_comes, text_read, text_given, text_quiet;
  logic [4:0] text_bytes;
  logic hashes_source;             // what is hashed of the text is as it is in the source
  logic [RingWidth-1:0] read_block_q;
  logic read_q;                    // a block comes in this cycle
  logic fifo_push, fifo_pop, fifo_valid, fifo_room;
  logic [127:0] fifo_data_in, fifo_data;
  logic [FifoWidth-1:0] fifo_count;
  logic [9:0] front_bytes;         // in front of the message
  logic has_front;
  logic [28:0] text_blocks;
  logic [31:0] message_length;

  assign text_blocks = 29'(start_request_i.text_length[31:4]) + 29'(start_request_i.text_length[3:0] != '0);
  assign message_length = start_request_i.text_length + (start_request_i.cipher ? start_request_i.aad_length : '0);
  assign has_front = !start_request_i.first || start_request_i.keyed;
  always_comb begin
    front_bytes = '0;
    if (has_front) begin
      front_bytes = 10'(cce_contract_pkg::HashContextBytes) + {2'd0, hash_pkg::state_pieces(start_request_i.mode), 4'd0};
      if (start_request_i.keyed) front_bytes = front_bytes + {2'd0, hash_pkg::state_pieces(start_request_i.mode), 4'd0};
    end
  end
  assign aborting = abort_i && state_q != StateFree && state_q != StateErase && state_q != StateRelease;
  assign fifo_room = fifo_count + FifoWidth'(read_q) < FifoWidth'(FifoDepth);
  assign own_request = reads_left_q != '0 && available_i && !aborting && fifo_room;
  assign read_request_o = own_request || text_request;
  assign read_block_o = read_block_q;
  assign read_bytes = reads_left_q < 33'd16 ? reads_left_q[4:0] : 5'd16;
  assign text_grant = read_grant_i && text_request;
  assign hashes_source = request_q.decrypt != request_q.over_plaintext;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reads_left_q <= '0;
      read_q <= 1'b0;
      read_block_q <= '0;
      read_bytes_q <= '0;
    end else begin
      read_q <= read_grant_i;
      if (read_grant_i) begin
        read_block_q <= read_block_q + RingWidth'(1);
        read_bytes_q <= read_bytes;
        if (!text_request) reads_left_q <= reads_left_q - 33'(read_bytes);
      end
      if (start_i) begin
        read_block_q <= '0;
        reads_left_q <= 33'(front_bytes) + (start_request_i.cipher ? 33'(start_request_i.aad_length) : {text_blocks, 4'd0});
      end else if (begins_output && verifies) begin
        reads_left_q <= 33'(output_blocks);   // the tag, with what is behind it in its last block
      end else if (state_q == StateDrain) begin
        reads_left_q <= '0;
      end
    end
  end

  stream_fifo #(
      .Width(128),
      .Depth(FifoDepth)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .clear_i(state_q == StateDrain),
      .push_i(fifo_push),
      .data_i(fifo_data_in),
      .undo_i(1'b0),
      .pop_i(fifo_pop),
      .valid_o(fifo_valid),
      .data_o(fifo_data),
      .count_o(fifo_count)
  );

  // ----------------------------------------------------------------------- the cipher's text, and what is hashed of it

  logic result_valid, result_take, pack, pack_flush, packed_valid;
  logic [127:0] result, pack_data, packed_data;
  logic [4:0] result_bytes, pack_bytes;
  logic verifies;                  // the tag is compared
  logic [6:0] output_blocks;       // bytes of the tag's blocks

  text_cipher #(
      .Depth(CipherBlocks)
  ) u_text (
      .clk_i,
      .rst_ni,
      .start_i,
      .start_request_i,
      .stop_i(aborting),
      .drop_i(state_q == StateDrain),
      .erase_i(release_grant_i),
      .key_usable_i,
      .read_possible_i(available_i && !aborting && reads_left_q == '0 && (!hashes_source || fifo_room)),
      .read_request_o(text_request),
      .read_grant_i(text_grant),
      .read_data_i,
      .text_valid_o(text_comes),
      .text_bytes_o(text_bytes),
      .cipher_request_o,
      .cipher_grant_i,
      .cipher_block_o,
      .result_valid_i,
      .result_block_i,
      .result_valid_o(result_valid),
      .result_take_i(result_take),
      .result_o(result),
      .result_bytes_o(result_bytes),
      .all_read_o(text_read),
      .all_given_o(text_given),
      .quiet_o(text_quiet),
      .next_iv_o
  );
  assign verifies = request_q.cipher && request_q.decrypt;
  assign output_blocks = (output_left_q[6:0] + 7'd15) & ~7'd15;
  assign result_take = write_grant_i && result_valid;

  // AAD and text are one message. Results come behind all of the AAD, for the text is read behind it.
  assign pack = request_q.cipher && ((read_q && (!text_comes || hashes_source)) || (result_take && !hashes_source));
  always_comb begin
    pack_data = read_data_i;
    pack_bytes = text_comes ? text_bytes : read_bytes_q;
    if (result_take && !hashes_source) begin
      pack_data = result;
      pack_bytes = result_bytes;
    end
  end
  assign pack_flush = request_q.cipher && reads_left_q == '0 && !read_q &&
                      (hashes_source ? text_read : text_given) && fifo_room;
  byte_packer u_packer (
      .clk_i,
      .rst_ni,
      .clear_i(state_q == StateDrain || state_q == StateErase),
      .valid_i(pack),
      .data_i(pack_data),
      .bytes_i(pack_bytes),
      .flush_i(pack_flush),
      .valid_o(packed_valid),
      .data_o(packed_data)
  );

  // ------------------------------------------------------------------------------------------------------------ core

  logic core_busy, core_ready, beat_valid, beat_half, permute, state_write;
  logic [127:0] beat, core_piece, state_piece;

  if (Sponge) begin : gen_sponge
    keccak_core #(
        .RoundsPerCycle(RoundsPerCycle)
    ) u_core (
        .clk_i,
        .rst_ni,
        .rate_i(hash_pkg::rate(request_q.mode)),
        .clear_i(erase),
        .state_write_i(state_write),
        .state_index_i(index_q),
        .state_data_i(state_piece),
        .state_data_o(core_piece),
        .valid_i(beat_valid),
        .ready_o(core_ready),
        .data_i(beat),
        .half_i(beat_half),
        .permute_i(permute),
        .busy_o(core_busy)
    );
  end else begin : gen_sha2
    sha2_core #(
        .RoundsPerCycle(RoundsPerCycle)
    ) u_core (
        .clk_i,
        .rst_ni,
        .wide_i(hash_pkg::wide(request_q.mode)),
        .clear_i(erase),
        .state_write_i(state_write),
        .state_index_i(index_q[1:0]),
        .state_data_i(state_piece),
        .state_data_o(core_piece),
        .valid_i(beat_valid),
        .ready_o(core_ready),
        .data_i(beat),
        .busy_o(core_busy)
    );
    logic unused_sha2;
    assign unused_sha2 = ^{beat_half, permute};
  end

  // --------------------------------------------------------------------------------- what stands in front of the message

  logic [3:0] pieces;
  logic last_piece, piece_comes, context_bad, squeezing_q, outer_q;
  cce_contract_pkg::hash_context_t header;
  logic [60:0] total_q;            // bytes of the message, those before this request and HMAC's key block included
  logic [127:0] outer_memory [OuterDepth];   // state behind the outer key block

  assign pieces = hash_pkg::state_pieces(request_q.mode);
  assign last_piece = index_q == pieces - 4'd1;
  // What follows it is as good as a key, with HMAC, and is never seen here.
  assign header = state_q == StateContext ? fifo_data : '0;
  assign context_bad = header.format != 8'(cce_contract_pkg::ContextFormatHashState) ||
                       header.mode != 8'(request_q.mode) || header.squeezing > 8'd1 || header.reserved != '0 ||
                       header.length[63:60] != '0 ||
                       (!Sponge && (header.length[5:0] != '0 || (hash_pkg::wide(request_q.mode) && header.length[6]))) ||
                       (header.squeezing[0] && (!hash_pkg::extendable(request_q.mode) || message_left_q != '0 ||
                                                 !(request_q.last || request_q.squeeze)));
  assign piece_comes = fifo_valid && (state_q == StateState || state_q == StateOuter);
  assign state_write = state_q == StateInitial || (state_q == StateState && fifo_valid) || state_q == StateRestore;
  always_comb begin
    state_piece = fifo_data;
    if (state_q == StateInitial) state_piece = Sponge ? '0 : hash_pkg::initial_piece(request_q.mode, index_q[1:0]);
    else if (state_q == StateRestore) state_piece = outer_memory[index_q[OuterWidth-1:0]];
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StateErase) outer_memory[index_q[OuterWidth-1:0]] <= '0;
    else if (state_q == StateOuter && fifo_valid) outer_memory[index_q[OuterWidth-1:0]] <= fifo_data;
  end

  // ------------------------------------------------------------------------------------------- the message, and padding

  logic [31:0] message_left_q;     // bytes that are still to come
  logic padded_q;                  // the padding has begun
  logic [4:0] place_q;             // in the block: beat (SHA-2), or lane of 8 bytes (SHA-3)
  logic [4:0] beat_bytes, place_after;
  logic beat_taken, pads, ends_in_beat, block_ends, message_ends, whole_blocks;
  logic [4:0] rate;

  assign rate = hash_pkg::rate(request_q.mode);
  assign beat_bytes = message_left_q < 32'd16 ? message_left_q[4:0] : 5'd16;
  // The message ends here, in a beat that it does not fill: its padding begins.
  assign pads = (request_q.last || request_q.squeeze) && beat_bytes != 5'd16 && !padded_q;

  if (Sponge) begin : gen_sponge_padding
    // pad10*1 (FIPS 202, 5.1): its last bit is the last one of the block in which the message ends.
    logic first_half_last, second_half_last, ends_in_first;
    assign first_half_last = place_q == rate - 5'd1;
    assign second_half_last = place_q + 5'd2 == rate;
    assign ends_in_first = first_half_last && (padded_q || (pads && beat_bytes < 5'd8));
    assign ends_in_beat = ends_in_first || (second_half_last && (padded_q || pads));
    assign beat_half = ends_in_first ||
                       (first_half_last && message_left_q == 32'd8 && !(request_q.last || request_q.squeeze));
    assign block_ends = beat_half || second_half_last;
    assign place_after = first_half_last ? 5'd1 : place_q + 5'd2;
    always_comb begin
      beat = cce_pkg::keep_bytes(fifo_data, beat_bytes);
      for (int unsigned i = 0; i < 16; i++) begin
        if (pads && 5'(i) == beat_bytes) beat[8*i +: 8] = hash_pkg::suffix(request_q.mode);
      end
      if (ends_in_first) beat[63] = 1'b1;
      if (ends_in_beat && !ends_in_first) beat[127] = 1'b1;
    end
  end else begin : gen_sha2_padding
    // FIPS 180-4, 5.1: a 1, zeros, and the length in bits at the end of the block, big-endian.
    logic last_beat, wide;
    assign wide = hash_pkg::wide(request_q.mode);
    assign last_beat = place_q == (wide ? 5'd7 : 5'd3);
    assign ends_in_beat = last_beat && (padded_q || (pads && !wide && beat_bytes < 5'd8));
    assign beat_half = 1'b0;
    assign block_ends = last_beat;
    assign place_after = place_q + 5'd1;
    always_comb begin
      beat = cce_pkg::keep_bytes(fifo_data, beat_bytes);
      for (int unsigned i = 0; i < 16; i++) begin
        if (pads && 5'(i) == beat_bytes) beat[8*i +: 8] = 8'h80;
      end
      if (ends_in_beat) beat[127:64] = sha2_pkg::word_of_bytes({total_q, 3'd0});
    end
    logic unused_rate;
    assign unused_rate = ^rate;
  end

  assign message_ends = request_q.last || request_q.squeeze ? ends_in_beat : message_left_q <= 32'd16;
  // What goes on later is whole blocks: its last beat is full, or is the half that ends the block.
  assign whole_blocks = block_ends && (request_q.last || request_q.squeeze || beat_half || message_left_q == 32'd16);
  assign beat_valid = state_q == StateMessage && !aborting && (message_left_q == '0 || fifo_valid);
  assign beat_taken = beat_valid && core_ready;

  // ---------------------------------------------------------------------------------------------------------- output

  logic [31:0] output_left_q;      // bytes of output
  logic [63:0] held_q;             // SHA-3: a lane that waits for the next block's first one
  logic held_valid_q;
  logic save_context_q;            // hash_context is next
  logic [RingWidth-1:0] write_block_q;
  logic [127:0] piece, digest_piece;
  logic held_only, block_used, output_step, output_write;
  logic begins_output;
  logic differs_q;                 // what was compared of the tag is another one's
  logic tag_wrong;                 // the only thing that is told of it, at the end
  logic [4:0] output_bytes;
  cce_contract_pkg::hash_context_t context_out;

  assign digest_piece = hash_pkg::digest_piece(request_q.mode, core_piece);
  // SHA-3: the block's last lane stands alone where the number of its lanes is odd.
  assign held_only = Sponge && !held_valid_q && {1'b0, index_q} == (rate >> 1) && rate[0];
  assign block_used = Sponge && {1'b0, index_q} == ((rate - 5'd1) >> 1);
  always_comb begin
    context_out = '0;
    context_out.format = 8'(cce_contract_pkg::ContextFormatHashState);
    context_out.mode = 8'(request_q.mode);
    context_out.squeezing = 8'(request_q.squeeze);
    context_out.length = 64'(total_q);
    if (state_q == StateSave) piece = save_context_q ? context_out : core_piece;
    else piece = held_valid_q ? {digest_piece[63:0], held_q} : digest_piece;
  end
  // A tag stands behind all of the text's results.
  assign output_write = !core_busy && ((state_q == StateOutput && output_left_q != '0 && !held_only &&
                                        !verifies && text_given) || state_q == StateSave);
  assign write_request_o = !aborting && room_i && (output_write || (result_valid && (hashes_source || fifo_room)));
  assign write_block_o = write_block_q;
  assign write_data_o = result_valid ? result : piece;
  assign tag_wrong = verifies && differs_q;
  assign begins_output = state_q == StateSettle && !core_busy && !(request_q.keyed && request_q.last && !outer_q);
  assign output_bytes = output_left_q < 32'd16 ? output_left_q[4:0] : 5'd16;
  assign output_step = state_q == StateOutput && !aborting && !core_busy && output_left_q != '0 && text_given &&
                       (held_only || (verifies ? fifo_valid : write_grant_i));
  assign permute = output_step && block_used && (request_q.squeeze || held_only || output_left_q > 32'd16);

  // -------------------------------------------------------------------------------------------------------- sequence

  // To erase the FIFO zeros go through all of it.
  assign fifo_pop = fifo_valid && (state_q == StateErase || state_q == StateRelease ||
                                   (!aborting && (state_q == StateContext || piece_comes ||
                                                  (beat_taken && message_left_q != '0) ||
                                                  (output_step && verifies))));
  assign fifo_push = (request_q.cipher ? packed_valid : read_q) || (state_q == StateInner && !aborting) ||
                     (state_q == StateErase && request_q.keyed);
  always_comb begin
    fifo_data_in = request_q.cipher ? packed_data : read_data_i;
    if (state_q == StateInner) fifo_data_in = digest_piece;
    else if (state_q == StateErase) fifo_data_in = '0;
  end

  assign clear_request_o = state_q == StateDrain && ended_i && !pending_i && !read_q && text_quiet;
  assign fault_request_o = state_q == StateFault && !abort_i;
  assign fault_length_o = fault_length_q;
  assign fault_tag_o = fault_tag_q;
  assign release_request_o = state_q == StateRelease;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateFree;
      slot_q <= '0;
      request_q <= '0;
      index_q <= '0;
      fault_length_q <= 1'b0;
      fault_tag_q <= 1'b0;
      differs_q <= 1'b0;
      squeezing_q <= 1'b0;
      outer_q <= 1'b0;
      total_q <= '0;
      message_left_q <= '0;
      padded_q <= 1'b0;
      place_q <= '0;
      output_left_q <= '0;
      held_q <= '0;
      held_valid_q <= 1'b0;
      save_context_q <= 1'b0;
      write_block_q <= '0;
    end else begin
      if (write_grant_i) write_block_q <= write_block_q + RingWidth'(1);
      unique case (state_q)
        StateFree: begin
          if (start_i) begin
            state_q <= has_front ? StateContext : StateInitial;
            slot_q <= start_slot_i;
            request_q <= start_request_i;
            index_q <= '0;
            squeezing_q <= 1'b0;
            outer_q <= 1'b0;
            total_q <= 61'(message_length);
            message_left_q <= message_length;
            fault_tag_q <= 1'b0;
            differs_q <= 1'b0;
            padded_q <= 1'b0;
            place_q <= '0;
            output_left_q <= start_request_i.output_length - (start_request_i.squeeze ? SavedBytes : '0);
            held_valid_q <= 1'b0;
            save_context_q <= 1'b1;
            write_block_q <= '0;
          end
        end
        StateInitial: begin
          // The core of a sponge was erased: its state is zero.
          index_q <= index_q + 4'd1;
          if (Sponge || last_piece) state_q <= StateMessage;
        end
        StateContext: begin
          if (fifo_valid) begin
            total_q <= total_q + 61'(header.length[59:0]);
            squeezing_q <= header.squeezing[0];
            fault_length_q <= 1'b0;
            state_q <= context_bad ? StateFault : StateState;
          end
        end
        StateState: begin
          if (fifo_valid) begin
            index_q <= last_piece ? '0 : index_q + 4'd1;
            if (last_piece && request_q.keyed) state_q <= StateOuter;
            else if (last_piece) state_q <= squeezing_q ? StateSettle : StateMessage;
          end
        end
        StateOuter: begin
          if (fifo_valid) begin
            index_q <= last_piece ? '0 : index_q + 4'd1;
            if (last_piece) state_q <= StateMessage;
          end
        end
        StateMessage: begin
          if (beat_taken) begin
            message_left_q <= message_left_q - 32'(beat_bytes);
            if (pads) padded_q <= 1'b1;
            place_q <= block_ends ? '0 : place_after;
            if (message_ends) begin
              fault_length_q <= 1'b1;
              index_q <= '0;
              state_q <= whole_blocks ? StateSettle : StateFault;
            end
          end
        end
        StateSettle: begin
          if (!core_busy) begin
            if (!begins_output) state_q <= StateInner;
            else state_q <= request_q.last || request_q.squeeze ? StateOutput : StateSave;
          end
        end
        StateInner: begin
          index_q <= index_q + 4'd1;
          outer_q <= 1'b1;
          message_left_q <= 32'(hash_pkg::digest_bytes(request_q.mode));
          padded_q <= 1'b0;
          total_q <= 61'(hash_pkg::digest_bytes(request_q.mode)) + 61'(block_bytes);
          if (32'({index_q, 4'd0}) + 32'd16 >= 32'(hash_pkg::digest_bytes(request_q.mode))) begin
            index_q <= '0;
            state_q <= StateRestore;
          end
        end
        StateRestore: begin
          index_q <= last_piece ? '0 : index_q + 4'd1;
          if (last_piece) state_q <= StateMessage;
        end
        StateOutput: begin
          if (output_left_q == '0) begin
            // More can be squeezed from whole pairs of blocks only.
            fault_length_q <= !request_q.cipher;
            fault_tag_q <= request_q.cipher;
            if (!request_q.squeeze) state_q <= tag_wrong ? StateFault : StateErase;
            else state_q <= index_q == '0 && !held_valid_q && request_q.output_length[3:0] == '0 ? StateSave : StateFault;
            index_q <= '0;
          end else if (output_step) begin
            if (verifies) differs_q <= differs_q || cce_pkg::keep_bytes(piece ^ fifo_data, output_bytes) != '0;
            if (!held_only) output_left_q <= output_left_q > 32'd16 ? output_left_q - 32'd16 : '0;
            if (Sponge) begin
              held_q <= held_only ? core_piece[63:0] : core_piece[127:64];
              if (block_used && rate[0]) held_valid_q <= held_only;
            end
            index_q <= block_used ? '0 : index_q + 4'd1;
          end
        end
        StateSave: begin
          if (write_grant_i) begin
            save_context_q <= 1'b0;
            if (!save_context_q) index_q <= last_piece ? '0 : index_q + 4'd1;
            if (!save_context_q && last_piece) state_q <= StateErase;
          end
        end
        StateFault: if (fault_grant_i) state_q <= StateDrain;
        StateDrain: begin
          index_q <= '0;
          if (clear_grant_i) state_q <= StateErase;
        end
        StateErase: begin
          held_q <= '0;
          total_q <= '0;
          index_q <= index_q + 4'd1;
          if (!request_q.keyed || index_q == 4'(EraseCycles - 1)) state_q <= StateRelease;
        end
        StateRelease: if (release_grant_i) state_q <= StateFree;
        default: state_q <= StateFree;
      endcase
      if (aborting && state_q != StateDrain) state_q <= StateDrain;
    end
  end

  // HMAC: the key block has been hashed (RFC 2104, 2).
  logic [7:0] block_bytes;
  assign block_bytes = Sponge ? {rate, 3'd0} : (hash_pkg::wide(request_q.mode) ? 8'd128 : 8'd64);

  // Of use only in the cycle of the start, from start_request_i.
  logic unused_bits;
  assign unused_bits = ^{request_q.first, request_q.ctr, request_q.iv, request_q.aad_length, request_q.text_length,
                         request_q.output_length[31:4]};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) assert (free_o && hash_pkg::sponge(start_request_i.mode) == Sponge);
      if (read_grant_i) assert (read_request_o);
      if (write_grant_i) assert (write_request_o);
      if (state_q == StateRelease) assert (fifo_count <= FifoWidth'(1) && reads_left_q == '0 && !core_busy && text_quiet);
      if (request_q.cipher && read_q && !text_comes && !hashes_source) assert (text_quiet && !result_valid);
      assert (!(result_valid && output_write));
      if (read_q) assert (state_q != StateFree && state_q != StateErase && state_q != StateRelease);
    end
  end

endmodule

`default_nettype wire
