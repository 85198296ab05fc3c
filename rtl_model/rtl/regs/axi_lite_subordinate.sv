// SPDX-License-Identifier: Apache-2.0
//
// AXI4-Lite subordinate for the registers: one access at a time, writes before reads.
//
// Turns a transaction into one access cycle on the internal register bus, whose answer is combinational. A write that
// does not write all four bytes, and an access that the registers do not know, answers SLVERR.
// Latency: response in the second cycle after the last of address and data.

`default_nettype none

module axi_lite_subordinate #(
    parameter int unsigned AddressWidth = 20
) (
    input  wire logic                    clk_i,
    input  wire logic                    rst_ni,

    input  wire logic                    s_axil_awvalid_i,
    output logic                         s_axil_awready_o,
    input  wire logic [AddressWidth-1:0] s_axil_awaddr_i,
    input  wire logic                    s_axil_wvalid_i,
    output logic                         s_axil_wready_o,
    input  wire logic [31:0]             s_axil_wdata_i,
    input  wire logic [3:0]              s_axil_wstrb_i,
    output logic                         s_axil_bvalid_o,
    input  wire logic                    s_axil_bready_i,
    output logic [1:0]                   s_axil_bresp_o,
    input  wire logic                    s_axil_arvalid_i,
    output logic                         s_axil_arready_o,
    input  wire logic [AddressWidth-1:0] s_axil_araddr_i,
    output logic                         s_axil_rvalid_o,
    input  wire logic                    s_axil_rready_i,
    output logic [31:0]                  s_axil_rdata_o,
    output logic [1:0]                   s_axil_rresp_o,

    // Register bus
    output logic                         write_o,      // this cycle writes
    output logic [AddressWidth-1:0]      address_o,
    output logic [31:0]                  data_o,
    input  wire logic [31:0]             data_i,       // content of the register at address_o
    input  wire logic                    known_i,      // address_o is a register
    output logic                         idle_o
);

  typedef enum logic [2:0] {
    StateIdle,
    StateWrite,
    StateWriteResponse,
    StateRead,
    StateReadResponse
  } state_e;

  localparam logic [1:0] RespOkay = 2'b00;
  localparam logic [1:0] RespSlverr = 2'b10;

  state_e state_q;
  logic [AddressWidth-1:0] address_q;
  logic [31:0] data_q;
  logic whole_q;
  logic [1:0] response_q;
  logic write_here, aligned;

  assign write_here = s_axil_awvalid_i && s_axil_wvalid_i;
  assign aligned = address_q[1:0] == 2'd0;

  assign s_axil_awready_o = state_q == StateIdle && write_here;
  assign s_axil_wready_o = state_q == StateIdle && write_here;
  assign s_axil_arready_o = state_q == StateIdle && !write_here;
  assign s_axil_bvalid_o = state_q == StateWriteResponse;
  assign s_axil_bresp_o = response_q;
  assign s_axil_rvalid_o = state_q == StateReadResponse;
  assign s_axil_rdata_o = data_q;
  assign s_axil_rresp_o = response_q;

  assign write_o = state_q == StateWrite && whole_q && aligned;
  assign address_o = address_q;
  assign data_o = data_q;
  assign idle_o = state_q == StateIdle && !s_axil_awvalid_i && !s_axil_wvalid_i && !s_axil_arvalid_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
    end else begin
      unique case (state_q)
        StateIdle: begin
          if (write_here) state_q <= StateWrite;
          else if (s_axil_arvalid_i) state_q <= StateRead;
        end
        StateWrite: state_q <= StateWriteResponse;
        StateWriteResponse: if (s_axil_bready_i) state_q <= StateIdle;
        StateRead: state_q <= StateReadResponse;
        StateReadResponse: if (s_axil_rready_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
    end
    if (state_q == StateIdle) begin
      address_q <= write_here ? s_axil_awaddr_i : s_axil_araddr_i;
      data_q <= s_axil_wdata_i;
      whole_q <= s_axil_wstrb_i == 4'hf;
    end
    if (state_q == StateWrite) response_q <= known_i && whole_q && aligned ? RespOkay : RespSlverr;
    if (state_q == StateRead) begin
      response_q <= known_i && aligned ? RespOkay : RespSlverr;
      data_q <= known_i && aligned ? data_i : '0;
    end
  end

endmodule

`default_nettype wire
