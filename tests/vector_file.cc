// SPDX-License-Identifier: Apache-2.0

#include "vector_file.h"

#include <algorithm>
#include <fstream>

namespace cce::test {

namespace {

using Fields = std::map<std::string, std::string>;

/// The lines of one file, one after another.
class Reader {
public:
    Reader(const std::filesystem::path& path, std::string mark) : path_(path), mark_(std::move(mark)) {}

    void line(std::string line) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty()) {
            finish();
        } else if (line.front() == '[' && line.back() == ']') {
            finish();
            section(line.substr(1, line.size() - 2));
        } else if (line == "FAIL") {
            add(paragraph_, line, "", line);
        } else if (line.front() != '#') {
            field(paragraph_, line);
        }
    }
    std::vector<Vector> take() {
        finish();
        return std::move(vectors_);
    }

private:
    void section(const std::string& text) {
        if (text == "ENCRYPT" || text == "DECRYPT") {
            decrypt_ = text == "DECRYPT";
            return;
        }
        if (text.find('=') == std::string::npos) return;
        Fields fields;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t comma = std::min(text.find(", ", begin), text.size());
            field(fields, text.substr(begin, comma - begin));
            begin = comma + 2;
        }
        for (auto& [name, value] : fields) common_[name] = value;
    }
    void field(Fields& fields, const std::string& line) const {
        const std::size_t equals = line.find(" =");
        if (equals == std::string::npos || (equals + 2 < line.size() && line[equals + 2] != ' ')) refuse(line);
        const std::string name = line.substr(0, equals);
        add(fields, name == "Count" ? "COUNT" : name, equals + 3 < line.size() ? line.substr(equals + 3) : "", line);
    }
    void add(Fields& fields, const std::string& name, const std::string& value, const std::string& line) const {
        if (!fields.emplace(name, value).second) {
            throw std::runtime_error(path_.string() + ": two fields of one name: '" + line + "'");
        }
    }
    [[noreturn]] void refuse(const std::string& line) const {
        throw std::runtime_error(path_.string() + ": cannot understand '" + line + "'");
    }
    void finish() {
        Fields fields = std::exchange(paragraph_, {});
        if (fields.empty()) return;
        if (!fields.contains(mark_)) {
            for (auto& [name, value] : fields) common_[name] = value;
            return;
        }
        fields.insert(common_.begin(), common_.end());
        vectors_.emplace_back(decrypt_, std::move(fields));
    }

    std::filesystem::path path_;
    std::string mark_;
    Fields common_;
    Fields paragraph_;
    bool decrypt_ = false;
    std::vector<Vector> vectors_;
};

}  // namespace

std::vector<Vector> read_vectors(const std::filesystem::path& path, const std::string& mark) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    Reader reader(path, mark);
    for (std::string line; std::getline(file, line);) reader.line(std::move(line));
    return reader.take();
}

}  // namespace cce::test
