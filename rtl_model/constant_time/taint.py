# SPDX-License-Identifier: Apache-2.0
"""Follows secrets through a netlist and compares where they come with the reviewed list."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from netlist import Graph
from review import Part, Release, Review


@dataclass(frozen=True)
class Violation:
    what: str   # "select", "memory address", "register", "output", "release", "list", ...
    where: str
    text: str
    path: tuple[str, ...] = ()


@dataclass
class Result:
    violations: list[Violation] = field(default_factory=list)
    registers: list[str] = field(default_factory=list)  # that hold secrets, rightly
    register_bits: int = 0
    releases: list[str] = field(default_factory=list)
    nodes: int = 0


class Propagation:
    """Secrets spread from the sources until they come to a release, or to a place that is not on the list: each such
    place is reported once, and not looked behind."""

    def __init__(self, graph: Graph, review: Review) -> None:
        self.graph = graph
        self.review = review
        self.result = Result()
        self.before: dict[int, int | None] = {}
        self.state_of = {node: state for state in graph.states for node in state.nodes}
        self.release_of: dict[int, Release] = {}
        self.public_of: dict[int, Part] = {}
        self.permitted: set[str] = set()
        self.reported: set[tuple[str, str]] = set()

    def run(self) -> Result:
        queue = self.begin()
        while queue:
            node = queue.popleft()
            if self.passes(node):
                for successor in self.graph.successors[node]:
                    if successor not in self.before:
                        self.before[successor] = node
                        queue.append(successor)
        self.check_outputs()
        self.check_releases()
        for entry in self.review.entries():
            if not entry.used:
                self.report("list", str(entry), f"{entry} is not needed; its reason was: {entry.reason}")
        self.result.nodes = len(self.before)
        self.result.registers.sort()
        return self.result

    # ---- where it begins -------------------------------------------------------------------------------------------

    def begin(self) -> deque[int]:
        for release in self.review.releases:
            nodes = self.graph.nets.get(release.text)
            if nodes is None or len(nodes) != 1:
                width = "there is no such net" if nodes is None else f"it has {len(nodes)} bits"
                self.report("release", release.text, f"a release must be a net of one bit; {width}")
            else:
                self.release_of[nodes[0]] = release
        for part in self.review.public:
            self.public_of.update({node: part for node in self.nodes_of(part)})
        queue: deque[int] = deque()
        for source in self.review.sources:
            for node in self.nodes_of(source):
                self.before[node] = None
                queue.append(node)
                source.used = True
        return queue

    def nodes_of(self, part: Part) -> tuple[int, ...]:
        nodes = self.graph.nets.get(part.text)
        high = part.high if part.high is not None else len(nodes or ()) - 1
        if nodes is None or high >= len(nodes):
            part.used = True
            self.report(part.kind, part.text, f"{part}: there is no such net" if nodes is None else
                        f"{part}: bit {high} is asked for, the net has {len(nodes)}")
            return ()
        return nodes[part.low:high + 1]

    # ---- on the way ------------------------------------------------------------------------------------------------

    def passes(self, node: int) -> bool:
        """May secrets go on from here?"""
        if node in self.release_of:
            self.release_of[node].used = True
            return False
        if node in self.public_of:
            self.public_of[node].used = True
            return False
        if node in self.graph.controls:
            return self.control_permitted(node)
        if self.before[node] is None:
            return True
        state = self.state_of.get(node)
        if state is None:
            return True
        if state.name in self.permitted:
            self.result.register_bits += 1
            return True
        for entry in self.review.registers:
            if entry.matches(state.name):
                entry.used = True
                self.permitted.add(state.name)
                self.result.registers.append(state.name)
                self.result.register_bits += 1
                return True
        self.report("register", state.name, f"register {state.name} ({state.source}) is not on the list of those that "
                                            "hold secrets", node)
        return False

    def control_permitted(self, node: int) -> bool:
        control = self.graph.controls[node]
        for entry in self.review.controls:
            if entry.control == control.kind and entry.matches(control.instance):
                entry.used = True
                return True
        self.report(control.kind, f"{control.instance} {control.source}",
                    f"a secret decides: {control.kind} in {control.instance or 'the top module'} ({control.module}), "
                    f"{control.source}", node)
        return False

    # ---- where it ends ---------------------------------------------------------------------------------------------

    def check_outputs(self) -> None:
        for name, nodes in self.graph.outputs.items():
            reached = [node for node in nodes if node in self.before]
            if not reached:
                continue
            entries = [entry for entry in self.review.outputs if entry.matches(name)]
            for entry in entries:
                entry.used = True
            if not entries:
                self.report("output", name, f"{len(reached)} bits of output {name} depend on secrets", reached[0])

    def check_releases(self) -> None:
        """A release goes into the registers that its entry names and nowhere else, in its own cycle."""
        for node, release in self.release_of.items():
            self.result.releases.append(release.text)
            seen = {node}
            queue = deque(seen)
            while queue:
                for successor in self.graph.successors[queue.popleft()]:
                    if successor in seen:
                        continue
                    seen.add(successor)
                    state = self.state_of.get(successor)
                    if state is None:
                        queue.append(successor)
                    else:
                        self.check_target(release, state.name)
            for name, nodes in self.graph.outputs.items():
                if any(bit in seen for bit in nodes):
                    self.check_target(release, name)
            for target, needed in release.into.items():
                if not needed:
                    self.report("list", f"{release.text} into {target}",
                                f"release '{release.text}': it does not go into '{target}'")

    def check_target(self, release: Release, name: str) -> None:
        if name in release.into:
            release.into[name] = True
        else:
            self.report("release", f"{release.text} into {name}",
                        f"release '{release.text}' decides on {name}, which its entry does not name")

    # ---- reports ---------------------------------------------------------------------------------------------------

    def report(self, what: str, where: str, text: str, node: int | None = None) -> None:
        if (what, where) in self.reported:
            return
        self.reported.add((what, where))
        path: list[str] = []
        while node is not None:
            name = self.graph.names.get(node)
            if name and (not path or path[-1] != name):
                path.append(name)
            node = self.before.get(node)
        self.result.violations.append(Violation(what, where, text, tuple(reversed(path))))
