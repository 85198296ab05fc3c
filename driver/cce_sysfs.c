// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: what administrators see of an engine, and ask of it, in its device's folder.
 *
 *   health/state        working, asleep, or given up
 *   health/resets       of a queue pair or of the whole engine, since it was bound
 *   health/last_error   what led to the last one
 *   calibrate           writing 1 measures the parameter cpu_below
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

#include "cce_calibrate.h"
#include "cce_device.h"

static DEFINE_MUTEX(cce_calibrate_lock);	/* the parameter is one for all engines */

static ssize_t state_show(struct device *dev, struct device_attribute *attribute, char *text)
{
	struct cce_device *cce = dev_get_drvdata(dev);
	const char *state;

	mutex_lock(&cce->recovery);
	state = cce->dead ? "given up" : cce->asleep ? "asleep" : "working";
	mutex_unlock(&cce->recovery);
	return sysfs_emit(text, "%s\n", state);
}
static DEVICE_ATTR_RO(state);

static ssize_t resets_show(struct device *dev, struct device_attribute *attribute, char *text)
{
	struct cce_device *cce = dev_get_drvdata(dev);
	unsigned int resets;

	mutex_lock(&cce->recovery);
	resets = cce->resets;
	mutex_unlock(&cce->recovery);
	return sysfs_emit(text, "%u\n", resets);
}
static DEVICE_ATTR_RO(resets);

static ssize_t last_error_show(struct device *dev, struct device_attribute *attribute, char *text)
{
	struct cce_device *cce = dev_get_drvdata(dev);
	ssize_t bytes;

	mutex_lock(&cce->recovery);
	bytes = sysfs_emit(text, "%s\n", cce->last_error[0] ? cce->last_error : "none");
	mutex_unlock(&cce->recovery);
	return bytes;
}
static DEVICE_ATTR_RO(last_error);

static ssize_t calibrate_store(struct device *dev, struct device_attribute *attribute,
			       const char *text, size_t bytes)
{
	bool wanted;
	int error = kstrtobool(text, &wanted);

	if (error)
		return error;
	if (!wanted)
		return -EINVAL;
	error = mutex_lock_interruptible(&cce_calibrate_lock);
	if (error)
		return error;
	error = cce_calibrate(dev_get_drvdata(dev));
	mutex_unlock(&cce_calibrate_lock);
	return error ?: bytes;
}
static DEVICE_ATTR_WO(calibrate);

static struct attribute *cce_health_attributes[] = {
	&dev_attr_state.attr,
	&dev_attr_resets.attr,
	&dev_attr_last_error.attr,
	NULL
};

static const struct attribute_group cce_health_group = {
	.name = "health",
	.attrs = cce_health_attributes,
};

static struct attribute *cce_engine_attributes[] = {
	&dev_attr_calibrate.attr,
	NULL
};

static const struct attribute_group cce_engine_group = {
	.attrs = cce_engine_attributes,
};

/* Made by the kernel when an engine was bound; removed, without readers, before it is unbound. */
const struct attribute_group *cce_sysfs_groups[] = {
	&cce_engine_group,
	&cce_health_group,
	NULL
};
