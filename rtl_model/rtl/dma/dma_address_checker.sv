// SPDX-License-Identifier: Apache-2.0
//
// Decides whether a queue may make a DMA access: the one place that every DMA address passes. One instance guards the
// read address channel, one the write address channel; both look at the same region table.
//
// Combinational. A range that leaves its 4 KiB page is refused for everybody: no burst does, nothing can wrap around the
// end of the address space then, and nothing as wide as an address is added up here.

`default_nettype none

module dma_address_checker #(
    parameter int unsigned RegionCount = 2
) (
    input  wire cce_pkg::dma_request_t          request_i,
    input  wire logic                           write_i,
    // The region table; entry 0, the unrestricted region, is not used.
    input  wire logic [RegionCount-1:0][63:0]   region_base_i,
    input  wire logic [RegionCount-1:0][64:0]   region_end_i,      // first byte behind
    input  wire logic [RegionCount-1:0][31:0]   region_access_i,
    output logic                                allowed_o
);

  localparam int unsigned PageWidth = 12;

  logic [PageWidth:0] range_end;    // first byte behind, in its page
  logic [63:PageWidth] page;
  cce_contract_pkg::region_access_t region_access;
  cce_contract_pkg::region_key_t region_key;
  logic in_region, ends_before;

  assign region_key = request_i.region;

  assign page = request_i.address[63:PageWidth];
  assign range_end = {1'b0, request_i.address[PageWidth-1:0]} + request_i.bytes;

  always_comb begin
    in_region = 1'b0;
    region_access = '0;
    ends_before = 1'b0;
    for (int unsigned i = 1; i < RegionCount; i++) begin
      region_access = region_access_i[i];
      // A range up to the end of its page ends where the next page begins.
      ends_before = {1'b0, page} < region_end_i[i][64:PageWidth] ||
                    ({1'b0, page} == region_end_i[i][64:PageWidth] && range_end <= {1'b0, region_end_i[i][PageWidth-1:0]});
      if (region_key.index == 8'(i) && region_access.valid && region_access.tag == region_key.tag &&
          region_access.owner_queue == request_i.queue_index && (write_i ? region_access.write : region_access.read) &&
          request_i.address >= region_base_i[i] && ends_before) begin
        in_region = 1'b1;
      end
    end
  end

  always_comb begin
    if (range_end[PageWidth] && range_end[PageWidth-1:0] != '0) allowed_o = 1'b0;
    else if (request_i.privileged) allowed_o = 1'b1;
    else if (request_i.region == 16'(cce_contract_pkg::RegionUnrestricted)) allowed_o = request_i.unrestricted;
    else allowed_o = in_region;
  end

  logic unused_reserved;
  assign unused_reserved = ^{region_access.reserved0, region_access.reserved1};

endmodule

`default_nettype wire
