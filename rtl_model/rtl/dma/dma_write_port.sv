// SPDX-License-Identifier: Apache-2.0
//
// Gives the write channels of the AXI4 manager to several clients, after the address checker.
//
// A client shows a request and a tag until it is taken (`ready`). In the cycle after, the checker looks at it, and
// `granted` tells the client that it is allowed. For an allowed one the client gives its beats (`beat_valid`/`beat_ready`),
// in the order of its requests, and `done` tells each response, with the tag. A refused one is answered by `denied`, with
// its tag, two cycles after it was taken, and by nothing else.
// All bursts have the same AXI ID, so beats and responses come in the order of the requests.
// Fixed priority, lowest client first. Latency: one cycle from request to address, and the first beat is offered in the
// cycle after the address was accepted.
// Throughput: one beat a cycle, also from burst to burst.

`default_nettype none

module dma_write_port #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned RegionCount = 2,
    parameter int unsigned TagWidth = 6,
    parameter int unsigned OutstandingCount = 64,  // bursts without a response: a power of two
    localparam int unsigned Clients = cce_pkg::WriteClients,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes)
) (
    input  wire logic                                             clk_i,
    input  wire logic                                             rst_ni,

    input  wire logic [Clients-1:0]                               valid_i,
    input  wire logic [Clients-1:0][cce_pkg::DmaRequestWidth-1:0] request_i,
    input  wire logic [Clients-1:0][TagWidth-1:0]                 tag_i,
    output logic [Clients-1:0]                                    ready_o,
    output logic [Clients-1:0]                                    granted_o,
    output logic [Clients-1:0]                                    denied_o,
    output logic [TagWidth-1:0]                                   denied_tag_o,
    input  wire logic [Clients-1:0]                               beat_valid_i,
    output logic [Clients-1:0]                                    beat_ready_o,
    input  wire logic [Clients-1:0][DataWidth-1:0]                beat_data_i,
    input  wire logic [Clients-1:0][Lanes-1:0]                    beat_strobe_i,
    output logic [Clients-1:0]                                    done_o,
    output logic [TagWidth-1:0]                                   done_tag_o,
    output logic                                                  done_error_o,
    output cce_pkg::dma_fault_t                                   fault_o,   // a cycle later than the client is told
    output logic                                                  idle_o,   // nothing taken that was not answered

    input  wire logic [RegionCount-1:0][63:0]                     region_base_i,
    input  wire logic [RegionCount-1:0][64:0]                     region_end_i,   // first byte behind
    input  wire logic [RegionCount-1:0][31:0]                     region_access_i,

    output logic                                                  m_axi_awvalid_o,
    input  wire logic                                             m_axi_awready_i,
    output logic [3:0]                                            m_axi_awid_o,
    output logic [63:0]                                           m_axi_awaddr_o,
    output logic [7:0]                                            m_axi_awlen_o,
    output logic                                                  m_axi_wvalid_o,
    input  wire logic                                             m_axi_wready_i,
    output logic [DataWidth-1:0]                                  m_axi_wdata_o,
    output logic [Lanes-1:0]                                      m_axi_wstrb_o,
    output logic                                                  m_axi_wlast_o,
    input  wire logic                                             m_axi_bvalid_i,
    output logic                                                  m_axi_bready_o,
    input  wire logic [3:0]                                       m_axi_bid_i,
    input  wire logic [1:0]                                       m_axi_bresp_i
);

  localparam int unsigned IndexWidth = $clog2(Clients);
  localparam int unsigned CountWidth = $clog2(OutstandingCount + 1);
  localparam bit Write = 1'b1;               // what the checker is asked for
  localparam int unsigned ResponseWidth = IndexWidth + TagWidth;

  cce_pkg::dma_request_t chosen, request_q;   // request_q: taken last, if waiting_q or fresh_q
  logic [IndexWidth-1:0] chosen_index, client_q;
  logic [TagWidth-1:0] tag_q;
  cce_pkg::dma_fault_t fault_d, fault_q;
  logic room, take, allowed, refuse;
  logic refused_q;   // the one taken before that was refused
  logic waiting_q;   // request_q was not accepted by the bus yet
  logic fresh_q;     // it was taken in the cycle before: the checker looks at it
  logic [7:0] length;
  logic [12:0] span;
  logic burst_valid, burst_pop;
  logic burst_undo_q;                   // the bus was ready for the address of the one that was refused
  logic [IndexWidth-1:0] burst_client;
  logic [7:0] burst_length, beat_q;     // beat_q: beats of the burst already given
  logic response_valid, address_valid;
  logic [CountWidth-1:0] burst_count, response_count, address_count;
  logic [IndexWidth-1:0] response_client;
  logic [7:0] response_queue;
  logic [63:0] response_address;
  logic [Clients-1:0] denied_q;
  logic [TagWidth-1:0] denied_tag_q;
  logic [7:0] denied_queue_q;
  logic [63:0] denied_address_q;

  // One less than there is room for: the last one taken may not be counted yet. One that is refused is counted for a cycle:
  // the answer of the checker comes too late to count by.
  assign room = (!waiting_q || m_axi_awready_i) && response_count < CountWidth'(OutstandingCount - 1);
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
      .write_i(Write),
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .allowed_o(allowed)
  );
  assign refuse = fresh_q && !allowed;
  // Bytes from the start of the first beat to the end of the request.
  assign span = request_q.bytes + 13'(request_q.address[LaneWidth-1:0]);
  assign length = 8'((span - 13'd1) >> LaneWidth);
  assign granted_o = Clients'(fresh_q && allowed) << client_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      waiting_q <= 1'b0;
      fresh_q <= 1'b0;
      refused_q <= 1'b0;
      burst_undo_q <= 1'b0;
      beat_q <= '0;
      denied_q <= '0;
    end else begin
      if (m_axi_awready_i || refuse) waiting_q <= 1'b0;
      if (take) waiting_q <= 1'b1;
      fresh_q <= take;
      refused_q <= refuse;
      burst_undo_q <= refuse && m_axi_awready_i;
      denied_q <= Clients'(refuse) << client_q;
      if (m_axi_wvalid_o && m_axi_wready_i) beat_q <= m_axi_wlast_o ? '0 : beat_q + 8'd1;
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

  // Bursts whose address was accepted and whose beats are still to come, and bursts without a response.
  stream_fifo #(
      .Width(IndexWidth + 8),
      .Depth(OutstandingCount),
      .Early(1)
  ) u_bursts (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(waiting_q && m_axi_awready_i),
      .data_i({client_q, length}),
      .undo_i(burst_undo_q),
      .pop_i(burst_pop),
      .valid_o(burst_valid),
      .data_o({burst_client, burst_length}),
      .count_o(burst_count)
  );
  stream_fifo #(
      .Width(ResponseWidth),
      .Depth(OutstandingCount),
      .Early(1)
  ) u_responses (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(fresh_q),
      .data_i({client_q, tag_q}),
      .undo_i(refused_q),
      .pop_i(m_axi_bvalid_i),
      .valid_o(response_valid),
      .data_o({response_client, done_tag_o}),
      .count_o(response_count)
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
      .pop_i(m_axi_bvalid_i),
      .valid_o(address_valid),
      .data_o({response_queue, response_address}),
      .count_o(address_count)
  );

  assign m_axi_awvalid_o = waiting_q && !refuse;
  assign m_axi_awid_o = '0;
  assign m_axi_awaddr_o = request_q.address;
  assign m_axi_awlen_o = length;
  assign m_axi_wvalid_o = burst_valid && beat_valid_i[burst_client];
  assign m_axi_wdata_o = beat_data_i[burst_client];
  assign m_axi_wstrb_o = beat_strobe_i[burst_client];
  assign m_axi_wlast_o = beat_q == burst_length;
  assign m_axi_bready_o = 1'b1;
  assign burst_pop = m_axi_wvalid_o && m_axi_wready_i && m_axi_wlast_o;
  assign done_error_o = m_axi_bresp_i[1];

  always_comb begin
    beat_ready_o = '0;
    beat_ready_o[burst_client] = burst_valid && m_axi_wready_i;
    done_o = '0;
    done_o[response_client] = m_axi_bvalid_i;
  end

  always_comb begin
    fault_d = '0;
    fault_d.write = 1'b1;
    if (refused_q) begin
      fault_d.valid = 1'b1;
      fault_d.reason = cce_contract_pkg::FaultReasonRegion;
      fault_d.queue_index = denied_queue_q;
      fault_d.address = denied_address_q;
    end else if (m_axi_bvalid_i && m_axi_bresp_i[1]) begin
      fault_d.valid = 1'b1;
      fault_d.reason = cce_contract_pkg::FaultReasonBus;
      fault_d.queue_index = response_queue;
      fault_d.address = response_address;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) fault_q <= '0;
    else fault_q <= fault_d;
  end
  assign fault_o = fault_q;

  assign idle_o = !waiting_q && !response_valid && !fault_q.valid;

  logic unused_bits;
  assign unused_bits = ^{request_q, address_valid, address_count, m_axi_bresp_i[0], m_axi_bid_i, burst_count};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (fresh_q) begin
        assert (request_q.bytes != '0);
        assert ({1'b0, request_q.address[11:0]} + request_q.bytes <= 13'd4096);
      end
      if (m_axi_bvalid_i) assert (response_valid && m_axi_bid_i == '0);
    end
  end

endmodule

`default_nettype wire
