# SPDX-License-Identifier: Apache-2.0
"""Reads proof files: SystemVerilog with a header that says what is proven, how, and which faults must be found.

Header lines, comments at the top of the file (a line that begins with two more spaces goes on):

    // proof: what holds, in one sentence
    // top: module to prove
    // files: RTL files, relative to rtl_model/rtl
    // method: induction | bounded | equivalence | algebra | structure
    // engine: pdr | ind | bmc | polynomial | dataflow      (see engines.py, polynomial.py, dataflow.py)
    // depth: cycles                      (ind, bmc, polynomial: registers on the way)
    // search: cycles that planted faults are looked for in (ind; 24 if not given)
    // bound: why that depth suffices     (bounded proofs)
    // assumes: what is taken for granted of the neighbours, and who guarantees it
    // prepare: ABC commands before the proof (pdr, ind, bmc)
    // option NAME: values                (dataflow; `without`: instances whose own assertions are left out; `cut`: nets that
    //                                     may have any value instead of their own)
    // time: short | long                 (short: a fault is planted in the plain test run too; long: not in it at all)
    // fault NAME FILE: what is broken
    // - text that stands exactly once in that file
    // + what the fault puts in its place

Every fault is a change of the RTL that the proof must find. A harness and stand-ins may narrow what is tried then (`ifdef
PLANTED), to be faster: what it finds is a counterexample all the same. Lines between `// inside MODULE` and
`// end inside` are put at the end of that RTL module, so that they can name its registers: Yosys has no `bind`.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re

METHODS = ("induction", "bounded", "equivalence", "algebra", "structure")
ENGINES = ("pdr", "ind", "bmc", "polynomial", "dataflow")


class ProofError(Exception):
    """A proof file, or the RTL it names, is not as it should be."""


@dataclasses.dataclass
class Fault:
    name: str
    file: str
    text: str
    changes: list[tuple[str, str]]


@dataclasses.dataclass
class Proof:
    name: str
    claim: str
    top: str
    files: list[str]
    method: str
    engine: str
    depth: int
    search: int
    bound: str
    assumes: str
    prepare: list[str]
    options: dict[str, list[str]]
    time: str
    faults: list[Fault]
    harness: str
    inside: dict[str, str]


_FIELD = re.compile(r"// ([a-z]+)(?: ([A-Za-z0-9_./]+))?(?: ([A-Za-z0-9_./]+))?: (.*)$")


def read(path: pathlib.Path) -> Proof:
    """Reads one proof file; ProofError names what is wrong with it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    fields: dict[str, str] = {}
    options: dict[str, list[str]] = {}
    faults: list[Fault] = []
    harness: list[str] = []
    inside: dict[str, list[str]] = {}
    target: str | None = None
    last: str | None = None
    in_header = True

    for number, line in enumerate(lines, 1):
        def wrong(what: str, number: int = number) -> ProofError:
            return ProofError(f"{path}:{number}: {what}")

        if in_header and not line.startswith("//"):
            in_header = False
        if in_header:
            field = _FIELD.match(line)
            if line.startswith("// - ") or line.startswith("// + "):
                if not faults:
                    raise wrong("a change without a fault")
                if line[3] == "-":
                    faults[-1].changes.append((line[5:], ""))
                elif faults[-1].changes and not faults[-1].changes[-1][1]:
                    faults[-1].changes[-1] = (faults[-1].changes[-1][0], line[5:])
                else:
                    raise wrong("'+' without a '-' in front of it")
            elif line.startswith("//   ") and last:
                fields[last] += " " + line[5:].strip()
            elif field and field[1] == "fault":
                if not field[2] or not field[3]:
                    raise wrong("a fault needs a name and a file")
                faults.append(Fault(field[2], field[3], field[4], []))
                last = None
            elif field and field[1] == "option":
                options.setdefault(field[2] or "", []).extend(field[4].split())
                last = None
            elif field and not field[2]:
                last = field[1]
                fields[last] = field[4]
            elif line != "//" and "SPDX" not in line:
                raise wrong(f"not a line of a header: {line}")
            continue
        start = re.match(r"// inside (\w+)$", line)
        if start:
            target = start[1]
            inside.setdefault(target, [])
        elif line == "// end inside":
            target = None
        elif target:
            inside[target].append(line)
        else:
            harness.append(line)

    for needed in ("proof", "top", "files", "method", "engine"):
        if needed not in fields:
            raise ProofError(f"{path}: the header has no '{needed}'")
    unknown = set(fields) - {"proof", "top", "files", "method", "engine", "depth", "search", "bound", "assumes", "prepare",
                             "time"}
    if unknown:
        raise ProofError(f"{path}: unknown in the header: {', '.join(sorted(unknown))}")
    if fields["method"] not in METHODS:
        raise ProofError(f"{path}: method '{fields['method']}' is none of {', '.join(METHODS)}")
    if fields["engine"] not in ENGINES:
        raise ProofError(f"{path}: engine '{fields['engine']}' is none of {', '.join(ENGINES)}")
    if fields["method"] == "bounded" and ("depth" not in fields or "bound" not in fields):
        raise ProofError(f"{path}: a bounded proof says its depth and why the bound suffices")
    if fields.get("time", "") not in ("", "short", "long"):
        raise ProofError(f"{path}: time is short or long")
    if not faults:
        raise ProofError(f"{path}: no fault: nothing shows that this proof can fail")
    for fault in faults:
        if not fault.changes:
            raise ProofError(f"{path}: fault '{fault.name}' changes nothing")
    return Proof(path.stem, fields["proof"], fields["top"], fields["files"].split(), fields["method"], fields["engine"],
                 int(fields.get("depth", "0")), int(fields.get("search", "0")),
                 fields.get("bound", ""), fields.get("assumes", ""),
                 [command.strip() for command in fields.get("prepare", "").split(";") if command.strip()], options,
                 fields.get("time", ""), faults, "\n".join(harness) + "\n",
                 {module: "\n".join(text) + "\n" for module, text in inside.items()})


def write_sources(proof: Proof, fault: Fault | None, rtl: pathlib.Path, contract: pathlib.Path,
                  folder: pathlib.Path) -> list[str]:
    """Copies the RTL, with the fault planted and the proof's lines inside, and the harness; names them in order."""
    names: list[str] = []
    left = set(proof.inside)
    planted = fault is None
    planted_define = "`define PLANTED\n" if fault else ""
    for source in [contract / "cce_contract_pkg.sv", *(rtl / file for file in proof.files)]:
        text = source.read_text(encoding="utf-8")
        if fault and source == rtl / fault.file:
            for old, new in fault.changes:
                if text.count(old) != 1:
                    raise ProofError(f"{proof.name}: fault '{fault.name}': '{old}' stands {text.count(old)} times in "
                                     f"{fault.file}, not once: the RTL has changed, and the fault must follow it")
                text = text.replace(old, new)
            planted = True
        for module in list(left):
            if re.search(rf"^module {module}\b", text, re.MULTILINE):
                before, end, after = text.rpartition("\nendmodule")
                text = before + "\n" + proof.inside[module] + end + after
                left.discard(module)
        if "stand_ins" in source.parts:
            text = planted_define + text
        (folder / source.name).write_text(text, encoding="utf-8")
        names.append(source.name)
    if left:
        raise ProofError(f"{proof.name}: none of its files has a module {', '.join(sorted(left))}")
    if not planted and fault:
        raise ProofError(f"{proof.name}: fault '{fault.name}': {fault.file} is not among the proof's files")
    (folder / "harness.sv").write_text(planted_define + proof.harness, encoding="utf-8")
    return [*names, "harness.sv"]
