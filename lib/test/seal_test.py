#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cce seal and cce open: against an implementation of its own of docs/file-format.md, with damaged and cut files,
interrupted runs, full disks, closed pipes, signals, devices that go.

Usage: seal_test.py CCE VANISHING_DEVICE [unittest arguments]
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True
import sealed_file  # noqa: E402

CCE = ""
SHIM = ""
KEY = bytes(range(1, 33))
CHUNK = 1024
SEALED = CHUNK + 16
TEXT = os.urandom(10 * CHUNK + 100)  # 11 chunks


class Result:
    def __init__(self, status: int, stdout: bytes, stderr: str) -> None:
        self.status, self.stdout, self.stderr = status, stdout, stderr


class SealTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        before = os.getcwd()
        os.chdir(self.folder.name)
        self.addCleanup(os.chdir, before)
        Path("key").write_bytes(KEY)
        Path("text").write_bytes(TEXT)

    def command(self, *arguments: str) -> list[str]:
        return [CCE, *arguments, "--key-file", "key", "--backend", "software"]

    def run_cce(self, *arguments: str, stdin: bytes = b"", **more: object) -> Result:
        environment = dict(os.environ, **more.pop("environment", {}))  # type: ignore[arg-type]
        done = subprocess.run(self.command(*arguments), input=stdin, capture_output=True, env=environment, timeout=120,
                              check=False, **more)  # type: ignore[call-overload]
        result = Result(done.returncode, done.stdout, done.stderr.decode())
        self.assertNotIn(KEY.hex(), result.stderr)
        return result

    def ok(self, *arguments: str, **more: object) -> Result:
        result = self.run_cce(*arguments, **more)
        self.assertEqual(result.status, 0, result.stderr)
        return result

    def fails(self, pattern: str, *arguments: str, status: int = 1, **more: object) -> Result:
        result = self.run_cce(*arguments, **more)
        self.assertEqual(result.status, status, f"{arguments}: {result.stderr}")
        self.assertRegex(result.stderr, pattern)
        self.assertFalse(Path("out").exists())
        return result

    def sealed(self, text: bytes = TEXT, context: str = "") -> bytes:
        return sealed_file.seal(KEY, text, context.encode(), 10, os.urandom(32))

    def refused(self, data: bytes, pattern: str, *arguments: str) -> None:
        Path("bad").write_bytes(data)
        self.fails(pattern, "open", "--in", "bad", "--out", "out", "--quiet", *arguments)
        self.assertFalse(Path("out.partial").exists(), pattern)

    # The format.

    def test_lengths(self) -> None:
        for length in (0, 1, 15, 16, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 17):
            text = TEXT[:length]
            sealed = self.ok("seal", "--chunk", "1KiB", "--depth", "3", "--quiet", stdin=text).stdout
            self.assertEqual(sealed_file.open_sealed(KEY, sealed, b""), text)
            self.assertEqual(self.ok("open", "--quiet", stdin=self.sealed(text)).stdout, text)

    def test_defaults_and_context(self) -> None:
        text = os.urandom(300_001)
        Path("large").write_bytes(text)
        statistics = self.ok("seal", "--in", "large", "--out", "out", "--context", "größe", "--json", "--quiet").stdout
        self.assertIn(b'"chunks": 5', statistics)
        data = Path("out").read_bytes()
        self.assertEqual(sealed_file.open_sealed(KEY, data, "größe".encode()), text)
        self.assertNotEqual(data, self.ok("seal", "--in", "large", "--context", "größe").stdout, "the salt")
        Path("in").write_bytes(data)
        Path("out").unlink()
        for context in ((), ("--context", "x")):
            self.fails("in: wrong key or --context, or a damaged header", "open", "--in", "in", "--out", "out", *context)
        self.assertEqual(self.ok("open", "--in", "in", "--depth", "1", "--context", "größe").stdout, text)

    def test_example_of_the_document(self) -> None:
        document = (Path(__file__).parents[2] / "docs/file-format.md").read_text()
        example = sealed_file.example()
        self.assertIn("\n".join("    " + line for line in example.splitlines()), document)
        Path("key").write_bytes(bytes(range(32)))
        self.assertEqual(self.ok("open", stdin=bytes.fromhex(example)).stdout, b"")

    # Damage.

    def test_header(self) -> None:
        sealed = self.sealed()
        for position in range(64):
            pattern = {8: "version 3", 9: "unknown algorithm 3", 10: "chunks of 2.8 bytes"}.get(
                position, "no file|as if it were text|reserved|wrong key or --context, or a damaged header")
            self.refused(sealed[:position] + bytes([sealed[position] ^ 2]) + sealed[position + 1 :], pattern)
        self.refused(sealed.replace(b"\r\n", b"\n", 1), "as if it were text")
        self.refused(b"", "cut off: 0 bytes, of which the header alone needs 64")
        self.refused(sealed[:63], "cut off: 63 bytes")
        Path("key").write_bytes(KEY[::-1])
        self.refused(sealed, "wrong key or --context, or a damaged header")

    def test_damaged_chunks(self) -> None:
        sealed = self.sealed()
        for chunk in (0, 4, 9):
            begin = 64 + chunk * SEALED
            for position in (begin, begin + CHUNK - 1, begin + CHUNK, begin + SEALED - 1):
                self.refused(sealed[:position] + bytes([sealed[position] ^ 0x80]) + sealed[position + 1 :],
                             rf"bad: chunk {chunk} \(bytes {begin} to {begin + SEALED - 1}\) is damaged; no output")
        last = 64 + 10 * SEALED
        self.refused(sealed[:-1] + bytes([sealed[-1] ^ 1]),
                     rf"chunk 10 \(bytes {last} to {len(sealed) - 1}\) is damaged, cut short, or extended")

    def test_cut_and_extended(self) -> None:
        sealed = self.sealed()
        for chunks in range(1, 11):
            end = 64 + chunks * SEALED
            self.refused(sealed[:end], rf"cut off behind chunk {chunks - 1} .*, which is not the last one")
        self.refused(sealed[:64], "cut off: it ends at byte 64, before chunk 0")
        self.refused(sealed[:64 + 15], "cut off: it ends at byte 79, in chunk 0")
        self.refused(sealed[: 64 + 3 * SEALED + 16], f"cut off: it ends at byte {64 + 3 * SEALED + 16}, in chunk 3")
        self.refused(sealed[: 64 + 3 * SEALED + 17], "chunk 3 .* is damaged, cut short, or extended")
        self.refused(sealed[:-1], "chunk 10 .* is damaged, cut short, or extended")
        self.refused(sealed + b"x", "chunk 10 .* is damaged, cut short, or extended")
        whole = self.sealed(TEXT[: 3 * CHUNK])
        for more in (b"x", bytes(16), bytes(17), bytes(2 * SEALED), whole[64:]):
            self.refused(whole + more, f"goes on behind its last chunk: from byte {len(whole)} on it was extended")

    def test_moved_chunks(self) -> None:
        sealed = self.sealed()
        header, chunks = sealed[:64], [sealed[i : i + SEALED] for i in range(64, len(sealed), SEALED)]

        def join(*order: int) -> bytes:
            return header + b"".join(chunks[i] for i in order)

        self.refused(join(0, 1, 3, 2, *range(4, 11)), r"in the place of chunk 2 .* is chunk 3: chunks were removed or reo")
        self.refused(join(0, 1, 1, *range(2, 11)), r"in the place of chunk 2 .* is chunk 1: chunks were duplicated")
        self.refused(join(0, 1, *range(4, 11)), r"in the place of chunk 2 .* is chunk 4: chunks were removed")
        self.refused(join(*range(1, 11)), r"in the place of chunk 0 .* is chunk 1: chunks were removed")
        self.refused(join(0, 1, 10), r"in the place of chunk 2 .* is chunk 10: chunks were removed")
        other = self.sealed()
        self.refused(sealed[:64] + other[64 : 64 + SEALED] + sealed[64 + SEALED :], r"chunk 0 .* is damaged")
        self.refused(other[:64] + sealed[64:], r"chunk 0 .* is damaged")

    def test_stream_stops_before_the_damage(self) -> None:
        sealed = bytearray(self.sealed())
        sealed[64 + 5 * SEALED + 3] ^= 1
        result = self.fails(rf"chunk 5 .* damaged; {5 * CHUNK} bytes of verified text were written before", "open",
                            "--quiet", stdin=bytes(sealed))
        self.assertEqual(result.stdout, TEXT[: 5 * CHUNK])

    # Usage.

    def test_usage(self) -> None:
        for chunk in ("1000", "512", "16MiB", "3KiB", "0"):
            self.fails("--chunk: a power of two", "seal", "--chunk", chunk, "--in", "text", "--out", "out", status=2)
        for depth in ("0", "65"):
            self.fails("not in range", "seal", "--depth", depth, "--in", "text", "--out", "out", status=2)
        self.fails("--resume: standard output is no file", "seal", "--resume", "--in", "text", status=2)
        self.fails("--resume: /dev/null is no file", "seal", "--resume", "--in", "text", "--out", "/dev/null", status=2)
        self.fails("can't read absent: No such file", "seal", "--in", "absent", "--out", "out")
        self.fails("can't write nowhere/out.partial: No such file", "seal", "--in", "text", "--out", "nowhere/out")
        self.fails("tells no engine cycles", "seal", "--in", "text", "--out", "out", "--trace", "t", status=2)
        Path("key").write_bytes(KEY[:16])
        self.fails("need a key of 32 bytes .* has 16", "seal", "--in", "text", "--out", "out")
        self.assertEqual(sorted(os.listdir()), ["key", "text"])

    def test_no_permission(self) -> None:
        if os.geteuid() == 0:
            def demote() -> None:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
        else:
            demote = None  # type: ignore[assignment]
        os.chmod(".", 0o755)
        reachable = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', CCE], preexec_fn=demote, check=False)
        if reachable.returncode != 0:
            self.skipTest("others can't reach the program")
        os.chmod("text", 0)
        self.fails("can't read text: Permission denied", "seal", "--in", "text", "--out", "out", preexec_fn=demote)
        os.chmod("text", 0o644)
        os.chmod(".", 0o555)
        self.fails("can't write out.partial: Permission denied", "seal", "--in", "text", "--out", "out",
                   preexec_fn=demote)
        # /dev/stdin works although the process is not dumpable.
        done = subprocess.run(["/bin/sh", "-c", 'printf abc | "$@"', "sh", *self.command("seal", "--in", "/dev/stdin")],
                              capture_output=True, preexec_fn=demote, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sealed_file.open_sealed(KEY, done.stdout, b""), b"abc")
        os.chmod(".", 0o755)

    # Interrupted runs.

    def resume_seal(self, sealed: bytes, length: int, text: bytes = TEXT, *more: str) -> Result:
        Path("out").unlink(missing_ok=True)
        Path("out.partial").write_bytes(sealed[:length])
        Path("text").write_bytes(text)
        return self.run_cce("seal", "--in", "text", "--out", "out", "--resume", "--quiet", *more)

    def test_seal_goes_on(self) -> None:
        sealed = self.sealed()
        for length in (64, 65, 64 + SEALED - 1, 64 + SEALED, 64 + SEALED + 1, 64 + 4 * SEALED + 700, len(sealed) - 116,
                       len(sealed) - 1, len(sealed)):
            result = self.resume_seal(sealed, length)
            self.assertEqual(result.status, 0, result.stderr)
            self.assertEqual(Path("out").read_bytes(), sealed, length)
            self.assertFalse(Path("out.partial").exists())
        # Less than a header: a new file, with a new salt.
        for length in (0, 63):
            result = self.resume_seal(sealed, length)
            self.assertEqual(result.status, 0, result.stderr)
            self.assertNotEqual(Path("out").read_bytes()[16:48], sealed[16:48])
            self.assertEqual(sealed_file.open_sealed(KEY, Path("out").read_bytes(), b""), TEXT)

    def test_seal_never_repeats_a_nonce(self) -> None:
        """Whatever changed where nonces were used: refused, and the partial file is as it was."""
        sealed = self.sealed()
        half = 64 + 4 * SEALED + 700
        changed = bytearray(TEXT)
        changed[4 * CHUNK + 699] ^= 1  # the last byte of which ciphertext is there
        early = bytearray(TEXT)
        early[2 * CHUNK + 5] ^= 1
        cases = [
            (half, bytes(early), f"differs at byte {2 * CHUNK + 5}"),
            (half, bytes(changed), f"differs, or has another length, from byte {4 * CHUNK} on"),
            (half, TEXT[: 4 * CHUNK + 699], "differs, or has another length"),  # it would be the last chunk: another nonce
            (half, TEXT[: 4 * CHUNK], "damaged, or the input has become longer or shorter"),
            (half, TEXT[: 2 * CHUNK + 1], "has become shorter"),
            (half, b"", "has become shorter"),
            (len(sealed), TEXT + b"x", "differs, or has another length"),
            (len(sealed), TEXT[:-1], "differs, or has another length"),
        ]
        for length, text, pattern in cases:
            result = self.resume_seal(sealed, length, text)
            self.assertEqual(result.status, 1, result.stderr)
            self.assertRegex(result.stderr, pattern)
            self.assertFalse(Path("out").exists())
            self.assertEqual(Path("out.partial").read_bytes(), sealed[:length])
        # Behind what is there, the input is free.
        longer = TEXT[: 4 * CHUNK + 700] + os.urandom(5000)
        self.assertEqual(self.resume_seal(sealed, half, longer).status, 0)
        self.assertEqual(sealed_file.open_sealed(KEY, Path("out").read_bytes(), b""), longer)

    def test_seal_refuses_other_partial_files(self) -> None:
        sealed = self.sealed()
        half = 64 + 4 * SEALED
        damaged = sealed[:2000] + bytes([sealed[2000] ^ 1]) + sealed[2001:]
        self.assertRegex(self.resume_seal(damaged, half).stderr, r"out.partial: chunk 1 \(at byte 1104\) is damaged")
        self.assertRegex(self.resume_seal(bytes(len(sealed)), half).stderr, "out.partial is no file that cce seal")
        self.assertRegex(self.resume_seal(sealed, half, TEXT, "--context", "x").stderr, "another key or --context")
        self.assertRegex(self.resume_seal(sealed, half, TEXT, "--chunk", "2KiB").stderr, "begun with chunks of 1024")
        result = self.fails("out.partial exists: .* --resume goes on", "seal", "--in", "text", "--out", "out")
        self.assertEqual(result.stdout, b"")
        self.assertTrue(Path("out.partial").exists())
        Path("out.partial").unlink()
        os.symlink("text", "out.partial")
        self.fails("can't write out.partial: Too many levels", "seal", "--in", "text", "--out", "out", "--resume")
        self.assertEqual(Path("text").read_bytes(), TEXT)

    def test_open_goes_on(self) -> None:
        Path("sealed").write_bytes(self.sealed())
        for length in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 3, len(TEXT) - 1, len(TEXT)):
            Path("out.partial").write_bytes(TEXT[:length])
            self.ok("open", "--in", "sealed", "--out", "out", "--resume", "--quiet")
            self.assertEqual(Path("out").read_bytes(), TEXT)
        wrong = TEXT[: 3 * CHUNK] + bytes(CHUNK) + TEXT[4 * CHUNK : 6 * CHUNK]  # as after a power failure
        Path("out.partial").write_bytes(wrong)
        self.ok("open", "--in", "sealed", "--out", "out", "--resume", "--quiet")
        self.assertEqual(Path("out").read_bytes(), TEXT)
        Path("out.partial").write_bytes(TEXT + b"more")
        self.ok("open", "--in", "sealed", "--out", "out", "--resume", "--quiet")
        self.assertEqual(Path("out").read_bytes(), TEXT)
        Path("out").unlink()
        Path("out.partial").write_bytes(b"something else")
        self.fails("out.partial is nothing of this text", "open", "--in", "sealed", "--out", "out", "--resume")
        self.assertEqual(Path("out.partial").read_bytes(), b"something else")

    def feed(self, *arguments: str, data: bytes, grown_to: int, output: str = "out.partial") -> subprocess.Popen[bytes]:
        """A run that has written so much and waits for more input."""
        process = subprocess.Popen(self.command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        assert process.stdin
        process.stdin.write(data)
        process.stdin.flush()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            sizes = [path.stat().st_size for path in Path(".").glob(output)]
            if sizes and sizes[0] >= grown_to:
                return process
            time.sleep(0.01)
        process.kill()
        self.fail("the output does not grow")

    def end(self, process: subprocess.Popen[bytes], number: int) -> str:
        process.send_signal(number)
        try:
            _, stderr = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        self.assertEqual(process.returncode, -number, stderr)
        self.assertNotIn(KEY.hex(), stderr.decode())
        return stderr.decode()

    def test_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            name = signal.Signals(number).name
            with self.subTest(name):
                process = self.feed("seal", "--chunk", "1KiB", "--depth", "2", "--out", "out", "--quiet",
                                    data=TEXT[:6000], grown_to=64 + 3 * SEALED)
                said = self.end(process, number)
                self.assertRegex(said, f"ended by {name}; out.partial is kept: .* --resume goes on")
                self.ok("seal", "--in", "text", "--out", "out", "--resume", "--quiet")
                self.assertEqual(sealed_file.open_sealed(KEY, Path("out").read_bytes(), b""), TEXT)
                Path("out").unlink()
        # Nothing worth to be kept.
        process = self.feed("seal", "--chunk", "1KiB", "--out", "out", "--quiet", data=b"x", grown_to=64)
        self.assertEqual(self.end(process, signal.SIGTERM), "cce: ended by SIGTERM\n")
        # open, and enc with its temporary file.
        process = self.feed("open", "--depth", "2", "--out", "out", "--quiet", data=self.sealed()[:6000],
                            grown_to=3 * CHUNK)
        self.assertRegex(self.end(process, signal.SIGINT), "out.partial is kept")
        Path("out.partial").unlink()
        process = self.feed("enc", "--mode", "ctr", "--iv", "00" * 16, "--chunk", "1KiB", "--out", "out", "--quiet",
                            data=TEXT[:6000], grown_to=3000, output="out.*")
        self.assertEqual(self.end(process, signal.SIGTERM), "cce: ended by SIGTERM\n")
        self.assertEqual(sorted(os.listdir()), ["key", "text"])

    def test_ignored_signals_stay_ignored(self) -> None:
        process = self.feed("seal", "--chunk", "1KiB", "--depth", "2", "--out", "out", "--quiet", data=TEXT[:6000],
                            grown_to=64 + 3 * SEALED)
        said = self.end(process, signal.SIGKILL)  # nobody says anything
        self.assertEqual(said, "")
        self.ok("seal", "--in", "text", "--out", "out", "--resume", "--quiet")
        done = subprocess.run(["/bin/bash", "-c", 'trap "" INT; exec "$@"', "bash",
                               *self.command("seal", "--in", "text", "--out", "out", "--quiet")], check=False)
        self.assertEqual(done.returncode, 0)

    def test_one_at_a_time(self) -> None:
        process = self.feed("seal", "--chunk", "1KiB", "--depth", "2", "--out", "out", "--quiet", data=TEXT[:6000],
                            grown_to=64 + 3 * SEALED)
        self.fails("out.partial is in use by another cce", "seal", "--in", "text", "--out", "out", "--resume")
        assert process.stdin
        process.stdin.write(TEXT[6000:])
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(sealed_file.open_sealed(KEY, Path("out").read_bytes(), b""), TEXT)

    def test_keys_are_not_shown(self) -> None:
        arguments = [CCE, "seal", "-K", KEY.hex(), "--chunk", "1KiB", "--depth", "2", "--out", "out", "--quiet",
                     "--backend", "software"]
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (4096, 4096)))
        assert process.stdin
        process.stdin.write(TEXT[:6000])
        process.stdin.flush()
        end = time.monotonic() + 60
        while time.monotonic() < end and not (Path("out.partial").exists() and Path("out.partial").stat().st_size > 64):
            time.sleep(0.01)
        command_line = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
        self.assertIn("seal", command_line)
        self.assertNotIn(KEY.hex(), command_line)
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        # SIGQUIT ends a process with a core file, if there may be one.
        os.kill(process.pid, signal.SIGQUIT)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -signal.SIGQUIT
        process.stdin.close()
        assert process.stderr
        process.stderr.close()
        self.assertEqual(os.WTERMSIG(status), signal.SIGQUIT)
        self.assertFalse(os.WCOREDUMP(status))

    # Disks, pipes, devices.

    def test_disk_full(self) -> None:
        def small() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

        self.fails("can't write out.partial: File too large; out.partial is kept", "seal", "--chunk", "1KiB", "--in", "text",
                   "--out", "out", preexec_fn=small)
        self.ok("seal", "--in", "text", "--out", "out", "--resume", "--quiet")
        self.assertEqual(sealed_file.open_sealed(KEY, Path("out").read_bytes(), b""), TEXT)
        Path("out").unlink()
        self.fails("can't write /dev/full: No space left", "seal", "--in", "text", "--out", "/dev/full")
        Path("sealed").write_bytes(self.sealed())
        self.fails("can't write out.partial: File too large; out.partial is kept", "open", "--in", "sealed", "--out", "out",
                   preexec_fn=small)
        self.ok("open", "--in", "sealed", "--out", "out", "--resume", "--quiet")
        self.assertEqual(Path("out").read_bytes(), TEXT)

    def test_disk_really_full(self) -> None:
        os.mkdir("disk")
        mount = ["unshare", "--mount", "--map-root-user", "/bin/bash", "-c",
                 'mount -t tmpfs -o size=8k tmpfs disk || exit 99; "$@"; echo "$?" >status; ls disk >left', "bash"]
        done = subprocess.run([*mount, *self.command("seal", "--chunk", "1KiB", "--in", "text", "--out", "disk/out")],
                              capture_output=True, check=False)
        if done.returncode == 99 or not Path("status").exists():
            self.skipTest("no mounts here: " + done.stderr.decode().strip())
        self.assertEqual(Path("status").read_text(), "1\n")
        self.assertRegex(done.stderr.decode(), "can't write disk/out.partial: No space left on device; .* is kept")
        self.assertEqual(Path("left").read_text(), "out.partial\n")

    def test_closed_pipe(self) -> None:
        for arguments in (("seal", "--in", "text"), ("info",), ("enc", "--mode", "ctr", "--iv", "00" * 16, "--in", "text")):
            command = self.command(*arguments) if arguments[0] != "info" else [CCE, "info", "--backend", "software"]
            reading, writing = os.pipe()
            os.close(reading)
            done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
            os.close(writing)
            self.assertEqual(done.returncode, 1)
            self.assertIn("can't write standard output: Broken pipe", done.stderr.decode())

    def test_device_gone(self) -> None:
        environment = {"LD_PRELOAD": SHIM, "CCE_TEST_GONE_AFTER": "5"}
        self.fails("chunk 5: .*; out.partial is kept: .* --resume goes on", "seal", "--chunk", "1KiB", "--depth", "4", "--in",
                   "text", "--out", "out", environment=environment)
        self.assertEqual(Path("out.partial").stat().st_size, 64 + 5 * SEALED)
        self.ok("seal", "--in", "text", "--out", "out", "--resume", "--quiet")
        self.assertEqual(sealed_file.open_sealed(KEY, Path("out").read_bytes(), b""), TEXT)
        os.rename("out", "sealed")
        self.fails("chunk 5: .*; out.partial is kept", "open", "--in", "sealed", "--out", "out", "--depth", "4",
                   environment=environment)
        self.assertEqual(Path("out.partial").read_bytes(), TEXT[: 5 * CHUNK])
        result = self.fails(f"chunk 5: .*; {5 * CHUNK} bytes of verified text", "open", "--in", "sealed", "--depth", "4",
                            environment=environment)
        self.assertEqual(result.stdout, TEXT[: 5 * CHUNK])

    def test_progress(self) -> None:
        environment = {"LD_PRELOAD": SHIM, "CCE_TEST_POLL_MS": "150"}
        said = self.ok("seal", "--chunk", "1KiB", "--depth", "1", "--in", "text", "--out", "out", "--progress",
                       environment=environment).stderr
        self.assertRegex(said, r"cce: \[#+-+\]  \d\d % of 0\.0 MiB, 0\.0 MiB/s, 0:0\d left")
        said = self.ok("open", "--in", "out", "--quiet", environment=environment).stderr
        self.assertEqual(said, "")


if __name__ == "__main__":
    CCE, SHIM = (os.path.realpath(path) for path in sys.argv[1:3])
    del sys.argv[1:3]
    # What a job in the background ignores (nohup: SIGHUP, a shell's "&": SIGINT), the programs that it starts ignore as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    unittest.main()
