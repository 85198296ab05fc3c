// SPDX-License-Identifier: Apache-2.0
//
// cce info: the backends, whether they can be used and why not, and what an opened one says of itself.

#include <cstdio>
#include <nlohmann/json.hpp>

#include "tool.h"

namespace cce::tool {

namespace {

nlohmann::json to_json(const Information& information) {
    nlohmann::json modes = nlohmann::json::array();
    nlohmann::json drivers = nlohmann::json::object();
    nlohmann::json algorithms = nlohmann::json::array();
    for (int mode = 0; mode < CCE_MODE_COUNT; ++mode) {
        if (information.mode_supported[mode] != 0) {
            const std::string name = cce_mode_name(static_cast<cce_mode>(mode));
            modes.push_back(name);
            drivers[name] = information.driver[mode];
            algorithms.push_back("aes-" + name);
        }
    }
    nlohmann::json hashes = nlohmann::json::array();
    nlohmann::json hash_drivers = nlohmann::json::object();
    for (int hash = 0; hash < CCE_HASH_COUNT; ++hash) {
        const char* known = cce_hash_name(static_cast<cce_hash>(hash));
        const std::string name = known == nullptr ? "" : known;
        if (information.hash_supported[hash] != 0) {
            hashes.push_back(name);
            hash_drivers[name] = information.hash_driver[hash];
            algorithms.push_back(name);
        }
        if (information.hmac_supported[hash] != 0) {
            hashes.push_back("hmac-" + name);
            hash_drivers["hmac-" + name] = information.hmac_driver[hash];
            algorithms.push_back("hmac-" + name);
        }
    }
    nlohmann::json result{{"backend", information.backend},
                          {"choice", information.choice},
                          {"description", information.description},
                          {"modes", modes},
                          {"drivers", drivers},
                          {"hashes", hashes},
                          {"hash_drivers", hash_drivers},
                          {"hash_streams", information.hash_streams_supported != 0}};
    if (information.engine_known != 0) {
        nlohmann::json key_bits = nlohmann::json::array();
        for (std::size_t i = 0; i < 3; ++i) {
            if (information.key_bytes_supported[i] != 0) key_bits.push_back(128 + 64 * i);
        }
        result["engine"] = {
            {"implementation", information.engine},
            {"version", std::to_string(information.version_major) + "." + std::to_string(information.version_minor)},
            {"algorithms", algorithms},
            {"key_bits", key_bits},
            {"queue_pairs", information.queue_pairs},
            {"contexts", information.contexts},
            {"regions", information.regions},
            {"data_bytes", information.data_bytes},
            {"cycle", information.cycle},
            {"simulated_cycles", information.simulated_cycles}};
    }
    return result;
}

void print_tree(const nlohmann::json& node, int indent) {
    for (const auto& [key, value] : node.items()) {
        if (value.is_object()) {
            std::printf("%*s%s:\n", indent, "", key.c_str());
            print_tree(value, indent + 2);
        } else {
            std::string text = value.is_string() ? value.get<std::string>() : value.dump();
            if (value.is_array()) {
                text.clear();
                for (const auto& element : value) {
                    text += text.empty() ? "" : " ";
                    text += element.is_string() ? element.get<std::string>() : element.dump();
                }
            }
            std::printf("%*s%-18s %s\n", indent, "", key.c_str(), text.c_str());
        }
    }
}

}  // namespace

int run_info(bool json, const DeviceOptions& options) {
    nlohmann::json result{{"version", cce_version()}, {"backends", nlohmann::json::array()}};
    for (const char* name : {"dev", "af_alg", "in-process", "software"}) {
        cce_error error{};
        const bool available = cce_probe(name, &error) == CCE_OK;
        result["backends"].push_back({{"name", name}, {"available", available}, {"reason", error.message}});
    }
    const Device device = open_device(options, true);
    result["opened"] = to_json(device.information());
    if (json) {
        std::printf("%s\n", result.dump(2).c_str());
        return 0;
    }
    std::printf("libcce %s\n\nBackends:\n", cce_version());
    for (const auto& entry : result["backends"]) {
        std::printf("  %-11s %-13s %s\n", entry["name"].get<std::string>().c_str(),
                    entry["available"].get<bool>() ? "available" : "not available",
                    entry["reason"].get<std::string>().c_str());
    }
    std::printf("\nOpened:\n");
    print_tree(result["opened"], 2);
    return 0;
}

}  // namespace cce::tool
