// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host cycles per request of the driver, with the null transport: cce_null.ko.
 *
 * A batch of requests is submitted, each timed with the time stamp counter; then the engine, untimed, writes their
 * completion entries; then the interrupt is raised, and all up to the last owner's callback is timed. A request of the
 * kernel's template over cipher and HMAC is two of the engine: the callback submits the second one, and the engine and
 * the interrupt have another turn. So are the driver's own with CBC that are not short and find one_pass_most others. The
 * figures of many batches are sorted: a machine that does other things, too, makes some of them large, none small.
 *
 * With stay=1 nothing is measured here: the engine answers by itself, as soon as the CPU is left to it, until the module
 * is unloaded. So the driver's calibration can be tried, and programs can measure what requests cost them. Nothing is
 * encrypted: whoever uses the driver's algorithms meanwhile gets its text back.
 */
#define pr_fmt(format) KBUILD_MODNAME ": " format

#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/skcipher.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/version.h>

#include "null_transport.h"

#define BATCHES		400
#define DEPTH_MOST	32
#define TEXT_MOST	65536
#define TAG_BYTES	16
#define LINE_MOST	400
#define TURNS_MOST	2	/* of the engine for a request */

static bool stay;
module_param(stay, bool, 0444);
MODULE_PARM_DESC(stay, "Measure nothing; answer whatever is submitted (default no)");

static ulong engine_cycles;
module_param(engine_cycles, ulong, 0444);
MODULE_PARM_DESC(engine_cycles, "Read it: with stay=1, cycles of the CPU that the engine has taken");

static struct platform_device *standing_device;
static struct task_struct *standing_engine;

static u64 time_stamp(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high));
	return low | (u64)high << 32;
}

struct measurement {
	struct crypto_skcipher *skcipher;
	struct crypto_aead *aead;
	void *request[DEPTH_MOST];
	u8 *text[DEPTH_MOST];
	struct scatterlist sg[DEPTH_MOST];
	unsigned int done, failed;
	u64 submit[BATCHES], complete[BATCHES];
};

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static void request_done(struct crypto_async_request *base, int error)
{
	struct measurement *m = base->data;
#else
static void request_done(void *data, int error)
{
	struct measurement *m = data;
#endif
	m->done++;
	m->failed += error != 0;
}

static int submit(struct measurement *m, unsigned int i)
{
	return m->aead ? crypto_aead_encrypt(m->request[i]) : crypto_skcipher_encrypt(m->request[i]);
}

/* The engine answers, and the interrupt is served: cycles of the latter. */
static u64 serve(void)
{
	u64 start;

	cce_null_complete();
	local_bh_disable();
	start = time_stamp();
	cce_null_interrupt();
	local_bh_enable();
	return time_stamp() - start;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Of a request: median, least, and the quartiles beside the median. */
static int print_step(char *line, int at, const char *step, const u64 *sorted, unsigned int depth)
{
	return at + scnprintf(line + at, LINE_MOST - at, " %s_median=%llu %s_least=%llu %s_low=%llu %s_high=%llu",
			      step, sorted[BATCHES / 2] / depth, step, sorted[0] / depth,
			      step, sorted[BATCHES / 4] / depth, step, sorted[3 * BATCHES / 4] / depth);
}

static int run(struct measurement *m, const char *name, unsigned int bytes, unsigned int depth)
{
	char line[LINE_MOST];
	unsigned int batch, turn, i;
	u64 start;
	int length;

	for (batch = 0; batch < BATCHES; batch++) {
		m->done = 0;
		m->submit[batch] = 0;
		m->complete[batch] = 0;
		for (i = 0; i < depth; i++) {
			int result;

			start = time_stamp();
			result = submit(m, i);
			m->submit[batch] += time_stamp() - start;
			if (result != -EINPROGRESS)
				return result ?: -EPROTO;
		}
		for (turn = 0; turn < TURNS_MOST && m->done < depth; turn++)
			m->complete[batch] += serve();
		if (m->done != depth || m->failed)
			return -EPROTO;
		cond_resched();
	}
	sort(m->submit, BATCHES, sizeof(u64), compare, NULL);
	sort(m->complete, BATCHES, sizeof(u64), compare, NULL);
	length = print_step(line, 0, "submit", m->submit, depth);
	print_step(line, length, "complete", m->complete, depth);
	pr_info("%s bytes=%u depth=%u batches=%u%s\n", name, bytes, depth, BATCHES, line);
	return 0;
}

static int prepare(struct measurement *m, unsigned int bytes)
{
	static u8 iv[DEPTH_MOST][16];
	unsigned int i;

	for (i = 0; i < DEPTH_MOST; i++) {
		if (!m->request[i])
			m->request[i] = m->aead ? (void *)aead_request_alloc(m->aead, GFP_KERNEL) :
						  (void *)skcipher_request_alloc(m->skcipher, GFP_KERNEL);
		if (!m->request[i])
			return -ENOMEM;
		sg_init_one(&m->sg[i], m->text[i], bytes + TAG_BYTES);
		if (m->aead) {
			aead_request_set_callback(m->request[i], 0, request_done, m);
			aead_request_set_crypt(m->request[i], &m->sg[i], &m->sg[i], bytes, iv[i]);
			aead_request_set_ad(m->request[i], 0);
		} else {
			skcipher_request_set_callback(m->request[i], 0, request_done, m);
			skcipher_request_set_crypt(m->request[i], &m->sg[i], &m->sg[i], bytes, iv[i]);
		}
	}
	return 0;
}

/* Any key will do. */
static int set_key(struct measurement *m, const char *name)
{
	static const u8 key[64] = { 1, 2, 3 };
	static const struct {
		struct rtattr attribute;
		struct crypto_authenc_key_param parameter;
		u8 mac[32], cipher[32];
	} pair = {
		.attribute.rta_len = RTA_LENGTH(sizeof(pair.parameter)),
		.attribute.rta_type = CRYPTO_AUTHENC_KEYA_PARAM,
		.parameter.enckeylen = cpu_to_be32(sizeof(pair.cipher)),
	};

	if (!m->aead)
		return crypto_skcipher_setkey(m->skcipher, key, strstr(name, "xts") ? 64 : 32);
	return crypto_aead_setauthsize(m->aead, TAG_BYTES) ?:
	       (strstr(name, "authenc") ? crypto_aead_setkey(m->aead, (const u8 *)&pair, sizeof(pair)) :
					  crypto_aead_setkey(m->aead, key, 32));
}

static int measure(struct measurement *m, const char *name)
{
	static const unsigned int sizes[] = { 64, 4096, TEXT_MOST };
	unsigned int i;
	int error;

	error = set_key(m, name);
	for (i = 0; i < ARRAY_SIZE(sizes) && !error; i++) {
		error = prepare(m, sizes[i]);
		if (!error)
			error = run(m, name, sizes[i], 1);
		if (!error)
			error = run(m, name, sizes[i], DEPTH_MOST);
	}
	for (i = 0; i < DEPTH_MOST; i++) {
		if (m->aead)
			aead_request_free(m->request[i]);
		else
			skcipher_request_free(m->request[i]);
		m->request[i] = NULL;
	}
	return error;
}

static int measure_all(struct measurement *m)
{
	static const char * const skciphers[] = { "ctr-aes-cce", "xts-aes-cce" };
	static const char * const aeads[] = {
		"gcm-aes-cce",
		"authenc-hmac-sha256-cbc-aes-cce",
		"authenc(hmac-sha256-cce,cbc-aes-cce)",
	};
	unsigned int i;
	int error = 0;

	for (i = 0; i < ARRAY_SIZE(skciphers) && !error; i++) {
		m->skcipher = crypto_alloc_skcipher(skciphers[i], 0, 0);
		if (IS_ERR(m->skcipher))
			return PTR_ERR(m->skcipher);
		error = measure(m, skciphers[i]);
		crypto_free_skcipher(m->skcipher);
	}
	for (i = 0; i < ARRAY_SIZE(aeads) && !error; i++) {
		m->aead = crypto_alloc_aead(aeads[i], 0, 0);
		if (IS_ERR(m->aead))
			return PTR_ERR(m->aead);
		error = measure(m, aeads[i]);
		crypto_free_aead(m->aead);
	}
	return error;
}

static int answer(void *unused)
{
	while (!kthread_should_stop()) {
		u64 start = time_stamp();

		cce_null_complete();
		WRITE_ONCE(engine_cycles, engine_cycles + (time_stamp() - start));
		local_bh_disable();
		cce_null_interrupt();
		local_bh_enable();
		schedule();
	}
	return 0;
}

static int stand(struct platform_device *device)
{
	standing_engine = kthread_run(answer, NULL, "cce-null");
	if (IS_ERR(standing_engine)) {
		platform_device_unregister(device);
		return PTR_ERR(standing_engine);
	}
	standing_device = device;
	return 0;
}

static int __init host_cycles_init(void)
{
	struct platform_device *device;
	struct measurement *m;
	int error = -ENOMEM;
	unsigned int i;

	device = platform_device_register_simple("cce_null", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	if (!device->dev.driver) {
		error = -ENODEV;
		goto unregister;
	}
	if (stay)
		return stand(device);
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		goto unregister;
	for (i = 0; i < DEPTH_MOST; i++) {
		m->text[i] = kzalloc(TEXT_MOST + TAG_BYTES, GFP_KERNEL);
		if (!m->text[i])
			goto free;
	}
	error = measure_all(m);
free:
	while (i--)
		kfree(m->text[i]);
	kfree(m);
unregister:
	platform_device_unregister(device);
	if (error)
		pr_err("measurement failed: %d\n", error);
	else
		pr_info("done\n");
	return error;
}

static void __exit host_cycles_exit(void)
{
	if (!standing_device)
		return;
	platform_device_unregister(standing_device);
	kthread_stop(standing_engine);
}

module_init(host_cycles_init);
module_exit(host_cycles_exit);

MODULE_DESCRIPTION("Core Crypto Engine: host cycles per request");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
