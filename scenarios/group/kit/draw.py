"""A tree as a picture: the root on top, each node below its parent."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.report import svg
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.lab import Lab

_LEAF, _LEVEL, _MARGIN, _RADIUS = 40.0, 76.0, 26.0, 15.0
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9"]


def picture(tree: Tree, group_of: Mapping[str, int] | None = None) -> str:
    """SVG of a tree without cycles. group_of: host → a number that gives it its colour, such as its building."""
    places: dict[str, tuple[float, float]] = {}
    next_leaf = [0.0]

    def place(host: str) -> float:
        below = [place(child) for child in tree.children(host)]
        if not below:
            below = [next_leaf[0]]
            next_leaf[0] += _LEAF
        x = (below[0] + below[-1]) / 2
        places[host] = (x + _MARGIN, tree.depth(host) * _LEVEL + _MARGIN)
        return x

    for root in tree.roots:
        place(root)
    lines, nodes = [], []
    for host, (x, y) in places.items():
        parent = tree.parents[host]
        if parent is not None:
            above = places[parent]
            lines.append(svg.line(above[0], above[1] + _RADIUS, x, y - _RADIUS, stroke_width=1.4, stroke_opacity=0.55))
        colour = _COLOURS[(group_of or {}).get(host, 0) % len(_COLOURS)]
        circle = svg.element("circle", cx=x, cy=y, r=_RADIUS, fill=colour, fill_opacity=0.2, stroke=colour, stroke_width=1.6)
        label = svg.text(x, y + 4, host, text_anchor="middle", font_size=11, font_family=svg.MONOSPACE)
        above_it = f", below {parent}" if parent else ", the root"
        nodes.append(svg.element("g", svg.title(f"{host}{above_it}, {len(tree.children(host))} children") + circle + label))
    width = max(next_leaf[0] - _LEAF, 0.0) + 2 * _MARGIN
    height = (tree.height if places else 0) * _LEVEL + 2 * _MARGIN
    return svg.document(width, height, f"tree of {len(tree)} nodes", "".join(lines + nodes), "tree")


def show(lab: Lab, name: str, title: str, tree: Tree, group_of: Mapping[str, int] | None = None) -> None:
    """Puts the drawing into the report, with the tree as text beside it."""
    with tempfile.TemporaryDirectory() as folder:
        drawing, source = pathlib.Path(folder) / "tree.svg", pathlib.Path(folder) / "tree.txt"
        drawing.write_text(svg.standalone(picture(tree, group_of)))
        source.write_text(tree.text())
        lab.drawing(name, title, drawing, source)


def buildings(lab: Lab) -> dict[str, int]:
    """Host → the number of its switch, for colours."""
    found: dict[str, int] = {}
    switches = {switch.name: number for number, switch in enumerate(lab.network.net.switches)}
    for host in lab.hosts.values():
        link = host.node.defaultIntf().link
        other = link.intf2.node if link.intf1.node is host.node else link.intf1.node
        found[host.name] = switches.get(other.name, 0)
    return found
