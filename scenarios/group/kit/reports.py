"""Reports of membership, IGMPv3's (RFC 3376) and MLDv2's (RFC 3810), as a host's capture has them."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from harness import above, equals
from scenarios.group.kit.chat import ethernet_address
from scenarios.group.kit.unread import holders

if TYPE_CHECKING:
    from harness.evidence.capture.packets import Packet
    from harness.stage.host import Host
    from harness.stage.lab import Lab
    from scenarios.group.kit.chat import ChatRoom

RECORDS = {"joins": 4, "leaves": 3}
"""Record types: CHANGE_TO_EXCLUDE_MODE and CHANGE_TO_INCLUDE_MODE (RFC 3376, 4.2.12; RFC 3810, 5.2.12)."""
_ROUTERS = {4: "224.0.0.22", 6: "ff02::16"}
_CHANGES = {
    4: "igmp.type == 0x22 and igmp.maddr == {group} and igmp.record_type == {kind} and eth.src == {mac}",
    6: "icmpv6.type == 143 and icmpv6.mldr.mar.multicast_address == {group} and icmpv6.mldr.mar.record_type == {kind} and eth.src == {mac}",
}
_ANY = {4: "igmp and eth.src == {mac}", 6: "(icmpv6.type == 143 or icmpv6.type == 131 or icmpv6.type == 132) and eth.src == {mac}"}
_TYPE = {4: "igmp.type", 6: "icmpv6.type"}
_PROTOCOLS = {0x12: "IGMPv1", 0x16: "IGMPv2", 0x17: "IGMPv2", 0x22: "IGMPv3", 131: "MLDv1", 132: "MLDv1", 143: "MLDv2"}


def expect_reports(lab: Lab, room: ChatRoom, host: Host, *changes: str) -> None:
    """States that a host has reported these changes of its membership ("joins", "leaves") to the routers."""
    version = 6 if ":" in room.address else 4
    name, places = {4: ("IGMPv3", "TTL"), 6: ("MLDv2", "hop limit")}[version]
    wanted = f"{_ROUTERS[version]} at {ethernet_address(_ROUTERS[version])}, {places} 1"
    for change in changes:
        chosen = _CHANGES[version].format(group=room.address, kind=RECORDS[change], mac=host.mac)
        what = f"{host.name} {change} {room.address}: its reports of {name}, record type {RECORDS[change]}"
        hint = lambda: f"{_reported(lab, host, version)}; {holders(host, room.port)}"  # noqa: E731
        lab.expect_soon(lambda: len(lab.packets(host, chosen)), above(0), what, id=change, hint=hint)
        seen = lab.packets(host, chosen)
        found = sorted({_target(one, version, places) for one in seen})
        told = f"{host.name} {change} {room.address}: where the reports go, and their {places}"
        lab.expect("; ".join(found), equals(wanted), told, on=seen, whatever_lag=any(one != wanted for one in found), id=f"{change}-to")


def _target(one: Packet, version: int, places: str) -> str:
    """Where a report goes."""
    address, hops = (one["ip.dst"], one["ip.ttl"]) if version == 4 else (one["ipv6.dst"], one["ipv6.hlim"])
    return f"{address} at {one['eth.dst']}, {places} {hops}"


def _reported(lab: Lab, host: Host, version: int) -> str:
    """All that a host has told of its groups."""
    seen = lab.packets(host, _ANY[version].format(mac=host.mac))
    texts = collections.Counter(f"{_PROTOCOLS.get(one[_TYPE[version]], '')} '{one.info}' to {one.destination}" for one in seen)
    told = ", ".join(f"{count} × {text}" for text, count in texts.items())
    return f"of its groups {host.name} told {told or 'nothing'}"
