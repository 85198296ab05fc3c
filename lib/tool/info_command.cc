// SPDX-License-Identifier: Apache-2.0
//
// cce info: the backends, whether they can be used and why not, and what an opened one says of itself.

#include <cstdio>

#include "tool.h"

namespace cce::tool {

namespace {

nlohmann::json to_json(const Information& information) {
    nlohmann::json result{{"backend", information.backend},
                          {"choice", information.choice},
                          {"description", information.description},
                          {"drivers",
                           {{"ecb", information.driver[CCE_MODE_ECB]},
                            {"cbc", information.driver[CCE_MODE_CBC]},
                            {"ctr", information.driver[CCE_MODE_CTR]}}}};
    if (information.engine_known != 0) {
        nlohmann::json algorithms = nlohmann::json::array();
        const std::array<const char*, 3> names{"aes-ecb", "aes-cbc", "aes-ctr"};
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (information.mode_supported[i] != 0) algorithms.push_back(names.at(i));
        }
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
            const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
            std::printf("%*s%-18s %s\n", indent, "", key.c_str(), text.c_str());
        }
    }
}

}  // namespace

int run_info(bool json, const std::string& backend) {
    nlohmann::json result{{"version", cce_version()}, {"backends", nlohmann::json::array()}};
    for (const char* name : {"af_alg", "in-process", "software"}) {
        cce_error error{};
        const bool available = cce_probe(name, &error) == CCE_OK;
        result["backends"].push_back({{"name", name}, {"available", available}, {"reason", error.message}});
    }
    const Device device(backend);
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
