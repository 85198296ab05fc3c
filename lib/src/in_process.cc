// SPDX-License-Identifier: Apache-2.0
//
// The in-process backend: the engine simulated in this process, driven through one queue pair. The only file of the
// library that knows sim/.

#include <atomic>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "backends.h"
#include "cce_contract.hpp"
#include "harness/machine.h"
#include "harness/queue_pair.h"
#include "hash_functions.h"

namespace cce::internal {

namespace {

namespace contract = cce::contract;

static_assert(static_cast<unsigned>(contract::CipherMode::kwp) == CCE_MODE_KWP, "the modes' values are the contract's");

constexpr std::size_t in_process_piece_bytes = std::size_t{1} << 20;
/// Engine cycles between two looks at the completion ring.
constexpr std::uint64_t look_cycles = 16;
/// Engine cycles without any completion, for each request and byte outstanding, after which the engine counts as hung.
constexpr std::uint64_t patience_cycles = 1'000'000;
constexpr std::uint64_t patience_cycles_per_byte = 64;
/// Room for requests of calls that wait, beside those that were submitted.
constexpr std::size_t ring_entries_spare = 64;

/// What the requests of a session have in common.
struct Session {
    std::uint64_t context = 0;  ///< address of the context record
    cce_mode mode = CCE_MODE_ECB;
    cce_direction direction = CCE_ENCRYPT;
    bool distinct_keys = false;
    bool keyed = false;                ///< HMAC
    cce_hash hash = CCE_HASH_SHA_224;  ///< of mode_hash
};

/// The descriptor's IV field and, if the IV stands in front of the source, its flag.
void set_iv(contract::Descriptor& descriptor, cce_mode mode, std::span<const std::uint8_t> iv) {
    auto* out = descriptor.iv.begin();
    if (mode == CCE_MODE_CCM) {
        // The first byte of every counter block, SP 800-38C, A.3.
        *out++ = static_cast<std::uint8_t>(14 - iv.size());
    } else if (mode == CCE_MODE_GCM && iv.size() != gcm_iv_bytes) {
        descriptor.flags |= contract::Descriptor::flags_iv_in_source;
        descriptor.set_iv_in_source({.length = static_cast<std::uint32_t>(iv.size())});
        return;
    }
    std::copy(iv.begin(), iv.end(), out);
}

contract::Descriptor cipher_descriptor(const Session& session, const Text& text) {
    contract::Descriptor descriptor;
    descriptor.opcode = contract::Opcode::cipher;
    descriptor.mode = static_cast<std::uint8_t>(session.mode);
    descriptor.flags = session.direction == CCE_DECRYPT ? contract::Descriptor::flags_decrypt : std::uint16_t{0};
    if (session.distinct_keys) {
        descriptor.flags |= contract::Descriptor::flags_distinct_keys;
    }
    descriptor.context_reference = session.context;
    set_iv(descriptor, session.mode, text.iv);
    descriptor.tag_length = static_cast<std::uint8_t>(text.tag.size() + text.expected_tag.size());
    return descriptor;
}

contract::Descriptor hash_descriptor(const Session& session, const Text& text) {
    using contract::Descriptor;
    Descriptor descriptor;
    descriptor.opcode = contract::Opcode::hash;
    descriptor.mode = static_cast<std::uint8_t>(session.hash);
    unsigned flags = session.keyed ? Descriptor::flags_keyed : 0U;
    if (text.part.first) flags |= Descriptor::flags_stream_first;
    if (text.part.last) flags |= Descriptor::flags_stream_last;
    if (text.part.squeeze) flags |= Descriptor::flags_squeeze;
    descriptor.flags = static_cast<std::uint16_t>(flags);
    const std::size_t state = text.part.last ? 0 : hash_function::state_bytes(session.hash);
    descriptor.set_hash_output({.length = static_cast<std::uint32_t>(text.destination.size() - state)});
    return descriptor;
}

/// The machine, its queue, and the requests in it. One thread at a time: see Turn.
class Station {
public:
    Station(const std::string& engine, std::size_t depth)
        : machine_(options(engine)), queue_(machine_, 0, queue_options(depth)) {
        queue_.start();
    }

    sim::Machine& machine() { return machine_; }

    void submit(Ticket ticket, const Session& session, const Text& text) {
        if (!fault_.empty()) throw Failure(CCE_ERROR_REFUSED, fault_);
        contract::Descriptor descriptor =
            session.mode == mode_hash ? hash_descriptor(session, text) : cipher_descriptor(session, text);
        descriptor.cookie = ticket;
        descriptor.text_length = static_cast<std::uint32_t>(text.source.size() + text.behind.size());
        descriptor.aad_length = static_cast<std::uint32_t>(text.aad.size());

        Flight flight = place(text, (descriptor.flags & contract::Descriptor::flags_iv_in_source) != 0);
        flight.mode = session.mode;
        flight.direction = session.direction;
        descriptor.source = flight.source_address;
        descriptor.destination = flight.destination_address;
        bytes_outstanding_ += flight.source_bytes + flight.destination_bytes;
        flights_.emplace(ticket, flight);
        last_progress_ = machine_.cycle();
        waiting_.push_back(descriptor);
        post_waiting();
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
            post_waiting();
        }
    }

    [[nodiscard]] bool idle() const { return flights_.empty(); }
    [[nodiscard]] bool has_answers() const { return !answers_.empty(); }
    /// The answers so far, in the order in which they came.
    [[nodiscard]] std::vector<Answer> take_answers() { return std::exchange(answers_, {}); }

    /// The machine cannot go on: every request, and every later one, ends with this.
    void fail(const std::string& fault) {
        fault_ = fault;
        waiting_.clear();
        fail_flights(CCE_ERROR_REFUSED, fault);
    }

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

    /// Copies [IV] AAD text [end of a message to be hashed] [tag] into the machine's memory, and makes room for what
    /// comes out. What is in place here is in place there.
    Flight place(const Text& text, bool iv_in_source) {
        sim::HostMemory& memory = machine_.memory();
        const std::span<const std::uint8_t> iv = iv_in_source ? text.iv : std::span<const std::uint8_t>();
        const std::size_t in_front = iv.size() + text.aad.size();
        Flight flight;
        flight.destination = text.destination;
        flight.tag = text.tag;
        flight.in_place = !text.destination.empty() && text.source.data() == text.destination.data();
        flight.source_bytes = in_front + text.source.size() + text.behind.size() + text.expected_tag.size();
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
        const std::span<const std::uint8_t> behind = text.behind;
        for (const std::span<const std::uint8_t> part : {iv, text.aad, text.source, behind, text.expected_tag}) {
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
    static sim::QueueOptions queue_options(std::size_t depth) {
        sim::QueueOptions result;
        unsigned log2 = 1;
        while ((std::size_t{1} << log2) < depth + ring_entries_spare) ++log2;
        result.submission_log2 = log2;
        result.completion_log2 = log2;
        return result;
    }

    /// Into the ring, as far as it has room for the descriptors and, later, for their completions.
    void post_waiting() {
        bool posted = false;
        while (!waiting_.empty() && queue_.free_slots() != 0 && queue_.outstanding() < queue_.completion_entries()) {
            queue_.post(waiting_.front());
            waiting_.pop_front();
            posted = true;
        }
        if (posted) queue_.ring_submission();
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
        answers_.push_back(std::move(answer));
    }

    void take_results(const Flight& flight, const contract::Completion& completion, Result& result) {
        const auto stream = machine_.memory().view(flight.destination_address, flight.destination_bytes);
        std::copy_n(stream.begin(), flight.destination.size(), flight.destination.begin());
        std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(flight.destination.size()), flight.tag.size(),
                    flight.tag.begin());
        if (is_chained(flight.mode)) {
            result.next_iv = completion.next_iv;
        } else if (flight.mode == CCE_MODE_KWP && flight.direction == CCE_DECRYPT) {
            const std::uint32_t length = completion.unwrapped_key().length;
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
        waiting_.clear();
        fail_flights(CCE_ERROR_TIMEOUT, "the engine completed nothing for " + std::to_string(patience) + " cycles");
    }

    void fail_flights(cce_status status, const std::string& message) {
        for (const auto& [ticket, flight] : flights_) {
            release(flight);
            Answer answer;
            answer.ticket = ticket;
            answer.status = status;
            answer.message = message;
            answers_.push_back(std::move(answer));
        }
        flights_.clear();
    }

    sim::Machine machine_;
    sim::QueuePair queue_;
    std::map<Ticket, Flight> flights_;
    std::deque<contract::Descriptor> waiting_;  ///< for room in the ring
    std::vector<Answer> answers_;
    std::string fault_;  ///< not empty: the machine cannot go on
    std::size_t bytes_outstanding_ = 0;
    std::uint64_t last_progress_ = 0;
};

/// Whose turn the station is. Who works on it for long lets others in between.
class Turn {
public:
    void lock() {
        ++waiting_;
        mutex_.lock();
        --waiting_;
    }
    void unlock() { mutex_.unlock(); }
    /// For the one that has just unlocked and wants to lock again.
    void let_others() const {
        while (waiting_ != 0) std::this_thread::yield();
    }

private:
    std::mutex mutex_;
    std::atomic<unsigned> waiting_{0};
};

/// The station for many threads.
struct SharedStation {
    SharedStation(const std::string& engine, std::size_t depth) : station(engine, depth) {}
    Turn turn;
    Station station;
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

bool offers_hash(sim::Machine& machine, cce_hash hash) {
    using namespace contract::global_page;
    const contract::Field& field = hash_function::is_sponge(hash) ? algorithms_sha3 : algorithms_sha2;
    return cce_hash_name(hash) != nullptr && field.get(machine.read_register(at(algorithms))) != 0;
}

/// What a session's requests are made from.
class SimulatedSession : public Key {
public:
    [[nodiscard]] const Session& session() const { return session_; }

protected:
    Session session_{};
};

/// What a hash function needs in the engine's memory comes with each request.
class SimulatedHash final : public SimulatedSession {
public:
    explicit SimulatedHash(const HashParameters& parameters) {
        session_.mode = mode_hash;
        session_.hash = parameters.hash;
        session_.keyed = parameters.kind == CCE_HASH_HMAC;
    }
};

class SimulatedKey final : public SimulatedSession {
public:
    SimulatedKey(SharedStation& shared, const CipherParameters& parameters) : shared_(shared) {
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
    ~SimulatedKey() override {
        const std::lock_guard lock(shared_.turn);
        wipe(memory().view(session_.context, record_bytes_));
        memory().release(session_.context);
    }
    SimulatedKey(const SimulatedKey&) = delete;
    SimulatedKey& operator=(const SimulatedKey&) = delete;

private:
    static std::uint32_t right_of(cce_mode mode) {
        using Record = contract::ContextRecord;
        static constexpr std::array<std::uint32_t, CCE_MODE_COUNT> rights{
            Record::rights_ecb, Record::rights_cbc,  Record::rights_ctr, Record::rights_xts, Record::rights_gcm,
            Record::rights_ccm, Record::rights_cmac, Record::rights_kw,  Record::rights_kwp};
        return rights.at(static_cast<std::size_t>(mode));
    }

    sim::HostMemory& memory() { return shared_.station.machine().memory(); }

    SharedStation& shared_;
    std::size_t record_bytes_ = 0;
};

class InProcess final : public AsynchronousBackend {
public:
    InProcess(const std::string& engine, std::size_t depth) : shared_(engine, depth) {}

    void describe(cce_information& out) override {
        const std::lock_guard lock(shared_.turn);
        guarded([&] {
            using namespace contract::global_page;
            sim::Machine& machine = shared_.station.machine();
            copy_text(out.backend, "in-process");
            copy_text(out.description, "a simulation of the engine in this process");
            copy_text(out.engine, machine.engine().name());
            for (std::size_t mode = 0; mode < CCE_MODE_COUNT; ++mode) {
                if (offers_mode(machine, static_cast<cce_mode>(mode))) {
                    copy_text(out.driver[mode], "in-process-" + machine.engine().name());
                    out.mode_supported[mode] = 1;
                }
            }
            for (std::size_t number = 0; number < CCE_HASH_COUNT; ++number) {
                const auto hash = static_cast<cce_hash>(number);
                if (!offers_hash(machine, hash)) continue;
                copy_text(out.hash_driver[number], "in-process-" + machine.engine().name());
                out.hash_supported[number] = 1;
                if (hash_function::is_extendable(hash)) continue;
                copy_text(out.hmac_driver[number], "in-process-" + machine.engine().name());
                out.hmac_supported[number] = 1;
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

    std::unique_ptr<Key> make_key(const CipherParameters& parameters) override {
        const std::lock_guard lock(shared_.turn);
        return guarded([&] {
            sim::Machine& machine = shared_.station.machine();
            if (!offers_mode(machine, parameters.mode)) {
                throw Failure(CCE_ERROR_UNSUPPORTED, "backend in-process: the engine (" + machine.engine().name() +
                                                         ") does not offer mode " + cce_mode_name(parameters.mode));
            }
            return std::make_unique<SimulatedKey>(shared_, parameters);
        });
    }

    std::unique_ptr<Key> make_hash_key(const HashParameters& parameters) override {
        const std::lock_guard lock(shared_.turn);
        return guarded([&] {
            sim::Machine& machine = shared_.station.machine();
            if (!offers_hash(machine, parameters.hash)) {
                throw Failure(CCE_ERROR_UNSUPPORTED, "backend in-process: the engine (" + machine.engine().name() +
                                                         ") does not offer " + cce_hash_name(parameters.hash));
            }
            return std::make_unique<SimulatedHash>(parameters);
        });
    }

    void submit(Ticket ticket, Key& key, const Text& text) override {
        const std::lock_guard lock(shared_.turn);
        // Every key of this backend was made by make_key or make_hash_key.
        guarded([&] { shared_.station.submit(ticket, static_cast<SimulatedSession&>(key).session(), text); });
    }

    void collect(std::vector<Answer>& out) override {
        const std::lock_guard lock(shared_.turn);
        work([](Station& station) { station.collect(); });
        for (Answer& answer : shared_.station.take_answers()) out.push_back(std::move(answer));
    }

    void wait(const Deadline& deadline) override {
        for (bool done = false; !done; shared_.turn.let_others()) {
            const std::lock_guard lock(shared_.turn);
            work([](Station& station) { station.step(); });
            done =
                shared_.station.has_answers() || shared_.station.idle() || passed(deadline) || woken_.exchange(false);
        }
    }

    void wake() override { woken_ = true; }
    [[nodiscard]] std::size_t piece_bytes() const override { return in_process_piece_bytes; }

private:
    /// What goes wrong with the machine ends its requests.
    template <typename Call>
    void work(Call call) {
        try {
            guarded([&] { call(shared_.station); });
        } catch (const Failure& failure) {
            shared_.station.fail(failure.what());
        }
    }

    SharedStation shared_;
    std::atomic<bool> woken_{false};
};

}  // namespace

std::unique_ptr<Backend> make_in_process(const std::string& engine, std::size_t depth) {
    std::fprintf(stderr, "cce: in-process: simulating the engine (%s); host time says nothing about hardware\n",
                 engine.c_str());
    try {
        return guarded([&] { return std::make_unique<InProcess>(engine, depth); });
    } catch (const std::invalid_argument& error) {
        throw Failure(CCE_ERROR_ARGUMENT, std::string("backend in-process: ") + error.what());
    }
}

}  // namespace cce::internal
