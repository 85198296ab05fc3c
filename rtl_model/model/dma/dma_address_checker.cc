// SPDX-License-Identifier: Apache-2.0

#include "dma/dma_address_checker.h"

#include "cce_contract.hpp"

namespace cce::model {

namespace {

constexpr std::uint64_t page_bytes = 4096;

}  // namespace

bool DmaAddressChecker::allowed(const DmaRequest& request, bool write, const RegionTable& regions) {
    namespace page = contract::region_page;
    if (request.address % page_bytes + request.bytes > page_bytes) return false;
    if (request.privileged) return true;
    if (request.region == contract::region_unrestricted) return request.unrestricted;
    const unsigned index = request.region & 0xff;
    const unsigned tag = request.region >> 8;
    if (index == 0 || index >= Configuration::region_count) return false;
    const std::uint32_t access = regions.access[index];
    const std::uint64_t base = regions.base[index];
    const std::uint64_t size = regions.size[index];
    const std::uint64_t offset = request.address - base;
    return page::access_valid.get(access) != 0 && page::access_tag.get(access) == tag &&
           page::access_owner_queue.get(access) == request.queue_index &&
           (write ? page::access_write : page::access_read).get(access) != 0 && request.address >= base &&
           request.bytes <= size && offset <= size - request.bytes;
}

}  // namespace cce::model
