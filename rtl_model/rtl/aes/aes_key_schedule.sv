// SPDX-License-Identifier: Apache-2.0
//
// Key expansion (FIPS 197, 5.2), one word a cycle, into a store of round keys.
//
// Latency from load to ready: 41, 47, 53 cycles for 128-, 192-, 256-bit keys; it depends on the key's length only.

`default_nettype none

module aes_key_schedule (
    input  wire logic                     clk_i,
    input  wire logic                     rst_ni,
    input  wire logic                     clear_i,  // erases all key material
    input  wire logic                     load_i,
    input  wire cce_pkg::key_length_e     length_i,
    input  wire logic [255:0]             key_i,
    output logic                          ready_o,
    output logic [3:0]                    rounds_o,       // 10, 12 or 14
    input  wire logic [3:0]               round_i,
    output logic [127:0]                  round_key_o
);

  localparam int unsigned RoundKeys = 15;

  logic [RoundKeys-1:0][127:0] round_keys_q;
  logic [255:0] window_q;         // the last Nk words, oldest in bits 31:0
  logic [5:0] word_q;             // number of the word to make
  logic [2:0] phase_q;            // word_q modulo Nk
  logic [7:0] constant_q;         // Rcon
  cce_pkg::key_length_e length_q;
  logic busy_q, ready_q;
  logic [2:0] phase_last;
  logic [5:0] words;
  logic [31:0] previous, changed, word;

  always_comb begin
    unique case (length_q)
      cce_pkg::KeyLength128: begin
        previous = window_q[127:96];
        phase_last = 3'd3;
        words = 6'd44;
        rounds_o = 4'd10;
      end
      cce_pkg::KeyLength192: begin
        previous = window_q[191:160];
        phase_last = 3'd5;
        words = 6'd52;
        rounds_o = 4'd12;
      end
      default: begin
        previous = window_q[255:224];
        phase_last = 3'd7;
        words = 6'd60;
        rounds_o = 4'd14;
      end
    endcase
  end

  always_comb begin
    changed = previous;
    if (phase_q == 3'd0) begin
      // RotWord() moves byte 1 to the front; byte 0 takes the round constant.
      changed = aes_pkg::sub_word({previous[7:0], previous[31:8]}) ^ {24'd0, constant_q};
    end else if (length_q == cce_pkg::KeyLength256 && phase_q == 3'd4) begin
      changed = aes_pkg::sub_word(previous);
    end
    word = window_q[31:0] ^ changed;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      busy_q <= 1'b0;
      ready_q <= 1'b0;
      round_keys_q <= '0;
      window_q <= '0;
      word_q <= '0;
      phase_q <= '0;
      constant_q <= '0;
      length_q <= cce_pkg::KeyLength128;
    end else if (load_i) begin
      busy_q <= 1'b1;
      ready_q <= 1'b0;
      length_q <= length_i;
      window_q <= key_i;
      round_keys_q[0] <= key_i[127:0];
      round_keys_q[1] <= key_i[255:128];
      constant_q <= 8'd1;
      phase_q <= '0;
      unique case (length_i)
        cce_pkg::KeyLength128: word_q <= 6'd4;
        cce_pkg::KeyLength192: word_q <= 6'd6;
        default: word_q <= 6'd8;
      endcase
    end else if (busy_q) begin
      round_keys_q[word_q[5:2]][{word_q[1:0], 5'd0} +: 32] <= word;
      window_q <= window_q >> 32;
      unique case (length_q)
        cce_pkg::KeyLength128: window_q[127:96] <= word;
        cce_pkg::KeyLength192: window_q[191:160] <= word;
        default: window_q[255:224] <= word;
      endcase
      if (phase_q == 3'd0) constant_q <= aes_pkg::xtime(constant_q);
      phase_q <= phase_q == phase_last ? 3'd0 : phase_q + 3'd1;
      word_q <= word_q + 6'd1;
      if (word_q == words - 6'd1) begin
        busy_q <= 1'b0;
        ready_q <= 1'b1;
        window_q <= '0;
      end
    end
  end

  assign ready_o = ready_q;
  assign round_key_o = round_keys_q[round_i];

  // Key material exists only between load and clear.
  always_ff @(posedge clk_i) begin
    if (rst_ni && !busy_q) begin
      assert (window_q == '0);
      if (!ready_q) assert (round_keys_q == '0);
    end
  end

endmodule

`default_nettype wire
