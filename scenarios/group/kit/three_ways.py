"""One message from the root to all nodes, delivered in three ways: by the tree of hosts, to each by unicast, and by IP multicast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness import above, between, equals
from scenarios.group.kit.cost import FIGURES, KINDS, Way, Wires, at_all_links, counted, differences, mean, stress, stretch
from scenarios.group.kit.group import Group, send_copies
from scenarios.group.kit.story import drawn, given

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

LIMIT, PORT, ADDRESS = 3, 5000, "239.1.1.1"


class ThreeWays:
    """Nodes on these hosts, and listeners on all of them but the root's. number: tells apart the ports of several such. tree: of the nodes."""

    def __init__(self, lab: Lab, point: Host, hosts: Sequence[Host], number: int) -> None:
        self.lab, self._size, self._port = lab, len(hosts), PORT + number
        self._group = group = Group(lab, point)
        group.start_point()
        group.start(*hosts)
        self.tree = group.wait_for_tree()
        self._root = lab.hosts[self.tree.roots[0]]
        self._others = [host for host in hosts if host is not self._root]
        socket = f"UDP4-RECV:{self._port},ip-add-membership={ADDRESS}"
        self._listeners = [host.start_command("socat", "-u", f"{socket}:{host.interface}", "STDOUT") for host in self._others]
        lab.wait_for_members(ADDRESS, *self._others)
        self._wires = Wires.of(lab.network.net)
        self._on_links: dict[str, dict[Way, int]] = {}

    def send(self) -> None:
        """Sends the message in each way, and counts its copies on all links when everybody has it."""
        root, port = self._root, self._port
        self._group.say(root, f"To all {self._size}\n")
        self._group.wait_until_printed(f"To all {self._size}")
        copies: list[tuple[str, Sequence[object]]] = [("to each", self._others), ("to the group", [ADDRESS])]
        for text, addresses in copies:
            send_copies(root, text, port, addresses)
            self.lab.until(lambda: all(text in one.output for one in self._listeners), f"everybody to hear what is sent {text}")
        filters = {
            "tree of hosts": f'(hmtp.type == "DATA" || hmtp.plain) && frame.time_epoch > {self._group.nodes[root.name].started}',
            "unicast": f"udp.dstport == {port} && ip.dst != {ADDRESS}",
            "IP multicast": f"udp.dstport == {port} && ip.dst == {ADDRESS}",
        }  # fmt: skip
        seen = at_all_links(self.lab)
        self._on_links = {kind: counted(self.lab, seen.where(where)) for kind, where in filters.items()}

    def expect_copies(self) -> None:
        """Expects on each link the copies of each way, and no others."""
        lab, root = self.lab, self._root.name
        to_each = [(root, host.name) for host in self._others]
        for kind, copies in (("tree of hosts", self._edges()), ("unicast", to_each)):
            found, wanted = self._on_links[kind], stress(self._wires, copies)
            # Copies where none should be may be those of a tree that has changed; more where some should be are doubled ones.
            more = found.keys() <= wanted.keys() and any(count > wanted[link] for link, count in found.items())
            what = f"{kind}: links whose copies are not those of its ways"
            told = lambda: given(self._group.messages(), self.tree) if kind == "tree of hosts" else ""  # noqa: E731
            lab.expect(differences(found, wanted), equals([]), what, whatever_lag=more, id=f"{kind.replace(' ', '-')}-copies", hint=told)
        ways = {link for way in to_each for link in self._wires.between(*way)}
        once = "IP multicast: links without the one copy, or with one though they lead to no member"
        lab.expect(differences(self._on_links["IP multicast"], dict.fromkeys(ways, 1)), equals([]), once, id="multicast-copies")
        own = next(iter(self._wires.between(*to_each[0])))
        lab.expect(self._on_links["unicast"][own], equals(self._size - 1), "unicast: copies on the root's own link", id="own-link")
        most = max((count for (one, _), count in self._on_links["tree of hosts"].items() if one in self._group.nodes), default=0)
        lab.expect(most, between(1, LIMIT), "tree of hosts: most copies that a host sends", whatever_lag=True, id="most-copies", hint=lambda: drawn(self.tree))

    def figures(self) -> dict[tuple[str, str], float]:
        """(kind, figure) → its value; expects that the tree's ways are longer than the shortest."""
        longer = list(stretch(self._wires, self._edges(), self._root.name).values())
        self.lab.expect(mean(longer), above(1), "tree of hosts: mean stretch", id="stretch")
        found = {}
        for kind in KINDS:
            counts = self._on_links[kind].values()
            values = (mean(counts), max(counts), mean(longer if kind == "tree of hosts" else [1.0]), sum(counts))
            found.update({(kind, figure): value for figure, value in zip(FIGURES, values)})
        return found

    def end(self) -> None:
        """Kills nodes, listeners and rendezvous point."""
        assert self._group.rendezvous
        for program in (programs := [*self._group.nodes.values(), *self._listeners, self._group.rendezvous]):
            program.signal("SIGKILL")
        for program in programs:
            program.wait()

    def _edges(self) -> list[tuple[str, str]]:
        return [(parent, host) for host, parent in self.tree.parents.items() if parent]
