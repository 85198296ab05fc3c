// SPDX-License-Identifier: Apache-2.0
//
// Fetches descriptors ahead, a few for each queue pair, and shows the oldest of each queue to the dispatcher.
//
// Queues take turns. A descriptor that could not be read is shown as failed.
// What is told of the oldest descriptors are registers, made while one is being taken: in the cycle after a take, of any
// queue, none is taken.
// Latency: one cycle from a queue's doorbell register to the request; a descriptor is shown in the cycle after its last
// beat. Throughput: a descriptor a cycle asked for.

`default_nettype none

module descriptor_fetcher #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned QueueCount = 4,
    parameter int unsigned Depth = 4,       // descriptors of a queue: a power of two
    localparam int unsigned QueueWidth = QueueCount > 1 ? $clog2(QueueCount) : 1,
    localparam int unsigned DepthWidth = $clog2(Depth),
    localparam int unsigned TagWidth = cce_pkg::ReadTagWidth,
    localparam int unsigned DescriptorBits = 8 * cce_contract_pkg::DescriptorBytes
) (
    input  wire logic                              clk_i,
    input  wire logic                              rst_ni,
    input  wire logic [31:0]                       timestamp_i,

    // Queue pairs
    input  wire logic [QueueCount-1:0]             ready_i,           // a descriptor can be fetched
    input  wire logic [QueueCount-1:0][63:0]       address_i,         // where it lies
    output logic [QueueCount-1:0]                  fetch_o,           // its fetch has begun
    output logic [QueueCount-1:0]                  read_o,            // a descriptor has been read

    // DMA read port
    output logic                                   request_valid_o,
    output cce_pkg::dma_request_t                  request_o,
    output logic [TagWidth-1:0]                    request_tag_o,
    input  wire logic                              request_ready_i,
    input  wire logic                              denied_i,
    input  wire logic                              beat_valid_i,
    input  wire logic [TagWidth-1:0]               beat_tag_i,
    input  wire logic [DataWidth-1:0]              beat_data_i,
    input  wire logic                              beat_first_i,
    input  wire logic                              beat_last_i,
    input  wire logic                              beat_error_i,

    // Dispatcher
    output logic [QueueCount-1:0]                  valid_o,
    output logic [QueueCount-1:0]                  failed_o,          // with valid: could not be read
    output logic [QueueCount-1:0]                  fence_o,           // with valid: ordered before and behind
    input  wire logic [QueueCount-1:0]             take_i,            // takes that of this queue, one at most
    output logic [DescriptorBits-1:0]              descriptor_o,      // it
    output logic [31:0]                            start_cycle_o      // when its fetch began
);

  localparam int unsigned Beats = DescriptorBits / DataWidth;

  logic [QueueCount-1:0][DepthWidth:0] asked_q, arrived_q, taken_q;
  logic [QueueCount-1:0][Depth-1:0] fence_q, fence_d, failed_q, failed_d;
  logic [QueueCount-1:0] valid_q, oldest_failed_q, oldest_fence_q;
  logic [31:0] start_cycle_memory [(1<<QueueWidth)*Depth];
  logic [QueueCount-1:0] possible, chosen_queue;
  logic chosen_valid, granted;
  logic [QueueWidth-1:0] chosen, beat_queue, take_queue;
  logic [DepthWidth-1:0] beat_entry, take_entry;
  cce_contract_pkg::descriptor_t first_beat;
  logic fence;

  always_comb begin
    for (int unsigned q = 0; q < QueueCount; q++) begin
      possible[q] = ready_i[q] && (asked_q[q] - taken_q[q]) < (DepthWidth + 1)'(Depth);
    end
  end
  round_robin_choice #(
      .Count(QueueCount)
  ) u_queues (
      .clk_i,
      .rst_ni,
      .request_i(possible),
      .take_i(request_valid_o && request_ready_i),
      .valid_o(chosen_valid),
      .chosen_o(chosen_queue),
      .index_o(chosen)
  );

  assign request_valid_o = chosen_valid;
  always_comb begin
    request_o = '0;
    request_o.privileged = 1'b1;
    request_o.queue_index = 8'(chosen);
    request_o.address = address_i[chosen];
    request_o.bytes = 13'(cce_contract_pkg::DescriptorBytes);
  end
  assign request_tag_o = TagWidth'({chosen, asked_q[chosen][DepthWidth-1:0]});
  assign granted = request_valid_o && request_ready_i;
  always_comb begin
    fetch_o = chosen_queue & {QueueCount{request_ready_i}};
    read_o = '0;
    read_o[beat_queue] = beat_valid_i && beat_last_i;
  end

  assign {beat_queue, beat_entry} = beat_tag_i[QueueWidth+DepthWidth-1:0];
  assign first_beat = DescriptorBits'(beat_data_i);
  assign fence = first_beat.flags.fence || first_beat.opcode == 8'(cce_contract_pkg::OpcodeContextLoad) ||
                 first_beat.opcode == 8'(cce_contract_pkg::OpcodeContextInvalidate);

  always_comb begin
    fence_d = fence_q;
    failed_d = failed_q;
    if (beat_valid_i) begin
      if (beat_first_i) begin
        fence_d[beat_queue][beat_entry] = fence;
        failed_d[beat_queue][beat_entry] = beat_error_i;
      end else if (beat_error_i) begin
        failed_d[beat_queue][beat_entry] = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      asked_q <= '0;
      arrived_q <= '0;
      taken_q <= '0;
      valid_q <= '0;
      fence_q <= '0;
      failed_q <= '0;
    end else begin
      fence_q <= fence_d;
      failed_q <= failed_d;
      for (int unsigned q = 0; q < QueueCount; q++) begin
        if (fetch_o[q]) asked_q[q] <= asked_q[q] + (DepthWidth + 1)'(1);
        if (read_o[q]) arrived_q[q] <= arrived_q[q] + (DepthWidth + 1)'(1);
        if (take_i[q]) taken_q[q] <= taken_q[q] + (DepthWidth + 1)'(1);
        valid_q[q] <= arrived_q[q] != taken_q[q] || read_o[q];
      end
    end
    for (int unsigned q = 0; q < QueueCount; q++) begin
      oldest_failed_q[q] <= failed_d[q][taken_q[q][DepthWidth-1:0]];
      oldest_fence_q[q] <= fence_d[q][taken_q[q][DepthWidth-1:0]];
    end
    if (granted) start_cycle_memory[{chosen, asked_q[chosen][DepthWidth-1:0]}] <= timestamp_i;
  end

  assign valid_o = valid_q;
  assign failed_o = oldest_failed_q;
  assign fence_o = oldest_fence_q;

  // The choice comes late: each queue's entry is ready for it.
  always_comb begin
    take_queue = '0;
    take_entry = '0;
    for (int unsigned q = 0; q < QueueCount; q++) begin
      if (take_i[q]) begin
        take_queue |= QueueWidth'(q);
        take_entry |= taken_q[q][DepthWidth-1:0];
      end
    end
  end
  assign start_cycle_o = start_cycle_memory[{take_queue, take_entry}];

  if (Beats == 1) begin : gen_one_beat
    logic [DataWidth-1:0] memory [(1<<QueueWidth)*Depth];
    always_ff @(posedge clk_i) begin
      if (beat_valid_i) memory[{beat_queue, beat_entry}] <= beat_data_i;
    end
    assign descriptor_o = memory[{take_queue, take_entry}];
  end else begin : gen_beats
    localparam int unsigned BeatWidth = $clog2(Beats);
    logic [BeatWidth-1:0] beat_q, beat;
    assign beat = beat_first_i ? '0 : beat_q;
    always_ff @(posedge clk_i) begin
      if (beat_valid_i) beat_q <= beat + BeatWidth'(1);
    end
    for (genvar b = 0; b < Beats; b++) begin : gen_part
      logic [DataWidth-1:0] memory [(1<<QueueWidth)*Depth];
      always_ff @(posedge clk_i) begin
        if (beat_valid_i && beat == BeatWidth'(b)) memory[{beat_queue, beat_entry}] <= beat_data_i;
      end
      assign descriptor_o[DataWidth*b +: DataWidth] = memory[{take_queue, take_entry}];
    end
  end

  logic unused_bits;
  assign unused_bits = ^{beat_tag_i, first_beat, denied_i};

  // Only the assertions need it: one was taken in the cycle before.
  logic took_q;
  always_ff @(posedge clk_i) took_q <= rst_ni && take_i != '0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert ((take_i & (take_i - QueueCount'(1))) == '0 && (take_i & ~valid_q) == '0);
      if (took_q) assert (take_i == '0);
      for (int unsigned q = 0; q < QueueCount; q++) begin
        if (!took_q) begin
          assert (valid_q[q] == (arrived_q[q] != taken_q[q]));
          if (valid_q[q]) begin
            assert (oldest_failed_q[q] == failed_q[q][taken_q[q][DepthWidth-1:0]] &&
                    oldest_fence_q[q] == fence_q[q][taken_q[q][DepthWidth-1:0]]);
          end
        end
      end
      // Ring accesses are privileged, and a ring that is aligned does not wrap around the end of the address space.
      assert (!denied_i);
    end
  end

endmodule

`default_nettype wire
