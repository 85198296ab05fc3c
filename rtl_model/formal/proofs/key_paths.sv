// SPDX-License-Identifier: Apache-2.0
//
// proof: the bits of a key, once in the context store or in the buffer of records, have no path to anything but the key
//   loader's own registers, the context store and the key port of the cipher; one bit alone is told of them, that a
//   pair's keys are equal, and only if the descriptor asks for that
// top: cce_top
// files: cce_pkg.sv sha2/sha2_pkg.sv hash/hash_pkg.sv common/stream_fifo.sv common/round_robin_choice.sv common/round_robin_arbiter.sv common/byte_rotator.sv dma/dma_address_checker.sv
//   dma/dma_client_choice.sv dma/dma_read_port.sv dma/dma_write_port.sv dma/segment_walker.sv dma/source_buffer.sv dma/source_reader.sv
//   dma/destination_buffer.sv dma/destination_writer.sv ghash/gf128_pkg.sv ghash/gf128_multiplier.sv
//   ghash/ghash_pipelined.sv ghash/ghash_serial.sv ghash/ghash.sv aes/aes_pkg.sv aes/aes_cipher.sv
//   aes/aes_cipher_iterative.sv aes/aes_cipher_pipelined.sv aes/aes_engine.sv aes/aes_key_expander.sv
//   aes/aes_key_step.sv aes/aes_round.sv aes/aes_round_key_memory.sv aes/aes_sbox.sv aes/aes_sbox_composite.sv
//   aes/aes_sbox_memory.sv aes/aes_sub_bytes.sv aes/cipher_arbiter.sv aes/key_wrap.sv aes/key_wrap_lane.sv
//   aes/lane_unit.sv aes/stream_issue.sv aes/stream_retire.sv aes/subkey_unit.sv keyslot/context_store.sv
//   keyslot/key_loader.sv keyslot/key_eraser.sv queue/interrupt_moderator.sv queue/queue_pair.sv queue/slot_table.sv
//   queue/descriptor_fetcher.sv queue/request_dispatcher.sv queue/completion_writer.sv regs/axi_lite_subordinate.sv
//   regs/global_registers.sv regs/region_registers.sv sha2/sha2_core.sv sha3/keccak_pkg.sv
//   sha3/keccak_core.sv hash/byte_packer.sv hash/text_cipher.sv hash/hash_lane.sv hash/hash_engine.sv top/cce_top.sv
// method: structure
// engine: dataflow
// assumes: nothing; what the cipher does with a key is not looked at, and whole records pass the read port before
// option secret: u_key_loader.u_context_store.context_memory[511:0] u_key_loader.unit_memory[383:128]
// option sink: aes_cipher.key_i
// option reveal: u_key_loader.keys_equal
// option within: u_key_loader
// option parameter: SlotCount=4 QueueCount=2 ContextCount=4 StreamBlocks=64 StreamBurstBytes=256 Sha2Lanes=1
// fault register top/cce_top.sv: a register shows part of a key
// -       cce_contract_pkg::ContextValidLow: context_data = 32'(context_valid);
// +       cce_contract_pkg::ContextValidLow: context_data = 32'(context_valid) ^ key[31:0];
// fault status keyslot/key_loader.sv: a fault's status has bits of the key in it
// -   assign fault_status_o = status_q;
// +   assign fault_status_o = status_q ^ key_q[7:0];
// fault index keyslot/key_loader.sv: the cipher is told the index of a key with a bit of the key in it
// -   assign key_index_o = {state_q == StateTweakKey, slot};
// +   assign key_index_o = {state_q == StateTweakKey, slot} ^ (SlotWidth + 1)'(store_key[0]);
// fault timing keyslot/key_loader.sv: how long a key takes depends on it
// -   assign key_valid_o = state_q == StateTweakKey || state_q == StateKey;
// +   assign key_valid_o = (state_q == StateTweakKey || state_q == StateKey) && (key_q[0] || key_ready_i);

