// SPDX-License-Identifier: Apache-2.0
//
// The engine-held contexts, later also key slots, and the one transient context that a request reads from memory.
//
// Records come in whole and are checked; a bad one leaves the old content as it was. Keys leave only through the key
// port. Contexts are loaded and erased by command only, and never found by their address.
// A write takes effect in the next cycle; its verdict is combinational.

`default_nettype none

module context_store #(
    parameter int unsigned ContextCount = 8
) (
    input  wire logic                             clk_i,
    input  wire logic                             rst_ni,
    // Load a record
    input  wire logic                             write_i,
    input  wire logic                             write_transient_i,  // into the transient context
    input  wire logic [7:0]                       write_index_i,      // else into this one
    input  wire cce_contract_pkg::context_record_t record_i,
    output logic                                  format_error_o,     // verdict on record_i
    output logic                                  key_size_error_o,
    // Erase
    input  wire logic                             erase_all_i,
    input  wire logic                             erase_transient_i,
    input  wire logic                             erase_i,
    input  wire logic [7:0]                       erase_index_i,
    output logic [ContextCount-1:0]               valid_o,
    // Use
    input  wire logic                             select_transient_i,
    input  wire logic [7:0]                       select_index_i,
    output cce_pkg::key_port_t                    key_port_o
);

  localparam int unsigned IndexWidth = $clog2(ContextCount);
  localparam logic [7:0] RecordUnits =
      8'(cce_contract_pkg::ContextRecordBytes / cce_contract_pkg::ContextUnitBytes);

  logic [ContextCount-1:0] valid_q;
  logic [ContextCount-1:0][31:0] rights_q;
  logic [ContextCount-1:0][1:0] length_q;
  logic [ContextCount-1:0][255:0] key_q;
  logic transient_valid_q;
  logic [31:0] transient_rights_q;
  logic [1:0] transient_length_q;
  logic [255:0] transient_key_q;

  logic [1:0] length;
  logic [255:0] key;
  logic store;
  logic [IndexWidth-1:0] write_index, erase_index, select_index;

  assign write_index = write_index_i[IndexWidth-1:0];
  assign erase_index = erase_index_i[IndexWidth-1:0];
  assign select_index = select_index_i[IndexWidth-1:0];

  assign format_error_o = record_i.format != 8'(cce_contract_pkg::ContextFormatCipherKey) ||
                          record_i.units != RecordUnits || record_i.reserved0 != '0 || record_i.reserved1 != '0 ||
                          record_i.rights.reserved0 != '0 || record_i.rights.reserved1 != '0;

  // Bytes behind a short key are dropped here, so that they have no effect and need no care later.
  always_comb begin
    key_size_error_o = 1'b0;
    length = cce_pkg::KeyLength128;
    key = {128'd0, record_i.key[127:0]};
    unique case (record_i.key_length)
      8'd16: begin
        length = cce_pkg::KeyLength128;
      end
      8'd24: begin
        length = cce_pkg::KeyLength192;
        key = {64'd0, record_i.key[191:0]};
      end
      8'd32: begin
        length = cce_pkg::KeyLength256;
        key = record_i.key;
      end
      default: key_size_error_o = 1'b1;
    endcase
  end

  assign store = write_i && !format_error_o && !key_size_error_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || erase_all_i) begin
      valid_q <= '0;
      rights_q <= '0;
      length_q <= '0;
      key_q <= '0;
    end else begin
      if (erase_i) begin
        valid_q[erase_index] <= 1'b0;
        rights_q[erase_index] <= '0;
        length_q[erase_index] <= '0;
        key_q[erase_index] <= '0;
      end
      if (store && !write_transient_i) begin
        valid_q[write_index] <= 1'b1;
        rights_q[write_index] <= record_i.rights;
        length_q[write_index] <= length;
        key_q[write_index] <= key;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || erase_all_i || erase_transient_i) begin
      transient_valid_q <= 1'b0;
      transient_rights_q <= '0;
      transient_length_q <= '0;
      transient_key_q <= '0;
    end else if (store && write_transient_i) begin
      transient_valid_q <= 1'b1;
      transient_rights_q <= record_i.rights;
      transient_length_q <= length;
      transient_key_q <= key;
    end
  end

  assign valid_o = valid_q;

  always_comb begin
    key_port_o = '0;
    if (select_transient_i) begin
      key_port_o.valid = transient_valid_q;
      key_port_o.source = cce_pkg::KeySourceRecord;
      key_port_o.rights = transient_rights_q;
      key_port_o.length = cce_pkg::key_length_e'(transient_length_q);
      key_port_o.key = transient_key_q;
    end else begin
      key_port_o.valid = valid_q[select_index];
      key_port_o.source = cce_pkg::KeySourceHeld;
      key_port_o.rights = rights_q[select_index];
      key_port_o.length = cce_pkg::key_length_e'(length_q[select_index]);
      key_port_o.key = key_q[select_index];
    end
  end

  logic unused_bits;
  assign unused_bits = ^{record_i.reserved2, write_index_i, erase_index_i, select_index_i};

  // An empty context holds no key material.
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      for (int unsigned i = 0; i < ContextCount; i++) begin
        if (!valid_q[i]) assert (key_q[i] == '0);
      end
      if (!transient_valid_q) assert (transient_key_q == '0);
    end
  end

endmodule

`default_nettype wire
