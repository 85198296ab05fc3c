// SPDX-License-Identifier: Apache-2.0
//
// cce dgst: digests of files, as sha256sum and `openssl dgst` print them; and lists of such checked, as by sha256sum
// -c.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "checksum_line.h"
#include "hash_input.h"
#include "hash_names.h"

namespace cce::tool {

namespace {

/// A list of files has more lines than this only by mistake.
constexpr std::size_t list_bytes_max = std::size_t{1} << 30;

/// Names of standard input: on the command line and in lists.
std::string path_of(const std::string& name) {
    return name == "-" ? "" : name;
}

void say(const std::string& message) {
    std::fprintf(stderr, "cce: %s\n", message.c_str());
}

void say_unreadable(const std::string& name, int error) {
    say((name == "-" ? "standard input" : name) + ": " + std::strerror(error));
}

DigestFormat format_of(const DgstOptions& options) {
    static const std::map<std::string, DigestFormat> formats{
        {"sum", DigestFormat::sum},         {"tag", DigestFormat::tag},
        {"openssl", DigestFormat::openssl}, {"openssl-r", DigestFormat::openssl_r},
        {"hex", DigestFormat::hex},         {"raw", DigestFormat::raw}};
    return options.tag ? DigestFormat::tag : formats.at(options.format);
}

/// Sessions of the functions that are needed, opened when they are.
class Hashes {
public:
    Hashes(Device& device, const DgstOptions& options)
        : device_(device), information_(device.information()), options_(options) {}

    [[nodiscard]] bool offers(cce_hash hash) const { return information_.hash_supported[hash] != 0; }
    [[nodiscard]] Session& session(cce_hash hash) {
        const auto found = sessions_.find(hash);
        return found != sessions_.end() ? found->second : sessions_.emplace(hash, make(hash)).first->second;
    }

private:
    Session make(cce_hash hash) {
        HashOptions with = CCE_HASH_OPTIONS_INIT;
        if (is_cshake(hash)) {
            with.function_name = bytes_of(options_.function_name);
            with.function_name_length = options_.function_name.size();
            with.customization = bytes_of(options_.customization);
            with.customization_length = options_.customization.size();
        }
        return {device_, hash, with};
    }
    static const std::uint8_t* bytes_of(const std::string& text) {
        return reinterpret_cast<const std::uint8_t*>(text.data());
    }

    Device& device_;
    Information information_;
    const DgstOptions& options_;
    std::map<cce_hash, Session> sessions_;
};

/// Options that do not fit are refused, not ignored.
void check_options(const DgstOptions& options, cce_hash hash) {
    const std::string name = cce_hash_name(hash);
    const auto refuse = [](bool given, const std::string& option, const std::string& reason) {
        if (given) throw ToolError(exit_usage, option + ": " + reason);
    };
    refuse(!is_cshake(hash) && !options.function_name.empty(), "--function-name", name + " has none, cshake128 has");
    refuse(!is_cshake(hash) && !options.customization.empty(), "--customization", name + " has none, cshake128 has");
    if (options.check) {
        refuse(options.length.has_value(), "--length", "with --check the list says it");
        return;
    }
    refuse(is_xof(hash) && !options.length, "--length",
           name +
               " has no length of its own: say how many bytes are wanted, at least 32 against collisions if it "
               "takes the place of SHA-256");
    refuse(is_xof(hash) && (*options.length == 0 || *options.length > CCE_HASH_OUTPUT_BYTES_MAX), "--length",
           "1 byte to 1 GiB");
    refuse(!is_xof(hash) && options.length && *options.length != cce_hash_digest_bytes(hash), "--length",
           "a digest of " + name + " has " + std::to_string(cce_hash_digest_bytes(hash)) + " bytes");
    refuse(options.format == "raw" && options.files.size() > 1, "--format raw", "one file only");
    refuse(options.tag && options.format != "sum" && options.format != "tag", "--tag", "--format says another one");
}

nlohmann::json result_of(const std::string& operation, const Information& information) {
    return {{"operation", operation},
            {"backend", information.backend},
            {"choice", information.choice},
            {"files", nlohmann::json::array()},
            {"clock", "CLOCK_MONOTONIC"}};
}

int print_digests(const DgstOptions& options, cce_hash hash, bool progress) {
    const DigestFormat format = format_of(options);
    const std::size_t length = options.length.value_or(cce_hash_digest_bytes(hash));
    std::vector<std::string> files = options.files;
    if (files.empty()) files.emplace_back("-");

    Device device = open_device(options.device, options.quiet);
    const Information information = device.information();
    Hashes hashes(device, options);
    nlohmann::json json = result_of("dgst", information);
    json["hash"] = cce_hash_name(hash);
    json["driver"] = information.hash_driver[hash];
    json["digest_bytes"] = length;
    bool failed = false;
    const std::uint64_t start = monotonic_nanoseconds();
    {
        Session& session = hashes.session(hash);
        FileDigests digests(device, progress, [&](std::size_t number, const FileDigest& result) {
            const std::string& name = files.at(number);
            if (result.error != 0) {
                failed = true;
                say_unreadable(name, result.error);
                json["files"].push_back({{"name", name}, {"error", std::strerror(result.error)}});
                return;
            }
            if (options.json) {
                json["files"].push_back({{"name", name}, {"bytes", result.bytes}, {"digest", to_hex(result.digest)}});
                return;
            }
            const std::string line = checksum_line(format, hash, name, result.digest, options.zero);
            std::fwrite(line.data(), 1, line.size(), stdout);
        });
        for (const std::string& name : files) {
            digests.add(session, path_of(name), length);
        }
        digests.finish();
    }
    if (options.json) {
        json["wall_ns"] = monotonic_nanoseconds() - start;
        // A name may be any bytes; what is not UTF-8 is replaced.
        std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    }
    return failed ? exit_failure : 0;
}

/// The check of one list, with the words and the status of sha256sum -c.
class ListCheck {
public:
    ListCheck(const DgstOptions& options, Device& device, Hashes& hashes, ChecksumReader& reader, bool progress,
              nlohmann::json& files)
        : options_(options),
          hashes_(hashes),
          reader_(reader),
          files_(files),
          digests_(device, progress, [this](auto number, auto& result) { judge(number, result); }) {}

    /// Is everything as it should be?
    bool run(const std::string& list, cce_hash hash) {
        const std::string shown = list == "-" ? "'standard input'" : list;
        const Descriptor input = open_input(path_of(list));
        const SecretBytes content = read_all(input.get(), shown, list_bytes_max);
        const std::string_view text(reinterpret_cast<const char*>(content.bytes().data()), content.bytes().size());
        std::size_t number = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            take(text.substr(at, end - at), shown, ++number, hash, list == "-");
            at = end + 1;
        }
        digests_.finish();
        return verdict(shown);
    }

private:
    void take(std::string_view line, const std::string& list, std::size_t number, cce_hash hash, bool from_input) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') {
            return;
        }
        auto checksum = reader_.read(line);
        // A list from standard input can't name that as a file.
        if (!checksum || (from_input && checksum->name == "-")) {
            ++malformed_;
            if (options_.warn) {
                digests_.finish();  // messages come in the order of the lines
                say(list + ": " + std::to_string(number) + ": improperly formatted " + tag_name(hash) +
                    " checksum line");
            }
            return;
        }
        ++well_formed_;
        if (!hashes_.offers(checksum->hash)) {
            throw ToolError(exit_failure, list + ": " + std::to_string(number) + ": this backend does not offer " +
                                              cce_hash_name(checksum->hash));
        }
        // The number by which the result comes is that of the place here.
        expected_.push_back(std::move(*checksum));
        const Checksum& wanted = expected_.back();
        digests_.add(hashes_.session(wanted.hash), path_of(wanted.name), wanted.digest.size());
    }

    void judge(std::size_t number, const FileDigest& result) {
        const Checksum& wanted = expected_.at(number);
        const char* outcome = "OK";
        if (result.error == ENOENT && options_.ignore_missing) {
            return;
        }
        if (result.error != 0) {
            ++unreadable_;
            say_unreadable(wanted.name, result.error);
            outcome = "FAILED open or read";
        } else if (result.digest != wanted.digest) {
            ++mismatches_;
            outcome = "FAILED";
        } else {
            ++matches_;
        }
        if (options_.json) {
            files_.push_back({{"name", wanted.name}, {"hash", cce_hash_name(wanted.hash)}, {"result", outcome}});
        } else if (!options_.status && (!options_.quiet || outcome != std::string("OK"))) {
            std::printf("%s: %s\n", result_name(wanted.name).c_str(), outcome);
        }
    }

    bool verdict(const std::string& list) const {
        if (well_formed_ == 0) {
            say(list + ": no properly formatted checksum lines found");
            return false;
        }
        if (!options_.status) {
            const auto warn = [](std::size_t count, const char* one, const char* many) {
                if (count != 0) say("WARNING: " + std::to_string(count) + (count == 1 ? one : many));
            };
            warn(malformed_, " line is improperly formatted", " lines are improperly formatted");
            warn(unreadable_, " listed file could not be read", " listed files could not be read");
            warn(mismatches_, " computed checksum did NOT match", " computed checksums did NOT match");
            if (options_.ignore_missing && matches_ == 0) say(list + ": no file was verified");
        }
        return mismatches_ == 0 && unreadable_ == 0 && (!options_.strict || malformed_ == 0) &&
               (!options_.ignore_missing || matches_ != 0);
    }

    const DgstOptions& options_;
    Hashes& hashes_;
    ChecksumReader& reader_;
    nlohmann::json& files_;
    std::deque<Checksum> expected_;
    std::size_t well_formed_ = 0;
    std::size_t malformed_ = 0;
    std::size_t unreadable_ = 0;
    std::size_t mismatches_ = 0;
    std::size_t matches_ = 0;
    FileDigests digests_;  ///< last: the requests' results come here
};

int check_lists(const DgstOptions& options, cce_hash hash, bool progress) {
    std::vector<std::string> lists = options.files;
    if (lists.empty()) lists.emplace_back("-");
    // sha256sum -c --quiet leaves out what is OK; the backend's name is no part of its output.
    Device device = open_device(options.device, options.quiet || options.status);
    Hashes hashes(device, options);
    nlohmann::json json = result_of("check", device.information());
    ChecksumReader reader(hash, !options.algorithm.empty());
    bool good = true;
    for (const std::string& list : lists) {
        try {
            good = ListCheck(options, device, hashes, reader, progress, json["files"]).run(list, hash) && good;
        } catch (const ReadError& error) {
            say_unreadable(list, error.error());
            good = false;
        }
    }
    if (options.json) {
        json["matches"] = good;
        std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    }
    return good ? 0 : exit_failure;
}

}  // namespace

int run_dgst(const DgstOptions& options) {
    const cce_hash hash = options.algorithm.empty() ? CCE_HASH_SHA_256 : hash_of(options.algorithm, "--algorithm");
    check_options(options, hash);
    const bool progress = !options.quiet && !options.status && (options.progress || isatty(STDERR_FILENO) != 0);
    return options.check ? check_lists(options, hash, progress) : print_digests(options, hash, progress);
}

}  // namespace cce::tool
