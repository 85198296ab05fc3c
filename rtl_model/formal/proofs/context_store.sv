// SPDX-License-Identifier: Apache-2.0
//
// proof: a context of context_store that is not valid holds zeros, whether it was never loaded, was erased, or all were;
//   erasing all takes ContextCount cycles; a context that was loaded gives back what was loaded until it is erased
// top: proof_context_store
// files: cce_pkg.sv keyslot/context_store.sv
// method: induction
// engine: ind
// depth: 2
// assumes: nothing is written or erased singly while all are being erased, and no key is shown while anything is erased
//   (key_loader takes no job then, holds no key in a job that erases, and the engine's reset erases when no request is in
//   flight; asserted in every simulation)
// fault reset keyslot/context_store.sv: a reset leaves the memory as it was
// -   assign erases = erasing_q || erase_i;
// +   assign erases = (erasing_q && valid_q != '0) || erase_i;
// fault erase keyslot/context_store.sv: an erased context keeps its keys
// -   assign erases = erasing_q || erase_i;
// +   assign erases = erasing_q;
// fault short keyslot/context_store.sv: erasing all stops one context early
// -         if (&erase_index_q) erasing_q <= 1'b0;
// +         if (&erase_index_q[IndexWidth-1:1]) erasing_q <= 1'b0;

module proof_context_store (
    input wire logic         clk_i,
    input wire logic         write_i,
    input wire logic         erase_i,
    input wire logic [1:0]   index_i,
    input wire logic         pair_i,
    input wire logic [1:0]   length_i,
    input wire logic [31:0]  rights_i,
    input wire logic [255:0] key_i,
    input wire logic [255:0] second_key_i,
    input wire logic         erase_all_i
);

  logic rst_nq = 1'b0;
  logic valid, pair, erasing;
  logic [1:0] length;
  logic [31:0] rights;
  logic [255:0] key, second_key;
  logic [3:0] valid_all;

  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  context_store #(
      .ContextCount(4)
  ) u_store (
      .clk_i,
      .rst_ni(rst_nq),
      .write_i,
      .erase_i,
      .index_i,
      .pair_i,
      .length_i(cce_pkg::key_length_e'(length_i)),
      .rights_i,
      .key_i,
      .second_key_i,
      .valid_o(valid),
      .pair_o(pair),
      .length_o(length),
      .rights_o(rights),
      .key_o(key),
      .second_key_o(second_key),
      .erase_all_i,
      .erasing_o(erasing),
      .valid_all_o(valid_all)
  );

  // One context, freely chosen.
  (* anyconst *) logic [1:0] context;
  (* hierconn *) logic [1:0] \u_store.erase_index_q ;
  (* hierconn *) logic [1:0] \u_store.probe_index ;
  (* hierconn *) logic [546:0] \u_store.probe ;
  assign \u_store.probe_index = context;

  logic [546:0] loaded_q;
  logic [2:0] since_q = '0;          // cycles of erasing so far

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      assume (!(write_i && erase_i));
      if (erasing) assume (!write_i && !erase_i);
      if (erasing || erase_i) assume (key_i == '0 && second_key_i == '0);

      if (!erasing && !valid_all[context]) assert (\u_store.probe == '0);
      if (erasing && context < \u_store.erase_index_q ) assert (\u_store.probe == '0);
      if (erasing) assert (!valid_all[context] && since_q == {1'b0, \u_store.erase_index_q });
      assert (since_q < 3'd4);
      if (valid_all[context]) begin
        assert (\u_store.probe == loaded_q);
        if (index_i == context) assert (valid && {pair, length, rights, key, second_key} == loaded_q);
      end
    end
    if (rst_nq && write_i && index_i == context) loaded_q <= {pair_i, length_i, rights_i, key_i, second_key_i};
    since_q <= rst_nq && !erase_all_i && erasing ? since_q + 3'd1 : 3'd0;
    if (rst_nq && erasing && !erase_all_i && \u_store.erase_index_q == 2'd3) since_q <= '0;
  end

endmodule

// inside context_store
  logic [IndexWidth-1:0] probe_index;
  logic [Width-1:0] probe;
  assign probe = context_memory[probe_index];
// end inside
