// SPDX-License-Identifier: Apache-2.0

#include "cycles_measurement.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>

namespace cce::bench {

namespace {

using contract::CipherMode;
using sim::CipherRequest;
using sim::HashRequest;
using sim::MachineError;
using sim::QueuePair;
using sim::ScatteredText;
using sim::Shape;

constexpr std::uint64_t seed = 20'260'801;
constexpr unsigned polling_step = 4;           ///< cycles between two looks at the completion rings
constexpr std::uint64_t patience = 2'000'000;  ///< cycles without a completion: the engine hangs
constexpr std::uint64_t block_patience = 100;  ///< and so many more for each block: CCM takes 64
constexpr unsigned idle_cycles = 64;           ///< between two requests whose latency is measured
constexpr std::uint32_t large_request = 4096;  ///< from here on a doorbell for each request costs nothing
constexpr unsigned batches_of_depth = 8;       ///< smaller requests: doorbells for an eighth of the depth
constexpr std::size_t block_bytes = 16;
constexpr std::size_t gcm_iv_bytes = 12;
constexpr std::size_t ccm_nonce_bytes = 13;       ///< the longest; text of up to 65,535 bytes (SP 800-38C, A.1)
constexpr std::size_t ccm_long_nonce_bytes = 11;  ///< for texts of any length that a descriptor has

Bytes random_bytes(std::mt19937_64& random, std::size_t count) {
    Bytes bytes(count);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
    return bytes;
}

std::size_t iv_bytes(CipherMode mode, std::uint32_t text_bytes) {
    switch (mode) {
        case CipherMode::cbc:
        case CipherMode::ctr:
        case CipherMode::xts:
            return block_bytes;
        case CipherMode::gcm:
            return gcm_iv_bytes;
        case CipherMode::ccm:
            return text_bytes > 0xffff ? ccm_long_nonce_bytes : ccm_nonce_bytes;
        default:
            return 0;
    }
}

/// `length` bytes in as many pieces as `placement` has, all but the last one equally long parts of `text_bytes`: what
/// is not text lies in the last one.
Shape shape(const Placement& placement, std::uint32_t length, std::uint32_t text_bytes) {
    Shape result;
    const auto part = text_bytes / static_cast<std::uint32_t>(placement.size());
    for (const std::uint32_t gap : placement) {
        const bool last = result.pieces.size() + 1 == placement.size();
        const std::uint32_t piece = last ? length : part;
        result.pieces.push_back({gap, piece});
        length -= piece;
    }
    return result;
}

sim::MachineOptions machine_options(const std::string& engine, unsigned memory_latency, unsigned data_width,
                                    const std::string& configuration) {
    sim::MachineOptions options;
    options.engine = engine;
    options.engine_options.data_width = data_width;
    options.engine_options.configuration = configuration;
    options.timing = sim::MemoryTiming::ideal(memory_latency);
    return options;
}

unsigned key_count(CipherMode mode) {
    return mode == CipherMode::xts ? 2 : 1;
}

/// True if the result is a MAC alone.
bool makes_no_text(CipherMode mode) {
    return mode == CipherMode::cmac;
}

/// FNV-1a, over numbers instead of bytes.
void add_to_digest(std::uint64_t& digest, std::uint64_t value) {
    constexpr std::uint64_t prime = 0x100000001b3;
    digest = (digest ^ value) * prime;
}

std::uint32_t little_endian(std::span<const std::uint8_t> bytes) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < sizeof(value); ++i) value |= std::uint32_t{bytes[i]} << 8 * i;
    return value;
}

}  // namespace

Measurement::Measurement(const std::string& engine, unsigned memory_latency, const Workload& workload, unsigned queues,
                         unsigned data_width, const std::string& configuration)
    : workload_(workload), random_(seed), machine_(machine_options(engine, memory_latency, data_width, configuration)) {
    // Twice as many slots as are used, so that no ring is ever full.
    const auto ring_log2 = static_cast<unsigned>(std::bit_width(workload.depth));
    for (unsigned i = 0; i < queues; ++i) {
        queues_.push_back({std::make_unique<QueuePair>(
            machine_, i, sim::QueueOptions{.submission_log2 = ring_log2, .completion_log2 = ring_log2})});
        queues_.back().pair->start();
    }
    if (workload.held) prepare_keys();
    const unsigned jobs = std::max(workload.depth, workload.sessions);
    jobs_.reserve(std::size_t{queues} * jobs * (workload.both == Workload::Both::two_requests ? 2 : 1));
    for (unsigned i = 0; i < queues; ++i) {
        for (unsigned j = 0; j < jobs; ++j) {
            queues_[i].idle.push_back(jobs_.size());
            prepare_job(i);
        }
    }
    map_jobs();
    machine_.set_observer([this](const sim::WriteBeat& beat) { watch(beat); });
    machine_.set_burst_observer([this](const sim::Burst& burst) { watch(burst); });
}

void Measurement::map_jobs() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        const Job& job = jobs_[i];
        const auto add = [&](std::uint64_t address, std::uint64_t bytes, Content content) {
            if (bytes != 0) places_.push_back({address, address + bytes, i, content});
        };
        if (job.cipher) add(job.cipher->context_address(), job.cipher->context_bytes(), Content::record);
        if (job.cipher_hash) {
            add(job.cipher_hash->context_address(), sizeof(contract::ContextRecord), Content::record);
        }
        for (const auto& segment : job.source().segments()) add(segment.address, segment.length, Content::source);
        for (const auto& segment : job.destination().segments()) {
            add(segment.address, segment.length, Content::destination);
        }
    }
    std::ranges::sort(places_, {}, &Place::begin);
}

const Measurement::Place* Measurement::place_of(std::uint64_t address) {
    // Most beats lie where the one before did.
    const auto holds = [&](const Place& place) { return address >= place.begin && address < place.end; };
    if (last_place_ >= places_.size() || !holds(places_[last_place_])) {
        const auto behind = std::ranges::upper_bound(places_, address, {}, &Place::begin);
        if (behind == places_.begin() || !holds(*(behind - 1))) return nullptr;
        last_place_ = static_cast<std::size_t>(behind - 1 - places_.begin());
    }
    return &places_[last_place_];
}

void Measurement::prepare_keys() {
    const std::size_t bytes = workload_.key_bits / 8;
    for (unsigned i = 0; i < queues_.size(); ++i) {
        const Bytes keys = held_keys_.emplace_back(random_bytes(random_, key_count(workload_.mode) * bytes));
        const std::span<const std::uint8_t> both(keys);
        const sim::KeyPairRecord record = key_count(workload_.mode) == 2
                                              ? sim::cipher_pair_context(both.first(bytes), both.subspan(bytes))
                                              : sim::KeyPairRecord{sim::cipher_context(both), {}};
        const std::size_t record_bytes = key_count(workload_.mode) * sizeof(contract::ContextRecord);
        const std::uint64_t address =
            machine_.memory().allocate(sizeof(record), contract::context_alignment_bytes, "held context");
        machine_.memory().store(address, record);
        const auto done = queues_.front().pair->run(sim::context_load(i, address, record_bytes));
        if (done.status != contract::Status::ok) {
            throw std::runtime_error("context_load: " + std::string(contract::name_of(done.status)));
        }
        machine_.memory().release(address);
    }
}

void Measurement::prepare_job(unsigned queue) {
    Job job;
    job.queue = queue;
    if (workload_.both != Workload::Both::no) {
        prepare_both(job);
        return;
    }
    if (workload_.hash) {
        prepare_hash(job);
    } else {
        prepare_cipher(job);
    }
    add_job(std::move(job));
}

void Measurement::add_job(Job job) {
    job.descriptor.cookie = static_cast<std::uint32_t>(jobs_.size());
    jobs_.push_back(std::move(job));
}

/// The state behind both of HMAC's key blocks.
sim::HashFront Measurement::session(const Bytes& key) {
    return sim::hmac_session(machine_, *queues_.front().pair, *workload_.hash, key);
}

/// Encryption: cipher, then HMAC. Decryption: HMAC, then cipher, as whoever must not use what is not authentic does.
void Measurement::prepare_both(Job& job) {
    const Workload& work = workload_;
    PlainInput plain;
    plain.mode = work.mode;
    plain.key = random_bytes(random_, work.key_bits / 8);
    plain.iv = random_bytes(random_, iv_bytes(work.mode, work.text_bytes));
    plain.text = random_bytes(random_, work.text_bytes);
    const Bytes ciphertext = seal(plain).text;
    const Bytes mac_key = random_bytes(random_, sim::hash_digest_bytes(*work.hash));
    const Bytes mac = hmac(*work.hash, mac_key, ciphertext);
    const Bytes& text = work.decrypt ? ciphertext : plain.text;
    const Bytes& result = work.decrypt ? plain.text : ciphertext;

    if (work.both == Workload::Both::one_pass) {
        job.cipher_hash = std::make_unique<sim::CipherHashRequest>(machine_, work.mode, *work.hash);
        job.cipher_hash->decrypt(work.decrypt).key(plain.key).iv(plain.iv).front(session(mac_key)).tag(mac).text(text);
        job.descriptor = job.cipher_hash->descriptor();
        job.expected = result;
        if (!work.decrypt) job.expected.insert(job.expected.end(), mac.begin(), mac.end());
        add_job(std::move(job));
        return;
    }
    Job cipher, hash;
    cipher.queue = hash.queue = job.queue;
    cipher.cipher = std::make_unique<CipherRequest>(machine_, work.mode);
    cipher.cipher->decrypt(work.decrypt).key(plain.key).iv(plain.iv).text(text);
    cipher.descriptor = cipher.cipher->descriptor();
    cipher.expected = result;
    hash.hash = std::make_unique<HashRequest>(machine_, *work.hash);
    hash.hash->front(session(mac_key)).first().last(static_cast<std::uint32_t>(mac.size())).message(ciphertext);
    hash.descriptor = hash.hash->descriptor();
    hash.expected = mac;
    Job& before = work.decrypt ? hash : cipher;
    Job& behind = work.decrypt ? cipher : hash;
    behind.first = jobs_.size();
    before.next = jobs_.size() + 1;
    add_job(std::move(before));
    add_job(std::move(behind));
}

void Measurement::prepare_hash(Job& job) {
    const Bytes text = random_bytes(random_, workload_.text_bytes);
    job.hash = std::make_unique<HashRequest>(machine_, *workload_.hash);
    if (workload_.keyed) {
        const Bytes key = random_bytes(random_, sim::hash_digest_bytes(*workload_.hash));
        job.hash->front(session(key)).first();
        job.expected = hmac(*workload_.hash, key, text);
    } else {
        job.expected = digest(*workload_.hash, text);
    }
    HashRequest& request = job.hash->last(static_cast<std::uint32_t>(job.expected.size()));
    const sim::StreamLengths lengths = request.lengths(text.size());
    request.message(text, shape(workload_.source, lengths.source, workload_.text_bytes),
                    shape(workload_.destination, lengths.destination, workload_.text_bytes));
    job.descriptor = request.descriptor();
}

void Measurement::prepare_cipher(Job& job) {
    const Workload& work = workload_;
    const std::size_t key_bytes = work.key_bits / 8;
    const Bytes keys = work.held ? held_keys_[job.queue] : random_bytes(random_, key_count(work.mode) * key_bytes);
    const std::span<const std::uint8_t> key = std::span(keys).first(key_bytes);
    const std::span<const std::uint8_t> tweak_key = std::span(keys).subspan(key_bytes);

    PlainInput plain;
    plain.mode = work.mode;
    plain.key.assign(key.begin(), key.end());
    plain.tweak_key.assign(tweak_key.begin(), tweak_key.end());
    plain.iv = random_bytes(random_, iv_bytes(work.mode, work.text_bytes));
    plain.aad = random_bytes(random_, work.aad_bytes);
    plain.text = random_bytes(random_, work.text_bytes);
    plain.tag_length = work.tag_bytes;
    SealedOutput sealed = seal(plain);

    job.cipher = std::make_unique<CipherRequest>(machine_, work.mode);
    CipherRequest& request = *job.cipher;
    request.decrypt(work.decrypt);
    if (work.held) {
        request.held_context(job.queue);
    } else if (tweak_key.empty()) {
        request.key(key);
    } else {
        request.key_pair(key, tweak_key);
    }
    if (!plain.iv.empty()) request.iv(plain.iv);
    if (!plain.aad.empty()) request.aad(plain.aad);
    if (work.tag_bytes != 0) request.tag(sealed.tag);
    const bool verifies = work.decrypt && makes_no_text(work.mode);
    const Bytes& text = work.decrypt && !verifies ? sealed.text : plain.text;
    const sim::StreamLengths lengths = request.lengths(text.size());
    request.text(text, shape(work.source, lengths.source, work.text_bytes),
                 shape(work.destination, lengths.destination, work.text_bytes));
    if (work.decrypt) {
        if (!verifies) job.expected = std::move(plain.text);
    } else {
        job.expected = std::move(sealed.text);
        job.expected.insert(job.expected.end(), sealed.tag.begin(), sealed.tag.end());
    }
    job.descriptor = request.descriptor();
}

void Measurement::watch(const sim::Burst& burst) {
    if (burst.direction == sim::Direction::write) return;
    read_beats_ += burst.beats;
    const Place* place = place_of(burst.address);
    if (place == nullptr || place->content == Content::destination) return;
    RequestTimes& times = jobs_[place->job].times;
    std::uint64_t& first = place->content == Content::record ? times.record : times.source;
    if (first == 0) first = burst.valid_cycle;
}

/// `entry_end`: the entry from its cookie to its phase.
void Measurement::arrive(unsigned queue, std::span<const std::uint8_t> entry_end) {
    last_arrival_ = machine_.cycle();
    ++queues_[queue].arrived;
    Arrival arrival{last_arrival_, queue, {}, read_beats_, write_beats_};
    const std::uint32_t cookie = little_endian(entry_end);
    if (cookie < jobs_.size() && jobs_[cookie].next) return;
    if (cookie < jobs_.size()) {
        RequestTimes& times = jobs_[cookie].times;
        // The entry has the low half of the engine's cycle counter; less than 2^32 cycles lie behind it.
        const auto cycle = [&](std::size_t at) {
            return last_arrival_ - static_cast<std::uint32_t>(last_arrival_ - little_endian(entry_end.subspan(at)));
        };
        times.fetch = cycle(offsetof(contract::Completion, start_cycle) - offsetof(contract::Completion, cookie));
        const auto end = cycle(offsetof(contract::Completion, end_cycle) - offsetof(contract::Completion, cookie));
        if (times.destination == 0) times.destination = end;
        times.completion = last_arrival_;
        arrival.times = times;
    }
    arrivals_.push_back(arrival);
}

void Measurement::watch(const sim::WriteBeat& beat) {
    ++write_beats_;
    // The first byte that is written: lanes in front of it may be of another buffer.
    const auto first = std::ranges::find_if(beat.strobe, [](std::uint8_t lane) { return lane != 0; });
    const auto gap = static_cast<std::uint64_t>(first - beat.strobe.begin());
    const Place* place = place_of(beat.address + gap);
    if (place != nullptr && place->content == Content::destination) {
        jobs_[place->job].times.destination = machine_.cycle();
        return;
    }
    for (unsigned i = 0; i < queues_.size(); ++i) {
        const QueuePair& pair = *queues_[i].pair;
        const std::uint64_t ring_bytes = std::uint64_t{pair.completion_entries()} * sizeof(contract::Completion);
        const std::uint64_t distance = beat.address - pair.completion_base();
        if (distance >= ring_bytes) continue;
        // The entry's last byte, its phase, comes with its last beat.
        constexpr std::size_t entry_bytes = sizeof(contract::Completion);
        for (std::size_t at = entry_bytes - 1 - distance % entry_bytes; at < beat.data.size(); at += entry_bytes) {
            constexpr std::size_t cookie = offsetof(contract::Completion, cookie);
            if (beat.strobe[at] != 0)
                arrive(i, beat.data.subspan(at + 1 - (entry_bytes - cookie), entry_bytes - cookie));
        }
        return;
    }
}

void Measurement::advance(std::uint64_t cycles) {
    const std::uint64_t end = machine_.cycle() + cycles;
    const std::uint64_t limit = patience + block_patience * workload_.text_bytes / block_bytes;
    if (machine_.cycle() > last_arrival_ + limit) {
        throw MachineError("no completion within " + std::to_string(limit) + " cycles");
    }
    while (machine_.cycle() < end) machine_.engine().advance(end);
}

void Measurement::post_next(Queue& queue) {
    const std::size_t job = queue.idle.front();
    queue.idle.pop_front();
    post(jobs_[job]);
}

void Measurement::post(Job& job) {
    // What an earlier pass wrote must not pass for the result of this one.
    for (const auto& segment : job.destination().segments()) {
        if (segment.length == 0) continue;
        std::ranges::fill(machine_.memory().view(segment.address, segment.length), ScatteredText::background);
    }
    job.outstanding = true;
    job.times = {};
    queues_[job.queue].pair->post(job.descriptor);
    queues_[job.queue].posted.push_back(static_cast<std::size_t>(&job - jobs_.data()));
}

void Measurement::ring(Queue& queue) {
    for (const std::size_t job : queue.posted) jobs_[job].times.doorbell = machine_.cycle();
    queue.posted.clear();
    queue.pair->ring_submission();
}

void Measurement::take(Queue& queue, bool post_again) {
    while (const auto done = queue.pair->poll()) {
        ++queue.taken;
        if (done->cookie >= jobs_.size() || !jobs_[done->cookie].outstanding ||
            jobs_[done->cookie].queue != queue.pair->index()) {
            throw std::runtime_error("a completion that belongs to no request");
        }
        Job& job = jobs_[done->cookie];
        job.outstanding = false;
        if (done->status != contract::Status::ok) {
            throw std::runtime_error("a request ended with status " + std::string(contract::name_of(done->status)));
        }
        if (job.destination().gather() != job.expected) {
            throw std::runtime_error("a request's output differs from OpenSSL's");
        }
        ++verified_;
        if (job.next) {
            post(jobs_[*job.next]);
            continue;
        }
        queue.idle.push_back(job.first.value_or(done->cookie));
        if (post_again) post_next(queue);
    }
    if (!queue.posted.empty()) ring(queue);
    queue.pair->ring_completion();
}

void Measurement::serve(unsigned batch, bool post_again) {
    const bool idle = machine_.engine().idle();
    bool any = false;
    for (Queue& queue : queues_) {
        const std::uint64_t waiting = queue.arrived - queue.taken;
        any = any || waiting != 0;
        if (waiting >= batch || (idle && waiting != 0)) take(queue, post_again);
    }
    if (idle && !any) throw MachineError("the engine is idle, but requests are not answered");
}

void Measurement::expect_no_trace_outside() const {
    for (const Job& job : jobs_) {
        if (!job.surroundings_untouched()) {
            throw std::runtime_error("the engine wrote outside a request's destination");
        }
    }
}

Throughput Measurement::throughput(unsigned requests) {
    const auto clock = std::chrono::steady_clock::now();
    const std::uint64_t simulated = machine_.engine().simulated_cycles();
    const std::size_t warm_up = queues_.size() * workload_.depth;
    const std::size_t end = warm_up + requests;
    const unsigned batch = workload_.text_bytes >= large_request ? 1 : std::max(1U, workload_.depth / batches_of_depth);

    arrivals_.clear();
    for (Queue& queue : queues_) queue.arrived = queue.taken = 0;
    last_arrival_ = machine_.cycle();
    verified_ = 0;
    for (Queue& queue : queues_) {
        for (unsigned i = 0; i < workload_.depth; ++i) post_next(queue);
    }
    for (Queue& queue : queues_) ring(queue);
    while (arrivals_.size() < end) {
        advance(polling_step);
        serve(batch, true);
    }
    // Nothing after the window counts; the rest is there so that every posted request is checked.
    const auto outstanding = [](const Queue& queue) { return queue.pair->outstanding() != 0; };
    while (std::ranges::any_of(queues_, outstanding)) {
        advance(polling_step);
        serve(1, false);
    }
    expect_no_trace_outside();
    if (machine_.memory().stray_access() != nullptr) throw std::runtime_error("the engine accessed unowned memory");
    speed_.cycles += machine_.engine().simulated_cycles() - simulated;
    speed_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - clock).count();

    Throughput result;
    result.cycles = arrivals_[end - 1].cycle - arrivals_[warm_up - 1].cycle;
    result.requests = requests;
    result.bytes = std::uint64_t{requests} * workload_.text_bytes;
    result.verified = verified_;
    result.read_beats = arrivals_[end - 1].read_beats - arrivals_[warm_up - 1].read_beats;
    result.write_beats = arrivals_[end - 1].write_beats - arrivals_[warm_up - 1].write_beats;
    for (std::size_t i = warm_up; i < end; ++i) {
        const RequestTimes& times = arrivals_[i].times;
        for (const std::uint64_t cycle :
             {times.doorbell, times.fetch, times.record, times.source, times.destination, times.completion}) {
            add_to_digest(result.digest, cycle);
        }
        result.times.push_back(times);
    }
    for (const std::uint64_t beats : {result.read_beats, result.write_beats}) add_to_digest(result.digest, beats);
    std::vector<std::uint64_t> by_queue(queues_.size());
    for (std::size_t i = warm_up; i < end; ++i) ++by_queue[arrivals_[i].queue];
    result.lowest_share = static_cast<double>(*std::ranges::min_element(by_queue)) *
                          static_cast<double>(queues_.size()) / static_cast<double>(requests);
    return result;
}

std::vector<std::uint64_t> Measurement::latencies(unsigned runs) {
    const auto clock = std::chrono::steady_clock::now();
    const std::uint64_t simulated = machine_.engine().simulated_cycles();
    std::vector<std::uint64_t> result;
    Queue& queue = queues_.front();
    for (unsigned i = 0; i < runs; ++i) {
        machine_.run(idle_cycles);
        arrivals_.clear();
        queue.arrived = queue.taken = 0;
        post_next(queue);
        const std::uint64_t doorbell = last_arrival_ = machine_.cycle();
        ring(queue);
        while (arrivals_.empty()) {
            if (machine_.engine().idle()) throw MachineError("the engine is idle, but the request is not answered");
            advance(1);
            if (arrivals_.empty() && queue.arrived != queue.taken) take(queue, false);
        }
        result.push_back(arrivals_.front().cycle - doorbell);
        take(queue, false);
    }
    expect_no_trace_outside();
    speed_.cycles += machine_.engine().simulated_cycles() - simulated;
    speed_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - clock).count();
    return result;
}

}  // namespace cce::bench
