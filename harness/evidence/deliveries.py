"""To whom packets of a group were delivered, as the captures of all hosts tell."""

from __future__ import annotations

import collections
import dataclasses
import ipaddress
from collections.abc import Collection, Mapping

from harness.evidence.capture.packets import Packets

_MOST_NAMES = 12


@dataclasses.dataclass(frozen=True)
class Seen:
    """At one host's interface: packets that it sent to the group, and that came to it."""

    sent: int
    came: int


def filter_of(group: str, where: str = "") -> str:
    """The display filter for data to a group. Reports of membership in IGMPv2 and MLDv1 are sent to the group too, so it is UDP
    unless `where` says what it is."""
    version = ipaddress.ip_address(group).version
    return f"({where or 'udp'}) and {'ip' if version == 4 else 'ipv6'}.dst == {group}"


def seen(packets: Packets, interfaces: Mapping[str, tuple[str, str]]) -> dict[str, Seen]:
    """Counts the packets at each host by whether their source is the host's interface itself. packets: of all hosts, with
    frame.interface_name; interfaces: host → (name, MAC address)."""
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    if len(packets):
        counts.update(zip(packets.first("frame.interface_name")[0], packets.first("eth.src")[0]))
    found = {}
    for host, (name, mac) in interfaces.items():
        own = counts[name.lower(), mac.lower()]
        found[host] = Seen(own, sum(count for (where, _), count in counts.items() if where == name.lower()) - own)
    return found


@dataclasses.dataclass(frozen=True)
class Judgement:
    """expected and found are texts; culprits: the hosts whose captures are not as expected; too_much: packets came where they
    should not, or were sent, which no waiting undoes."""

    passed: bool
    expected: str
    found: str
    culprits: list[str]
    too_much: bool


def judge(hosts: Mapping[str, Seen], members: Collection[str], sent: int | None) -> Judgement:
    """Every packet that somebody sent must have come to every other member exactly once, and to nobody else. sent: how many
    there must be in all; None: at least one. A sender's own capture has its own packets once; the network gives none back."""
    total = sum(one.sent for one in hosts.values())
    wanted = {name: total - one.sent if name in members else 0 for name, one in hosts.items()}
    culprits = [name for name, one in hosts.items() if one.came != wanted[name]]
    amount_right = total == sent if sent is not None else total > 0
    others = [name for name in hosts if name not in members]
    packets = "some packets" if sent is None else f"{sent} packets"
    expected = f"{packets} at each of {_names(members)}" + (f", none at {_names(others)}" if others else "")
    came: dict[int, list[str]] = {}
    for name, one in hosts.items():
        if one.came:
            came.setdefault(one.came, []).append(name)
    found = f"{total} sent by {_names([name for name, one in hosts.items() if one.sent])}"
    found += "; " + (", ".join(f"{count} came to {_names(names)}" for count, names in sorted(came.items())) or "none came to anybody")
    found += "".join(f"; {name}: {hosts[name].came}, not {wanted[name]}" for name in culprits[:_MOST_NAMES])
    too_much = (sent is not None and total > sent) or any(hosts[name].came > wanted[name] for name in culprits)
    return Judgement(amount_right and not culprits, expected, found, culprits, too_much)


def _names(names: Collection[str]) -> str:
    """ "h1, h2 and 30 others"."""
    listed = list(names)
    if not listed:
        return "nobody"
    more = len(listed) - _MOST_NAMES
    return ", ".join(listed[:_MOST_NAMES]) + (f" and {more} others" if more > 0 else "")
