// SPDX-License-Identifier: Apache-2.0
//
// The engine-held contexts, later also key slots: keys with their lengths and rights.
//
// Contexts are loaded and erased by command only, and never found by their address. They leave through the key loader's
// port alone. A write takes effect in the next cycle; reads are combinational. Erasing all takes a cycle a context.

`default_nettype none

module context_store #(
    parameter int unsigned ContextCount = 32,
    localparam int unsigned IndexWidth = $clog2(ContextCount)
) (
    input  wire logic                         clk_i,
    input  wire logic                         rst_ni,
    input  wire logic                         write_i,
    input  wire logic                         erase_i,
    input  wire logic [IndexWidth-1:0]        index_i,       // of writing, erasing and reading
    input  wire logic                         pair_i,        // two keys
    input  wire cce_pkg::key_length_e         length_i,
    input  wire logic [31:0]                  rights_i,      // cce_contract_pkg::context_record_rights_t
    input  wire logic [255:0]                 key_i,         // zero while anything is being erased
    input  wire logic [255:0]                 second_key_i,
    output logic                              valid_o,
    output logic                              pair_o,
    output cce_pkg::key_length_e              length_o,
    output logic [31:0]                       rights_o,
    output logic [255:0]                      key_o,
    output logic [255:0]                      second_key_o,
    input  wire logic                         erase_all_i,   // pulse
    output logic                              erasing_o,
    output logic [ContextCount-1:0]           valid_all_o
);

  localparam int unsigned Width = 1 + 2 + 32 + 256 + 256;

  logic [Width-1:0] context_memory [ContextCount];
  logic [ContextCount-1:0] valid_q;
  logic erasing_q;
  logic [IndexWidth-1:0] erase_index_q;
  logic [1:0] length;

  assign {pair_o, length, rights_o, key_o, second_key_o} = context_memory[index_i];
  assign length_o = cce_pkg::key_length_e'(length);
  assign valid_o = valid_q[index_i];
  assign valid_all_o = valid_q;
  assign erasing_o = erasing_q;

  // Reset erases as well: nothing of an earlier life is left in the memory.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      erasing_q <= 1'b1;
      erase_index_q <= '0;
    end else begin
      if (write_i) valid_q[index_i] <= 1'b1;
      if (erase_i) valid_q[index_i] <= 1'b0;
      if (erase_all_i) begin
        valid_q <= '0;
        erasing_q <= 1'b1;
        erase_index_q <= '0;
      end else if (erasing_q) begin
        erase_index_q <= erase_index_q + IndexWidth'(1);
        if (&erase_index_q) erasing_q <= 1'b0;
      end
    end
  end

  // Of what is erased, the keys' zeros come from outside: a gate for each of their bits would be half of this block.
  logic erases;
  logic [IndexWidth-1:0] write_index;
  logic [34:0] write_rest;
  assign erases = erasing_q || erase_i;
  assign write_index = erasing_q ? erase_index_q : index_i;
  assign write_rest = erases ? '0 : {pair_i, 2'(length_i), rights_i};
  always_ff @(posedge clk_i) begin
    if (erases || write_i) context_memory[write_index] <= {write_rest, key_i, second_key_i};
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(write_i && erase_i));
      if (write_i || erase_i) assert (!erasing_q);
      if (erases) assert (key_i == '0 && second_key_i == '0);
    end
  end

endmodule

`default_nettype wire
