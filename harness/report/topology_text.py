"""A topology as text, for ``./lab show``: a tree from the middle of the network outwards."""

from __future__ import annotations

from typing import Any

from harness.report.svg import cells
from harness.report.text import one_line
from harness.report.topology_graph import Graph, Link, Node, graph

LINE = 100  # characters aimed at when many hosts share a line
ONE_BY_ONE_UP_TO = 8  # leaves of a node; more of them are packed


def _pad(text: str, size: int) -> str:
    return text + " " * (size - cells(text))


def _count(number: int, noun: str) -> str:
    plural = "es" if noun.endswith("ch") else "s"
    return f"{number} {noun}{'' if number == 1 else plural}"


def _columns(rows: list[list[str]]) -> list[str]:
    if not rows:
        return []
    sizes = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(_pad(cell, size) for cell, size in zip(row, sizes)).rstrip() for row in rows]


def _kind(node: Node) -> str:
    return f"{node.kind} ({one_line(node.note)})" if node.note else node.kind


def _interface(node: Node, name: str) -> tuple[str, str]:
    for interface in node.interfaces:
        if interface.name == name:
            return interface.ip, interface.mac
    return "", ""


def _leaf_rows(net: Graph, name: str, leaves: list[str], common: str) -> list[str]:
    rows = []
    for leaf in leaves:
        for link in net.links_of(name):
            if link.b == leaf:
                ip, mac = _interface(net.nodes[leaf], link.b_interface)
                details = "" if common else link.details
                rows.append([link.a_interface, "──", link.b_interface, leaf, ip, mac, details])
    return _columns([[one_line(cell) for cell in row] for row in rows])


def _packed(net: Graph, leaves: list[str]) -> list[str]:
    items = [one_line(" ".join([leaf, *(a.partition("/")[0] for a in net.nodes[leaf].addresses)])) for leaf in leaves]
    size = max(cells(item) for item in items)
    per_line = max(1, LINE // (size + 3))
    # Rows are filled downwards, so that neighbours stand below one another.
    height = -(-len(items) // per_line)
    columns = [items[at : at + height] for at in range(0, len(items), height)]
    return _columns([[c[i] if i < len(c) else "" for c in columns] for i in range(height)])


def _packable(net: Graph, name: str, leaves: list[str]) -> bool:
    alike = {link.details for link in net.links_of(name) if link.b in leaves}
    return len(leaves) > ONE_BY_ONE_UP_TO and len(alike) == 1


def _branch(
    net: Graph, name: str, children: dict[str, list[str]], drawn: set[str], common: str, before: str
) -> list[str]:
    leaves = net.leaves(name)
    entries: list[tuple[list[str], list[str]]] = []  # lines of the entry itself, lines below it
    if leaves and _packable(net, name, leaves):
        details = next(link.details for link in net.links_of(name) if link.b in leaves)
        each = f", each {details}" if details and not common else ""
        entries.append(([f"{len(leaves)} hosts{each}", *(f"  {line}" for line in _packed(net, leaves))], []))
    else:
        entries += [([line], []) for line in _leaf_rows(net, name, leaves, common)]
    for other in net.core_neighbours(name):
        for link in (link for link in net.links_of(name) if link.b == other):
            if other in children[name] and other not in drawn:
                drawn.add(other)
                deeper = _branch(net, other, children, drawn, common, "")
                entries.append(([_core_line(net, link, common)], deeper))
            elif name not in children[other] and _told_here(net, name, other):
                entries.append(([_core_line(net, link, common) + "  (drawn elsewhere)"], []))
    lines = []
    for i, (own, below) in enumerate(entries):
        last = i == len(entries) - 1
        for j, line in enumerate([*own, *below]):
            lead = ("└─ " if last else "├─ ") if j == 0 else ("   " if last else "│  ")
            lines.append(f"{before}{lead}{line}".rstrip())
    return lines


def _told_here(net: Graph, name: str, other: str) -> bool:
    """Whether an extra link is told at this end, so that it is told once."""
    return net.core.index(name) < net.core.index(other)


def _core_line(net: Graph, link: Link, common: str) -> str:
    node = net.nodes[link.b]
    parts = [link.a_interface, "──", link.b_interface, f"{link.b}  {_kind(node)}", *_interface(node, link.b_interface)]
    if not common:
        parts.append(link.details)
    return "  ".join(one_line(part) for part in parts if part)


def draw_text(topology: dict[str, Any]) -> str:
    """Hosts, switches, routers, interfaces, addresses and links as lines of text, ending in a line end."""
    net = graph(topology)
    common = net.common_details()
    head = one_line(topology.get("name") or "network")
    kinds = [node.kind for node in net.nodes.values()]
    head += f"  –  {_count(kinds.count('host'), 'host')}, {_count(kinds.count('switch'), 'switch')}"
    head += f", {_count(kinds.count('router'), 'router')}" if "router" in kinds else ""
    head += f", {_count(len(net.links), 'link')}"
    lines = [head]
    if common:
        lines.append(f"every link: {one_line(common)}")
    if topology.get("congestion_control"):
        lines.append(f"TCP congestion control: {one_line(topology['congestion_control'])}")
    for part in net.components():
        chain = net.chain(part)
        root = chain[0] if chain else net.root(part)
        node = net.nodes[root]
        address = "".join(f"  {one_line(ip)}" for ip in node.addresses)
        lines += ["", f"{one_line(root)}  {_kind(node)}{address}"]
        lines += _branch(net, root, net.children(part, root), {root}, common, "")
    for name in net.lonely():
        node = net.nodes[name]
        lines += [
            "",
            f"{one_line(name)}  {_kind(node)}, not linked  {' '.join(map(one_line, node.addresses))}".rstrip(),
        ]
    return "\n".join(lines) + "\n"
