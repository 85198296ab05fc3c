// SPDX-License-Identifier: Apache-2.0
//
// AES on single blocks, fully pipelined, with the round keys of KeyCount keys (FIPS 197).
//
// Latency: 29 cycles (StagesPerRound = 2) or 15 (1) from a block taken to its result, for every key length and
// direction. Throughput: a block a cycle, each with its own key, key length and direction. Nothing depends on key or data.
//
//   stage 0: block and round key 0 | round 1: stages 1, 2 | ... | round 14: stages 27, 28     (StagesPerRound = 2)
//
// Rounds 10 to 13 let blocks of shorter keys pass: Nr = 10 skips 10 to 13, Nr = 12 skips 12 and 13. Each position of
// the pipeline has its own memory of round keys, read with the block's key index just before the block arrives.
//
// A key taken in cycle a has round key i made in cycle a + i; the next key is taken in cycle a + 11, 13, 15 (AES-128,
// -192, -256) or later. key_usable_o comes in cycle a + 1 for a forward key: the first block, in cycle a + 2, reads
// position s > 0 in cycle a + 1 + StagesPerRound * s at the earliest, after its round key was made in a + s. For an
// inverse key it comes in cycle a + Nr + 1, behind the one in which the round key of position 0, the last one, is made.
//
// If StagesPerRound is 1 a round key is written in the cycle in which it is made. If it is 2, there is time for a register:
// all that is written or zeroed is so a cycle later than said here.
//
// An erasure taken in cycle e zeroes all positions in cycle e + 1; while round keys of another key are being made, the
// positions with the same lowest bit as the one written follow in e + 2: all of these share what is written, and an
// expansion goes from even to odd positions and back in each cycle. The key under expansion is erased when its expansion
// is over, no later than e + 16. Until an erasure is over neither key nor further erasure is taken, and a key is not taken
// together with an erasure (key_ready_o is 0 while erase_valid_i is 1). After reset all KeyCount keys are erased, one a
// cycle, in the same way.
//
// SboxStyle 2 puts the S-boxes of rounds 1 to MemoryRounds and of the key expansion into block RAM. Those of the other rounds
// are a composite field all the same: a part has only so many block RAMs.
//
// The surroundings must not load or erase a key of which blocks are inside: their rounds would see a mixture of keys.
// Stages without a block hold no data and no key material: they compute on zero.

`default_nettype none

module aes_cipher_pipelined #(
    parameter int unsigned KeyCount = 64,     // 2 or more
    parameter int unsigned TagWidth = 12,
    parameter int unsigned SboxStyle = 1,     // see aes_sub_bytes
    parameter int unsigned StagesPerRound = 2 // 1 or 2; SboxStyle 2 needs 2
) (
    input  wire logic                         clk_i,
    input  wire logic                         rst_ni,
    // Load a key
    input  wire logic                         key_valid_i,
    output logic                              key_ready_o,
    input  wire logic [$clog2(KeyCount)-1:0]  key_index_i,
    input  wire logic                         key_inverse_i,
    input  wire cce_pkg::key_length_e         key_length_i,
    input  wire logic [255:0]                 key_i,
    output logic                              key_usable_o,
    output logic [$clog2(KeyCount)-1:0]       key_usable_index_o,
    // Erase a key
    input  wire logic                         erase_valid_i,
    output logic                              erase_ready_o,
    input  wire logic [$clog2(KeyCount)-1:0]  erase_index_i,
    // Blocks in
    input  wire logic                         valid_i,
    output logic                              ready_o,
    input  wire logic [$clog2(KeyCount)-1:0]  key_select_i,
    input  wire logic [127:0]                 block_i,
    input  wire logic [TagWidth-1:0]          tag_i,
    // Results
    output logic                              valid_o,
    output logic [127:0]                      block_o,
    output logic [TagWidth-1:0]               tag_o,
    output logic                              idle_o
);

  localparam int unsigned IndexWidth = $clog2(KeyCount);
  localparam int unsigned Rounds = 14;
  localparam int unsigned Positions = Rounds + 1;
  localparam int unsigned MemoryRounds = 12;
  localparam int unsigned LogicStyle = SboxStyle == 2 ? 0 : SboxStyle;
  localparam int unsigned StageCount = 1 + Rounds * StagesPerRound;

  // ---- Keys ----------------------------------------------------------------------------------------------------

  logic load, expanding, write, write_inverse;
  logic [IndexWidth-1:0] expanding_index, write_index;
  logic [3:0] write_position;
  logic [127:0] write_key;
  logic [Positions-1:0] written;             // positions whose round key is made now
  logic [Positions-1:0] erase_pending_q, erase_pending_d, erased;
  logic erase_ready_q;                       // erase_pending_q is zero
  logic [IndexWidth-1:0] erase_index_q;
  logic erase_all_q;                         // after reset
  logic erase_wait;
  logic [2:0] attributes [KeyCount];         // length, direction
  logic [2:0] selected_attributes;

  assign ready_o = 1'b1;
  assign erase_ready_o = erase_ready_q;
  assign key_ready_o = !expanding && erase_ready_q && !erase_valid_i;
  assign load = key_valid_i && key_ready_o;

  aes_key_expander #(
      .KeyCount(KeyCount),
      .SboxStyle(SboxStyle)
  ) u_key_expander (
      .clk_i,
      .rst_ni,
      .load_i(load),
      .index_i(key_index_i),
      .inverse_i(key_inverse_i),
      .length_i(key_length_i),
      .key_i,
      .busy_o(expanding),
      .busy_index_o(expanding_index),
      .write_o(write),
      .index_o(write_index),
      .position_o(write_position),
      .inverse_o(write_inverse),
      .round_key_o(write_key),
      .usable_o(key_usable_o),
      .usable_index_o(key_usable_index_o)
  );

  assign erase_wait = expanding && expanding_index == erase_index_q;
  always_comb begin
    for (int unsigned s = 0; s < Positions; s++) begin
      written[s] = write && write_position == 4'(s);
      erased[s] = !erase_wait && erase_pending_q[s] && !(write && write_position[0] == 1'(s));
    end
  end

  always_comb begin
    erase_pending_d = erase_pending_q & ~erased;
    if (!rst_ni) erase_pending_d = '1;
    else if (erase_valid_i && erase_ready_q) erase_pending_d = '1;
    else if (erase_all_q) erase_pending_d = {Positions{erase_index_q != IndexWidth'(KeyCount - 1)}} & erase_pending_q;
  end

  always_ff @(posedge clk_i) begin
    erase_pending_q <= erase_pending_d;
    erase_ready_q <= erase_pending_d == '0;
    if (!rst_ni) begin
      erase_index_q <= '0;
      erase_all_q <= 1'b1;
    end else if (erase_valid_i && erase_ready_q) begin
      erase_index_q <= erase_index_i;
    end else if (erase_all_q) begin
      erase_index_q <= erase_index_q + IndexWidth'(1);
      if (erase_index_q == IndexWidth'(KeyCount - 1)) erase_all_q <= 1'b0;
    end
  end

  // What goes to the memories.
  logic [Positions-1:0] later_written, later_erased;
  logic [IndexWidth-1:0] later_index, later_erase_index;
  logic later_inverse, later_last;           // last: position 14
  logic [127:0] later_key, mixed_key, ordered_key;
  logic [1:0][127:0] write_data;             // for even and for odd positions
  logic [127:0] first_key;                   // for position 0

  generate
    if (StagesPerRound == 2) begin : gen_later
      logic [Positions-1:0] written_q, erased_q;
      logic [IndexWidth-1:0] write_index_q, erase_index_qq;
      logic inverse_q;
      logic [127:0] key_q;
      always_ff @(posedge clk_i) begin
        written_q <= {Positions{rst_ni}} & written;
        erased_q <= {Positions{rst_ni}} & erased;
        write_index_q <= write_index;
        erase_index_qq <= erase_index_q;
        inverse_q <= write_inverse;
        key_q <= write ? write_key : '0;     // no key material is left behind the last one
      end
      assign later_written = written_q;
      assign later_erased = erased_q;
      assign later_index = write_index_q;
      assign later_erase_index = erase_index_qq;
      assign later_inverse = inverse_q;
      assign later_key = key_q;
    end else begin : gen_at_once
      assign later_written = written;
      assign later_erased = erased;
      assign later_index = write_index;
      assign later_erase_index = erase_index_q;
      assign later_inverse = write_inverse;
      assign later_key = write_key;
    end
  endgenerate

  // As aes_round wants them.
  assign later_last = later_written[Rounds];
  assign mixed_key = aes_pkg::swap_columns(aes_pkg::mix_columns_either(later_key, 1'b1));
  assign ordered_key = later_inverse && !later_last ? mixed_key : later_key;
  always_comb begin
    write_data = '0;
    for (int unsigned s = 1; s < Positions; s++) begin
      if (later_written[s]) write_data[s%2] = ordered_key;
    end
    first_key = '0;
    if (later_written[0]) first_key = later_inverse ? aes_pkg::swap_columns(later_key) : later_key;
  end

  always_ff @(posedge clk_i) begin
    if (load) attributes[key_index_i] <= {key_length_i, key_inverse_i};
    else if (erased[0]) attributes[erase_index_q] <= '0;
  end
  assign selected_attributes = attributes[key_select_i];

  // ---- What travels with the blocks ----------------------------------------------------------------------------

  // Index k of the _q vectors is stage k; of the _d vectors, what enters it.
  logic [StageCount-1:0] valid_d, valid_q, inverse_d, inverse_q;
  logic [StageCount-1:0][1:0] length_d, length_q;
  logic [StageCount-1:0][IndexWidth-1:0] select_d, select_q;
  logic [StageCount-1:0][TagWidth-1:0] tag_d, tag_q;

  always_comb begin
    valid_d = {valid_q[StageCount-2:0], valid_i};
    inverse_d = {inverse_q[StageCount-2:0], valid_i && selected_attributes[0]};
    length_d = {length_q[StageCount-2:0], valid_i ? selected_attributes[2:1] : 2'd0};
    select_d = {select_q[StageCount-2:0], valid_i ? key_select_i : IndexWidth'(0)};
    tag_d = {tag_q[StageCount-2:0], valid_i ? tag_i : TagWidth'(0)};
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= valid_d;
  end

  always_ff @(posedge clk_i) begin
    inverse_q <= inverse_d;
    length_q <= length_d;
    select_q <= select_d;
    tag_q <= tag_d;
  end

  // ---- Rounds --------------------------------------------------------------------------------------------------

  logic [Positions-1:0][127:0] round_key;
  logic [Positions-1:0][127:0] state;        // state[s]: after round s
  logic [127:0] block_q;

  always_ff @(posedge clk_i) begin
    if (!valid_i) block_q <= '0;
    else block_q <= selected_attributes[0] ? aes_pkg::swap_columns(block_i) : block_i;
  end
  assign state[0] = block_q ^ round_key[0];

  generate
    for (genvar s = 0; s < int'(Positions); s++) begin : gen_position
      // The stage whose register is loaded together with the memory's output register.
      localparam int unsigned KeyStage = s == 0 ? 0 : StagesPerRound * s - 1;

      // Position 0 is followed by a whole stage of logic.
      aes_round_key_memory #(
          .KeyCount(KeyCount),
          .Early(s == 0)
      ) u_round_keys (
          .clk_i,
          .rst_ni,
          .write_i(later_written[s] || later_erased[s]),
          .write_index_i(later_written[s] ? later_index : later_erase_index),
          .round_key_i(s == 0 ? first_key : write_data[s%2]),
          .read_i(valid_d[KeyStage]),
          .read_index_i(select_d[KeyStage]),
          .round_key_o(round_key[s])
      );
    end

    for (genvar s = 1; s < int'(Positions); s++) begin : gen_round
      localparam int unsigned Stage = StagesPerRound * (s - 1);   // the stage that the round starts from
      logic pass;
      if (s == 10 || s == 11) begin : gen_pass_128
        assign pass = length_q[Stage] == 2'(cce_pkg::KeyLength128);
      end else if (s == 12 || s == 13) begin : gen_pass_192
        assign pass = length_q[Stage] != 2'(cce_pkg::KeyLength256);
      end else begin : gen_no_pass
        assign pass = 1'b0;
      end

      aes_round #(
          .SboxStyle(s > int'(MemoryRounds) ? LogicStyle : SboxStyle),
          .Stages(StagesPerRound),
          .Passable(s >= 10 && s <= 13),
          .Last(s == Rounds)
      ) u_round (
          .clk_i,
          .inverse_i(inverse_q[Stage]),
          .pass_i(pass),
          .state_i(state[s-1]),
          .round_key_i(round_key[s]),
          .state_o(state[s])
      );
    end
  endgenerate

  // Without a block the last stage holds what becomes of zero.
  assign valid_o = valid_q[StageCount-1];
  assign block_o = state[Positions-1];
  assign tag_o = tag_q[StageCount-1];
  assign idle_o = valid_q == '0 && !expanding && erase_ready_q;

  logic unused;
  assign unused = ^{inverse_q[StageCount-1], length_q[StageCount-1], select_q[StageCount-1]};

  // Keys are loaded and erased only when no block of theirs is inside, and blocks use no key that is being erased.
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      for (int unsigned k = 0; k + 1 < StageCount; k++) begin
        if (load) assert (!(valid_q[k] && select_q[k] == key_index_i));
        if (erase_valid_i && erase_ready_o) assert (!(valid_q[k] && select_q[k] == erase_index_i));
      end
      if (valid_i && erase_pending_q != '0) assert (key_select_i != erase_index_q);
      if (valid_i && load) assert (key_select_i != key_index_i);
      if (erase_valid_i && erase_ready_o && valid_i) assert (key_select_i != erase_index_i);
      if (key_valid_i) assert (key_length_i != cce_pkg::key_length_e'(2'd3));
    end
  end

endmodule

`default_nettype wire
