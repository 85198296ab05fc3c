// SPDX-License-Identifier: Apache-2.0
//
// The table of memory regions. Entry 0, the kernel's unrestricted region, has no registers. Combinational reads.
// A region's end is added up when its base or size is written, and is there together with them.

`default_nettype none

module region_registers #(
    parameter int unsigned RegionCount = 2
) (
    input  wire logic                         clk_i,
    input  wire logic                         rst_ni,
    input  wire logic                         write_i,
    input  wire logic [11:0]                  offset_i,
    input  wire logic [31:0]                  data_i,
    output logic [31:0]                       data_o,
    output logic                              known_o,
    output logic [RegionCount-1:0][63:0]      base_o,
    output logic [RegionCount-1:0][64:0]      end_o,     // first byte behind
    output logic [RegionCount-1:0][31:0]      access_o
);

  localparam int unsigned OffsetWidth = $clog2(cce_contract_pkg::RegionStride);
  localparam int unsigned RegionIndexWidth = 12 - OffsetWidth;

  logic [RegionCount-1:0][63:0] base_q, base_d, size_q, size_d;
  logic [RegionCount-1:0][64:0] end_q;
  logic [RegionCount-1:0][31:0] access_q;
  logic [RegionIndexWidth-1:0] index;
  logic [11:0] offset;
  cce_contract_pkg::region_access_t access_write;

  assign index = offset_i[11:OffsetWidth];
  assign offset = 12'(offset_i[OffsetWidth-1:0]);

  // Reserved bits stay 0.
  always_comb begin
    access_write = data_i;
    access_write.reserved0 = '0;
    access_write.reserved1 = '0;
  end

  always_comb begin
    base_d = base_q;
    size_d = size_q;
    for (int unsigned i = 1; i < RegionCount; i++) begin
      if (write_i && index == RegionIndexWidth'(i)) begin
        unique case (offset)
          cce_contract_pkg::RegionBaseLow: base_d[i][31:0] = data_i;
          cce_contract_pkg::RegionBaseHigh: base_d[i][63:32] = data_i;
          cce_contract_pkg::RegionSizeLow: size_d[i][31:0] = data_i;
          cce_contract_pkg::RegionSizeHigh: size_d[i][63:32] = data_i;
          default: ;
        endcase
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      base_q <= '0;
      size_q <= '0;
      end_q <= '0;
      access_q <= '0;
    end else begin
      base_q <= base_d;
      size_q <= size_d;
      for (int unsigned i = 1; i < RegionCount; i++) begin
        end_q[i] <= {1'b0, base_d[i]} + {1'b0, size_d[i]};
        if (write_i && index == RegionIndexWidth'(i) && offset == cce_contract_pkg::RegionAccess) access_q[i] <= access_write;
      end
    end
  end

  always_comb begin
    known_o = 1'b0;
    data_o = '0;
    for (int unsigned i = 1; i < RegionCount; i++) begin
      if (index == RegionIndexWidth'(i)) begin
        known_o = 1'b1;
        unique case (offset)
          cce_contract_pkg::RegionBaseLow: data_o = base_q[i][31:0];
          cce_contract_pkg::RegionBaseHigh: data_o = base_q[i][63:32];
          cce_contract_pkg::RegionSizeLow: data_o = size_q[i][31:0];
          cce_contract_pkg::RegionSizeHigh: data_o = size_q[i][63:32];
          cce_contract_pkg::RegionAccess: data_o = access_q[i];
          default: known_o = 1'b0;
        endcase
      end
    end
  end

  assign base_o = base_q;
  assign end_o = end_q;
  assign access_o = access_q;

endmodule

`default_nettype wire
