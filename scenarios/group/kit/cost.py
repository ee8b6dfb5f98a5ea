"""What a message costs the network: copies on each link, and how much longer its ways are than the shortest ones.

*Stress* of a link: how many copies of one message it carries (IP multicast: 1). *Stretch* of a host: links on the way by which the
message came, divided by links on the shortest way from its source (IP multicast and unicast: 1).
"""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.evidence.capture.merged import together
from harness.evidence.capture.packets import Packets

if TYPE_CHECKING:
    from harness.stage.lab import Lab

Way = tuple[str, str]  # from, to
Copies = Collection[Way]  # from host, to host: the copies of one message

KINDS = ("IP multicast", "tree of hosts", "unicast")
"""Of delivery to a group."""
FIGURES = ("mean stress", "greatest stress", "mean stretch", "links crossed")
"""What is told of each; a measurement of group.4-2-cost is "FIGURE KIND"."""


class Wires:
    """The links of a network that has one way between two hosts. neighbours: node → the nodes next to it."""

    def __init__(self, neighbours: Mapping[str, Iterable[str]]) -> None:
        self._neighbours = {node: list(others) for node, others in neighbours.items()}
        self._towards: dict[str, dict[str, str]] = {}

    @classmethod
    def of(cls, net: Any) -> "Wires":
        """Those of a running Mininet."""
        neighbours: dict[str, list[str]] = collections.defaultdict(list)
        for link in net.links:
            one, other = link.intf1.node.name, link.intf2.node.name
            neighbours[one].append(other)
            neighbours[other].append(one)
        return cls(neighbours)

    def between(self, source: str, target: str) -> list[Way]:
        """The links, each in the direction of the way, from one node to another."""
        if source not in self._towards:
            before, waiting = {source: source}, [source]
            for node in waiting:
                for other in self._neighbours[node]:
                    if other not in before:
                        before[other] = node
                        waiting.append(other)
            self._towards[source] = before
        before, way, here = self._towards[source], [], target
        while here != source:
            way.append((before[here], here))
            here = before[here]
        return way[::-1]


def stress(wires: Wires, copies: Copies) -> dict[Way, int]:
    """Link, in one direction → copies that it carries; links that carry none are left out."""
    return dict(collections.Counter(link for one, other in copies for link in wires.between(one, other)))


def differences(found: Mapping[Way, int], wanted: Mapping[Way, int]) -> list[str]:
    """Links that carry another number of copies than they should, in words."""
    ways = sorted({*found, *wanted})
    return [f"{one} → {other}: {found.get((one, other), 0)}, not {wanted.get((one, other), 0)}" for one, other in ways
            if found.get((one, other), 0) != wanted.get((one, other), 0)]  # fmt: skip


def stretch(wires: Wires, copies: Copies, source: str) -> dict[str, float]:
    """Host → links on the way by which it got the message, over links on the shortest way from the source."""
    came_from = {other: one for one, other in copies if other != source}

    def length(host: str) -> int:
        return 0 if host == source else length(came_from[host]) + len(wires.between(came_from[host], host))

    return {host: length(host) / len(wires.between(source, host)) for host in came_from}


def at_all_links(lab: Lab) -> Packets:
    """What the captures at all hosts, and at the links between switches (watch_trunks), have seen so far."""
    return together(lab.recorders.values())


def counted(lab: Lab, packets: Packets) -> dict[Way, int]:
    """Link, in one direction → packets that the capture at one of its ends saw. packets: of at_all_links(); who sent one tells in
    which direction it went."""
    hosts = {host.mac.lower(): host.name for host in lab.hosts.values()}
    ends = [pair for link in lab.network.net.links for pair in ((link.intf1, link.intf2), (link.intf2, link.intf1))]
    links = {end.name: (end.node.name, other.node.name) for end, other in ends if end.name in lab.recorders}
    wires = Wires.of(lab.network.net)
    found: collections.Counter[Way] = collections.Counter()
    seen = zip(packets.first("frame.interface_name")[0], packets.first("eth.src")[0]) if len(packets) else ()
    for interface, source in seen:
        here, there = links[interface]
        inward = (there, here) in wires.between(hosts[source], here)
        found[(there, here) if inward else (here, there)] += 1
    return dict(found)


def watch_trunks(lab: Lab, snaplen: int = 128) -> None:
    """Records the links between switches too, each at the end that the topology names first."""
    switches = set(lab.network.net.switches)
    trunks = [link.intf1 for link in lab.network.net.links if {link.intf1.node, link.intf2.node} <= switches]
    for interface in trunks:
        lab.record(interface, snaplen)
    for interface in trunks:
        lab.recorders[interface.name].wait_live()


def tell_figures(lab: Lab, sizes: Sequence[int], figures: Sequence[Mapping[tuple[str, str], float]]) -> None:
    """Draws what a message costs in networks of these numbers of nodes, and measures it in the last of them. figures: for each of the sizes,
    (kind, figure) → its value."""
    for kind in KINDS:
        for figure in FIGURES:
            lab.measure(f"{figure} {kind}", figures[-1][kind, figure])
    panels = [
        {"title": figure.capitalize(), "y_label": figure,
         "series": [{"label": kind, "x": sizes, "y": [found[kind, figure] for found in figures]} for kind in KINDS]}
        for figure in FIGURES
    ]  # fmt: skip
    lab.plot("cost", {"title": "What one message costs", "x_label": "nodes", "panels": panels})


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
