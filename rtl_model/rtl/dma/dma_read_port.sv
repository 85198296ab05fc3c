// SPDX-License-Identifier: Apache-2.0
//
// Gives the read channels of the AXI4 manager to several clients, after the address checker.
//
// A client shows a request until it is taken (`ready`). A refused one is answered by `denied` in the same cycle and by
// nothing else; an allowed one becomes one INCR burst with the client's number as its ID, and its beats come back on
// the client's `beat_valid`. A client has at most one burst in flight and must be able to take all of its beats: the
// read data channel never waits, so that no client can block another.
// Fixed priority, lowest client first. Latency: one cycle from request to address. Throughput: one burst a cycle.

`default_nettype none

module dma_read_port #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned RegionCount = 2,
    localparam int unsigned Clients = cce_pkg::ReadClients,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes)
) (
    input  wire logic                                             clk_i,
    input  wire logic                                             rst_ni,

    input  wire logic [Clients-1:0]                               valid_i,
    input  wire logic [Clients-1:0][cce_pkg::DmaRequestWidth-1:0] request_i,
    output logic [Clients-1:0]                                    ready_o,
    output logic [Clients-1:0]                                    denied_o,
    output logic [Clients-1:0]                                    beat_valid_o,
    output logic [DataWidth-1:0]                                  beat_data_o,
    output logic                                                  beat_last_o,
    output logic                                                  beat_error_o,
    output cce_pkg::dma_fault_t                                   fault_o,
    output logic                                                  idle_o,

    input  wire logic [RegionCount-1:0][63:0]                     region_base_i,
    input  wire logic [RegionCount-1:0][63:0]                     region_size_i,
    input  wire logic [RegionCount-1:0][31:0]                     region_access_i,

    output logic                                                  m_axi_arvalid_o,
    input  wire logic                                             m_axi_arready_i,
    output logic [3:0]                                            m_axi_arid_o,
    output logic [63:0]                                           m_axi_araddr_o,
    output logic [7:0]                                            m_axi_arlen_o,
    input  wire logic                                             m_axi_rvalid_i,
    output logic                                                  m_axi_rready_o,
    input  wire logic [3:0]                                       m_axi_rid_i,
    input  wire logic [DataWidth-1:0]                             m_axi_rdata_i,
    input  wire logic [1:0]                                       m_axi_rresp_i,
    input  wire logic                                             m_axi_rlast_i
);

  localparam int unsigned IndexWidth = $clog2(Clients);

  cce_pkg::dma_request_t chosen;
  logic [IndexWidth-1:0] chosen_index;
  logic any_valid, allowed, can_take;
  logic [Clients-1:0] in_flight_q;
  logic [Clients-1:0][63:0] address_q;
  logic arvalid_q;
  logic [3:0] arid_q;
  logic [63:0] araddr_q;
  logic [7:0] arlen_q;
  logic [12:0] span;
  logic r_transfer;
  logic [IndexWidth-1:0] r_client;

  always_comb begin
    any_valid = 1'b0;
    chosen_index = '0;
    for (int unsigned i = Clients; i > 0; i--) begin
      if (valid_i[i-1]) begin
        any_valid = 1'b1;
        chosen_index = IndexWidth'(i - 1);
      end
    end
    chosen = request_i[chosen_index];
  end

  dma_address_checker #(
      .RegionCount(RegionCount)
  ) u_checker (
      .request_i(chosen),
      .write_i(1'b0),
      .region_base_i,
      .region_size_i,
      .region_access_i,
      .allowed_o(allowed)
  );

  assign can_take = any_valid && (!arvalid_q || m_axi_arready_i);
  // Bytes from the start of the first beat to the end of the request.
  assign span = chosen.bytes + 13'(chosen.address[LaneWidth-1:0]);

  always_comb begin
    ready_o = '0;
    denied_o = '0;
    ready_o[chosen_index] = can_take;
    denied_o[chosen_index] = can_take && !allowed;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      arvalid_q <= 1'b0;
      in_flight_q <= '0;
    end else begin
      if (arvalid_q && m_axi_arready_i) arvalid_q <= 1'b0;
      if (r_transfer && m_axi_rlast_i) in_flight_q[r_client] <= 1'b0;
      if (can_take && allowed) begin
        arvalid_q <= 1'b1;
        in_flight_q[chosen_index] <= 1'b1;
      end
    end
    if (can_take && allowed) begin
      arid_q <= 4'(chosen_index);
      araddr_q <= chosen.address;
      arlen_q <= 8'((span - 13'd1) >> LaneWidth);
      address_q[chosen_index] <= chosen.address;
    end
  end

  assign m_axi_arvalid_o = arvalid_q;
  assign m_axi_arid_o = arid_q;
  assign m_axi_araddr_o = araddr_q;
  assign m_axi_arlen_o = arlen_q;
  assign m_axi_rready_o = 1'b1;

  assign r_transfer = m_axi_rvalid_i;
  assign r_client = m_axi_rid_i[IndexWidth-1:0];
  assign beat_data_o = m_axi_rdata_i;
  assign beat_last_o = m_axi_rlast_i;
  assign beat_error_o = m_axi_rresp_i[1];
  always_comb begin
    beat_valid_o = '0;
    beat_valid_o[r_client] = r_transfer;
  end

  always_comb begin
    fault_o = '0;
    if (can_take && !allowed) begin
      fault_o.valid = 1'b1;
      fault_o.reason = cce_contract_pkg::FaultReasonRegion;
      fault_o.address = chosen.address;
    end else if (r_transfer && m_axi_rresp_i[1]) begin
      fault_o.valid = 1'b1;
      fault_o.reason = cce_contract_pkg::FaultReasonBus;
      fault_o.address = address_q[r_client];
    end
  end

  assign idle_o = !any_valid && !arvalid_q && in_flight_q == '0;

  logic unused_bits;
  assign unused_bits = ^{m_axi_rid_i[3:IndexWidth], m_axi_rresp_i[0]};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (can_take) begin
        assert (chosen.bytes != '0);
        assert ({1'b0, chosen.address[11:0]} + chosen.bytes <= 13'd4096);
        assert (!in_flight_q[chosen_index]);
      end
      if (r_transfer) assert (in_flight_q[r_client]);
    end
  end

endmodule

`default_nettype wire
