// SPDX-License-Identifier: Apache-2.0
//
// AES modes ECB, CBC and CTR (SP 800-38A, 6.1, 6.2, 6.5) over a stream of blocks.
//
// `start_i` takes mode, direction and IV, and the key from the key port. Then blocks go in and come out in order; only
// the last may be short, and only in CTR. CTR counts over all 128 bits. `next_iv_o` continues the stream: in CBC the
// last ciphertext block, in CTR the counter block after the last one used.
// `gate_i` closed: nothing is accepted and everything is erased.
//
// Throughput: one block in 12, 14, 16 cycles for 128-, 192-, 256-bit keys. Start to first block: 42, 48, 54 cycles.

`default_nettype none

module aes_datapath (
    input  wire logic                     clk_i,
    input  wire logic                     rst_ni,
    input  wire logic                     gate_i,
    input  wire logic                     clear_i,     // end of the request: erases key, state, IV
    input  wire logic                     start_i,
    input  wire logic [7:0]               mode_i,      // cce_contract_pkg::cipher_mode_e, stable while in use
    input  wire logic                     decrypt_i,
    input  wire logic [127:0]             iv_i,
    input  wire cce_pkg::key_port_t       key_port_i,
    output logic [127:0]                  next_iv_o,

    input  wire logic                     valid_i,
    output logic                          ready_o,
    input  wire logic [127:0]             data_i,
    input  wire logic [4:0]               bytes_i,
    input  wire logic                     last_i,

    output logic                          valid_o,
    input  wire logic                     ready_i,
    output logic [127:0]                  data_o,
    output logic [4:0]                    bytes_o,
    output logic                          last_o
);

  logic erase;
  logic is_cbc, is_ctr;
  logic [127:0] chain_q;        // CBC: previous ciphertext; CTR: next counter block
  logic waiting_q;              // a block is in the core
  logic [127:0] pending_q;      // that block
  logic [4:0] pending_bytes_q;
  logic pending_last_q;
  logic out_valid_q, out_last_q;
  logic [127:0] out_data_q;
  logic [4:0] out_bytes_q;
  logic core_in_valid, core_in_ready, core_out_valid, core_out_ready, key_ready;
  logic [127:0] core_in, core_out, result, masked;

  assign erase = clear_i || gate_i;
  assign is_cbc = mode_i == 8'(cce_contract_pkg::CipherModeCbc);
  assign is_ctr = mode_i == 8'(cce_contract_pkg::CipherModeCtr);

  // Adds 1 to a big-endian 128-bit counter whose first byte is in bits 7:0 (SP 800-38A, B.1).
  function automatic logic [127:0] increment(input logic [127:0] counter);
    logic [127:0] number;
    for (int i = 0; i < 16; i++) number[8*i +: 8] = counter[8*(15-i) +: 8];
    number = number + 128'd1;
    for (int i = 0; i < 16; i++) increment[8*i +: 8] = number[8*(15-i) +: 8];
  endfunction

  aes_cipher_core u_core (
      .clk_i,
      .rst_ni,
      .clear_i(erase),
      .key_load_i(start_i && !gate_i),
      .key_length_i(key_port_i.length),
      .key_i(key_port_i.key),
      .key_ready_o(key_ready),
      .valid_i(core_in_valid),
      .ready_o(core_in_ready),
      .decrypt_i(decrypt_i && !is_ctr),
      .data_i(core_in),
      .valid_o(core_out_valid),
      .ready_i(core_out_ready),
      .data_o(core_out)
  );

  // A block enters when the one before has left the core: CBC encryption needs its result.
  assign core_in_valid = valid_i && !waiting_q && !gate_i;
  assign ready_o = core_in_ready && !waiting_q && !gate_i;
  always_comb begin
    if (is_ctr) core_in = chain_q;
    else if (is_cbc && !decrypt_i) core_in = data_i ^ chain_q;
    else core_in = data_i;
  end

  assign core_out_ready = waiting_q && (!out_valid_q || ready_i);
  always_comb begin
    if (is_ctr) result = core_out ^ pending_q;
    else if (is_cbc && decrypt_i) result = core_out ^ chain_q;
    else result = core_out;
    // Keystream beyond the text must not leave.
    for (int unsigned i = 0; i < 16; i++) begin
      masked[8*i +: 8] = 5'(i) < pending_bytes_q ? result[8*i +: 8] : 8'd0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || erase) begin
      waiting_q <= 1'b0;
      out_valid_q <= 1'b0;
      chain_q <= '0;
      pending_q <= '0;
      pending_bytes_q <= '0;
      pending_last_q <= 1'b0;
      out_data_q <= '0;
      out_bytes_q <= '0;
      out_last_q <= 1'b0;
    end else begin
      if (start_i) chain_q <= iv_i;
      if (valid_i && ready_o) begin
        waiting_q <= 1'b1;
        pending_q <= data_i;
        pending_bytes_q <= bytes_i;
        pending_last_q <= last_i;
      end
      if (out_valid_q && ready_i) out_valid_q <= 1'b0;
      if (core_out_valid && core_out_ready) begin
        waiting_q <= 1'b0;
        out_valid_q <= 1'b1;
        out_data_q <= masked;
        out_bytes_q <= pending_bytes_q;
        out_last_q <= pending_last_q;
        if (is_ctr) chain_q <= increment(chain_q);
        else if (is_cbc) chain_q <= decrypt_i ? pending_q : result;
      end
    end
  end

  assign valid_o = out_valid_q;
  assign data_o = out_data_q;
  assign bytes_o = out_bytes_q;
  assign last_o = out_last_q;
  assign next_iv_o = is_cbc || is_ctr ? chain_q : '0;

  logic unused_port;
  assign unused_port = ^{key_port_i.valid, key_port_i.source, key_port_i.rights, key_ready};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) assert (key_port_i.valid);
      if (valid_i && ready_o) assert (bytes_i == 5'd16 || (is_ctr && last_i && bytes_i != '0));
      if (gate_i) assert (!(valid_i && ready_o));
    end
  end

endmodule

`default_nettype wire
