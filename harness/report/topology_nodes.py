"""The nodes of a topology drawing: hosts and routers as cards, switches as boxes, and the small words beside them."""

from __future__ import annotations

from harness.report import svg
from harness.report.topology_graph import Node

NAME = 13.0  # font sizes in pixels
SMALL = 10.5
COLOURS = {"host": "#3b78d8", "router": "#b8860b", "switch": "#2e8b74"}


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A node's outline. Kinds differ in shape, not in colour alone."""
    colour = COLOURS[kind]
    rounding = {"host": 6.0, "router": 18.0, "switch": 3.0}[kind]
    return svg.element(
        "rect",
        x=x,
        y=y,
        width=width,
        height=height,
        rx=rounding,
        class_=f"node {kind}",
        stroke=colour,
        fill=colour,
        fill_opacity="0.13",
    )


def small(x: float, y: float, content: str, anchor: str = "start", monospace: bool = True) -> str:
    """A small word; anchor is start, middle or end."""
    family = svg.MONOSPACE if monospace else None
    return svg.text(x, y, content, text_anchor=anchor, font_size=SMALL, font_family=family, fill_opacity="0.78")


def _card_lines(node: Node) -> list[str]:
    lines = []
    for interface in node.interfaces:
        lines.append(f"{interface.name} {interface.ip}".strip())
        if interface.mac and node.kind == "host":
            lines.append(interface.mac)
    return lines


def card_size(node: Node) -> tuple[float, float]:
    """Width and height in pixels."""
    lines = _card_lines(node)
    widest = max([svg.width(line, SMALL) for line in lines] + [svg.width(node.name, NAME, False)])
    return max(84.0, widest + 20), 28.0 + 14 * len(lines)


def card(node: Node, x: float, y: float) -> str:
    """A host or router with its interfaces."""
    width, height = card_size(node)
    parts = [svg.title(f"{node.kind} {node.name}"), box(x, y, width, height, node.kind)]
    parts.append(svg.text(x + width / 2, y + 18, node.name, text_anchor="middle", font_size=NAME, font_weight=600))
    for i, line in enumerate(_card_lines(node)):
        parts.append(small(x + width / 2, y + 34 + 14 * i, line, "middle"))
    return svg.element("g", "".join(parts))


def core_size(node: Node) -> tuple[float, float]:
    """Width and height of a switch's box, or of the card of another core node."""
    if node.kind != "switch":
        return card_size(node)
    return max(84.0, svg.width(node.name, NAME, False) + 28, svg.width(node.note, SMALL, False) + 20), 42.0


def core(node: Node, x: float, y: float) -> str:
    """A switch as a box; other core nodes as cards."""
    if node.kind != "switch":
        return card(node, x, y)
    width, height = core_size(node)
    middle = x + width / 2
    parts = [svg.title(f"switch {node.name} {node.note}".strip()), box(x, y, width, height, "switch")]
    parts.append(
        svg.text(
            middle, y + (18 if node.note else 26), node.name, text_anchor="middle", font_size=NAME, font_weight=600
        )
    )
    if node.note:
        parts.append(small(middle, y + 33, node.note, "middle", monospace=False))
    return svg.element("g", "".join(parts))
