// SPDX-License-Identifier: Apache-2.0
//
// In place of the RTL's module in proofs about requests of opcode hash: no text goes through the cipher.

module text_cipher #(
    parameter int unsigned Depth = 16
) (
    input  wire logic               clk_i,
    input  wire logic               rst_ni,
    input  wire logic               start_i,
    input  wire hash_pkg::request_t start_request_i,
    input  wire logic               stop_i,
    input  wire logic               drop_i,
    input  wire logic               erase_i,
    input  wire logic               key_usable_i,
    input  wire logic               read_possible_i,
    output logic                    read_request_o,
    input  wire logic               read_grant_i,
    input  wire logic [127:0]       read_data_i,
    output logic                    text_valid_o,
    output logic [4:0]              text_bytes_o,
    output logic                    cipher_request_o,
    input  wire logic               cipher_grant_i,
    output logic [127:0]            cipher_block_o,
    input  wire logic               result_valid_i,
    input  wire logic [127:0]       result_block_i,
    output logic                    result_valid_o,
    input  wire logic               result_take_i,
    output logic [127:0]            result_o,
    output logic [4:0]              result_bytes_o,
    output logic                    all_read_o,
    output logic                    all_given_o,
    output logic                    quiet_o,
    output logic [127:0]            next_iv_o
);
  assign {read_request_o, text_valid_o, text_bytes_o, cipher_request_o, cipher_block_o} = '0;
  assign {result_valid_o, result_o, result_bytes_o, next_iv_o} = '0;
  assign {all_read_o, all_given_o, quiet_o} = '1;
endmodule
