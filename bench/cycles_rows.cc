// SPDX-License-Identifier: Apache-2.0

#include "cycles_rows.h"

#include <algorithm>
#include <array>
#include <string>

namespace cce::bench {

namespace {

using contract::CipherMode;
using contract::HashMode;

constexpr std::uint32_t kib = 1024;
constexpr std::uint32_t tag = 16;

/// Large requests, aligned to 64 bytes, each with its own key in memory.
Workload large(CipherMode mode, bool decrypt, unsigned depth) {
    Workload work;
    work.mode = mode;
    work.decrypt = decrypt;
    work.text_bytes = 16 * kib;
    work.depth = depth;
    if (mode == CipherMode::gcm || mode == CipherMode::ccm || mode == CipherMode::cmac) work.tag_bytes = tag;
    return work;
}

/// GCM of so many bytes.
Workload gcm(std::uint32_t text_bytes, bool held, unsigned depth) {
    Workload work;
    work.mode = CipherMode::gcm;
    work.text_bytes = text_bytes;
    work.tag_bytes = tag;
    work.held = held;
    work.depth = depth;
    return work;
}

void add_large(std::vector<Row>& list) {
    constexpr double goal = 15.7;
    constexpr unsigned depth = 8;
    const auto add = [&](const char* name, const char* text, CipherMode mode, bool decrypt, unsigned key_bits = 256) {
        Row row{.group = 1, .name = name, .text = text, .workload = large(mode, decrypt, depth), .goal = goal};
        row.workload.key_bits = key_bits;
        list.push_back(row);
    };
    add("ecb-encrypt", "ECB encryption, 256-bit key", CipherMode::ecb, false);
    add("ecb-decrypt", "ECB decryption, 256-bit key", CipherMode::ecb, true);
    add("cbc-decrypt", "CBC decryption, 256-bit key", CipherMode::cbc, true);
    add("ctr", "CTR, 256-bit key", CipherMode::ctr, false);
    add("xts-encrypt", "XTS encryption, 256-bit keys", CipherMode::xts, false);
    add("xts-decrypt", "XTS decryption, 256-bit keys", CipherMode::xts, true);
    add("gcm-encrypt", "GCM encryption, 256-bit key", CipherMode::gcm, false);
    add("gcm-decrypt", "GCM decryption, 256-bit key", CipherMode::gcm, true);
    add("gcm-encrypt-128", "GCM encryption, 128-bit key", CipherMode::gcm, false, 128);
}

void add_chained(std::vector<Row>& list) {
    constexpr unsigned depth = 64;
    const auto add = [&](unsigned group, const char* name, const char* text, CipherMode mode, double goal) {
        list.push_back(
            {.group = group, .name = name, .text = text, .workload = large(mode, false, depth), .goal = goal});
    };
    add(2, "cbc-encrypt", "CBC encryption, 256-bit key", CipherMode::cbc, 15.2);
    add(2, "cmac", "CMAC, 256-bit key", CipherMode::cmac, 15.2);
    add(3, "ccm-encrypt", "CCM encryption, 256-bit key", CipherMode::ccm, 7.6);
}

void add_scattered(std::vector<Row>& list) {
    Row ctr{.group = 4, .name = "ctr-scattered", .text = "CTR, 256-bit key", .goal = 15};
    ctr.workload = large(CipherMode::ctr, false, 8);
    ctr.workload.source = {1, 7, 3, 13};
    ctr.workload.destination = {5, 9, 15, 11};
    list.push_back(ctr);

    const auto packet = [&](const char* name, const char* text, std::uint32_t source, std::uint32_t destination) {
        Row row{.group = 5, .name = name, .text = text, .goal = 13, .requests = 512};
        row.workload = gcm(1420, false, 32);
        row.workload.aad_bytes = 12;
        row.workload.source = {source};
        row.workload.destination = {destination};
        list.push_back(row);
    };
    packet("gcm-packet-source", "source at offset 1", 1, 0);
    packet("gcm-packet-destination", "destination at offset 1", 0, 1);
    packet("gcm-packet-both", "both at offset 1", 1, 1);
}

void add_small(std::vector<Row>& list) {
    constexpr unsigned depth = 32;
    Row sector{.group = 6, .name = "xts-512", .text = "XTS, 256-bit keys, engine-held context"};
    sector.figure = Figure::cycles_per_request;
    sector.workload.mode = CipherMode::xts;
    sector.workload.text_bytes = 512;
    sector.workload.held = true;
    sector.workload.depth = depth;
    sector.goal = 40;
    sector.requests = 512;
    list.push_back(sector);

    const auto small = [&](unsigned group, const char* name, const char* text, bool held, double goal) {
        Row row{.group = group, .name = name, .text = text, .figure = Figure::cycles_per_request};
        row.workload = gcm(64, held, depth);
        row.goal = goal;
        row.requests = 1024;
        list.push_back(row);
    };
    small(7, "gcm-64-held", "GCM, 256-bit key, engine-held context", true, 16);
    small(8, "gcm-64-memory", "GCM, a 256-bit key in memory for each request", false, 24);
}

void add_latency(std::vector<Row>& list) {
    for (const bool held : {true, false}) {
        for (const unsigned key_bits : {128U, 192U, 256U}) {
            const std::string bits = std::to_string(key_bits);
            Row row{.group = 9, .name = std::string("latency-") + (held ? "held-" : "memory-") + bits};
            row.text = bits + "-bit key, " + (held ? "engine-held context" : "in memory");
            row.figure = Figure::latency;
            row.workload = gcm(4 * kib, held, 1);
            row.workload.key_bits = key_bits;
            row.workload.source = {page_aligned};
            row.workload.destination = {page_aligned};
            row.goal = held ? 360 : 400;
            row.requests = latency_runs;
            list.push_back(row);
        }
    }
}

/// Messages of so many bytes.
Workload hash(HashMode mode, std::uint32_t text_bytes, unsigned depth) {
    Workload work;
    work.hash = mode;
    work.text_bytes = text_bytes;
    work.depth = depth;
    return work;
}

void add_hash(std::vector<Row>& list) {
    const auto block = [&](const char* name, const char* text, HashMode mode, double goal) {
        // Whole blocks, so that twice the length is twice the blocks.
        const auto bytes = static_cast<std::uint32_t>(sim::hash_block_bytes(mode)) * 512;
        list.push_back({.group = 11,
                        .name = name,
                        .text = text,
                        .figure = Figure::cycles_per_block,
                        .workload = hash(mode, bytes, 1),
                        .goal = goal,
                        .requests = latency_runs});
    };
    block("sha-256-block", "SHA-256, 64 bytes", HashMode::sha_256, 33);
    block("sha-512-block", "SHA-512, 128 bytes", HashMode::sha_512, 41);
    block("sha3-256-block", "SHA3-256, 136 bytes", HashMode::sha3_256, 13);
    block("sha3-512-block", "SHA3-512, 72 bytes", HashMode::sha3_512, 13);

    const auto streams = [&](const char* name, const char* text, HashMode mode, double goal) {
        list.push_back({.group = 12, .name = name, .text = text, .workload = hash(mode, 16 * kib, 16), .goal = goal});
    };
    streams("sha-256-streams", "SHA-256", HashMode::sha_256, 7.5);
    streams("sha-512-streams", "SHA-512", HashMode::sha_512, 12);
    streams("sha3-256-streams", "SHA3-256", HashMode::sha3_256, 10);

    const auto small = [&](const char* name, const char* text, HashMode mode) {
        Row row{.group = 13, .name = name, .text = text, .figure = Figure::cycles_per_request};
        row.workload = hash(mode, 64, 32);
        row.goal = 24;
        row.requests = 512;
        list.push_back(row);
    };
    small("sha-256-64", "SHA-256", HashMode::sha_256);

    const auto keyed = [&](const char* name, const char* text, HashMode mode, double goal) {
        Row row{.group = 14, .name = name, .text = text, .figure = Figure::cycles_over_plain};
        row.workload = hash(mode, 4 * kib, 1);
        row.workload.keyed = true;
        row.goal = goal;
        row.requests = latency_runs;
        list.push_back(row);
    };
    keyed("hmac-sha-256", "HMAC-SHA-256 over SHA-256", HashMode::sha_256, 2 * 33);
    keyed("hmac-sha-512", "HMAC-SHA-512 over SHA-512", HashMode::sha_512, 2 * 41);
}

/// Cipher and HMAC over one text: by one request, and by two, one behind the other.
void add_one_pass(std::vector<Row>& list) {
    struct Kind {
        const char* name;
        const char* text;
        CipherMode mode;
        bool decrypt;
    };
    struct Function {
        const char* name;
        const char* text;
        HashMode mode;
        double block_cycles;
    };
    constexpr std::array kinds{Kind{"ctr", "CTR", CipherMode::ctr, false},
                               Kind{"cbc-decrypt", "CBC decryption", CipherMode::cbc, true},
                               Kind{"cbc-encrypt", "CBC encryption", CipherMode::cbc, false}};
    constexpr std::array functions{Function{"sha-256", "SHA-256", HashMode::sha_256, 33},
                                   Function{"sha-512", "SHA-512", HashMode::sha_512, 41}};
    constexpr double chained_block_cycles = 33;  // CBC encryption: one block of 16 bytes is in the cipher
    const auto add = [&](unsigned group, const Kind& kind, const Function& function, Figure figure, unsigned depth,
                         double one_goal, double two_goal) {
        for (const auto both : {Workload::Both::one_pass, Workload::Both::two_requests}) {
            const bool one = both == Workload::Both::one_pass;
            Row row{.group = group, .figure = figure, .goal = one ? one_goal : two_goal};
            row.name = std::string(one ? "pass-" : "two-") + kind.name + "-" + function.name;
            if (depth != 1) row.name += figure == Figure::bus_bytes ? "-bus" : "-" + std::to_string(depth);
            row.text = std::string(kind.text) + ", " + function.text + (one ? "" : ", two requests");
            if (figure == Figure::bytes_per_cycle) row.text += ", " + std::to_string(depth) + " posted";
            row.workload.mode = kind.mode;
            row.workload.hash = function.mode;
            row.workload.decrypt = kind.decrypt;
            row.workload.keyed = true;
            row.workload.both = both;
            row.workload.text_bytes = 16 * kib;
            row.workload.depth = depth;
            row.requests = depth == 1 ? latency_runs : 64;
            list.push_back(row);
        }
    };
    // A block of the hash: what the slower of the two takes; by two requests one behind the other.
    const auto cipher_cycles = [&](const Kind& kind, const Function& function) {
        const auto block = static_cast<double>(sim::hash_block_bytes(function.mode));
        return (kind.mode == CipherMode::cbc && !kind.decrypt ? chained_block_cycles : 1) * block / 16;
    };
    const auto for_each = [&](const auto& make) {
        for (const Function& function : functions) {
            for (const Kind& kind : kinds) make(kind, function);
        }
    };
    for_each([&](const Kind& kind, const Function& function) {
        const double cipher = cipher_cycles(kind, function);
        add(15, kind, function, Figure::cycles_per_block, 1, std::max(cipher, function.block_cycles),
            cipher + function.block_cycles + 1);
    });
    for_each([&](const Kind& kind, const Function& function) {
        // Lanes of the hash engine: each has a request to its end, and takes some time to begin and to end it.
        constexpr double lanes = 4, share = 0.92;
        const auto block = static_cast<double>(sim::hash_block_bytes(function.mode));
        const double goal = share * lanes * block / std::max(cipher_cycles(kind, function), function.block_cycles);
        for (const unsigned depth : {4U, 16U}) add(16, kind, function, Figure::bytes_per_cycle, depth, goal, 0);
    });
    for (const Function& function : functions) add(17, kinds[0], function, Figure::bus_bytes, 16, 2.1, 3.1);
}

}  // namespace

const char* unit(Figure figure) {
    switch (figure) {
        case Figure::bytes_per_cycle:
            return "bytes per cycle";
        case Figure::cycles_per_request:
            return "cycles per request";
        case Figure::cycles_per_block:
            return "cycles per block";
        case Figure::bus_bytes:
            return "bytes of the bus per byte";
        default:
            return "cycles";
    }
}

const std::vector<Row>& rows() {
    static const std::vector<Row> list = [] {
        std::vector<Row> made;
        add_large(made);
        add_chained(made);
        add_scattered(made);
        add_small(made);
        add_latency(made);
        add_hash(made);
        add_one_pass(made);
        return made;
    }();
    return list;
}

std::string heading(unsigned group) {
    switch (group) {
        case 1:
            return "16 KiB, 8 requests posted: bytes per cycle, of 16";
        case 2:
            return "each block waits for the one before, 16 KiB, 64 posted: bytes per cycle, of 16";
        case 3:
            return "the same, two passes of the cipher a block: bytes per cycle, of 8";
        case 4:
            return "16 KiB in 4 segments at odd addresses, both sides, 8 posted: bytes per cycle, of 16";
        case 5:
            return "GCM of 1,420 bytes with 12 of AAD, 256-bit key, 32 posted: bytes of text per cycle";
        case 6:
            return "units of 512 bytes, 32 posted: cycles per request";
        case 7:
            return "64 bytes, 32 posted: cycles per request";
        case 8:
            return "64 bytes, 32 posted, a new key each: cycles per request";
        case 9:
            return "GCM of 4 KiB alone: cycles from the doorbell to the end of the completion entry";
        case 11:
            return "one message alone: cycles per block, from 512 to 1,024 blocks";
        case 12:
            return "messages of 16 KiB, 16 posted: bytes per cycle";
        case 13:
            return "messages of 64 bytes, 32 posted: cycles per request";
        case 14:
            return "4 KiB alone, session open: cycles more than without a key (goal: two blocks)";
        case 15:
            return "cipher and HMAC over one text, alone: cycles per block of the hash, from 16 to 32 KiB";
        case 16:
            return "the same, 16 KiB, several posted: bytes of text per cycle";
        case 17:
            return "the same, 16 posted: bytes over the bus, both ways, per byte of text";
        default:
            return "";
    }
}

}  // namespace cce::bench
