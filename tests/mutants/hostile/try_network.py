"""Networks: other ones than the host's own, other names than its own, and what only a host's owner may change."""

from __future__ import annotations

import fcntl
import functools
import os
import pathlib
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

_FAMILIES = {
    "VSOCK": 40, "PACKET": 17, "ALG": 38, "KEY": 15, "BLUETOOTH": 31, "CAN": 29, "TIPC": 30, "XDP": 44, "QIPCRTR": 42, "RDS": 21, "SMC": 43,
    "X25": 9, "AX25": 3, "IPX": 4, "APPLETALK": 5, "NFC": 39, "KCM": 41, "PPPOX": 24, "RXRPC": 33, "MCTP": 45, "VERY HIGH": 0x7FFFFFFF,
}  # fmt: skip
_NETLINK = {"audit": 9, "netfilter": 12, "kobject": 15, "generic": 16, "crypto": 21, "connector": 11, "xfrm": 6, "uevent": 15}
_FORWARD = 0x8000_0000
# From linux/rtnetlink.h and linux/sockios.h
_NEWLINK, _NEWADDR, _DELADDR, _NEWROUTE, _DELROUTE, _NEWNEIGH, _NEWRULE, _NEWQDISC, _DELQDISC, _NEWNSID = 16, 20, 21, 24, 25, 28, 32, 36, 37, 88
_SIOCADDRT, _SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCSIFMTU, _SIOCSIFHWADDR, _SIOCSARP = 0x890B, 0x8914, 0x8916, 0x8922, 0x8924, 0x8955
_IP_FREEBIND, _IP_TRANSPARENT, _IPV6_FREEBIND, _IPV6_TRANSPARENT, _IPV6_PKTINFO, _IP_PKTINFO = 15, 19, 78, 75, 50, 8
_FORGED, _FORGED6 = "10.0.0.77", "fe80::bad:77"


def attempts(facts: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    interface = next(name for _, name in socket.if_nameindex() if name != "lo")
    for name, family in _FAMILIES.items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            yield f"a socket of family {name}", functools.partial(_socket, family, kind, 0)
    for name, protocol in _NETLINK.items():
        yield f"netlink, {name}", functools.partial(_socket, socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    for family in (socket.AF_INET, socket.AF_INET6):
        for protocol in (1, 2, 58, 89, 255):
            yield f"raw packets of protocol {protocol}", functools.partial(_socket, family, socket.SOCK_RAW, protocol)
    yield "frames by another name", functools.partial(_socket, socket.AF_INET, 10, 0x0300)
    for option in (_IP_FREEBIND, _IP_TRANSPARENT):
        yield f"forge a neighbour's address (option {option})", functools.partial(_forge, option)
        yield f"forge a neighbour's address in a message (option {option})", functools.partial(_forge_in_message, option)
    for option in (_IPV6_FREEBIND, _IPV6_TRANSPARENT):
        yield f"forge a neighbour's IPv6 address (option {option})", functools.partial(_forge6, option, interface)
        yield f"forge a neighbour's IPv6 address in a message (option {option})", functools.partial(_forge6_in_message, option, interface)
    for name, value in (("RCVBUFFORCE", 33), ("SNDBUFFORCE", 32), ("MARK", 36)):
        yield f"SO_{name}", functools.partial(_option, socket.SOL_SOCKET, value, 1 << 20)
    yield "repair TCP", functools.partial(_option, socket.IPPROTO_TCP, 19, 1)
    yield "route multicast", functools.partial(_option, 0, 200, 1)
    index = socket.if_nametoindex(interface)
    address = struct.pack("BBBBI", socket.AF_INET, 8, 0, 0, index) + _attribute(2, socket.inet_aton(_FORGED))
    for name, message, body in (
        ("add an address", _NEWADDR, address),
        ("remove an address", _DELADDR, struct.pack("BBBBI", socket.AF_INET, 8, 0, 0, index)),
        ("add a route", _NEWROUTE, struct.pack("BBBBBBBBI", socket.AF_INET, 24, 0, 0, 254, 4, 0, 1, 0) + _attribute(1, b"\x0b\0\0\0") + _attribute(4, struct.pack("I", index))),
        ("remove a route", _DELROUTE, struct.pack("BBBBBBBBI", socket.AF_INET, 8, 0, 0, 254, 2, 253, 1, 0) + _attribute(1, b"\x0a\0\0\0")),
        ("claim a neighbour's address", _NEWNEIGH, struct.pack("BxxxiHBB", socket.AF_INET, index, 0x80, 0, 1) + _attribute(1, b"\x0a\0\0\x02") + _attribute(2, bytes(6))),
        ("add a rule", _NEWRULE, struct.pack("BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 0, 0, 1, 0)),
        ("add an interface", _NEWLINK, struct.pack("BxHiII", 0, 0, 0, 0, 0) + _attribute(3, b"bad0\0") + _attribute(18, _attribute(1, b"dummy\0"))),
        ("take an interface down", _NEWLINK, struct.pack("BxHiII", 0, 0, index, 0, 1)),
        ("unshape a link", _DELQDISC, struct.pack("BxxxiIII", 0, index, 0, 0xFFFFFFFF, 0)),
        ("shape a link", _NEWQDISC, struct.pack("BxxxiIII", 0, index, 0x10000, 0xFFFFFFFF, 0) + _attribute(1, b"pfifo\0")),
        ("name a namespace", _NEWNSID, struct.pack("Bxxx", 0) + _attribute(1, struct.pack("i", 5)) + _attribute(2, struct.pack("I", 1))),
    ):  # fmt: skip
        yield f"{name} by netlink", functools.partial(_netlink, message, body)
    name16 = interface.encode().ljust(16, b"\0")
    inet = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(_FORGED))
    for name, request, argument in (
        ("take the interface down", _SIOCSIFFLAGS, name16 + struct.pack("h14x", 0)),
        ("listen to everybody", _SIOCSIFFLAGS, name16 + struct.pack("h14x", 0x1143)),
        ("change the address", _SIOCSIFADDR, name16 + inet),
        ("change the MTU", _SIOCSIFMTU, name16 + struct.pack("i12x", 576)),
        ("change the Ethernet address", _SIOCSIFHWADDR, name16 + struct.pack("H14s", 1, b"\x02\0\0\0\0\x77")),
        ("claim an address", _SIOCSARP, inet + struct.pack("H14s", 1, b"\x02\0\0\0\0\x77") + struct.pack("i", 4) + bytes(16) + name16),
        ("add a route", _SIOCADDRT, bytes(8) + inet * 3 + struct.pack("Hh4xQ", 1, 0, 0) + bytes(64)),
    ):
        yield f"{name} by ioctl", functools.partial(_ioctl, request, argument)
    yield "find sockets of others on this host", functools.partial(_strangers)
    yield "reach the machine's network", functools.partial(_reach, ("192.0.2.1", 9))


def _socket(family: int, kind: int, protocol: int) -> str:
    with socket.socket(family, kind, protocol) as made:
        return f"descriptor {made.fileno()}"


def _option(level: int, option: int, value: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if level == socket.IPPROTO_TCP else socket.SOCK_DGRAM) as one:
        one.setsockopt(level, option, value)
        return "set"


def _forge(option: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(0, option, 1)
        one.bind((_FORGED, 0))
        one.sendto(b"forged", ("10.0.0.2", 9))
        return "sent"


def _forge_in_message(option: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(0, option, 1)
        info = struct.pack("i4s4s", 0, socket.inet_aton(_FORGED), bytes(4))
        one.sendmsg([b"forged"], [(0, _IP_PKTINFO, info)], 0, ("10.0.0.2", 9))
        return "sent"


def _forge6(option: int, interface: str) -> str:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.setsockopt(41, option, 1)
        index = socket.if_nametoindex(interface)
        one.bind((_FORGED6, 0, 0, index))
        one.sendto(b"forged", ("ff02::1", 9, 0, index))
        return "sent"


def _forge6_in_message(option: int, interface: str) -> str:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.setsockopt(41, option, 1)
        index = socket.if_nametoindex(interface)
        info = socket.inet_pton(socket.AF_INET6, _FORGED6) + struct.pack("i", index)
        one.sendmsg([b"forged"], [(41, _IPV6_PKTINFO, info)], 0, ("ff02::1", 9, 0, index))
        return "sent"


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _netlink(message: int, body: bytes) -> str:
    """Asks for a change and reads the answer, which is an error number."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as one:
        one.settimeout(1)
        one.send(struct.pack("IHHII", 16 + len(body), message, 0x605, 1, 0) + body)  # request, acknowledge, create, exclusive
        answer = one.recv(65536)
        error = struct.unpack_from("i", answer, 16)[0]
        if error:
            raise OSError(-error, os.strerror(-error))
        return "done"


def _ioctl(request: int, argument: bytes) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        fcntl.ioctl(one, request, argument)
        return "done"


def _strangers() -> list[str]:
    found = []
    for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]:
        found += line.split()[7:]
    for name in ("tcp", "tcp6", "udp", "udp6"):
        found += [line for line in pathlib.Path("/proc/net", name).read_text().splitlines()[1:]]
    return found


def _reach(address: tuple[str, int]) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(address)
        one.send(b"hello")
        return f"from {one.getsockname()}"
