// SPDX-License-Identifier: Apache-2.0
//
// Gives the read channels of the AXI4 manager to several clients, after the address checker.
//
// A client shows a request and a tag until it is taken (`ready`). In the cycle after, the checker looks at it. An allowed
// one is one INCR burst from that cycle on, and its beats come back on the client's `beat_valid` with the tag. A refused
// one is answered by `denied`, with its tag, two cycles after it was taken, and by nothing else.
// All bursts have the same AXI ID, so beats come in the order of the requests. A client must
// be able to take all beats that it asked for: the read data channel never waits, so no client can block another.
// Fixed priority, lowest client first. Latency: one cycle from request to address. Throughput: one burst a cycle.

`default_nettype none

module dma_read_port #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned RegionCount = 2,
    parameter int unsigned OutstandingCount = 64,  // bursts under way: a power of two
    localparam int unsigned Clients = cce_pkg::ReadClients,
    localparam int unsigned TagWidth = cce_pkg::ReadTagWidth,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes)
) (
    input  wire logic                                             clk_i,
    input  wire logic                                             rst_ni,

    input  wire logic [Clients-1:0]                               valid_i,
    input  wire logic [Clients-1:0][cce_pkg::DmaRequestWidth-1:0] request_i,
    input  wire logic [Clients-1:0][TagWidth-1:0]                 tag_i,
    output logic [Clients-1:0]                                    ready_o,
    output logic [Clients-1:0]                                    denied_o,
    output logic [TagWidth-1:0]                                   denied_tag_o,
    output logic [Clients-1:0]                                    beat_valid_o,
    output logic [DataWidth-1:0]                                  beat_data_o,
    output logic [TagWidth-1:0]                                   beat_tag_o,
    output logic [LaneWidth-1:0]                                  beat_lane_o,   // lane of the burst's first byte
    output logic                                                  beat_first_o,
    output logic                                                  beat_last_o,
    output logic                                                  beat_error_o,
    output cce_pkg::dma_fault_t                                   fault_o,   // a cycle later than the client is told
    output logic                                                  idle_o,   // nothing taken that was not answered

    input  wire logic [RegionCount-1:0][63:0]                     region_base_i,
    input  wire logic [RegionCount-1:0][64:0]                     region_end_i,   // first byte behind
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
  localparam int unsigned CountWidth = $clog2(OutstandingCount + 1);
  localparam int unsigned EntryWidth = IndexWidth + TagWidth + LaneWidth;

  cce_pkg::dma_request_t chosen, request_q;   // request_q: taken last, if waiting_q or fresh_q
  logic [IndexWidth-1:0] chosen_index, client_q;
  logic [TagWidth-1:0] tag_q;
  cce_pkg::dma_fault_t fault_d, fault_q;
  logic room, take, allowed, refuse;
  logic refused_q;   // the one taken before that was refused
  logic waiting_q;   // request_q was not accepted by the bus yet
  logic fresh_q;     // it was taken in the cycle before: the checker looks at it
  logic [12:0] span;
  logic outstanding_valid, address_valid;
  logic [CountWidth-1:0] outstanding_count, address_count;
  logic [IndexWidth-1:0] entry_client;
  logic [7:0] entry_queue;
  logic [63:0] entry_address;
  logic first_q;
  logic [Clients-1:0] denied_q;
  logic [TagWidth-1:0] denied_tag_q;
  logic [7:0] denied_queue_q;
  logic [63:0] denied_address_q;

  // One less than there is room for: the last one taken may not be counted yet. One that is refused is counted for a cycle:
  // the answer of the checker comes too late to count by.
  assign room = (!waiting_q || m_axi_arready_i) && outstanding_count < CountWidth'(OutstandingCount - 1);
  dma_client_choice #(
      .Clients(Clients)
  ) u_choice (
      .valid_i,
      .room_i(room),
      .ready_o,
      .take_o(take),
      .index_o(chosen_index)
  );
  assign chosen = request_i[chosen_index];

  dma_address_checker #(
      .RegionCount(RegionCount)
  ) u_checker (
      .request_i(request_q),
      .write_i(1'b0),
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .allowed_o(allowed)
  );
  assign refuse = fresh_q && !allowed;
  // Bytes from the start of the first beat to the end of the request.
  assign span = request_q.bytes + 13'(request_q.address[LaneWidth-1:0]);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      waiting_q <= 1'b0;
      fresh_q <= 1'b0;
      refused_q <= 1'b0;
      first_q <= 1'b1;
      denied_q <= '0;
    end else begin
      if (m_axi_arready_i || refuse) waiting_q <= 1'b0;
      if (take) waiting_q <= 1'b1;
      fresh_q <= take;
      refused_q <= refuse;
      denied_q <= Clients'(refuse) << client_q;
      if (m_axi_rvalid_i) first_q <= m_axi_rlast_i;
    end
    if (room) begin
      request_q <= chosen;
      client_q <= chosen_index;
      tag_q <= tag_i[chosen_index];
    end
    if (fresh_q) begin
      denied_tag_q <= tag_q;
      denied_queue_q <= request_q.queue_index;
      denied_address_q <= request_q.address;
    end
  end
  assign denied_o = denied_q;
  assign denied_tag_o = denied_tag_q;

  stream_fifo #(
      .Width(EntryWidth),
      .Depth(OutstandingCount),
      .Early(1)
  ) u_outstanding (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(fresh_q),
      .data_i({client_q, tag_q, request_q.address[LaneWidth-1:0]}),
      .undo_i(refused_q),
      .pop_i(m_axi_rvalid_i && m_axi_rlast_i),
      .valid_o(outstanding_valid),
      .data_o({entry_client, beat_tag_o, beat_lane_o}),
      .count_o(outstanding_count)
  );
  // What only faults need.
  stream_fifo #(
      .Width(8 + 64),
      .Depth(OutstandingCount),
      .Slow(1)
  ) u_addresses (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(fresh_q),
      .data_i({request_q.queue_index, request_q.address}),
      .undo_i(refused_q),
      .pop_i(m_axi_rvalid_i && m_axi_rlast_i),
      .valid_o(address_valid),
      .data_o({entry_queue, entry_address}),
      .count_o(address_count)
  );

  assign m_axi_arvalid_o = waiting_q && !refuse;
  assign m_axi_arid_o = '0;
  assign m_axi_araddr_o = request_q.address;
  assign m_axi_arlen_o = 8'((span - 13'd1) >> LaneWidth);
  assign m_axi_rready_o = 1'b1;

  assign beat_data_o = m_axi_rdata_i;
  assign beat_first_o = first_q;
  assign beat_last_o = m_axi_rlast_i;
  assign beat_error_o = m_axi_rresp_i[1];
  always_comb begin
    beat_valid_o = '0;
    beat_valid_o[entry_client] = m_axi_rvalid_i;
  end

  always_comb begin
    fault_d = '0;
    if (refused_q) begin
      fault_d.valid = 1'b1;
      fault_d.reason = cce_contract_pkg::FaultReasonRegion;
      fault_d.queue_index = denied_queue_q;
      fault_d.address = denied_address_q;
    end else if (m_axi_rvalid_i && m_axi_rresp_i[1]) begin
      fault_d.valid = 1'b1;
      fault_d.reason = cce_contract_pkg::FaultReasonBus;
      fault_d.queue_index = entry_queue;
      fault_d.address = entry_address;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) fault_q <= '0;
    else fault_q <= fault_d;
  end
  assign fault_o = fault_q;

  assign idle_o = !waiting_q && !outstanding_valid && !fault_q.valid;

  logic unused_bits;
  assign unused_bits = ^{request_q, address_valid, address_count, m_axi_rid_i, m_axi_rresp_i[0]};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (fresh_q) begin
        assert (request_q.bytes != '0);
        assert ({1'b0, request_q.address[11:0]} + request_q.bytes <= 13'd4096);
      end
      if (m_axi_rvalid_i) assert (outstanding_valid && m_axi_rid_i == '0);
    end
  end

endmodule

`default_nettype wire
