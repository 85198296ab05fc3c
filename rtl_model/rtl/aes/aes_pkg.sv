// SPDX-License-Identifier: Apache-2.0
//
// AES transformations as functions (FIPS 197).
//
// Byte order: byte i of a block, key or word is in bits 8*i+7:8*i. So s[r,c] of the state is byte r + 4*c
// (FIPS 197, 3.4), and column c is the 32-bit slice c.

package aes_pkg;

  // Substitution tables (FIPS 197, 5.1.1 and 5.3.2): the entry for byte x is bits 8*x+7:8*x, so the last row holds
  // entries 15 (left) to 0 (right). A table in logic takes the same time for every x.
  localparam logic [2047:0] SubBytesTable = {
    128'h16bb54b0_0f2d9941_6842e6bf_0d89a18c,
    128'hdf2855ce_e9871e9b_948ed969_1198f8e1,
    128'h9e1dc186_b9573561_0ef60348_66b53e70,
    128'h8a8bbd4b_1f74dde8_c6b4a61c_2e2578ba,
    128'h08ae7a65_eaf4566c_a94ed58d_6d37c8e7,
    128'h79e49591_62acd3c2_5c240649_0a3a32e0,
    128'hdb0b5ede_14b8ee46_88902a22_dc4f8160,
    128'h73195d64_3d7ea7c4_1744975f_ec130ccd,
    128'hd2f3ff10_21dab6bc_f5389d92_8f40a351,
    128'ha89f3c50_7f02f945_85334d43_fbaaefd0,
    128'hcf584c4a_39becb6a_5bb1fc20_ed00d153,
    128'h842fe329_b3d63b52_a05a6e1b_1a2c8309,
    128'h75b227eb_e2801207_9a059618_c323c704,
    128'h1531d871_f1e5a534_ccf73f36_2693fdb7,
    128'hc072a49c_afa2d4ad_f04759fa_7dc982ca,
    128'h76abd7fe_2b670130_c56f6bf2_7b777c63
  };

  localparam logic [2047:0] InverseSubBytesTable = {
    128'h7d0c2155_631469e1_26d677ba_7e042b17,
    128'h61995383_3cbbebc8_b0f52aae_4d3be0a0,
    128'hef9cc993_9f7ae52d_0d4ab519_a97f5160,
    128'h5fec8027_591012b1_31c70788_33a8dd1f,
    128'hf45acd78_fec0db9a_2079d2c6_4b3e56fc,
    128'h1bbe18aa_0e62b76f_89c5291d_711af147,
    128'h6edf751c_e837f9e2_8535ade7_2274ac96,
    128'h73e6b4f0_cecff297_eadc674f_4111913a,
    128'h6b8a1301_03bdafc1_020f3fca_8f1e2cd0,
    128'h0645b3b8_0558e4f7_0ad3bc8c_00abd890,
    128'h849d8da7_5746155e_dab9edfd_5048706c,
    128'h92b6655d_cc5ca4d4_16986886_64f6f872,
    128'h25d18b6d_49a25b76_b224d928_66a12e08,
    128'h4ec3fa42_0b954cee_3d23c2a6_32947b54,
    128'hcbe9dec4_44438e34_87ff2f9b_8239e37c,
    128'hfbd7f381_9ea340bf_38a53630_d56a0952
  };

  function automatic logic [7:0] sub_byte(input logic [7:0] x);
    sub_byte = SubBytesTable[{x, 3'd0} +: 8];
  endfunction

  function automatic logic [7:0] inverse_sub_byte(input logic [7:0] x);
    inverse_sub_byte = InverseSubBytesTable[{x, 3'd0} +: 8];
  endfunction

  // Multiplication by x in GF(2^8) (FIPS 197, 4.2.1).
  function automatic logic [7:0] xtime(input logic [7:0] x);
    xtime = {x[6:0], 1'b0} ^ (8'h1b & {8{x[7]}});
  endfunction

  // Division by x.
  function automatic logic [7:0] inverse_xtime(input logic [7:0] x);
    inverse_xtime = {1'b0, x[7:1]} ^ (8'h8d & {8{x[0]}});
  endfunction

  // MixColumns() on one column (FIPS 197, 5.1.3).
  function automatic logic [31:0] mix_column(input logic [31:0] column);
    logic [7:0] sum;
    sum = column[7:0] ^ column[15:8] ^ column[23:16] ^ column[31:24];
    for (int r = 0; r < 4; r++) begin
      mix_column[8*r +: 8] = column[8*r +: 8] ^ sum ^ xtime(column[8*r +: 8] ^ column[8*((r+1)%4) +: 8]);
    end
  endfunction

  // ShiftRows() or InvShiftRows() (FIPS 197, 5.1.2 and 5.3.1). Rows 0 and 2 move alike in both.
  function automatic logic [127:0] shift_rows_either(input logic [127:0] state, input logic inverse);
    for (int c = 0; c < 4; c++) begin
      for (int r = 0; r < 4; r++) begin
        if (r % 2 == 0) shift_rows_either[8*(r+4*c) +: 8] = state[8*(r+4*((c+r)%4)) +: 8];
        else begin
          shift_rows_either[8*(r+4*c) +: 8] =
              inverse ? state[8*(r+4*((c+4-r)%4)) +: 8] : state[8*(r+4*((c+r)%4)) +: 8];
        end
      end
    end
  endfunction

  // Columns 1 and 3 change places: c becomes -c modulo 4.
  function automatic logic [127:0] swap_columns(input logic [127:0] state);
    swap_columns = {state[63:32], state[95:64], state[127:96], state[31:0]};
  endfunction

  // MixColumns() or InvMixColumns() (FIPS 197, 5.1.3 and 5.3.3). The matrix of the latter is that of the former times
  // one with 05, 00, 04, 00 in a row: first add 04 times the sum of the bytes two rows apart, then mix.
  function automatic logic [31:0] mix_column_either(input logic [31:0] column, input logic inverse);
    logic [7:0] even, odd;
    even = xtime(xtime(column[7:0] ^ column[23:16])) & {8{inverse}};
    odd = xtime(xtime(column[15:8] ^ column[31:24])) & {8{inverse}};
    mix_column_either = mix_column(column ^ {odd, even, odd, even});
  endfunction

  function automatic logic [127:0] mix_columns_either(input logic [127:0] state, input logic inverse);
    for (int c = 0; c < 4; c++) mix_columns_either[32*c +: 32] = mix_column_either(state[32*c +: 32], inverse);
  endfunction

  // The same with the multiples that are to be added first; zero for MixColumns().
  function automatic logic [127:0] mix_columns_quadrupled(input logic [127:0] state, input logic [127:0] quadrupled);
    logic [7:0] even, odd;
    for (int c = 0; c < 4; c++) begin
      even = quadrupled[32*c +: 8] ^ quadrupled[32*c+16 +: 8];
      odd = quadrupled[32*c+8 +: 8] ^ quadrupled[32*c+24 +: 8];
      mix_columns_quadrupled[32*c +: 32] = mix_column(state[32*c +: 32] ^ {odd, even, odd, even});
    end
  endfunction

endpackage
