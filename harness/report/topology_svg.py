"""A topology as an SVG drawing: switches and routers in a line or a tree, their hosts below them.

Few hosts are cards with interfaces and addresses, many are a list on both sides of a trunk, and beyond
``SUMMARY_FROM`` hosts each switch's hosts are one card. What all links have in common is said once.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from harness.report import svg, topology_nodes as nodes
from harness.report.topology_graph import Graph, Link, Node, graph
from harness.report.topology_nodes import SMALL

CARDS_UP_TO = 5
SUMMARY_FROM = 65
CORE_GAP = 36.0  # lengths in pixels
DROP = 58.0  # from a switch down to its hosts' cards, without words about the links
TREE_DROP = 84.0
ROW = 36.0
STUB_LEAST = 34.0


@dataclasses.dataclass
class Block:
    """A part of the drawing: its size, where its parent's line enters from above (x), and what draws it at (x, y)."""

    width: float
    height: float
    anchor: float
    draw: Callable[[float, float], str]


def _link_title(link: Link) -> str:
    return f"{link.a} {link.a_interface} – {link.b} {link.b_interface}: {link.details or 'no shaping declared'}"


def _leaf_links(net: Graph, name: str) -> list[Link]:
    leaves = net.leaves(name)
    return sorted((link for link in net.links_of(name) if link.b in leaves), key=lambda link: leaves.index(link.b))


def _cards(net: Graph, name: str, common: str) -> Block:
    """Hosts side by side; lines fall on them from a bus under the switch."""
    leaves, links = net.leaves(name), _leaf_links(net, name)
    words = {link.details: [] if common or not link.details else re.split("[,;] ", link.details) for link in links}
    drop = DROP + 14 * max(map(len, words.values()))
    slots = []
    for leaf in leaves:
        own = [link for link in links if link.b == leaf]
        side = [
            max([svg.width(l.a_interface, SMALL)] + [svg.width(w, SMALL, False) for w in words[l.details]]) for l in own
        ]
        width, height = nodes.card_size(net.nodes[leaf])
        # Words stand right of a link's line; with several links to a card, each needs its own room.
        needed = max(width, 2 * side[0] + 20) if len(own) == 1 else max(width, sum(side) + 24 * len(own))
        slots.append((leaf, own, needed, width, height))
    total = sum(slot[2] for slot in slots) + 16 * (len(slots) - 1)
    tallest = max(slot[4] for slot in slots)

    def draw(x: float, y: float) -> str:
        parts, at, bus = [], x, y + 20
        middle = x + total / 2
        ends = [middle]
        for leaf, own, room, width, _ in slots:
            parts.append(nodes.card(net.nodes[leaf], at + (room - width) / 2, y + drop))
            step = room / len(own)
            for i, link in enumerate(own):
                port = at + room / 2 if len(own) == 1 else at + 12 + i * step
                ends.append(port)
                told = nodes.small(port + 5, y + 38, link.a_interface)
                told += "".join(
                    nodes.small(port + 5, y + 53 + 14 * j, word, monospace=False)
                    for j, word in enumerate(words[link.details])
                )
                parts.append(
                    svg.element("g", svg.title(_link_title(link)) + svg.line(port, bus, port, y + drop) + told)
                )
            at += room + 16
        parts.append(svg.line(middle, y, middle, bus))
        if max(ends) > min(ends):
            parts.append(svg.line(min(ends), bus, max(ends), bus))
        return "".join(parts)

    return Block(total, drop + tallest, total / 2, draw)


def _list_label(node: Node) -> str:
    return "  ".join([node.name, *(ip.partition("/")[0] for ip in node.addresses)])


def _list(net: Graph, name: str, common: str) -> Block:
    """Hosts as one-line cards on both sides of a trunk (on one side only if they are few)."""
    links = _leaf_links(net, name)
    sides = 2 if len(links) > CARDS_UP_TO else 1
    stub = STUB_LEAST + max(svg.width(link.a_interface, SMALL - 1.5) for link in links) - 20
    kinds = {link.details for link in links}
    each = f"each {links[0].details}" if len(kinds) == 1 and links[0].details and not common else ""
    if not common and not each:
        stub = max(stub, max(svg.width(link.details, SMALL, False) for link in links) + 14)
    card = max(svg.width(_list_label(net.nodes[link.b]), SMALL + 1) for link in links) + 22
    rows = -(-len(links) // sides)
    total = (stub + card) * sides + (0 if sides == 2 else 8)
    total = max(total, stub + card + 10 + svg.width(each, SMALL, False)) if each else total
    trunk = stub + card if sides == 2 else 4.0

    def draw(x: float, y: float) -> str:
        parts = [svg.line(x + trunk, y, x + trunk, y + 30 + (rows - 1) * ROW)]
        if each:
            parts.append(nodes.small(x + trunk + 6, y + 11, each, monospace=False))
        for i, link in enumerate(links):
            side = 1 if sides == 1 or i % 2 else -1
            line_y = y + 30 + (i // sides) * ROW
            edge = x + trunk + side * stub
            left = edge if side == 1 else edge - card
            node = net.nodes[link.b]
            anchor, word_x = ("start", x + trunk + 5) if side == 1 else ("end", x + trunk - 5)
            words = svg.text(
                word_x,
                line_y + 11,
                link.a_interface,
                text_anchor=anchor,
                font_size=SMALL - 1.5,
                font_family=svg.MONOSPACE,
                fill_opacity="0.65",
            )
            if not common and not each and link.details:
                words += nodes.small(word_x, line_y - 4, link.details, anchor, monospace=False)
            tip = f"{node.name}: " + "; ".join(" ".join((f.name, f.ip, f.mac)) for f in node.interfaces)
            parts.append(
                svg.element("g", svg.title(_link_title(link)) + svg.line(x + trunk, line_y, edge, line_y) + words)
            )
            label = svg.text(
                left + card / 2,
                line_y + 4,
                _list_label(node),
                text_anchor="middle",
                font_size=SMALL + 1,
                font_family=svg.MONOSPACE,
                style="white-space:pre",
            )
            parts.append(svg.element("g", svg.title(tip) + nodes.box(left, line_y - 13, card, 26, "host") + label))
        return "".join(parts)

    return Block(total, 30 + rows * ROW, trunk, draw)


def _summary(net: Graph, name: str) -> Block:
    """All hosts of a switch as one card."""
    leaves = net.leaves(name)
    first, last = net.nodes[leaves[0]], net.nodes[leaves[-1]]
    lines = [f"{first.name} … {last.name}" if len(leaves) > 1 else first.name, f"{len(leaves)} hosts"]
    if first.addresses and last.addresses:
        lines += [first.addresses[0], f"… {last.addresses[0]}"] if len(leaves) > 1 else first.addresses[:1]
    width = max(svg.width(line, SMALL + 1) for line in lines) + 18

    def draw(x: float, y: float) -> str:
        middle = x + width / 2
        parts = [svg.line(middle, y, middle, y + 24), nodes.box(x, y + 24, width, 14.0 * len(lines) + 12, "host")]
        parts += [
            svg.text(
                middle,
                y + 41 + 14 * i,
                line,
                text_anchor="middle",
                font_size=SMALL + (i == 0),
                font_family=svg.MONOSPACE,
            )
            for i, line in enumerate(lines)
        ]
        return "".join(parts)

    return Block(width, 36 + 14.0 * len(lines), width / 2, draw)


def _leaf_block(net: Graph, name: str, common: str, alone: bool) -> Block | None:
    leaves = net.leaves(name)
    if not leaves:
        return None
    hosts = len(net.nodes) - len(net.core)
    if hosts >= SUMMARY_FROM and not alone:
        return _summary(net, name)
    return (
        _cards(net, name, common)
        if len(leaves) <= CARDS_UP_TO and hosts <= 2 * CARDS_UP_TO
        else _list(net, name, common)
    )


def _chain(net: Graph, names: list[str], common: str) -> Block:
    """Core nodes from left to right, joined by labelled lines, hosts below each."""
    blocks = {name: _leaf_block(net, name, common, len(names) == 1) for name in names}
    sizes = {name: nodes.core_size(net.nodes[name]) for name in names}
    tallest = max(height for _, height in sizes.values())
    lefts, rights = {}, {}
    for name in names:
        block, (width, _) = blocks[name], sizes[name]
        lefts[name] = max(width / 2, block.anchor if block else 0)
        rights[name] = max(width / 2, block.width - block.anchor if block else 0)
    centres, at = {}, 0.0
    between: dict[tuple[str, str], list[Link]] = {}
    for i, name in enumerate(names):
        if i:
            before = names[i - 1]
            links = between[before, name] = [link for link in net.links_of(before) if link.b == name]
            words = max(
                max(
                    svg.width(l.a_interface, SMALL) + svg.width(l.b_interface, SMALL) + 34,
                    0 if common else svg.width(l.details, SMALL, False) + 24,
                )
                for l in links
            )
            apart = max(rights[before] + lefts[name] + CORE_GAP, sizes[before][0] / 2 + sizes[name][0] / 2 + words)
            at += apart
        else:
            at = lefts[name]
        centres[name] = at
    # A long link between narrow blocks can leave room beyond the last one.
    total = max(centres[name] + rights[name] for name in names)
    below = max((block.height for block in blocks.values() if block), default=0.0)

    def draw(x: float, y: float) -> str:
        parts, axis = [], y + tallest / 2
        for (first, second), links in between.items():
            start = x + centres[first] + sizes[first][0] / 2
            end = x + centres[second] - sizes[second][0] / 2
            for i, link in enumerate(links):
                line_y = axis + (i - (len(links) - 1) / 2) * 32
                words = nodes.small(start + 6, line_y + 13, link.a_interface) + nodes.small(
                    end - 6, line_y + 13, link.b_interface, "end"
                )
                if not common and link.details:
                    words += nodes.small((start + end) / 2, line_y - 5, link.details, "middle", monospace=False)
                parts.append(
                    svg.element("g", svg.title(_link_title(link)) + svg.line(start, line_y, end, line_y) + words)
                )
        for name in names:
            width, height = sizes[name]
            block = blocks[name]
            if block:
                # From the node's lower edge down to where the hosts' blocks begin.
                parts.append(svg.line(x + centres[name], axis + height / 2, x + centres[name], y + tallest))
                parts.append(block.draw(x + centres[name] - block.anchor, y + tallest))
            parts.append(nodes.core(net.nodes[name], x + centres[name] - width / 2, axis - height / 2))
        return "".join(parts)

    return Block(total, tallest + below, centres[names[0]], draw)


def _tree(net: Graph, name: str, children: dict[str, list[str]], common: str, alone: bool) -> Block:
    """A core node over its hosts and the trees of its neighbours further out."""
    width, height = nodes.core_size(net.nodes[name])
    leaf = _leaf_block(net, name, common, alone)
    trees = [(child, _tree(net, child, children, common, False)) for child in children[name]]
    parts_below = ([leaf] if leaf else []) + [tree for _, tree in trees]
    spread = sum(block.width for block in parts_below) + CORE_GAP * max(0, len(parts_below) - 1)
    total = max(width, spread)
    drop = TREE_DROP if trees else 0.0
    below = max([tree.height + drop for _, tree in trees] + [leaf.height if leaf else 0.0])
    offsets, at = [], (total - spread) / 2
    for block in parts_below:
        offsets.append(at)
        at += block.width + CORE_GAP
    anchors = [offset + block.anchor for offset, block in zip(offsets, parts_below)]
    anchor = (anchors[0] + anchors[-1]) / 2 if anchors else total / 2
    anchor = min(max(anchor, width / 2), total - width / 2)

    def draw(x: float, y: float) -> str:
        parts, bus = [], y + height + 20
        offset_trees = offsets[1:] if leaf else offsets
        if leaf:
            enter = x + offsets[0] + leaf.anchor
            if abs(enter - x - anchor) < 0.5:
                parts.append(leaf.draw(x + offsets[0], y + height))
            else:
                d = f"M{svg.number(x + anchor)} {svg.number(y + height)}V{svg.number(bus)}H{svg.number(enter)}"
                parts.append(svg.element("path", d=d, fill="none", stroke="currentColor"))
                parts.append(leaf.draw(x + offsets[0], bus))
        for (child, tree), offset in zip(trees, offset_trees):
            enter, top = x + offset + tree.anchor, y + height + drop
            for i, link in enumerate(link for link in net.links_of(name) if link.b == child):
                d = f"M{svg.number(x + anchor)} {svg.number(y + height)}V{svg.number(bus)}"
                d += f"H{svg.number(enter + 7 * i)}V{svg.number(top)}"
                words = nodes.small(enter + 6, bus + 15, link.a_interface) + nodes.small(
                    enter + 6, top - 6, link.b_interface
                )
                if not common and link.details:
                    words += nodes.small(enter + 6, (bus + top) / 2 + 5, link.details, monospace=False)
                path = svg.element("path", d=d, fill="none", stroke="currentColor")
                parts.append(svg.element("g", svg.title(_link_title(link)) + path + words))
            parts.append(tree.draw(x + offset, top))
        parts.append(nodes.core(net.nodes[name], x + anchor - width / 2, y))
        return "".join(parts)

    return Block(total, height + below + (20 if leaf and trees else 0), anchor, draw)


def _part(net: Graph, part: list[str], common: str) -> Block:
    chain = net.chain(part)
    alone = len(part) == 1
    if chain and len(net.nodes) - len(net.core) < SUMMARY_FROM or alone:
        return _chain(net, chain or part, common)
    root = net.root(part)
    return _tree(net, root, net.children(part, root), common, alone)


def _extra_links(net: Graph, part: list[str]) -> list[Link]:
    """Links of the core that a tree drawing leaves out because they close a loop."""
    if net.chain(part):
        return []
    children = net.children(part, net.root(part))
    return [
        link
        for link in net.links
        if link.a in children
        and link.b in children
        and link.b not in children[link.a]
        and link.a not in children[link.b]
    ]


def draw_svg(topology: dict[str, Any]) -> str:
    """The drawing as an SVG at its natural size."""
    net = graph(topology)
    common = net.common_details()
    margin, y, widest, parts = 12.0, 12.0, 240.0, []
    for part in net.components():
        block = _part(net, part, common)
        parts.append(block.draw(margin, y))
        y += block.height + 24
        widest = max(widest, block.width)
        for link in _extra_links(net, part):
            parts.append(nodes.small(margin, y, f"also {_link_title(link)}", monospace=False))
            y += 18
    at = margin
    for name in net.lonely():
        parts.append(nodes.card(net.nodes[name], at, y))
        at += nodes.card_size(net.nodes[name])[0] + 16
    if net.lonely():
        y += 24 + max(nodes.card_size(net.nodes[name])[1] for name in net.lonely())
        widest = max(widest, at)
    notes = [f"every link: {common}"] if common else []
    if topology.get("congestion_control"):
        notes.append(f"TCP congestion control: {topology['congestion_control']}")
    if notes:
        parts.append(nodes.small(margin, y, " · ".join(notes), monospace=False))
        widest = max(widest, svg.width(" · ".join(notes), SMALL, False))
        y += 14
    told = ", ".join(net.nodes) if len(net.nodes) < 12 else f"{len(net.nodes)} nodes"
    label = f"Topology {topology.get('name', '')}: {told}"
    return svg.document(widest + 2 * margin, y, label, "".join(parts), "topology")
