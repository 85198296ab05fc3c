/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware that offloads AES-256-GCM: 256 KiB in pieces, several of them in flight, with interrupts. It compares the
 * engine's results with its own software's, opens them again, shows that a forgery is refused, and prints what both
 * cost. Then it loads a boot image, which the engine decrypts and verifies in one pass. docs/firmware.md walks through
 * it.
 */

#include <stdbool.h>

#include "boot_image.h"
#include "cce_mmio.h"
#include "cce_mmio_port.h"
#include "computer.h"
#include "console.h"
#include "software_gcm.h"
#include "wipe.h"

enum {
    TEXT_BYTES = 256 * 1024,
    PIECE_BYTES = 16 * 1024,
    PIECES = TEXT_BYTES / PIECE_BYTES,
    TAG_BYTES = 16,
    QUEUE_LOG2 = 3, /* eight pieces in flight */
    KEY_BYTES = 32
};
_Static_assert(KEY_BYTES == BOOT_IMAGE_KEY_BYTES, "all keys are as long");

/* A key has one purpose: SP 800-57, part 1, 5.2. */
enum purpose { PIECES_KEY, IMAGE_CIPHER_KEY, IMAGE_MAC_KEY, KEYS };

/* Cycles in which the engine must have answered; far more than it needs. */
#define PATIENCE UINT64_C(10000000)

static struct cce_mmio_engine engine;
static struct cce_mmio_queue queue;
static struct cce_mmio_key key; /* read by the engine's DMA */

_Alignas(CCE_MMIO_QUEUE_ALIGNMENT) static uint8_t queue_memory[CCE_MMIO_QUEUE_BYTES(QUEUE_LOG2)];
static uint8_t text[TEXT_BYTES];
static uint8_t sealed[PIECES][PIECE_BYTES + TAG_BYTES]; /* by the engine: each piece, and its tag behind it */
static uint8_t expected[PIECE_BYTES + TAG_BYTES];       /* by the software */
static uint8_t opened[TEXT_BYTES];
static uint8_t ivs[PIECES][12];
static const uint8_t aad[] = "piece of the firmware example";
static struct boot_loader loader;
static struct cce_mmio_hash vendors_mac;
static struct software_gcm software;
static uint8_t keys[KEYS][KEY_BYTES];
static uint8_t image[BOOT_IMAGE_HEADER_BYTES + TEXT_BYTES + BOOT_IMAGE_TAG_BYTES];

/* What the driver wants of the firmware: cce_mmio_port.h. */

uint64_t cce_port_time(void) {
    return READ_CSR(mcycle);
}

void cce_port_arm_timer(uint64_t deadline) {
    write64(TIMER_BASE + TIMER_COMPARE, deadline);
    SET_CSR(mie, UINT64_C(1) << INTERRUPT_TIMER);
}

/* Overwrites all that keys were stored in, and what was made of them. The engine must be done with it. */
static void forget(void) {
    cce_mmio_key_wipe(&key);
    cce_mmio_hash_wipe(&vendors_mac);
    boot_loader_close(&loader);
    software_gcm_wipe(&software);
    wipe(keys, sizeof keys);
}

/* Called by trap_entry, with interrupts off. */
void trap(uint64_t cause, uint64_t address, uint64_t value) {
    if (cause == (UINT64_C(1) << 63 | INTERRUPT_EXTERNAL)) {
        const uint32_t pending = read32(INTERRUPT_CONTROLLER_BASE + INTERRUPT_CONTROLLER_PENDING);
        /* First clear, then look: what comes meanwhile is pending again. */
        write32(INTERRUPT_CONTROLLER_BASE + INTERRUPT_CONTROLLER_PENDING, pending);
        if ((pending & 1u) != 0) {
            (void)cce_mmio_event_interrupt(&engine);
        }
        /* Whoever waits looks at the queue's state, too. */
        cce_mmio_interrupt(&queue);
    } else if (cause == (UINT64_C(1) << 63 | INTERRUPT_TIMER)) {
        CLEAR_CSR(mie, UINT64_C(1) << INTERRUPT_TIMER);
    } else {
        print("trap ");
        print_number(cause, 0);
        print(" at ");
        print_hexadecimal(address);
        print(", value ");
        print_hexadecimal(value);
        print("\n");
        forget(); /* without the engine: its registers may be what has trapped */
        finish(3);
    }
}

__attribute__((noreturn)) static void fail(void) {
    if (cce_mmio_queue_close(&queue, PATIENCE) == CCE_MMIO_ERROR_STALLED) {
        print("the engine may still read and write: reset the computer\n");
    }
    forget();
    finish(1);
}

static void require(enum cce_mmio_status status, const char* what) {
    if (status != CCE_MMIO_OK) {
        print(what);
        print(": ");
        print(cce_mmio_strerror(status));
        print("\n");
        fail();
    }
}

static void complain(const char* what) {
    print(what);
    print("\n");
    fail();
}

static bool same(const uint8_t* a, const uint8_t* b, size_t bytes) {
    uint8_t difference = 0;
    for (size_t i = 0; i < bytes; ++i) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0;
}

/* Of what was refused nothing may be seen. */
static void require_zeros(const uint8_t* bytes, size_t count, const char* otherwise) {
    while (count-- != 0) {
        if (*bytes++ != 0) {
            complain(otherwise);
        }
    }
}

/* Byte `i` of a key: something that is another one for each. */
static uint8_t key_byte(unsigned purpose, unsigned i) {
    static const uint8_t steps[KEYS] = {7, 11, 5};
    return (uint8_t)(steps[purpose] * i + purpose + 3);
}

/* Compares with what the bytes are made of, so as to leave no key itself. */
static bool is_between(uintptr_t at, uintptr_t end, unsigned purpose) {
    for (; at <= end - KEY_BYTES; ++at) {
        unsigned i = 0;
        while (i < KEY_BYTES && *(const uint8_t*)(at + i) == key_byte(purpose, i)) {
            ++i;
        }
        if (i == KEY_BYTES) {
            return true;
        }
    }
    return false;
}

/* Looks through variables and stack for a key. */
static bool is_left(unsigned purpose) {
    extern const uint8_t bss_begin[], bss_end[], stack_begin[], stack_end[]; /* firmware.ld */
    return is_between((uintptr_t)bss_begin, (uintptr_t)bss_end, purpose) ||
           is_between((uintptr_t)stack_begin, (uintptr_t)stack_end, purpose);
}

static void set_up(void) {
    require(cce_mmio_engine_open(&engine, ENGINE_BASE), "cce_mmio_engine_open");
    print("engine: contract ");
    print_number(engine.version_major, 0);
    print(".");
    print_number(engine.version_minor, 0);
    print(", ");
    print_number(engine.queue_count, 0);
    print(" queues, ");
    print_number(engine.request_count, 0);
    print(" requests in flight, DMA of ");
    print_number(engine.data_bytes, 0);
    print(" bytes a beat\n");

    const struct cce_mmio_queue_config config = {
        .memory = queue_memory, .memory_bytes = sizeof queue_memory, .log2 = QUEUE_LOG2, .interrupt = true};
    require(cce_mmio_queue_open(&queue, &engine, 0, &config), "cce_mmio_queue_open");
    require(
        cce_mmio_key_set(&key, CCE_MMIO_GCM, CCE_MMIO_MAY_ENCRYPT | CCE_MMIO_MAY_DECRYPT, keys[PIECES_KEY], KEY_BYTES),
        "cce_mmio_key_set");

    write32(INTERRUPT_CONTROLLER_BASE + INTERRUPT_CONTROLLER_ENABLE, 3); /* events, queue 0 */
    SET_CSR(mie, UINT64_C(1) << INTERRUPT_EXTERNAL);
    SET_CSR(mstatus, 8); /* MIE */
}

/* Sets what a piece has; the rest of the request is zero. */
static void fill(struct cce_mmio_request* request, unsigned piece, enum cce_mmio_direction direction) {
    const bool seal = direction == CCE_MMIO_ENCRYPT;
    uint8_t* const plain = (seal ? text : opened) + (size_t)piece * PIECE_BYTES;
    request->cookie = piece;
    request->direction = direction;
    request->key = &key;
    request->iv = ivs[piece];
    request->iv_length = sizeof ivs[piece];
    request->aad = aad;
    request->aad_length = sizeof aad;
    request->source = seal ? plain : sealed[piece];
    request->source_length = seal ? PIECE_BYTES : PIECE_BYTES + TAG_BYTES;
    request->destination = seal ? sealed[piece] : plain;
    request->destination_length = seal ? PIECE_BYTES + TAG_BYTES : PIECE_BYTES;
    request->tag = NULL; /* behind the text */
    request->tag_length = TAG_BYTES;
}

/* All pieces, as many in flight as the queue takes. */
static void run_all(enum cce_mmio_direction direction) {
    struct cce_mmio_request request = {0};
    unsigned submitted = 0, done = 0;
    while (done < PIECES) {
        while (submitted < PIECES) {
            fill(&request, submitted, direction);
            const enum cce_mmio_status status = cce_mmio_submit(&queue, &request);
            if (status == CCE_MMIO_ERROR_QUEUE_FULL) {
                break;
            }
            require(status, "cce_mmio_submit");
            ++submitted;
        }
        require(cce_mmio_wait(&queue, PATIENCE), "cce_mmio_wait");
        struct cce_mmio_completion completions[4];
        const size_t count = cce_mmio_poll(&queue, completions, 4);
        for (size_t i = 0; i < count; ++i) {
            require(completions[i].status, "a piece");
        }
        done += (unsigned)count;
    }
}

/* The timer ends a sleep that no interrupt of the engine ends: so timeouts work. */
static void check_timer(void) {
    enum { CYCLES = 5000, LATE = 100 };
    const uint64_t begin = cce_port_time(), instruction = READ_CSR(minstret);
    while (cce_port_time() - begin < CYCLES) {
        cce_port_wait_for_interrupt(&queue.interrupts, queue.interrupts, begin + CYCLES);
    }
    const uint64_t cycles = cce_port_time() - begin, instructions = READ_CSR(minstret) - instruction;
    if (cycles > CYCLES + LATE || instructions > CYCLES / 10) {
        complain("the timer does not end a sleep in time, or there was no sleep");
    }
    print("timer: slept for ");
    print_number(cycles, 0);
    print(" cycles, in ");
    print_number(instructions, 0);
    print(" instructions\n");
}

static void report(const char* what, uint64_t cycles, uint64_t instructions) {
    print(what);
    print_number(cycles, 12);
    print_quotient(TEXT_BYTES, cycles, 12);
    print_number(instructions, 14);
    print("\n");
}

/* What the vendor's tool does: the text, encrypted and authenticated, as boot_image.h describes it. */
static void make_image(uint32_t version) {
    const uint8_t counter_block[CCE_MMIO_BLOCK_BYTES] = {(uint8_t)version}; /* a version is encrypted once */
    boot_image_header(image, version, TEXT_BYTES, counter_block);
    require(cce_mmio_key_set(&key, CCE_MMIO_CTR, CCE_MMIO_MAY_ENCRYPT, keys[IMAGE_CIPHER_KEY], KEY_BYTES),
            "cce_mmio_key_set");
    require(cce_mmio_hash_set(&queue, &vendors_mac, CCE_MMIO_SHA_256, keys[IMAGE_MAC_KEY], KEY_BYTES, PATIENCE),
            "cce_mmio_hash_set");
    const struct cce_mmio_request request = {.direction = CCE_MMIO_ENCRYPT,
                                             .key = &key,
                                             .hash = &vendors_mac,
                                             .iv = counter_block,
                                             .iv_length = CCE_MMIO_BLOCK_BYTES,
                                             .aad = image,
                                             .aad_length = BOOT_IMAGE_HEADER_BYTES,
                                             .source = text,
                                             .source_length = TEXT_BYTES,
                                             .destination = image + BOOT_IMAGE_HEADER_BYTES,
                                             .destination_length = TEXT_BYTES + BOOT_IMAGE_TAG_BYTES,
                                             .tag_length = BOOT_IMAGE_TAG_BYTES};
    require(cce_mmio_run(&queue, &request, NULL, PATIENCE), "an image");
    cce_mmio_key_wipe(&key);
    cce_mmio_hash_wipe(&vendors_mac);
}

static enum boot_image_status load_image(uint32_t oldest, uint32_t* bytes) {
    return boot_loader_load(&loader, &queue, image, sizeof image, oldest, opened, TEXT_BYTES, bytes, PATIENCE);
}

/* A boot image goes to memory in one pass, and a forged one does not. */
static void boot(void) {
    enum { VERSION = 7 };
    make_image(VERSION);
    if (boot_loader_open(&loader, &queue, keys[IMAGE_CIPHER_KEY], keys[IMAGE_MAC_KEY], PATIENCE) != BOOT_IMAGE_OK) {
        require(loader.engine_status, "boot_loader_open");
    }
    const uint64_t cycle = READ_CSR(mcycle), instruction = READ_CSR(minstret);
    uint32_t bytes = 0;
    const enum boot_image_status loaded = load_image(VERSION, &bytes);
    const uint64_t cycles = READ_CSR(mcycle) - cycle, instructions = READ_CSR(minstret) - instruction;
    require(loader.engine_status, "boot_loader_load");
    if (loaded != BOOT_IMAGE_OK || bytes != TEXT_BYTES || !same(opened, text, TEXT_BYTES)) {
        complain("the boot image was not loaded, or is another one");
    }
    print("boot image of 256 KiB, AES-256-CTR and HMAC-SHA-256: decrypted and verified in one pass\n");
    report("boot image        ", cycles, instructions);

    image[BOOT_IMAGE_HEADER_BYTES] ^= 1;
    if (load_image(VERSION, &bytes) != BOOT_IMAGE_FORGED) {
        complain("the forged image was not refused");
    }
    require_zeros(opened, TEXT_BYTES, "the text of the forged image can be seen");
    image[BOOT_IMAGE_HEADER_BYTES] ^= 1;
    opened[0] = 1; /* so that zeros are those of this call */
    if (load_image(VERSION + 1, &bytes) != BOOT_IMAGE_OLD) {
        complain("the old image was not refused");
    }
    require_zeros(opened, TEXT_BYTES, "the text of the old image can be seen");
    print("forged and old boot images: refused; the destination is zero\n");
    boot_loader_close(&loader);
}

int main(void) {
    for (unsigned purpose = 0; purpose < KEYS; ++purpose) {
        for (unsigned i = 0; i < KEY_BYTES; ++i) {
            keys[purpose][i] = key_byte(purpose, i);
        }
    }
    for (unsigned i = 0; i < TEXT_BYTES; ++i) {
        text[i] = (uint8_t)(i * 2654435761u >> 24);
    }
    for (unsigned i = 0; i < PIECES; ++i) {
        ivs[i][11] = (uint8_t)(i + 1); /* a number that is never used twice with a key */
    }
    set_up();
    check_timer();

    uint64_t cycle = READ_CSR(mcycle), instruction = READ_CSR(minstret);
    run_all(CCE_MMIO_ENCRYPT);
    const uint64_t engine_cycles = READ_CSR(mcycle) - cycle;
    const uint64_t engine_instructions = READ_CSR(minstret) - instruction;

    uint64_t software_cycles = 0, software_instructions = 0;
    software_gcm_init(&software, keys[PIECES_KEY], KEY_BYTES);
    for (unsigned piece = 0; piece < PIECES; ++piece) {
        cycle = READ_CSR(mcycle);
        instruction = READ_CSR(minstret);
        software_gcm_seal(&software, ivs[piece], aad, sizeof aad, text + (size_t)piece * PIECE_BYTES, PIECE_BYTES,
                          expected, expected + PIECE_BYTES);
        software_cycles += READ_CSR(mcycle) - cycle;
        software_instructions += READ_CSR(minstret) - instruction;
        if (!same(sealed[piece], expected, sizeof expected)) {
            complain("the engine's ciphertext or tag is not the software's");
        }
    }
    print("256 KiB of AES-256-GCM: ciphertexts and tags are the software's\n");

    cycle = READ_CSR(mcycle);
    instruction = READ_CSR(minstret);
    run_all(CCE_MMIO_DECRYPT);
    const uint64_t open_cycles = READ_CSR(mcycle) - cycle;
    const uint64_t open_instructions = READ_CSR(minstret) - instruction;
    if (!same(opened, text, TEXT_BYTES)) {
        complain("the decrypted text is not the original one");
    }
    print("decrypted: the original text\n");

    sealed[0][PIECE_BYTES] ^= 1;
    struct cce_mmio_request forged = {0};
    fill(&forged, 0, CCE_MMIO_DECRYPT);
    const enum cce_mmio_status status = cce_mmio_run(&queue, &forged, NULL, PATIENCE);
    if (status != CCE_MMIO_ERROR_TAG) {
        complain("the forged tag was not refused");
    }
    require_zeros(opened, PIECE_BYTES, "the text behind the forged tag can be seen");
    print("forged tag: ");
    print(cce_mmio_strerror(status));
    print("; the destination is zero\n");

    print("                         cycles bytes/cycle  instructions\n");
    report("engine, encrypt   ", engine_cycles, engine_instructions);
    report("engine, decrypt   ", open_cycles, open_instructions);
    report("software, encrypt ", software_cycles, software_instructions);
    print("the engine is ");
    print_number(software_cycles / engine_cycles, 0);
    print(" times as fast (a cycle an instruction is an assumption of the simulated processor)\n");

    cce_mmio_key_wipe(&key);
    boot();
    require(cce_mmio_queue_close(&queue, PATIENCE), "cce_mmio_queue_close");
    forget();
    for (unsigned purpose = 0; purpose < KEYS; ++purpose) {
        if (is_left(purpose)) {
            complain("a key is left in memory");
        }
    }
    print("keys: none is left in memory\n");
    return 0;
}
