// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer's bytes become a sequence of calls of /dev/cce: objects made and destroyed, requests submitted and
// collected, fields that are nearly right, memory that goes, processes that fork and die. The guest kernel's checkers
// look for what goes wrong inside; here each request that was accepted must end once, and each error be one that is
// documented.
//
//   cce_dev_fuzzer [LIBFUZZER-OPTION...] CORPUS
//
// CCE_FUZZ_CALLS ends it after so many calls (default: when libFuzzer ends). CCE_FUZZ_SEEDS=DIR writes a seed corpus
// instead.
#include <liburing.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "device_file.h"
#include "hash_functions.h"

namespace {

using cce::dev::DeviceFile;
using cce::dev::hash_functions;
using cce::dev::HashFunction;

constexpr size_t page = 4096;
constexpr size_t arena_pages = 64;
// Where the kernel puts nothing else: else what the C library or a ring maps would come to lie in a hole of the arena.
constexpr uintptr_t arena_address = 0x1000'0000;
constexpr uint32_t ring_entries = 32;
// user_data of a command in a registered buffer.
constexpr uint64_t fixed_mark = 1;
// Of a key that was unwrapped: the only positive status there is.
constexpr int longest_key = 4096;
constexpr uint32_t no_queue = 0x7fff0000;
constexpr int64_t patience_ns = 60'000'000'000;
constexpr std::array documented{EINVAL,   E2BIG,  EFAULT, ENOENT, EOPNOTSUPP, EDQUOT, ENOMEM,  EAGAIN,  EACCES,
                                EMSGSIZE, ERANGE, ETIME,  EINTR,  EBADF,      ENOTTY, ENODATA, EBADMSG, EOVERFLOW};
// Of the cookie of a hash request.
constexpr uint64_t hash_mark = uint64_t{1} << 63;

// For all numbers that a byte's half can be.
constexpr uint8_t hash_numbers = 16;
static_assert(CCE_UAPI_HASH_CSHAKE_256 < hash_numbers);

// Two numbers are none: as if they were the first one.
const HashFunction& hash_function(uint8_t hash) {
    const auto* const found = std::find_if(hash_functions.begin(), hash_functions.end(),
                                           [hash](const HashFunction& function) { return function.hash == hash; });
    return found != hash_functions.end() ? *found : hash_functions.front();
}

struct Statistics {
    uint64_t calls, refused, accepted, collected, well, hashes, commands, fixed, fixed_well, sequences, children;
} statistics;

[[noreturn]] void defect(const char* what, long long value) {
    std::fprintf(stderr, "DEFECT: %s: %lld\n", what, value);
    std::abort();
}

int counted(int error) {
    ++statistics.calls;
    if (error != 0) {
        ++statistics.refused;
        if (std::find(documented.begin(), documented.end(), error) == documented.end())
            defect("an errno that is not documented", error);
    }
    return error;
}

// The fuzzer's bytes; zeros when they are used up.
class Input {
public:
    Input(const uint8_t* data, size_t size) : data_{data}, left_{size} {}
    [[nodiscard]] bool empty() const { return left_ == 0; }
    uint8_t byte() {
        if (left_ == 0) return 0;
        --left_;
        return *data_++;
    }
    uint16_t half() { return static_cast<uint16_t>(byte() | byte() << 8); }
    uint64_t number() {
        uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = value << 8 | byte();
        return value;
    }
    // As a rule one of the known ids.
    uint32_t id(const std::vector<uint32_t>& known) {
        const uint8_t choice = byte();
        if (known.empty() || choice >= 0xf0) return choice & 3 ? choice & 15U : static_cast<uint32_t>(number());
        return known[choice % known.size()];
    }

private:
    const uint8_t* data_;
    size_t left_;
};

// A queue and what is in it.
struct Queue {
    uint32_t id, outstanding;
};

class Sequence {
public:
    explicit Sequence(Input input) : input_{input} {
        arena_ = static_cast<uint8_t*>(mmap(reinterpret_cast<void*>(arena_address), arena_pages * page,
                                            PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
                                            -1, 0));
        if (arena_ == MAP_FAILED || file_.open_errno() != 0) defect("no memory, or no device", errno);
    }
    Sequence(const Sequence&) = delete;
    Sequence& operator=(const Sequence&) = delete;
    ~Sequence() {
        if (ring_state_ == RingState::open) io_uring_queue_exit(&ring_);
        munmap(arena_, arena_pages * page);
        for (const pid_t child : children_) bury(child);
    }

    void run() {
        while (!input_.empty()) step(false);
        for (const Queue& queue : queues_) drain(queue);
        // Else file and ring go with commands under way.
        if (!leave_early_) reap(patience_ns);
        if (leave_early_) file_.close();
    }

private:
    void step(bool child) {
        const uint8_t operation = input_.byte();
        leave_early_ = operation & 0x80;
        switch (operation % 28) {
            case 0:
            case 1:
                return create_session();
            case 2:
                return forget(sessions_, CCE_UAPI_SESSION_DESTROY);
            case 3:
                return create_region();
            case 4:
                return forget(regions_, CCE_UAPI_REGION_DESTROY);
            case 5:
                return create_queue();
            case 6:
                return destroy_queue();
            case 7:
            case 8:
            case 9:
            case 10:
            case 11:
            case 12:
                return submit();
            case 13:
            case 14:
            case 15:
                return collect();
            case 16:
                return raw_argument();
            case 17:
                return raw_pointer();
            case 18:
                return change_memory();
            case 19:
                return child ? void() : fork_child();
            case 20:
                return wait_a_little();
            case 21:
                return query();
            case 22:
                return structure_of_other_size();
            case 23:
                return child ? void() : submit_commands();
            case 24:
                return child ? void() : reap(0);
            case 25:
                // Anew, with what the arena's pages are now; what is under way keeps those that it has.
                return child || ring_state_ != RingState::open ? void() : register_buffers();
            case 26:
                return create_hash_session();
            default:
                return reopen(child);
        }
    }

    uint64_t address() {
        const uint8_t kind = input_.byte();
        if (kind >= 0xfa) return input_.number();
        if (kind == 0xf9) return reinterpret_cast<uintptr_t>(arena_) + arena_pages * page - input_.byte();
        return reinterpret_cast<uintptr_t>(arena_) + kind % arena_pages * page + (kind & 1 ? input_.half() % page : 0);
    }

    uint32_t length() {
        const uint8_t kind = input_.byte();
        if (kind < 0x80) return kind * 16U;
        if (kind < 0xc0) return input_.byte();
        if (kind < 0xf8) return input_.half();
        return static_cast<uint32_t>(input_.number());
    }

    void create_session() {
        static constexpr std::array<uint8_t, 4> key_sizes{16, 24, 32, 64};
        const uint8_t kind = input_.byte();
        cce_uapi_session_create argument{};
        argument.size = sizeof(argument);
        argument.mode = kind & 0x0f;
        argument.key_bytes = key_sizes[kind >> 4 & 3];
        const bool tagged = argument.mode >= CCE_UAPI_MODE_GCM && argument.mode <= CCE_UAPI_MODE_CMAC;
        argument.tag_bytes = tagged ? 4 + 2 * (input_.byte() % 7U) : 0;
        for (size_t i = 0; i < sizeof(key_); ++i) key_[i] = static_cast<uint8_t>(i * 7 + kind);
        argument.key = reinterpret_cast<uintptr_t>(key_);
        if (kind & 0x80) {
            argument.key_bytes = input_.byte();
            argument.tag_bytes = input_.byte();
            argument.flags = input_.byte() & 1;
        }
        if (counted(file_.call(CCE_UAPI_SESSION_CREATE, argument)) == 0) sessions_.push_back(argument.session);
    }

    void create_hash_session() {
        const uint8_t kind = input_.byte();
        cce_uapi_session_create argument{};
        argument.size = sizeof(argument);
        argument.mode = CCE_UAPI_MODE_HASH + (kind & 0x0f);
        argument.flags = kind & 0x10 ? CCE_UAPI_SESSION_HMAC : 0;
        // With functions of 64 bytes longer than a block, and not.
        if (argument.flags != 0) argument.key_bytes = kind & 0x20 ? 100 : 20;
        argument.key = reinterpret_cast<uintptr_t>(long_key_.data());
        if (kind & 0x80) {
            argument.key_bytes = input_.byte();
            argument.tag_bytes = input_.byte() & 1;
            argument.flags = input_.byte() & 3;
        }
        if (counted(file_.call(CCE_UAPI_SESSION_CREATE, argument)) != 0) return;
        sessions_.push_back(argument.session);
        hash_sessions_[argument.session] = kind & 0x0f;
    }

    // What a hash has that is not a cipher's. A state is nearly right, too.
    void make_hash(cce_uapi_request& request, uint8_t hash) {
        static constexpr std::array<uint16_t, 8> shapes{CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST,
                                                        CCE_UAPI_REQUEST_FIRST,
                                                        CCE_UAPI_REQUEST_LAST,
                                                        0,
                                                        CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_SQUEEZE,
                                                        CCE_UAPI_REQUEST_SQUEEZE,
                                                        CCE_UAPI_REQUEST_LAST | CCE_UAPI_REQUEST_SQUEEZE,
                                                        CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST};
        const HashFunction& function = hash_function(hash);
        const auto block_bytes = static_cast<uint32_t>(function.block_bytes);
        const auto digest_bytes = static_cast<uint32_t>(function.digest_bytes);
        const uint8_t kind = input_.byte();
        request.flags = shapes[kind & 7];
        const bool first = request.flags & CCE_UAPI_REQUEST_FIRST, last = request.flags & CCE_UAPI_REQUEST_LAST;
        const bool squeeze = request.flags & CCE_UAPI_REQUEST_SQUEEZE;
        request.iv_bytes = kind & 8 ? input_.byte() % 18 : 0;
        std::fill(std::begin(request.iv), std::end(request.iv), 0);
        std::fill_n(request.iv, std::min<size_t>(request.iv_bytes, sizeof(request.iv)), kind);
        if (!last || kind & 0x10) request.length = input_.byte() % 40 * block_bytes;
        if (squeeze) request.output_length = input_.byte() % 8 * 2 * block_bytes;
        if (last) request.output_length = digest_bytes != 0 ? digest_bytes : 1U + input_.half();
        if (kind & 0x20) request.output_length += input_.byte();
        if (first) return;
        auto& state = states_[next_state_++ % states_.size()];
        state = {};
        const bool squeezing = function.extendable() && kind & 0x40;
        const cce_uapi_hash_context header{CCE_UAPI_CONTEXT_FORMAT_HASH_STATE, hash, squeezing, {}, block_bytes};
        std::memcpy(state.data(), &header, sizeof(header));
        if (squeezing && !(kind & 0x10)) request.length = 0;
        const uint8_t spoil = input_.byte();
        if (spoil >= 0xe0) state[input_.byte() % state.size()] ^= input_.byte();
        if (spoil == 0xdf) std::fill_n(state.begin() + 8, 8, 0xff);
        request.aad = reinterpret_cast<uintptr_t>(state.data());
        request.aad_length = static_cast<uint32_t>(function.saved_bytes());
        if (spoil == 0xde) request.aad_length = input_.byte();
        if (spoil == 0xdd) request.aad = address();
    }

    void create_region() {
        cce_uapi_region_create argument{};
        argument.size = sizeof(argument);
        argument.flags = input_.byte() & 1;
        argument.address = address();
        argument.length = length();
        if (counted(file_.call(CCE_UAPI_REGION_CREATE, argument)) == 0) regions_.push_back(argument.region);
    }

    void create_queue() {
        const uint8_t kind = input_.byte();
        cce_uapi_queue_create argument{};
        argument.size = sizeof(argument);
        argument.depth = kind < 0xf0 ? 1 + kind % 32U : static_cast<uint32_t>(input_.half());
        const int event = kind & 1 ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
        argument.eventfd = kind == 0xff ? file_.descriptor() : event;
        if (counted(file_.call(CCE_UAPI_QUEUE_CREATE, argument)) == 0) queues_.push_back({argument.queue, 0});
        // The queue has it, too.
        if (event >= 0) close(event);
    }

    void forget(std::vector<uint32_t>& known, unsigned long command) {
        const uint32_t id = input_.id(known);
        if (counted(file_.destroy(command, id)) == 0) std::erase(known, id);
    }

    Queue* queue() { return queues_.empty() ? nullptr : &queues_[input_.byte() % queues_.size()]; }

    void destroy_queue() {
        const Queue* chosen = queue();
        const uint32_t id = chosen != nullptr ? chosen->id : no_queue;
        const int error = counted(file_.destroy(CCE_UAPI_QUEUE_DESTROY, id));
        if (chosen != nullptr && error != 0) defect("a queue can't be destroyed", error);
        std::erase_if(queues_, [&](const Queue& q) { return q.id == id; });
    }

    cce_uapi_request request() {
        static constexpr std::array<uint8_t, 4> iv_sizes{16, 12, 0, 7};
        const uint8_t kind = input_.byte();
        cce_uapi_request request{};
        request.session = input_.id(sessions_);
        request.flags = kind & 1 ? CCE_UAPI_REQUEST_DECRYPT : 0;
        request.iv_bytes = iv_sizes[kind >> 1 & 3];
        request.length = length();
        request.iv[0] = kind;
        if (request.iv_bytes == 0) request.iv[0] = 0;
        if (kind & 8) request.source_region = input_.id(regions_);
        request.source = request.source_region != 0 ? input_.half() : address();
        if (kind & 0x10) {
            request.destination_region = request.source_region;
            request.destination = request.source;
        } else {
            if (kind & 8) request.destination_region = input_.id(regions_);
            request.destination = request.destination_region != 0 ? input_.half() : address();
        }
        const auto hash = hash_sessions_.find(request.session);
        if (hash != hash_sessions_.end()) {
            make_hash(request, hash->second);
        } else if (kind & 0x20) {
            request.aad_length = length();
            if (kind & 8) request.aad_region = input_.id(regions_);
            request.aad = request.aad_region != 0 ? input_.half() : address();
        }
        if ((kind & 0xc0) == 0xc0)
            reinterpret_cast<uint8_t*>(&request)[input_.byte() % sizeof(request)] ^= input_.byte();
        request.cookie = ++cookie_ | (hash != hash_sessions_.end() ? hash_mark : 0);
        return request;
    }

    void submit() {
        std::array<cce_uapi_request, 24> requests{};
        const uint8_t kind = input_.byte();
        const uint32_t count = 1 + kind % 4 + (kind >= 0xf0 ? 20 : 0);
        const cce_uapi_request first = request();
        for (uint32_t i = 0; i < count; ++i) {
            requests[i] = i < 4 && (kind & 8) ? request() : first;
            // Each in a place of its own.
            if (i > 0 && requests[i].source_region == 0 && requests[i].destination == requests[i].source)
                requests[i].destination = requests[i].source = first.source + i * page;
        }
        Queue* chosen = queue();
        cce_uapi_submit argument{};
        argument.size = sizeof(argument);
        argument.queue = chosen != nullptr ? chosen->id : no_queue;
        argument.count = count;
        argument.requests = kind == 0xff ? input_.number() : reinterpret_cast<uintptr_t>(requests.data());
        const int error = counted(file_.call(CCE_UAPI_SUBMIT, argument));
        if (argument.accepted > count) defect("accepted more than there are", argument.accepted);
        if (error != 0 && argument.accepted != 0) defect("an error, but requests were accepted", error);
        if (error == 0 && argument.accepted == 0) defect("neither an error nor a request", 0);
        statistics.accepted += argument.accepted;
        if (chosen != nullptr) chosen->outstanding += argument.accepted;
    }

    void collect() {
        Queue* chosen = queue();
        const uint8_t kind = input_.byte();
        std::array<cce_uapi_completion, 32> completions{};
        cce_uapi_collect argument{};
        argument.size = sizeof(argument);
        argument.queue = chosen != nullptr ? chosen->id : no_queue;
        argument.maximum = 1 + kind % 32;
        argument.minimum =
            kind & 0x40 ? std::min<uint32_t>(argument.maximum, chosen != nullptr ? chosen->outstanding : 1) : 0;
        argument.timeout_ns = kind & 0x80 ? 100'000 : 0;
        argument.completions = kind == 0xff ? input_.number() : reinterpret_cast<uintptr_t>(completions.data());
        (void)counted(file_.call(CCE_UAPI_COLLECT, argument));
        account(chosen, argument.count, completions);
    }

    static void account(Queue* queue, uint32_t count, std::span<const cce_uapi_completion> completions) {
        if (count > (queue != nullptr ? queue->outstanding : 0)) defect("completions that nobody waits for", count);
        if (queue != nullptr) queue->outstanding -= count;
        statistics.collected += count;
        for (const cce_uapi_completion& completion : completions.first(count)) {
            statistics.well += completion.status >= 0;
            statistics.hashes += completion.status >= 0 && completion.cookie & hash_mark;
            if (completion.status > longest_key || completion.flags != 0) defect("a status", completion.status);
        }
    }

    // What was accepted ends, once.
    void drain(Queue queue) {
        while (queue.outstanding > 0) {
            std::vector<cce_uapi_completion> completions;
            const int error = counted(file_.collect(queue.id, 1, 32, patience_ns, completions));
            if (error == EINTR) continue;
            if (error != 0) defect("a request never ends", queue.outstanding);
            account(&queue, static_cast<uint32_t>(completions.size()), completions);
        }
        std::vector<cce_uapi_completion> none;
        if (counted(file_.collect(queue.id, 1, 1, 0, none)) != ETIME)
            defect("more completions than requests", queue.id);
    }

    void open_ring() {
        // A command that the ring itself refuses shall not hold back those behind it.
        constexpr unsigned flags = IORING_SETUP_SQE128 | IORING_SETUP_SUBMIT_ALL;
        ring_state_ = io_uring_queue_init(ring_entries, &ring_, flags) == 0 ? RingState::open : RingState::refused;
        if (ring_state_ == RingState::open) register_buffers();
    }

    // Two halves of the arena; not if a page of it has gone, or can't be written.
    void register_buffers() {
        const size_t half = arena_pages / 2 * page;
        const std::array<iovec, 2> buffers{{{arena_, half}, {arena_ + half, half}}};
        (void)io_uring_unregister_buffers(&ring_);
        (void)io_uring_register_buffers(&ring_, buffers.data(), buffers.size());
    }

    // By io_uring, if the kernel has it.
    void submit_commands() {
        if (ring_state_ == RingState::none) open_ring();
        const uint8_t kind = input_.byte();
        if (ring_state_ != RingState::open) return;
        const uint32_t count = std::min(1 + kind % 4U, ring_entries - commands_under_way_);
        for (uint32_t i = 0; i < count; ++i) {
            const cce_uapi_request command = request();
            io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
            if (sqe == nullptr) defect("no room in the ring", commands_under_way_);
            std::memset(sqe, 0, 2 * sizeof(*sqe));
            sqe->opcode = IORING_OP_URING_CMD;
            sqe->fd = file_.descriptor();
            sqe->cmd_op = kind >= 0xf8 ? kind : CCE_UAPI_CMD_CIPHER;
            sqe->flags = kind & 0x40 ? IOSQE_ASYNC : 0;
            if (kind & 0x20) {
                sqe->uring_cmd_flags = IORING_URING_CMD_FIXED;
                sqe->buf_index = kind >> 2 & 3;
                sqe->user_data = fixed_mark;
                ++statistics.fixed;
            }
            std::memcpy(sqe->cmd, &command, sizeof(command));
        }
        if (const int submitted = io_uring_submit(&ring_); submitted != static_cast<int>(count))
            defect("commands that the ring does not take", submitted);
        commands_under_way_ += count;
        statistics.calls += count;
        statistics.commands += count;
    }

    void reap(int64_t wait_ns) {
        while (commands_under_way_ > 0) {
            __kernel_timespec time{wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
            io_uring_cqe* cqe = nullptr;
            const int error =
                wait_ns > 0 ? io_uring_wait_cqe_timeout(&ring_, &cqe, &time) : io_uring_peek_cqe(&ring_, &cqe);
            if (error == -EINTR) continue;
            if (error != 0 && wait_ns > 0) defect("a command never ends", commands_under_way_);
            if (error != 0) return;
            if (cqe->res > longest_key) defect("a command's result", cqe->res);
            statistics.well += cqe->res >= 0;
            statistics.fixed_well += cqe->res >= 0 && cqe->user_data == fixed_mark;
            io_uring_cqe_seen(&ring_, cqe);
            --commands_under_way_;
        }
    }

    // Random bytes for an argument. Not where requests are accounted for.
    void raw_argument() {
        std::array<uint8_t, 128> argument{};
        const unsigned long command = _IO(CCE_UAPI_MAGIC, input_.byte() % 12);
        const uint8_t size = input_.byte();
        for (size_t i = 0; i < 32; ++i) argument[i] = input_.byte();
        const uint32_t told = size < 0xc0 ? size : 0xffffff00U + size;
        std::memcpy(argument.data(), &told, sizeof(told));
        if (command == CCE_UAPI_SUBMIT || command == CCE_UAPI_COLLECT || command == CCE_UAPI_QUEUE_DESTROY) {
            std::memcpy(argument.data() + 4, &no_queue, sizeof(no_queue));
        }
        (void)counted(ioctl(file_.descriptor(), command, argument.data()) < 0 ? errno : 0);
    }

    void raw_pointer() {
        const unsigned long command = _IO(CCE_UAPI_MAGIC, input_.byte() % 12);
        // Zeros, or nothing, are there: never a valid size.
        const uint64_t pointer = input_.number() | uint64_t{1} << 63;
        const int error = ioctl(file_.descriptor(), command, pointer) < 0 ? errno : 0;
        if (counted(error) == 0) defect("an argument from nowhere is taken", static_cast<long long>(command));
    }

    void change_memory() {
        const uint8_t kind = input_.byte();
        uint8_t* where = arena_ + kind % arena_pages * page;
        const size_t bytes = std::min<size_t>(1 + input_.byte() % 8U, arena_pages - kind % arena_pages) * page;
        switch (kind >> 6) {
            case 0:
                munmap(where, bytes);
                break;
            case 1:
                mprotect(where, bytes, PROT_READ);
                break;
            case 2:
                mprotect(where, bytes, PROT_NONE);
                break;
            default:
                mmap(where, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
                break;
        }
    }

    // A child of the same client, which dies in the middle of something.
    void fork_child() {
        const uint8_t kind = input_.byte();
        Input rest = input_;
        const pid_t child = fork();
        if (child < 0) return;
        if (child == 0) {
            // Requests in the parent's queues are the parent's to account for.
            queues_.clear();
            children_.clear();
            input_ = rest;
            for (int i = 0; i < 1 + kind % 8 && !input_.empty(); ++i) step(true);
            if (kind & 0x40) raise(SIGKILL);
            _exit(0);
        }
        ++statistics.children;
        if (kind & 0x80)
            children_.push_back(child);
        else
            bury(child);
    }

    static void bury(pid_t child) {
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL : WEXITSTATUS(status) != 0)
            defect("a child found something", status);
    }

    void wait_a_little() {
        pollfd polled{file_.descriptor(), POLLIN, 0};
        if (poll(&polled, 1, input_.byte() & 1) < 0) defect("poll", errno);
        ++statistics.calls;
    }

    void query() {
        cce_uapi_query query{};
        if (counted(file_.query(query)) != 0) defect("query", errno);
    }

    void structure_of_other_size() {
        struct {
            cce_uapi_destroy known;
            std::array<uint8_t, 200> more;
        } argument{};
        argument.known.size = static_cast<uint32_t>(sizeof(argument.known) + input_.byte() % 200U - 4);
        argument.known.id = input_.id(sessions_);
        argument.more[input_.byte() % 200U] = input_.byte() & 1;
        if (counted(file_.call(CCE_UAPI_SESSION_DESTROY, argument)) == 0) std::erase(sessions_, argument.known.id);
    }

    // Everything goes at once, with what is in flight.
    void reopen(bool child) {
        if (child) return;
        file_.close();
        sessions_.clear();
        hash_sessions_.clear();
        regions_.clear();
        queues_.clear();
        std::destroy_at(&file_);
        std::construct_at(&file_);
        if (file_.open_errno() != 0) defect("the device can't be opened again", file_.open_errno());
    }

    Input input_;
    DeviceFile file_;
    uint8_t* arena_;
    uint8_t key_[64]{};
    std::array<uint8_t, 256> long_key_{};
    std::map<uint32_t, uint8_t> hash_sessions_;  // functions; the ids may have gone
    std::array<std::array<uint8_t, CCE_UAPI_STATE_BYTES>, 8> states_{};
    size_t next_state_{};
    std::vector<uint32_t> sessions_, regions_;
    std::vector<Queue> queues_;
    std::vector<pid_t> children_;
    uint64_t cookie_{};
    bool leave_early_{};
    enum class RingState { none, open, refused } ring_state_{};
    io_uring ring_{};
    uint32_t commands_under_way_{};
};

void report() {
    const std::initializer_list<std::pair<const char*, uint64_t>> counts{
        {"calls", statistics.calls},         {"refused", statistics.refused},  {"accepted", statistics.accepted},
        {"collected", statistics.collected}, {"well", statistics.well},        {"hashes", statistics.hashes},
        {"commands", statistics.commands},   {"fixed", statistics.fixed},      {"fixed_well", statistics.fixed_well},
        {"sequences", statistics.sequences}, {"children", statistics.children}};
    const char* separator = "{";
    for (const auto& [name, count] : counts) {
        std::printf("%s\"%s\": %llu", separator, name, static_cast<unsigned long long>(count));
        separator = ", ";
    }
    std::printf("}\n");
    std::fflush(stdout);
}

void write_seed(const std::string& folder, int number, const std::vector<uint8_t>& bytes) {
    std::ofstream{folder + "/seed" + std::to_string(number), std::ios::binary}.write(
        reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// The same of hash functions, alone and with a key: whole messages, and pieces of them.
void write_hash_seeds(const std::string& folder, int number) {
    std::mt19937 random{2};
    for (uint8_t hash = 0; hash < hash_numbers; ++hash) {
        const bool extendable = hash_function(hash).extendable();
        for (int keyed = 0; keyed < (extendable ? 1 : 2); ++keyed) {
            std::vector<uint8_t> bytes{5, 20, 26, static_cast<uint8_t>(hash | keyed << 4 | (random() % 2 << 5))};
            for (int i = 0; i < 12; ++i) {
                const auto shape = static_cast<uint8_t>(random() % (extendable ? 6 : 4));
                // Submit one; the session; no region; a length.
                bytes.insert(bytes.end(), {7, 0, 4, 0, static_cast<uint8_t>(random() % 100)});
                bytes.insert(bytes.end(), {static_cast<uint8_t>(2 * (random() % 16)),
                                           static_cast<uint8_t>(32 + 2 * (random() % 16))});
                bytes.push_back(static_cast<uint8_t>(shape | (random() % 2 << 6)));
                const bool last = shape == 0 || shape == 2;
                if (!last) bytes.push_back(static_cast<uint8_t>(1 + random() % 30));
                if (shape >= 4) bytes.push_back(static_cast<uint8_t>(random()));
                if (last && extendable) bytes.insert(bytes.end(), {static_cast<uint8_t>(random()), 3});
                if (shape == 2 || shape == 3 || shape == 5) bytes.push_back(static_cast<uint8_t>(random() % 0xe4));
                // Which queue.
                bytes.push_back(0);
                if (random() % 3 == 0) bytes.insert(bytes.end(), {13, 0, static_cast<uint8_t>(random())});
            }
            write_seed(folder, number++, bytes);
        }
    }
}

// A beginning for libFuzzer: a session of each mode, a region, a queue, then requests and other operations at random.
void write_seeds(const std::string& folder) {
    std::mt19937 random{1};
    write_hash_seeds(folder, 64);
    for (int number = 0; number < 64; ++number) {
        std::vector<uint8_t> bytes{3, 0, 1, 0, 0, 0x7f, 5, 20};
        const uint8_t mode = static_cast<uint8_t>(number % 9);
        const uint8_t sizes = mode == CCE_UAPI_MODE_XTS ? 0x20 : static_cast<uint8_t>(random() % 3 << 4);
        bytes.insert(bytes.end(), {0, static_cast<uint8_t>(mode | sizes)});
        if (mode >= CCE_UAPI_MODE_GCM && mode <= CCE_UAPI_MODE_CMAC) bytes.push_back(4);
        static constexpr std::array<uint8_t, 9> iv_choice{2, 0, 0, 0, 1, 1, 2, 2, 2};
        for (int i = 0; i < 12; ++i) {
            const uint8_t in_place = random() % 2 != 0 ? 0x10 : 0;
            const uint8_t in_region = random() % 4 != 0 ? 0 : 8;
            const uint8_t decrypt = mode != CCE_UAPI_MODE_CMAC && random() % 2 != 0;
            const bool in_ring = random() % 4 == 0;
            // In a buffer that is registered, as many as not.
            const uint8_t fixed = in_ring && !in_region && random() % 2 != 0 ? 0x20 : 0;
            bytes.insert(bytes.end(), {static_cast<uint8_t>(in_ring ? 23 : 7), fixed,
                                       static_cast<uint8_t>(iv_choice[mode] << 1 | in_place | in_region | decrypt), 0,
                                       static_cast<uint8_t>(1 + random() % 100)});
            for (int ranges = in_place ? 1 : 2; ranges > 0; --ranges) {
                const uint8_t even = static_cast<uint8_t>(2 * (random() % (fixed != 0 ? 16 : 32)));
                if (in_region)
                    bytes.insert(bytes.end(), {0, even, 0});
                else
                    bytes.push_back(even);
            }
            // Which queue.
            if (!in_ring) bytes.push_back(0);
            if (random() % 3 == 0) bytes.insert(bytes.end(), {13, 0, static_cast<uint8_t>(random())});
            if (random() % 4 == 0) bytes.push_back(static_cast<uint8_t>(random()));
        }
        write_seed(folder, number, bytes);
    }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    if (const char* folder = std::getenv("CCE_FUZZ_SEEDS"); folder != nullptr) {
        write_seeds(folder);
        std::_Exit(0);
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const char* limit_text = std::getenv("CCE_FUZZ_CALLS");
    static const uint64_t limit = limit_text != nullptr ? std::strtoull(limit_text, nullptr, 0) : ~uint64_t{0};
    ++statistics.sequences;
    Sequence{Input{data, size}}.run();
    if (statistics.calls >= limit) {
        report();
        // exit() is a crash to libFuzzer.
        std::_Exit(0);
    }
    return 0;
}
