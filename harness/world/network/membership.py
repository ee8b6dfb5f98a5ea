"""Whether a host is a member of a group, and whether the switches know."""

from __future__ import annotations

import ipaddress
import struct
from typing import TYPE_CHECKING

from harness.world.network.multicast_tables import Table, table_of

if TYPE_CHECKING:
    from mininet.node import Node

    from harness.world.network.multicast import Multicast

Group = ipaddress.IPv4Address | ipaddress.IPv6Address
_EVERY_HOST = {ipaddress.ip_address(group) for group in ("224.0.0.1", "ff02::1", "ff01::1")}
_SOLICITED = "ff02::1:ff"  # groups of a host's own IPv6 addresses (RFC 4291, 2.7.1)


def is_member(node: Node, interface: str, group: Group) -> bool:
    """True if the kernel of a host has joined a group on an interface (/proc/net/igmp, /proc/net/igmp6)."""
    return group in joined(node.pid, interface)


def joined(pid: int, interface: str) -> set[Group]:
    """The groups that a host, by the process that holds its namespaces, has joined on an interface."""
    found: set[Group] = set()
    device = ""
    with open(f"/proc/{pid}/net/igmp", encoding="ascii") as file:
        for line in list(file)[1:]:
            words = line.split()
            if not line.startswith("\t"):
                device = words[1].rstrip(":")
            elif device == interface:
                # The address as the machine's byte order has it.
                found.add(ipaddress.IPv4Address(struct.pack("=I", int(words[0], 16))))
    with open(f"/proc/{pid}/net/igmp6", encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[1] == interface:
                found.add(ipaddress.IPv6Address(bytes.fromhex(words[2])))
    return found


def told(host: Node) -> str:
    """The groups that a host has joined by its first interface, beside those that every host joins: "h2 is a member of 224.1.1.1"."""
    groups = sorted(str(group) for group in joined(host.pid, host.defaultIntf().name) if group not in _EVERY_HOST)
    own = [group for group in groups if not group.startswith(_SOLICITED)]
    return f"{host.name} is a member of {' and '.join(own) or 'no group'}"


def knows(multicast: Multicast, node: Node, group: Group, at_its_port: bool = False) -> bool:
    """True if every switch of a host's segments that snoops sends packets of a group towards the host, because it knows of
    a member or, farther away, of a querier or router there. at_its_port: only the host's own switch is asked."""
    tables: dict[Node, Table] = {}
    for segment in multicast.segments:
        for switch, port, intf in segment.stations():
            if intf.node is not node or intf is not node.defaultIntf():
                continue
            ways = {switch: port.name} if at_its_port else {switch: port.name, **segment.towards(switch)}
            for other, way in ways.items():
                if other not in multicast.snooping:
                    continue
                table = tables.setdefault(other, table_of(other, multicast.kind))
                if way not in table.members.get(group, ()) and (other is switch or way not in table.routers):
                    return False
    return True
