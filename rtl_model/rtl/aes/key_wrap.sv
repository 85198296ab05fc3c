// SPDX-License-Identifier: Apache-2.0
//
// AES key wrap, KW and KWP (SP 800-38F, 6.2 and 6.3), one request at a time, with a block cipher that stands elsewhere.
//
// A text of m semiblocks (of 8 bytes) R[1..m], and a register A:
//
//   wrap    A = ICV1, or ICV2 and the length; for t = 1 .. 6m:   A | R[i] = CIPH(A | R[i]), then A = A ^ t
//   unwrap  A = first semiblock;              for t = 6m .. 1:   A = A ^ t, then A | R[i] = CIPH^-1(A | R[i])
//
// where i = (t - 1) mod m + 1. These are Algorithms 1 and 2 without their shifting: R stays in place, in a scratch
// memory of LimitBytes / 8 semiblocks (A needs none). KWP with m = 1 is one block of the cipher without t.
//
// Byte order: byte 0 in bits 7:0. A block is A in bits 63:0 and R[i] in bits 127:64.
//
//   start_i     may come when busy_o is low; unwrap_i, padded_i (KWP), length_i count in its cycle only. It may also
//               come while the memory is erased after a reset (busy_o high, LimitBytes / 8 cycles): the request waits.
//   length_i    bytes of the text, legal for its mode, see descriptor.text_length; not checked here but asserted
//   in          ceil(length / 16) words; bytes of the last one beyond the length are ignored
//   cipher      a block, then its result, and so on: never two blocks at once. Which key, and which direction, is not
//               known here. A block offered stays so until it is taken, whatever happens. The results may take any
//               time, but they may not wait.
//   out         wrap: m + 1 semiblocks. Unwrap: m semiblocks, or none if the integrity check fails. Two a word; the
//               last word is filled up with zeros. KWP, unwrap: the padding is put out as well, it is zero.
//   done_o      one cycle, when all of the request is erased; match_o and key_length_o belong to that cycle: the
//               integrity check passed (always, if wrapping), and for KWP the length of the unwrapped key. start_i may
//               come in the next cycle.
//   abort_i     while a request is under way, from the cycle of its start_i to the one before done_o: no more words and
//               blocks, but a block already offered must still be taken, and a result still to come is awaited; then
//               done_o without match_o. Otherwise no effect.
//
// Cycles without waiting, with a cipher that gives its result k cycles after it took the block: 1.5 m to load,
// 6m (k + 1) to wrap or unwrap, 1.5 m to put out, m to erase, and less than 10 besides. They depend on mode, direction
// and length; of the data only on the integrity check's outcome, which decides whether there is an output.
// The memory is all zeros whenever busy_o is low.

`default_nettype none

module key_wrap #(
    parameter int unsigned LimitBytes = cce_contract_pkg::KeyWrapLimitBytes  // a multiple of 8, from 16 to 4096
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,

    input  wire logic         start_i,
    input  wire logic         unwrap_i,
    input  wire logic         padded_i,
    input  wire logic [12:0]  length_i,
    input  wire logic         abort_i,
    output logic              busy_o,
    output logic              done_o,
    output logic              match_o,
    output logic [31:0]       key_length_o,

    // Text in
    input  wire logic         in_valid_i,
    output logic              in_ready_o,
    input  wire logic [127:0] in_word_i,

    // Block cipher
    output logic              cipher_valid_o,
    input  wire logic         cipher_ready_i,
    output logic [127:0]      cipher_block_o,
    input  wire logic         result_valid_i,
    input  wire logic [127:0] result_block_i,

    // Text out
    output logic              out_valid_o,
    input  wire logic         out_ready_i,
    output logic [127:0]      out_word_o
);

  localparam int unsigned Depth = LimitBytes / 8;
  localparam int unsigned AddressWidth = $clog2(Depth);
  localparam int unsigned CountWidth = AddressWidth + 1;
  localparam int unsigned StepWidth = AddressWidth + 4;  // holds 6 * Depth

  // SP 800-38F, 6.2 and 6.3, first byte in bits 7:0.
  localparam logic [63:0] IntegrityValue1 = 64'ha6a6a6a6_a6a6a6a6;
  localparam logic [31:0] IntegrityValue2 = 32'ha65959a6;

  typedef enum logic [3:0] {
    StateErase,         // semiblocks 0 .. semiblocks_q - 1 are erased, after a reset all of the memory
    StateIdle,
    StateLoad,          // a word is taken, and its first semiblock stored
    StateLoadSecond,    // its second one is stored
    StateFetch,         // the first R[i] is read
    StateOffer,         // a block is offered to the cipher
    StateAwait,         // its result is awaited, the next R[i] is read
    StateFetchLast,     // R[m] is read, for the check
    StateCheck,
    StateChecked,       // whether there is an output
    StateOutputFirst,   // the first semiblock of an output word is read
    StateOutputSecond,  // the second one is read
    StateOutputShow,    // the word is shown
    StateDone
  } state_e;

  state_e state_q, state_d;
  logic request_q, request_d;          // a request is under way; not so while erasing after a reset
  logic waiting_q, waiting_d;          // a request that came while erasing after a reset waits
  logic whole_q, whole_d;              // erasing after a reset
  logic outstanding_q;                 // a block is in the cipher
  logic dropped_q, dropped_d;          // aborted while a block was offered, which still is
  logic match_q, match_d;
  logic first_q, first_d;              // the output word begins with A
  logic second_q, second_d;            // the output word has a second semiblock
  logic unwrap_q, padded_q;
  logic [12:0] length_q;
  logic [12:0] key_length_q, key_length_d;
  logic [CountWidth-1:0] semiblocks_q;      // m
  logic [CountWidth-1:0] index_q, index_d;  // i - 1
  logic [StepWidth-1:0] step_q, step_d;     // t, or 0 for one block without t
  logic [StepWidth-1:0] steps_q;            // 6m, from the second cycle of a request on
  // Of index_q and step_q a cycle before: they do not change from the offer of a block to its result.
  logic [CountWidth-1:0] cyclic_index_q;
  logic last_step_q;
  logic [63:0] a_q, a_d;
  logic [63:0] half_q, half_d;         // the semiblock of a word that waits for its turn
  logic [63:0] read_q;                 // the memory's output

  (* no_rw_check *)                    // see read_address
  logic [63:0] memory [Depth]  /* verilator public_flat_rd */;
  logic write, read;
  logic [AddressWidth-1:0] read_address;
  logic [63:0] write_data;

  logic accept, stop, load_done;
  logic single, last_index, all_put_out;
  logic [CountWidth-1:0] semiblocks;
  logic [CountWidth-1:0] next_index, cyclic_index, erase_count;
  logic [CountWidth-1:0] last_q;         // index of the last semiblock
  logic [15:0] step_number;
  logic [63:0] step_bytes;             // [t]64
  logic [63:0] text;                   // the semiblock to be stored while loading
  logic [31:0] key_length;
  logic [29:0] key_semiblocks;
  logic match;
  logic [9:0] parts_d, parts_q;        // what holds of it; known in StateCheck, put together in the next cycle
  logic [63:0] beyond;

  // Ones in the bytes from number `bytes` to 7, where 0 stands for 8.
  function automatic logic [63:0] bytes_beyond(input logic [2:0] bytes);
    for (int unsigned i = 0; i < 8; i++) bytes_beyond[8*i +: 8] = {8{bytes != 3'd0 && 32'(bytes) <= i}};
  endfunction

  // ---- the request -------------------------------------------------------------------------------------------------

  assign accept = start_i && (state_q == StateIdle || (state_q == StateErase && !request_q));
  assign stop = abort_i && (accept || (request_q && state_q != StateDone));
  assign semiblocks = CountWidth'(unwrap_i ? {3'd0, length_i[12:3]} - 13'd1 : (length_i + 13'd7) >> 3);

  always_ff @(posedge clk_i) begin
    if (accept) begin
      unwrap_q <= unwrap_i;
      padded_q <= padded_i;
      length_q <= length_i;
      semiblocks_q <= semiblocks;
      last_q <= CountWidth'(unwrap_i ? {3'd0, length_i[12:3]} - 13'd2 : (length_i - 13'd1) >> 3);
    end
  end

  // ---- indices and steps -------------------------------------------------------------------------------------------

  assign single = padded_q && semiblocks_q == CountWidth'(1);
  assign next_index = index_q + CountWidth'(1);
  assign last_index = index_q == last_q;
  assign erase_count = whole_q ? CountWidth'(Depth) : semiblocks_q;
  assign all_put_out = index_q == semiblocks_q;
  always_comb begin
    if (!unwrap_q) cyclic_index = last_index ? '0 : next_index;
    else if (index_q == '0) cyclic_index = last_q;
    else cyclic_index = index_q - CountWidth'(1);
  end

  always_ff @(posedge clk_i) begin
    steps_q <= {1'b0, semiblocks_q, 2'd0} + {2'd0, semiblocks_q, 1'd0};
    cyclic_index_q <= cyclic_index;
    last_step_q <= single || (unwrap_q ? step_q == StepWidth'(1) : step_q == steps_q);
  end
  assign step_number = 16'(step_q);
  assign step_bytes = {step_number[7:0], step_number[15:8], 48'd0};

  // ---- integrity check (SP 800-38F, 6.2 step 3 of KW-AD, 6.3 steps 3 to 7 of KWP-AD): all parts at once -------------

  assign key_length = {a_q[39:32], a_q[47:40], a_q[55:48], a_q[63:56]};
  assign key_semiblocks = {1'b0, key_length[31:3]} + 30'(key_length[2:0] != 3'd0);
  always_comb begin
    parts_d = '1;
    if (padded_q) begin
      parts_d[0] = a_q[31:0] == IntegrityValue2;
      parts_d[1] = key_semiblocks == 30'(semiblocks_q);
      for (int unsigned i = 0; i < 8; i++) parts_d[2+i] = (read_q[8*i +: 8] & beyond[8*i +: 8]) == '0;
    end else begin
      parts_d[0] = a_q[31:0] == IntegrityValue1[31:0];
      parts_d[1] = a_q[63:32] == IntegrityValue1[63:32];
    end
    if (state_q != StateCheck) parts_d = '0;
  end
  assign beyond = bytes_beyond(key_length[2:0]);
  assign match = &parts_q;

  // ---- the scratch memory ------------------------------------------------------------------------------------------

  // The first semiblock of a word is stored as it comes, but the first of all when unwrapping is A.
  assign text = (state_q == StateLoad ? in_word_i[63:0] : half_q)
              & ~(bytes_beyond(length_q[2:0]) & {64{last_index && !unwrap_q}});

  always_comb begin
    write = 1'b0;
    write_data = '0;
    unique case (state_q)
      StateErase: write = 1'b1;
      StateLoad: begin
        write = in_valid_i && !(unwrap_q && index_q == '0);
        write_data = text;
      end
      StateLoadSecond: begin
        write = 1'b1;
        write_data = text;
      end
      StateAwait: begin
        write = result_valid_i;
        write_data = result_block_i[127:64];
      end
      default: ;
    endcase
  end

  // While a result is awaited the next semiblock is read already. It is another one than that which will be written,
  // unless m = 1: then nothing of it is needed.
  assign read_address = state_q == StateAwait ? cyclic_index_q[AddressWidth-1:0] : index_q[AddressWidth-1:0];
  assign read = state_q == StateAwait || state_q == StateFetch || state_q == StateFetchLast
              || state_q == StateOutputFirst || (state_q == StateOutputSecond && !all_put_out);

  always_ff @(posedge clk_i) begin
    if (write) memory[index_q[AddressWidth-1:0]] <= write_data;
  end
  always_ff @(posedge clk_i) begin
    if (state_q == StateErase) read_q <= '0;
    else if (read) read_q <= memory[read_address];
  end

  // ---- control -----------------------------------------------------------------------------------------------------

  always_comb begin
    state_d = state_q;
    request_d = request_q;
    waiting_d = waiting_q;
    whole_d = whole_q;
    dropped_d = dropped_q;
    match_d = match_q;
    first_d = first_q;
    second_d = second_q;
    key_length_d = key_length_q;
    index_d = index_q;
    step_d = step_q;
    a_d = a_q;
    half_d = half_q;
    load_done = 1'b0;

    unique case (state_q)
      StateErase: begin
        a_d = '0;
        half_d = '0;
        if (accept) begin
          request_d = 1'b1;
          waiting_d = 1'b1;
        end
        if (next_index != erase_count) begin
          index_d = next_index;
        end else if (!outstanding_q) begin
          index_d = '0;
          whole_d = 1'b0;
          waiting_d = 1'b0;
          if (waiting_q || accept) state_d = StateLoad;
          else if (request_q) state_d = StateDone;
          else state_d = StateIdle;
        end
      end
      StateIdle: begin
        if (accept) begin
          request_d = 1'b1;
          state_d = StateLoad;
        end
      end
      StateLoad: begin
        if (in_valid_i) begin
          half_d = in_word_i[127:64];
          state_d = StateLoadSecond;
          if (unwrap_q && index_q == '0) a_d = in_word_i[63:0];
          else if (last_index) load_done = 1'b1;
          else index_d = next_index;
        end
      end
      StateLoadSecond: begin
        state_d = StateLoad;
        if (last_index) load_done = 1'b1;
        else index_d = next_index;
      end
      StateFetch: state_d = StateOffer;
      StateOffer: begin
        if (cipher_ready_i) begin
          state_d = StateAwait;
          if (dropped_q) begin
            index_d = '0;
            state_d = StateErase;
          end
        end
      end
      StateAwait: begin
        if (result_valid_i) begin
          a_d = unwrap_q ? result_block_i[63:0] : result_block_i[63:0] ^ step_bytes;
          index_d = cyclic_index_q;
          step_d = unwrap_q ? step_q - StepWidth'(1) : step_q + StepWidth'(1);
          if (!last_step_q) begin
            state_d = StateOffer;
          end else if (unwrap_q) begin
            state_d = StateFetchLast;
          end else begin
            index_d = '0;
            first_d = 1'b1;
            state_d = StateOutputSecond;
          end
        end
      end
      StateFetchLast: state_d = StateCheck;
      StateCheck: begin
        index_d = '0;
        first_d = 1'b0;
        key_length_d = key_length[12:0] & {13{padded_q}};
        state_d = StateChecked;
      end
      StateChecked: begin
        match_d = match;
        if (match) begin
          state_d = StateOutputFirst;
        end else begin
          key_length_d = '0;
          state_d = StateErase;
        end
      end
      StateOutputFirst: begin
        index_d = next_index;
        state_d = StateOutputSecond;
      end
      StateOutputSecond: begin
        half_d = first_q ? a_q : read_q;
        first_d = 1'b0;
        second_d = !all_put_out;
        if (!all_put_out) index_d = next_index;
        state_d = StateOutputShow;
      end
      StateOutputShow: begin
        if (out_ready_i) begin
          state_d = StateOutputFirst;
          if (all_put_out) begin
            index_d = '0;
            state_d = StateErase;
          end
        end
      end
      StateDone: begin
        request_d = 1'b0;
        match_d = 1'b0;
        key_length_d = '0;
        dropped_d = 1'b0;
        state_d = StateIdle;
      end
      default: state_d = StateErase;
    endcase

    if (load_done) begin
      state_d = StateFetch;
      if (unwrap_q) begin
        step_d = steps_q;
        index_d = semiblocks_q - CountWidth'(1);
      end else begin
        step_d = StepWidth'(1);
        index_d = '0;
        match_d = 1'b1;
        if (padded_q) a_d = {length_q[7:0], 3'd0, length_q[12:8], 16'd0, IntegrityValue2};
        else a_d = IntegrityValue1;
      end
      if (single) step_d = '0;
    end

    if (stop) begin
      waiting_d = 1'b0;
      match_d = 1'b0;
      key_length_d = '0;
      if (state_q == StateOffer && !cipher_ready_i) begin
        dropped_d = 1'b1;
      end else if (state_q != StateErase) begin
        index_d = '0;
        state_d = StateErase;
      end else if (state_d == StateLoad) begin
        state_d = StateDone;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateErase;
      request_q <= 1'b0;
      waiting_q <= 1'b0;
      whole_q <= 1'b1;
      outstanding_q <= 1'b0;
      dropped_q <= 1'b0;
      match_q <= 1'b0;
      key_length_q <= '0;
      index_q <= '0;
    end else begin
      state_q <= state_d;
      request_q <= request_d;
      waiting_q <= waiting_d;
      whole_q <= whole_d;
      outstanding_q <= (state_q == StateOffer && cipher_ready_i) || (outstanding_q && !result_valid_i);
      dropped_q <= dropped_d;
      match_q <= match_d;
      key_length_q <= key_length_d;
      index_q <= index_d;
    end
  end

  always_ff @(posedge clk_i) begin
    first_q <= first_d;
    second_q <= second_d;
    step_q <= step_d;
    a_q <= a_d;
    half_q <= half_d;
    parts_q <= parts_d;
  end

  // ---- outputs: of registers only ----------------------------------------------------------------------------------

  assign busy_o = state_q != StateIdle;
  assign done_o = state_q == StateDone;
  assign match_o = match_q && state_q == StateDone;
  assign key_length_o = {19'd0, key_length_q & {13{state_q == StateDone}}};
  assign in_ready_o = state_q == StateLoad;
  assign cipher_valid_o = state_q == StateOffer;
  assign cipher_block_o = {read_q, unwrap_q ? a_q ^ step_bytes : a_q};
  assign out_valid_o = state_q == StateOutputShow;
  assign out_word_o = {read_q & {64{second_q}}, half_q} & {128{state_q == StateOutputShow}};

  // ---- what the users owe, and what they are owed ------------------------------------------------------------------

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) begin
        assert (accept);
        if (unwrap_i) begin
          assert (length_i[2:0] == 3'd0 && length_i >= (padded_i ? 13'd16 : 13'd24) && length_i <= 13'(LimitBytes + 8));
        end else if (padded_i) begin
          assert (length_i != '0 && length_i <= 13'(LimitBytes));
        end else begin
          assert (length_i[2:0] == 3'd0 && length_i >= 13'd16 && length_i <= 13'(LimitBytes));
        end
      end
      if (request_q) assert (last_q == semiblocks_q - CountWidth'(1));
      if (result_valid_i) assert (outstanding_q);
      if (state_q == StateAwait) begin
        assert (outstanding_q && cyclic_index_q == cyclic_index && steps_q == StepWidth'(6) * StepWidth'(semiblocks_q));
        assert (last_step_q == (single || (unwrap_q ? step_q == StepWidth'(1) : step_q == steps_q)));
      end
      if (state_q == StateIdle) begin
        assert ({a_q, half_q, read_q, parts_q, match_q, key_length_q, outstanding_q, dropped_q, whole_q} == '0);
      end
    end
  end

endmodule

`default_nettype wire
