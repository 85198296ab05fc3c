// SPDX-License-Identifier: Apache-2.0

#include "systemc/cpu/elf_file.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace cce::sim::systemc {

Program read_elf(const std::string& path) {
    const auto fail = [&](const std::string& what) { throw std::runtime_error("'" + path + "' " + what); };
    std::ifstream stream(path, std::ios::binary);
    if (!stream) fail("cannot be read");
    const std::vector<char> file{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    const auto load = [&](std::size_t offset, auto& object) {
        if (offset > file.size() || sizeof object > file.size() - offset) fail("is cut off");
        std::memcpy(&object, file.data() + offset, sizeof object);
    };
    Elf64_Ehdr header;
    load(0, header);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) fail("is no ELF file");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_RISCV || header.e_type != ET_EXEC) {
        fail("is no executable of 64-bit RISC-V");
    }
    Program program;
    program.entry = header.e_entry;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        load(header.e_phoff + std::size_t{i} * header.e_phentsize, segment);
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
        constexpr std::uint64_t most = std::uint64_t{1} << 30U;
        if (segment.p_filesz > segment.p_memsz || segment.p_memsz > most || segment.p_offset > file.size() ||
            segment.p_filesz > file.size() - segment.p_offset) {
            fail("has a segment that is cut off or too large");
        }
        Program::Segment loaded{segment.p_paddr, std::vector<std::uint8_t>(segment.p_memsz)};
        if (segment.p_filesz != 0) std::memcpy(loaded.bytes.data(), file.data() + segment.p_offset, segment.p_filesz);
        program.segments.push_back(std::move(loaded));
    }
    if (program.segments.empty()) fail("has nothing to load");
    return program;
}

}  // namespace cce::sim::systemc
