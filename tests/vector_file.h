// SPDX-License-Identifier: Apache-2.0
//
// Vector files of NIST CAVP (.rsp, .txt) and of the RFCs (.txt), as the Debian package python3-cryptography-vectors
// holds them.

#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cce::test {

/// One entry of a vector file. Taking a field marks it as read.
class Vector {
public:
    Vector(bool decrypt, std::map<std::string, std::string> fields) : decrypt_(decrypt), fields_(std::move(fields)) {}

    [[nodiscard]] bool decrypt() const { return decrypt_; }
    [[nodiscard]] bool has(const std::string& name) const { return fields_.contains(name); }
    std::string take(const std::string& name) {
        const auto found = fields_.find(name);
        if (found == fields_.end()) throw std::runtime_error("the field " + name + " is missing");
        read_.insert(name);
        return found->second;
    }
    /// The field as a decimal number.
    unsigned take_number(const std::string& name) { return static_cast<unsigned>(std::stoul(take(name))); }
    /// A field that nobody has read, or an empty text.
    [[nodiscard]] std::string unread() const {
        for (const auto& [name, value] : fields_) {
            if (!read_.contains(name)) return name;
        }
        return {};
    }

private:
    bool decrypt_;
    std::map<std::string, std::string> fields_;
    std::set<std::string> read_;
};

/// Reads a .rsp or .txt file. Throws std::runtime_error if it can't be read or holds anything else than
///
/// - [ENCRYPT] and [DECRYPT]: the direction of the vectors that follow;
/// - [NAME = value, ...], and paragraphs of `NAME = value` without a COUNT: fields that all vectors have from there on;
/// - other text in brackets: the name of a section, which is not looked at;
/// - paragraphs of `NAME = value` with a COUNT (or Count): the vectors. `FAIL` alone is a field without a value.
///
/// `mark`: the field that makes a paragraph a vector, in files that do not count theirs.
std::vector<Vector> read_vectors(const std::filesystem::path& path, const std::string& mark = "COUNT");

}  // namespace cce::test
