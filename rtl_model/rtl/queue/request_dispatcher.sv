// SPDX-License-Identifier: Apache-2.0
//
// Takes descriptors, one queue in turn, checks them against the contract, and hands each to the blocks that work on it.
//
// A fenced descriptor waits until no earlier request of its queue is in flight, and holds later ones of that queue back.
// Of a queue that is being reset, or has stopped, what was fetched is dropped.
// Three cycles a descriptor: take it, check it, hand it over (the slot is chosen). Two if it is dropped: what is known of
// the next one is there in the second cycle behind it.

`default_nettype none

module request_dispatcher #(
    parameter int unsigned SlotCount = 32,
    parameter int unsigned QueueCount = 4,
    parameter int unsigned ContextCount = 32,
    parameter bit HasSha2 = 1,
    parameter bit HasSha3 = 1,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned QueueWidth = QueueCount > 1 ? $clog2(QueueCount) : 1,
    localparam int unsigned DescriptorBits = 8 * cce_contract_pkg::DescriptorBytes
) (
    input  wire logic                            clk_i,
    input  wire logic                            rst_ni,
    input  wire logic                            gate_aes_i,
    input  wire logic                            gate_hash_i,

    // Descriptor fetcher
    input  wire logic [QueueCount-1:0]           valid_i,
    input  wire logic [QueueCount-1:0]           failed_i,
    input  wire logic [QueueCount-1:0]           fence_i,
    output logic [QueueCount-1:0]                take_o,           // of this queue, one at most
    input  wire logic [DescriptorBits-1:0]       descriptor_i,
    input  wire logic [31:0]                     start_cycle_i,

    // Queue pairs
    input  wire logic [QueueCount-1:0]           reset_pending_i,
    input  wire logic [QueueCount-1:0]           stopped_i,
    input  wire logic [QueueCount-1:0]           unrestricted_i,
    output logic [QueueCount-1:0]                drop_o,           // a fetched descriptor is dropped
    output logic [QueueCount-1:0]                drop_failed_o,    // because it could not be read

    // Slots
    input  wire logic                            free_valid_i,
    input  wire logic [SlotWidth-1:0]            free_slot_i,
    input  wire logic [QueueCount-1:0]           freed_i,          // a request of the queue left its slot
    output logic                                 start_o,          // free_slot_i is taken
    output logic [QueueWidth-1:0]                start_queue_o,
    output logic [7:0]                           start_status_o,
    output logic [31:0]                          start_cookie_o,
    output logic [31:0]                          start_cycle_o,
    output logic [31:0]                          start_bytes_o,
    output logic                                 start_text_o,     // with start: there is text to work on
    output logic                                 start_cipher_o,   // with a key; with start_hash in one pass
    output cce_pkg::cipher_request_t             cipher_request_o,
    output logic                                 start_hash_o,
    output hash_pkg::request_t                   hash_request_o,
    output logic [2:0]                           prefix_o,         // CCM: bytes of the AAD's length in front of it
    output logic                                 start_stream_o,   // with start: by whom the text is done
    output logic                                 start_lane_o,
    output logic                                 start_key_wrap_o,
    output logic                                 start_key_o,
    output cce_pkg::key_request_t                key_request_o,
    output logic                                 idle_o
);

  localparam int unsigned CountWidth = SlotWidth + 1;
  localparam int unsigned AlignmentWidth = $clog2(cce_contract_pkg::ContextAlignmentBytes);
  localparam logic [31:0] WrapLimit = cce_contract_pkg::KeyWrapLimitBytes;
  localparam logic [31:0] HashContext = cce_contract_pkg::HashContextBytes;
  localparam int unsigned FrontWidth = 10;  // hash_context and two states in front of a message
  localparam int unsigned FunctionLsb = cce_contract_pkg::CipherHashFunctionLsb;
  localparam logic [31:0] OneUnit = cce_contract_pkg::ContextRecordBytes;
  localparam logic [31:0] TwoUnits = cce_contract_pkg::ContextRecordBytes + cce_contract_pkg::ContextSecondKeyBytes;

  // In front of a message with a key: hash_context and two states.
  function automatic logic [FrontWidth-1:0] keyed_front(input hash_pkg::mode_t mode);
    keyed_front = FrontWidth'(HashContext) + FrontWidth'({hash_pkg::state_pieces(mode), 5'd0});
  endfunction

  logic [QueueCount-1:0] possible, drops, chosen_queue;
  logic chosen_valid, drop_now, check_q, hand_over_q;
  logic ready_q;                         // one can be taken: none was in the cycle before, or is being checked or handed over
  logic [QueueWidth-1:0] chosen, queue_q;
  logic [QueueCount-1:0][CountWidth-1:0] in_flight_q;
  logic [QueueCount-1:0] none_q;         // while ready_q: in_flight_q is zero
  logic [QueueCount-1:0] barrier_q;      // a fenced request is in flight
  cce_contract_pkg::descriptor_t d;
  logic [DescriptorBits-1:0] descriptor_q;
  logic [31:0] start_cycle_q;

  // -------------------------------------------------------------------------------------------------- taking one

  always_comb begin
    for (int unsigned q = 0; q < QueueCount; q++) begin
      drops[q] = reset_pending_i[q] || stopped_i[q] || failed_i[q];
      possible[q] = valid_i[q] && ready_q &&
                    (drops[q] || (free_valid_i && !barrier_q[q] && (!fence_i[q] || none_q[q])));
    end
  end
  round_robin_choice #(
      .Count(QueueCount)
  ) u_queues (
      .clk_i,
      .rst_ni,
      .request_i(possible),
      .take_i(chosen_valid),
      .valid_o(chosen_valid),
      .chosen_o(chosen_queue),
      .index_o(chosen)
  );
  assign take_o = chosen_queue;
  assign drop_o = chosen_queue & drops;
  assign drop_failed_o = chosen_queue & failed_i;
  assign drop_now = drop_o != '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      check_q <= 1'b0;
      hand_over_q <= 1'b0;
      ready_q <= 1'b1;
      queue_q <= '0;
      in_flight_q <= '0;
      none_q <= '1;
      barrier_q <= '0;
    end else begin
      check_q <= chosen_valid && !drop_now;
      hand_over_q <= check_q;
      ready_q <= !chosen_valid && !check_q;
      if (chosen_valid) queue_q <= chosen;
      for (int unsigned q = 0; q < QueueCount; q++) begin
        in_flight_q[q] <= in_flight_q[q] + CountWidth'(chosen_queue[q] && !drops[q]) - CountWidth'(freed_i[q]);
        none_q[q] <= in_flight_q[q] == CountWidth'(freed_i[q]);
        if (chosen_queue[q] && !drops[q]) barrier_q[q] <= fence_i[q];
        else if (freed_i[q] && in_flight_q[q] == CountWidth'(1)) barrier_q[q] <= 1'b0;
      end
    end
    if (chosen_valid) begin
      descriptor_q <= descriptor_i;
      start_cycle_q <= start_cycle_i;
    end
  end
  assign d = descriptor_q;

  // --------------------------------------------------------------------------------------------- checking it, in order

  logic is_cipher, is_hash, is_cipher_hash, is_load, is_invalidate, is_nop;
  logic opcode_bad, mode_bad, flags_bad, zero_bad, length_bad, tag_bad, iv_bad, context_bad;
  logic uses_index, record_unaligned, wraps, authenticated;
  logic ecb, cbc, ctr, xts, gcm, ccm, cmac, kw, kwp;
  logic [3:0] length_bytes;   // CCM: L
  logic ccm_iv_bad, ccm_long;
  hash_pkg::mode_t lone_mode, pass_mode, hash_mode;   // of a hash; of cipher and hash in one pass; of the descriptor
  logic hash_ends;            // the message ends here
  logic [FrontWidth-1:0] state_bytes, front_bytes, pass_front_bytes;
  logic [31:0] output_length, output_length_q;
  logic uses_key, pass_cbc, pass_ctr;   // cipher and hash in one pass
  logic [7:0] pass_cipher;
  logic [31:0] pass_aad_bytes;
  logic [32:0] pass_bytes;    // with what is in front of the AAD
  logic front_wrong, pass_front_missing, pass_too_long;
  logic over_wrap_limit, over_unwrap_limit, kw_length_bad, kwp_length_bad, cipher_length_bad, pass_length_bad;
  logic gcm_tag_bad, ccm_tag_bad, cmac_tag_bad, pass_tag_bad;
  logic cipher_iv_bad, digest_exceeded, hash_iv_bad;
  logic gated;
  logic [7:0] status;
  cce_contract_pkg::hash_output_t hash_output;
  cce_contract_pkg::iv_in_source_t iv_in_source;

  assign hash_output = d.iv;
  assign iv_in_source = d.iv;
  assign is_nop = d.opcode == 8'(cce_contract_pkg::OpcodeNop);
  assign is_cipher = d.opcode == 8'(cce_contract_pkg::OpcodeCipher);
  assign is_hash = d.opcode == 8'(cce_contract_pkg::OpcodeHash);
  assign is_cipher_hash = d.opcode == 8'(cce_contract_pkg::OpcodeCipherHash);
  assign is_load = d.opcode == 8'(cce_contract_pkg::OpcodeContextLoad);
  assign is_invalidate = d.opcode == 8'(cce_contract_pkg::OpcodeContextInvalidate);
  assign ecb = d.mode == 8'(cce_contract_pkg::CipherModeEcb);
  assign cbc = d.mode == 8'(cce_contract_pkg::CipherModeCbc);
  assign ctr = d.mode == 8'(cce_contract_pkg::CipherModeCtr);
  assign xts = d.mode == 8'(cce_contract_pkg::CipherModeXts);
  assign gcm = d.mode == 8'(cce_contract_pkg::CipherModeGcm);
  assign ccm = d.mode == 8'(cce_contract_pkg::CipherModeCcm);
  assign cmac = d.mode == 8'(cce_contract_pkg::CipherModeCmac);
  assign kw = d.mode == 8'(cce_contract_pkg::CipherModeKw);
  assign kwp = d.mode == 8'(cce_contract_pkg::CipherModeKwp);
  assign wraps = kw || kwp;
  assign authenticated = gcm || ccm;

  assign opcode_bad = !(is_nop || is_cipher || ((is_hash || is_cipher_hash) && (HasSha2 || HasSha3)) || is_load ||
                        is_invalidate);
  // Every check is made for each opcode at once; the opcode, as far from the descriptor as most of them, chooses last.
  assign mode_bad = (is_cipher && !(ecb || cbc || ctr || xts || gcm || ccm || cmac || wraps)) ||
                    (is_hash && (!hash_pkg::known(d.mode) || !(hash_pkg::sponge(lone_mode) ? HasSha3 : HasSha2))) ||
                    (is_cipher_hash && (!(pass_cbc || pass_ctr) || !hash_pkg::known({4'd0, pass_mode}) ||
                                        hash_pkg::extendable(pass_mode) ||
                                        !(hash_pkg::sponge(pass_mode) ? HasSha3 : HasSha2))) ||
                    (!uses_key && !is_hash && d.mode != '0);
  always_comb begin
    flags_bad = d.flags.reserved0 != '0 || d.reserved != '0;
    if (!uses_key && (d.flags.decrypt || d.flags.context_held)) flags_bad = 1'b1;
    if (!uses_key && !is_hash && (d.flags.source_list || d.flags.destination_list)) flags_bad = 1'b1;
    if (!is_hash && (d.flags.stream_first || d.flags.stream_last || d.flags.squeeze)) flags_bad = 1'b1;
    if (!is_hash && !is_cipher_hash && d.flags.keyed) flags_bad = 1'b1;
    if (!is_cipher_hash && d.flags.tag_over_plaintext) flags_bad = 1'b1;
    if (is_hash && (d.context_reference != '0 || d.context_region != '0 || (d.flags.keyed && hash_pkg::extendable(lone_mode)) ||
                    (d.flags.squeeze && (!hash_pkg::extendable(lone_mode) || d.flags.stream_last)))) begin
      flags_bad = 1'b1;
    end
    if (d.flags.iv_in_source && !(is_cipher && gcm)) flags_bad = 1'b1;
    if (d.flags.distinct_keys && !(is_cipher && xts)) flags_bad = 1'b1;
    if (d.flags.inverse_cipher && !(is_cipher && wraps)) flags_bad = 1'b1;
  end
  assign zero_bad = d.text_length == '0 &&
                    ((is_cipher && !authenticated && !cmac) || (is_hash && !hash_ends) || is_cipher_hash);
  // Cipher and hash in one pass: both modes in one.
  assign pass_cipher = 8'(d.mode[FunctionLsb-1:0]);
  assign pass_cbc = pass_cipher == 8'(cce_contract_pkg::CipherModeCbc);
  assign pass_ctr = pass_cipher == 8'(cce_contract_pkg::CipherModeCtr);
  assign pass_mode = d.mode[7:FunctionLsb];
  assign lone_mode = d.mode[hash_pkg::ModeWidth-1:0];
  assign hash_mode = is_cipher_hash ? pass_mode : lone_mode;
  assign uses_key = is_cipher || is_cipher_hash;
  assign hash_ends = d.flags.stream_last || d.flags.squeeze;
  assign state_bytes = FrontWidth'({hash_pkg::state_pieces(lone_mode), 4'd0});
  always_comb begin
    front_bytes = d.flags.stream_first ? '0 : FrontWidth'(HashContext) + state_bytes;
    if (d.flags.keyed) front_bytes = keyed_front(lone_mode);
  end
  assign pass_front_bytes = d.flags.keyed ? keyed_front(pass_mode) : '0;
  assign pass_aad_bytes = d.aad_length - (is_cipher_hash ? 32'(pass_front_bytes) : 32'(front_bytes));
  // The message, AAD and text, must have less than 2^32 bytes; the sum does not wait for what is in front of it.
  assign pass_bytes = {1'b0, d.aad_length} + {1'b0, d.text_length};
  assign front_wrong = d.aad_length[31:FrontWidth] != '0 || d.aad_length[FrontWidth-1:0] != front_bytes;
  assign pass_front_missing = d.aad_length[31:FrontWidth] == '0 && d.aad_length[FrontWidth-1:0] < pass_front_bytes;
  assign pass_too_long = pass_bytes[32] && (pass_bytes[31:FrontWidth] != '0 || pass_bytes[FrontWidth-1:0] >= pass_front_bytes);
  assign gated = (uses_key && gate_aes_i) || ((is_hash || is_cipher_hash) && gate_hash_i);
  // CCM: the text's length has L bytes (SP 800-38C, A.1).
  assign length_bytes = {1'b0, d.iv[2:0]} + 4'd1;
  assign ccm_long = (length_bytes == 4'd2 && d.text_length[31:16] != '0) ||
                    (length_bytes == 4'd3 && d.text_length[31:24] != '0);
  assign over_wrap_limit = d.text_length > WrapLimit;
  assign over_unwrap_limit = d.text_length > WrapLimit + 32'd8;
  assign kw_length_bad = d.text_length[2:0] != '0 ||
                         (d.flags.decrypt ? d.text_length < 32'd24 || over_unwrap_limit :
                                            d.text_length < 32'd16 || over_wrap_limit);
  assign kwp_length_bad = d.flags.decrypt ? d.text_length < 32'd16 || over_unwrap_limit || d.text_length[2:0] != '0 :
                                            over_wrap_limit;
  assign cipher_length_bad = ((ecb || cbc) && d.text_length[3:0] != '0) || (xts && d.text_length < 32'd16) ||
                             (ccm && ccm_long) || (kw && kw_length_bad) || (kwp && kwp_length_bad) ||
                             (!authenticated && d.aad_length != '0);
  assign pass_length_bad = (pass_cbc && d.text_length[3:0] != '0) || pass_front_missing || pass_too_long;
  assign length_bad = (is_load && d.text_length != OneUnit && d.text_length != TwoUnits) || (is_hash && front_wrong) ||
                      (is_cipher_hash && pass_length_bad) || (is_cipher && cipher_length_bad) ||
                      (!is_load && !is_hash && !uses_key && d.text_length != '0) ||
                      (!is_hash && !uses_key && d.aad_length != '0);
  assign gcm_tag_bad = !(d.tag_length == 8'd4 || d.tag_length == 8'd8 || (d.tag_length >= 8'd12 && d.tag_length <= 8'd16));
  assign ccm_tag_bad = d.tag_length[0] || d.tag_length < 8'd4 || d.tag_length > 8'd16;
  assign cmac_tag_bad = d.tag_length == '0 || d.tag_length > 8'd16;
  assign pass_tag_bad = d.tag_length == '0 || d.tag_length > 8'(hash_pkg::digest_bytes(pass_mode));
  assign tag_bad = (is_cipher && ((gcm && gcm_tag_bad) || (ccm && ccm_tag_bad) || (cmac && cmac_tag_bad))) ||
                   (is_cipher_hash && pass_tag_bad) ||
                   (!is_cipher_hash && !(is_cipher && (authenticated || cmac)) && d.tag_length != '0);
  // CCM: L - 1 in byte 0, then 15 - L bytes of nonce, then zeros.
  always_comb begin
    ccm_iv_bad = d.iv[7:3] != '0 || d.iv[2:0] == '0;
    for (int unsigned i = 0; i < 16; i++) begin
      if (5'(i) + 5'(length_bytes) >= 5'd16 && d.iv[8*i +: 8] != '0) ccm_iv_bad = 1'b1;
    end
  end
  assign cipher_iv_bad = ((ecb || cmac || wraps) && d.iv != '0) || (ccm && ccm_iv_bad) ||
                         (gcm && (d.flags.iv_in_source ? iv_in_source.length == '0 || iv_in_source.reserved != '0 :
                                                         d.iv[127:96] != '0));
  assign digest_exceeded = !hash_pkg::extendable(lone_mode) && hash_output.length > 32'(hash_pkg::digest_bytes(lone_mode));
  // How much output is wanted; with hash_context and state behind it less than 2^32 bytes.
  assign hash_iv_bad = hash_output.reserved != '0 || (!hash_ends && hash_output.length != '0) ||
                       (d.flags.squeeze && hash_output.length[31:8] == '1) ||
                       (d.flags.stream_last && (hash_output.length == '0 || digest_exceeded));
  assign iv_bad = (is_cipher && cipher_iv_bad) || (is_hash && hash_iv_bad);
  assign uses_index = is_load || is_invalidate || (uses_key && d.flags.context_held);
  assign record_unaligned = is_load ? d.source[AlignmentWidth-1:0] != '0 : d.context_reference[AlignmentWidth-1:0] != '0;
  assign context_bad = (uses_index && d.context_reference >= 64'(ContextCount)) ||
                       ((is_load || (uses_key && !d.flags.context_held)) && record_unaligned);

  always_comb begin
    status = 8'(cce_contract_pkg::StatusOk);
    if (opcode_bad) status = 8'(cce_contract_pkg::StatusOpcode);
    else if (mode_bad) status = 8'(cce_contract_pkg::StatusMode);
    else if (flags_bad) status = 8'(cce_contract_pkg::StatusFlags);
    else if (zero_bad) status = 8'(cce_contract_pkg::StatusLengthZero);
    else if (length_bad) status = 8'(cce_contract_pkg::StatusLength);
    else if (tag_bad) status = 8'(cce_contract_pkg::StatusTagLength);
    else if (iv_bad) status = 8'(cce_contract_pkg::StatusIv);
    else if (gated) status = 8'(cce_contract_pkg::StatusGated);
    else if (context_bad) status = 8'(cce_contract_pkg::StatusContextAddress);
  end

  // ------------------------------------------------------------------------------------------------ handing it over

  logic good, stream, start_cipher_q, start_hash_q, start_stream_q, start_lane_q, start_key_wrap_q, start_key_q;
  logic [7:0] status_q;
  logic [2:0] prefix_q;

  // As the status says, but not behind it.
  assign good = !(opcode_bad || mode_bad || flags_bad || zero_bad || length_bad || tag_bad || iv_bad || context_bad ||
                  gated);
  assign stream = ecb || (cbc && d.flags.decrypt) || ctr || xts || gcm;
  // All that a request starts begins at these registers.
  always_ff @(posedge clk_i) begin
    start_cipher_q <= rst_ni && check_q && good && uses_key;
    start_stream_q <= rst_ni && check_q && good && is_cipher && stream;
    start_lane_q <= rst_ni && check_q && good && is_cipher && !stream && !wraps;
    start_key_wrap_q <= rst_ni && check_q && good && is_cipher && wraps;
    start_hash_q <= rst_ni && check_q && good && (is_hash || is_cipher_hash);
    start_key_q <= rst_ni && check_q && good && !is_nop && !is_hash;
    status_q <= status;
    output_length_q <= output_length;
    prefix_q <= 3'd0;
    if (is_cipher && ccm && d.aad_length != '0) prefix_q <= d.aad_length < 32'h0000ff00 ? 3'd2 : 3'd6;
  end
  assign start_o = hand_over_q;
  assign start_queue_o = queue_q;
  assign start_status_o = status_q;
  assign start_cookie_o = d.cookie;
  assign start_cycle_o = start_cycle_q;
  assign start_bytes_o = uses_key || is_hash ? d.text_length : '0;
  assign start_text_o = start_cipher_q || start_hash_q;
  assign start_cipher_o = start_cipher_q;
  assign start_hash_o = start_hash_q;
  assign start_stream_o = start_stream_q;
  assign start_lane_o = start_lane_q;
  assign start_key_wrap_o = start_key_wrap_q;
  assign start_key_o = start_key_q;
  assign prefix_o = prefix_q;
  // What a mode gives: its text, but key wrap one semiblock more or less, and CMAC none.
  always_comb begin
    output_length = d.text_length;
    if (is_hash) begin
      output_length = hash_output.length + (d.flags.stream_last ? '0 : HashContext + 32'(state_bytes));
    end else if (cmac) begin
      output_length = '0;
    end else if (wraps) begin
      if (d.flags.decrypt) output_length = d.text_length - 32'd8;
      else output_length = ((d.text_length + 32'd7) & ~32'd7) + 32'd8;
    end
  end
  always_comb begin
    cipher_request_o.queue_index = 8'(queue_q);
    cipher_request_o.unrestricted = unrestricted_i[queue_q];
    cipher_request_o.stream = is_cipher && stream;
    cipher_request_o.mode = is_cipher_hash ? pass_cipher : d.mode;
    cipher_request_o.decrypt = d.flags.decrypt;
    cipher_request_o.authenticated = (is_cipher && authenticated) || is_cipher_hash;
    cipher_request_o.distinct_keys = d.flags.distinct_keys;
    cipher_request_o.iv = d.iv;
    cipher_request_o.iv_length = d.flags.iv_in_source ? iv_in_source.length : '0;
    cipher_request_o.aad_length = d.aad_length;
    cipher_request_o.text_length = d.text_length;
    cipher_request_o.tag_length = d.tag_length[6:0];
    cipher_request_o.output_length = output_length_q;
    cipher_request_o.source_list = d.flags.source_list;
    cipher_request_o.source_region = d.source_region;
    cipher_request_o.source = d.source;
    cipher_request_o.destination_list = d.flags.destination_list;
    cipher_request_o.destination_region = d.destination_region;
    cipher_request_o.destination = d.destination;
    hash_request_o.mode = hash_mode;
    hash_request_o.first = d.flags.stream_first || is_cipher_hash;
    hash_request_o.last = d.flags.stream_last || is_cipher_hash;
    hash_request_o.keyed = d.flags.keyed;
    hash_request_o.squeeze = d.flags.squeeze;
    hash_request_o.cipher = is_cipher_hash;
    hash_request_o.ctr = pass_ctr;
    hash_request_o.decrypt = d.flags.decrypt;
    hash_request_o.over_plaintext = d.flags.tag_over_plaintext;
    hash_request_o.iv = d.iv;
    hash_request_o.aad_length = pass_aad_bytes;
    hash_request_o.text_length = d.text_length;
    hash_request_o.output_length = is_cipher_hash ? 32'(d.tag_length) : output_length_q;
    if (is_load) key_request_o.job = 2'(cce_pkg::KeyJobLoad);
    else if (is_invalidate) key_request_o.job = 2'(cce_pkg::KeyJobInvalidate);
    else key_request_o.job = d.flags.context_held ? 2'(cce_pkg::KeyJobHeld) : 2'(cce_pkg::KeyJobRecord);
    key_request_o.queue_index = 8'(queue_q);
    key_request_o.unrestricted = unrestricted_i[queue_q];
    key_request_o.index = d.context_reference[7:0];
    key_request_o.address = is_load ? d.source : d.context_reference;
    key_request_o.region = is_load ? d.source_region : d.context_region;
    key_request_o.two_units = is_load ? d.text_length == TwoUnits : xts;
    key_request_o.mode = is_cipher_hash ? pass_cipher : d.mode;
    key_request_o.decrypt = d.flags.decrypt;
    key_request_o.inverse_cipher = d.flags.inverse_cipher;
    key_request_o.distinct_keys = d.flags.distinct_keys;
  end

  assign idle_o = ready_q && valid_i == '0;

  logic unused_bits;
  assign unused_bits = ^{free_slot_i, d.flags.fence};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (check_q) assert (good == (status == 8'(cce_contract_pkg::StatusOk)));
      if (hand_over_q) assert (free_valid_i);
      assert (!(ready_q && (check_q || hand_over_q)));
      for (int unsigned q = 0; q < QueueCount; q++) if (ready_q) assert (none_q[q] == (in_flight_q[q] == '0));
      for (int unsigned q = 0; q < QueueCount; q++) if (freed_i[q]) assert (in_flight_q[q] != '0);
    end
  end

endmodule

`default_nettype wire
