// SPDX-License-Identifier: Apache-2.0
//
// Gives the write channels of the AXI4 manager to several clients, after the address checker.
//
// A client shows a request until it is taken (`ready`). A refused one is answered by `denied` in the same cycle and by
// nothing else. For an allowed one the client then gives its beats (`beat_valid`/`beat_ready`), and `done` tells the
// response. One burst at a time: a completion entry can never overtake the data that it announces.
// Fixed priority, lowest client first. Latency: one cycle from request to address, one more to the first beat.

`default_nettype none

module dma_write_port #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned RegionCount = 2,
    localparam int unsigned Clients = cce_pkg::WriteClients,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes)
) (
    input  wire logic                                             clk_i,
    input  wire logic                                             rst_ni,

    input  wire logic [Clients-1:0]                               valid_i,
    input  wire logic [Clients-1:0][cce_pkg::DmaRequestWidth-1:0] request_i,
    output logic [Clients-1:0]                                    ready_o,
    output logic [Clients-1:0]                                    denied_o,
    input  wire logic [Clients-1:0]                               beat_valid_i,
    output logic [Clients-1:0]                                    beat_ready_o,
    input  wire logic [Clients-1:0][DataWidth-1:0]                beat_data_i,
    input  wire logic [Clients-1:0][Lanes-1:0]                    beat_strobe_i,
    output logic [Clients-1:0]                                    done_o,
    output logic                                                  done_error_o,
    output cce_pkg::dma_fault_t                                   fault_o,
    output logic                                                  idle_o,

    input  wire logic [RegionCount-1:0][63:0]                     region_base_i,
    input  wire logic [RegionCount-1:0][63:0]                     region_size_i,
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

  typedef enum logic [1:0] {
    StateIdle,
    StateAddress,
    StateBeats,
    StateResponse
  } state_e;

  state_e state_q;
  cce_pkg::dma_request_t chosen;
  logic [IndexWidth-1:0] chosen_index, client_q;
  logic any_valid, allowed, can_take;
  logic [63:0] address_q;
  logic [7:0] length_q, beats_left_q;
  logic [12:0] span;
  logic beat_transfer;

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
      .write_i(1'b1),
      .region_base_i,
      .region_size_i,
      .region_access_i,
      .allowed_o(allowed)
  );

  assign can_take = any_valid && state_q == StateIdle;
  assign span = chosen.bytes + 13'(chosen.address[LaneWidth-1:0]);

  always_comb begin
    ready_o = '0;
    denied_o = '0;
    ready_o[chosen_index] = can_take;
    denied_o[chosen_index] = can_take && !allowed;
  end

  assign beat_transfer = m_axi_wvalid_o && m_axi_wready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
    end else begin
      unique case (state_q)
        StateIdle: if (can_take && allowed) state_q <= StateAddress;
        StateAddress: if (m_axi_awready_i) state_q <= StateBeats;
        StateBeats: if (beat_transfer && m_axi_wlast_o) state_q <= StateResponse;
        StateResponse: if (m_axi_bvalid_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
    end
    if (can_take && allowed) begin
      client_q <= chosen_index;
      address_q <= chosen.address;
      length_q <= 8'((span - 13'd1) >> LaneWidth);
      beats_left_q <= 8'((span - 13'd1) >> LaneWidth);
    end
    if (beat_transfer) beats_left_q <= beats_left_q - 8'd1;
  end

  assign m_axi_awvalid_o = state_q == StateAddress;
  assign m_axi_awid_o = 4'(client_q);
  assign m_axi_awaddr_o = address_q;
  assign m_axi_awlen_o = length_q;
  assign m_axi_wvalid_o = state_q == StateBeats && beat_valid_i[client_q];
  assign m_axi_wdata_o = beat_data_i[client_q];
  assign m_axi_wstrb_o = beat_strobe_i[client_q];
  assign m_axi_wlast_o = beats_left_q == '0;
  assign m_axi_bready_o = state_q == StateResponse;
  assign done_error_o = m_axi_bresp_i[1];

  always_comb begin
    beat_ready_o = '0;
    beat_ready_o[client_q] = state_q == StateBeats && m_axi_wready_i;
    done_o = '0;
    done_o[client_q] = state_q == StateResponse && m_axi_bvalid_i;
  end

  always_comb begin
    fault_o = '0;
    fault_o.write = 1'b1;
    if (can_take && !allowed) begin
      fault_o.valid = 1'b1;
      fault_o.reason = cce_contract_pkg::FaultReasonRegion;
      fault_o.address = chosen.address;
    end else if (state_q == StateResponse && m_axi_bvalid_i && m_axi_bresp_i[1]) begin
      fault_o.valid = 1'b1;
      fault_o.reason = cce_contract_pkg::FaultReasonBus;
      fault_o.address = address_q;
    end
  end

  assign idle_o = !any_valid && state_q == StateIdle;

  logic unused_bits;
  assign unused_bits = m_axi_bresp_i[0];

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (can_take) begin
        assert (chosen.bytes != '0);
        assert ({1'b0, chosen.address[11:0]} + chosen.bytes <= 13'd4096);
      end
      if (m_axi_bvalid_i) assert (state_q == StateResponse && m_axi_bid_i == 4'(client_q));
    end
  end

endmodule

`default_nettype wire
