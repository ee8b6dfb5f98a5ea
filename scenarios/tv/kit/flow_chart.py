"""Flow charts: drawn by Graphviz from text, and compared with what a program really does.

A chart is a Graphviz file. A node with a ``comment`` is a step that makes a system call; the comment is a regular expression
that fits the call as strace -yy writes it. Nodes without one (begin, end, decisions) make none.

``python3 -m scenarios.tv.kit.flow_chart FILE…`` draws each FILE.dot as FILE.svg beside it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import re
import subprocess
import sys
from typing import Any, Iterable

from harness import equals
from harness.world.tools_needed import ToolMissing, require_tool

CALLS = "socket,setsockopt,connect,open,openat,read,pread64,poll,clock_nanosleep,select,pselect6,send,sendto,sendmsg,close"
TRACED = ["-f", "-yy", "-e", f"trace={CALLS}"]
"""Options of strace for a program whose calls are followed along the chart of a sender."""
_PROCESS_ID = re.compile(r"^(\[pid +\d+\]|\d+) +")


class FlowChartError(RuntimeError):
    """A chart that Graphviz cannot read or draw."""


@dataclasses.dataclass
class Walk:
    """What a program did, seen as a way through a chart.

    taken: the step of each call, in order. stray: the first call that has no place there, or an empty text. complete: the way
    leads to the chart's end.
    """

    taken: list[str]
    stray: str
    complete: bool


@dataclasses.dataclass
class FlowChart:
    """patterns: step → expression, in the order of the text. next: node → nodes that its edges lead to."""

    patterns: dict[str, re.Pattern[str]]
    next: dict[str, list[str]]

    @classmethod
    def read(cls, file: pathlib.Path) -> "FlowChart":
        graph = json.loads(_graphviz(file, "dot_json"))
        names = {node["_gvid"]: node["name"] for node in graph["objects"]}
        patterns = {node["name"]: re.compile(node["comment"]) for node in graph["objects"] if "comment" in node}
        following: dict[str, list[str]] = {name: [] for name in names.values()}
        for edge in graph["edges"]:
            following[names[edge["tail"]]].append(names[edge["head"]])
        return cls(patterns, following)

    def walk(self, calls: Iterable[str], begin: str = "begin", end: str = "end") -> Walk:
        """Follows the calls from node to node. Calls that fit no step at all are none of the chart's business."""
        last: str | None = None
        # Where several steps fit, all ways go on until later calls decide: step → (way up to there, step).
        ways: dict[str, tuple] = {}
        reachable: dict[str, tuple] = {node: () for node in self._without_call([begin])}
        for call in calls:
            fitting = [name for name, pattern in self.patterns.items() if pattern.search(call)]
            if not fitting:
                continue
            before, ways = ways, {name: (reachable[name], name) for name in fitting if name in reachable}
            if not ways:
                return Walk(_steps(before.get(last or "", ())), call, False)
            last = next(iter(ways))
            reachable = {
                node: way for name, way in reversed(ways.items()) for node in self._without_call(self.next[name])
            }
        way = reachable.get(end, ()) or ways.get(last or "", ())
        return Walk(_steps(way), "", end in reachable)

    def _without_call(self, nodes: list[str]) -> set[str]:
        """These nodes, and those that can be reached from them past nodes that make no call."""
        found, queue = set(), list(nodes)
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += [] if name in self.patterns else self.next[name]
        return found


def _steps(way: tuple) -> list[str]:
    found = []
    while way:
        way, step = way
        found.append(step)
    return found[::-1]


def system_calls(trace: pathlib.Path) -> list[str]:
    """The calls in strace's file, one text each, without process ids."""
    return [_PROCESS_ID.sub("", line) for line in trace.read_text(errors="replace").splitlines()]


def follows(lab: Any, chart: FlowChart, program: Any) -> Walk:
    """States that what a traced program did is a way through the chart, from its begin to its end."""
    walk = chart.walk(system_calls(program.trace))
    way = lambda: f"its way through the chart up to there: {_shown(walk.taken)}"  # noqa: E731
    lab.expect(walk.stray or "none", equals("none"), "a call that has no place in the chart", id="stray", hint=way)
    left_out = [step for step in chart.patterns if step not in walk.taken]
    lab.expect(left_out, equals([]), "steps of the chart that are left out", id="left-out", hint=way)
    lab.expect(walk.complete, True, "the way leads to the chart's end", id="end", hint=way)
    return walk


def _shown(steps: list[str]) -> str:
    """The steps, of long ways only the first and the last ones."""
    return " → ".join(steps if len(steps) < 14 else [*steps[:8], "…", *steps[-4:]]) or "nothing"


def _graphviz(file: pathlib.Path, form: str) -> str:
    require_tool("dot")
    outcome = subprocess.run(["dot", f"-T{form}", str(file)], capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise FlowChartError(f"{file}: {outcome.stderr.strip()}")
    return outcome.stdout


def _origin(file: pathlib.Path) -> str:
    """The mark by which a picture says what it was made from (versions of Graphviz draw with small differences)."""
    return f"<!-- made from {file.name}, SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()} -->\n"


def draw(file: pathlib.Path) -> pathlib.Path:
    """Draws FILE.dot as FILE.svg and returns its path."""
    picture = file.with_suffix(".svg")
    picture.write_text(_graphviz(file, "svg") + _origin(file))
    return picture


def is_fresh(file: pathlib.Path) -> bool:
    """True when the picture beside the text was made from this very text."""
    picture = file.with_suffix(".svg")
    return picture.exists() and picture.read_text().endswith(_origin(file))


if __name__ == "__main__":
    try:
        for name in sys.argv[1:]:
            print(draw(pathlib.Path(name)))
    except (FlowChartError, ToolMissing, OSError) as error:
        sys.exit(f"flow_chart: {error}")
