// SPDX-License-Identifier: Apache-2.0
//
// proof: dma_read_port keeps ARVALID and its payload until ARREADY, makes one burst of the right length, inside one
//   4 KiB page, of each request that the checker allows and none of any other, never has more than OutstandingCount
//   under way, counts them right, and gives every beat to the client and with the tag of its request
// top: proof_read_port
// files: cce_pkg.sv common/stream_fifo.sv dma/dma_address_checker.sv dma/dma_client_choice.sv dma/dma_read_port.sv
// method: induction
// engine: ind
// depth: 2
// assumes: a client's request has 1 to 4096 bytes inside one 4 KiB page (descriptors: dispatch, queue; records and lists are
//   aligned units of 64 bytes; of the source reader not proven, the port asserts it in every simulation); the bus answers
//   only bursts whose address it has accepted (AXI4, A3.3.1; the tests' monitor checks it of the simulated memory)
// fault payload dma/dma_read_port.sv: a new request replaces an address that the bus has not accepted
// -   assign room = (!waiting_q || m_axi_arready_i) && outstanding_count < CountWidth'(OutstandingCount - 1);
// +   assign room = outstanding_count < CountWidth'(OutstandingCount - 1);
// fault overflow dma/dma_read_port.sv: the burst that was taken last is not counted
// -   assign room = (!waiting_q || m_axi_arready_i) && outstanding_count < CountWidth'(OutstandingCount - 1);
// +   assign room = (!waiting_q || m_axi_arready_i) && outstanding_count < CountWidth'(OutstandingCount);
// fault length dma/dma_read_port.sv: a burst of an unaligned request is a beat short
// -   assign span = request_q.bytes + 13'(request_q.address[LaneWidth-1:0]);
// +   assign span = request_q.bytes;
// fault denied dma/dma_read_port.sv: refused requests go to the bus as well
// -   assign m_axi_arvalid_o = waiting_q && !refuse;
// +   assign m_axi_arvalid_o = waiting_q;
// fault tag dma/dma_read_port.sv: the tag is the first client's, whoever is served
// -       tag_q <= tag_i[chosen_index];
// +       tag_q <= tag_i[0];
// fault late dma/dma_read_port.sv: a request that is allowed and waits is refused when the region table changes
// -   assign refuse = fresh_q && !allowed;
// +   assign refuse = waiting_q && !allowed;

module proof_read_port (
    input wire logic                                                           clk_i,
    input wire logic [cce_pkg::ReadClients-1:0]                                valid_i,
    input wire logic [cce_pkg::ReadClients-1:0][cce_pkg::DmaRequestWidth-1:0]  request_i,
    input wire logic [cce_pkg::ReadClients-1:0][cce_pkg::ReadTagWidth-1:0]     tag_i,
    input wire logic [1:0][63:0]                                               region_base_i,
    input wire logic [1:0][64:0]                                               region_end_i,
    input wire logic [1:0][31:0]                                               region_access_i,
    input wire logic                                                           arready_i,
    input wire logic                                                           rvalid_i,
    input wire logic [127:0]                                                   rdata_i,
    input wire logic [1:0]                                                     rresp_i,
    input wire logic                                                           rlast_i
);

  localparam int unsigned Clients = cce_pkg::ReadClients;
  localparam int unsigned Outstanding = 4;

  logic rst_nq = 1'b0;
  logic [Clients-1:0] ready, denied, beat_valid;
  logic [cce_pkg::ReadTagWidth-1:0] beat_tag;
  logic [127:0] beat_data;
  logic [3:0] beat_lane, arid;
  logic beat_first, beat_last, beat_error, idle, arvalid, rready;
  logic [cce_pkg::ReadTagWidth-1:0] denied_tag;
  cce_pkg::dma_fault_t fault;
  logic [63:0] araddr;
  logic [7:0] arlen;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  dma_read_port #(
      .DataWidth(128),
      .RegionCount(2),
      .OutstandingCount(Outstanding)
  ) u_port (
      .clk_i,
      .rst_ni(rst_nq),
      .valid_i,
      .request_i,
      .tag_i,
      .ready_o(ready),
      .denied_o(denied),
      .denied_tag_o(denied_tag),
      .beat_valid_o(beat_valid),
      .beat_data_o(beat_data),
      .beat_tag_o(beat_tag),
      .beat_lane_o(beat_lane),
      .beat_first_o(beat_first),
      .beat_last_o(beat_last),
      .beat_error_o(beat_error),
      .fault_o(fault),
      .idle_o(idle),
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .m_axi_arvalid_o(arvalid),
      .m_axi_arready_i(arready_i),
      .m_axi_arid_o(arid),
      .m_axi_araddr_o(araddr),
      .m_axi_arlen_o(arlen),
      .m_axi_rvalid_i(rvalid_i),
      .m_axi_rready_o(rready),
      .m_axi_rid_i(4'd0),
      .m_axi_rdata_i(rdata_i),
      .m_axi_rresp_i(rresp_i),
      .m_axi_rlast_i(rlast_i)
  );

  logic [Clients-1:0] legal;
  for (genvar c = 0; c < Clients; c++) begin : gen_client
    cce_pkg::dma_request_t each;
    assign each = request_i[c];
    assign legal[c] = each.bytes != '0 && each.bytes <= 13'd4096 && 13'(each.address[11:0]) + each.bytes <= 13'd4096;
  end

  // The request that is taken in this cycle, if any; the one taken last, and what the checker says of it.
  cce_pkg::dma_request_t request, last_q;
  logic [2:0] client, last_client_q;
  logic taken, granted, refused, allowed, last_bit_q;
  logic fresh_q = 1'b0, refused_q = 1'b0;   // last_q was taken in the cycle before; it was refused in the cycle before
  logic fresh_before_q = 1'b0;
  always_comb begin
    // Fixed priority, lowest client first.
    client = '0;
    for (int unsigned c = Clients; c > 0; c--) if (valid_i[c-1]) client = 3'(c - 1);
    request = request_i[client];
    taken = valid_i != '0 && ready[client];
    granted = fresh_q && allowed;
    refused = fresh_q && !allowed;
  end
  dma_address_checker #(
      .RegionCount(2)
  ) u_checker (
      .request_i(last_q),
      .write_i(1'b0),
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .allowed_o(allowed)
  );

  logic held_q = 1'b0;                 // the address channel waits
  logic [63:0] araddr_q;
  logic [7:0] arlen_q;
  logic due_q = 1'b0;                  // a granted request whose address was not accepted yet
  logic [2:0] under_way_q = '0;        // granted, last beat not come
  logic [2:0] accepted_q = '0;         // of these, with the address accepted
  logic begun_q = 1'b0;                // the first of them has given beats
  // One granted request, freely chosen, is followed; one bit of its tag, freely chosen, stands for all.
  (* anyseq *) logic watch;
  (* anyconst *) logic [5:0] bit_index;
  logic watched_q = 1'b0, last_bit_before_q;
  logic [2:0] last_client_before_q;
  logic [2:0] ahead_q, client_q;
  logic bit_q;
  logic [3:0] lane_q;
  logic [12:0] span;

  // The port's own registers, to make the proof inductive.
  (* hierconn *) logic [2:0] \u_port.outstanding_count ;
  (* hierconn *) logic [2:0] \u_port.address_count ;
  (* hierconn *) logic \u_port.first_q ;
  (* hierconn *) logic \u_port.fresh_q ;
  (* hierconn *) logic \u_port.refused_q ;
  (* hierconn *) logic \u_port.u_outstanding.pushed_q ;
  (* hierconn *) logic \u_port.u_addresses.pushed_q ;
  (* hierconn *) logic \u_port.waiting_q ;
  (* hierconn *) logic [cce_pkg::DmaRequestWidth-1:0] \u_port.request_q ;
  (* hierconn *) logic [2:0] \u_port.client_q ;
  (* hierconn *) logic [cce_pkg::ReadTagWidth-1:0] \u_port.tag_q ;
  (* hierconn *) logic [1:0] \u_port.u_outstanding.head_q ;
  (* hierconn *) logic [1:0] \u_port.u_outstanding.probe_index ;
  (* hierconn *) logic [3+cce_pkg::ReadTagWidth+4-1:0] \u_port.u_outstanding.probe ;
  assign \u_port.u_outstanding.probe_index = \u_port.u_outstanding.head_q + ahead_q[1:0];

  assign span = 13'(last_q.address[3:0]) + last_q.bytes;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      for (int unsigned c = 0; c < Clients; c++) begin
        assume (!valid_i[c] || legal[c]);
      end
      if (rvalid_i) assume (accepted_q != '0);
      assume (bit_index < 6'(cce_pkg::ReadTagWidth));

      // Handshakes with the clients.
      assert ((valid_i & ready) == (taken ? Clients'(1) << client : '0));
      assert (denied == (refused_q ? Clients'(1) << last_client_before_q : '0));
      if (refused_q) assert (denied_tag[bit_index] == last_bit_before_q);
      // The address channel.
      if (held_q) assert (arvalid && araddr == araddr_q && arlen == arlen_q);
      assert (arvalid == (granted || due_q));
      assert (!(fresh_q && due_q));
      assert (arid == '0);
      assert (\u_port.fresh_q == fresh_q && \u_port.waiting_q == (fresh_q || due_q));
      if (fresh_q || due_q) begin
        assert (\u_port.request_q == last_q && \u_port.client_q == last_client_q && last_client_q < 3'(Clients));
        assert (\u_port.tag_q [bit_index] == last_bit_q);
        assert (last_q.bytes != '0 && last_q.bytes <= 13'd4096 && 13'(last_q.address[11:0]) + last_q.bytes <= 13'd4096);
      end
      if (arvalid) begin
        assert (araddr == last_q.address);
        assert ({1'b0, arlen, 4'd0} < span && span <= {1'b0, arlen, 4'd0} + 13'd16);
        assert ({1'b0, araddr[11:4]} + {1'b0, arlen} <= 9'd255);
      end
      // Numbers.
      assert (4'(under_way_q) + 4'(fresh_q) <= 4'(Outstanding));
      assert (4'(accepted_q) + 4'(due_q) == 4'(under_way_q));
      // One that is refused is counted for a cycle.
      assert (\u_port.refused_q == refused_q && \u_port.first_q == !begun_q);
      assert (\u_port.u_outstanding.pushed_q == fresh_before_q && \u_port.u_addresses.pushed_q == fresh_before_q);
      if (refused_q) assert (fresh_before_q);
      assert (\u_port.outstanding_count == under_way_q + 3'(refused_q));
      assert (\u_port.address_count == under_way_q + 3'(refused_q));
      assert (4'(under_way_q) + 4'(refused_q) + 4'(fresh_q) <= 4'(Outstanding));
      if (watched_q) begin
        assert (ahead_q < under_way_q && client_q < 3'(Clients));
        assert (\u_port.u_outstanding.probe [4+cce_pkg::ReadTagWidth +: 3] == client_q);
        assert (\u_port.u_outstanding.probe [7'd4 + 7'(bit_index)] == bit_q);
        assert (\u_port.u_outstanding.probe [3:0] == lane_q);
      end
      assert (idle == (!fresh_q && !due_q && under_way_q == '0 && !fault.valid));
      assert (rready);
      // Beats.
      assert (beat_data == rdata_i && beat_last == rlast_i && beat_error == rresp_i[1]);
      if (!rvalid_i) assert (beat_valid == '0);
      else begin
        assert (beat_first == !begun_q);
        if (watched_q && ahead_q == '0) begin
          assert (beat_valid == Clients'(1) << client_q && beat_tag[bit_index] == bit_q && beat_lane == lane_q);
        end
      end
    end
    held_q <= rst_nq && arvalid && !arready_i;
    araddr_q <= araddr;
    arlen_q <= arlen;
    if (rst_nq) begin
      if (taken) begin
        last_q <= request;
        last_client_q <= client;
        last_bit_q <= tag_i[client][bit_index];
      end
      fresh_q <= taken;
      refused_q <= refused;
      fresh_before_q <= fresh_q;
      last_client_before_q <= last_client_q;
      last_bit_before_q <= last_bit_q;
      due_q <= (granted || due_q) && !arready_i;
      under_way_q <= under_way_q + 3'(granted) - 3'(rvalid_i && rlast_i);
      accepted_q <= accepted_q + 3'(arvalid && arready_i) - 3'(rvalid_i && rlast_i);
      if (rvalid_i) begun_q <= !rlast_i;
      if (watched_q) begin
        if (rvalid_i && rlast_i) begin
          if (ahead_q == '0) watched_q <= 1'b0;
          else ahead_q <= ahead_q - 3'd1;
        end
      end else if (watch && granted) begin
        watched_q <= 1'b1;
        ahead_q <= under_way_q - 3'(rvalid_i && rlast_i);
        client_q <= last_client_q;
        bit_q <= last_bit_q;
        lane_q <= last_q.address[3:0];
      end
    end
  end

endmodule

// inside stream_fifo
  // What makes the proof inductive, and a view of one word for the harness.
  logic [IndexWidth-1:0] probe_index;
  logic [Width-1:0] probe;
  assign probe = memory[probe_index];
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (count_q <= CountWidth'(Depth));
      assert (count_q[IndexWidth-1:0] == tail_q - head_q);
    end
  end
// end inside
