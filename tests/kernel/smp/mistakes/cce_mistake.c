// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes, one of each kind that the sanitizers are there for: a test that cannot fail is none.
 * The parameter "kind" says which one is made while the module is loaded; it can be unloaded after
 * each.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define MISTAKE_BYTES		96
#define MISTAKE_RACE_ROUNDS	100000
#define MISTAKE_DMA_ADDRESS	0x1000

static char *kind = "";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "use_after_free, leak, lock_order, sleep, dma or race");

static DEFINE_MUTEX(mistake_first);
static DEFINE_MUTEX(mistake_second);
static DEFINE_SPINLOCK(mistake_spinlock);
static unsigned long mistake_counter;

static int mistake_use_after_free(void)
{
	unsigned char *memory = kzalloc(MISTAKE_BYTES, GFP_KERNEL);
	unsigned char value;

	if (!memory)
		return -ENOMEM;
	kfree(memory);
	value = READ_ONCE(memory[1]);
	pr_info("a byte that is gone: %u\n", value);
	return 0;
}

static int mistake_leak(void)
{
	void *memory = kmalloc(MISTAKE_BYTES, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	/* Nobody keeps the address: not a register either. */
	memset(memory, 0, MISTAKE_BYTES);
	barrier_data(memory);
	return 0;
}

static int mistake_lock_order(void)
{
	mutex_lock(&mistake_first);
	mutex_lock(&mistake_second);
	mutex_unlock(&mistake_second);
	mutex_unlock(&mistake_first);

	mutex_lock(&mistake_second);
	mutex_lock(&mistake_first);
	mutex_unlock(&mistake_first);
	mutex_unlock(&mistake_second);
	return 0;
}

static int mistake_sleep(void)
{
	spin_lock(&mistake_spinlock);
	might_sleep();
	spin_unlock(&mistake_spinlock);
	return 0;
}

/* Give back what was never taken; nothing happens but that the checker sees it. */
static int mistake_dma(void)
{
	struct pci_dev *pci = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, NULL);

	if (!pci)
		return -ENODEV;
	dma_unmap_single(&pci->dev, MISTAKE_DMA_ADDRESS, MISTAKE_BYTES, DMA_TO_DEVICE);
	pci_dev_put(pci);
	return 0;
}

static int mistake_racer(void *data)
{
	unsigned int i;

	for (i = 0; i < MISTAKE_RACE_ROUNDS; i++) {
		mistake_counter++;
		/* Each round is a new access to memory. */
		barrier();
		cond_resched();
	}
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

static int mistake_race(void)
{
	struct task_struct *task[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(task); i++)
		task[i] = kthread_run(mistake_racer, NULL, "cce_mistake/%u", i);
	for (i = 0; i < ARRAY_SIZE(task); i++)
		if (!IS_ERR(task[i]))
			kthread_stop(task[i]);
	return 0;
}

static int __init mistake_init(void)
{
	static const struct {
		const char *name;
		int (*make)(void);
	} mistakes[] = {
		{ "use_after_free", mistake_use_after_free },
		{ "leak", mistake_leak },
		{ "lock_order", mistake_lock_order },
		{ "sleep", mistake_sleep },
		{ "dma", mistake_dma },
		{ "race", mistake_race },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++)
		if (!strcmp(kind, mistakes[i].name))
			return mistakes[i].make();
	return -EINVAL;
}

static void __exit mistake_exit(void)
{
}

module_init(mistake_init);
module_exit(mistake_exit);

MODULE_DESCRIPTION("Mistakes that sanitizers must find");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
