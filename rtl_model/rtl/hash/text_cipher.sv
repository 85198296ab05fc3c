// SPDX-License-Identifier: Apache-2.0
//
// The cipher's part of a request that is enciphered or deciphered and hashed in one pass: CBC and CTR.
//
//   ring of the slot -> blocks to send -> cipher_arbiter -> aes_cipher -> + -> results -> ring of the destination
//                    '-> what the results are combined with --------------'
//
// Blocks go through in order. A block is read only when there is a place for its result, so no result ever waits for
// anything on its way out of the cipher: results leave for the destination and the hash as these have room, the hash has
// room again whatever happens here, and so nothing waits for itself.
// CBC encryption has one block in the cipher, for the next one needs it; the others as many as there are places.
// Throughput: Depth blocks in the time a block takes through the cipher, 34 cycles (pipelined), at most a block a cycle; CBC
// encryption a block in 33 cycles. Latency: 4 cycles beside the cipher's.

`default_nettype none

module text_cipher #(
    parameter int unsigned Depth = 16          // blocks under way: a power of two
) (
    input  wire logic               clk_i,
    input  wire logic               rst_ni,

    input  wire logic               start_i,
    input  wire hash_pkg::request_t start_request_i,
    input  wire logic               stop_i,            // sends nothing more to the cipher
    input  wire logic               drop_i,            // and forgets what there is, results that come included
    input  wire logic               erase_i,           // at the end, behind the last use of next_iv_o
    input  wire logic               key_usable_i,

    // Ring of the slot
    input  wire logic               read_possible_i,
    output logic                    read_request_o,
    input  wire logic               read_grant_i,
    input  wire logic [127:0]       read_data_i,       // in the cycle after its grant
    output logic                    text_valid_o,      // that cycle
    output logic [4:0]              text_bytes_o,

    // cipher_arbiter
    output logic                    cipher_request_o,
    input  wire logic               cipher_grant_i,
    output logic [127:0]            cipher_block_o,    // in the cycle after its grant
    input  wire logic               result_valid_i,
    input  wire logic [127:0]       result_block_i,

    // Results
    output logic                    result_valid_o,
    input  wire logic               result_take_i,
    output logic [127:0]            result_o,          // bytes behind the text's end are zero
    output logic [4:0]              result_bytes_o,

    output logic                    all_read_o,        // nothing of the text is still to be read
    output logic                    all_given_o,       // all results were taken
    output logic                    quiet_o,           // no block is in the cipher
    output logic [127:0]            next_iv_o          // with all_given_o: what a request that goes on needs
);

  localparam int unsigned CountWidth = $clog2(Depth + 1);
  localparam int unsigned SendDepth = 4;
  localparam int unsigned SendWidth = $clog2(SendDepth + 1);

  logic ctr_q, chained_q;              // CTR; CBC encryption; neither: CBC decryption
  logic [127:0] chain_q;               // the next counter block, or the ciphertext before
  logic [31:0] read_left_q, give_left_q;   // bytes
  logic arrives_q;                     // a block comes in this cycle
  logic [4:0] read_bytes, read_bytes_q;
  logic [127:0] shown_q;
  logic [CountWidth-1:0] in_cipher_q;

  // ------------------------------------------------------------------------------------------------------ the way in

  logic send_valid;
  logic [127:0] send_in, send_block;
  logic [SendWidth-1:0] send_count;
  logic [CountWidth-1:0] result_count;
  logic place;

  assign place = chained_q ? !arrives_q && send_count == '0 && in_cipher_q == '0 && result_count != CountWidth'(Depth) :
                             CountWidth'(arrives_q) + CountWidth'(send_count) + in_cipher_q + result_count <
                             CountWidth'(Depth);
  assign read_bytes = read_left_q < 32'd16 ? read_left_q[4:0] : 5'd16;
  assign read_request_o = read_possible_i && read_left_q != '0 && place &&
                          send_count + SendWidth'(arrives_q) < SendWidth'(SendDepth);
  assign text_valid_o = arrives_q;
  assign text_bytes_o = read_bytes_q;
  always_comb begin
    if (ctr_q) send_in = chain_q;
    else send_in = read_data_i ^ (chained_q ? chain_q : '0);
  end

  stream_fifo #(
      .Width(128),
      .Depth(SendDepth)
  ) u_send (
      .clk_i,
      .rst_ni,
      .clear_i(drop_i),
      .push_i(arrives_q),
      .data_i(send_in),
      .undo_i(1'b0),
      .pop_i(cipher_grant_i),
      .valid_o(send_valid),
      .data_o(send_block),
      .count_o(send_count)
  );
  assign cipher_request_o = send_valid && key_usable_i && !stop_i;
  assign cipher_block_o = shown_q;

  // ----------------------------------------------------------------------------------------------------- the way out

  logic [127:0] combine_in, combine;
  logic combine_valid, result_comes;
  logic [CountWidth-1:0] combine_count;
  logic [127:0] result_data;

  // CBC encryption: with nothing, the text is in the block that was sent.
  always_comb begin
    if (ctr_q) combine_in = read_data_i;
    else combine_in = chained_q ? '0 : chain_q;
  end
  assign result_comes = result_valid_i && !drop_i;

  stream_fifo #(
      .Width(128),
      .Depth(Depth)
  ) u_combine (
      .clk_i,
      .rst_ni,
      .clear_i(drop_i),
      .push_i(arrives_q),
      .data_i(combine_in),
      .undo_i(1'b0),
      .pop_i(result_comes),
      .valid_o(combine_valid),
      .data_o(combine),
      .count_o(combine_count)
  );
  stream_fifo #(
      .Width(128),
      .Depth(Depth)
  ) u_results (
      .clk_i,
      .rst_ni,
      .clear_i(drop_i),
      .push_i(result_comes),
      .data_i(result_block_i ^ combine),
      .undo_i(1'b0),
      .pop_i(result_take_i),
      .valid_o(result_valid_o),
      .data_o(result_data),
      .count_o(result_count)
  );
  assign result_bytes_o = give_left_q < 32'd16 ? give_left_q[4:0] : 5'd16;
  assign result_o = cce_pkg::keep_bytes(result_data, result_bytes_o);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ctr_q <= 1'b0;
      chained_q <= 1'b0;
      chain_q <= '0;
      read_left_q <= '0;
      give_left_q <= '0;
      arrives_q <= 1'b0;
      read_bytes_q <= '0;
      shown_q <= '0;
      in_cipher_q <= '0;
    end else begin
      arrives_q <= read_grant_i;
      if (read_grant_i) begin
        read_bytes_q <= read_bytes;
        read_left_q <= read_left_q - 32'(read_bytes);
      end
      if (arrives_q && !chained_q) chain_q <= ctr_q ? cce_pkg::increment_counter(chain_q, 1'b1) : read_data_i;
      if (result_comes && chained_q) chain_q <= result_block_i;
      shown_q <= cipher_grant_i ? send_block : '0;
      in_cipher_q <= in_cipher_q + CountWidth'(cipher_grant_i) - CountWidth'(result_valid_i);
      if (result_take_i) give_left_q <= give_left_q - 32'(result_bytes_o);
      if (drop_i) begin
        read_left_q <= '0;
        give_left_q <= '0;
      end
      if (drop_i || erase_i) chain_q <= '0;
      if (start_i) begin
        ctr_q <= start_request_i.ctr;
        chained_q <= !start_request_i.ctr && !start_request_i.decrypt;
        chain_q <= start_request_i.iv;
        read_left_q <= start_request_i.cipher ? start_request_i.text_length : '0;
        give_left_q <= start_request_i.cipher ? start_request_i.text_length : '0;
      end
    end
  end

  assign all_read_o = read_left_q == '0 && !arrives_q;
  assign all_given_o = give_left_q == '0;
  assign quiet_o = in_cipher_q == '0;
  assign next_iv_o = chain_q;

  // Of use only to the lane.
  logic unused_bits;
  assign unused_bits = ^{start_request_i.mode, start_request_i.first, start_request_i.last, start_request_i.keyed,
                         start_request_i.squeeze, start_request_i.over_plaintext, start_request_i.aad_length,
                         start_request_i.output_length};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) assert (quiet_o && !send_valid && !result_valid_o && !arrives_q);
      if (read_grant_i) assert (read_request_o);
      if (cipher_grant_i) assert (cipher_request_o);
      if (result_valid_i) assert (in_cipher_q != '0);
      if (result_comes) assert (combine_valid);
      if (!drop_i) assert (combine_count == CountWidth'(send_count) + in_cipher_q);
    end
  end

endmodule

`default_nettype wire
