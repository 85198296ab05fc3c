// SPDX-License-Identifier: Apache-2.0
//
// cce_mutants: shows that lockstep finds faults of the RTL. One Verilated engine holds all planted faults, each behind
// a switch (mutate.py); each is run beside the model, with random traffic, until a pin differs, an assertion of the RTL
// fails, or the cycles are over. Without a fault nothing may be found.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "Vcce_top_mutants.h"
#include "cce_mutants.h"
#include "engine/lockstep_pins.h"
#include "engine/pin_engine.h"
#include "engine/rtl_pins.h"
#include "harness/machine.h"
#include "streams.h"
#include "traffic.h"

namespace {

unsigned chosen = 0;  ///< number of the fault, from 1 on; 0: none

}  // namespace

/// Mutants have no waves.
template <>
std::unique_ptr<cce::sim::WaveTrace> cce::sim::make_wave_trace(Vcce_top_mutants& /*model*/,
                                                               const std::string& /*path*/) {
    throw std::invalid_argument("no waves of mutants");
}

/// Nor do they count as coverage.
template <>
void cce::sim::collect_coverage(const Vcce_top_mutants& /*model*/) {}

/// The RTL asks which fault it has.
extern "C" unsigned cce_mutant() {
    return chosen;
}

namespace {

using cce::mutants::mutants;

constexpr int exit_survivor = 1;
constexpr unsigned data_bytes = 16;
/// Of the plain test run: every so many faults, and so many cycles without one, several times what a fault takes.
constexpr std::size_t plain_step = 10;
constexpr std::uint64_t plain_control_cycles = 200'000;

struct Arguments {
    std::vector<std::string> names;
    std::uint64_t seed = 1;
    std::uint64_t cycles = 3'000'000;
    bool plain = false;
    bool list = false;
    bool json = false;
};

/// How a fault was found.
struct Finding {
    std::string traffic;
    std::uint64_t cycle = 0;
    std::string message;
};

using Engine = cce::sim::PinEngine<cce::sim::LockstepPins<cce::sim::RtlPins<Vcce_top_mutants, data_bytes>>>;

template <class Traffic>
std::optional<Finding> run(const std::string& name, std::uint64_t seed, std::uint64_t cycles) {
    cce::sim::MachineOptions options;
    options.factory = [](cce::sim::EngineHost& host) {
        return std::make_unique<Engine>(host, data_bytes, data_bytes, "");
    };
    cce::sim::Machine machine(options);
    try {
        Traffic traffic(machine, seed);
        traffic.run(cycles);
    } catch (const std::exception& error) {
        return Finding{name + ", seed " + std::to_string(seed), machine.cycle(), error.what()};
    }
    return std::nullopt;
}

/// Both kinds of traffic in turn, with longer and longer runs, `limit` cycles in all.
std::optional<Finding> hunt(unsigned number, std::uint64_t first_seed, std::uint64_t limit) {
    constexpr std::uint64_t first_run = 25'000;
    chosen = number;
    std::uint64_t spent = 0;
    std::uint64_t seed = first_seed;
    for (std::uint64_t cycles = first_run; spent < limit; cycles *= 2, ++seed) {
        cycles = std::min(cycles, limit - spent);
        if (auto finding = run<cce::lockstep::Traffic>("mixed", seed, cycles)) return finding;
        if (auto finding = run<cce::lockstep::Streams>("streams", seed, cycles / 2)) return finding;
        spent += cycles + cycles / 2;
    }
    return std::nullopt;
}

/// The numbers to be run; throws CLI::ValidationError for a name that there is not.
std::vector<unsigned> numbers_of(const Arguments& arguments) {
    std::vector<unsigned> numbers;
    const auto add = [&](const std::string& name) {
        const auto* found =
            std::ranges::find(mutants, name, [](const auto& mutant) { return std::string(mutant.name); });
        if (found == mutants.end()) throw CLI::ValidationError("there is no mutant '" + name + "' (see --list)");
        numbers.push_back(static_cast<unsigned>(found - mutants.begin()) + 1);
    };
    if (!arguments.names.empty()) {
        std::ranges::for_each(arguments.names, add);
    } else {
        const std::size_t step = arguments.plain ? plain_step : 1;
        for (std::size_t i = 0; i < mutants.size(); i += step) add(mutants.at(i).name);
    }
    return numbers;
}

int report(const Arguments& arguments) {
    const std::vector<unsigned> numbers = numbers_of(arguments);
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::size_t caught = 0;
    const std::uint64_t control_cycles =
        arguments.plain ? std::min(arguments.cycles, plain_control_cycles) : arguments.cycles;
    if (const auto finding = hunt(0, arguments.seed, control_cycles)) {
        std::cerr << "without a fault, " << finding->traffic << ": " << finding->message << '\n';
        return exit_survivor;
    }
    std::cerr << "no fault: no difference in " << control_cycles << " cycles\n";
    for (const unsigned number : numbers) {
        const auto& mutant = mutants.at(number - 1);
        const auto finding = hunt(number, arguments.seed, arguments.cycles);
        std::cerr << std::left << std::setw(32) << mutant.name << (finding ? "caught: " : "SURVIVED ")
                  << (finding ? finding->traffic + ": " + finding->message : "") << '\n';
        if (finding) ++caught;
        nlohmann::ordered_json row{{"name", mutant.name}, {"file", mutant.file}, {"caught", finding.has_value()}};
        if (finding) {
            row["traffic"] = finding->traffic;
            row["cycle"] = finding->cycle;
            row["message"] = finding->message;
        }
        json.push_back(std::move(row));
    }
    if (arguments.json) std::cout << json.dump(2) << '\n';
    std::cerr << caught << " of " << numbers.size() << " planted faults caught\n";
    return caught == numbers.size() ? 0 : exit_survivor;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("Planted faults of the RTL, each of which must be found by comparison with the model");
    app.add_option("NAME", arguments.names, "Which faults (default: all)");
    app.add_option("--seed", arguments.seed, "What the traffic is made from")->capture_default_str();
    app.add_option("--cycles", arguments.cycles, "Engine cycles after which a fault has survived")
        ->capture_default_str();
    app.add_flag("--plain", arguments.plain,
                 "Unless CCE_TEST_ALL is set: every tenth fault, and fewer cycles without one");
    app.add_flag("--list", arguments.list, "Print the names and end");
    app.add_flag("--json", arguments.json, "Print what was found as JSON");
    try {
        app.parse(argc, argv);
        if (arguments.list) {
            for (const auto& mutant : mutants) std::cout << mutant.name << " (" << mutant.file << ")\n";
            return 0;
        }
        if (std::getenv("CCE_TEST_ALL") != nullptr) arguments.plain = false;
        return report(arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    } catch (const std::exception& error) {
        std::cerr << "cce_mutants: " << error.what() << '\n';
        return exit_survivor;
    }
}
