// SPDX-License-Identifier: Apache-2.0
//
// Key expansion (FIPS 197, 5.2), one round key a cycle, for aes_cipher_pipelined.
//
// A key taken in cycle a gives round key i in cycle a + i, i = 0 to Nr; round key 0 comes straight from key_i. The next
// key is taken in cycle a + Nr + 1 (11, 13, 15 cycles later) or later. Timing depends on length and direction only.
//
// Where a round key goes: position 0 is the initial AddRoundKey, the last round is always position 14.
//   forward   round key i to position i, Nr to 14
//   inverse   round key Nr - i to position i, 0 to 14. The equivalent inverse cipher wants all but the first and the last
//             through InvMixColumns() (FIPS 197, 5.3.5), which is left to the one who takes them
//
// SubWord() is looked up a cycle ahead, so the S-boxes have a register behind them, whatever their style (aes_key_step).
// When the last round key is out nothing of the key is left here.

`default_nettype none

module aes_key_expander #(
    parameter int unsigned KeyCount = 64,
    parameter int unsigned SboxStyle = 1
) (
    input  wire logic                         clk_i,
    input  wire logic                         rst_ni,
    // A key is taken whenever load_i is set; only while busy_o is 0.
    input  wire logic                         load_i,
    input  wire logic [$clog2(KeyCount)-1:0]  index_i,
    input  wire logic                         inverse_i,
    input  wire cce_pkg::key_length_e         length_i,
    input  wire logic [255:0]                 key_i,
    output logic                              busy_o,        // round keys 1 to Nr are being made
    output logic [$clog2(KeyCount)-1:0]       busy_index_o,  // of this key
    // Round keys; the first one in the cycle of load_i
    output logic                              write_o,
    output logic [$clog2(KeyCount)-1:0]       index_o,
    output logic [3:0]                        position_o,
    output logic                              inverse_o,     // of a key for the inverse cipher
    output logic [127:0]                      round_key_o,
    // Blocks may use the key in the cycle after this pulse.
    output logic                              usable_o,
    output logic [$clog2(KeyCount)-1:0]       usable_index_o
);

  localparam int unsigned IndexWidth = $clog2(KeyCount);

  logic busy_q, inverse_q, usable_q;
  logic [IndexWidth-1:0] index_q;
  logic [1:0] length_q;
  logic [3:0] round_q;          // number of the round key being made
  logic [1:0] phase_q;          // round_q modulo 3
  logic [7:0] constant_q;       // Rcon
  logic [255:0] window_q, window_d;
  logic [3:0] rounds;           // Nr
  logic last, constant_used;
  logic [31:0] look_up, step_look_up, looked_up_q;
  logic [255:0] unused_turn;

  assign rounds = 4'd10 + {1'b0, length_q, 1'b0};
  assign last = round_q == rounds;

  aes_key_step #(
      .Reversible(0)
  ) u_step (
      .inverse_i(1'b0),
      .length_i(length_q),
      .odd_i(round_q[0]),
      .phase_i(phase_q),
      .constant_i(constant_q),
      .window_i(window_q),
      .looked_up_i(looked_up_q),
      .window_o(window_d),
      .turn_o(unused_turn),
      .look_up_o(step_look_up),
      .constant_used_o(constant_used)
  );

  always_comb begin
    look_up = '0;
    if (load_i) begin
      unique case (length_i)
        cce_pkg::KeyLength256: look_up = key_i[255:224];
        cce_pkg::KeyLength192: look_up = key_i[191:160];
        default: look_up = key_i[127:96];
      endcase
    end else if (busy_q && !last) begin
      look_up = step_look_up;
    end
  end

  logic [31:0] unused_quadrupled;
  aes_sub_bytes #(
      .Bytes(4),
      .SboxStyle(SboxStyle),
      .Registered(1)
  ) u_sub_word (
      .clk_i,
      .inverse_i(1'b0),
      .data_i(look_up),
      .data_o(looked_up_q),
      .quadrupled_o(unused_quadrupled)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      usable_q <= 1'b0;
      index_q <= '0;
      inverse_q <= 1'b0;
      length_q <= '0;
      round_q <= '0;
      phase_q <= '0;
      constant_q <= '0;
      window_q <= '0;
    end else begin
      usable_q <= 1'b0;
      if (load_i) begin
        busy_q <= 1'b1;
        // Blocks of a forward key follow close behind the expansion.
        usable_q <= !inverse_i;
        index_q <= index_i;
        inverse_q <= inverse_i;
        length_q <= length_i;
        round_q <= 4'd1;
        phase_q <= 2'd1;
        constant_q <= 8'd1;
        window_q <= key_i;
      end else if (busy_q) begin
        round_q <= round_q + 4'd1;
        phase_q <= phase_q == 2'd2 ? 2'd0 : phase_q + 2'd1;
        if (constant_used) constant_q <= aes_pkg::xtime(constant_q);
        window_q <= window_d;
        if (last) begin
          // The first round key of the inverse cipher is the last one made.
          usable_q <= inverse_q;
          busy_q <= 1'b0;
          window_q <= '0;
        end
      end
    end
  end

  always_comb begin
    write_o = busy_q || load_i;
    inverse_o = busy_q ? inverse_q : inverse_i;
    if (busy_q) begin
      index_o = index_q;
      round_key_o = window_d[127:0];
      if (inverse_q) position_o = rounds - round_q;
      else position_o = last ? 4'd14 : round_q;
    end else begin
      index_o = index_i;
      round_key_o = key_i[127:0];
      position_o = inverse_i ? 4'd14 : 4'd0;
    end
  end

  assign busy_o = busy_q;
  assign busy_index_o = index_q;
  assign usable_o = usable_q;
  assign usable_index_o = index_q;

  // No key material without a key.
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(load_i && busy_q));
      if (!busy_q) assert (window_q == '0);
    end
  end

endmodule

`default_nettype wire
