"""What came to a program's ports and left them last, in words, for who reads that something was waited for in vain."""

from __future__ import annotations

import ipaddress
import math
from typing import TYPE_CHECKING

from harness.evidence.capture.packets import DecodeError, Packets
from harness.evidence.capture.recorder import CaptureError
from harness.evidence.contents import contents

if TYPE_CHECKING:
    from harness.stage.lab import Lab
    from harness.stage.program import Program

_WORDS = 60  # characters
_BINARY = 40  # bytes, up to which also those are shown that are no text
_UDP_HEADER = 8  # bytes


def traffic(program: Program, ports: set[int]) -> list[str]:
    """What came with data to its ports, and left them: how much, and the last of each. ports: of its sockets; the one that it listened on
    counts too. Of a client that has ended nobody knows the ports any more: what its host got and sent while it ran."""
    lab, host = program.host.lab, program.host
    wanted = sorted(ports | program.ports)
    if host.interface not in lab.recorders or not (wanted or program.ended):
        return []
    numbers = ", ".join(map(str, wanted))
    try:
        every = lab.packets(host).between(program.started, program.ended or math.inf)
    except (CaptureError, DecodeError):
        return []
    found = {}
    for word, layer, sign in (("got", "dstport", "!="), ("sent", "srcport", "==")):
        chosen = f"((tcp.len > 0 && tcp.{layer} in {{{numbers}}}) || (udp.{layer} in {{{numbers}}}))" if wanted else "(tcp.len > 0 || udp)"
        found[word] = every.where(f"{chosen} && eth.src {sign} {host.mac} && !icmp && !icmpv6")
    shown = contents(every, [packets[-1].number for packets in found.values() if len(packets)])
    return [f"{word} {_told(packets, word == 'got', lab, shown)}" for word, packets in found.items()]


def last_reset(program: Program) -> list[str]:
    """The last reset that came to a program before its end was noticed: it may be what ended it."""
    lab, host = program.host.lab, program.host
    if host.interface not in lab.recorders or not program.ports or program.ended is None:
        return []
    numbers = ", ".join(map(str, sorted(program.ports)))
    try:
        came = lab.packets(host, f"tcp.dstport in {{{numbers}}} && tcp.flags.reset == 1 && eth.src != {host.mac}").between(program.started, program.ended)
    except (CaptureError, DecodeError):
        return []
    if not len(came):
        return []
    return [f"a reset came from {host_of(lab, came[-1].source)} at {came[-1].time - lab.started:.2f} s"]


def _told(packets: Packets, came: bool, lab: Lab, carried: dict[int, bytes]) -> str:
    """How much these are, and the last of them. carried: frame number → content."""
    if not len(packets):
        return "nothing"
    last = packets[-1]
    address, port = (last.source, last["tcp.srcport"] or last["udp.srcport"]) if came else (last.destination, last["tcp.dstport"] or last["udp.dstport"])
    size = last["tcp.len"] or (last["udp.length"] or _UDP_HEADER) - _UDP_HEADER
    shown = carried.get(last.number, b"")
    told = shown and (len(shown) <= _BINARY or "\ufffd" not in shown.decode("utf-8", "replace"))
    words = f", {shown[:_WORDS]!r}{' …' if len(shown) > _WORDS else ''}" if told else ""
    total = packets.total("tcp.len") + packets.total("udp.length") - _UDP_HEADER * len(packets.where("udp"))
    count = f"{total:,} bytes in {len(packets):,} packets, last" if len(packets) > 1 else ""
    place = f"{'from' if came else 'to'} {host_of(lab, address)} port {port}, at {last.time - lab.started:.2f} s"
    return f"{count} {size:,} byte{'' if size == 1 else 's'} {place}{words}".strip()


def host_of(lab: Lab, address: str) -> str:
    """The name of the host that has an address; the address where none has."""
    shown = plain(address)
    return next((host.name for host in lab.hosts.values() if shown in (host.address, host.address6)), shown)


def plain(address: str) -> str:
    """Of an IPv4 address that stands in an IPv6 one (RFC 4291, 2.5.5.2) itself."""
    one = ipaddress.ip_address(address)
    return str(getattr(one, "ipv4_mapped", None) or one)
