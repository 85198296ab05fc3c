// SPDX-License-Identifier: Apache-2.0
//
// Which client of a DMA port is served: fixed priority, lowest first. Combinational.
//
// A client may ask late in the cycle. So it is told that there is room whether it asks or not, and the last one's number is
// given if no other asks.

`default_nettype none

module dma_client_choice #(
    parameter int unsigned Clients = 2,
    localparam int unsigned IndexWidth = $clog2(Clients)
) (
    input  wire logic [Clients-1:0] valid_i,
    input  wire logic               room_i,   // the port can take a request
    output logic [Clients-1:0]      ready_o,
    output logic                    take_o,   // it takes that of `index_o`
    output logic [IndexWidth-1:0]   index_o
);

  always_comb begin
    logic earlier;

    earlier = 1'b0;
    index_o = IndexWidth'(Clients - 1);
    for (int unsigned i = 0; i < Clients; i++) begin
      ready_o[i] = room_i && !earlier;
      if (valid_i[i] && !earlier) index_o = IndexWidth'(i);
      earlier |= valid_i[i];
    end
    take_o = room_i && earlier;
  end

endmodule

`default_nettype wire
