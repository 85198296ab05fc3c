// SPDX-License-Identifier: Apache-2.0
//
// proof: dma_write_port keeps the payloads of AW and W until they are accepted, makes one burst of the right length,
//   inside one 4 KiB page, of each request that the checker allows and none of any other, sends data only of addresses
//   that were accepted, with WLAST at the last beat and there alone, never has more than OutstandingCount under way, and
//   gives every response to the client and with the tag of its request
// top: proof_write_port
// files: cce_pkg.sv common/stream_fifo.sv dma/dma_address_checker.sv dma/dma_client_choice.sv dma/dma_write_port.sv
// method: induction
// engine: ind
// depth: 3
// assumes: a client's request has 1 to 4096 bytes inside one 4 KiB page, and a beat that a client shows stays until it is
//   taken (completion, destination); the bus answers only bursts whose last beat it has taken
//   (AXI4, A3.3.1; the tests' monitor checks it of the simulated memory)
// fault payload dma/dma_write_port.sv: a new request replaces an address that the bus has not accepted
// -   assign room = (!waiting_q || m_axi_awready_i) && response_count < CountWidth'(OutstandingCount - 1);
// +   assign room = response_count < CountWidth'(OutstandingCount - 1);
// fault overflow dma/dma_write_port.sv: the burst that was taken last is not counted
// -   assign room = (!waiting_q || m_axi_awready_i) && response_count < CountWidth'(OutstandingCount - 1);
// +   assign room = (!waiting_q || m_axi_awready_i) && response_count < CountWidth'(OutstandingCount);
// fault early dma/dma_write_port.sv: data may go before its address is accepted
// -       .push_i(waiting_q && m_axi_awready_i),
// +       .push_i(fresh_q && allowed),
// fault untold dma/dma_write_port.sv: a client is told that its request is allowed before it is checked
// -   assign granted_o = Clients'(fresh_q && allowed) << client_q;
// +   assign granted_o = Clients'(fresh_q) << client_q;
// fault last dma/dma_write_port.sv: WLAST comes one beat early in long bursts
// -   assign m_axi_wlast_o = beat_q == burst_length;
// +   assign m_axi_wlast_o = beat_q == burst_length || (beat_q == 8'd2 && burst_length == 8'd3);
// fault read_rights dma/dma_write_port.sv: the checker is asked whether the queue may read
// - localparam bit Write = 1'b1;
// + localparam bit Write = 1'b0;
// fault response dma/dma_write_port.sv: responses go to the first client
// -     done_o[response_client] = m_axi_bvalid_i;
// +     done_o[0] = m_axi_bvalid_i;

module proof_write_port (
    input wire logic                                                           clk_i,
    input wire logic [cce_pkg::WriteClients-1:0]                               valid_i,
    input wire logic [cce_pkg::WriteClients-1:0][cce_pkg::DmaRequestWidth-1:0] request_i,
    input wire logic [cce_pkg::WriteClients-1:0][1:0]                          tag_i,
    input wire logic [cce_pkg::WriteClients-1:0]                               beat_valid_i,
    input wire logic [cce_pkg::WriteClients-1:0][127:0]                        beat_data_i,
    input wire logic [cce_pkg::WriteClients-1:0][15:0]                         beat_strobe_i,
    input wire logic [1:0][63:0]                                               region_base_i,
    input wire logic [1:0][64:0]                                               region_end_i,
    input wire logic [1:0][31:0]                                               region_access_i,
    input wire logic                                                           awready_i,
    input wire logic                                                           wready_i,
    input wire logic                                                           bvalid_i,
    input wire logic [1:0]                                                     bresp_i
);

  localparam int unsigned Clients = cce_pkg::WriteClients;
  localparam int unsigned Outstanding = 4;

  logic rst_nq = 1'b0;
  logic [Clients-1:0] ready, granted_to, denied, beat_ready, done;
  logic [1:0] done_tag, denied_tag;
  logic done_error, idle, awvalid, wvalid, wlast, bready;
  logic [3:0] awid;
  logic [63:0] awaddr;
  logic [7:0] awlen;
  logic [127:0] wdata;
  logic [15:0] wstrb;
  cce_pkg::dma_fault_t fault;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  dma_write_port #(
      .DataWidth(128),
      .RegionCount(2),
      .TagWidth(2),
      .OutstandingCount(Outstanding)
  ) u_port (
      .clk_i,
      .rst_ni(rst_nq),
      .valid_i,
      .request_i,
      .tag_i,
      .ready_o(ready),
      .granted_o(granted_to),
      .denied_o(denied),
      .denied_tag_o(denied_tag),
      .beat_valid_i,
      .beat_ready_o(beat_ready),
      .beat_data_i,
      .beat_strobe_i,
      .done_o(done),
      .done_tag_o(done_tag),
      .done_error_o(done_error),
      .fault_o(fault),
      .idle_o(idle),
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .m_axi_awvalid_o(awvalid),
      .m_axi_awready_i(awready_i),
      .m_axi_awid_o(awid),
      .m_axi_awaddr_o(awaddr),
      .m_axi_awlen_o(awlen),
      .m_axi_wvalid_o(wvalid),
      .m_axi_wready_i(wready_i),
      .m_axi_wdata_o(wdata),
      .m_axi_wstrb_o(wstrb),
      .m_axi_wlast_o(wlast),
      .m_axi_bvalid_i(bvalid_i),
      .m_axi_bready_o(bready),
      .m_axi_bid_i(4'd0),
      .m_axi_bresp_i(bresp_i)
  );

  logic [Clients-1:0] legal;
  for (genvar c = 0; c < Clients; c++) begin : gen_client
    cce_pkg::dma_request_t each;
    assign each = request_i[c];
    assign legal[c] = each.bytes != '0 && each.bytes <= 13'd4096 && 13'(each.address[11:0]) + each.bytes <= 13'd4096;
  end

  // The request that is taken in this cycle, if any; the one taken last, and what the checker says of it.
  cce_pkg::dma_request_t request, last_q;
  logic client, last_client_q, last_client_before_q, taken, granted, refused, allowed;
  logic [1:0] last_tag_q, last_tag_before_q;
  logic fresh_q = 1'b0, refused_q = 1'b0;   // last_q was taken in the cycle before; it was refused in the cycle before
  logic fresh_before_q = 1'b0, ready_before_q = 1'b0, open_before_q = 1'b0;
  always_comb begin
    client = !valid_i[0];  // fixed priority, lowest client first
    request = request_i[client];
    taken = valid_i != '0 && ready[client];
    granted = fresh_q && allowed;
    refused = fresh_q && !allowed;
  end
  dma_address_checker #(
      .RegionCount(2)
  ) u_checker (
      .request_i(last_q),
      .write_i(1'b1),
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .allowed_o(allowed)
  );

  logic aw_held_q = 1'b0, w_held_q = 1'b0;
  logic [63:0] awaddr_q;
  logic [7:0] awlen_q;
  logic [127:0] wdata_q;
  logic [15:0] wstrb_q;
  logic wlast_q;
  logic due_q = 1'b0;                  // a granted request whose address was not accepted yet
  logic [2:0] under_way_q = '0;        // granted, not answered
  logic [2:0] unsent_q = '0;           // address accepted, last beat not taken
  logic [2:0] sent_q = '0;             // last beat taken, not answered
  logic [Clients-1:0] beat_held_q = '0;
  logic [Clients-1:0][127:0] beat_data_q;
  logic [Clients-1:0][15:0] beat_strobe_q;
  // One granted request, freely chosen, is followed: its beats, then its response.
  (* anyseq *) logic watch;
  logic watched_q = 1'b0;
  logic sending_q = 1'b0;              // beats are still to come
  logic [2:0] beats_ahead_q, ahead_q;  // bursts in front of it: with beats to come, not answered
  logic client_q;
  logic [1:0] tag_q;
  logic [7:0] left_q;                  // beats behind the next one
  logic [12:0] span;

  // The port's own registers, to make the proof inductive.
  (* hierconn *) logic [2:0] \u_port.response_count ;
  (* hierconn *) logic [2:0] \u_port.address_count ;
  (* hierconn *) logic [2:0] \u_port.burst_count ;
  (* hierconn *) logic \u_port.fresh_q ;
  (* hierconn *) logic \u_port.refused_q ;
  (* hierconn *) logic \u_port.burst_undo_q ;
  (* hierconn *) logic \u_port.u_responses.pushed_q ;
  (* hierconn *) logic \u_port.u_addresses.pushed_q ;
  (* hierconn *) logic \u_port.u_bursts.pushed_q ;
  (* hierconn *) logic \u_port.waiting_q ;
  (* hierconn *) logic [cce_pkg::DmaRequestWidth-1:0] \u_port.request_q ;
  (* hierconn *) logic \u_port.client_q ;
  (* hierconn *) logic [1:0] \u_port.tag_q ;
  (* hierconn *) logic [7:0] \u_port.length ;
  (* hierconn *) logic [7:0] \u_port.beat_q ;
  (* hierconn *) logic [1:0] \u_port.u_responses.head_q ;
  (* hierconn *) logic [1:0] \u_port.u_responses.probe_index ;
  (* hierconn *) logic [1+2-1:0] \u_port.u_responses.probe ;
  (* hierconn *) logic [1:0] \u_port.u_bursts.head_q ;
  (* hierconn *) logic [1:0] \u_port.u_bursts.probe_index ;
  (* hierconn *) logic [1+8-1:0] \u_port.u_bursts.probe ;
  assign \u_port.u_responses.probe_index = \u_port.u_responses.head_q + ahead_q[1:0];
  assign \u_port.u_bursts.probe_index = \u_port.u_bursts.head_q + beats_ahead_q[1:0];

  assign span = 13'(last_q.address[3:0]) + last_q.bytes;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      for (int unsigned c = 0; c < Clients; c++) begin
        assume (!valid_i[c] || legal[c]);
        if (beat_held_q[c]) begin
          assume (beat_valid_i[c] && beat_data_i[c] == beat_data_q[c] && beat_strobe_i[c] == beat_strobe_q[c]);
        end
      end
      if (bvalid_i) assume (sent_q != '0);

      // Handshakes with the clients.
      assert ((valid_i & ready) == (taken ? Clients'(1) << client : '0));
      assert (granted_to == (granted ? Clients'(1) << last_client_q : '0));
      assert (denied == (refused_q ? Clients'(1) << last_client_before_q : '0));
      if (refused_q) assert (denied_tag == last_tag_before_q);
      // The address channel.
      if (aw_held_q) assert (awvalid && awaddr == awaddr_q && awlen == awlen_q);
      assert (awvalid == (granted || due_q));
      assert (!(fresh_q && due_q));
      assert (awid == '0);
      assert (\u_port.fresh_q == fresh_q && \u_port.waiting_q == (fresh_q || due_q));
      if (fresh_q || due_q) begin
        assert (\u_port.request_q == last_q && \u_port.client_q == last_client_q && \u_port.tag_q == last_tag_q);
        assert (last_q.bytes != '0 && last_q.bytes <= 13'd4096 && 13'(last_q.address[11:0]) + last_q.bytes <= 13'd4096);
      end
      if (awvalid) begin
        assert (awaddr == last_q.address);
        assert ({1'b0, awlen, 4'd0} < span && span <= {1'b0, awlen, 4'd0} + 13'd16);
        assert ({1'b0, awaddr[11:4]} + {1'b0, awlen} <= 9'd255);
      end
      // The data channel.
      if (w_held_q) assert (wvalid && wdata == wdata_q && wstrb == wstrb_q && wlast == wlast_q);
      if (wvalid) assert (unsent_q != '0);
      if (watched_q && sending_q && beats_ahead_q == '0) begin
        if (wvalid) assert (wlast == (left_q == '0) && beat_valid_i[client_q] && wdata == beat_data_i[client_q] &&
                            wstrb == beat_strobe_i[client_q]);
        if (wvalid && wready_i) assert (beat_ready[client_q]);
      end
      assert ((beat_ready & (beat_ready - 1'b1)) == '0);
      if (!(wvalid && wready_i)) assert ((beat_ready & beat_valid_i) == '0);
      // Numbers.
      assert (4'(under_way_q) + 4'(fresh_q) <= 4'(Outstanding));
      assert (5'(due_q) + 5'(unsent_q) + 5'(sent_q) == 5'(under_way_q));
      // One that is refused is counted for a cycle, with its beats if the bus was ready for its address.
      assert (\u_port.refused_q == refused_q && \u_port.burst_undo_q == (refused_q && ready_before_q));
      assert (\u_port.u_responses.pushed_q == fresh_before_q && \u_port.u_addresses.pushed_q == fresh_before_q);
      assert (\u_port.u_bursts.pushed_q == (open_before_q && ready_before_q));
      if (refused_q) assert (fresh_before_q);
      if (fresh_before_q) assert (open_before_q);
      assert (\u_port.response_count == under_way_q + 3'(refused_q));
      assert (\u_port.address_count == under_way_q + 3'(refused_q));
      assert (\u_port.burst_count == unsent_q + 3'(refused_q && ready_before_q));
      assert (4'(under_way_q) + 4'(refused_q) + 4'(fresh_q) <= 4'(Outstanding));
      if (unsent_q == '0) assert (\u_port.beat_q == '0);
      if (watched_q) begin
        assert (ahead_q < under_way_q);
        assert (\u_port.u_responses.probe == {client_q, tag_q});
        // Where it is: its address waits, its beats wait or go, or it waits for its response.
        if (sending_q) assert (4'(beats_ahead_q) + 4'(sent_q) == 4'(ahead_q));
        else assert (ahead_q < sent_q);
        if (sending_q && beats_ahead_q == unsent_q) assert (due_q && {\u_port.client_q , \u_port.length } == {client_q, left_q});
        if (sending_q && beats_ahead_q < unsent_q) begin
          assert (\u_port.u_bursts.probe [8] == client_q);
          assert (\u_port.u_bursts.probe [7:0] - (beats_ahead_q == '0 ? \u_port.beat_q : 8'd0) == left_q);
          if (beats_ahead_q == '0) assert (\u_port.beat_q <= \u_port.u_bursts.probe [7:0]);
        end
      end
      assert (idle == (!fresh_q && !due_q && under_way_q == '0 && !fault.valid));
      // Responses.
      assert (bready);
      if (!bvalid_i) assert (done == '0);
      else begin
        assert (done != '0 && (done & (done - 1'b1)) == '0 && done_error == bresp_i[1]);
        if (watched_q && ahead_q == '0) assert (!sending_q && done[client_q] && done_tag == tag_q);
      end
    end
    aw_held_q <= rst_nq && awvalid && !awready_i;
    awaddr_q <= awaddr;
    awlen_q <= awlen;
    w_held_q <= rst_nq && wvalid && !wready_i;
    wdata_q <= wdata;
    wstrb_q <= wstrb;
    wlast_q <= wlast;
    if (rst_nq) begin
      beat_held_q <= beat_valid_i & ~beat_ready;
      beat_data_q <= beat_data_i;
      beat_strobe_q <= beat_strobe_i;
      if (taken) begin
        last_q <= request;
        last_client_q <= client;
        last_tag_q <= tag_i[client];
      end
      fresh_q <= taken;
      refused_q <= refused;
      fresh_before_q <= fresh_q;
      open_before_q <= fresh_q || due_q;
      ready_before_q <= awready_i;
      last_client_before_q <= last_client_q;
      last_tag_before_q <= last_tag_q;
      due_q <= (granted || due_q) && !awready_i;
      under_way_q <= under_way_q + 3'(granted) - 3'(bvalid_i);
      unsent_q <= unsent_q + 3'(awvalid && awready_i) - 3'(wvalid && wready_i && wlast);
      sent_q <= sent_q + 3'(wvalid && wready_i && wlast) - 3'(bvalid_i);
      if (watched_q) begin
        if (wvalid && wready_i && sending_q) begin
          if (beats_ahead_q != '0) beats_ahead_q <= beats_ahead_q - 3'(wlast);
          else begin
            left_q <= left_q - 8'd1;
            if (left_q == '0) sending_q <= 1'b0;
          end
        end
        if (bvalid_i) begin
          if (ahead_q == '0) watched_q <= 1'b0;
          else ahead_q <= ahead_q - 3'd1;
        end
      end else if (watch && granted) begin
        watched_q <= 1'b1;
        sending_q <= 1'b1;
        beats_ahead_q <= unsent_q - 3'(wvalid && wready_i && wlast);
        ahead_q <= under_way_q - 3'(bvalid_i);
        client_q <= last_client_q;
        tag_q <= last_tag_q;
        left_q <= 8'((span - 13'd1) >> 4);
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
