// SPDX-License-Identifier: Apache-2.0
//
// Decides whether a queue may make a DMA access: the one place that every DMA address passes. One instance guards the
// read address channel, one the write address channel; both look at the same region table.
//
// Combinational. A range that wraps around the end of the address space is refused for everybody.

`default_nettype none

module dma_address_checker #(
    parameter int unsigned RegionCount = 2
) (
    input  wire cce_pkg::dma_request_t          request_i,
    input  wire logic                           write_i,
    // The region table; entry 0, the unrestricted region, is not used.
    input  wire logic [RegionCount-1:0][63:0]   region_base_i,
    input  wire logic [RegionCount-1:0][63:0]   region_size_i,
    input  wire logic [RegionCount-1:0][31:0]   region_access_i,
    output logic                                allowed_o
);

  logic [64:0] last_byte;
  logic [65:0] range_end, region_end;   // first byte behind
  cce_contract_pkg::region_access_t region_access;
  cce_contract_pkg::region_key_t region_key;
  logic in_region;

  assign region_key = request_i.region;

  assign last_byte = {1'b0, request_i.address} + 65'(request_i.bytes) - 65'd1;

  always_comb begin
    in_region = 1'b0;
    range_end = {2'd0, request_i.address} + 66'(request_i.bytes);
    region_end = '0;
    region_access = '0;
    for (int unsigned i = 1; i < RegionCount; i++) begin
      region_access = region_access_i[i];
      region_end = {2'd0, region_base_i[i]} + {2'd0, region_size_i[i]};
      if (region_key.index == 8'(i) && region_access.valid && region_access.tag == region_key.tag &&
          region_access.owner_queue == request_i.queue_index && (write_i ? region_access.write : region_access.read) &&
          request_i.address >= region_base_i[i] && range_end <= region_end) begin
        in_region = 1'b1;
      end
    end
  end

  always_comb begin
    if (last_byte[64]) allowed_o = 1'b0;
    else if (request_i.privileged) allowed_o = 1'b1;
    else if (request_i.region == 16'(cce_contract_pkg::RegionUnrestricted)) allowed_o = request_i.unrestricted;
    else allowed_o = in_region;
  end

  logic unused_reserved;
  assign unused_reserved = ^{region_access.reserved0, region_access.reserved1, last_byte[63:0]};

endmodule

`default_nettype wire
