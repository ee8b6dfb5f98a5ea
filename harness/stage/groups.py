"""The groups that a host is a member of, as `ip maddr` (iproute2 6.1) and `netstat -g` (net-tools 2.10) print them."""

from __future__ import annotations

import dataclasses
import re


class GroupTableError(ValueError):
    """A tool printed what this module cannot read; the message has the line."""


@dataclasses.dataclass(frozen=True)
class Membership:
    """A line: family is "link", "inet" or "inet6"; address is an Ethernet address or a group; users: how often it was joined."""

    interface: str
    family: str
    address: str
    users: int


_INTERFACE = re.compile(r"\d+:\s+(\S+)")
_ADDRESS = re.compile(r"\s+(link|inet|inet6)\s+(\S+?)(?:\s+users\s+(\d+))?(?:\s+static)?\s*")
_NETSTAT = re.compile(r"(\S+)\s+(\d+)\s+(\S+)\s*")


def ip_maddr(text: str) -> list[Membership]:
    """Reads ``ip maddr show``."""
    found, interface = [], ""
    for line in text.splitlines():
        if title := _INTERFACE.fullmatch(line.strip()):
            interface = title[1]
        elif (row := _ADDRESS.fullmatch(line)) and interface:
            found.append(Membership(interface, row[1], row[2].lower(), int(row[3] or 1)))
        elif line.strip():
            raise GroupTableError(f"ip maddr: cannot read the line {line!r}")
    return found


def netstat_groups(text: str) -> list[Membership]:
    """Reads ``netstat -gn``: a table of interface, reference count and group below two headings and a rule."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or not lines[0].startswith("IPv6/IPv4 Group Memberships") or not lines[2].startswith("---"):
        raise GroupTableError(f"netstat -gn printed no table of groups: {text[:200]!r}")
    found = []
    for line in lines[3:]:
        row = _NETSTAT.fullmatch(line)
        if not row:
            raise GroupTableError(f"netstat -gn: cannot read the line {line!r}")
        found.append(Membership(row[1], "inet6" if ":" in row[3] else "inet", row[3].lower(), int(row[2])))
    return found
