// SPDX-License-Identifier: Apache-2.0
//
// Core Crypto Engine: registers, queue pairs, DMA and AES behind an AXI4-Lite subordinate and an AXI4 manager.
//
// `timestamp_i` is a free-running count of clock cycles from an always-on domain. While `idle_o` is 1 nothing happens
// until the next register access, so that an integrator may stop `clk_i` between accesses.
// `gate_i` closes every datapath, like the gate register. `interrupt_o` bit v is a one-cycle pulse for vector v.
// `rst_ni` is synchronous.

`default_nettype none

module cce_top #(
    parameter int unsigned DataWidth = 128,     // bits of the DMA data bus: 128, 256 or 512
    parameter int unsigned QueueCount = 4,      // queue pairs: a power of two, 2 to 32
    parameter int unsigned ContextCount = 8,    // engine-held contexts: a power of two, 2 to 32
    parameter int unsigned RegionCount = 2,     // memory regions, the unrestricted one included: 2 to 128
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

  localparam int unsigned QueueWidth = $clog2(QueueCount);
  localparam int unsigned BytesWidth = $clog2(Lanes) + 1;
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

  logic reset_queues, erase_contexts, gate, gate_register, event_interrupt, global_idle, engine_idle;
  logic [QueueCount-1:0] queue_event, queue_reset_pending, queue_idle, queue_interrupt;
  logic [RegionCount-1:0][63:0] region_base, region_size;
  logic [RegionCount-1:0][31:0] region_access;

  assign gate = gate_i || gate_register;

  global_registers #(
      .DataWidth(DataWidth),
      .QueueCount(QueueCount),
      .ContextCount(ContextCount),
      .RegionCount(RegionCount)
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
      .gate_aes_o(gate_register),
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
      .size_o(region_size),
      .access_o(region_access)
  );

  // ------------------------------------------------------------------------------------------------- queue pairs

  logic [QueueCount-1:0] queue_ready, queue_unrestricted, queue_phase;
  logic [QueueCount-1:0][63:0] queue_descriptor_address, queue_completion_address;
  logic [QueueCount-1:0][15:0] queue_submission_head;
  logic queue_valid, queue_take, queue_issue, queue_finish, queue_finish_written, queue_finish_ok, queue_error;
  logic [QueueWidth-1:0] queue_chosen, queue_current;
  logic [31:0] queue_finish_bytes;
  logic [7:0] queue_error_code;
  cce_pkg::dma_fault_t read_fault, write_fault, fault;
  logic controller_idle;

  assign fault = read_fault.valid ? read_fault : write_fault;

  for (genvar q = 0; q < QueueCount; q++) begin : gen_queue
    cce_pkg::dma_fault_t queue_fault;
    always_comb begin
      queue_fault = fault;
      queue_fault.valid = fault.valid && queue_current == QueueWidth'(q);
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
        .descriptor_address_o(queue_descriptor_address[q]),
        .completion_address_o(queue_completion_address[q]),
        .completion_phase_o(queue_phase[q]),
        .submission_head_o(queue_submission_head[q]),
        .unrestricted_o(queue_unrestricted[q]),
        .start_i(queue_take && queue_chosen == QueueWidth'(q)),
        .issue_i(queue_issue && queue_current == QueueWidth'(q)),
        .finish_i(queue_finish && queue_current == QueueWidth'(q)),
        .finish_written_i(queue_finish_written),
        .finish_ok_i(queue_finish_ok),
        .finish_bytes_i(queue_finish_bytes),
        .error_i(queue_error && queue_current == QueueWidth'(q)),
        .error_code_i(queue_error_code),
        .fault_i(queue_fault),
        .interrupt_o(queue_interrupt[q]),
        .event_o(queue_event[q]),
        .idle_o(queue_idle[q])
    );
  end

  queue_arbiter #(
      .QueueCount(QueueCount)
  ) u_queue_arbiter (
      .clk_i,
      .rst_ni,
      .ready_i(queue_ready),
      .take_i(queue_take),
      .valid_o(queue_valid),
      .index_o(queue_chosen)
  );

  // ------------------------------------------------------------------------------------------ request controller

  logic record_start, record_clear, record_done, record_error;
  logic [511:0] record;
  cce_pkg::dma_request_t record_request;
  logic completion_start, completion_done, completion_error;
  logic [63:0] completion_address;
  cce_contract_pkg::completion_t completion;
  logic context_write, context_write_transient, context_format_error, context_key_size_error, context_erase;
  logic context_erase_transient, context_select_transient;
  logic [7:0] context_index;
  logic [ContextCount-1:0] context_valid;
  cce_pkg::key_port_t key_port;
  logic stream_start, stream_abort;
  cce_pkg::stream_command_t source, destination;
  logic source_idle, source_list_access_error, source_list_format_error, source_data_error;
  logic destination_idle, destination_list_access_error, destination_list_format_error, destination_data_error;
  logic cipher_clear, cipher_decrypt;
  logic [7:0] cipher_mode;
  logic [127:0] cipher_iv, cipher_next_iv;

  request_controller #(
      .QueueCount(QueueCount),
      .ContextCount(ContextCount)
  ) u_request_controller (
      .clk_i,
      .rst_ni,
      .timestamp_i,
      .gate_i(gate),
      .idle_o(controller_idle),
      .queue_valid_i(queue_valid),
      .queue_index_i(queue_chosen),
      .queue_take_o(queue_take),
      .queue_o(queue_current),
      .queue_issue_o(queue_issue),
      .queue_finish_o(queue_finish),
      .queue_finish_written_o(queue_finish_written),
      .queue_finish_ok_o(queue_finish_ok),
      .queue_finish_bytes_o(queue_finish_bytes),
      .queue_error_o(queue_error),
      .queue_error_code_o(queue_error_code),
      .queue_reset_pending_i(queue_reset_pending),
      .queue_unrestricted_i(queue_unrestricted),
      .queue_phase_i(queue_phase),
      .queue_descriptor_address_i(queue_descriptor_address),
      .queue_completion_address_i(queue_completion_address),
      .queue_submission_head_i(queue_submission_head),
      .record_start_o(record_start),
      .record_request_o(record_request),
      .record_clear_o(record_clear),
      .record_done_i(record_done),
      .record_error_i(record_error),
      .record_i(record),
      .completion_start_o(completion_start),
      .completion_address_o(completion_address),
      .completion_o(completion),
      .completion_done_i(completion_done),
      .completion_error_i(completion_error),
      .context_write_o(context_write),
      .context_write_transient_o(context_write_transient),
      .context_index_o(context_index),
      .context_format_error_i(context_format_error),
      .context_key_size_error_i(context_key_size_error),
      .context_erase_o(context_erase),
      .context_erase_transient_o(context_erase_transient),
      .context_select_transient_o(context_select_transient),
      .key_port_i(key_port),
      .stream_start_o(stream_start),
      .stream_abort_o(stream_abort),
      .source_o(source),
      .destination_o(destination),
      .source_idle_i(source_idle),
      .source_list_access_error_i(source_list_access_error),
      .source_list_format_error_i(source_list_format_error),
      .source_data_error_i(source_data_error),
      .destination_idle_i(destination_idle),
      .destination_list_access_error_i(destination_list_access_error),
      .destination_list_format_error_i(destination_list_format_error),
      .destination_data_error_i(destination_data_error),
      .cipher_clear_o(cipher_clear),
      .cipher_mode_o(cipher_mode),
      .cipher_decrypt_o(cipher_decrypt),
      .cipher_iv_o(cipher_iv),
      .cipher_next_iv_i(cipher_next_iv)
  );

  context_store #(
      .ContextCount(ContextCount)
  ) u_context_store (
      .clk_i,
      .rst_ni,
      .write_i(context_write),
      .write_transient_i(context_write_transient),
      .write_index_i(context_index),
      .record_i(record),
      .format_error_o(context_format_error),
      .key_size_error_o(context_key_size_error),
      .erase_all_i(erase_contexts),
      .erase_transient_i(context_erase_transient),
      .erase_i(context_erase),
      .erase_index_i(context_index),
      .valid_o(context_valid),
      .select_transient_i(context_select_transient),
      .select_index_i(context_index),
      .key_port_o(key_port)
  );

  assign context_known = offset == cce_contract_pkg::ContextValidLow || offset == cce_contract_pkg::ContextValidHigh;
  assign context_data = offset == cce_contract_pkg::ContextValidLow ? 32'(context_valid) : '0;

  // --------------------------------------------------------------------------------------------------------- DMA

  logic [cce_pkg::ReadClients-1:0] read_valid, read_ready, read_denied, read_beat_valid;
  logic [cce_pkg::ReadClients-1:0][RequestWidth-1:0] read_request;
  logic [DataWidth-1:0] read_data;
  logic read_last, read_error, read_idle;
  cce_pkg::dma_request_t source_list_request, destination_list_request, source_data_request;
  logic [cce_pkg::WriteClients-1:0] write_valid, write_ready, write_denied, write_beat_valid, write_beat_ready;
  logic [cce_pkg::WriteClients-1:0] write_done;
  logic [cce_pkg::WriteClients-1:0][RequestWidth-1:0] write_request;
  logic [cce_pkg::WriteClients-1:0][DataWidth-1:0] write_data;
  logic [cce_pkg::WriteClients-1:0][Lanes-1:0] write_strobe;
  logic write_done_error, write_idle;
  cce_pkg::dma_request_t completion_request, destination_data_request;

  assign read_request[cce_pkg::ReadClientControl] = record_request;
  assign read_request[cce_pkg::ReadClientSourceList] = source_list_request;
  assign read_request[cce_pkg::ReadClientDestinationList] = destination_list_request;
  assign read_request[cce_pkg::ReadClientData] = source_data_request;
  assign write_request[cce_pkg::WriteClientCompletion] = completion_request;
  assign write_request[cce_pkg::WriteClientData] = destination_data_request;

  dma_read_port #(
      .DataWidth(DataWidth),
      .RegionCount(RegionCount)
  ) u_read_port (
      .clk_i,
      .rst_ni,
      .valid_i(read_valid),
      .request_i(read_request),
      .ready_o(read_ready),
      .denied_o(read_denied),
      .beat_valid_o(read_beat_valid),
      .beat_data_o(read_data),
      .beat_last_o(read_last),
      .beat_error_o(read_error),
      .fault_o(read_fault),
      .idle_o(read_idle),
      .region_base_i(region_base),
      .region_size_i(region_size),
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
      .RegionCount(RegionCount)
  ) u_write_port (
      .clk_i,
      .rst_ni,
      .valid_i(write_valid),
      .request_i(write_request),
      .ready_o(write_ready),
      .denied_o(write_denied),
      .beat_valid_i(write_beat_valid),
      .beat_ready_o(write_beat_ready),
      .beat_data_i(write_data),
      .beat_strobe_i(write_strobe),
      .done_o(write_done),
      .done_error_o(write_done_error),
      .fault_o(write_fault),
      .idle_o(write_idle),
      .region_base_i(region_base),
      .region_size_i(region_size),
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

  // Full-width INCR bursts, modifiable and bufferable, unprivileged secure data (AXI4, A4.4 and A4.7).
  assign m_axi_arsize_o = 3'($clog2(Lanes));
  assign m_axi_arburst_o = 2'b01;
  assign m_axi_arcache_o = 4'b0011;
  assign m_axi_arprot_o = 3'b000;
  assign m_axi_awsize_o = 3'($clog2(Lanes));
  assign m_axi_awburst_o = 2'b01;
  assign m_axi_awcache_o = 4'b0011;
  assign m_axi_awprot_o = 3'b000;

  record_reader #(
      .DataWidth(DataWidth)
  ) u_record_reader (
      .clk_i,
      .rst_ni,
      .start_i(record_start),
      .request_i(record_request),
      .clear_i(record_clear),
      .done_o(record_done),
      .error_o(record_error),
      .record_o(record),
      .request_valid_o(read_valid[cce_pkg::ReadClientControl]),
      .request_ready_i(read_ready[cce_pkg::ReadClientControl]),
      .request_denied_i(read_denied[cce_pkg::ReadClientControl]),
      .beat_valid_i(read_beat_valid[cce_pkg::ReadClientControl]),
      .beat_data_i(read_data),
      .beat_last_i(read_last),
      .beat_error_i(read_error)
  );

  completion_writer #(
      .DataWidth(DataWidth)
  ) u_completion_writer (
      .clk_i,
      .rst_ni,
      .start_i(completion_start),
      .address_i(completion_address),
      .completion_i(completion),
      .done_o(completion_done),
      .error_o(completion_error),
      .request_valid_o(write_valid[cce_pkg::WriteClientCompletion]),
      .request_o(completion_request),
      .request_ready_i(write_ready[cce_pkg::WriteClientCompletion]),
      .request_denied_i(write_denied[cce_pkg::WriteClientCompletion]),
      .beat_valid_o(write_beat_valid[cce_pkg::WriteClientCompletion]),
      .beat_ready_i(write_beat_ready[cce_pkg::WriteClientCompletion]),
      .beat_data_o(write_data[cce_pkg::WriteClientCompletion]),
      .beat_strobe_o(write_strobe[cce_pkg::WriteClientCompletion]),
      .done_i(write_done[cce_pkg::WriteClientCompletion]),
      .done_error_i(write_done_error)
  );

  // ---------------------------------------------------------------------- text: reader -> cipher -> writer

  logic reader_valid, reader_ready, reader_last;
  logic [DataWidth-1:0] reader_data;
  logic [BytesWidth-1:0] reader_bytes;
  logic block_valid, block_ready, block_last;
  logic [127:0] block_data;
  logic [4:0] block_bytes;
  logic result_valid, result_ready, result_last;
  logic [127:0] result_data;
  logic [4:0] result_bytes;
  logic writer_valid, writer_ready, writer_last;
  logic [DataWidth-1:0] writer_data;
  logic [BytesWidth-1:0] writer_bytes;

  dma_reader #(
      .DataWidth(DataWidth)
  ) u_reader (
      .clk_i,
      .rst_ni,
      .start_i(stream_start),
      .command_i(source),
      .abort_i(stream_abort),
      .idle_o(source_idle),
      .list_access_error_o(source_list_access_error),
      .list_format_error_o(source_list_format_error),
      .data_error_o(source_data_error),
      .valid_o(reader_valid),
      .ready_i(reader_ready),
      .data_o(reader_data),
      .bytes_o(reader_bytes),
      .last_o(reader_last),
      .list_valid_o(read_valid[cce_pkg::ReadClientSourceList]),
      .list_request_o(source_list_request),
      .list_ready_i(read_ready[cce_pkg::ReadClientSourceList]),
      .list_denied_i(read_denied[cce_pkg::ReadClientSourceList]),
      .list_beat_valid_i(read_beat_valid[cce_pkg::ReadClientSourceList]),
      .data_valid_o(read_valid[cce_pkg::ReadClientData]),
      .data_request_o(source_data_request),
      .data_ready_i(read_ready[cce_pkg::ReadClientData]),
      .data_denied_i(read_denied[cce_pkg::ReadClientData]),
      .data_beat_valid_i(read_beat_valid[cce_pkg::ReadClientData]),
      .beat_data_i(read_data),
      .beat_last_i(read_last),
      .beat_error_i(read_error)
  );

  stream_narrow #(
      .DataWidth(DataWidth)
  ) u_narrow (
      .clk_i,
      .rst_ni,
      .clear_i(stream_abort),
      .valid_i(reader_valid),
      .ready_o(reader_ready),
      .data_i(reader_data),
      .bytes_i(reader_bytes),
      .last_i(reader_last),
      .valid_o(block_valid),
      .ready_i(block_ready),
      .data_o(block_data),
      .bytes_o(block_bytes),
      .last_o(block_last)
  );

  aes_datapath u_aes (
      .clk_i,
      .rst_ni,
      .gate_i(gate),
      .clear_i(cipher_clear),
      .start_i(stream_start),
      .mode_i(cipher_mode),
      .decrypt_i(cipher_decrypt),
      .iv_i(cipher_iv),
      .key_port_i(key_port),
      .next_iv_o(cipher_next_iv),
      .valid_i(block_valid),
      .ready_o(block_ready),
      .data_i(block_data),
      .bytes_i(block_bytes),
      .last_i(block_last),
      .valid_o(result_valid),
      .ready_i(result_ready),
      .data_o(result_data),
      .bytes_o(result_bytes),
      .last_o(result_last)
  );

  stream_widen #(
      .DataWidth(DataWidth)
  ) u_widen (
      .clk_i,
      .rst_ni,
      .clear_i(stream_abort),
      .valid_i(result_valid),
      .ready_o(result_ready),
      .data_i(result_data),
      .bytes_i(result_bytes),
      .last_i(result_last),
      .valid_o(writer_valid),
      .ready_i(writer_ready),
      .data_o(writer_data),
      .bytes_o(writer_bytes),
      .last_o(writer_last)
  );

  dma_writer #(
      .DataWidth(DataWidth)
  ) u_writer (
      .clk_i,
      .rst_ni,
      .start_i(stream_start),
      .command_i(destination),
      .abort_i(stream_abort),
      .idle_o(destination_idle),
      .list_access_error_o(destination_list_access_error),
      .list_format_error_o(destination_list_format_error),
      .data_error_o(destination_data_error),
      .valid_i(writer_valid),
      .ready_o(writer_ready),
      .data_i(writer_data),
      .bytes_i(writer_bytes),
      .list_valid_o(read_valid[cce_pkg::ReadClientDestinationList]),
      .list_request_o(destination_list_request),
      .list_ready_i(read_ready[cce_pkg::ReadClientDestinationList]),
      .list_denied_i(read_denied[cce_pkg::ReadClientDestinationList]),
      .list_beat_valid_i(read_beat_valid[cce_pkg::ReadClientDestinationList]),
      .list_beat_data_i(read_data),
      .list_beat_error_i(read_error),
      .data_valid_o(write_valid[cce_pkg::WriteClientData]),
      .data_request_o(destination_data_request),
      .data_ready_i(write_ready[cce_pkg::WriteClientData]),
      .data_denied_i(write_denied[cce_pkg::WriteClientData]),
      .beat_valid_o(write_beat_valid[cce_pkg::WriteClientData]),
      .beat_ready_i(write_beat_ready[cce_pkg::WriteClientData]),
      .beat_data_o(write_data[cce_pkg::WriteClientData]),
      .beat_strobe_o(write_strobe[cce_pkg::WriteClientData]),
      .data_done_i(write_done[cce_pkg::WriteClientData]),
      .data_done_error_i(write_done_error)
  );

  // -------------------------------------------------------------------------------------------- idle, interrupts

  assign engine_idle = controller_idle && read_idle && write_idle && (&queue_idle);
  assign idle_o = engine_idle && bus_idle && global_idle;
  assign interrupt_o = {queue_interrupt, event_interrupt};

  logic unused_last;
  assign unused_last = writer_last;

endmodule

`default_nettype wire
