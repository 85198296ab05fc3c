# SPDX-License-Identifier: Apache-2.0
"""The provers of properties (assert, assume) of a sequential circuit.

    pdr     ABC's property directed reachability (IC3): finds an inductive invariant that implies every assertion, and
            checks it; the proof holds for all time. Circuits without registers are proven by it in one frame.
    ind     k-induction, k at most `depth`: no assertion fails in the first cycles (ABC's bmc), and none in the cycle
            behind any k in which none did (Yosys' sat). What the registers need to be known is among the assertions.
    bmc     ABC's bounded model checking: no assertion fails within `depth` cycles of reset. For method `equivalence` the
            circuit is shown to have no feedback, through registers neither: its outputs then depend on the inputs of
            the last few cycles alone, and a depth beyond that number is no bound.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re

import toolchain
from proof_file import Proof


@dataclasses.dataclass
class Verdict:
    proven: bool
    detail: str
    trace: str = ""


def elaborate(proof: Proof, sources: list[str]) -> list[str]:
    """Yosys commands from SystemVerilog to a flat circuit of words."""
    return [
        f"read_verilog -formal -sv {' '.join(sources)}",
        f"hierarchy -check -top {proof.top}",
        "proc",
        "flatten -noscopeinfo",
        # Yosys gives clocked assertions and assumptions registers in front of them; both are moved in front of those
        # again, so that they speak of the cycle itself: an assertion is then its own induction hypothesis.
        "async2sync",
        "chformal -lower",
        "chformal -assert -assume -early",
        "opt_clean",
        *(f"chformal -assert -remove c:*{instance}.$assert*" for instance in proof.options.get("without", [])),
        *(command for net in proof.options.get("cut", [])
          for command in (f"select -assert-min 1 w:*{net}", f"cutpoint w:*{net}")),
        "setundef -undriven -anyseq",
        "opt -full",
        "memory -nomap",
        "memory_map -formal",
        # Registers without an initial value begin with any value.
        "formalff -setundef -clk2ff -ff2anyinit",
        "opt -full",
        "check -assert",
    ]


def _abc(proof: Proof, sources: list[str], folder: pathlib.Path, prove: list[str], timeout: float | None) -> str:
    no_feedback = ["scc -all_cell_types -expect 0"] if proof.method == "equivalence" else []
    toolchain.yosys([
        *elaborate(proof, sources), *no_feedback, "write_rtlil design.il", "select -assert-min 1 t:$assert", "techmap",
        "opt -fast", "simplemap", "dffunmap", "abc -g AND -fast", "opt_clean",
        "write_aiger -I -B -zinit -no-startoffset -map design.aim -ywmap design.ywa design.aig",
    ], folder)
    commands = ["read_aiger design.aig", "fold", "strash", *proof.prepare, "print_stats", *prove]
    _, output = toolchain.run("yosys-abc", ["-c", "; ".join(commands)], folder, "abc.log", timeout)
    return output


def _trace(folder: pathlib.Path) -> str:
    """Turns ABC's counterexample into waves; names the file."""
    witness = folder / "trace.aiw"
    if not witness.exists():
        return ""
    # What ABC was given has names with a mark of the pass that made it.
    names = folder / "design.ywa"
    names.write_text(re.sub(r"\$abc\$\d+\$auto", "$auto", names.read_text(encoding="utf-8")), encoding="utf-8")
    code, _ = toolchain.run("yosys-witness", ["aiw2yw", "trace.aiw", "design.ywa", "trace.yw"], folder, "witness.log")
    if code != 0:
        return str(witness)
    script = "read_rtlil design.il; sim -hdlname -r trace.yw -vcd trace.vcd -assert"
    toolchain.run("yosys", ["-p", script], folder, "sim.log")
    return str(folder / "trace.vcd") if (folder / "trace.vcd").exists() else str(witness)


def _failed_assertion(folder: pathlib.Path) -> str:
    log = folder / "sim.log"
    found = re.search(r"Assertion (\S+).*failed", log.read_text(encoding="utf-8")) if log.exists() else None
    return f", assertion {found[1]}" if found else ""


def pdr(proof: Proof, sources: list[str], folder: pathlib.Path, timeout: float | None) -> Verdict:
    output = _abc(proof, sources, folder, ["orpos", "pdr", "write_cex -a trace.aiw"], timeout)
    failed = re.search(r"asserted in frame\s+(\d+)", output)
    if failed:
        trace = _trace(folder)
        return Verdict(False, f"an assertion fails in cycle {failed[1]}{_failed_assertion(folder)}", trace)
    if "Property proved" not in output:
        return Verdict(False, "no answer: " + " / ".join(output.strip().splitlines()[-3:]))
    found = re.search(r"Invariant F\[(\d+)\] : (\d+) clauses with (\d+) flops", output)
    checked = "Verification of invariant" not in output or "was successful" in output
    if not checked:
        return Verdict(False, "the invariant that was found does not stand its check")
    return Verdict(True, f"invariant of {found[2]} clauses" if found else "no state needed")


def induction(proof: Proof, sources: list[str], folder: pathlib.Path, timeout: float | None) -> Verdict:
    # One cycle more than the step takes for granted costs nothing; planted faults are looked for farther away.
    base = bmc(dataclasses.replace(proof, depth=proof.search or proof.depth + 1), sources, folder, timeout)
    if not base.proven:
        return base
    command = f"sat -tempinduct-inductonly -prove-asserts -set-assumes -maxsteps {proof.depth} -show-public"
    script = f"read_rtlil design.il; dffunmap; {command}"
    _, output = toolchain.run("yosys", ["-p", script], folder, "induction.log", timeout)
    found = re.search(r"Induction step proven: SUCCESS", output)
    if found:
        steps = output[:found.start()].count("Induction step failed") + 1
        return Verdict(True, f"{steps}-induction")
    if "proof failed" in output:
        return Verdict(False, f"no answer: holds for {proof.depth} cycles, but the induction step fails (induction.log)")
    return Verdict(False, "no answer: " + " / ".join(output.strip().splitlines()[-3:]))


def bmc(proof: Proof, sources: list[str], folder: pathlib.Path, timeout: float | None) -> Verdict:
    output = _abc(proof, sources, folder, ["orpos", f"bmc3 -F {proof.depth}", "write_cex -a trace.aiw"], timeout)
    failed = re.search(r"asserted in frame\s+(\d+)", output)
    if failed:
        trace = _trace(folder)
        return Verdict(False, f"an assertion fails in cycle {failed[1]}{_failed_assertion(folder)}", trace)
    done = re.search(r"No output (?:failed|asserted) in (\d+) frames|in (\d+) frames", output)
    if not done or int(done[1] or done[2]) < proof.depth:
        return Verdict(False, "no answer: " + " / ".join(output.strip().splitlines()[-3:]))
    return Verdict(True, f"{proof.depth} cycles")
