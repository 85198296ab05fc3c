// SPDX-License-Identifier: Apache-2.0
//
// In place of the RTL's modules in proofs of what a lane gives its core: any cores, which take beats whenever they like and
// answer anything. To find a planted fault, ones that never make a lane wait. A lane names both, whichever it has.

module sha2_core #(
    parameter int unsigned RoundsPerCycle = 2
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic         wide_i,
    input  wire logic         clear_i,
    input  wire logic         state_write_i,
    input  wire logic [1:0]   state_index_i,
    input  wire logic [127:0] state_data_i,
    output logic [127:0]      state_data_o,
    input  wire logic         valid_i,
    output logic              ready_o,
    input  wire logic [127:0] data_i,
    output logic              busy_o
);
  (* anyseq *) logic ready, busy;
  (* anyseq *) logic [127:0] data;
`ifdef PLANTED
  assign ready_o = 1'b1;
  assign busy_o = 1'b0;
`else
  assign ready_o = ready;
  assign busy_o = busy;
`endif
  assign state_data_o = data;
endmodule

module keccak_core #(
    parameter int unsigned RoundsPerCycle = 2
) (
    input  wire logic         clk_i,
    input  wire logic         rst_ni,
    input  wire logic [4:0]   rate_i,
    input  wire logic         clear_i,
    input  wire logic         state_write_i,
    input  wire logic [3:0]   state_index_i,
    input  wire logic [127:0] state_data_i,
    output logic [127:0]      state_data_o,
    input  wire logic         valid_i,
    output logic              ready_o,
    input  wire logic [127:0] data_i,
    input  wire logic         half_i,
    input  wire logic         permute_i,
    output logic              busy_o
);
  (* anyseq *) logic ready, busy;
  (* anyseq *) logic [127:0] data;
`ifdef PLANTED
  assign ready_o = 1'b1;
  assign busy_o = 1'b0;
`else
  assign ready_o = ready;
  assign busy_o = busy;
`endif
  assign state_data_o = data;
endmodule
