# SPDX-License-Identifier: Apache-2.0
"""Yosys and its companions (yosys-abc, yosys-witness), through scripts/toolbox.sh."""

from __future__ import annotations

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLBOX = ROOT / "scripts" / "toolbox.sh"


class ToolError(Exception):
    """A tool is missing or does not work: a matter of the machine, not of a proof."""


def _run(command: list[str], folder: pathlib.Path, log: str, timeout: float | None) -> tuple[int, str]:
    environment = dict(os.environ)
    try:
        # In a session of its own, so that a time-out ends the helpers in the sandbox as well.
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True)
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is missing") from error
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 15)
        output, _ = process.communicate()
        output += f"\nstopped after {timeout:.0f} s\n"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()
    (folder / log).write_text(output, encoding="utf-8")
    return process.returncode, output


def check() -> None:
    """Complains if Yosys is not here."""
    found = subprocess.run([TOOLBOX, "path", "yosys"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise ToolError(f"Yosys 0.52 or newer is not installed; run: {TOOLBOX} install yosys")


def run(command: str, arguments: list[str], folder: pathlib.Path, log: str,
        timeout: float | None = None) -> tuple[int, str]:
    """Runs a command of the Yosys package in a folder; gives its exit status and output."""
    line = [str(TOOLBOX), "run", "--exec", command, "--bind", str(folder), "yosys", "--", *arguments]
    code, output = _run(line, folder, log, timeout)
    if "toolbox: error" in output:
        raise ToolError(output.strip())
    return code, output


def yosys(script: list[str], folder: pathlib.Path, log: str = "yosys.log") -> str:
    """Runs a Yosys script; ToolError with the end of its output if it fails."""
    (folder / "script.ys").write_text("\n".join(script) + "\n", encoding="utf-8")
    code, output = run("yosys", ["-q", "-e", "implicitly declared", "script.ys"], folder, log)
    if code != 0:
        raise ToolError("Yosys does not accept the proof:\n  " + "\n  ".join(output.strip().splitlines()[-8:]))
    return output
