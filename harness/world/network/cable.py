"""Pulling a link's cable and plugging it in again, where the kernel alone makes the link.

A veth pair has no cable: the carrier goes at one end when the other is taken down. Taken down is the end whose node loses
nothing by it: a switch's port. Between two hosts it is the second one's, whose routes and addresses the kernel then forgets;
they are kept here.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from harness.judge.waiting import wait_for
from harness.world.network.namespaces import visiting_node

if TYPE_CHECKING:
    from mininet.link import Intf

    from harness.world.network.nodes import LabLink

_CARRIER_DEADLINE = 20.0  # seconds


def far_end(link: LabLink) -> Intf:
    """The end that is taken down."""
    return link.intf1 if link.intf2.node.inNamespace and not link.intf1.node.inNamespace else link.intf2


def pull(link: LabLink) -> list[str]:
    """Takes the far end down; the routes that plug() is to put back."""
    intf = far_end(link)
    routes = []
    with visiting_node(intf.node):
        if intf.node.inNamespace:
            shown = subprocess.run(["ip", "-4", "route", "show", "dev", intf.name], capture_output=True, text=True, check=True)
            routes = [line for line in shown.stdout.splitlines() if line.strip()]
            with open(f"/proc/sys/net/ipv6/conf/{intf.name}/keep_addr_on_down", "w", encoding="ascii") as file:
                file.write("1")
    session = intf.node.plan.session(intf.node)
    session.down(intf.name)
    session.flush()
    return routes


def plug(link: LabLink, routes: list[str]) -> None:
    """Raises the far end again, with its routes; returns when both ends can send."""
    intf = far_end(link)
    session = intf.node.plan.session(intf.node)
    session.up(intf.name)
    session.flush()
    # The kernel takes notice of a carrier later, under the lock that the second request waits for, and drops what comes before.
    for end in (link.intf1, link.intf2):
        other = end.node.plan.session(end.node)
        wait_for(lambda: other.running(end.name), f"{end.name} to find its link joined again", _CARRIER_DEADLINE)
    session.up(intf.name)
    session.flush()
    with visiting_node(intf.node):
        for route in routes:
            words = [word for word in route.split() if word not in ("linkdown", "dead")]
            subprocess.run(["ip", "route", "replace", *words, "dev", intf.name], check=True)
