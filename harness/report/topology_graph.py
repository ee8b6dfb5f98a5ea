"""The graph behind a topology dictionary (harness.world.network.Network.describe), for the drawings of it."""

from __future__ import annotations

import dataclasses
from typing import Any

from harness.report.text import natural_key


@dataclasses.dataclass
class Interface:
    name: str
    ip: str = ""
    mac: str = ""


@dataclasses.dataclass
class Node:
    """A host, router or switch. note tells the kind of a switch in words."""

    name: str
    kind: str
    note: str = ""
    interfaces: list[Interface] = dataclasses.field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        return [interface.ip for interface in self.interfaces if interface.ip]


@dataclasses.dataclass
class Link:
    """A link seen from its end ``a``; details says what it is, for people ("0.7 Mbit/s, queue 20 packets")."""

    a: str
    a_interface: str
    b: str
    b_interface: str
    details: str = ""

    def seen_from(self, name: str) -> "Link":
        if name == self.a:
            return self
        return Link(self.b, self.b_interface, self.a, self.a_interface, self.details)


def link_details(link: dict[str, Any]) -> str:
    """What the link is, in words. bw is in Mbit/s as Mininet has it; a number as queue means packets. "directions" tells what
    differs: "h1 to s1" → the same keys; "schedule" is a list of sentences."""
    directions, schedule = link.get("directions"), link.get("schedule")
    if isinstance(directions, dict):
        told = [f"{name}: {', '.join(_properties(one)) or 'as it comes'}" for name, one in directions.items() if isinstance(one, dict)]
    else:
        told = [", ".join(_properties(link))]
    return "; ".join(filter(None, [*told, *(map(str, schedule) if isinstance(schedule, list) else [])]))


def _properties(link: dict[str, Any]) -> list[str]:
    parts = []
    if link.get("bw") not in (None, ""):
        parts.append(f"{link['bw']:g} Mbit/s" if isinstance(link["bw"], (int, float)) else str(link["bw"]))
    if link.get("trace"):
        parts.append(str(link["trace"]))
    for key in ("delay", "jitter", "loss", "reorder", "duplicate", "corrupt"):
        value = link.get(key)
        if value not in (None, "", 0):
            is_share = key in ("loss", "reorder", "duplicate", "corrupt") and isinstance(value, (int, float))
            parts.append(f"{key} {value:g} %" if is_share else f"{key} {value}")
    parts += [f"lose {rule!r}" for rule in link.get("lose") or ()]
    queue = link.get("queue")
    if queue not in (None, ""):
        parts.append(f"queue {queue} packets" if isinstance(queue, int) else f"queue {queue}")
    return parts + ([str(link["aqm"])] if link.get("aqm") else [])


@dataclasses.dataclass
class Graph:
    """Nodes by name, and links. The core is what leaves hang from: switches, routers, hosts between networks."""

    nodes: dict[str, Node]
    links: list[Link]
    core: list[str]

    def __post_init__(self) -> None:
        self._links_of: dict[str, list[Link]] = {name: [] for name in self.nodes}
        for link in self.links:
            for end in dict.fromkeys((link.a, link.b)):
                self._links_of[end].append(link.seen_from(end))
        self._in_core = set(self.core)

    def links_of(self, name: str) -> list[Link]:
        """All links of a node, each seen from it."""
        return self._links_of[name]

    def core_neighbours(self, name: str) -> list[str]:
        return list(dict.fromkeys(link.b for link in self.links_of(name) if link.b in self._in_core and link.b != name))

    def leaves(self, name: str) -> list[str]:
        """The nodes that hang from this core node alone, in natural order."""
        found = {link.b for link in self.links_of(name) if link.b not in self._in_core}
        return sorted(found, key=natural_key)

    def lonely(self) -> list[str]:
        """Nodes without any link."""
        linked = {end for link in self.links for end in (link.a, link.b)}
        return [name for name in self.nodes if name not in linked and name not in self._in_core]

    def common_details(self) -> str:
        """What all links are, if they are all alike."""
        kinds = {link.details for link in self.links}
        return kinds.pop() if len(kinds) == 1 else ""

    def components(self) -> list[list[str]]:
        """The connected parts of the core, each in the order of declaration."""
        parts: list[list[str]] = []
        seen: set[str] = set()
        for start in self.core:
            if start in seen:
                continue
            reached = self.distances(start)
            seen |= reached.keys()
            parts.append([name for name in self.core if name in reached])
        return parts

    def distances(self, start: str) -> dict[str, int]:
        """Hops from start to every core node that can be reached."""
        distances, queue = {start: 0}, [start]
        for name in queue:
            for other in self.core_neighbours(name):
                if other not in distances:
                    distances[other] = distances[name] + 1
                    queue.append(other)
        return distances

    def chain(self, part: list[str]) -> list[str]:
        """The part as a line from end to end; nothing if it branches, closes, or hangs from a switch without hosts."""
        degrees = {name: len(self.core_neighbours(name)) for name in part}
        ends = [name for name in part if degrees[name] <= 1]
        if any(degree > 2 for degree in degrees.values()) or not ends:
            return []
        if any(degrees[n] == 2 and self.nodes[n].kind == "switch" and not self.leaves(n) for n in part):
            return []
        return sorted(part, key=self.distances(ends[0]).__getitem__)

    def root(self, part: list[str]) -> str:
        """The middle of the part: the core node with the least distance to its farthest one; declared first wins."""
        return min(part, key=lambda name: max(self.distances(name).values()))

    def children(self, part: list[str], root: str) -> dict[str, list[str]]:
        """A spanning tree of the part, breadth first."""
        children: dict[str, list[str]] = {name: [] for name in part}
        seen, queue = {root}, [root]
        for name in queue:
            for other in self.core_neighbours(name):
                if other not in seen:
                    seen.add(other)
                    children[name].append(other)
                    queue.append(other)
        return children


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value or [] if isinstance(row, dict)]


def graph(topology: dict[str, Any]) -> Graph:
    """Reads the dictionary. Missing keys are borne; an end that was never declared becomes a host."""
    nodes: dict[str, Node] = {}
    for row in _rows(topology.get("switches")):
        note = ", ".join(str(row[key]) for key in ("kind", "multicast") if row.get(key))
        nodes[str(row.get("name"))] = Node(str(row.get("name")), "switch", note)
    for row in _rows(topology.get("hosts")):
        interfaces = [
            Interface(str(i.get("name") or ""), str(i.get("ip") or ""), str(i.get("mac") or ""))
            for i in _rows(row.get("interfaces"))
        ]
        kind = "router" if row.get("router") else "host"
        nodes[str(row.get("name"))] = Node(str(row.get("name")), kind, interfaces=interfaces)
    links = [
        Link(
            str(row.get("a")),
            str(row.get("a_interface") or ""),
            str(row.get("b")),
            str(row.get("b_interface") or ""),
            link_details(row),
        )
        for row in _rows(topology.get("links"))
    ]
    neighbours: dict[str, set[str]] = {}
    for link in links:
        for end, other in ((link.a, link.b), (link.b, link.a)):
            nodes.setdefault(end, Node(end, "host"))
            neighbours.setdefault(end, set()).add(other)
    core = [
        name
        for name, node in nodes.items()
        if node.kind != "host"
        or len(neighbours.get(name, ())) > 1
        or any(nodes[other].kind == "host" for other in neighbours.get(name, ()))
    ]
    return Graph(nodes, links, core)
