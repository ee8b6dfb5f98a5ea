"""The Ethernet addresses of neighbours, told to hosts instead of asked for, in networks of many hosts.

A kernel has one table of neighbours for all network namespaces, of 1,024 entries that were learned (net.ipv4.neigh.default.gc_thresh3).
Forty hosts that all speak to each other want 1,560; then nobody on the machine reaches a neighbour that is new, in no network.
Entries that were told do not count. Mininet's --arp does the same.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.world.network.namespaces import visiting
from harness.world.network.rtnetlink import Session

if TYPE_CHECKING:
    from mininet.node import Node

FEW, MOST = 24, 128
"""Hosts: so few do without; of more than so many not all speak to all, and telling them would take long."""


def introduce(hosts: Sequence[Node]) -> None:
    """Tells hosts the IPv4 neighbours of their first interface, where they are more than FEW and at most MOST."""
    if not FEW < len(hosts) <= MOST:
        return
    known = [
        (host, intf, ipaddress.ip_interface(f"{intf.IP()}/{intf.prefixLen}"))
        for host in hosts
        if host.inNamespace and (intf := host.defaultIntf()) and intf.IP()
    ]
    for host, intf, address in known:
        with visiting(host.pid), contextlib.closing(Session()) as session:
            for other, its, neighbour in known:
                if other is not host and neighbour.ip in address.network:
                    session.neighbour(intf.name, str(neighbour.ip), its.MAC())
            session.flush()
