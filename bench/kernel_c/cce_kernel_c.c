// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's own C code takes for a request, by the time stamp counter, in a guest in real time:
 * cce_kernel_c.ko.
 *
 * Keys, texts and IVs are those of bench/openssl_operations.cc, and each line has a digest of the first output, so that
 * whoever reads them sees that the kernel computes what OpenSSL does. Every algorithm and size is timed once in each
 * round, in another order each time.
 */
#define pr_fmt(format) KBUILD_MODNAME ": " format

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define SIZES_MOST	16
#define ROUNDS_MOST	32
#define LINE_MOST	900	/* a line of the log has no more */
#define TEXT_MOST	SZ_1M
#define TAG_BYTES	16
#define IV_BYTES	16
#define KEY_MOST	64
#define OUTPUT_MOST	(TEXT_MOST + TAG_BYTES)
#define ROUND_BYTES	65536	/* small requests are timed as many at a time */
#define DIGEST_SHOWN	8	/* bytes of it, as cce_bench_openssl shows */

static uint sizes[SIZES_MOST];
static uint size_count;
module_param_array(sizes, uint, &size_count, 0444);
MODULE_PARM_DESC(sizes, "Bytes of a request, multiples of 16");

static uint rounds = 10;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "How often each is timed");

static char *names = "";
module_param(names, charp, 0444);
MODULE_PARM_DESC(names, "Which, as in the table below, with a comma behind each (default: all)");

enum kind { CIPHER, AEAD, HASH };

/* By the name that the benchmark has, and the driver that is nothing but C. */
struct algorithm {
	const char *name;
	const char *driver;
	enum kind kind;
	unsigned int key_bytes;
	bool both_directions;
	u8 iv_first;	/* CCM: bytes of the length less one, in front of the nonce (SP 800-38C, A.2.3) */
};

static const struct algorithm algorithms[] = {
	{ "aes-256-ecb", "ecb(aes-generic)", CIPHER, 32, true },
	{ "aes-256-cbc", "cbc(aes-generic)", CIPHER, 32, true },
	{ "aes-256-ctr", "ctr(aes-generic)", CIPHER, 32 },
	{ "aes-256-xts", "xts(ecb(aes-generic))", CIPHER, 64, true },
	{ "aes-256-gcm", "gcm_base(ctr(aes-generic),ghash-generic)", AEAD, 32, true },
	{ "aes-256-ccm", "ccm_base(ctr(aes-generic),cbcmac(aes-generic))", AEAD, 32, true, 2 },
	{ "aes-256-cmac", "cmac(aes-generic)", HASH, 32 },
	{ "sha-224", "sha224-generic", HASH },
	{ "sha-256", "sha256-generic", HASH },
	{ "sha-384", "sha384-generic", HASH },
	{ "sha-512", "sha512-generic", HASH },
	{ "sha3-224", "sha3-224-generic", HASH },
	{ "sha3-256", "sha3-256-generic", HASH },
	{ "sha3-384", "sha3-384-generic", HASH },
	{ "sha3-512", "sha3-512-generic", HASH },
	{ "hmac-sha-256", "hmac(sha256-generic)", HASH, 32 },
	{ "hmac-sha-512", "hmac(sha512-generic)", HASH, 32 },
};

/* An algorithm with its key, in one direction. */
struct work {
	const struct algorithm *algorithm;
	bool decrypt;
	struct crypto_skcipher *skcipher;
	struct crypto_aead *aead;
	struct crypto_shash *shash;
	void *request;
};

struct row {
	struct work *work;
	unsigned int bytes;
	u8 digest[DIGEST_SHOWN];
	u64 cycles[ROUNDS_MOST];
	u64 nanoseconds[ROUNDS_MOST];
};

static struct crypto_shash *judge;
static u8 *text, *input, *output;
static u8 iv[IV_BYTES];

static u64 time_stamp(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high));
	return low | (u64)high << 32;
}

/* As in bench/openssl_operations.cc. */
static void pattern(u8 *to, size_t bytes, u32 value)
{
	while (bytes--) {
		value = value * 1103515245U + 12345U;
		*to++ = value >> 16;
	}
}

static bool wanted(const char *name)
{
	size_t length = strlen(name);
	const char *at = names;

	if (!*names)
		return true;
	while (*at) {
		if (!strncmp(at, name, length) && at[length] == ',')
			return true;
		at = strchrnul(at, ',');
		at += *at == ',';
	}
	return false;
}

/* Bytes of what `bytes` of text become. */
static unsigned int output_bytes(const struct work *work, unsigned int bytes, bool decrypt)
{
	if (work->shash)
		return crypto_shash_digestsize(work->shash);
	return bytes + (work->aead && !decrypt ? TAG_BYTES : 0);
}

static int crypt(struct work *work, u8 *from, unsigned int bytes, bool decrypt)
{
	unsigned int from_bytes = bytes + (work->aead && decrypt ? TAG_BYTES : 0);
	struct scatterlist source, destination;

	if (work->shash)
		return crypto_shash_digest(work->request, from, bytes, output);
	memset(iv, 0, sizeof(iv));
	iv[0] = work->algorithm->iv_first;
	sg_init_one(&source, from, from_bytes);
	sg_init_one(&destination, output, output_bytes(work, bytes, decrypt));
	if (work->aead) {
		aead_request_set_crypt(work->request, &source, &destination, from_bytes, iv);
		aead_request_set_ad(work->request, 0);
		return decrypt ? crypto_aead_decrypt(work->request) : crypto_aead_encrypt(work->request);
	}
	skcipher_request_set_crypt(work->request, &source, &destination, bytes, iv);
	return decrypt ? crypto_skcipher_decrypt(work->request) : crypto_skcipher_encrypt(work->request);
}

static int time_row(struct row *row, unsigned int round)
{
	unsigned int i, requests = max(1U, ROUND_BYTES / row->bytes);
	struct work *work = row->work;
	u8 *from = work->decrypt ? input : text;
	u8 digest[HASH_MAX_DIGESTSIZE];
	u64 start, start_ns;
	int error;

	if (work->decrypt) {
		error = crypt(work, text, row->bytes, false);
		if (error)
			return error;
		memcpy(input, output, output_bytes(work, row->bytes, false));
	}
	/* Once untimed, so that caches are as warm as those of the CPU's code in OpenSSL. */
	error = crypt(work, from, row->bytes, work->decrypt);
	if (error)
		return error;
	if (!round) {
		error = crypto_shash_tfm_digest(judge, output, output_bytes(work, row->bytes, work->decrypt), digest);
		if (error)
			return error;
		memcpy(row->digest, digest, DIGEST_SHOWN);
	}
	start_ns = ktime_get_ns();
	start = time_stamp();
	for (i = 0; i < requests && !error; i++)
		error = crypt(work, from, row->bytes, work->decrypt);
	row->cycles[round] = (time_stamp() - start) / requests;
	row->nanoseconds[round] = (ktime_get_ns() - start_ns) / requests;
	return error;
}

static void end_work(struct work *work)
{
	if (work->shash) {
		kfree(work->request);
		crypto_free_shash(work->shash);
	} else if (work->aead) {
		aead_request_free(work->request);
		crypto_free_aead(work->aead);
	} else if (work->skcipher) {
		skcipher_request_free(work->request);
		crypto_free_skcipher(work->skcipher);
	}
	memset(work, 0, sizeof(*work));
}

static int begin_hash(struct work *work, const char *driver)
{
	struct shash_desc *descriptor;

	work->shash = crypto_alloc_shash(driver, 0, 0);
	if (IS_ERR(work->shash))
		return PTR_ERR(xchg(&work->shash, NULL));
	descriptor = kzalloc(sizeof(*descriptor) + crypto_shash_descsize(work->shash), GFP_KERNEL);
	if (!descriptor)
		return -ENOMEM;
	descriptor->tfm = work->shash;
	work->request = descriptor;
	return 0;
}

static int begin_aead(struct work *work, const char *driver)
{
	work->aead = crypto_alloc_aead(driver, 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(work->aead))
		return PTR_ERR(xchg(&work->aead, NULL));
	work->request = aead_request_alloc(work->aead, GFP_KERNEL);
	if (!work->request)
		return -ENOMEM;
	aead_request_set_callback(work->request, 0, NULL, NULL);
	return crypto_aead_setauthsize(work->aead, TAG_BYTES);
}

static int begin_cipher(struct work *work, const char *driver)
{
	work->skcipher = crypto_alloc_skcipher(driver, 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(work->skcipher))
		return PTR_ERR(xchg(&work->skcipher, NULL));
	work->request = skcipher_request_alloc(work->skcipher, GFP_KERNEL);
	if (!work->request)
		return -ENOMEM;
	skcipher_request_set_callback(work->request, 0, NULL, NULL);
	return 0;
}

static int begin_work(struct work *work, const struct algorithm *algorithm, bool decrypt)
{
	u8 key[KEY_MOST];
	int error;

	work->algorithm = algorithm;
	work->decrypt = decrypt;
	switch (algorithm->kind) {
	case HASH:
		error = begin_hash(work, algorithm->driver);
		break;
	case AEAD:
		error = begin_aead(work, algorithm->driver);
		break;
	default:
		error = begin_cipher(work, algorithm->driver);
		break;
	}
	if (error || !algorithm->key_bytes)
		return error;
	pattern(key, algorithm->key_bytes, 2);
	if (work->shash)
		return crypto_shash_setkey(work->shash, key, algorithm->key_bytes);
	if (work->aead)
		return crypto_aead_setkey(work->aead, key, algorithm->key_bytes);
	return crypto_skcipher_setkey(work->skcipher, key, algorithm->key_bytes);
}

static int time_all(struct row *rows, unsigned int count)
{
	unsigned int *order, round, i;
	int error = 0;

	order = kcalloc(count, sizeof(*order), GFP_KERNEL);
	if (!order)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		order[i] = i;
	for (round = 0; round < rounds && !error; round++) {
		for (i = count; i > 1; i--) {
			unsigned int other = get_random_u32() % i;

			swap(order[i - 1], order[other]);
		}
		for (i = 0; i < count && !error; i++) {
			error = time_row(&rows[order[i]], round);
			if (error)
				pr_err("%s: %d\n", rows[order[i]].work->algorithm->driver, error);
			cond_resched();
		}
	}
	kfree(order);
	return error;
}

static void print_rows(const struct row *rows, unsigned int count)
{
	static char line[LINE_MOST];
	unsigned int i, round;

	for (i = 0; i < count; i++) {
		const struct work *work = rows[i].work;
		int length = 0;

		for (round = 0; round < rounds; round++)
			length += scnprintf(line + length, sizeof(line) - length, " %llu:%llu",
					    rows[i].cycles[round], rows[i].nanoseconds[round]);
		pr_info("%s/%s/%u %*phN%s\n", work->algorithm->name, work->decrypt ? "decrypt" : "encrypt",
			rows[i].bytes, DIGEST_SHOWN, rows[i].digest, line);
	}
}

static int measure(void)
{
	unsigned int i, j, direction, work_count = 0, row_count = 0;
	struct work *works;
	struct row *rows;
	int error = -ENOMEM;

	works = kcalloc(2 * ARRAY_SIZE(algorithms), sizeof(*works), GFP_KERNEL);
	rows = vzalloc(array3_size(2 * ARRAY_SIZE(algorithms), SIZES_MOST, sizeof(*rows)));
	if (!works || !rows)
		goto free;
	error = 0;
	for (i = 0; i < ARRAY_SIZE(algorithms) && !error; i++) {
		for (direction = 0; direction <= algorithms[i].both_directions && !error; direction++) {
			struct work *work = &works[work_count];

			if (!wanted(algorithms[i].name))
				continue;
			work_count++;
			error = begin_work(work, &algorithms[i], direction);
			if (error)
				pr_err("%s: %d\n", algorithms[i].driver, error);
			for (j = 0; j < size_count; j++) {
				rows[row_count].work = work;
				rows[row_count++].bytes = sizes[j];
			}
		}
	}
	if (!error)
		error = time_all(rows, row_count);
	if (!error)
		print_rows(rows, row_count);
	while (work_count)
		end_work(&works[--work_count]);
free:
	vfree(rows);
	kfree(works);
	return error;
}

static int __init kernel_c_init(void)
{
	unsigned int i;
	int error = -ENOMEM;

	if (!rounds || rounds > ROUNDS_MOST)
		return -EINVAL;
	for (i = 0; i < size_count; i++)
		if (!sizes[i] || sizes[i] % 16 || sizes[i] > TEXT_MOST)
			return -EINVAL;
	judge = crypto_alloc_shash("sha256-generic", 0, 0);
	if (IS_ERR(judge))
		return PTR_ERR(judge);
	text = kmalloc(OUTPUT_MOST, GFP_KERNEL);
	input = kmalloc(OUTPUT_MOST, GFP_KERNEL);
	output = kmalloc(OUTPUT_MOST, GFP_KERNEL);
	if (text && input && output) {
		pattern(text, TEXT_MOST, 1);
		error = measure();
	}
	if (error)
		pr_err("measurement failed: %d\n", error);
	else
		pr_info("done\n");
	kfree(output);
	kfree(input);
	kfree(text);
	crypto_free_shash(judge);
	return error;
}

/* Nothing is left to be done: it is loaded so that it can be unloaded. */
static void __exit kernel_c_exit(void)
{
}

module_init(kernel_c_init);
module_exit(kernel_c_exit);

MODULE_DESCRIPTION("Core Crypto Engine: host cycles of the kernel's own C code");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
