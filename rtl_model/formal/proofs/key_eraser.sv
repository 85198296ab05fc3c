// SPDX-License-Identifier: Apache-2.0
//
// proof: key_eraser gives a slot back only when both keys of the slot have been erased in the cipher and its subkeys in the
//   subkey unit, the last of them WaveCycles ago; it begins no slot that did not ask for it, and none twice
// top: proof_key_eraser
// files: common/round_robin_choice.sv common/round_robin_arbiter.sv keyslot/key_eraser.sv
// method: induction
// engine: pdr
// assumes: a slot that asks goes on asking until it is given back (slot_table: erase_wanted_o falls with the release alone)
// time: short
// fault tweak keyslot/key_eraser.sv: the key of the tweak is not erased
// -         StateKey: if (cipher_ready_i) state_q <= StateTweakKey;
// +         StateKey: if (cipher_ready_i) state_q <= StateSubkeys;
// fault early keyslot/key_eraser.sv: a slot is given back one cycle before the wave has passed
// -   assign release_o = wave_q[WaveCycles-1];
// +   assign release_o = wave_q[WaveCycles-2];
// fault twice keyslot/key_eraser.sv: a slot that is being erased is begun again
// -       .request_i(wanted_i & ~taken_q),
// +       .request_i(wanted_i),

module proof_key_eraser (
    input wire logic       clk_i,
    input wire logic [1:0] wanted_i,
    input wire logic       cipher_ready_i,
    input wire logic       subkey_ready_i
);

  localparam int unsigned WaveCycles = 6;

  logic rst_nq = 1'b0;
  logic cipher_valid, subkey_valid, subkey_slot, released, released_slot;
  logic [1:0] cipher_key;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  key_eraser #(
      .SlotCount(2),
      .WaveCycles(WaveCycles)
  ) u_eraser (
      .clk_i,
      .rst_ni(rst_nq),
      .wanted_i,
      .cipher_valid_o(cipher_valid),
      .cipher_ready_i,
      .cipher_key_o(cipher_key),
      .subkey_valid_o(subkey_valid),
      .subkey_ready_i,
      .subkey_slot_o(subkey_slot),
      .release_o(released),
      .release_slot_o(released_slot)
  );

  // One slot, freely chosen: what of it has been erased since it was given back last.
  (* anyconst *) logic slot;
  logic [2:0] erased_q = '0;         // key, key of the tweak, subkeys
  logic [3:0] since_q = '0;          // cycles since the subkeys
  logic wanted_q = 1'b0;
  logic [2:0] erases;
  logic releases;

  assign erases = {subkey_valid && subkey_ready_i && subkey_slot == slot,
                   cipher_valid && cipher_ready_i && cipher_key == {1'b1, slot},
                   cipher_valid && cipher_ready_i && cipher_key == {1'b0, slot}};
  assign releases = released && released_slot == slot;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (wanted_q) assume (wanted_i[slot]);

      if (releases) assert (erased_q == '1 && since_q == 4'(WaveCycles));
      assert ((erases & erased_q) == '0);
      assert (!(cipher_valid && subkey_valid));
      if (erases != '0) assert (wanted_i[slot]);
      // Nothing is left lying: a slot whose keys are all erased is given back.
      assert (since_q <= 4'(WaveCycles));
    end
    if (rst_nq) begin
      erased_q <= releases ? '0 : erased_q | erases;
      since_q <= releases ? '0 : erases[2] || since_q != '0 ? since_q + 4'd1 : '0;
      wanted_q <= wanted_i[slot] && !releases;
    end
  end

endmodule
