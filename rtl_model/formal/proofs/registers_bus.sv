// SPDX-License-Identifier: Apache-2.0
//
// proof: axi_lite_subordinate keeps responses until they are accepted, answers each access exactly once, and writes a
//   register only for a whole, aligned word that was written
// top: proof_registers_bus
// files: regs/axi_lite_subordinate.sv
// method: induction
// engine: pdr
// assumes: nothing: the manager may do anything
// time: short
// fault response regs/axi_lite_subordinate.sv: a write response stands for one cycle only
// -         StateWriteResponse: if (s_axil_bready_i) state_q <= StateIdle;
// +         StateWriteResponse: state_q <= StateIdle;
// fault payload regs/axi_lite_subordinate.sv: read data change while they wait
// -     if (state_q == StateRead) begin
// +     if (state_q == StateRead || state_q == StateReadResponse) begin
// fault strobe regs/axi_lite_subordinate.sv: a part of a word is enough to write a register
// -   assign write_o = state_q == StateWrite && whole_q && aligned;
// +   assign write_o = state_q == StateWrite && aligned;

module proof_registers_bus (
    input wire logic        clk_i,
    input wire logic        awvalid_i,
    input wire logic [19:0] awaddr_i,
    input wire logic        wvalid_i,
    input wire logic [31:0] wdata_i,
    input wire logic [3:0]  wstrb_i,
    input wire logic        bready_i,
    input wire logic        arvalid_i,
    input wire logic [19:0] araddr_i,
    input wire logic        rready_i,
    input wire logic [31:0] data_i,
    input wire logic        known_i
);

  logic rst_nq = 1'b0;
  logic awready, wready, bvalid, arready, rvalid, write, idle;
  logic [1:0] bresp, rresp;
  logic [31:0] rdata, data;
  logic [19:0] address;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  axi_lite_subordinate u_bus (
      .clk_i,
      .rst_ni(rst_nq),
      .s_axil_awvalid_i(awvalid_i),
      .s_axil_awready_o(awready),
      .s_axil_awaddr_i(awaddr_i),
      .s_axil_wvalid_i(wvalid_i),
      .s_axil_wready_o(wready),
      .s_axil_wdata_i(wdata_i),
      .s_axil_wstrb_i(wstrb_i),
      .s_axil_bvalid_o(bvalid),
      .s_axil_bready_i(bready_i),
      .s_axil_bresp_o(bresp),
      .s_axil_arvalid_i(arvalid_i),
      .s_axil_arready_o(arready),
      .s_axil_araddr_i(araddr_i),
      .s_axil_rvalid_o(rvalid),
      .s_axil_rready_i(rready_i),
      .s_axil_rdata_o(rdata),
      .s_axil_rresp_o(rresp),
      .write_o(write),
      .address_o(address),
      .data_o(data),
      .data_i,
      .known_i,
      .idle_o(idle)
  );

  logic b_held_q = 1'b0, r_held_q = 1'b0;
  logic [1:0] bresp_q, rresp_q;
  logic [31:0] rdata_q, written_data_q;
  logic [19:0] written_address_q;
  logic written_whole_q;
  logic write_due_q = 1'b0, read_due_q = 1'b0;   // an accepted access without its response
  logic register_due_q = 1'b0;                   // an accepted write that has not reached its register

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      if (b_held_q) assert (bvalid && bresp == bresp_q);
      if (r_held_q) assert (rvalid && rresp == rresp_q && rdata == rdata_q);
      if (awready) assert (awvalid_i && wvalid_i && wready);
      if (wready) assert (awready);
      if (bvalid) assert (write_due_q);
      if (rvalid) assert (read_due_q);
      // One access at a time, none lost.
      if (awready || (arready && arvalid_i)) assert (!write_due_q && !read_due_q);
      assert (!(write_due_q && read_due_q));
      if (write) begin
        assert (register_due_q && written_whole_q && written_address_q[1:0] == '0);
        assert (address == written_address_q && data == written_data_q);
      end
      assert (idle == (!write_due_q && !read_due_q && !awvalid_i && !wvalid_i && !arvalid_i));
    end
    b_held_q <= rst_nq && bvalid && !bready_i;
    bresp_q <= bresp;
    r_held_q <= rst_nq && rvalid && !rready_i;
    rresp_q <= rresp;
    rdata_q <= rdata;
    if (rst_nq) begin
      if (awready) begin
        written_address_q <= awaddr_i;
        written_data_q <= wdata_i;
        written_whole_q <= wstrb_i == '1;
      end
      write_due_q <= awready || (write_due_q && !(bvalid && bready_i));
      read_due_q <= (arready && arvalid_i) || (read_due_q && !(rvalid && rready_i));
      register_due_q <= awready;
    end
  end

endmodule
