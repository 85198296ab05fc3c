// SPDX-License-Identifier: Apache-2.0
//
// Types that the engine's blocks share among themselves. What software sees is in cce_contract_pkg (generated).

package cce_pkg;

  // Beats of the longest DMA burst. Bursts start or end at multiples of BurstBeats beats, so that none crosses 4 KiB
  // at any data width up to 1024 bits (AXI4, A3.4.1).
  localparam int unsigned BurstBeats = 16;

  // Clients of the DMA read port; also their AXI IDs. Lower numbers win.
  localparam int unsigned ReadClients = 4;
  typedef enum logic [1:0] {
    ReadClientControl = 2'd0,  // descriptors and context records
    ReadClientSourceList = 2'd1,
    ReadClientDestinationList = 2'd2,
    ReadClientData = 2'd3
  } read_client_e;

  // Clients of the DMA write port; also their AXI IDs. Lower numbers win.
  localparam int unsigned WriteClients = 2;
  typedef enum logic [0:0] {
    WriteClientCompletion = 1'd0,
    WriteClientData = 1'd1
  } write_client_e;

  // One burst's worth of bytes, with all that the address checker needs to know.
  typedef struct packed {
    logic privileged;     // ring access set up through privileged registers: the region key is not looked at
    logic unrestricted;   // the queue may use the unrestricted region
    logic [7:0] queue_index;
    logic [15:0] region;  // region key
    logic [63:0] address;
    logic [12:0] bytes;   // 1 to 4096, inside one 4 KiB page
  } dma_request_t;
  localparam int unsigned DmaRequestWidth = 103;

  // A refused DMA access. reason is cce_contract_pkg::fault_reason_e.
  typedef struct packed {
    logic valid;
    logic write;
    logic [1:0] reason;
    logic [63:0] address;
  } dma_fault_t;

  // What a stream of text has in common, from the controller to reader and writer.
  typedef struct packed {
    logic unrestricted;
    logic [7:0] queue_index;
    logic is_list;         // address is that of a scatter-gather list
    logic [15:0] region;   // region key of the data or of the list
    logic [63:0] address;
    logic [31:0] length;   // bytes of text, at least 1
  } stream_command_t;

  // AES key lengths.
  typedef enum logic [1:0] {
    KeyLength128 = 2'd0,
    KeyLength192 = 2'd1,
    KeyLength256 = 2'd2
  } key_length_e;

  // Where the key on the key port came from.
  typedef enum logic [0:0] {
    KeySourceRecord = 1'd0,  // a context record read from memory for one request
    KeySourceHeld = 1'd1     // an engine-held context
  } key_source_e;

  // The internal key port: the only way for a key to reach a cipher. Key byte 0 is in bits 7:0.
  typedef struct packed {
    logic valid;           // a key stands here
    key_source_e source;
    logic [31:0] rights;   // cce_contract_pkg::context_record_rights_t
    key_length_e length;
    logic [255:0] key;
  } key_port_t;

endpackage
