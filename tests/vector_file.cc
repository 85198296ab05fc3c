// SPDX-License-Identifier: Apache-2.0

#include "vector_file.h"

#include <fstream>

namespace cce::test {

std::vector<Vector> read_vectors(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    std::vector<Vector> vectors;
    std::map<std::string, std::string> fields;
    bool decrypt = false;
    bool in_section = false;
    const auto finish = [&] {
        if (!fields.empty()) vectors.emplace_back(decrypt, std::exchange(fields, {}));
    };
    for (std::string line; std::getline(file, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty()) {
            finish();
        } else if (line == "[ENCRYPT]" || line == "[DECRYPT]") {
            finish();
            decrypt = line == "[DECRYPT]";
            in_section = true;
        } else if (line.front() != '#') {
            const std::size_t equals = line.find(" = ");
            if (equals == std::string::npos || !in_section) {
                throw std::runtime_error(path.string() + ": cannot understand '" + line + "'");
            }
            if (!fields.emplace(line.substr(0, equals), line.substr(equals + 3)).second) {
                throw std::runtime_error(path.string() + ": two fields of one name: '" + line + "'");
            }
        }
    }
    finish();
    return vectors;
}

}  // namespace cce::test
