// SPDX-License-Identifier: Apache-2.0
//
// round_robin_choice for users of the number alone.

`default_nettype none

module round_robin_arbiter #(
    parameter int unsigned Count = 4,  // also 1
    localparam int unsigned IndexWidth = Count > 1 ? $clog2(Count) : 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic [Count-1:0]      request_i,
    input  wire logic                  take_i,
    output logic                       valid_o,
    output logic [IndexWidth-1:0]      index_o
);

  logic [Count-1:0] unused_chosen;

  round_robin_choice #(
      .Count(Count)
  ) u_choice (
      .clk_i,
      .rst_ni,
      .request_i,
      .take_i,
      .valid_o,
      .chosen_o(unused_chosen),
      .index_o
  );

endmodule

`default_nettype wire
