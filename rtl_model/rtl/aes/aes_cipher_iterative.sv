// SPDX-License-Identifier: Apache-2.0
//
// AES on single blocks, one round a cycle, round keys made on the way (FIPS 197, 5.1 to 5.3). For small parts.
//
// A block offered in cycle t - 1 or before is taken in cycle t (its key comes out of the store first) and gives its result
// in cycle t + Nr (10, 12, 14 for AES-128, -192, -256). The next block may be taken in cycle t + Nr + 1, so a block costs
// 11, 13, 15 cycles. Timing depends on length and direction of the key only. A block that is offered stays until it is
// taken.
//
//   cycle t - 1    store -> key schedule
//   cycle t        block_i, AddRoundKey, ShiftRows, SubBytes -> register      (inverse: InvShiftRows, InvSubBytes)
//   cycle t + i    register, MixColumns, AddRoundKey, ShiftRows, SubBytes -> register
//                  (inverse: AddRoundKey, InvMixColumns, InvShiftRows, InvSubBytes)
//   cycle t + Nr   register, AddRoundKey -> block_o
//
// The register stands behind the S-boxes, so that these may be a memory with a registered output; the key schedule is
// built alike. Of a forward key the store holds the key itself, of an inverse key the end of its schedule (aes_key_step,
// turn_o), from which it runs backwards.
//
// Keys: one taken in cycle a is usable (pulse) in cycle a + 1, an inverse key in cycle a + Nr + 2 because its schedule runs
// to the end first; meanwhile neither block nor key is taken. A key is taken only when no block is inside, or in the cycle
// of its result, and goes before a block. An erasure goes before a key (key_ready_o is 0 while erase_valid_i is 1) and is
// done in the next cycle, or when the expansion that it meets is over (at most 16 cycles later). After reset all KeyCount
// keys are erased, one a cycle; nothing is taken meanwhile.
//
// block_o and tag_o mean something only together with valid_o. Without block and expansion nothing of a key or a block
// is left outside the store.

`default_nettype none

module aes_cipher_iterative #(
    parameter int unsigned KeyCount = 64,     // 2 or more
    parameter int unsigned TagWidth = 12,
    parameter int unsigned SboxStyle = 0      // see aes_sub_bytes
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

  logic [255:0] memory [KeyCount];
  logic [2:0] attributes [KeyCount];         // length, direction

  typedef enum logic [1:0] {
    StateIdle,
    StateStart,      // a key has just come out of the store
    StateBlock,      // rounds
    StateExpand      // steps of an inverse key
  } state_e;

  state_e state_q, state_d;
  logic loaded_q;                            // an inverse key has been taken and waits for its expansion
  logic usable_q;
  logic [IndexWidth-1:0] index_q;            // of the key taken last
  logic [TagWidth-1:0] tag_q;
  logic inverse_q;                           // direction of the block; 0 in an expansion
  logic [1:0] length_q;
  logic [3:0] step_q;                        // steps of the key schedule done
  logic [1:0] phase_q;                       // number of the next round key modulo 3
  logic [7:0] constant_q;
  logic [255:0] window_q, window_d, turned;
  logic erase_pending_q, erase_all_q;
  logic [IndexWidth-1:0] erase_index_q;

  logic last, free, fetch, take, load, finish, advance, erase_now, constant_used;
  logic [3:0] rounds;
  logic [IndexWidth-1:0] read_index, write_index;
  logic [255:0] read_key, write_key;
  logic [1:0] read_length;
  logic read_inverse, write;
  logic [31:0] look_up, step_look_up, looked_up_q;
  logic [127:0] round_key, with_key, mixed, state, shifted, substituted_q;

  // ---- Sequence ------------------------------------------------------------------------------------------------

  assign rounds = 4'd10 + {1'b0, length_q, 1'b0};
  assign last = step_q == rounds;
  // Nothing inside, or only a result that is leaving.
  assign free = !loaded_q && !erase_all_q && (state_q == StateIdle || (state_q == StateBlock && last));
  assign key_ready_o = free && !erase_pending_q && !erase_valid_i;
  assign load = key_valid_i && key_ready_o;
  // The store is read: for the block that is offered, or for the key that has just been written.
  assign fetch = loaded_q || (free && !key_valid_i && valid_i);
  assign ready_o = state_q == StateStart;
  assign take = valid_i && ready_o;
  assign finish = state_q == StateExpand && step_q == rounds - 4'd1;
  assign advance = take || (state_q == StateBlock && !last) || (state_q == StateExpand && !finish);
  assign erase_ready_o = !erase_pending_q;

  always_comb begin
    state_d = StateIdle;
    if (fetch) state_d = loaded_q ? StateExpand : StateStart;
    else if (take) state_d = StateBlock;
    else if (advance) state_d = state_q;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      loaded_q <= 1'b0;
      usable_q <= 1'b0;
    end else begin
      state_q <= state_d;
      loaded_q <= load && key_inverse_i;
      usable_q <= (load && !key_inverse_i) || finish;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) index_q <= key_index_i;
    if (take) tag_q <= tag_i;
  end

  // ---- Store ---------------------------------------------------------------------------------------------------

  assign read_index = loaded_q ? index_q : key_select_i;
  assign read_key = memory[read_index];
  assign read_length = attributes[read_index][2:1];
  assign read_inverse = attributes[read_index][0] && !loaded_q;

  // An expansion has the write port to itself; so have keys, of which none is taken while an erasure is pending.
  assign erase_now = erase_pending_q && !loaded_q && state_q != StateExpand;
  always_comb begin
    write = erase_now || load || finish;
    write_index = erase_index_q;
    if (load) write_index = key_index_i;
    if (finish) write_index = index_q;
    write_key = (key_i & {256{load}}) | (turned & {256{finish}});
  end

  always_ff @(posedge clk_i) begin
    if (write) memory[write_index] <= write_key;
  end

  always_ff @(posedge clk_i) begin
    if (load) attributes[key_index_i] <= {key_length_i, key_inverse_i};
    else if (erase_now) attributes[erase_index_q] <= '0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      erase_pending_q <= 1'b1;
      erase_index_q <= '0;
      erase_all_q <= 1'b1;
    end else if (erase_valid_i && erase_ready_o) begin
      erase_pending_q <= 1'b1;
      erase_index_q <= erase_index_i;
    end else if (erase_all_q) begin
      erase_index_q <= erase_index_q + IndexWidth'(1);
      if (erase_index_q == IndexWidth'(KeyCount - 1)) begin
        erase_all_q <= 1'b0;
        erase_pending_q <= 1'b0;
      end
    end else if (erase_now) begin
      erase_pending_q <= 1'b0;
    end
  end

  // ---- Key schedule --------------------------------------------------------------------------------------------

  aes_key_step #(
      .Reversible(1)
  ) u_step (
      .inverse_i(inverse_q),
      .length_i(length_q),
      // Step i makes round key i or Nr - i, and Nr is even.
      .odd_i(!step_q[0]),
      .phase_i(phase_q),
      .constant_i(constant_q),
      .window_i(window_q),
      .looked_up_i(looked_up_q),
      .window_o(window_d),
      .turn_o(turned),
      .look_up_o(step_look_up),
      .constant_used_o(constant_used)
  );

  assign round_key = window_q[127:0];

  always_comb begin
    look_up = '0;
    if (fetch) begin
      // The word in front of the one that the first step makes. Backwards, Nk = 6 begins without SubWord().
      look_up = read_key[127:96];
      if (read_length == 2'(cce_pkg::KeyLength128)) begin
        if (read_inverse) look_up = read_key[127:96] ^ read_key[95:64];
      end else if (!read_inverse) begin
        look_up = read_length == 2'(cce_pkg::KeyLength192) ? read_key[191:160] : read_key[255:224];
      end
    end else if (advance) begin
      look_up = step_look_up;
    end
  end

  logic [31:0] unused_word;
  aes_sub_bytes #(
      .Bytes(4),
      .SboxStyle(SboxStyle),
      .Registered(1)
  ) u_sub_word (
      .clk_i,
      .inverse_i(1'b0),
      .data_i(look_up),
      .data_o(looked_up_q),
      .quadrupled_o(unused_word)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) window_q <= '0;
    else window_q <= (read_key & {256{fetch}}) | (window_d & {256{advance}});
  end

  always_ff @(posedge clk_i) begin
    if (fetch) begin
      inverse_q <= read_inverse;
      length_q <= read_length;
      step_q <= '0;
      // Forwards from Rcon[1] and round key 1; backwards from the last constant and round key Nr - 1 (11 for Nk = 6, the
      // only one that looks at the phase).
      phase_q <= read_inverse ? 2'd2 : 2'd1;
      constant_q <= 8'h01;
      if (read_inverse) begin
        unique case (read_length)
          2'(cce_pkg::KeyLength256): constant_q <= 8'h40;
          2'(cce_pkg::KeyLength192): constant_q <= 8'h80;
          default: constant_q <= 8'h36;
        endcase
      end
    end else if (advance) begin
      step_q <= step_q + 4'd1;
      if (inverse_q) phase_q <= phase_q == 2'd0 ? 2'd2 : phase_q - 2'd1;
      else phase_q <= phase_q == 2'd2 ? 2'd0 : phase_q + 2'd1;
      if (constant_used) begin
        constant_q <= inverse_q ? aes_pkg::inverse_xtime(constant_q) : aes_pkg::xtime(constant_q);
      end
    end
  end

  // ---- Rounds --------------------------------------------------------------------------------------------------

  // The inverse cipher adds the round key before InvMixColumns() (FIPS 197, 5.3), the cipher after MixColumns().
  always_comb begin
    with_key = substituted_q ^ round_key;
    mixed = aes_pkg::mix_columns_either(inverse_q ? with_key : substituted_q, inverse_q);
    state = ((block_i & {128{take}}) | (mixed & {128{state_q == StateBlock && !last}})) ^
            (round_key & {128{take || (state_q == StateBlock && !last && !inverse_q)}});
    shifted = aes_pkg::shift_rows_either(state, inverse_q);
  end

  logic [127:0] unused_state;
  aes_sub_bytes #(
      .Bytes(16),
      .SboxStyle(SboxStyle),
      .Registered(1)
  ) u_sub_bytes (
      .clk_i,
      .inverse_i(inverse_q),
      .data_i(shifted),
      .data_o(substituted_q),
      .quadrupled_o(unused_state)
  );

  assign valid_o = state_q == StateBlock && last;
  assign block_o = with_key;
  assign tag_o = tag_q;
  assign key_usable_o = usable_q;
  assign key_usable_index_o = index_q;
  assign idle_o = state_q == StateIdle && !loaded_q && !erase_pending_q;

  logic offered_q;
  logic [IndexWidth-1:0] offered_select_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && valid_i && !ready_o;
    offered_select_q <= key_select_i;
    if (rst_ni) begin
      if (offered_q) assert (valid_i && key_select_i == offered_select_q);
      if (state_q == StateIdle) assert (window_q == '0);
      if (valid_i && erase_pending_q && !erase_all_q) assert (key_select_i != erase_index_q);
      if (key_valid_i) assert (key_length_i != cce_pkg::key_length_e'(2'd3));
    end
  end

endmodule

`default_nettype wire
