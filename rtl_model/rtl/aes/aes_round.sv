// SPDX-License-Identifier: Apache-2.0
//
// One round of AES in either direction, as a stage or two of a pipeline: a block a cycle, latency Stages cycles.
//
// The inverse cipher is the equivalent one (FIPS 197, 5.3.5): its rounds have the order of the cipher's rounds, so that
// both directions share everything, and its round keys went through InvMixColumns() beforehand (aes_key_expander).
// InvShiftRows() turns the rows the other way than ShiftRows(); it is the same thing on a state whose columns stand in the
// opposite order. So in the inverse direction columns 1 and 3 of state_i and round_key_i have changed places, and of state_o,
// but for the last round: its round_key_i and state_o are as in the standard.
//
//   Stages = 2:  state_i -> ShiftRows, SubBytes -> register -> MixColumns, AddRoundKey -> register -> state_o
//   Stages = 1:  state_i -> all four                                                   -> register -> state_o
//
// pass_i lets a block through unchanged: a shorter key has fewer rounds. round_key_i is needed in the cycle before
// state_o, so Stages - 1 cycles after state_i.

`default_nettype none

module aes_round #(
    parameter int unsigned SboxStyle = 1,
    parameter int unsigned Stages = 2,
    parameter bit Passable = 0,   // 0: pass_i is not used
    parameter bit Last = 0        // the last round has no MixColumns
) (
    input  wire logic                     clk_i,
    input  wire logic                     inverse_i,
    input  wire logic                     pass_i,
    input  wire logic [127:0]             state_i,
    input  wire logic [127:0]             round_key_i,
    output logic [127:0]                  state_o
);

  logic [127:0] shifted, substituted, quadrupled, mixed, state_d, state_q;
  logic mix_inverse;   // direction of the block in `substituted`

  assign shifted = aes_pkg::shift_rows_either(state_i, 1'b0);

  aes_sub_bytes #(
      .Bytes(16),
      .SboxStyle(SboxStyle),
      .Registered(Stages == 2)
  ) u_sub_bytes (
      .clk_i,
      .inverse_i,
      .data_i(shifted),
      .data_o(substituted),
      .quadrupled_o(quadrupled)
  );

  generate
    if (Stages == 2) begin : gen_delay
      logic inverse_q;
      always_ff @(posedge clk_i) inverse_q <= inverse_i;
      assign mix_inverse = inverse_q;
    end else begin : gen_no_delay
      assign mix_inverse = inverse_i;
    end

    if (Last) begin : gen_last
      logic unused_quadrupled;
      assign unused_quadrupled = ^quadrupled;
      assign mixed = mix_inverse ? aes_pkg::swap_columns(substituted) : substituted;
    end else if (SboxStyle == 2) begin : gen_mix_quadrupled
      // Direction and the multiplication by 04 are in the memory: from there to the next register is the slowest path.
      logic unused_inverse;
      assign unused_inverse = mix_inverse;
      assign mixed = aes_pkg::mix_columns_quadrupled(substituted, quadrupled);
    end else begin : gen_mix
      logic unused_quadrupled;
      assign unused_quadrupled = ^quadrupled;
      assign mixed = aes_pkg::mix_columns_either(substituted, mix_inverse);
    end

    if (Passable) begin : gen_pass
      logic passing;
      logic [127:0] passed;
      if (Stages == 2) begin : gen_delay
        // Beside the S-boxes' register, which may be inside a memory.
        logic pass_q;
        logic [127:0] passed_q;
        always_ff @(posedge clk_i) begin
          pass_q <= pass_i;
          passed_q <= state_i;
        end
        assign passing = pass_q;
        assign passed = passed_q;
      end else begin : gen_no_delay
        assign passing = pass_i;
        assign passed = state_i;
      end
      assign state_d = passing ? passed : mixed ^ round_key_i;
    end else begin : gen_no_pass
      logic unused_pass;
      assign unused_pass = pass_i;
      assign state_d = mixed ^ round_key_i;
    end
  endgenerate

  always_ff @(posedge clk_i) state_q <= state_d;
  assign state_o = state_q;

endmodule

`default_nettype wire
