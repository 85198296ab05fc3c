// SPDX-License-Identifier: Apache-2.0
//
// Takes the requests of modes KW and KWP to the one key_wrap, in the order of their dispatch, and moves their text
// between its lanes' rings and key_wrap.
//
// It reads, writes and uses the cipher when nobody else does: key wrap is long and rare.

`default_nettype none

module key_wrap_lane #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned LaneBlocks = 32,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned RingWidth = $clog2(LaneBlocks),
    localparam int unsigned CountWidth = RingWidth + 1
) (
    input  wire logic                                 clk_i,
    input  wire logic                                 rst_ni,

    input  wire logic                                 start_i,            // a request of one of these modes
    input  wire logic [SlotWidth-1:0]                 start_slot_i,
    input  wire cce_pkg::cipher_request_t             start_request_i,
    input  wire logic [SlotCount-1:0]                 abort_i,
    input  wire logic [SlotCount-1:0]                 key_usable_i,

    // Source buffer
    input  wire logic [SlotCount-1:0]                 ended_i,
    input  wire logic [SlotCount-1:0]                 pending_i,
    input  wire logic [SlotCount-1:0][CountWidth-1:0] available_i,
    output logic                                      read_wanted_o,      // a register: stream units wait meanwhile
    input  wire logic                                 read_possible_i,    // lanes do not read in this cycle
    output logic                                      read_o,
    output logic [SlotWidth-1:0]                      read_slot_o,
    output logic [RingWidth-1:0]                      read_block_o,
    input  wire logic [127:0]                         read_data_i,        // in the next cycle
    output logic                                      clear_o,
    output logic [SlotWidth-1:0]                      clear_slot_o,

    // Cipher: the block goes in the cycle after the grant
    output logic                                      cipher_request_o,
    input  wire logic                                 cipher_grant_i,
    output logic [SlotWidth-1:0]                      cipher_slot_o,
    output logic [127:0]                              cipher_block_o,
    input  wire logic                                 result_valid_i,
    input  wire logic [127:0]                         result_block_i,

    // Destination buffer
    input  wire logic [SlotCount-1:0][CountWidth-1:0] filled_i,
    input  wire logic                                 write_possible_i,   // nobody else writes in this cycle
    output logic                                      write_o,
    output logic [SlotWidth-1:0]                      write_slot_o,
    output logic [RingWidth-1:0]                      write_block_o,
    output logic [127:0]                              write_data_o,

    // Completion
    input  wire logic [SlotWidth-1:0]                 key_length_slot_i,
    output logic [31:0]                               key_length_o,
    output logic                                      fault_o,            // status tag
    output logic [SlotWidth-1:0]                      fault_slot_o,
    output logic                                      release_o,
    output logic [SlotWidth-1:0]                      release_slot_o,
    output logic                                      idle_o
);

  localparam int unsigned JobWidth = SlotWidth + 1 + 1 + 13;

  typedef enum logic [2:0] {
    StateIdle,
    StateKey,
    StateRun,
    StateDrain
  } state_e;

  state_e state_q;
  logic job_valid, job_pop, job_unwrap, job_padded;
  logic [SlotWidth-1:0] job_slot;
  logic [12:0] job_length;
  logic [SlotWidth:0] job_count;
  logic [31:0] key_length_memory [SlotCount];
  logic [RingWidth-1:0] read_block_q, write_block_q;
  logic wanted_q, fetched_q, word_valid_q, granted_q;
  logic aborted_q, drained_q;   // the job: aborted; and nothing more of its source comes, which stays so
  logic room_q;                 // for a block of the job in the destination buffer
  logic [127:0] word_q;
  logic wrap_start, wrap_busy, wrap_done, wrap_match, in_ready, cipher_valid, out_valid, out_ready;
  logic [31:0] wrap_key_length;

  stream_fifo #(
      .Width(JobWidth),
      .Depth(SlotCount)
  ) u_jobs (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(start_i),
      .data_i({start_slot_i, start_request_i.decrypt,
               start_request_i.mode == 8'(cce_contract_pkg::CipherModeKwp), start_request_i.text_length[12:0]}),
      .undo_i(1'b0),
      .pop_i(job_pop),
      .valid_o(job_valid),
      .data_o({job_slot, job_unwrap, job_padded, job_length}),
      .count_o(job_count)
  );

  key_wrap u_key_wrap (
      .clk_i,
      .rst_ni,
      .start_i(wrap_start),
      .unwrap_i(job_unwrap),
      .padded_i(job_padded),
      .length_i(job_length),
      .abort_i(state_q == StateRun && aborted_q),
      .busy_o(wrap_busy),
      .done_o(wrap_done),
      .match_o(wrap_match),
      .key_length_o(wrap_key_length),
      .in_valid_i(word_valid_q),
      .in_ready_o(in_ready),
      .in_word_i(word_q),
      .cipher_valid_o(cipher_valid),
      .cipher_ready_i(granted_q),
      .cipher_block_o,
      .result_valid_i,
      .result_block_i,
      .out_valid_o(out_valid),
      .out_ready_i(out_ready),
      .out_word_o(write_data_o)
  );

  assign wrap_start = state_q == StateKey && !aborted_q && key_usable_i[job_slot] && !wrap_busy;

  assign read_wanted_o = wanted_q;
  assign read_o = state_q == StateRun && wanted_q && read_possible_i;
  assign read_slot_o = job_slot;
  assign read_block_o = read_block_q;

  assign cipher_request_o = cipher_valid && !granted_q;
  assign cipher_slot_o = job_slot;

  assign out_ready = write_possible_i && room_q;
  assign write_o = out_valid && out_ready;
  assign write_slot_o = job_slot;
  assign write_block_o = write_block_q;

  assign fault_o = state_q == StateRun && wrap_done && !wrap_match;
  assign fault_slot_o = job_slot;
  assign release_o = state_q == StateDrain && (!aborted_q || drained_q);
  assign release_slot_o = job_slot;
  assign clear_o = release_o && aborted_q;
  assign clear_slot_o = job_slot;
  assign job_pop = release_o;
  assign idle_o = !job_valid && !wrap_busy;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      read_block_q <= '0;
      write_block_q <= '0;
      wanted_q <= 1'b0;
      fetched_q <= 1'b0;
      word_valid_q <= 1'b0;
      granted_q <= 1'b0;
      aborted_q <= 1'b0;
      drained_q <= 1'b0;
      room_q <= 1'b0;
    end else begin
      granted_q <= cipher_grant_i;
      aborted_q <= job_valid && !job_pop && abort_i[job_slot];
      drained_q <= job_valid && !job_pop && abort_i[job_slot] && ended_i[job_slot] && !pending_i[job_slot];
      // The next block comes three cycles after this one, or later.
      room_q <= filled_i[job_slot] < CountWidth'(LaneBlocks - 1) && !write_o;
      wanted_q <= state_q == StateRun && !aborted_q && !read_o && !fetched_q && !word_valid_q && available_i[job_slot] != '0;
      fetched_q <= read_o;
      if (read_o) read_block_q <= read_block_q + RingWidth'(1);
      if (fetched_q) word_valid_q <= 1'b1;
      else if (in_ready) word_valid_q <= 1'b0;
      if (write_o) write_block_q <= write_block_q + RingWidth'(1);
      unique case (state_q)
        StateIdle: begin
          read_block_q <= '0;
          write_block_q <= '0;
          word_valid_q <= 1'b0;
          if (job_valid) state_q <= StateKey;
        end
        StateKey: begin
          if (aborted_q) state_q <= StateDrain;
          else if (wrap_start) state_q <= StateRun;
        end
        StateRun: if (wrap_done) state_q <= StateDrain;
        StateDrain: if (release_o) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (fetched_q) word_q <= read_data_i;
    else if (state_q == StateIdle) word_q <= '0;  // a key to be wrapped does not stay
    if (state_q == StateRun && wrap_done) key_length_memory[job_slot] <= wrap_key_length;  // asked for if all went well
  end
  assign key_length_o = key_length_memory[key_length_slot_i];

  logic unused_bits;
  assign unused_bits = ^{job_count, start_request_i};

  always_ff @(posedge clk_i) begin
    if (rst_ni && write_o) assert (filled_i[job_slot] < CountWidth'(LaneBlocks - 1));
  end

endmodule

`default_nettype wire
