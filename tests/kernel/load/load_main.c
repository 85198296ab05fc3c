// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load for the Core Crypto Engine's driver: module, parameters, files.
 *
 *   cce_load/run        write 1: begin a run with the present parameters; write 0: end it before
 *                       all its requests are done; write 2: wait until they are. The write of 0 or
 *                       2 returns when nothing is under way any more, with -EIO after a defect
 *   cce_load/result     what became of the requests, in lines of "name: value"
 *   cce_load/progress   how far it is
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>

#include "load.h"

static struct load_options options = {
	.threads = 4,
	.depth = 64,
	.requests = 1000,
	.bytes = 2048,
	.backlog = 50,
	.in_place = 50,
	.decrypt = 50,
	.forge = 10,
	.parts = 50,
	.layouts = ~0U,
	.algorithms = ~0U,
	.patience_s = 30,
	.seed = 1,
	.order = true,
};

module_param_named(threads, options.threads, uint, 0644);
MODULE_PARM_DESC(threads, "Threads");
module_param_named(depth, options.depth, uint, 0644);
MODULE_PARM_DESC(depth, "Requests that each thread keeps in flight");
module_param_named(requests, options.requests, uint, 0644);
MODULE_PARM_DESC(requests, "Requests of each thread");
module_param_named(bytes, options.bytes, uint, 0644);
MODULE_PARM_DESC(bytes, "Bytes of the longest request");
module_param_named(exact, options.exact, bool, 0644);
MODULE_PARM_DESC(exact, "All requests are that long");
module_param_named(backlog, options.backlog, uint, 0644);
MODULE_PARM_DESC(backlog, "Per cent of the requests that may wait for room");
module_param_named(rekey, options.rekey, uint, 0644);
MODULE_PARM_DESC(rekey, "Another key before one in so many requests (0: none)");
module_param_named(in_place, options.in_place, uint, 0644);
MODULE_PARM_DESC(in_place, "Per cent of the requests that are in place");
module_param_named(decrypt, options.decrypt, uint, 0644);
MODULE_PARM_DESC(decrypt, "Per cent of the requests that decrypt");
module_param_named(forge, options.forge, uint, 0644);
MODULE_PARM_DESC(forge, "Per cent of the tags to verify that are wrong");
module_param_named(parts, options.parts, uint, 0644);
MODULE_PARM_DESC(parts, "Per cent of the MACs whose text comes in two parts");
module_param_named(layouts, options.layouts, uint, 0644);
MODULE_PARM_DESC(layouts, "Mask: contiguous 1, pieces 2, too many pieces 4, ragged pieces 8");
module_param_named(algorithms, options.algorithms, uint, 0644);
MODULE_PARM_DESC(algorithms, "Mask: ecb 1, cbc 2, ctr 4, xts 8, gcm 16, ccm 32, cmac 64, sha256 128, sha512 256, sha3-256 512, hmac(sha256) 1024, hmac(sha3-512) 2048, authenc(hmac(sha256),cbc(aes)) 4096, authenc(hmac(sha512),cbc(aes)) 8192, authenc(hmac(sha384),ctr(aes)) 16384, authenc(hmac(sha256),rfc3686(ctr(aes))) 32768");
module_param_named(pause_us, options.pause_us, uint, 0644);
MODULE_PARM_DESC(pause_us, "Microseconds that each thread waits after each request");
module_param_named(patience_s, options.patience_s, uint, 0644);
MODULE_PARM_DESC(patience_s, "A request that hasn't ended after so many seconds is lost");
module_param_named(seed, options.seed, uint, 0644);
MODULE_PARM_DESC(seed, "Of all choices");
module_param_named(order, options.order, bool, 0644);
MODULE_PARM_DESC(order, "Requests of a CPU must leave the backlog in order");

static struct dentry *load_directory;

static ssize_t load_run_write(struct file *file, const char __user *buffer, size_t count,
			      loff_t *position)
{
	struct load_options copy = options;
	unsigned int command;
	int error;

	error = kstrtouint_from_user(buffer, count, 0, &command);
	if (error)
		return error;
	if (command > 2)
		return -EINVAL;
	error = command == 1 ? load_run_start(&copy) : load_run_end(!command);
	return error ?: count;
}

static const struct file_operations load_run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = load_run_write,
};

static int load_result_show(struct seq_file *file, void *unused)
{
	load_show_result(file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(load_result);

static int load_progress_show(struct seq_file *file, void *unused)
{
	load_show_progress(file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(load_progress);

static int __init load_init(void)
{
	load_directory = debugfs_create_dir("cce_load", NULL);
	debugfs_create_file("run", 0200, load_directory, NULL, &load_run_fops);
	debugfs_create_file("result", 0444, load_directory, NULL, &load_result_fops);
	debugfs_create_file("progress", 0444, load_directory, NULL, &load_progress_fops);
	return 0;
}

static void __exit load_exit(void)
{
	debugfs_remove_recursive(load_directory);
}

module_init(load_init);
module_exit(load_exit);

MODULE_DESCRIPTION("Load for the Core Crypto Engine's driver, with an account of every request");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
