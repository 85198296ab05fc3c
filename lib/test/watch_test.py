#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cce bench, cce top and cce trace, and what is made from the command line: completion, manual pages.

Usage: watch_test.py CCE FOLDER_OF_COMPLETIONS_AND_PAGES [unittest arguments]
"""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CCE = ""
DESCRIBED = Path()
QUEUE = """queue{q}.state: running
queue{q}.in_flight: {in_flight}
queue{q}.backlog: 0
queue{q}.submitted: {submitted}
queue{q}.completed: {completed}
queue{q}.failed: 0
queue{q}.rejected: 0
queue{q}.backlogged: 0
queue{q}.bounced: 2
queue{q}.cycles: {cycles}
queue{q}.resets: 0
queue{q}.interrupts: {completed}
queue{q}.in_flight_most: 12
queue{q}.doorbells: {submitted}
queue{q}.polls: 0
queue{q}.polls_won: 0
queue{q}.reaped_by_submitters: 0
queue{q}.moderations: 0
queue{q}.redone: 0
queue{q}.status.ok: {completed}
queue{q}.interrupts_lost: 0
"""
FALLBACKS = "no_device: 0\nshort: 3\ncapability: 0\nsegments: 0\nbounce_size: 0\nmapping: 0\nsuspended: 0\nreset: 0\ndevice_dead: 0\n"
TRACE = """# tracer: nop
#
# entries-in-buffer/entries-written: 6/6   #P:1
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
          client-30      [000] ..... 12.000100: cce_submit: 0000:00:00.0 queue=0 cookie=0x1 mode=2 encrypt text=4096 aad=0 in_flight=1
          client-31      [000] ..... 12.000102: cce_submit: 0000:00:00.0 queue=0 cookie=0x2 mode=4 decrypt text=64 aad=20 in_flight=2
          <idle>-0       [000] ..s1. 12.000104: cce_complete: 0000:00:00.0 queue=0 cookie=0x2 status=19 start_cycle=4294967200 end_cycle=4294967290
          <idle>-0       [000] ..s1. 12.000110: cce_complete: 0000:00:00.0 queue=0 cookie=0x1 status=0 start_cycle=4294967190 end_cycle=204
          client-31      [000] ..... 12.000120: cce_submit: 0000:00:00.0 queue=1 cookie=0x1 mode=8 encrypt text=32 aad=0 in_flight=1
          <idle>-0       [000] ..s1. 12.000121: cce_complete: 0000:00:00.0 queue=0 cookie=0x7 status=0 start_cycle=300 end_cycle=400
"""


def write_driver(root: Path, device: str, completed: int, size: int = 0) -> None:
    folder = root / device
    folder.mkdir(parents=True, exist_ok=True)
    (root / "fallbacks").write_text(FALLBACKS)
    (folder / "fallbacks").write_text(FALLBACKS)
    health = root.parent / "bus/pci/devices" / device / "health"
    health.mkdir(parents=True, exist_ok=True)
    for name, value in (("state", "working"), ("resets", "1"), ("last_error", "queue 0: stalled for 200 ms")):
        (health / name).write_text(value + "\n")
    (folder / "engine").write_text(f"completed: {completed}\nfailed: 0\nbytes: {size}\n")
    (folder / "queues").write_text("".join(
        QUEUE.format(q=q, in_flight=q, submitted=completed + q, completed=completed, cycles=300 * completed) for q in (0, 1)))


class WatchTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        before = os.getcwd()
        os.chdir(self.folder.name)
        self.addCleanup(os.chdir, before)

    def run_cce(self, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([CCE, *arguments], capture_output=True, text=True, timeout=120, check=False,
                              **more)  # type: ignore[call-overload]

    def ok(self, *arguments: str) -> str:
        done = self.run_cce(*arguments)
        self.assertEqual(done.returncode, 0, f"{arguments}: {done.stderr}")
        return done.stdout

    def fails(self, pattern: str, *arguments: str, status: int = 1, **more: object) -> None:
        done = self.run_cce(*arguments, **more)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertRegex(done.stderr, pattern)

    # bench

    def test_bench_in_host_time(self) -> None:
        common = ("bench", "--backend", "software", "--mode", "ecb,cbc,ctr,xts,gcm,ccm,cmac,gmac,kw,kwp", "--size", "20,4KiB",
                  "--depth", "1,4", "--seconds", "0.001")
        for direction in ((), ("--decrypt",)):
            result = json.loads(self.ok(*common, *direction, "--json"))
            self.assertEqual(result["time"], "host")
            self.assertNotIn("clock_mhz", result)
            self.assertEqual(len(result["rows"]), 34)  # 20 modes and sizes less 3, twice
            self.assertEqual([(s["mode"], s["bytes"]) for s in result["skipped"]], [("ecb", 20), ("cbc", 20), ("kw", 20)])
            for row in result["rows"]:
                self.assertFalse([name for name in row if "cycle" in name], row)
                self.assertGreaterEqual(row["requests"], row["depth"])
                self.assertAlmostEqual(row["mb_per_s"], row["requests"] * row["bytes"] * 1e3 / row["wall_ns"], delta=1e-3)
                self.assertEqual(row["latency_ns"]["count"], row["requests"])
        table = self.ok("bench", "--backend", "software", "--mode", "ctr,cbc", "--size", "100", "--depth", "1", "--requests",
                        "5", "--quiet")
        self.assertRegex(table, r"\nctr +100 +1 +5 +[0-9.]+ +\d+ +\d+\n")
        self.assertRegex(table, r"\ncbc +100 left out: cbc needs whole blocks")
        self.assertIn("Host time", table)

    def in_process(self) -> bool:
        return subprocess.run([CCE, "info", "--backend", "in-process", "--engine", "model"], capture_output=True,
                              check=False).returncode == 0

    def test_bench_in_cycles(self) -> None:
        if not self.in_process():
            self.skipTest("built without the in-process backend")
        arguments = ("bench", "--backend", "in-process", "--engine", "model", "--mode", "ctr,cbc,gcm", "--size", "16KiB",
                     "--depth", "1,32")
        result = json.loads(self.ok(*arguments, "--clock-mhz", "100", "--json"))
        self.assertEqual((result["time"], result["engine"], result["clock_mhz"]), ("engine cycles", "model", 100))
        rates = {}
        for row in result["rows"]:
            self.assertFalse([name for name in row if "ns" in name.split("_")], row)
            self.assertAlmostEqual(row["bytes_per_cycle"], row["requests"] * row["bytes"] / row["engine_cycles"])
            self.assertAlmostEqual(row["mb_per_s_at_clock"], row["bytes_per_cycle"] * 100)
            rates[row["mode"], row["depth"]] = row["bytes_per_cycle"]
        # A block of 16 bytes takes 32 cycles round the pipeline; 32 requests fill it.
        self.assertTrue(0.45 < rates["cbc", 1] <= 0.5, rates)
        self.assertTrue(12 < rates["cbc", 32] <= 16, rates)
        self.assertTrue(14 < rates["ctr", 32] <= 16, rates)
        self.assertIn("Engine time, in cycles", self.ok(*arguments, "--mode", "ctr", "--depth", "1"))

    def test_bench_usage(self) -> None:
        self.fails("ofb", "bench", "--mode", "ofb", status=2)
        self.fails("not in range", "bench", "--depth", "65", status=2)
        self.fails("excludes", "bench", "--seconds", "1", "--requests", "5", status=2)

    # trace

    def check_timeline(self, path: str) -> tuple[dict, list[dict]]:
        timeline = json.loads(Path(path).read_text())
        rows: dict[tuple[int, int], list[dict]] = {}
        names = set()
        for event in timeline["traceEvents"]:
            self.assertIn(event["ph"], ("M", "X"))
            if event["ph"] == "M":
                names.add((event["pid"], event.get("tid")))
                continue
            self.assertGreaterEqual(event["ts"], 0)
            self.assertGreaterEqual(event["dur"], 0)
            rows.setdefault((event["pid"], event["tid"]), []).append(event)
        for row, events in rows.items():
            self.assertIn(row, names, "a row has a name")
            self.assertIn((row[0], None), names, "a group has a name")
            for first, second in zip(events, events[1:]):
                self.assertLessEqual(first["ts"] + first["dur"], second["ts"] + 1e-6, "spans of a row overlap")
        return timeline, [event for events in rows.values() for event in events]

    def test_trace_of_a_run(self) -> None:
        if not self.in_process():
            self.skipTest("built without the in-process backend")
        for mode in ("gcm", "cbc"):
            arguments = ("trace", "run", "--backend", "in-process", "--engine", "model", "--mode", mode, "--size", "1KiB",
                         "--requests", "24", "--depth", "8", "--clock-mhz", "100", "--quiet")
            self.ok(*arguments, "--out", "a.json")
            timeline, events = self.check_timeline("a.json")
            self.assertEqual(timeline["otherData"]["engine"], "model")
            self.assertEqual(len(events), 24)
            self.assertEqual(sorted(e["args"]["completed_as"] for e in events), list(range(24)))
            for event in events:
                cycles = event["args"]["end_cycle"] - event["args"]["start_cycle"]
                self.assertEqual(event["args"]["cycles"], cycles)
                self.assertAlmostEqual(event["dur"], cycles / 100, places=6)
                self.assertEqual(event["name"], f"{mode} encrypt 1024")
            self.assertTrue(1 < len({e["tid"] for e in events}) <= 8, "requests under way together")
            # The same run has the same cycles, whatever keys and texts are.
            self.ok(*arguments, "--out", "b.json")
            self.assertEqual(Path("a.json").read_text(), Path("b.json").read_text())
        self.fails("trace run: backend software tells no engine cycles", "trace", "run", "--backend", "software", "--mode",
                   "ctr", status=2)

    def test_trace_of_sealing(self) -> None:
        if not self.in_process():
            self.skipTest("built without the in-process backend")
        Path("key").write_bytes(bytes(32))
        Path("text").write_bytes(bytes(5000))
        self.ok("seal", "--key-file", "key", "--backend", "in-process", "--engine", "model", "--chunk", "1KiB", "--in", "text",
                "--out", "sealed", "--trace", "t.json")
        _, events = self.check_timeline("t.json")
        self.assertEqual(sorted((e["args"]["chunk"], e["args"]["bytes"]) for e in events),
                         [(0, 1024), (1, 1024), (2, 1024), (3, 1024), (4, 904)])
        self.assertEqual(subprocess.run([CCE, "open", "--key-file", "key", "--backend", "software", "--in", "sealed"],
                                        capture_output=True, check=False).stdout, bytes(5000))

    def test_trace_of_the_driver(self) -> None:
        Path("trace").write_text(TRACE)
        done = self.run_cce("trace", "kernel", "--in", "trace", "--clock-mhz", "100", "--out", "t.json")
        self.assertIn("3 requests, 1 not completed, 1 whose submission is missing", done.stderr)
        timeline, events = self.check_timeline("t.json")
        self.assertEqual({k: timeline["otherData"][k] for k in ("requests", "unfinished", "without_submission")},
                         {"requests": 3, "unfinished": 1, "without_submission": 1})
        groups = {e["pid"]: e["args"]["name"] for e in timeline["traceEvents"] if e["name"] == "process_name"}
        self.assertEqual(set(groups.values()), {"engine cycles, 0000:00:00.0", "kernel time, 0000:00:00.0 queue 0"})
        kernel = {e["name"]: e for e in events if groups[e["pid"]].startswith("kernel")}
        engine = {e["name"]: e for e in events if groups[e["pid"]].startswith("engine")}
        self.assertEqual(set(kernel), {"ctr encrypt 4096", "gcm decrypt 64"})
        self.assertAlmostEqual(kernel["gcm decrypt 64"]["ts"], 2, places=3)
        self.assertAlmostEqual(kernel["gcm decrypt 64"]["dur"], 2, places=3)
        self.assertEqual(kernel["gcm decrypt 64"]["args"]["status"], 19)
        # 32 bits of cycles went over their end in the middle of the first request.
        arguments = engine["ctr encrypt 4096"]["args"]
        self.assertEqual([arguments[n] for n in ("start_cycle", "end_cycle", "cycles")], [4294967190, 204, 310])
        self.assertAlmostEqual(engine["ctr encrypt 4096"]["ts"], 0)
        self.assertAlmostEqual(engine["gcm decrypt 64"]["ts"], 0.1)
        self.assertAlmostEqual(engine["request"]["ts"], 4.06)
        self.assertEqual(self.run_cce("trace", "kernel", "--in", "-", "--clock-mhz", "100", "--quiet", input=TRACE).returncode, 0)
        Path("trace").write_text(TRACE.replace("mode=4 decrypt", "mode=1 hash"))
        self.run_cce("trace", "kernel", "--in", "trace", "--clock-mhz", "100", "--out", "t.json")
        self.assertIn("hash mode 1 64", {e["name"] for e in self.check_timeline("t.json")[1]})
        self.fails("standard input, line 6: an event of the driver in a form", "trace", "kernel", "--in", "-",
                   input=TRACE.replace("text=4096", "text=many"))
        self.fails("holds no completed request of the driver", "trace", "kernel", "--in", "-", input="# tracer: nop\n")
        self.fails("can't read absent", "trace", "kernel", "--in", "absent")

    # top

    def test_top_once(self) -> None:
        write_driver(Path("d"), "0000:00:00.0", 50, 6400)
        write_driver(Path("d"), "0000:00:01.0", 0)
        sample = json.loads(self.ok("top", "--root", "d", "--sysfs", "bus", "--once", "--json"))
        self.assertEqual([d["device"] for d in sample["devices"]], ["0000:00:00.0", "0000:00:01.0"])
        first = sample["devices"][0]
        self.assertEqual(first["health"], {"state": "working", "resets": 1, "last_error": "queue 0: stalled for 200 ms"})
        self.assertEqual(first["engine"], {"completed": 50, "failed": 0, "bytes": 6400})
        self.assertEqual(first["queues"][1]["submitted"], 51)
        self.assertEqual(first["queues"][1]["status.ok"], 50)
        self.assertEqual(first["fallbacks"]["short"], 3)
        self.assertEqual(first["unread"], {})
        shutil.rmtree("bus/pci")
        self.assertEqual(json.loads(self.ok("top", "--root", "d", "--sysfs", "bus", "--once", "--json"))["devices"][0]["unread"],
                         {"health": "No such file or directory"})
        (Path("bus/pci")).mkdir()
        write_driver(Path("d"), "0000:00:00.0", 50, 6400)
        text = self.ok("top", "--root", "d", "--sysfs", "bus", "--once")
        self.assertRegex(text, r"0000:00:00.0: working, 1 resets, last error: queue 0: stalled")
        self.assertRegex(text, r"\n +1 running +1 +0 +51 +50 +0 +- +- +- +-\n")
        self.assertIn("on the CPU instead: short 3\n", text)

    def test_top_again_and_again(self) -> None:
        write_driver(Path("d"), "0000:00:00.0", 100, 1000)
        process = subprocess.Popen([CCE, "top", "--root", "d", "--sysfs", "bus", "--count", "3", "--interval", "0.4", "--json"],
                                   stdout=subprocess.PIPE, text=True)
        assert process.stdout
        first = json.loads(process.stdout.readline())
        write_driver(Path("d"), "0000:00:00.0", 300, 5000)
        second = json.loads(process.stdout.readline())
        write_driver(Path("d"), "0000:00:00.0", 10, 5000)  # loaded again
        third = json.loads(process.stdout.readline())
        process.communicate(timeout=60)
        self.assertNotIn("interval_s", first)
        queue = second["devices"][0]["queues"][0]
        self.assertGreaterEqual(second["interval_s"], 0.4)
        self.assertAlmostEqual(queue["per_second"]["completed"] * second["interval_s"], 200, places=3)
        self.assertAlmostEqual(second["devices"][0]["engine"]["bytes_per_second"] * second["interval_s"], 4000, places=3)
        self.assertEqual(queue["cycles_per_request"], 300)
        self.assertNotIn("completed", third["devices"][0]["queues"][0]["per_second"])

    def test_top_on_a_terminal(self) -> None:
        write_driver(Path("d"), "0000:00:00.0", 100, 1000)
        control, terminal = pty.openpty()
        process = subprocess.Popen([CCE, "top", "--root", "d", "--sysfs", "bus", "--interval", "0.05"], stdout=terminal, stderr=terminal,
                                   stdin=subprocess.DEVNULL)
        os.close(terminal)
        shown = b""
        while shown.count(b"\033[H\033[J") < 3:
            shown += os.read(control, 4096)
        self.assertIn(b"cce top, every 0.05 s; Ctrl-C ends it", shown)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), -signal.SIGINT)
        os.close(control)

    def test_top_errors(self) -> None:
        self.fails("can't read absent: No such file", "top", "--root", "absent", "--once")
        if not Path("/sys/kernel/debug/cce").exists():
            self.fails("debugfs is not mounted|no permission|not loaded|no debugfs", "top", "--once")
        Path("empty").mkdir()
        self.fails("can't read empty/fallbacks: No such file", "top", "--root", "empty", "--once")
        write_driver(Path("d"), "0000:00:00.0", 1)
        Path("d/0000:00:00.0/queues").write_text("queue0.state: running\nqueue: 5\n")
        self.fails("queues: not as the driver writes it: \"queue: 5\"", "top", "--root", "d", "--sysfs", "bus", "--once")
        Path("d/0000:00:00.0/queues").write_text("queue99.state: running\n")
        self.fails("not as the driver writes it", "top", "--root", "d", "--sysfs", "bus", "--once")
        self.fails("excludes", "top", "--once", "--count", "2", status=2)
        reading, writing = os.pipe()
        os.close(reading)
        write_driver(Path("d"), "0000:00:00.0", 1)
        done = subprocess.run([CCE, "top", "--root", "d", "--sysfs", "bus"], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
        os.close(writing)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"can't write standard output: Broken pipe", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "root is who sees what others may not: run as root")
    def test_top_permission(self) -> None:
        def demote() -> None:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)

        reachable = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', CCE], preexec_fn=demote, check=False)
        if reachable.returncode != 0:
            self.skipTest(f"no other user can reach {CCE}")
        write_driver(Path("d"), "0000:00:00.0", 1)
        os.chmod(".", 0o755)
        os.chmod("d/0000:00:00.0/engine", 0o400)  # as the driver has it
        done = self.run_cce("top", "--root", "d", "--sysfs", "bus", "--once", preexec_fn=demote)
        self.assertIn("engine: can't be read: Permission denied", done.stdout)
        os.chmod("d", 0o700)
        self.fails("d: no permission; debugfs is root's", "top", "--root", "d", "--sysfs", "bus", "--once", preexec_fn=demote)

    # What is made from the command line.

    def commands(self) -> dict[str, set[str]]:
        """Options of every command, as --help names them."""
        found: dict[str, set[str]] = {}

        def look(path: list[str]) -> None:
            text = self.ok(*path, "--help")
            options = text.split("\nExamples:")[0]
            found[" ".join(path)] = set(re.findall(r"(?:^ +|,)(-\w|--[\w-]+)(?=[ ,\n])", options, re.M))
            if "\nSubcommands:" in text:
                for name in re.findall(r"^  (\w+) ", text.split("\nSubcommands:")[1].split("\nExamples:")[0].split("\n\n")[0], re.M):
                    look([*path, name])

        look([])
        return found

    def test_every_command_is_described(self) -> None:
        commands = self.commands()
        self.assertGreaterEqual(len(commands), 15)
        self.assertIn("--resume", commands["seal"])
        self.assertIn("-K", commands["seal"])
        zsh, fish = (DESCRIBED / "_cce").read_text(), (DESCRIBED / "cce.fish").read_text()
        for command, options in commands.items():
            page = DESCRIBED / ("-".join(["cce", *command.split()]) + ".1")
            self.assertTrue(page.exists(), page)
            text = page.read_text().replace("\\-", "-")
            for option in options:
                self.assertIn(f"\\fB{option}\\fR", text, page)
                self.assertIn(f"'{option}[", zsh)
                self.assertRegex(fish, rf" {'-l ' + option[2:] if option.startswith('--') else '-s ' + option[1:]} ")
        self.assertEqual(len(list(DESCRIBED.glob("*.1"))), len(commands))

    def complete(self, line: str) -> set[str]:
        """What bash offers at the end of the line."""
        script = ('source "$1"; read -ra COMP_WORDS <<<"$2"; [[ $2 != *" " ]] || COMP_WORDS+=(""); '
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _cce; printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["/bin/bash", "-c", script, "bash", str(DESCRIBED / "cce.bash"), line], capture_output=True,
                              text=True, check=True)
        return set(done.stdout.split())

    def test_bash_completion(self) -> None:
        for command, options in self.commands().items():
            self.assertLessEqual(options, self.complete(f"cce {command} ".replace("  ", " ")), command)
        self.assertEqual(self.complete("cce se"), {"seal", "selftest"})
        self.assertEqual(self.complete("cce enc --mode "), {"ctr", "cbc", "ecb", "xts", "gcm", "ccm"})
        self.assertEqual(self.complete("cce enc --mode c"), {"ctr", "cbc", "ccm"})
        self.assertEqual(self.complete("cce trace "), {"run", "kernel", "-h", "--help"})
        self.assertEqual(self.complete("cce trace run --backend in"), {"in-process"})
        self.assertEqual(self.complete("cce mac --tag-length "), set())
        Path("file with a name").touch()
        self.assertLessEqual({"file"}, self.complete("cce seal --in fi"))

    def test_other_shells(self) -> None:
        for shell, file in (("zsh", "_cce"), ("fish", "cce.fish"), ("bash", "cce.bash")):
            program = shutil.which(shell)
            if program:
                done = subprocess.run([program, "-n", str(DESCRIBED / file)], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)
        fish = shutil.which("fish")
        if fish:
            for line, offered in (("cce enc --mode c", {"ctr", "cbc", "ccm"}), ("cce se", {"seal", "selftest"}),
                                  ("cce trace r", {"run"}), ("cce seal --res", {"--resume"})):
                done = subprocess.run([fish, "--no-config", "-c", f"source {DESCRIBED}/cce.fish; complete -C '{line}'"],
                                      capture_output=True, text=True, check=True, env=dict(os.environ, HOME="."))
                self.assertEqual({l.split("\t")[0] for l in done.stdout.splitlines()}, offered, line)

    def test_manual_pages(self) -> None:
        groff = shutil.which("groff")
        if not groff:
            self.skipTest("groff is missing (Debian: groff-base)")
        for page in sorted(DESCRIBED.glob("*.1")):
            done = subprocess.run([groff, "-man", "-Tutf8", "-ww", "-rLL=100n", str(page)], capture_output=True, text=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)
            self.assertIn("EXIT STATUS", re.sub(".\b", "", done.stdout))
        main = subprocess.run([groff, "-man", "-Tascii", "-P-c", str(DESCRIBED / "cce-seal.1")], capture_output=True,
                              text=True, check=True).stdout
        plain = re.sub(".\b", "", main)
        self.assertRegex(plain, r"cce-seal - Encrypt a file of any length in authenticated chunks")
        self.assertRegex(plain, r"--resume\n +Go on with the FILE.partial")


if __name__ == "__main__":
    CCE, DESCRIBED = os.path.realpath(sys.argv[1]), Path(sys.argv[2]).resolve()
    del sys.argv[1:3]
    unittest.main()
