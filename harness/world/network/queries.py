"""General queries, "which groups are you members of?", as frames: IGMPv3 (RFC 3376 section 4.1), MLDv2 (RFC 3810 section 5.1)."""

from __future__ import annotations

import ipaddress
import struct

_ALL_HOSTS, _ALL_NODES = ipaddress.IPv4Address("224.0.0.1"), ipaddress.IPv6Address("ff02::1")
_ROBUSTNESS = 2


def source4(number: int) -> ipaddress.IPv4Address:
    """The address that a network's n-th switch asks from: link-local, so that it is never that of a host."""
    return ipaddress.IPv4Address("169.254.0.0") + number


def source6(number: int) -> ipaddress.IPv6Address:
    return ipaddress.IPv6Address("fe80::a9fe:0") + number


def group_mac(group: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bytes:
    """The Ethernet address of a group: its low 23 bits behind 01:00:5e (RFC 1112 section 6.4), or its low 32 bits behind 33:33
    (RFC 2464 section 7)."""
    if group.version == 4:
        return bytes([0x01, 0x00, 0x5E, group.packed[1] & 0x7F, *group.packed[2:]])
    return b"\x33\x33" + group.packed[12:]


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(
    source: ipaddress.IPv4Address, group: ipaddress.IPv4Address, protocol: int, payload: bytes, options: bytes = b""
) -> bytes:  # fmt: skip
    """A packet to a group that no router hands on. options: padded to four bytes."""
    words = 5 + len(options) // 4

    def header(check: int) -> bytes:
        return struct.pack(
            "!BBHHHBBH4s4s", 0x40 | words, 0, words * 4 + len(payload), 0, 0, 1, protocol, check, source.packed, group.packed
        ) + options  # fmt: skip

    return header(checksum(header(0))) + payload


def ipv6(source: ipaddress.IPv6Address, group: ipaddress.IPv6Address, following: int, payload: bytes) -> bytes:
    """A packet to a group that no router hands on. following: the type of the header that the payload begins with."""
    return struct.pack("!IHBB16s16s", 0x60000000, len(payload), following, 1, source.packed, group.packed) + payload


def frame(source: bytes, group: ipaddress.IPv4Address | ipaddress.IPv6Address, packet: bytes) -> bytes:
    """An Ethernet frame with a packet to a group."""
    return group_mac(group) + source + (0x0800 if group.version == 4 else 0x86DD).to_bytes(2, "big") + packet


def general(number: int, response: float) -> list[bytes]:
    """Both general queries as a network's n-th switch sends them. response: seconds that hosts may take, below 12.8."""
    mac = b"\x02\x00\xa9\xfe" + number.to_bytes(2, "big")
    igmp = struct.pack("!BBH4sBBH", 0x11, max(1, round(response * 10)), 0, bytes(4), _ROBUSTNESS, 125, 0)
    igmp = igmp[:2] + checksum(igmp).to_bytes(2, "big") + igmp[4:]
    alert4 = b"\x94\x04\x00\x00"  # Router Alert, RFC 2113
    source, group = source6(number), _ALL_NODES
    mld = struct.pack("!BBHHH16sBBH", 130, 0, 0, max(1, round(response * 1000)), 0, bytes(16), _ROBUSTNESS, 125, 0)
    pseudo = source.packed + group.packed + struct.pack("!IHBB", len(mld), 0, 0, 58)
    mld = mld[:2] + checksum(pseudo + mld).to_bytes(2, "big") + mld[4:]
    alert6 = bytes([58, 0, 5, 2, 0, 0, 1, 0])  # Hop-by-Hop options with Router Alert, RFC 2711
    return [
        frame(mac, _ALL_HOSTS, ipv4(source4(number), _ALL_HOSTS, 2, igmp, options=alert4)),
        frame(mac, group, ipv6(source, group, 0, alert6 + mld)),
    ]
