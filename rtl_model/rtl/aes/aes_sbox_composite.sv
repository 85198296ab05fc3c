// SPDX-License-Identifier: Apache-2.0
//
// One S-box in both directions (FIPS 197, 5.1.1 and 5.3.2) in a composite field: the smallest in gates.
//
// Registered = 0: combinational. Registered = 1: one cycle of latency, a byte a cycle. The register holds the inverted
// element, in front of the maps back: so MixColumns() behind it has as much of the cycle as the inversion.
//
// One inverter in GF(((2^2)^2)^2) serves SBOX() and INVSBOX(); the maps in front of it and behind it do the change of
// basis and the affine map of FIPS 197, equation 5.2, each for both directions in one network of XOR gates.
// rtl_model/synth/aes_sbox.py derives the networks and the constants below and checks them on every byte; names are
// its names. Bit 0 of a coordinate pair is the lower power:
//   GF(2^8)  a Y^16 + b Y   {a, b}     Y^16 + Y = 1,  Y^17 = nu
//   GF(2^4)  p Z^4  + q Z   {p, q}     Z^4  + Z = 1,  Z^5  = N
//   GF(2^2)  g W^2  + h W   {g, h}     W^2  + W = 1

`default_nettype none

module aes_sbox_composite #(
    parameter bit Registered = 0
) (
    input  wire logic                     clk_i,       // Registered = 0: not used
    input  wire logic                     inverse_i,
    input  wire logic [7:0]               data_i,
    output logic [7:0]                    data_o
);

  function automatic logic [1:0] multiply_4(input logic [1:0] x, input logic [1:0] y);
    multiply_4 = (x & y) ^ {2{(x[1] ^ x[0]) & (y[1] ^ y[0])}};
  endfunction

  // N x
  function automatic logic [1:0] scale_4(input logic [1:0] x);
    scale_4 = {x[0] ^ x[1], x[1]};
  endfunction

  function automatic logic [3:0] multiply_16(input logic [3:0] x, input logic [3:0] y);
    multiply_16 = {multiply_4(x[3:2], y[3:2]), multiply_4(x[1:0], y[1:0])} ^
                  {2{scale_4(multiply_4(x[3:2] ^ x[1:0], y[3:2] ^ y[1:0]))}};
  endfunction

  // nu x^2
  function automatic logic [3:0] square_scale_16(input logic [3:0] x);
    square_scale_16 = {x[0] ^ x[2], x[1] ^ x[3], x[1], x[0] ^ x[1]};
  endfunction

  // (p Z^4 + q Z)^-1 = (q Z^4 + p Z) / (p q + N (p + q)^2). In GF(2^2) the inverse is the square, which swaps bits.
  function automatic logic [3:0] invert_16(input logic [3:0] x);
    logic [1:0] sum, norm;
    sum = x[3:2] ^ x[1:0];
    norm = multiply_4(x[3:2], x[1:0]) ^ scale_4({sum[0], sum[1]});
    invert_16 = {multiply_4(x[1:0], {norm[0], norm[1]}), multiply_4(x[3:2], {norm[0], norm[1]})};
  endfunction

  logic [19:0] front;
  logic [18:0] back;
  logic [7:0] element, inverted_d, inverted;
  logic [3:0] norm_inverted;
  logic back_inverse;   // direction of the byte in `inverted`

  always_comb begin
    front[0] = data_i[0] ^ data_i[6];
    front[1] = data_i[1] ^ front[0];
    front[2] = data_i[4] ^ data_i[7];
    front[3] = data_i[5] ^ front[0];
    front[4] = data_i[5] ^ front[1];
    front[5] = data_i[3] ^ front[1];
    front[6] = data_i[2] ^ data_i[7];
    front[7] = data_i[0] ^ data_i[3];
    front[8] = data_i[4] ^ front[1];
    front[9] = data_i[6] ^ front[2];
    front[10] = front[4] ^ front[6];
    front[11] = front[2] ^ front[7];
    front[12] = data_i[7] ^ front[3];
    front[13] = data_i[4] ^ data_i[6];
    front[14] = data_i[4] ^ front[7];
    front[15] = data_i[4] ^ front[3];
    front[16] = data_i[4] ^ front[4];
    front[17] = data_i[2] ^ front[5];
    front[18] = data_i[5] ^ front[6];
    front[19] = data_i[1] ^ front[11];
    element = inverse_i ? {front[18], front[9], front[16], front[14],
                           front[8], front[2], front[5], front[13]} ^ 8'hdb
                        : {data_i[0], front[19], front[17], front[3],
                           front[15], front[10], front[12], front[4]};
  end

  // (a Y^16 + b Y)^-1 = (b Y^16 + a Y) / (a b + nu (a + b)^2)
  assign norm_inverted = invert_16(multiply_16(element[7:4], element[3:0]) ^ square_scale_16(element[7:4] ^ element[3:0]));
  assign inverted_d = {multiply_16(element[3:0], norm_inverted), multiply_16(element[7:4], norm_inverted)};

  generate
    if (Registered) begin : gen_register
      logic [7:0] inverted_q;
      logic inverse_q;
      always_ff @(posedge clk_i) begin
        inverted_q <= inverted_d;
        inverse_q <= inverse_i;
      end
      assign inverted = inverted_q;
      assign back_inverse = inverse_q;
    end else begin : gen_wire
      logic unused_clock;
      assign unused_clock = clk_i;
      assign inverted = inverted_d;
      assign back_inverse = inverse_i;
    end
  endgenerate

  always_comb begin
    back[0] = inverted[0] ^ inverted[6];
    back[1] = inverted[3] ^ back[0];
    back[2] = inverted[1] ^ inverted[4];
    back[3] = inverted[7] ^ back[1];
    back[4] = inverted[2] ^ back[1];
    back[5] = inverted[0] ^ back[2];
    back[6] = inverted[5] ^ back[3];
    back[7] = inverted[2] ^ inverted[6];
    back[8] = inverted[5] ^ back[4];
    back[9] = inverted[2] ^ back[5];
    back[10] = inverted[3] ^ back[2];
    back[11] = inverted[3] ^ inverted[4];
    back[12] = inverted[4] ^ back[8];
    back[13] = inverted[1] ^ back[4];
    back[14] = back[2] ^ back[3];
    back[15] = inverted[0] ^ inverted[4];
    back[16] = inverted[2] ^ back[6];
    back[17] = inverted[3] ^ inverted[5];
    back[18] = inverted[2] ^ back[0];
    data_o = back_inverse ? {back[2], back[12], back[16], back[11], back[14], back[9], back[15], inverted[7]}
                          : {back[0], back[7], back[17], back[18],
                             back[13], back[6], back[5], back[10]} ^ 8'h63;
  end

endmodule

`default_nettype wire
