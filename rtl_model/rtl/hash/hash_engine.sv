// SPDX-License-Identifier: Apache-2.0
//
// Hash functions between source buffer and destination buffer: some lanes for SHA-2, some for SHA-3.
//
// Requests of cipher and hash in one pass are done here, too: each lane sends the text's blocks to the AES engine's cipher
// itself (text_cipher); the lanes take turns at it.
// A request waits in its slot until the first block of its source is there, or none will come; then a free lane of its
// kind takes it to its end. The buffers have one port each way, of which the lanes get the cycles that the AES engine
// leaves, and take turns.
// Throughput: one block a cycle from the buffer for all lanes. Latency: a cycle from block to lane. See hash_lane.

`default_nettype none

module hash_engine #(
    parameter int unsigned Sha2Lanes = 4,    // of either kind none, but not of both
    parameter int unsigned Sha3Lanes = 1,
    parameter int unsigned RoundsPerCycle = 2,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned LaneBlocks = 32,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned RingWidth = $clog2(LaneBlocks),
    localparam int unsigned CountWidth = RingWidth + 1
) (
    input  wire logic                                 clk_i,
    input  wire logic                                 rst_ni,

    input  wire logic                                 start_i,
    input  wire logic [SlotWidth-1:0]                 start_slot_i,
    input  wire hash_pkg::request_t                   start_request_i,
    input  wire logic [SlotCount-1:0]                 abort_i,

    // Source
    input  wire logic [SlotCount-1:0]                 source_ended_i,
    input  wire logic [SlotCount-1:0]                 source_pending_i,
    input  wire logic [SlotCount-1:0][CountWidth-1:0] available_i,
    input  wire logic                                 read_possible_i,   // nobody else reads in this cycle
    output logic                                      read_o,            // takes a block
    output logic [SlotWidth-1:0]                      read_slot_o,
    output logic [RingWidth-1:0]                      read_block_o,
    input  wire logic [127:0]                         read_data_i,       // in the next cycle
    input  wire logic                                 clear_possible_i,
    output logic                                      clear_o,
    output logic [SlotWidth-1:0]                      clear_slot_o,

    // Destination
    input  wire logic [SlotCount-1:0][CountWidth-1:0] filled_i,
    input  wire logic                                 write_possible_i,
    output logic                                      write_o,
    output logic [SlotWidth-1:0]                      write_slot_o,
    output logic [RingWidth-1:0]                      write_block_o,
    output logic [127:0]                              write_data_o,

    // Cipher
    input  wire logic [SlotCount-1:0]                 key_usable_i,
    output logic                                      cipher_request_o,
    input  wire logic                                 cipher_grant_i,
    output logic [SlotWidth-1:0]                      cipher_slot_o,     // in the cycle after its grant
    output logic [127:0]                              cipher_block_o,
    input  wire logic                                 result_valid_i,
    input  wire logic [SlotWidth-1:0]                 result_slot_i,
    input  wire logic [127:0]                         result_block_i,
    input  wire logic [SlotWidth-1:0]                 next_iv_slot_i,
    output logic [127:0]                              next_iv_o,

    // Ends
    output logic                                      context_fault_o,   // status context_format
    output logic                                      length_fault_o,    // status length
    output logic                                      tag_fault_o,       // status tag
    output logic [SlotWidth-1:0]                      fault_slot_o,
    output logic                                      release_o,
    output logic [SlotWidth-1:0]                      release_slot_o,
    output logic                                      idle_o
);

  localparam int unsigned LaneCount = Sha2Lanes + Sha3Lanes;
  localparam int unsigned LaneWidth = LaneCount > 1 ? $clog2(LaneCount) : 1;
  localparam int unsigned TurnCount = 1 << LaneWidth;   // an arbiter has a power of two of requesters

  // ------------------------------------------------------------------------------------------------ requests to lanes

  logic [hash_pkg::RequestWidth-1:0] request_memory [SlotCount];
  logic [SlotCount-1:0] waiting_q, sponge_q;
  logic [LaneCount-1:0] free, start_lane;
  logic [1:0] chosen_valid, kind_free;                 // 0: SHA-2, 1: SHA-3
  logic [1:0][SlotWidth-1:0] chosen_slot;

  for (genvar k = 0; k < 2; k++) begin : gen_kind
    localparam int unsigned First = k == 0 ? 0 : Sha2Lanes;
    localparam int unsigned Count = k == 0 ? Sha2Lanes : Sha3Lanes;
    if (Count == 0) begin : gen_none
      assign kind_free[k] = 1'b0;
      assign chosen_valid[k] = 1'b0;
      assign chosen_slot[k] = '0;
    end else begin : gen_lanes
      logic [SlotCount-1:0] candidates;
      always_comb begin
        for (int unsigned s = 0; s < SlotCount; s++) begin
          candidates[s] = waiting_q[s] && sponge_q[s] == (k == 1) &&
                          (available_i[s] != '0 || source_ended_i[s] || abort_i[s]);
        end
      end
      assign kind_free[k] = free[First +: Count] != '0;
      round_robin_arbiter #(
          .Count(SlotCount)
      ) u_slots (
          .clk_i,
          .rst_ni,
          .request_i(candidates),
          .take_i(chosen_valid[k] && kind_free[k]),
          .valid_o(chosen_valid[k]),
          .index_o(chosen_slot[k])
      );
      // The lowest free lane of its kind.
      for (genvar l = First; l < int'(First + Count); l++) begin : gen_start
        if (l == First) assign start_lane[l] = chosen_valid[k] && free[l];
        else assign start_lane[l] = chosen_valid[k] && free[l] && free[l-1:First] == '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      waiting_q <= '0;
      sponge_q <= '0;
    end else begin
      for (int unsigned k = 0; k < 2; k++) begin
        if (chosen_valid[k] && kind_free[k]) waiting_q[chosen_slot[k]] <= 1'b0;
      end
      if (start_i) begin
        waiting_q[start_slot_i] <= 1'b1;
        sponge_q[start_slot_i] <= hash_pkg::sponge(start_request_i.mode);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) request_memory[start_slot_i] <= start_request_i;
  end

  // ------------------------------------------------------------------------------------------------------------ lanes

  logic [LaneCount-1:0][SlotWidth-1:0] slot;
  logic [LaneCount-1:0][RingWidth-1:0] read_block, write_block;
  logic [LaneCount-1:0][127:0] write_data;
  logic [LaneCount-1:0] read_request, write_request, clear_request, fault_request, fault_length, fault_tag, release_request;
  logic [LaneCount-1:0] read_grant, write_grant, clear_grant, fault_grant, release_grant;
  logic [LaneCount-1:0] cipher_request, cipher_grant;
  logic [LaneCount-1:0][127:0] cipher_block, next_iv;

  for (genvar l = 0; l < int'(LaneCount); l++) begin : gen_lane
    localparam bit Sponge = l >= int'(Sha2Lanes);
    hash_pkg::request_t request;
    assign request = request_memory[chosen_slot[Sponge]];

    hash_lane #(
        .Sponge(Sponge),
        .RoundsPerCycle(RoundsPerCycle),
        .SlotCount(SlotCount),
        .LaneBlocks(LaneBlocks),
        .CipherBlocks(Sponge ? 32 : 16)   // Keccak takes a block of text a cycle and more
    ) u_lane (
        .clk_i,
        .rst_ni,
        .free_o(free[l]),
        .start_i(start_lane[l]),
        .start_slot_i(chosen_slot[Sponge]),
        .start_request_i(request),
        .slot_o(slot[l]),
        .abort_i(abort_i[slot[l]]),
        .ended_i(source_ended_i[slot[l]]),
        .pending_i(source_pending_i[slot[l]]),
        .key_usable_i(key_usable_i[slot[l]]),
        .available_i(available_i[slot[l]] != '0),
        .read_request_o(read_request[l]),
        .read_grant_i(read_grant[l]),
        .read_block_o(read_block[l]),
        .read_data_i,
        .clear_request_o(clear_request[l]),
        .clear_grant_i(clear_grant[l]),
        .room_i(filled_i[slot[l]] < CountWidth'(LaneBlocks - 1)),
        .write_request_o(write_request[l]),
        .write_grant_i(write_grant[l]),
        .write_block_o(write_block[l]),
        .write_data_o(write_data[l]),
        .cipher_request_o(cipher_request[l]),
        .cipher_grant_i(cipher_grant[l]),
        .cipher_block_o(cipher_block[l]),
        .result_valid_i(result_valid_i && !free[l] && slot[l] == result_slot_i),
        .result_block_i,
        .next_iv_o(next_iv[l]),
        .fault_request_o(fault_request[l]),
        .fault_length_o(fault_length[l]),
        .fault_tag_o(fault_tag[l]),
        .fault_grant_i(fault_grant[l]),
        .release_request_o(release_request[l]),
        .release_grant_i(release_grant[l])
    );
  end

  // ---------------------------------------------------------------------------------------------------------- turns

  logic read_valid, write_valid;
  logic [LaneWidth-1:0] read_lane, write_lane, cipher_lane, cipher_lane_q, clear_lane, fault_lane, release_lane;

  round_robin_arbiter #(
      .Count(TurnCount)
  ) u_reads (
      .clk_i,
      .rst_ni,
      .request_i(TurnCount'(read_request)),
      .take_i(read_o),
      .valid_o(read_valid),
      .index_o(read_lane)
  );
  round_robin_arbiter #(
      .Count(TurnCount)
  ) u_writes (
      .clk_i,
      .rst_ni,
      .request_i(TurnCount'(write_request)),
      .take_i(write_o),
      .valid_o(write_valid),
      .index_o(write_lane)
  );
  round_robin_arbiter #(
      .Count(TurnCount)
  ) u_ciphers (
      .clk_i,
      .rst_ni,
      .request_i(TurnCount'(cipher_request)),
      .take_i(cipher_grant_i),
      .valid_o(cipher_request_o),
      .index_o(cipher_lane)
  );
  always_ff @(posedge clk_i) begin
    cipher_lane_q <= cipher_lane;
  end
  assign cipher_slot_o = slot[cipher_lane_q];
  assign cipher_block_o = cipher_block[cipher_lane_q];
  assign read_o = read_valid && read_possible_i;
  assign read_slot_o = slot[read_lane];
  assign read_block_o = read_block[read_lane];
  assign write_o = write_valid && write_possible_i;
  assign write_slot_o = slot[write_lane];
  assign write_block_o = write_block[write_lane];
  assign write_data_o = write_data[write_lane];

  // What happens once a request: the lowest lane first.
  always_comb begin
    clear_lane = '0;
    fault_lane = '0;
    release_lane = '0;
    for (int l = int'(LaneCount) - 1; l >= 0; l--) begin
      if (clear_request[l]) clear_lane = LaneWidth'(l);
      if (fault_request[l]) fault_lane = LaneWidth'(l);
      if (release_request[l]) release_lane = LaneWidth'(l);
    end
  end
  assign clear_o = clear_request != '0 && clear_possible_i;
  assign clear_slot_o = slot[clear_lane];
  assign context_fault_o = fault_request != '0 && !fault_length[fault_lane] && !fault_tag[fault_lane];
  assign length_fault_o = fault_request != '0 && fault_length[fault_lane];
  assign tag_fault_o = fault_request != '0 && fault_tag[fault_lane];
  assign fault_slot_o = slot[fault_lane];
  assign release_o = release_request != '0;
  assign release_slot_o = slot[release_lane];
  always_comb begin
    for (int unsigned l = 0; l < LaneCount; l++) begin
      read_grant[l] = read_o && read_lane == LaneWidth'(l);
      cipher_grant[l] = cipher_grant_i && cipher_lane == LaneWidth'(l);
      write_grant[l] = write_o && write_lane == LaneWidth'(l);
      clear_grant[l] = clear_o && clear_lane == LaneWidth'(l);
      fault_grant[l] = fault_request != '0 && fault_lane == LaneWidth'(l);
      release_grant[l] = release_o && release_lane == LaneWidth'(l);
    end
  end

  (* ram_style = "distributed" *)
  logic [127:0] next_iv_memory [SlotCount];
  always_ff @(posedge clk_i) begin
    if (release_o) next_iv_memory[release_slot_o] <= next_iv[release_lane];
  end
  assign next_iv_o = next_iv_memory[next_iv_slot_i];

  assign idle_o = waiting_q == '0 && (&free);

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) assert (!waiting_q[start_slot_i]);
    end
  end

endmodule

`default_nettype wire
