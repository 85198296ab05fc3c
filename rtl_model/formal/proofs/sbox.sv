// SPDX-License-Identifier: Apache-2.0
//
// proof: the S-box of every style is SBOX() and INVSBOX() of FIPS 197, 5.1.1 and 5.3.2, on every byte in both directions;
//   beside INVSBOX() the memory gives 04 times it, beside SBOX() zero
// top: proof_sbox
// files: aes/aes_pkg.sv aes/aes_sbox.sv aes/aes_sbox_composite.sv aes/aes_sbox_memory.sv aes/aes_sub_bytes.sv
// method: equivalence
// engine: bmc
// depth: 4
// fault composite aes/aes_sbox_composite.sv: one XOR gate of the first map has a wrong input
// -     front[17] = data_i[2] ^ front[5];
// +     front[17] = data_i[2] ^ front[4];
// fault table aes/aes_pkg.sv: one entry of the table of SBOX() is wrong
// -     128'h16bb54b0_0f2d9941_6842e6bf_0d89a18c,
// +     128'h16bb54b0_0f2d9941_6842e6be_0d89a18c,
// fault inverse_table aes/aes_pkg.sv: one entry of the table of INVSBOX() is wrong
// -     128'hfbd7f381_9ea340bf_38a53630_d56a0952
// +     128'hfbd7f381_9ea340bf_38a53630_d56a0953

module proof_sbox (
    input wire logic       clk_i,
    input wire logic       inverse_i,
    input wire logic [7:0] a_i,
    input wire logic [7:0] b_i
);

  // FIPS 197, 4.2: product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
  function automatic logic [7:0] multiply(input logic [7:0] x, input logic [7:0] y);
    logic [7:0] shifted;
    shifted = x;
    multiply = '0;
    for (int unsigned i = 0; i < 8; i++) begin
      multiply = multiply ^ (shifted & {8{y[i]}});
      shifted = {shifted[6:0], 1'b0} ^ (8'h1b & {8{shifted[7]}});
    end
  endfunction

  // FIPS 197, 5.1.1: multiplicative inverse (0 to itself), which is x^254, then the affine map of equation 5.2.
  function automatic logic [7:0] inverse(input logic [7:0] x);
    logic [7:0] power;
    power = x;
    inverse = 8'd1;
    for (int unsigned i = 1; i < 8; i++) begin
      power = multiply(power, power);
      inverse = multiply(inverse, power);
    end
  endfunction
  function automatic logic [7:0] sbox(input logic [7:0] x);
    logic [7:0] b;
    b = inverse(x);
    for (int unsigned i = 0; i < 8; i++) begin
      sbox[i] = b[i] ^ b[(i+4)%8] ^ b[(i+5)%8] ^ b[(i+6)%8] ^ b[(i+7)%8];
    end
    sbox = sbox ^ 8'h63;
  endfunction

  logic [2:0][15:0] substituted, quadrupled;
  for (genvar s = 0; s < 3; s++) begin : gen_style
    aes_sub_bytes #(
        .Bytes(2),
        .SboxStyle(s),
        .Registered(1)
    ) u_sub_bytes (
        .clk_i,
        .inverse_i,
        .data_i({b_i, a_i}),
        .data_o(substituted[s]),
        .quadrupled_o(quadrupled[s])
    );
  end

  // INVSBOX() is the inverse function: what it gives is what SBOX() takes to the input.

  // Any style and byte, freely chosen: one comparison for all.
  (* anyconst *) logic [1:0] style;
  (* anyconst *) logic second;
  logic [7:0] from_q, to;
  logic inverse_q, valid_q = 1'b0;

  always_comb begin
    to = substituted[0][7:0];
    for (int unsigned s = 0; s < 3; s++) begin
      if (style == 2'(s)) to = second ? substituted[s][15:8] : substituted[s][7:0];
    end
  end

  always_ff @(posedge clk_i) begin
    assume (style < 2'd3);
    from_q <= second ? b_i : a_i;
    inverse_q <= inverse_i;
    valid_q <= 1'b1;
    // The specification itself: an inverse is one.
    assert (a_i == '0 ? inverse(a_i) == '0 : multiply(a_i, inverse(a_i)) == 8'd1);
    if (valid_q) assert (inverse_q ? sbox(to) == from_q : to == sbox(from_q));
    // What InvMixColumns() begins with.
    if (valid_q && style == 2'd2) begin
      assert ((second ? quadrupled[2][15:8] : quadrupled[2][7:0]) == (inverse_q ? multiply(to, 8'd4) : 8'd0));
    end
  end

endmodule
