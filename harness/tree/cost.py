"""What a message costs the network: copies on each link, and how much longer its ways are than the shortest ones.

*Stress* of a link: how many copies of one message it carries (IP multicast: 1). *Stretch* of a host: links on the way by which the
message came, divided by links on the shortest way from its source (IP multicast and unicast: 1).
"""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Way = tuple[str, str]  # from, to
Copies = Collection[Way]  # from host, to host: the copies of one message


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


def stretch(wires: Wires, copies: Copies, source: str) -> dict[str, float]:
    """Host → links on the way by which it got the message, over links on the shortest way from the source."""
    came_from = {other: one for one, other in copies if other != source}

    def length(host: str) -> int:
        return 0 if host == source else length(came_from[host]) + len(wires.between(came_from[host], host))

    return {host: length(host) / len(wires.between(source, host)) for host in came_from}


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
