// SPDX-License-Identifier: Apache-2.0
//
// Erases what is left of a request's keys in the cipher and in the subkey unit when nothing needs them any more.
//
// Round keys go in a wave through the cipher: a slot is released when the wave has passed, so that nothing of a key is
// left when the request's completion can be seen. Latency: 23 cycles or more. Throughput: a slot every 3 cycles.

`default_nettype none

module key_eraser #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned WaveCycles = 20,  // until nothing of a key is left, see aes_cipher
    localparam int unsigned SlotWidth = $clog2(SlotCount)
) (
    input  wire logic                 clk_i,
    input  wire logic                 rst_ni,
    input  wire logic [SlotCount-1:0] wanted_i,
    output logic                      cipher_valid_o,
    input  wire logic                 cipher_ready_i,
    output logic [SlotWidth:0]        cipher_key_o,    // {key of the tweak, slot}
    output logic                      subkey_valid_o,
    input  wire logic                 subkey_ready_i,
    output logic [SlotWidth-1:0]      subkey_slot_o,
    output logic                      release_o,
    output logic [SlotWidth-1:0]      release_slot_o
);

  typedef enum logic [1:0] {
    StateIdle,
    StateKey,
    StateTweakKey,
    StateSubkeys
  } state_e;

  state_e state_q;
  logic [SlotWidth-1:0] slot_q;
  logic [SlotCount-1:0] taken_q;   // begun and not released
  logic chosen_valid;
  logic [SlotCount-1:0] chosen;
  logic [SlotWidth-1:0] chosen_slot;
  logic [WaveCycles-1:0] wave_q;
  logic [WaveCycles-1:0][SlotWidth-1:0] wave_slot_q;

  round_robin_choice #(
      .Count(SlotCount)
  ) u_slots (
      .clk_i,
      .rst_ni,
      .request_i(wanted_i & ~taken_q),
      .take_i(state_q == StateIdle && chosen_valid),
      .valid_o(chosen_valid),
      .chosen_o(chosen),
      .index_o(chosen_slot)
  );

  assign cipher_valid_o = state_q == StateKey || state_q == StateTweakKey;
  assign cipher_key_o = {state_q == StateTweakKey, slot_q};
  assign subkey_valid_o = state_q == StateSubkeys;
  assign subkey_slot_o = slot_q;
  assign release_o = wave_q[WaveCycles-1];
  assign release_slot_o = wave_slot_q[WaveCycles-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      slot_q <= '0;
      taken_q <= '0;
      wave_q <= '0;
    end else begin
      unique case (state_q)
        StateIdle: begin
          taken_q <= taken_q | chosen;
          if (chosen_valid) begin
            slot_q <= chosen_slot;
            state_q <= StateKey;
          end
        end
        StateKey: if (cipher_ready_i) state_q <= StateTweakKey;
        StateTweakKey: if (cipher_ready_i) state_q <= StateSubkeys;
        StateSubkeys: if (subkey_ready_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
      wave_q <= {wave_q[WaveCycles-2:0], subkey_valid_o && subkey_ready_i};
      if (release_o) taken_q[release_slot_o] <= 1'b0;
    end
    wave_slot_q <= {wave_slot_q[WaveCycles-2:0], slot_q};
  end

endmodule

`default_nettype wire
