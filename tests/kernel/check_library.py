# SPDX-License-Identifier: Apache-2.0
"""Judges the library's tests in a guest."""

from check import check_boot, check_no_fallback, check_quiet


def check_report(boot, name, least, failures):
    """GoogleTest's report: enough ran, and none failed."""
    report = boot.json(name)
    failures.check(report["tests"] >= least, f"{name}: only {report['tests']} tests ran")
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            for failure in test.get("failures", []):
                failures.check(False, f"{name}: {suite['name']}.{test['name']}: {failure['failure']}")
    return report["tests"]


def library(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    before, after = boot.snapshot("before"), boot.snapshot("after")
    names = ["af_alg", "ioctl", "io_uring"]
    tests = {name: check_report(boot, name, 30, failures) for name in names}
    # Many pieces are one to the driver: the library gathers them.
    check_no_fallback(after, failures, allowed=("bounce_size",))
    check_quiet(after, failures)
    by_engine = after.sum("completed") - before.sum("completed")
    failures.check(by_engine > 5000 * len(names), f"only {by_engine} requests reached the engine")
    print(f"  {tests}; {by_engine} requests by the engine")


TESTS = {"library": library}
