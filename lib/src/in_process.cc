// SPDX-License-Identifier: Apache-2.0
//
// The in-process backend: the engine simulated in this process, driven through one queue pair. The only file of the
// library that knows sim/.

#include <cstdio>
#include <map>

#include "backends.h"
#include "block_mode.h"
#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::internal {

namespace {

namespace contract = cce::contract;

constexpr std::size_t piece_bytes = std::size_t{1} << 20;
/// Engine cycles between two looks at the completion ring.
constexpr std::uint64_t look_cycles = 16;
/// Engine cycles without any completion, for each request and byte outstanding, after which the engine counts as hung.
constexpr std::uint64_t patience_cycles = 1'000'000;
constexpr std::uint64_t patience_cycles_per_byte = 64;
constexpr unsigned ring_log2 = 7;
static_assert((1U << ring_log2) > CCE_QUEUE_DEPTH);
/// Tickets of the library stay below; requests of run() use this one.
constexpr Ticket run_ticket = 0xffff'ffff;

/// The machine, its queue, and the requests in it.
class Station {
public:
    explicit Station(const std::string& engine) : machine_(options(engine)), queue_(machine_, 0, queue_options()) {
        queue_.start();
    }

    sim::Machine& machine() { return machine_; }

    void submit(Ticket ticket, std::uint64_t context, cce_mode mode, cce_direction direction, const Text& text) {
        const bool in_place = text.source.data() == text.destination.data();
        Flight flight;
        flight.destination = text.destination;
        flight.bytes = text.source.size();
        flight.source_address = machine_.memory().allocate(flight.bytes, 64, "source");
        flight.destination_address =
            in_place ? flight.source_address : machine_.memory().allocate(flight.bytes, 64, "destination");
        machine_.memory().write(flight.source_address, text.source);

        contract::Descriptor descriptor;
        descriptor.opcode = contract::Opcode::cipher;
        descriptor.mode = static_cast<std::uint8_t>(mode);
        descriptor.flags = direction == CCE_DECRYPT ? contract::Descriptor::flags_decrypt : std::uint16_t{0};
        descriptor.cookie = ticket;
        descriptor.context_reference = context;
        if (mode != CCE_MODE_ECB) {
            descriptor.iv = text.iv;
        }
        descriptor.source = flight.source_address;
        descriptor.destination = flight.destination_address;
        descriptor.text_length = static_cast<std::uint32_t>(flight.bytes);
        bytes_outstanding_ += flight.bytes;
        flights_.emplace(ticket, flight);
        last_progress_ = machine_.cycle();
        queue_.submit(descriptor);
    }

    /// Lets the engine run a little.
    void step() {
        machine_.run(look_cycles);
        collect();
        const std::uint64_t patience = patience_cycles + patience_cycles_per_byte * bytes_outstanding_;
        if (!flights_.empty() && machine_.cycle() - last_progress_ > patience) {
            give_up(patience);
        }
    }

    /// Takes what the completion ring holds.
    void collect() {
        bool taken = false;
        while (const auto completion = queue_.poll()) {
            finish(*completion);
            taken = true;
        }
        if (taken) {
            queue_.ring_completion();
            last_progress_ = machine_.cycle();
        }
    }

    [[nodiscard]] bool idle() const { return flights_.empty(); }
    /// The answer of `ticket`, or of any submitted request.
    std::optional<Answer> answer_of(Ticket ticket) {
        const auto found = answers_.find(ticket);
        return found == answers_.end() ? std::nullopt : take(found);
    }
    std::optional<Answer> any_answer() { return answers_.empty() ? std::nullopt : take(answers_.begin()); }

private:
    struct Flight {
        std::span<std::uint8_t> destination;
        std::size_t bytes = 0;
        std::uint64_t source_address = 0;
        std::uint64_t destination_address = 0;
    };

    static sim::MachineOptions options(const std::string& engine) {
        sim::MachineOptions result;
        result.engine = engine;
        return result;
    }
    static sim::QueueOptions queue_options() {
        sim::QueueOptions result;
        result.submission_log2 = ring_log2;
        result.completion_log2 = ring_log2;
        return result;
    }

    std::optional<Answer> take(std::map<Ticket, Answer>::iterator position) {
        Answer answer = std::move(position->second);
        answers_.erase(position);
        return answer;
    }

    /// The full cycle counter whose low bits these are; lies in the last 2^32 cycles.
    [[nodiscard]] std::uint64_t full_cycle(std::uint32_t low) const {
        const std::uint64_t now = machine_.cycle();
        return now - static_cast<std::uint32_t>(static_cast<std::uint32_t>(now) - low);
    }

    void finish(const contract::Completion& completion) {
        const auto found = flights_.find(completion.cookie);
        if (found == flights_.end()) {
            throw Failure(CCE_ERROR_REFUSED,
                          "the engine completed a request that it was not given: " + std::to_string(completion.cookie));
        }
        const Flight flight = found->second;
        flights_.erase(found);
        Answer answer;
        answer.ticket = completion.cookie;
        answer.device_status = static_cast<std::uint32_t>(completion.status);
        answer.result.cycles = Cycles{full_cycle(completion.start_cycle), full_cycle(completion.end_cycle)};
        if (completion.status == contract::Status::ok) {
            const auto text = machine_.memory().view(flight.destination_address, flight.bytes);
            std::copy(text.begin(), text.end(), flight.destination.begin());
            answer.result.next_iv = completion.next_iv;
        } else {
            answer.status = CCE_ERROR_REFUSED;
            answer.message = "the engine answered " + std::string(contract::name_of(completion.status)) + ": " +
                             std::string(contract::text_of(completion.status));
        }
        release(flight);
        answers_.emplace(answer.ticket, std::move(answer));
    }

    void release(const Flight& flight) {
        bytes_outstanding_ -= flight.bytes;
        for (const std::uint64_t address : {flight.source_address, flight.destination_address}) {
            wipe(machine_.memory().view(address, flight.bytes));
        }
        machine_.memory().release(flight.source_address);
        if (flight.destination_address != flight.source_address) {
            machine_.memory().release(flight.destination_address);
        }
    }

    /// Resets the queue, so that no DMA follows, and answers everything outstanding.
    void give_up(std::uint64_t patience) {
        queue_.reset();
        queue_.start();
        for (const auto& [ticket, flight] : flights_) {
            release(flight);
            Answer answer;
            answer.ticket = ticket;
            answer.status = CCE_ERROR_TIMEOUT;
            answer.message = "the engine completed nothing for " + std::to_string(patience) + " cycles";
            answers_.emplace(ticket, std::move(answer));
        }
        flights_.clear();
    }

    sim::Machine machine_;
    sim::QueuePair queue_;
    std::map<Ticket, Flight> flights_;
    std::map<Ticket, Answer> answers_;
    std::size_t bytes_outstanding_ = 0;
    std::uint64_t last_progress_ = 0;
};

/// Turns the simulator's exceptions into ours.
template <typename Call>
auto guarded(Call call) {
    try {
        return call();
    } catch (const sim::MachineError& error) {
        throw Failure(CCE_ERROR_REFUSED, std::string("simulated machine: ") + error.what());
    } catch (const sim::EngineFault& error) {
        throw Failure(CCE_ERROR_REFUSED, std::string("simulated engine: ") + error.what());
    }
}

class SimulatedCipher final : public Cipher {
public:
    SimulatedCipher(Station& station, const CipherParameters& parameters)
        : station_(station), mode_(parameters.mode), direction_(parameters.direction) {
        using Record = contract::ContextRecord;
        static constexpr std::array<std::uint32_t, 3> mode_rights{Record::rights_ecb, Record::rights_cbc,
                                                                  Record::rights_ctr};
        const std::uint32_t rights = mode_rights.at(static_cast<std::size_t>(mode_)) |
                                     (direction_ == CCE_ENCRYPT ? Record::rights_encrypt : Record::rights_decrypt);
        Record record = sim::cipher_context(parameters.key.bytes(), rights);
        context_ = memory().allocate(sizeof(record), contract::context_alignment_bytes, "context record");
        memory().store(context_, record);
        wipe(record.key);
    }
    ~SimulatedCipher() override {
        wipe(memory().view(context_, sizeof(contract::ContextRecord)));
        memory().release(context_);
    }
    SimulatedCipher(const SimulatedCipher&) = delete;
    SimulatedCipher& operator=(const SimulatedCipher&) = delete;

    Result run(const Text& text) override {
        return run_in_pieces(text, piece_bytes, [this](const Text& piece) {
            return guarded([&] {
                submit(run_ticket, piece);
                while (true) {
                    if (const auto answer = station_.answer_of(run_ticket)) {
                        if (answer->status != CCE_OK) {
                            throw Failure(answer->status, answer->message, answer->device_status);
                        }
                        return answer->result;
                    }
                    station_.step();
                }
            });
        });
    }

    void submit(Ticket ticket, const Text& text) { station_.submit(ticket, context_, mode_, direction_, text); }

private:
    sim::HostMemory& memory() { return station_.machine().memory(); }

    Station& station_;
    cce_mode mode_;
    cce_direction direction_;
    std::uint64_t context_ = 0;
};

class InProcess final : public Backend {
public:
    explicit InProcess(const std::string& engine) : station_(engine) {}

    void describe(cce_information& out) override {
        guarded([&] {
            using namespace contract::global_page;
            sim::Machine& machine = station_.machine();
            copy_text(out.backend, "in-process");
            copy_text(out.description, "a simulation of the engine in this process");
            copy_text(out.engine, machine.engine().name());
            for (auto& driver : out.driver) {
                copy_text(driver, "in-process-" + machine.engine().name());
            }
            const std::uint32_t version_value = machine.read_register(at(version));
            const std::uint32_t algorithms_value = machine.read_register(at(algorithms));
            const std::uint32_t geometry_value = machine.read_register(at(geometry));
            const auto flag = [&](const contract::Field& field) {
                return static_cast<int>(field.get(algorithms_value));
            };
            out.engine_known = 1;
            out.version_major = version_major.get(version_value);
            out.version_minor = version_minor.get(version_value);
            out.mode_supported[CCE_MODE_ECB] = flag(algorithms_aes_ecb);
            out.mode_supported[CCE_MODE_CBC] = flag(algorithms_aes_cbc);
            out.mode_supported[CCE_MODE_CTR] = flag(algorithms_aes_ctr);
            out.key_bytes_supported[0] = flag(algorithms_aes_128);
            out.key_bytes_supported[1] = flag(algorithms_aes_192);
            out.key_bytes_supported[2] = flag(algorithms_aes_256);
            out.queue_pairs = geometry_queue_count.get(geometry_value);
            out.contexts = geometry_context_count.get(geometry_value);
            out.regions = geometry_region_count.get(geometry_value);
            out.data_bytes = geometry_data_bytes.get(geometry_value);
            out.cycle = machine.cycle();
            out.simulated_cycles = machine.engine().simulated_cycles();
        });
    }

    std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) override {
        return std::make_unique<SimulatedCipher>(station_, parameters);
    }

    void submit(Ticket ticket, Cipher& cipher, const Text& text) override {
        // Every cipher of this backend was made by make_cipher.
        guarded([&] { static_cast<SimulatedCipher&>(cipher).submit(ticket, text); });
    }

    std::optional<Answer> take(bool wait, const Deadline& deadline) override {
        return guarded([&] {
            station_.collect();
            std::optional<Answer> answer = station_.any_answer();
            while (!answer && wait && !station_.idle()) {
                station_.step();
                answer = station_.any_answer();
                if (passed(deadline)) {
                    break;
                }
            }
            return answer;
        });
    }

private:
    Station station_;
};

}  // namespace

std::unique_ptr<Backend> make_in_process(const std::string& engine) {
    std::fprintf(stderr, "cce: in-process: simulating the engine (%s); host time says nothing about hardware\n",
                 engine.c_str());
    try {
        return guarded([&] { return std::make_unique<InProcess>(engine); });
    } catch (const std::invalid_argument& error) {
        throw Failure(CCE_ERROR_ARGUMENT, std::string("backend in-process: ") + error.what());
    }
}

}  // namespace cce::internal
