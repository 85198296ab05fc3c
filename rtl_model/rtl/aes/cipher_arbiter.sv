// SPDX-License-Identifier: Apache-2.0
//
// Decides whose block goes to the cipher next, and puts it in.
//
// A grant is given one cycle ahead: who is granted in one cycle shows its block in the next. A lane that has been chosen
// has the cipher two cycles later without asking again, so a lane's choice comes before all others.
// Order of the others: key wrap, subkeys; then hash engine and stream, which take turns if both ask, for either could keep
// the cipher busy without an end. The iterative cipher takes one block at a time: then lanes and the
// others take turns.

`default_nettype none

module cipher_arbiter #(
    parameter int unsigned SlotCount = 32,
    parameter bit Pipelined = 1,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned KeyWidth = SlotWidth + 1,
    localparam int unsigned TagWidth = cce_pkg::CipherTagWidth
) (
    input  wire logic                 clk_i,
    input  wire logic                 rst_ni,

    // Lanes
    output logic                      lane_choose_o,       // a lane may be chosen
    input  wire logic                 lane_chosen_i,       // one was, in the last cycle
    input  wire logic                 lane_valid_i,        // its block
    input  wire logic [SlotWidth-1:0] lane_slot_i,
    input  wire logic [127:0]         lane_block_i,
    input  wire logic [3:0]           lane_step_i,
    // Key wrap
    input  wire logic                 key_wrap_request_i,
    output logic                      key_wrap_grant_o,
    input  wire logic [SlotWidth-1:0] key_wrap_slot_i,
    input  wire logic [127:0]         key_wrap_block_i,
    // Subkeys
    input  wire logic                 subkey_request_i,
    output logic                      subkey_grant_o,
    input  wire logic                 subkey_tweak_i,
    input  wire logic [SlotWidth-1:0] subkey_slot_i,
    input  wire logic [127:0]         subkey_block_i,
    input  wire logic [3:0]           subkey_step_i,
    // Hash engine
    input  wire logic                 hash_request_i,
    output logic                      hash_grant_o,
    input  wire logic [SlotWidth-1:0] hash_slot_i,
    input  wire logic [127:0]         hash_block_i,
    // Stream
    input  wire logic                 stream_request_i,
    output logic                      stream_grant_o,
    input  wire logic [SlotWidth-1:0] stream_slot_i,
    input  wire logic [127:0]         stream_block_i,
    input  wire logic [3:0]           stream_step_i,

    // aes_cipher
    output logic                      valid_o,
    input  wire logic                 ready_i,
    output logic [KeyWidth-1:0]       key_o,               // {key of the tweak, slot}
    output logic [127:0]              block_o,
    output logic [TagWidth-1:0]       tag_o
);

  logic granted_q;
  cce_pkg::cipher_user_e user_q;
  logic possible;
  logic hash_last_q;              // of hash engine and stream the former was granted last
  cce_pkg::cipher_tag_t tag;
  logic shown;                    // a block is shown in this cycle
  logic [KeyWidth-1:0] key;
  logic [127:0] block;

  if (Pipelined) begin : gen_pipelined
    assign lane_choose_o = 1'b1;
    assign possible = !lane_chosen_i;
    assign valid_o = shown;
    assign key_o = key;
    assign block_o = block;
    assign tag_o = tag;
    always_ff @(posedge clk_i) begin
      if (rst_ni && valid_o) assert (ready_i);
    end
  end else begin : gen_iterative
    // A block that the cipher does not take at once waits here.
    logic lane_turn_q, quiet, held_q;
    logic [KeyWidth-1:0] held_key_q;
    logic [127:0] held_block_q;
    logic [TagWidth-1:0] held_tag_q;
    assign quiet = !held_q && !lane_chosen_i && !lane_valid_i && !granted_q;
    assign lane_choose_o = quiet && lane_turn_q;
    assign possible = quiet && !lane_turn_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) lane_turn_q <= 1'b0;
      else if (quiet) lane_turn_q <= !lane_turn_q;
      if (!rst_ni) held_q <= 1'b0;
      else if (shown) held_q <= 1'b1;
      else if (ready_i) held_q <= 1'b0;
      if (shown) begin
        held_key_q <= key;
        held_block_q <= block;
        held_tag_q <= tag;
      end else if (ready_i) begin
        held_block_q <= '0;
      end
    end
    assign valid_o = held_q;
    assign key_o = held_key_q;
    assign block_o = held_block_q;
    assign tag_o = held_tag_q;
  end

  assign key_wrap_grant_o = possible && key_wrap_request_i;
  assign subkey_grant_o = possible && !key_wrap_request_i && subkey_request_i;
  assign hash_grant_o = possible && !key_wrap_request_i && !subkey_request_i && hash_request_i &&
                        !(stream_request_i && hash_last_q);
  assign stream_grant_o = possible && !key_wrap_request_i && !subkey_request_i && stream_request_i &&
                          !(hash_request_i && !hash_last_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) granted_q <= 1'b0;
    else granted_q <= possible && (key_wrap_request_i || subkey_request_i || hash_request_i || stream_request_i);
    if (!rst_ni) hash_last_q <= 1'b0;
    else if (hash_grant_o || stream_grant_o) hash_last_q <= hash_grant_o;
    if (key_wrap_request_i) user_q <= cce_pkg::CipherUserKeyWrap;
    else if (subkey_request_i) user_q <= cce_pkg::CipherUserSubkey;
    else if (hash_request_i && !(stream_request_i && hash_last_q)) user_q <= cce_pkg::CipherUserHash;
    else user_q <= cce_pkg::CipherUserStream;
  end

  assign shown = lane_valid_i || granted_q;
  always_comb begin
    tag = '0;
    key = '0;
    block = '0;
    if (lane_valid_i) begin
      tag.user = cce_pkg::CipherUserLane;
      tag.step = lane_step_i;
      tag.slot = 6'(lane_slot_i);
      key = {1'b0, lane_slot_i};
      block = lane_block_i;
    end else begin
      tag.user = user_q;
      unique case (user_q)
        cce_pkg::CipherUserKeyWrap: begin
          tag.slot = 6'(key_wrap_slot_i);
          key = {1'b0, key_wrap_slot_i};
          block = key_wrap_block_i;
        end
        cce_pkg::CipherUserSubkey: begin
          tag.step = subkey_step_i;
          tag.slot = 6'(subkey_slot_i);
          key = {subkey_tweak_i, subkey_slot_i};
          block = subkey_block_i;
        end
        cce_pkg::CipherUserHash: begin
          tag.slot = 6'(hash_slot_i);
          key = {1'b0, hash_slot_i};
          block = hash_block_i;
        end
        default: begin
          tag.step = stream_step_i;
          tag.slot = 6'(stream_slot_i);
          key = {1'b0, stream_slot_i};
          block = stream_block_i;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(lane_valid_i && granted_q));
    end
  end

endmodule

`default_nettype wire
