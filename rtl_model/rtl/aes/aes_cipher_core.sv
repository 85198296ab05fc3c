// SPDX-License-Identifier: Apache-2.0
//
// AES on single blocks (FIPS 197, 5.1 and 5.3), iterative: one round a cycle.
//
// Latency: 11, 13, 15 cycles from a block taken to its result for 128-, 192-, 256-bit keys. Throughput: a block in the
// same number of cycles. Neither depends on key or data. Byte i of a block is in bits 8*i+7:8*i.

`default_nettype none

module aes_cipher_core (
    input  wire logic                     clk_i,
    input  wire logic                     rst_ni,
    input  wire logic                     clear_i,        // erases key and state
    // Key
    input  wire logic                     key_load_i,
    input  wire cce_pkg::key_length_e     key_length_i,
    input  wire logic [255:0]             key_i,
    output logic                          key_ready_o,
    // Blocks in
    input  wire logic                     valid_i,
    output logic                          ready_o,
    input  wire logic                     decrypt_i,
    input  wire logic [127:0]             data_i,
    // Blocks out
    output logic                          valid_o,
    input  wire logic                     ready_i,
    output logic [127:0]                  data_o
);

  logic [127:0] state_q, encrypted, decrypted, substituted, unshifted;
  logic [3:0] step_q;     // rounds done
  logic busy_q, done_q, decrypt_q;
  logic [3:0] rounds, round;
  logic [127:0] round_key;
  logic take;

  aes_key_schedule u_key_schedule (
      .clk_i,
      .rst_ni,
      .clear_i,
      .load_i(key_load_i),
      .length_i(key_length_i),
      .key_i,
      .ready_o(key_ready_o),
      .rounds_o(rounds),
      .round_i(round),
      .round_key_o(round_key)
  );

  assign ready_o = key_ready_o && !busy_q && (!done_q || ready_i);
  assign take = valid_i && ready_o;
  assign valid_o = done_q;
  assign data_o = state_q;

  // Decryption uses the round keys from the last to the first (FIPS 197, 5.3).
  always_comb begin
    if (busy_q) round = decrypt_q ? rounds - step_q - 4'd1 : step_q + 4'd1;
    else round = decrypt_i ? rounds : 4'd0;
  end

  assign substituted = aes_pkg::sub_bytes_shift_rows(state_q);
  assign unshifted = aes_pkg::inverse_shift_rows_sub_bytes(state_q) ^ round_key;
  always_comb begin
    if (step_q == rounds - 4'd1) begin
      encrypted = substituted ^ round_key;
      decrypted = unshifted;
    end else begin
      encrypted = aes_pkg::mix_columns(substituted) ^ round_key;
      decrypted = aes_pkg::inverse_mix_columns(unshifted);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      busy_q <= 1'b0;
      done_q <= 1'b0;
      state_q <= '0;
      step_q <= '0;
      decrypt_q <= 1'b0;
    end else begin
      if (done_q && ready_i) begin
        done_q <= 1'b0;
        state_q <= '0;
      end
      if (take) begin
        busy_q <= 1'b1;
        step_q <= '0;
        decrypt_q <= decrypt_i;
        state_q <= data_i ^ round_key;
      end else if (busy_q) begin
        state_q <= decrypt_q ? decrypted : encrypted;
        step_q <= step_q + 4'd1;
        if (step_q == rounds - 4'd1) begin
          busy_q <= 1'b0;
          done_q <= 1'b1;
        end
      end
    end
  end

  // Nothing of a block stays behind.
  always_ff @(posedge clk_i) begin
    if (rst_ni && !busy_q && !done_q) assert (state_q == '0);
  end

endmodule

`default_nettype wire
