"""Draws docs/images/floors.svg from the imports of the harness: its rooms, what they import, and how many lines they have.

    /usr/bin/python3 docs/draw_floors.py           writes docs/images/floors.dot and, by Graphviz, floors.svg
    /usr/bin/python3 docs/draw_floors.py --check   ends with 1 when floors.dot is not what the imports are today
"""

from __future__ import annotations

import ast
import collections
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/images/floors.dot"
# From the top: what stands here is how the picture is laid out; what imports what is read from the files.
ROOMS = {
    "cli": "commands, progress, doctor", "run": "worker, runner, sweep", "stage": "lab, hosts, programs, sandbox",
    "evidence": "captures, frames, system calls", "world": "cells, networks, links", "report": "pages, plots, summaries",
    "judge": "scenarios, roles, expectations, verdicts",
}  # fmt: skip


def room_of(name: str) -> str:
    """The room of a module by its full name; empty outside of the harness."""
    top, *rest = name.split(".")
    return rest[0] if top == "harness" and rest and rest[0] in ROOMS else ""


def imports(file: pathlib.Path) -> collections.Counter[str]:
    """How many import statements of a file name each room."""
    found: collections.Counter[str] = collections.Counter()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found[room_of(node.module if node.module != "harness" else f"harness.{node.names[0].name}")] += 1
        elif isinstance(node, ast.Import):
            found.update(room_of(alias.name) for alias in node.names)
    return found


def drawn() -> str:
    """The picture, as Graphviz takes it."""
    lines = [
        "// Made by docs/draw_floors.py", "digraph floors {", "  graph [rankdir=TB, nodesep=0.5, ranksep=0.45, bgcolor=white];",
        '  node [shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#3b78d8", fontname="DejaVu Sans", fontsize=11, margin="0.2,0.1"];',
        '  edge [color="#7a8796", fontname="DejaVu Sans", fontsize=9, fontcolor="#5b6673", arrowsize=0.7];',
    ]  # fmt: skip
    arrows = []
    for room, what in ROOMS.items():
        files = sorted((ROOT / "harness" / room).rglob("*.py"))
        count = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
        # Rounded, so that the picture changes when a room does, and not with every line.
        lines.append(f'  {room} [label=<<b>harness/{room}</b><br/>{what}<br/><font point-size="9">{len(files)} files, {round(count, -2):,} lines</font>>];')
        total = sum((imports(file) for file in files), collections.Counter())
        arrows += [f"  {room} -> {target};" for target in ROOMS if target != room and total[target]]
    return "\n".join([*lines, "  { rank=same; world; report; }", *arrows, "}", ""])


def main() -> int:
    text = drawn()
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TARGET} is not what the imports are today: run docs/draw_floors.py", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    subprocess.run(["dot", "-Tsvg", "-o", str(TARGET.with_suffix(".svg")), str(TARGET)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
