"""What is to be told to the kernel while a network is built, collected per namespace and sent together."""

from __future__ import annotations

import errno
import os
import subprocess
from typing import TYPE_CHECKING, Any

from harness.world.links import kernel
from harness.world.links.direction import Direction
from harness.world.network.namespaces import visiting, visiting_node
from harness.world.network.rtnetlink import KernelRefused, Session

if TYPE_CHECKING:
    from mininet.link import Intf
    from mininet.node import Node

GROUP = 0x77697265
"""The interface group (ip link … group) of everything a network puts into the cell's root namespace."""


class Plan:
    """Collects requests while ``open``; ``settle()`` carries them out.

    Veth pairs and bridges come first, since everything else refers to them. congestion_control: put on every IPv4
    route that is made, or None.
    """

    def __init__(self, congestion_control: str | None) -> None:
        self.open = True
        self.congestion_control = congestion_control
        self._sessions: dict[int, Session] = {}
        self._wires = 0
        self._veths: list[tuple[Any, Any]] = []
        self._later: list[tuple[int, Node | None, Any]] = []  # in the order MAC, up, address, route

    # Wishes.

    def veth(self, first: tuple[Node | None, str, str | None], second: tuple[Node | None, str, str | None]) -> None:
        """A pair; an end: (node, name, MAC). Without a node it stays in the cell's root namespace, and belongs to nobody."""
        self._veths.append((first, second))

    def wire_names(self) -> tuple[str, str]:
        """Names for the two interfaces that an emulator joins."""
        self._wires += 1
        return f"wire{self._wires}a", f"wire{self._wires}b"

    def up_inside(self, name: str) -> None:
        """Raises an interface of the root namespace that belongs to no node."""

        def request(session: Session) -> None:
            session.no_link_local(name)
            session.up(name)

        self._later.append((1, None, request))

    def single_segments(self, intf: Intf) -> None:
        """Where a host's packets are to be counted and lost one by one."""
        self._later.append((1, intf.node, lambda session: session.single_segments(intf.name)))

    def up(self, node: Node, name: str) -> None:
        def request(session: Session) -> None:
            if name != "lo" and not node.inNamespace:
                session.no_link_local(name)
            elif name != "lo":
                session.offload_off(name)
            session.up(name)

        self._later.append((1, node, request))

    def mac(self, intf: Intf) -> None:
        self._later.append((0, intf.node, lambda session: session.mac(intf.name, intf.mac)))

    def address(self, intf: Intf) -> None:
        name, ip, prefix = intf.name, intf.ip, int(intf.prefixLen)

        def request(session: Session) -> None:
            if intf.ip != ip:
                return  # a later wish replaced it
            session.address(name, ip, prefix)
            if self.congestion_control:
                session.connected_route(name, ip, prefix, self.congestion_control)

        self._later.append((2, intf.node, request))

    def default_route(self, node: Node, via: str | None, device: str | None) -> None:
        def request(session: Session) -> None:
            session.default_route(via, device, self.congestion_control)

        self._later.append((3, node, request))

    def bridge(self, switch: Node) -> None:
        """A kernel bridge with the switch's interfaces as ports."""
        session = self.session(switch)
        session.add_bridge(switch.name, GROUP)
        session.no_link_local(switch.name)
        session.flush()
        for intf in switch.intfList():
            if intf.link is not None:
                session.master(intf.name, switch.name)
        session.up(switch.name)
        session.flush()

    # Deeds.

    def session(self, node: Node | None) -> Session:
        """The netlink socket in a node's network namespace, or without a node in the cell's root namespace."""
        key = node.pid if node and node.inNamespace else 0
        if key not in self._sessions:
            with visiting(key or os.getpid()):
                self._sessions[key] = Session()
        return self._sessions[key]

    def settle(self) -> None:
        """Carries out all wishes so far. Raises KernelRefused for the first the kernel refuses."""
        veths, self._veths = self._veths, []
        root = self._root()
        for pair in veths:
            first, second = ((name, mac, node.pid if node and node.inNamespace else None) for node, name, mac in pair)
            root.add_veth(first, second, GROUP)
        root.flush()
        later, self._later = sorted(self._later, key=lambda wish: wish[0]), []
        touched: list[Session] = []
        for _, node, request in later:
            session = self.session(node)
            request(session)
            if session not in touched:
                touched.append(session)
        for session in touched:
            session.flush()

    def _root(self) -> Session:
        if 0 not in self._sessions:
            self._sessions[0] = Session()
        return self._sessions[0]

    def shape(self, interfaces: list[Intf]) -> None:
        """Makes the queueing disciplines of all interfaces, one tc per namespace, all at work at once."""
        groups: dict[int, list[Intf]] = {}
        for intf in interfaces:
            if intf.shape.shaped:
                groups.setdefault(intf.node.pid if intf.node.inNamespace else 0, []).append(intf)
        running = []
        for key, group in groups.items():
            with visiting(key or os.getpid()):
                running.append(kernel.Shaping({intf.name: intf.shape for intf in group}))
            if len(running) >= 32:
                running.pop(0).finish()
        for shaping in running:
            shaping.finish()

    def reshape(self, intf: Intf, old: Direction) -> None:
        """Gives an interface of a running network its new shape, in place of an old one."""
        if intf.shape.shaped and intf.node.inNamespace:
            self.session(intf.node).single_segments(intf.name)
            self.session(intf.node).flush()
        changes = kernel.change_commands(intf.name, old, intf.shape)
        with visiting_node(intf.node):
            if changes is None and old.shaped:
                subprocess.run(["tc", "qdisc", "del", "dev", intf.name, "root"], capture_output=True, check=False)
            kernel.Shaping({intf.name: intf.shape}, {intf.name: changes} if changes else None).finish()

    def clear(self) -> None:
        """Deletes everything that was put into the cell's root namespace and forgets all sessions."""
        try:
            root = self._root()
            root.delete_group(GROUP)
            root.flush(ignore=(errno.ENODEV, errno.EINVAL))
        finally:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()


__all__ = ["GROUP", "KernelRefused", "Plan"]
