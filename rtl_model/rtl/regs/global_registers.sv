// SPDX-License-Identifier: Apache-2.0
//
// The page of identification, capabilities and control, and the whole-engine reset.
//
// The reset first resets every queue pair (each waits for its request in flight), then erases every context, and then
// lets go. Combinational reads.

`default_nettype none

module global_registers #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned QueueCount = 4,
    parameter int unsigned ContextCount = 8,
    parameter int unsigned RegionCount = 2,
    parameter int unsigned SlotCount = 32,
    parameter bit HasSha2 = 1,
    parameter bit HasSha3 = 1
) (
    input  wire logic                  clk_i,
    input  wire logic                  rst_ni,
    input  wire logic                  write_i,
    input  wire logic [11:0]           offset_i,
    input  wire logic [31:0]           data_i,
    output logic [31:0]                data_o,
    output logic                       known_o,

    input  wire logic [63:0]           timestamp_i,
    input  wire logic                  engine_idle_i,
    input  wire logic [QueueCount-1:0] queue_event_i,          // pulses
    input  wire logic [QueueCount-1:0] queue_reset_pending_i,
    output logic                       reset_queues_o,         // one-cycle pulse
    output logic                       erase_contexts_o,       // one-cycle pulse
    input  wire logic                  erasing_contexts_i,
    output logic                       gate_aes_o,
    output logic                       gate_hash_o,
    output logic                       interrupt_o,            // one-cycle pulse: a queue stopped with an error
    output logic                       idle_o
);

  typedef enum logic [2:0] {
    StateIdle,
    StateRequest,
    StateWait,
    StateErase,
    StateErasing
  } state_e;

  state_e state_q;
  logic gate_aes_q, gate_hash_q;
  logic [QueueCount-1:0] event_q;
  logic interrupt_q;
  cce_contract_pkg::global_algorithms_t algorithms;
  cce_contract_pkg::global_version_t version;
  cce_contract_pkg::global_geometry_t geometry;
  cce_contract_pkg::global_capacity_t capacity;
  cce_contract_pkg::global_engine_status_t engine_status;
  cce_contract_pkg::global_control_t control_write, control_read;
  cce_contract_pkg::global_gate_t gate_write, gate_read;

  always_comb begin
    algorithms = '0;
    algorithms.aes_ecb = 1'b1;
    algorithms.aes_cbc = 1'b1;
    algorithms.aes_ctr = 1'b1;
    algorithms.aes_xts = 1'b1;
    algorithms.aes_gcm = 1'b1;
    algorithms.aes_ccm = 1'b1;
    algorithms.aes_cmac = 1'b1;
    algorithms.aes_kw = 1'b1;
    algorithms.aes_kwp = 1'b1;
    algorithms.aes_128 = 1'b1;
    algorithms.aes_192 = 1'b1;
    algorithms.aes_256 = 1'b1;
    algorithms.sha2 = HasSha2;
    algorithms.sha3 = HasSha3;
    algorithms.cipher_hash = HasSha2 || HasSha3;
    version = '0;
    version.major = 16'(cce_contract_pkg::VersionMajor);
    version.minor = 16'(cce_contract_pkg::VersionMinor);
    geometry = '0;
    geometry.queue_count = 8'(QueueCount);
    geometry.context_count = 8'(ContextCount);
    geometry.region_count = 8'(RegionCount);
    geometry.data_bytes = 8'(DataWidth / 8);
    capacity = '0;
    capacity.request_count = 8'(SlotCount);
    engine_status = '0;
    engine_status.idle = engine_idle_i;
    control_read = '0;
    control_read.reset = state_q != StateIdle;
    gate_read = '0;
    gate_read.aes = gate_aes_q;
    gate_read.hash = gate_hash_q;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      gate_aes_q <= 1'b0;
      gate_hash_q <= 1'b0;
      event_q <= '0;
      interrupt_q <= 1'b0;
    end else begin
      unique case (state_q)
        StateIdle: begin
          if (write_i && offset_i == cce_contract_pkg::GlobalControl && control_write.reset) state_q <= StateRequest;
        end
        StateRequest: state_q <= StateWait;
        StateWait: if (queue_reset_pending_i == '0) state_q <= StateErase;
        StateErase: state_q <= StateErasing;
        StateErasing: if (!erasing_contexts_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
      if (write_i && offset_i == cce_contract_pkg::GlobalGate) begin
        gate_aes_q <= gate_write.aes;
        gate_hash_q <= gate_write.hash;
      end
      event_q <= event_q | queue_event_i;
      if (write_i && offset_i == cce_contract_pkg::GlobalEventLow) begin
        event_q <= (event_q & ~data_i[QueueCount-1:0]) | queue_event_i;
      end
      interrupt_q <= queue_event_i != '0;
    end
  end

  assign control_write = data_i;
  assign gate_write = data_i;
  logic unused_bits;
  assign unused_bits = ^{data_i, control_write, gate_write};

  assign reset_queues_o = state_q == StateRequest;
  assign erase_contexts_o = state_q == StateErase;
  assign gate_aes_o = gate_aes_q;
  assign gate_hash_o = gate_hash_q;
  assign interrupt_o = interrupt_q;
  assign idle_o = state_q == StateIdle && !interrupt_q;

  always_comb begin
    known_o = 1'b1;
    data_o = '0;
    unique case (offset_i)
      cce_contract_pkg::GlobalIdentification: data_o = cce_contract_pkg::IdentificationValue;
      cce_contract_pkg::GlobalVersion: data_o = version;
      cce_contract_pkg::GlobalAlgorithms: data_o = algorithms;
      cce_contract_pkg::GlobalGeometry: data_o = geometry;
      cce_contract_pkg::GlobalControl: data_o = control_read;
      cce_contract_pkg::GlobalEngineStatus: data_o = engine_status;
      cce_contract_pkg::GlobalCycleLow: data_o = timestamp_i[31:0];
      cce_contract_pkg::GlobalCycleHigh: data_o = timestamp_i[63:32];
      cce_contract_pkg::GlobalGate: data_o = gate_read;
      cce_contract_pkg::GlobalCapacity: data_o = capacity;
      cce_contract_pkg::GlobalEventLow: data_o = 32'(event_q);
      cce_contract_pkg::GlobalEventHigh: data_o = '0;
      default: known_o = 1'b0;
    endcase
  end

endmodule

`default_nettype wire
