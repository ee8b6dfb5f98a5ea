"""What `ip maddr` and `netstat -gn` show of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.group.kit.chat import ethernet_address

if TYPE_CHECKING:
    from harness.stage.host import Host


def rows(host: Host, group: str) -> list[str]:
    """The rows of both tools about a group and its Ethernet address on a host's first interface, a text for each."""
    every = [("ip maddr", row) for row in host.ip_maddr()] + [("netstat", row) for row in host.netstat_groups()]
    own = [(tool, row) for tool, row in every if row.interface == host.interface and row.address in (group, ethernet_address(group))]
    return [f"{tool}: {row.address}, joined {row.users} times" for tool, row in own]


def rows_of(group: str, users: int) -> list[str]:
    """What they are for so many members on the host."""
    every = (("ip maddr", ethernet_address(group), 1), ("ip maddr", group, users), ("netstat", group, users)) if users else ()
    return [f"{tool}: {address}, joined {times} times" for tool, address, times in every]
