// SPDX-License-Identifier: Apache-2.0
//
// The in-process backend: the engine simulated in this process, driven through one queue pair. The only file of the
// library that knows sim/.

#include <cstdio>
#include <map>

#include "backends.h"
#include "block_mode.h"
#include "cce_contract.hpp"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::internal {

namespace {

namespace contract = cce::contract;

static_assert(static_cast<unsigned>(contract::CipherMode::kwp) == CCE_MODE_KWP, "the modes' values are the contract's");

/// The length of a GCM IV that goes into the descriptor.
constexpr std::size_t gcm_iv_bytes = 12;
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

/// What the requests of a session have in common.
struct Session {
    std::uint64_t context = 0;  ///< address of the context record
    cce_mode mode = CCE_MODE_ECB;
    cce_direction direction = CCE_ENCRYPT;
    bool distinct_keys = false;
};

/// The descriptor's IV field and, if the IV stands in front of the source, its flag.
void set_iv(contract::Descriptor& descriptor, cce_mode mode, std::span<const std::uint8_t> iv) {
    auto* out = descriptor.iv.begin();
    if (mode == CCE_MODE_CCM) {
        // The first byte of every counter block, SP 800-38C, A.3.
        *out++ = static_cast<std::uint8_t>(14 - iv.size());
    } else if (mode == CCE_MODE_GCM && iv.size() != gcm_iv_bytes) {
        descriptor.flags |= contract::Descriptor::flags_iv_in_source;
        for (unsigned i = 0; i < 4; ++i) {
            *out++ = static_cast<std::uint8_t>(iv.size() >> (8 * i));
        }
        return;
    }
    std::copy(iv.begin(), iv.end(), out);
}

/// The machine, its queue, and the requests in it.
class Station {
public:
    explicit Station(const std::string& engine) : machine_(options(engine)), queue_(machine_, 0, queue_options()) {
        queue_.start();
    }

    sim::Machine& machine() { return machine_; }

    void submit(Ticket ticket, const Session& session, const Text& text) {
        contract::Descriptor descriptor;
        descriptor.opcode = contract::Opcode::cipher;
        descriptor.mode = static_cast<std::uint8_t>(session.mode);
        descriptor.flags = session.direction == CCE_DECRYPT ? contract::Descriptor::flags_decrypt : std::uint16_t{0};
        if (session.distinct_keys) {
            descriptor.flags |= contract::Descriptor::flags_distinct_keys;
        }
        descriptor.cookie = ticket;
        descriptor.context_reference = session.context;
        set_iv(descriptor, session.mode, text.iv);
        descriptor.text_length = static_cast<std::uint32_t>(text.source.size());
        descriptor.aad_length = static_cast<std::uint32_t>(text.aad.size());
        descriptor.tag_length = static_cast<std::uint8_t>(text.tag.size() + text.expected_tag.size());

        Flight flight = place(text, (descriptor.flags & contract::Descriptor::flags_iv_in_source) != 0);
        flight.mode = session.mode;
        flight.direction = session.direction;
        descriptor.source = flight.source_address;
        descriptor.destination = flight.destination_address;
        bytes_outstanding_ += flight.source_bytes + flight.destination_bytes;
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
        cce_mode mode = CCE_MODE_ECB;
        cce_direction direction = CCE_ENCRYPT;
        std::span<std::uint8_t> destination;
        std::span<std::uint8_t> tag;
        std::uint64_t source_address = 0;
        std::size_t source_bytes = 0;  ///< of the buffer, as below
        std::uint64_t destination_address = 0;
        std::size_t destination_bytes = 0;
        bool in_place = false;  ///< the destination lies in the source's buffer
    };

    /// Copies [IV] AAD text [tag] into the machine's memory, and makes room for what comes out. What is in place here
    /// is in place there.
    Flight place(const Text& text, bool iv_in_source) {
        sim::HostMemory& memory = machine_.memory();
        const std::span<const std::uint8_t> iv = iv_in_source ? text.iv : std::span<const std::uint8_t>();
        const std::size_t in_front = iv.size() + text.aad.size();
        Flight flight;
        flight.destination = text.destination;
        flight.tag = text.tag;
        flight.in_place = !text.destination.empty() && text.source.data() == text.destination.data();
        flight.source_bytes = in_front + text.source.size() + text.expected_tag.size();
        flight.destination_bytes = text.destination.size() + text.tag.size();
        if (flight.in_place) {
            flight.source_bytes = std::max(flight.source_bytes, in_front + flight.destination_bytes);
        }
        // An empty stream has an address, too, in a buffer that nobody should touch.
        flight.source_bytes = std::max<std::size_t>(flight.source_bytes, 1);
        flight.destination_bytes = std::max<std::size_t>(flight.destination_bytes, 1);
        flight.source_address = memory.allocate(flight.source_bytes, 64, "source");
        flight.destination_address = flight.in_place ? flight.source_address + in_front
                                                     : memory.allocate(flight.destination_bytes, 64, "destination");
        std::uint64_t position = flight.source_address;
        for (const std::span<const std::uint8_t> part : {iv, text.aad, text.source, text.expected_tag}) {
            if (!part.empty()) {
                memory.write(position, part);
                position += part.size();
            }
        }
        return flight;
    }

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
            take_results(flight, completion, answer.result);
        } else {
            answer.status = completion.status == contract::Status::tag ? CCE_ERROR_TAG : CCE_ERROR_REFUSED;
            answer.message = "the engine answered " + std::string(contract::name_of(completion.status)) + ": " +
                             std::string(contract::text_of(completion.status));
        }
        release(flight);
        answers_.emplace(answer.ticket, std::move(answer));
    }

    void take_results(const Flight& flight, const contract::Completion& completion, Result& result) {
        const auto stream = machine_.memory().view(flight.destination_address, flight.destination_bytes);
        std::copy_n(stream.begin(), flight.destination.size(), flight.destination.begin());
        std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(flight.destination.size()), flight.tag.size(),
                    flight.tag.begin());
        if (is_chained(flight.mode)) {
            result.next_iv = completion.next_iv;
        } else if (flight.mode == CCE_MODE_KWP && flight.direction == CCE_DECRYPT) {
            std::uint32_t length = 0;
            for (unsigned i = 0; i < sizeof(length); ++i) {
                length |= static_cast<std::uint32_t>(completion.next_iv.at(i)) << (8 * i);
            }
            if (length > flight.destination.size()) {
                throw Failure(CCE_ERROR_REFUSED, "the engine unwrapped a key of " + std::to_string(length) +
                                                     " bytes, of which there are at most " +
                                                     std::to_string(flight.destination.size()));
            }
            result.key_length = length;
        }
    }

    void release(const Flight& flight) {
        sim::HostMemory& memory = machine_.memory();
        bytes_outstanding_ -= flight.source_bytes + flight.destination_bytes;
        wipe(memory.view(flight.source_address, flight.source_bytes));
        memory.release(flight.source_address);
        if (!flight.in_place) {
            wipe(memory.view(flight.destination_address, flight.destination_bytes));
            memory.release(flight.destination_address);
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

/// What the engine says it can do.
bool offers_mode(sim::Machine& machine, cce_mode mode) {
    using namespace contract::global_page;
    static constexpr std::array<contract::Field, CCE_MODE_COUNT> fields{
        algorithms_aes_ecb, algorithms_aes_cbc,  algorithms_aes_ctr, algorithms_aes_xts, algorithms_aes_gcm,
        algorithms_aes_ccm, algorithms_aes_cmac, algorithms_aes_kw,  algorithms_aes_kwp};
    return fields.at(static_cast<std::size_t>(mode)).get(machine.read_register(at(algorithms))) != 0;
}

class SimulatedCipher final : public Cipher {
public:
    SimulatedCipher(Station& station, const CipherParameters& parameters) : station_(station) {
        session_.mode = parameters.mode;
        session_.direction = parameters.direction;
        session_.distinct_keys = parameters.mode == CCE_MODE_XTS && !parameters.equal_keys_allowed;

        const bool pair = parameters.mode == CCE_MODE_XTS;
        const std::span<const std::uint8_t> keys = parameters.key.bytes();
        const std::size_t key_length = pair ? keys.size() / 2 : keys.size();
        contract::ContextRecord first;
        contract::ContextSecondKey second;
        record_bytes_ = sizeof(first) + (pair ? sizeof(second) : 0);
        first.format = pair ? contract::ContextFormat::cipher_key_pair : contract::ContextFormat::cipher_key;
        first.key_length = static_cast<std::uint8_t>(key_length);
        first.units = static_cast<std::uint8_t>(record_bytes_ / contract::context_unit_bytes);
        first.rights =
            right_of(parameters.mode) | (parameters.direction == CCE_ENCRYPT ? contract::ContextRecord::rights_encrypt
                                                                             : contract::ContextRecord::rights_decrypt);
        std::copy_n(keys.begin(), key_length, first.key.begin());
        session_.context = memory().allocate(record_bytes_, contract::context_alignment_bytes, "context record");
        memory().store(session_.context, first);
        if (pair) {
            std::copy_n(keys.begin() + static_cast<std::ptrdiff_t>(key_length), key_length, second.key.begin());
            memory().store(session_.context + sizeof(first), second);
        }
        wipe(first.key);
        wipe(second.key);
    }
    ~SimulatedCipher() override {
        wipe(memory().view(session_.context, record_bytes_));
        memory().release(session_.context);
    }
    SimulatedCipher(const SimulatedCipher&) = delete;
    SimulatedCipher& operator=(const SimulatedCipher&) = delete;

    Result run(const Text& text) override {
        const bool stream = session_.mode == CCE_MODE_ECB || is_chained(session_.mode);
        return stream ? run_in_pieces(text, piece_bytes, [this](const Text& piece) { return run_one(piece); })
                      : run_one(text);
    }

    void submit(Ticket ticket, const Text& text) { station_.submit(ticket, session_, text); }

private:
    static std::uint32_t right_of(cce_mode mode) {
        using Record = contract::ContextRecord;
        static constexpr std::array<std::uint32_t, CCE_MODE_COUNT> rights{
            Record::rights_ecb, Record::rights_cbc,  Record::rights_ctr, Record::rights_xts, Record::rights_gcm,
            Record::rights_ccm, Record::rights_cmac, Record::rights_kw,  Record::rights_kwp};
        return rights.at(static_cast<std::size_t>(mode));
    }

    Result run_one(const Text& text) {
        return guarded([&] {
            submit(run_ticket, text);
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
    }

    sim::HostMemory& memory() { return station_.machine().memory(); }

    Station& station_;
    Session session_;
    std::size_t record_bytes_ = 0;
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
            for (std::size_t mode = 0; mode < CCE_MODE_COUNT; ++mode) {
                if (offers_mode(machine, static_cast<cce_mode>(mode))) {
                    copy_text(out.driver[mode], "in-process-" + machine.engine().name());
                    out.mode_supported[mode] = 1;
                }
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
        return guarded([&] {
            if (!offers_mode(station_.machine(), parameters.mode)) {
                throw Failure(CCE_ERROR_UNSUPPORTED, "backend in-process: the engine (" +
                                                         station_.machine().engine().name() + ") does not offer mode " +
                                                         cce_mode_name(parameters.mode));
            }
            return std::make_unique<SimulatedCipher>(station_, parameters);
        });
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
