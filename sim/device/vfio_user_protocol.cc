// SPDX-License-Identifier: Apache-2.0

#include "device/vfio_user_protocol.h"

namespace cce::sim::device::vfio_user {

std::string name_of(std::uint16_t command) {
    switch (static_cast<Command>(command)) {
        case Command::version:
            return "version";
        case Command::dma_map:
            return "dma_map";
        case Command::dma_unmap:
            return "dma_unmap";
        case Command::device_get_info:
            return "device_get_info";
        case Command::device_get_region_info:
            return "device_get_region_info";
        case Command::device_get_region_io_fds:
            return "device_get_region_io_fds";
        case Command::device_get_irq_info:
            return "device_get_irq_info";
        case Command::device_set_irqs:
            return "device_set_irqs";
        case Command::region_read:
            return "region_read";
        case Command::region_write:
            return "region_write";
        case Command::dma_read:
            return "dma_read";
        case Command::dma_write:
            return "dma_write";
        case Command::device_reset:
            return "device_reset";
        case Command::region_write_multi:
            return "region_write_multi";
    }
    return "command " + std::to_string(command);
}

}  // namespace cce::sim::device::vfio_user
