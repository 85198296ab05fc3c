// SPDX-License-Identifier: Apache-2.0
//
// Core Crypto Engine: registers, queue pairs, DMA and AES behind an AXI4-Lite subordinate and an AXI4 manager.
//
// A request goes through  queue_pair -> descriptor_fetcher -> request_dispatcher -> {key_loader, source_reader,
// aes_engine, destination_writer} -> completion_writer,  with a slot of slot_table as its name on the way.
//
// `timestamp_i` is a free-running count of clock cycles from an always-on domain. While `idle_o` is 1 nothing happens
// until the next register access, so that an integrator may stop `clk_i` between accesses.
// `gate_i` closes every datapath, like the gate register. `interrupt_o` bit v is a one-cycle pulse for vector v.
// `rst_ni` is synchronous.

`default_nettype none

module cce_top #(
    parameter int unsigned DataWidth = 128,     // bits of the DMA data bus: 128, 256 or 512
    parameter int unsigned QueueCount = 4,      // queue pairs: a power of two, 1 to 32
    parameter int unsigned ContextCount = 32,   // engine-held contexts: a power of two, 2 to 32
    parameter int unsigned RegionCount = 2,     // memory regions, the unrestricted one included: 2 to 128
    parameter int unsigned SlotCount = 32,      // requests in flight: a power of two, 2 to 64; 32 fill the cipher with
                                                // lanes
    parameter int unsigned StreamBlocks = 1024, // blocks of each buffer for the stream: a power of two
    parameter int unsigned LaneBlocks = 32,     // blocks of each buffer for a lane: a power of two, 32 or more
    parameter int unsigned StreamBurstBytes = 4096,  // longest burst of the stream: a power of two, at most 4096 and
                                                     // at most a quarter of its buffer
    parameter int unsigned FetchDepth = 4,      // descriptors fetched ahead for a queue: a power of two
    parameter bit Pipelined = 1,                // cipher and GHASH: a block a cycle; else iterative
    parameter int unsigned SboxStyle = 1,       // 0 composite field, 1 table in logic, 2 block RAM
    parameter int unsigned StagesPerRound = 2,  // of the pipelined cipher
    parameter int unsigned Sha2Lanes = 4,       // messages that SHA-2 works on at once; 0: no SHA-2
    parameter int unsigned Sha3Lanes = 1,       // the same of SHA-3
    parameter int unsigned HashRoundsPerCycle = 2,   // of both: 1 or 2
    localparam int unsigned Lanes = DataWidth / 8
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic [63:0]           timestamp_i,
    input  wire logic                  gate_i,
    output logic                       idle_o,
    output logic [QueueCount:0]        interrupt_o,

    // AXI4-Lite subordinate: registers
    input  wire logic                  s_axil_awvalid_i,
    output logic                       s_axil_awready_o,
    input  wire logic [19:0]           s_axil_awaddr_i,
    input  wire logic                  s_axil_wvalid_i,
    output logic                       s_axil_wready_o,
    input  wire logic [31:0]           s_axil_wdata_i,
    input  wire logic [3:0]            s_axil_wstrb_i,
    output logic                       s_axil_bvalid_o,
    input  wire logic                  s_axil_bready_i,
    output logic [1:0]                 s_axil_bresp_o,
    input  wire logic                  s_axil_arvalid_i,
    output logic                       s_axil_arready_o,
    input  wire logic [19:0]           s_axil_araddr_i,
    output logic                       s_axil_rvalid_o,
    input  wire logic                  s_axil_rready_i,
    output logic [31:0]                s_axil_rdata_o,
    output logic [1:0]                 s_axil_rresp_o,

    // AXI4 manager: DMA
    output logic                       m_axi_awvalid_o,
    input  wire logic                  m_axi_awready_i,
    output logic [3:0]                 m_axi_awid_o,
    output logic [63:0]                m_axi_awaddr_o,
    output logic [7:0]                 m_axi_awlen_o,
    output logic [2:0]                 m_axi_awsize_o,
    output logic [1:0]                 m_axi_awburst_o,
    output logic [3:0]                 m_axi_awcache_o,
    output logic [2:0]                 m_axi_awprot_o,
    output logic                       m_axi_wvalid_o,
    input  wire logic                  m_axi_wready_i,
    output logic [DataWidth-1:0]       m_axi_wdata_o,
    output logic [Lanes-1:0]           m_axi_wstrb_o,
    output logic                       m_axi_wlast_o,
    input  wire logic                  m_axi_bvalid_i,
    output logic                       m_axi_bready_o,
    input  wire logic [3:0]            m_axi_bid_i,
    input  wire logic [1:0]            m_axi_bresp_i,
    output logic                       m_axi_arvalid_o,
    input  wire logic                  m_axi_arready_i,
    output logic [3:0]                 m_axi_arid_o,
    output logic [63:0]                m_axi_araddr_o,
    output logic [7:0]                 m_axi_arlen_o,
    output logic [2:0]                 m_axi_arsize_o,
    output logic [1:0]                 m_axi_arburst_o,
    output logic [3:0]                 m_axi_arcache_o,
    output logic [2:0]                 m_axi_arprot_o,
    input  wire logic                  m_axi_rvalid_i,
    output logic                       m_axi_rready_o,
    input  wire logic [3:0]            m_axi_rid_i,
    input  wire logic [DataWidth-1:0]  m_axi_rdata_i,
    input  wire logic [1:0]            m_axi_rresp_i,
    input  wire logic                  m_axi_rlast_i
);

  localparam int unsigned QueueWidth = QueueCount > 1 ? $clog2(QueueCount) : 1;
  localparam int unsigned LaneWidth = $clog2(Lanes);
  localparam int unsigned SlotWidth = $clog2(SlotCount);
  localparam int unsigned BlockWidth = $clog2(StreamBlocks);
  localparam int unsigned CountWidth = $clog2(LaneBlocks) + 1;
  // Faults: of the key loader and the two walkers, who tell the status; of source, destination and the hash engine; wrong
  // tags of the AES engine's three units: the stream's from a register, the others' known late in the cycle.
  localparam int unsigned FaultPorts = 13;
  localparam int unsigned TellingPorts = 3;
  localparam int unsigned FirstTagPort = 10;
  localparam int unsigned FirstLatePort = 11;
  localparam logic [8*FaultPorts-1:0] FaultStatus = {
    {4{8'(cce_contract_pkg::StatusTag)}}, 8'(cce_contract_pkg::StatusLength), 8'(cce_contract_pkg::StatusContextFormat),
    {2{8'(cce_contract_pkg::StatusDestinationAccess)}}, {2{8'(cce_contract_pkg::StatusSourceAccess)}}, 24'd0
  };
  localparam int unsigned MapWidth = $clog2(cce_contract_pkg::QueueLimit);
  localparam int unsigned RequestWidth = cce_pkg::DmaRequestWidth;

  // ------------------------------------------------------------------------------------------------ register bus

  logic register_write, register_known, bus_idle;
  logic [19:0] register_address;
  logic [31:0] register_write_data, register_read_data;
  logic [7:0] page;
  logic [11:0] offset;
  logic in_global, in_region, in_context, in_queue, in_doorbell;
  logic [QueueWidth-1:0] page_queue;
  logic [31:0] global_data, region_data, context_data;
  logic global_known, region_known, context_known;
  logic [QueueCount-1:0][31:0] queue_data;
  logic [QueueCount-1:0] queue_known, doorbell_known;

  axi_lite_subordinate u_registers_bus (
      .clk_i,
      .rst_ni,
      .s_axil_awvalid_i,
      .s_axil_awready_o,
      .s_axil_awaddr_i,
      .s_axil_wvalid_i,
      .s_axil_wready_o,
      .s_axil_wdata_i,
      .s_axil_wstrb_i,
      .s_axil_bvalid_o,
      .s_axil_bready_i,
      .s_axil_bresp_o,
      .s_axil_arvalid_i,
      .s_axil_arready_o,
      .s_axil_araddr_i,
      .s_axil_rvalid_o,
      .s_axil_rready_i,
      .s_axil_rdata_o,
      .s_axil_rresp_o,
      .write_o(register_write),
      .address_o(register_address),
      .data_o(register_write_data),
      .data_i(register_read_data),
      .known_i(register_known),
      .idle_o(bus_idle)
  );

  // The pages of the contract; queue and doorbell pages repeat for each queue pair.
  assign page = register_address[19:12];
  assign offset = register_address[11:0];
  assign page_queue = page[QueueWidth-1:0];
  assign in_global = page == cce_contract_pkg::GlobalBase[19:12];
  assign in_region = page == cce_contract_pkg::RegionBase[19:12];
  assign in_context = page == cce_contract_pkg::ContextBase[19:12];
  assign in_queue = page[7:MapWidth] == cce_contract_pkg::QueueBase[19:12+MapWidth] &&
                    page[MapWidth-1:0] < MapWidth'(QueueCount);
  assign in_doorbell = page[7:MapWidth] == cce_contract_pkg::DoorbellBase[19:12+MapWidth] &&
                       page[MapWidth-1:0] < MapWidth'(QueueCount);

  always_comb begin
    register_known = 1'b0;
    register_read_data = '0;
    if (in_global) begin
      register_known = global_known;
      register_read_data = global_data;
    end else if (in_region) begin
      register_known = region_known;
      register_read_data = region_data;
    end else if (in_context) begin
      register_known = context_known;
      register_read_data = context_data;
    end else if (in_queue) begin
      register_known = queue_known[page_queue];
      register_read_data = queue_data[page_queue];
    end else if (in_doorbell) begin
      register_known = doorbell_known[page_queue];  // doorbells read as 0
    end
  end

  // ---------------------------------------------------------------------------------------------- global, regions

  logic reset_queues, erase_contexts, erasing_contexts, event_interrupt, global_idle, engine_idle;
  logic gate_aes, gate_hash, gate_aes_register, gate_hash_register;
  logic [QueueCount-1:0] queue_event, queue_reset_pending, queue_idle, queue_interrupt;
  logic [RegionCount-1:0][63:0] region_base;
  logic [RegionCount-1:0][64:0] region_end;
  logic [RegionCount-1:0][31:0] region_access;

  assign gate_aes = gate_i || gate_aes_register;
  assign gate_hash = gate_i || gate_hash_register;

  global_registers #(
      .DataWidth(DataWidth),
      .QueueCount(QueueCount),
      .ContextCount(ContextCount),
      .RegionCount(RegionCount),
      .SlotCount(SlotCount),
      .HasSha2(Sha2Lanes != 0),
      .HasSha3(Sha3Lanes != 0)
  ) u_global_registers (
      .clk_i,
      .rst_ni,
      .write_i(register_write && in_global),
      .offset_i(offset),
      .data_i(register_write_data),
      .data_o(global_data),
      .known_o(global_known),
      .timestamp_i,
      .engine_idle_i(engine_idle),
      .queue_event_i(queue_event),
      .queue_reset_pending_i(queue_reset_pending),
      .reset_queues_o(reset_queues),
      .erase_contexts_o(erase_contexts),
      .erasing_contexts_i(erasing_contexts),
      .gate_aes_o(gate_aes_register),
      .gate_hash_o(gate_hash_register),
      .interrupt_o(event_interrupt),
      .idle_o(global_idle)
  );

  region_registers #(
      .RegionCount(RegionCount)
  ) u_region_registers (
      .clk_i,
      .rst_ni,
      .write_i(register_write && in_region),
      .offset_i(offset),
      .data_i(register_write_data),
      .data_o(region_data),
      .known_o(region_known),
      .base_o(region_base),
      .end_o(region_end),
      .access_o(region_access)
  );

  // ---------------------------------------------------------------------------------------------------- DMA ports

  logic [cce_pkg::ReadClients-1:0] read_valid, read_ready, read_denied, read_beat_valid;
  logic [cce_pkg::ReadClients-1:0][RequestWidth-1:0] read_request;
  logic [cce_pkg::ReadClients-1:0][cce_pkg::ReadTagWidth-1:0] read_tag;
  logic [cce_pkg::ReadTagWidth-1:0] read_denied_tag;
  logic [DataWidth-1:0] read_data;
  logic [cce_pkg::ReadTagWidth-1:0] read_beat_tag;
  logic [LaneWidth-1:0] read_lane;
  logic read_first, read_last, read_error, read_idle;
  logic [cce_pkg::WriteClients-1:0] write_valid, write_ready, write_granted, write_denied;
  logic [cce_pkg::WriteClients-1:0] write_beat_valid, write_beat_ready;
  logic [SlotWidth-1:0] write_denied_slot;
  logic [cce_pkg::WriteClients-1:0] write_done;
  logic [cce_pkg::WriteClients-1:0][RequestWidth-1:0] write_request;
  logic [cce_pkg::WriteClients-1:0][SlotWidth-1:0] write_tag;
  logic [cce_pkg::WriteClients-1:0][DataWidth-1:0] write_data;
  logic [cce_pkg::WriteClients-1:0][Lanes-1:0] write_strobe;
  logic [SlotWidth-1:0] write_done_slot;
  logic write_done_error, write_idle;
  cce_pkg::dma_fault_t read_fault, write_fault;
  cce_pkg::dma_request_t descriptor_dma, context_dma, source_list_dma, destination_list_dma, source_dma;
  cce_pkg::dma_request_t completion_dma, destination_dma;

  assign read_request[cce_pkg::ReadClientDescriptor] = descriptor_dma;
  assign read_request[cce_pkg::ReadClientContext] = context_dma;
  assign read_request[cce_pkg::ReadClientSourceList] = source_list_dma;
  assign read_request[cce_pkg::ReadClientDestinationList] = destination_list_dma;
  assign read_request[cce_pkg::ReadClientData] = source_dma;
  assign write_request[cce_pkg::WriteClientCompletion] = completion_dma;
  assign write_request[cce_pkg::WriteClientData] = destination_dma;

  dma_read_port #(
      .DataWidth(DataWidth),
      .RegionCount(RegionCount)
  ) u_read_port (
      .clk_i,
      .rst_ni,
      .valid_i(read_valid),
      .request_i(read_request),
      .tag_i(read_tag),
      .ready_o(read_ready),
      .denied_o(read_denied),
      .denied_tag_o(read_denied_tag),
      .beat_valid_o(read_beat_valid),
      .beat_data_o(read_data),
      .beat_tag_o(read_beat_tag),
      .beat_lane_o(read_lane),
      .beat_first_o(read_first),
      .beat_last_o(read_last),
      .beat_error_o(read_error),
      .fault_o(read_fault),
      .idle_o(read_idle),
      .region_base_i(region_base),
      .region_end_i(region_end),
      .region_access_i(region_access),
      .m_axi_arvalid_o,
      .m_axi_arready_i,
      .m_axi_arid_o,
      .m_axi_araddr_o,
      .m_axi_arlen_o,
      .m_axi_rvalid_i,
      .m_axi_rready_o,
      .m_axi_rid_i,
      .m_axi_rdata_i,
      .m_axi_rresp_i,
      .m_axi_rlast_i
  );

  dma_write_port #(
      .DataWidth(DataWidth),
      .RegionCount(RegionCount),
      .TagWidth(SlotWidth)
  ) u_write_port (
      .clk_i,
      .rst_ni,
      .valid_i(write_valid),
      .request_i(write_request),
      .tag_i(write_tag),
      .ready_o(write_ready),
      .granted_o(write_granted),
      .denied_o(write_denied),
      .denied_tag_o(write_denied_slot),
      .beat_valid_i(write_beat_valid),
      .beat_ready_o(write_beat_ready),
      .beat_data_i(write_data),
      .beat_strobe_i(write_strobe),
      .done_o(write_done),
      .done_tag_o(write_done_slot),
      .done_error_o(write_done_error),
      .fault_o(write_fault),
      .idle_o(write_idle),
      .region_base_i(region_base),
      .region_end_i(region_end),
      .region_access_i(region_access),
      .m_axi_awvalid_o,
      .m_axi_awready_i,
      .m_axi_awid_o,
      .m_axi_awaddr_o,
      .m_axi_awlen_o,
      .m_axi_wvalid_o,
      .m_axi_wready_i,
      .m_axi_wdata_o,
      .m_axi_wstrb_o,
      .m_axi_wlast_o,
      .m_axi_bvalid_i,
      .m_axi_bready_o,
      .m_axi_bid_i,
      .m_axi_bresp_i
  );

  // Bursts are as wide as the bus, incrementing, normal non-cacheable bufferable, unprivileged secure data.
  assign m_axi_arsize_o = 3'(LaneWidth);
  assign m_axi_arburst_o = 2'b01;
  assign m_axi_arcache_o = 4'b0011;
  assign m_axi_arprot_o = 3'b000;
  assign m_axi_awsize_o = 3'(LaneWidth);
  assign m_axi_awburst_o = 2'b01;
  assign m_axi_awcache_o = 4'b0011;
  assign m_axi_awprot_o = 3'b000;

  // ------------------------------------------------------------------------------------------------- queue pairs

  logic [QueueCount-1:0] queue_ready, queue_stopped, queue_unrestricted, queue_phase;
  logic [QueueCount-1:0] queue_fetch, queue_read, queue_drop, queue_drop_failed, queue_issue, queue_finish;
  logic [QueueCount-1:0][63:0] queue_descriptor_address, queue_completion_address;
  logic [QueueCount-1:0][15:0] queue_submission_head;
  logic finish_written, finish_failed, count_ok;
  logic [QueueCount-1:0] queue_count;
  logic [31:0] count_bytes;

  for (genvar q = 0; q < QueueCount; q++) begin : gen_queue
    // A refused write counts before a refused read of the same cycle.
    cce_pkg::dma_fault_t queue_fault;
    always_comb begin
      queue_fault = read_fault;
      if (write_fault.valid && write_fault.queue_index == 8'(q)) queue_fault = write_fault;
      else queue_fault.valid = read_fault.valid && read_fault.queue_index == 8'(q);
    end

    queue_pair u_queue_pair (
        .clk_i,
        .rst_ni,
        .engine_reset_i(reset_queues),
        .write_i(register_write && in_queue && page_queue == QueueWidth'(q)),
        .doorbell_write_i(register_write && in_doorbell && page_queue == QueueWidth'(q)),
        .offset_i(offset),
        .data_i(register_write_data),
        .data_o(queue_data[q]),
        .known_o(queue_known[q]),
        .doorbell_known_o(doorbell_known[q]),
        .ready_o(queue_ready[q]),
        .reset_pending_o(queue_reset_pending[q]),
        .stopped_o(queue_stopped[q]),
        .descriptor_address_o(queue_descriptor_address[q]),
        .completion_address_o(queue_completion_address[q]),
        .completion_phase_o(queue_phase[q]),
        .submission_head_o(queue_submission_head[q]),
        .unrestricted_o(queue_unrestricted[q]),
        .fetch_i(queue_fetch[q]),
        .read_i(queue_read[q]),
        .drop_i(queue_drop[q]),
        .drop_failed_i(queue_drop_failed[q]),
        .issue_i(queue_issue[q]),
        .finish_i(queue_finish[q]),
        .finish_written_i(finish_written),
        .finish_failed_i(queue_finish[q] && finish_failed),
        .count_i(queue_count[q]),
        .count_ok_i(count_ok),
        .count_bytes_i(count_bytes),
        .fault_i(queue_fault),
        .interrupt_o(queue_interrupt[q]),
        .event_o(queue_event[q]),
        .idle_o(queue_idle[q])
    );
  end

  // ------------------------------------------------------------------------------------------- fetch and dispatch

  localparam int unsigned DescriptorBits = 8 * cce_contract_pkg::DescriptorBytes;
  logic [QueueCount-1:0] fetched_valid, fetched_failed, fetched_fence;
  logic [QueueWidth-1:0] start_queue;
  logic [DescriptorBits-1:0] fetched_descriptor;
  logic [31:0] fetched_cycle, start_cookie, start_cycle, start_bytes;
  logic [QueueCount-1:0] fetched_take;
  logic slot_free_valid, dispatcher_idle;
  logic start, start_text, start_cipher, start_hash, start_stream, start_lane, start_key_wrap, start_key;
  logic [SlotWidth-1:0] start_slot;
  logic [7:0] start_status;
  cce_pkg::cipher_request_t cipher_request;
  hash_pkg::request_t hash_request;
  cce_pkg::key_request_t key_request;
  logic [2:0] start_prefix;

  descriptor_fetcher #(
      .DataWidth(DataWidth),
      .QueueCount(QueueCount),
      .Depth(FetchDepth)
  ) u_descriptor_fetcher (
      .clk_i,
      .rst_ni,
      .timestamp_i(timestamp_i[31:0]),
      .ready_i(queue_ready),
      .address_i(queue_descriptor_address),
      .fetch_o(queue_fetch),
      .read_o(queue_read),
      .request_valid_o(read_valid[cce_pkg::ReadClientDescriptor]),
      .request_o(descriptor_dma),
      .request_tag_o(read_tag[cce_pkg::ReadClientDescriptor]),
      .request_ready_i(read_ready[cce_pkg::ReadClientDescriptor]),
      .denied_i(read_denied[cce_pkg::ReadClientDescriptor]),
      .beat_valid_i(read_beat_valid[cce_pkg::ReadClientDescriptor]),
      .beat_tag_i(read_beat_tag),
      .beat_data_i(read_data),
      .beat_first_i(read_first),
      .beat_last_i(read_last),
      .beat_error_i(read_error),
      .valid_o(fetched_valid),
      .failed_o(fetched_failed),
      .fence_o(fetched_fence),
      .take_i(fetched_take),
      .descriptor_o(fetched_descriptor),
      .start_cycle_o(fetched_cycle)
  );

  request_dispatcher #(
      .SlotCount(SlotCount),
      .QueueCount(QueueCount),
      .ContextCount(ContextCount),
      .HasSha2(Sha2Lanes != 0),
      .HasSha3(Sha3Lanes != 0)
  ) u_dispatcher (
      .clk_i,
      .rst_ni,
      .gate_aes_i(gate_aes),
      .gate_hash_i(gate_hash),
      .valid_i(fetched_valid),
      .failed_i(fetched_failed),
      .fence_i(fetched_fence),
      .take_o(fetched_take),
      .descriptor_i(fetched_descriptor),
      .start_cycle_i(fetched_cycle),
      .reset_pending_i(queue_reset_pending),
      .stopped_i(queue_stopped),
      .unrestricted_i(queue_unrestricted),
      .drop_o(queue_drop),
      .drop_failed_o(queue_drop_failed),
      .free_valid_i(slot_free_valid),
      .free_slot_i(start_slot),
      .freed_i(queue_finish),
      .start_o(start),
      .start_queue_o(start_queue),
      .start_status_o(start_status),
      .start_cookie_o(start_cookie),
      .start_cycle_o(start_cycle),
      .start_bytes_o(start_bytes),
      .start_text_o(start_text),
      .start_cipher_o(start_cipher),
      .cipher_request_o(cipher_request),
      .start_hash_o(start_hash),
      .hash_request_o(hash_request),
      .prefix_o(start_prefix),
      .start_stream_o(start_stream),
      .start_lane_o(start_lane),
      .start_key_wrap_o(start_key_wrap),
      .start_key_o(start_key),
      .key_request_o(key_request),
      .idle_o(dispatcher_idle)
  );

  // -------------------------------------------------------------------------------------------------------- slots

  logic [SlotCount-1:0] used, abort, discard, cipher_done, erase_wanted, finished;
  logic [SlotCount-1:0] slot_ok;
  logic [SlotWidth-1:0] next_iv_slot;
  logic [7:0] slot_status;
  logic [SlotCount-1:0] source_list_busy, destination_list_busy, source_active;
  logic key_release, destination_release, erased, freed;
  logic [SlotWidth-1:0] key_release_slot, destination_release_slot, erased_slot, freed_slot;
  logic [3:0] cipher_release;
  logic [3:0][SlotWidth-1:0] cipher_release_slot;
  logic [2:0] tag_fault;
  logic [2:0][SlotWidth-1:0] tag_fault_slot;
  logic [FaultPorts-1:0] fault;
  logic [FaultPorts-1:0][SlotWidth-1:0] fault_slot;
  logic [TellingPorts-1:0][7:0] fault_status;

  slot_table #(
      .SlotCount(SlotCount),
      .QueueCount(QueueCount),
      .FaultPorts(FaultPorts),
      .TellingPorts(TellingPorts),
      .Status(FaultStatus),
      .FirstLatePort(FirstLatePort)
  ) u_slots (
      .clk_i,
      .rst_ni,
      .gate_aes_i(gate_aes),
      .gate_hash_i(gate_hash),
      .queue_reset_pending_i(queue_reset_pending),
      .free_valid_o(slot_free_valid),
      .free_slot_o(start_slot),
      .start_i(start),
      .start_queue_i(8'(start_queue)),
      .start_status_i(start_status),
      .start_text_i(start_text),
      .start_cipher_i(start_cipher),
      .start_hash_i(start_hash),
      .start_key_i(start_key),
      .key_release_i(key_release),
      .key_release_slot_i(key_release_slot),
      .cipher_release_i(cipher_release),
      .cipher_release_slot_i(cipher_release_slot),
      .destination_release_i(destination_release),
      .destination_release_slot_i(destination_release_slot),
      .erase_release_i(erased),
      .erase_release_slot_i(erased_slot),
      .lists_busy_i(source_list_busy | destination_list_busy | source_active),
      .fault_i(fault),
      .fault_slot_i(fault_slot),
      .fault_status_i(fault_status),
      .used_o(used),
      .abort_o(abort),
      .discard_o(discard),
      .cipher_done_o(cipher_done),
      .erase_wanted_o(erase_wanted),
      .finished_o(finished),
      .ok_o(slot_ok),
      .status_slot_i(next_iv_slot),
      .status_o(slot_status),
      .free_i(freed),
      .freed_slot_i(freed_slot)
  );

  // --------------------------------------------------------------------------------------------------------- keys

  logic key_valid, key_ready, key_inverse, key_usable, key_loader_idle;
  logic [SlotWidth:0] key_index, key_usable_index;
  cce_pkg::key_length_e key_length;
  logic [255:0] key;
  logic [SlotCount-1:0] text_key_usable;
  logic [ContextCount-1:0] context_valid;

  key_loader #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .ContextCount(ContextCount)
  ) u_key_loader (
      .clk_i,
      .rst_ni,
      .start_i(start_key),
      .start_slot_i(start_slot),
      .start_request_i(key_request),
      .abort_i(abort),
      .erase_all_i(erase_contexts),
      .erasing_o(erasing_contexts),
      .context_valid_o(context_valid),
      .request_valid_o(read_valid[cce_pkg::ReadClientContext]),
      .request_o(context_dma),
      .request_tag_o(read_tag[cce_pkg::ReadClientContext]),
      .request_ready_i(read_ready[cce_pkg::ReadClientContext]),
      .denied_i(read_denied[cce_pkg::ReadClientContext]),
      .beat_valid_i(read_beat_valid[cce_pkg::ReadClientContext]),
      .beat_data_i(read_data),
      .beat_last_i(read_last),
      .beat_error_i(read_error),
      .key_valid_o(key_valid),
      .key_ready_i(key_ready),
      .key_index_o(key_index),
      .key_inverse_o(key_inverse),
      .key_length_o(key_length),
      .key_o(key),
      .key_usable_i(key_usable),
      .key_usable_index_i(key_usable_index),
      .usable_o(text_key_usable),
      .fault_o(fault[0]),
      .fault_slot_o(fault_slot[0]),
      .fault_status_o(fault_status[0]),
      .release_o(key_release),
      .release_slot_o(key_release_slot),
      .idle_o(key_loader_idle)
  );

  always_comb begin
    context_known = 1'b1;
    context_data = '0;
    unique case (offset)
      cce_contract_pkg::ContextValidLow: context_data = 32'(context_valid);
      cce_contract_pkg::ContextValidHigh: context_data = '0;
      default: context_known = 1'b0;
    endcase
  end

  // ------------------------------------------------------------------------------------------------------- source

  logic [SlotCount-1:0] source_segment_ready, source_ended, source_pending;
  logic [SlotWidth-1:0] source_segment_slot;
  logic [63:0] source_segment_address;
  logic [31:0] source_segment_left;
  logic [15:0] source_segment_region;
  logic source_segment_unrestricted, source_segment_take, source_segment_more;
  logic [7:0] source_segment_queue;
  logic [12:0] source_segment_bytes;
  logic [SlotWidth-1:0] issue_slot, retire_slot, end_slot, tail_slot;
  logic [BlockWidth:0] issue_end_block, retire_end_block, end_block, tail_end_block;
  logic [BlockWidth:0] stream_requested, stream_arrived, stream_consumed;
  logic stream_skip;
  logic [SlotCount-1:0][CountWidth-1:0] lane_available;
  logic lane_take, lane_clear;
  logic [SlotWidth-1:0] lane_take_slot, lane_clear_slot;
  logic source_write, source_write_stream;
  logic [SlotWidth-1:0] source_write_slot;
  logic [BlockWidth+3:0] source_write_position;
  logic [DataWidth-1:0] source_write_data;
  logic [LaneWidth-1:0] source_write_lane;
  logic [LaneWidth:0] source_write_bytes;
  logic source_needed;

  assign source_needed = cipher_request.iv_length != '0 || cipher_request.aad_length != '0 ||
                         cipher_request.text_length != '0 ||
                         (cipher_request.tag_length != '0 && cipher_request.decrypt);

  segment_walker #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .StatusListAccess(8'(cce_contract_pkg::StatusSourceListAccess)),
      .StatusListFormat(8'(cce_contract_pkg::StatusSourceListFormat))
  ) u_source_walker (
      .clk_i,
      .rst_ni,
      .start_i(start_text),
      .start_slot_i(start_slot),
      .start_needed_i(source_needed),
      .start_list_i(cipher_request.source_list),
      .start_address_i(cipher_request.source),
      .start_region_i(cipher_request.source_region),
      .start_unrestricted_i(cipher_request.unrestricted),
      .start_queue_i(cipher_request.queue_index),
      .restart_i(1'b0),
      .restart_slot_i(SlotWidth'(0)),
      .stop_i(abort),
      .ready_o(source_segment_ready),
      .busy_o(source_list_busy),
      .query_slot_i(source_segment_slot),
      .query_address_o(source_segment_address),
      .query_left_o(source_segment_left),
      .query_region_o(source_segment_region),
      .query_unrestricted_o(source_segment_unrestricted),
      .query_queue_o(source_segment_queue),
      .take_i(source_segment_take),
      .take_bytes_i(source_segment_bytes),
      .take_more_i(source_segment_more),
      .error_o(fault[1]),
      .error_slot_o(fault_slot[1]),
      .error_status_o(fault_status[1]),
      .request_valid_o(read_valid[cce_pkg::ReadClientSourceList]),
      .request_o(source_list_dma),
      .request_tag_o(read_tag[cce_pkg::ReadClientSourceList]),
      .request_ready_i(read_ready[cce_pkg::ReadClientSourceList]),
      .denied_i(read_denied[cce_pkg::ReadClientSourceList]),
      .beat_valid_i(read_beat_valid[cce_pkg::ReadClientSourceList]),
      .beat_tag_i(read_beat_tag),
      .beat_data_i(read_data),
      .beat_first_i(read_first),
      .beat_last_i(read_last),
      .beat_error_i(read_error)
  );

  source_reader #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .LaneBlocks(LaneBlocks),
      .StreamBurstBytes(StreamBurstBytes)
  ) u_source_reader (
      .clk_i,
      .rst_ni,
      .start_i(start_text),
      .start_slot_i(start_slot),
      .start_request_i(cipher_request),
      .start_prefix_i(start_prefix),
      .abort_i(abort),
      .segment_ready_i(source_segment_ready),
      .segment_slot_o(source_segment_slot),
      .segment_address_i(source_segment_address),
      .segment_left_i(source_segment_left),
      .segment_region_i(source_segment_region),
      .segment_unrestricted_i(source_segment_unrestricted),
      .segment_queue_i(source_segment_queue),
      .segment_take_o(source_segment_take),
      .segment_take_bytes_o(source_segment_bytes),
      .segment_take_more_o(source_segment_more),
      .request_valid_o(read_valid[cce_pkg::ReadClientData]),
      .request_o(source_dma),
      .request_tag_o(read_tag[cce_pkg::ReadClientData]),
      .request_ready_i(read_ready[cce_pkg::ReadClientData]),
      .denied_i(read_denied[cce_pkg::ReadClientData]),
      .denied_tag_i(read_denied_tag),
      .beat_valid_i(read_beat_valid[cce_pkg::ReadClientData]),
      .beat_tag_i(read_beat_tag),
      .beat_data_i(read_data),
      .beat_lane_i(read_lane),
      .beat_first_i(read_first),
      .beat_last_i(read_last),
      .beat_error_i(read_error),
      .write_o(source_write),
      .write_stream_o(source_write_stream),
      .write_slot_o(source_write_slot),
      .write_position_o(source_write_position),
      .write_data_o(source_write_data),
      .write_lane_o(source_write_lane),
      .write_bytes_o(source_write_bytes),
      .active_o(source_active),
      .ended_o(source_ended),
      .issue_slot_i(issue_slot),
      .issue_end_block_o(issue_end_block),
      .retire_slot_i(retire_slot),
      .retire_end_block_o(retire_end_block),
      .stream_requested_o(stream_requested),
      .stream_arrived_o(stream_arrived),
      .stream_consumed_i(stream_consumed),
      .lane_available_o(lane_available),
      .pending_o(source_pending),
      .stream_skip_i(stream_skip),
      .stream_skip_block_i(stream_consumed),
      .lane_take_i(lane_take),
      .lane_take_slot_i(lane_take_slot),
      .lane_clear_i(lane_clear),
      .lane_clear_slot_i(lane_clear_slot),
      .request_error_o(fault[3]),
      .request_error_slot_o(fault_slot[3]),
      .beat_error_o(fault[4]),
      .beat_error_slot_o(fault_slot[4])
  );

  logic source_read, source_read_stream;
  logic [SlotWidth-1:0] source_read_slot;
  logic [BlockWidth-1:0] source_read_block;
  logic [127:0] source_read_data;

  source_buffer #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .LaneBlocks(LaneBlocks)
  ) u_source_buffer (
      .clk_i,
      .write_i(source_write),
      .write_stream_i(source_write_stream),
      .write_slot_i(source_write_slot),
      .write_position_i(source_write_position),
      .write_data_i(source_write_data),
      .write_lane_i(source_write_lane),
      .write_bytes_i(source_write_bytes),
      .read_i(source_read),
      .read_stream_i(source_read_stream),
      .read_slot_i(source_read_slot),
      .read_block_i(source_read_block),
      .read_data_o(source_read_data)
  );

  // ---------------------------------------------------------------------------------------------------------- AES

  logic [BlockWidth:0] stream_freed, stream_produced;
  logic [SlotCount-1:0][CountWidth-1:0] lane_filled;
  logic result_write, result_write_stream;
  logic [SlotWidth-1:0] result_write_slot;
  logic [BlockWidth-1:0] result_write_block;
  logic [127:0] result_write_data, stream_next_iv, lane_next_iv, hash_next_iv;
  logic hash_cipher_request, hash_cipher_grant, hash_result_valid;
  logic [SlotWidth-1:0] hash_cipher_slot, hash_result_slot;
  logic [127:0] hash_cipher_block, hash_result_block;
  logic [31:0] wrapped_key_length;
  logic aes_idle;
  logic aes_take, aes_clear, aes_read, aes_read_stream, aes_write, aes_write_stream;
  logic [SlotWidth-1:0] aes_take_slot, aes_clear_slot, aes_read_slot, aes_write_slot;
  logic [BlockWidth-1:0] aes_read_block, aes_write_block;
  logic [127:0] aes_write_data;

  aes_engine #(
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .LaneBlocks(LaneBlocks),
      .Pipelined(Pipelined),
      .SboxStyle(SboxStyle),
      .StagesPerRound(StagesPerRound)
  ) u_aes (
      .clk_i,
      .rst_ni,
      .start_stream_i(start_stream),
      .start_lane_i(start_lane),
      .start_key_wrap_i(start_key_wrap),
      .start_hash_i(start_hash && start_cipher),
      .start_slot_i(start_slot),
      .start_request_i(cipher_request),
      .start_prefix_i(start_prefix),
      .abort_i(abort),
      .erase_wanted_i(erase_wanted),
      .key_valid_i(key_valid),
      .key_ready_o(key_ready),
      .key_index_i(key_index),
      .key_inverse_i(key_inverse),
      .key_length_i(key_length),
      .key_i(key),
      .key_usable_o(key_usable),
      .key_usable_index_o(key_usable_index),
      .text_key_usable_i(text_key_usable),
      .source_ended_i(source_ended),
      .source_pending_i(source_pending),
      .issue_slot_o(issue_slot),
      .issue_end_block_i(issue_end_block),
      .retire_slot_o(retire_slot),
      .retire_end_block_i(retire_end_block),
      .stream_requested_i(stream_requested),
      .stream_arrived_i(stream_arrived),
      .stream_consumed_o(stream_consumed),
      .stream_skip_o(stream_skip),
      .lane_available_i(lane_available),
      .lane_take_o(aes_take),
      .lane_take_slot_o(aes_take_slot),
      .lane_clear_o(aes_clear),
      .lane_clear_slot_o(aes_clear_slot),
      .read_o(aes_read),
      .read_stream_o(aes_read_stream),
      .read_slot_o(aes_read_slot),
      .read_block_o(aes_read_block),
      .read_data_i(source_read_data),
      .stream_freed_i(stream_freed),
      .stream_produced_o(stream_produced),
      .end_slot_i(end_slot),
      .end_block_o(end_block),
      .tail_slot_i(tail_slot),
      .tail_end_block_o(tail_end_block),
      .lane_filled_i(lane_filled),
      .write_o(aes_write),
      .write_stream_o(aes_write_stream),
      .write_slot_o(aes_write_slot),
      .write_block_o(aes_write_block),
      .write_data_o(aes_write_data),
      .hash_request_i(hash_cipher_request),
      .hash_grant_o(hash_cipher_grant),
      .hash_slot_i(hash_cipher_slot),
      .hash_block_i(hash_cipher_block),
      .hash_result_valid_o(hash_result_valid),
      .hash_result_slot_o(hash_result_slot),
      .hash_result_block_o(hash_result_block),
      .fault_o(tag_fault),
      .fault_slot_o(tag_fault_slot),
      .release_o(cipher_release[2:0]),
      .release_slot_o(cipher_release_slot[2:0]),
      .erased_o(erased),
      .erased_slot_o(erased_slot),
      .next_iv_slot_i(next_iv_slot),
      .stream_next_iv_o(stream_next_iv),
      .lane_next_iv_o(lane_next_iv),
      .key_length_o(wrapped_key_length),
      .idle_o(aes_idle)
  );
  for (genvar u = 0; u < 3; u++) begin : gen_tag_fault
    assign fault[FirstTagPort+u] = tag_fault[u];
    assign fault_slot[FirstTagPort+u] = tag_fault_slot[u];
  end

  // --------------------------------------------------------------------------------------------------------- hash

  logic hash_read, hash_clear, hash_write, hash_idle;
  logic [SlotWidth-1:0] hash_read_slot, hash_clear_slot, hash_write_slot, hash_fault_slot;
  logic [CountWidth-2:0] hash_read_block, hash_write_block;
  logic [127:0] hash_write_data;

  if (Sha2Lanes + Sha3Lanes != 0) begin : gen_hash
    hash_engine #(
        .Sha2Lanes(Sha2Lanes),
        .Sha3Lanes(Sha3Lanes),
        .RoundsPerCycle(HashRoundsPerCycle),
        .SlotCount(SlotCount),
        .LaneBlocks(LaneBlocks)
    ) u_hash (
        .clk_i,
        .rst_ni,
        .start_i(start_hash),
        .start_slot_i(start_slot),
        .start_request_i(hash_request),
        .abort_i(abort),
        .source_ended_i(source_ended),
        .source_pending_i(source_pending),
        .available_i(lane_available),
        .read_possible_i(!aes_read),
        .read_o(hash_read),
        .read_slot_o(hash_read_slot),
        .read_block_o(hash_read_block),
        .read_data_i(source_read_data),
        .clear_possible_i(!aes_clear),
        .clear_o(hash_clear),
        .clear_slot_o(hash_clear_slot),
        .filled_i(lane_filled),
        .write_possible_i(!aes_write),
        .write_o(hash_write),
        .write_slot_o(hash_write_slot),
        .write_block_o(hash_write_block),
        .write_data_o(hash_write_data),
        .key_usable_i(text_key_usable),
        .cipher_request_o(hash_cipher_request),
        .cipher_grant_i(hash_cipher_grant),
        .cipher_slot_o(hash_cipher_slot),
        .cipher_block_o(hash_cipher_block),
        .result_valid_i(hash_result_valid),
        .result_slot_i(hash_result_slot),
        .result_block_i(hash_result_block),
        .next_iv_slot_i(next_iv_slot),
        .next_iv_o(hash_next_iv),
        .context_fault_o(fault[7]),
        .length_fault_o(fault[8]),
        .tag_fault_o(fault[9]),
        .fault_slot_o(hash_fault_slot),
        .release_o(cipher_release[3]),
        .release_slot_o(cipher_release_slot[3]),
        .idle_o(hash_idle)
    );
  end else begin : gen_no_hash
    assign {hash_read, hash_clear, hash_write, fault[7], fault[8], fault[9], cipher_release[3]} = '0;
    assign {hash_read_slot, hash_clear_slot, hash_write_slot, hash_fault_slot, cipher_release_slot[3]} = '0;
    assign {hash_read_block, hash_write_block, hash_write_data} = '0;
    assign {hash_cipher_request, hash_cipher_slot, hash_cipher_block, hash_next_iv} = '0;
    assign hash_idle = 1'b1;
    logic unused_hash;
    assign unused_hash = ^{hash_request, hash_cipher_grant, hash_result_valid, hash_result_slot, hash_result_block};
  end
  assign fault_slot[7] = hash_fault_slot;
  assign fault_slot[8] = hash_fault_slot;
  assign fault_slot[9] = hash_fault_slot;

  // The buffers' ports: what the AES engine leaves, the hash engine gets.
  assign lane_take = aes_take || hash_read;
  assign lane_take_slot = hash_read ? hash_read_slot : aes_take_slot;
  assign lane_clear = aes_clear || hash_clear;
  assign lane_clear_slot = aes_clear ? aes_clear_slot : hash_clear_slot;
  assign source_read = aes_read || hash_read;
  assign source_read_stream = aes_read_stream && !hash_read;
  assign source_read_slot = hash_read ? hash_read_slot : aes_read_slot;
  assign source_read_block = hash_read ? BlockWidth'(hash_read_block) : aes_read_block;
  assign result_write = aes_write || hash_write;
  assign result_write_stream = aes_write_stream && !hash_write;
  assign result_write_slot = hash_write ? hash_write_slot : aes_write_slot;
  assign result_write_block = hash_write ? BlockWidth'(hash_write_block) : aes_write_block;
  assign result_write_data = hash_write ? hash_write_data : aes_write_data;

  // -------------------------------------------------------------------------------------------------- destination

  logic [SlotCount-1:0] destination_segment_ready, destination_segment_stop;
  logic [SlotWidth-1:0] destination_segment_slot, destination_restart_slot;
  logic [63:0] destination_segment_address;
  logic [31:0] destination_segment_left;
  logic [15:0] destination_segment_region;
  logic destination_segment_unrestricted, destination_segment_take, destination_segment_more, destination_restart;
  logic [7:0] destination_segment_queue;
  logic [12:0] destination_segment_bytes;
  logic destination_read, destination_read_stream, destination_needed;
  logic [SlotWidth-1:0] destination_read_slot;
  logic [BlockWidth+3:0] destination_read_position;
  logic [LaneWidth-1:0] destination_read_lane;
  logic [DataWidth-1:0] destination_read_data;

  assign destination_needed = cipher_request.output_length != '0 ||
                              (cipher_request.tag_length != '0 && !cipher_request.decrypt);

  segment_walker #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .StatusListAccess(8'(cce_contract_pkg::StatusDestinationListAccess)),
      .StatusListFormat(8'(cce_contract_pkg::StatusDestinationListFormat))
  ) u_destination_walker (
      .clk_i,
      .rst_ni,
      .start_i(start_text),
      .start_slot_i(start_slot),
      .start_needed_i(destination_needed),
      .start_list_i(cipher_request.destination_list),
      .start_address_i(cipher_request.destination),
      .start_region_i(cipher_request.destination_region),
      .start_unrestricted_i(cipher_request.unrestricted),
      .start_queue_i(cipher_request.queue_index),
      .restart_i(destination_restart),
      .restart_slot_i(destination_restart_slot),
      .stop_i(destination_segment_stop),
      .ready_o(destination_segment_ready),
      .busy_o(destination_list_busy),
      .query_slot_i(destination_segment_slot),
      .query_address_o(destination_segment_address),
      .query_left_o(destination_segment_left),
      .query_region_o(destination_segment_region),
      .query_unrestricted_o(destination_segment_unrestricted),
      .query_queue_o(destination_segment_queue),
      .take_i(destination_segment_take),
      .take_bytes_i(destination_segment_bytes),
      .take_more_i(destination_segment_more),
      .error_o(fault[2]),
      .error_slot_o(fault_slot[2]),
      .error_status_o(fault_status[2]),
      .request_valid_o(read_valid[cce_pkg::ReadClientDestinationList]),
      .request_o(destination_list_dma),
      .request_tag_o(read_tag[cce_pkg::ReadClientDestinationList]),
      .request_ready_i(read_ready[cce_pkg::ReadClientDestinationList]),
      .denied_i(read_denied[cce_pkg::ReadClientDestinationList]),
      .beat_valid_i(read_beat_valid[cce_pkg::ReadClientDestinationList]),
      .beat_tag_i(read_beat_tag),
      .beat_data_i(read_data),
      .beat_first_i(read_first),
      .beat_last_i(read_last),
      .beat_error_i(read_error)
  );

  destination_writer #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .LaneBlocks(LaneBlocks),
      .StreamBurstBytes(StreamBurstBytes)
  ) u_destination_writer (
      .clk_i,
      .rst_ni,
      .start_i(start_text),
      .start_slot_i(start_slot),
      .start_request_i(cipher_request),
      .abort_i(abort),
      .discard_i(discard),
      .cipher_done_i(cipher_done),
      .segment_ready_i(destination_segment_ready),
      .segment_busy_i(destination_list_busy),
      .segment_stop_o(destination_segment_stop),
      .segment_restart_o(destination_restart),
      .segment_restart_slot_o(destination_restart_slot),
      .segment_slot_o(destination_segment_slot),
      .segment_address_i(destination_segment_address),
      .segment_left_i(destination_segment_left),
      .segment_region_i(destination_segment_region),
      .segment_unrestricted_i(destination_segment_unrestricted),
      .segment_queue_i(destination_segment_queue),
      .segment_take_o(destination_segment_take),
      .segment_take_bytes_o(destination_segment_bytes),
      .segment_take_more_o(destination_segment_more),
      .segment_error_i(fault[2]),
      .segment_error_slot_i(fault_slot[2]),
      .request_valid_o(write_valid[cce_pkg::WriteClientData]),
      .request_o(destination_dma),
      .request_tag_o(write_tag[cce_pkg::WriteClientData]),
      .request_ready_i(write_ready[cce_pkg::WriteClientData]),
      .granted_i(write_granted[cce_pkg::WriteClientData]),
      .denied_i(write_denied[cce_pkg::WriteClientData]),
      .denied_slot_i(write_denied_slot),
      .beat_valid_o(write_beat_valid[cce_pkg::WriteClientData]),
      .beat_ready_i(write_beat_ready[cce_pkg::WriteClientData]),
      .beat_data_o(write_data[cce_pkg::WriteClientData]),
      .beat_strobe_o(write_strobe[cce_pkg::WriteClientData]),
      .done_i(write_done[cce_pkg::WriteClientData]),
      .done_slot_i(write_done_slot),
      .done_error_i(write_done_error),
      .read_o(destination_read),
      .read_stream_o(destination_read_stream),
      .read_slot_o(destination_read_slot),
      .read_position_o(destination_read_position),
      .read_lane_o(destination_read_lane),
      .read_data_i(destination_read_data),
      .stream_produced_i(stream_produced),
      .end_slot_o(end_slot),
      .end_block_i(end_block),
      .tail_slot_o(tail_slot),
      .tail_end_block_i(tail_end_block),
      .stream_freed_o(stream_freed),
      .lane_write_i(result_write && !result_write_stream),
      .lane_write_slot_i(result_write_slot),
      .lane_filled_o(lane_filled),
      .request_error_o(fault[5]),
      .request_error_slot_o(fault_slot[5]),
      .response_error_o(fault[6]),
      .response_error_slot_o(fault_slot[6]),
      .release_o(destination_release),
      .release_slot_o(destination_release_slot)
  );

  destination_buffer #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .StreamBlocks(StreamBlocks),
      .LaneBlocks(LaneBlocks)
  ) u_destination_buffer (
      .clk_i,
      .write_i(result_write),
      .write_stream_i(result_write_stream),
      .write_slot_i(result_write_slot),
      .write_block_i(result_write_block),
      .write_data_i(result_write_data),
      .read_i(destination_read),
      .read_stream_i(destination_read_stream),
      .read_slot_i(destination_read_slot),
      .read_position_i(destination_read_position),
      .read_lane_i(destination_read_lane),
      .read_data_o(destination_read_data)
  );

  // --------------------------------------------------------------------------------------------------- completion

  logic completion_idle;

  completion_writer #(
      .DataWidth(DataWidth),
      .SlotCount(SlotCount),
      .QueueCount(QueueCount)
  ) u_completion_writer (
      .clk_i,
      .rst_ni,
      .timestamp_i(timestamp_i[31:0]),
      .start_i(start),
      .start_slot_i(start_slot),
      .start_queue_i(start_queue),
      .start_cookie_i(start_cookie),
      .start_cycle_i(start_cycle),
      .start_bytes_i(start_bytes),
      .start_cipher_i(start_cipher),
      .start_stream_i(start_stream),
      .start_key_wrap_i(start_key_wrap),
      .start_hash_i(start_hash),
      .finished_i(finished),
      .ok_i(slot_ok),
      .status_i(slot_status),
      .free_o(freed),
      .freed_slot_o(freed_slot),
      .next_iv_slot_o(next_iv_slot),
      .stream_next_iv_i(stream_next_iv),
      .lane_next_iv_i(lane_next_iv),
      .hash_next_iv_i(hash_next_iv),
      .key_length_i(wrapped_key_length),
      .address_i(queue_completion_address),
      .phase_i(queue_phase),
      .reset_pending_i(queue_reset_pending),
      .submission_head_i(queue_submission_head),
      .issue_o(queue_issue),
      .finish_o(queue_finish),
      .finish_written_o(finish_written),
      .finish_failed_o(finish_failed),
      .count_o(queue_count),
      .count_ok_o(count_ok),
      .count_bytes_o(count_bytes),
      .request_valid_o(write_valid[cce_pkg::WriteClientCompletion]),
      .request_o(completion_dma),
      .request_tag_o(write_tag[cce_pkg::WriteClientCompletion]),
      .request_ready_i(write_ready[cce_pkg::WriteClientCompletion]),
      .denied_i(write_denied[cce_pkg::WriteClientCompletion]),
      .beat_valid_o(write_beat_valid[cce_pkg::WriteClientCompletion]),
      .beat_ready_i(write_beat_ready[cce_pkg::WriteClientCompletion]),
      .beat_data_o(write_data[cce_pkg::WriteClientCompletion]),
      .beat_strobe_o(write_strobe[cce_pkg::WriteClientCompletion]),
      .done_i(write_done[cce_pkg::WriteClientCompletion]),
      .done_slot_i(write_done_slot),
      .done_error_i(write_done_error),
      .idle_o(completion_idle)
  );

  // -------------------------------------------------------------------------------------------- idle, interrupts

  // The engine is idle when no request is in flight or waiting; the clock is needed for longer, as long as anything is
  // still being erased.
  assign engine_idle = used == '0 && dispatcher_idle && completion_idle && read_idle && write_idle && (&queue_idle);
  assign idle_o = engine_idle && key_loader_idle && aes_idle && hash_idle && bus_idle && global_idle;
  assign interrupt_o = {queue_interrupt, event_interrupt};

  logic unused_bits;
  assign unused_bits = ^{timestamp_i, write_granted};

  always_ff @(posedge clk_i) begin
    // Whoever asks for memory does so for a request in flight: the ports need not say that they are asked.
    if (rst_ni && engine_idle) assert (read_valid == '0 && write_valid == '0);
  end

endmodule

`default_nettype wire
