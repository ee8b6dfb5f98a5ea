"""What switches that snoop have learned: who is a member of what, and where multicast routers and queriers are."""

from __future__ import annotations

import ipaddress
import json
import re
import subprocess
from typing import TYPE_CHECKING

from harness.world.network.errors import NetworkError

if TYPE_CHECKING:
    from mininet.node import Node

_OVS_ROW = re.compile(r"\s*(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s*")
LOCAL = "LOCAL"
"""Open vSwitch's name of a bridge's own port."""


class Table:
    """A switch's. members: group (an ipaddress object) → names of ports behind which it has members; routers: names of ports
    that lead to a multicast router or querier, as far as the switch found out by itself."""

    def __init__(self, members: dict[ipaddress.IPv4Address | ipaddress.IPv6Address, set[str]], routers: set[str]) -> None:
        self.members, self.routers = members, routers


def table_of(switch: Node, kind: str) -> Table:
    """What a switch knows now. kind: of switches, as Network.switch."""
    if kind == "bridge":
        return parse_bridge(_output(["bridge", "-d", "-j", "mdb", "show", "dev", switch.name]), switch.name)
    names = {str(number): intf.name for intf, number in switch.ports.items()}
    return parse_open_vswitch(_output(["ovs-appctl", "mdb/show", switch.name]), names)


def parse_bridge(text: str, bridge: str) -> Table:
    """Reads ``bridge -d -j mdb show``."""
    members: dict[ipaddress.IPv4Address | ipaddress.IPv6Address, set[str]] = {}
    routers = set()
    for part in json.loads(text or "[]"):
        for row in part.get("mdb", []):
            if row.get("dev") == bridge:
                members.setdefault(ipaddress.ip_address(row["grp"]), set()).add(row["port"])
        for row in part.get("router", {}).get(bridge, []):
            routers.add(row["port"])
    return Table(members, routers)


def parse_open_vswitch(text: str, names: dict[str, str]) -> Table:
    """Reads ``ovs-appctl mdb/show``. names: OpenFlow port → interface. Raises ValueError for a line that is none of its."""
    members: dict[ipaddress.IPv4Address | ipaddress.IPv6Address, set[str]] = {}
    routers = set()
    for line in text.splitlines()[1:]:
        row = _OVS_ROW.fullmatch(line)
        if not row:
            raise ValueError(f"ovs-appctl mdb/show: cannot read the line {line!r}")
        port = names.get(row[1], row[1])
        if row[3] == "querier":
            routers.add(port)
        else:
            members.setdefault(ipaddress.ip_address(row[3]), set()).add(port)
    return Table(members, routers)


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NetworkError(f"what switches know of multicast: {' '.join(command)} said: {done.stderr.strip()[-300:]}")
    return done.stdout
