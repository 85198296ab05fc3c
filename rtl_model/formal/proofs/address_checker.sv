// SPDX-License-Identifier: Apache-2.0
//
// proof: dma_address_checker allows an access exactly if it is privileged, or unrestricted by right, or lies in a valid
//   region with the right tag, owner and direction; and never one that leaves its 4 KiB page, as one would that runs over
//   the end of the address space
// top: proof_address_checker
// files: cce_pkg.sv dma/dma_address_checker.sv
// method: equivalence
// engine: bmc
// depth: 3
// assumes: an access has 1 to 4096 bytes (asserted by both DMA ports, see read_port and write_port)
// fault bounds dma/dma_address_checker.sv: the end of a region is not looked at in full width
// -       ends_before = {1'b0, page} < region_end_i[i][64:PageWidth] ||
// +       ends_before = page < region_end_i[i][63:PageWidth] ||
// fault owner dma/dma_address_checker.sv: any queue may use a region
// -           region_access.owner_queue == request_i.queue_index && (write_i ? region_access.write : region_access.read) &&
// +           (write_i ? region_access.write : region_access.read) &&
// fault page dma/dma_address_checker.sv: a range of the last page's end may run into the region behind
// -                     ({1'b0, page} == region_end_i[i][64:PageWidth] && range_end <= {1'b0, region_end_i[i][PageWidth-1:0]});
// +                     ({1'b0, page} == region_end_i[i][64:PageWidth] && range_end[PageWidth-1:0] <= region_end_i[i][PageWidth-1:0]);
// fault wrap dma/dma_address_checker.sv: a range may run over the end of the address space
// -     if (range_end[PageWidth] && range_end[PageWidth-1:0] != '0) allowed_o = 1'b0;
// +     if (range_end[PageWidth] && range_end[PageWidth-1:0] != '0 && !request_i.privileged) allowed_o = 1'b0;

module proof_address_checker (
    input wire logic                  clk_i,
    input wire cce_pkg::dma_request_t request_i,
    input wire logic                  write_i,
    input wire logic [2:0][63:0]      region_base_i,
    input wire logic [2:0][64:0]      region_end_i,
    input wire logic [2:0][31:0]      region_access_i
);

  logic allowed, fits, in_region;
  logic [65:0] first, end_;   // byte behind the last one
  cce_contract_pkg::region_access_t region;
  cce_contract_pkg::region_key_t key;

  dma_address_checker #(
      .RegionCount(3)
  ) u_checker (
      .request_i,
      .write_i,
      .region_base_i,
      .region_end_i,
      .region_access_i,
      .allowed_o(allowed)
  );

  assign key = request_i.region;
  assign first = 66'(request_i.address);
  assign end_ = first + 66'(request_i.bytes);
  assign fits = 66'(request_i.address[11:0]) + 66'(request_i.bytes) <= 66'd4096;
  // In numbers that cannot overflow: base <= first, and the end is not behind the region's.
  always_comb begin
    in_region = 1'b0;
    region = '0;
    if (key.index != 8'd0 && key.index < 8'd3) begin
      region = region_access_i[key.index[1:0]];
      in_region = region.valid && region.tag == key.tag && region.owner_queue == request_i.queue_index &&
                  (write_i ? region.write : region.read) && 66'(region_base_i[key.index[1:0]]) <= first &&
                  end_ <= 66'(region_end_i[key.index[1:0]]);
    end
  end

  logic begun_q = 1'b0, by_key;
  assign by_key = request_i.region == 16'(cce_contract_pkg::RegionUnrestricted) ? request_i.unrestricted : in_region;
  always_ff @(posedge clk_i) begin
    begun_q <= 1'b1;
    assume (request_i.bytes != '0 && request_i.bytes <= 13'd4096);
    if (fits) assert (end_ <= {2'b01, 64'd0});
    if (begun_q) assert (allowed == (fits && (request_i.privileged || by_key)));
  end

endmodule
