"""The few rtnetlink requests a network needs (rtnetlink(7)), many per system call.

A Session is a netlink socket in one network namespace. Requests are queued and sent together by flush(), which
reports the first that failed by its description. No request waits for a process to be started: that is where
Mininet's bring-up time goes.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterator

RTM_NEWLINK, RTM_DELLINK, RTM_SETLINK = 16, 17, 19
RTM_NEWADDR, RTM_NEWROUTE = 20, 24
RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH = 28, 29, 30
_REQUEST, _ACK, _REPLACE, _CREATE, _EXCLUSIVE, _DUMP = 0x1, 0x4, 0x100, 0x400, 0x200, 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_AF_BRIDGE = 7
_SIOCETHTOOL, _SIOCGIFINDEX, _SIOCGIFHWADDR, _SIOCGIFFLAGS = 0x8946, 0x8933, 0x8927, 0x8913
_ETHTOOL_STXCSUM, _ETHTOOL_STSO, _ETHTOOL_SGSO, _ETHTOOL_SGRO = 0x17, 0x1F, 0x24, 0x2C
_ADDR_GEN_NONE = 1


class KernelRefused(RuntimeError):
    """The kernel refused a request; the text names the request and the kernel's reason, code is its errno."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(f"{what}: {os.strerror(code)}")
        self.code = code


def attribute(kind: int, value: bytes) -> bytes:
    """One netlink attribute, padded to four bytes."""
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def _text(kind: int, value: str) -> bytes:
    return attribute(kind, value.encode() + b"\0")


def _number(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=I", value))


def _mac(kind: int, value: str) -> bytes:
    return attribute(kind, bytes.fromhex(value.replace(":", "")))


class Session:
    """A queue of requests to the network namespace in which the calling thread is when it is made."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        self._socket.bind((0, 0))
        self._sequence = 0
        self._queue: list[tuple[str, int, int, bytes]] = []

    def close(self) -> None:
        self._socket.close()

    # Facts, asked at once.

    def index(self, name: str) -> int:
        """An interface's number."""
        return self._ask("=i", _SIOCGIFINDEX, name)

    def running(self, name: str) -> bool:
        """Whether the kernel has noticed the carrier of an interface that is up: before, it drops what is to be sent."""
        return bool(self._ask("=h", _SIOCGIFFLAGS, name) & _IFF_RUNNING)

    def _ask(self, form: str, command: int, name: str) -> int:
        request = struct.pack("16s16x", name.encode())
        try:
            return struct.unpack_from(form, fcntl.ioctl(self._socket, command, request), 16)[0]
        except OSError as error:
            raise KernelRefused(f"interface {name}", error.errno or 0) from error

    def offload_off(self, name: str) -> None:
        """``ethtool -K name tx off tso off gso off gro off``: packets leave as they will be on the wire, checksums filled."""
        for command in (_ETHTOOL_STXCSUM, _ETHTOOL_STSO, _ETHTOOL_SGSO, _ETHTOOL_SGRO):
            value = bytearray(struct.pack("=II", command, 0))
            pointer = (ctypes.c_char * len(value)).from_buffer(value)
            request = struct.pack("16sP8x", name.encode(), ctypes.addressof(pointer))
            try:
                fcntl.ioctl(self._socket, _SIOCETHTOOL, request)
            except OSError as error:
                raise KernelRefused(f"ethtool -K {name} tx off tso off gso off gro off", error.errno or 0) from error

    # Requests, queued.

    def _add(self, what: str, kind: int, flags: int, body: bytes) -> None:
        self._queue.append((what, kind, flags, body))

    def add_veth(
        self,
        first: tuple[str, str | None, int | None],
        second: tuple[str, str | None, int | None],
        group: int,
    ) -> None:
        """A veth pair. An end: (name, mac, pid whose namespace it goes to or None to stay here, then in group)."""

        def end(name: str, mac: str | None, pid: int | None) -> bytes:
            body = _text(3, name) + (_mac(1, mac) if mac else b"")
            return body + (_number(27, group) if pid is None else _number(19, pid))

        header = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        peer = attribute(1, header + end(*second))
        info = attribute(18, _text(1, "veth") + attribute(2, peer))
        self._add(
            f"ip link add {first[0]} type veth peer name {second[0]}",
            RTM_NEWLINK,
            _CREATE | _EXCLUSIVE,
            header + end(*first) + info,
        )

    def add_bridge(self, name: str, group: int) -> None:
        """A kernel bridge that floods multicast (no snooping) and forwards at once (no spanning tree)."""
        options = attribute(5, struct.pack("=I", 0)) + attribute(23, b"\0")
        info = attribute(18, _text(1, "bridge") + attribute(2, options))
        header = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        self._add(
            f"ip link add {name} type bridge",
            RTM_NEWLINK,
            _CREATE | _EXCLUSIVE,
            header + _text(3, name) + _number(27, group) + info,
        )

    def _set(self, what: str, name: str, flags: int, change: int, attributes: bytes) -> None:
        header = struct.pack("=BxHiII", 0, 0, 0, flags, change)
        self._add(what, RTM_SETLINK, 0, header + _text(3, name) + attributes)

    def up(self, name: str) -> None:
        self._set(f"ip link set {name} up", name, _IFF_UP, _IFF_UP, b"")

    def down(self, name: str) -> None:
        self._set(f"ip link set {name} down", name, 0, _IFF_UP, b"")

    def single_segments(self, name: str) -> None:
        """TCP hands over one packet at a time, so that a queue counts packets and a loss takes one, not up to 64 kB of them."""
        self._set(f"ip link set {name} gso_max_segs 1", name, 0, 0, _number(40, 1))

    def mac(self, name: str, mac: str) -> None:
        self._set(f"ip link set {name} address {mac}", name, 0, 0, _mac(1, mac))

    def master(self, name: str, bridge: str) -> None:
        self._set(f"ip link set {name} master {bridge}", name, 0, 0, _number(10, self.index(bridge)))

    def no_link_local(self, name: str) -> None:
        """No IPv6 address of its own: a switch port then sends no router solicitation, no MLD report."""
        family = attribute(10, attribute(8, bytes([_ADDR_GEN_NONE])))
        self._set(f"ip link set {name} addrgenmode none", name, 0, 0, attribute(26, family))

    def delete_group(self, group: int) -> None:
        """Deletes every interface of a group in one go; none there is no error."""
        header = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        self._add(f"ip link delete group {group}", RTM_DELLINK, 0, header + _number(27, group))

    def address(self, name: str, address: str, prefix: int) -> None:
        """An IPv4 address with its connected route."""
        packed = socket.inet_aton(address)
        host = (1 << (32 - prefix)) - 1
        broadcast = (int.from_bytes(packed, "big") | host).to_bytes(4, "big")
        body = struct.pack("=BBBBi", socket.AF_INET, prefix, 0, 0, self.index(name))
        body += attribute(2, packed) + attribute(1, packed) + attribute(4, broadcast) + _text(3, name)
        self._add(f"ip address add {address}/{prefix} dev {name}", RTM_NEWADDR, _CREATE | _REPLACE, body)

    def connected_route(self, name: str, address: str, prefix: int, congestion_control: str) -> None:
        """Puts a congestion control on the connected route that the kernel made for an address."""
        mask = ~((1 << (32 - prefix)) - 1) & 0xFFFFFFFF
        network = (int.from_bytes(socket.inet_aton(address), "big") & mask).to_bytes(4, "big")
        body = struct.pack("=BBBBBBBBI", socket.AF_INET, prefix, 0, 0, 254, 2, 253, 1, 0)
        body += attribute(1, network) + _number(4, self.index(name)) + attribute(7, socket.inet_aton(address))
        body += attribute(8, _text(16, congestion_control))
        what = f"ip route change {socket.inet_ntoa(network)}/{prefix} dev {name} congctl {congestion_control}"
        self._add(what, RTM_NEWROUTE, _REPLACE, body)

    def default_route(self, gateway: str | None, device: str | None, congestion_control: str | None) -> None:
        """``ip route add default [via gateway] [dev device]``."""
        scope = 0 if gateway else 253
        body = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 3, scope, 1, 0)
        body += attribute(5, socket.inet_aton(gateway)) if gateway else b""
        body += _number(4, self.index(device)) if device else b""
        body += attribute(8, _text(16, congestion_control)) if congestion_control else b""
        what = "ip route add default" + (f" via {gateway}" if gateway else "") + (f" dev {device}" if device else "")
        self._add(what, RTM_NEWROUTE, _CREATE | _REPLACE, body)

    def neighbour(self, name: str, address: str, mac: str) -> None:
        """A neighbour's Ethernet address, for good (``nud permanent``)."""
        body = struct.pack("=BxxxiHBB", socket.AF_INET, self.index(name), 0x80, 0, 0)
        body += attribute(1, socket.inet_aton(address)) + _mac(2, mac)
        self._add(f"ip neigh replace {address} lladdr {mac} dev {name} nud permanent", RTM_NEWNEIGH, _CREATE | _REPLACE, body)

    def flush_neighbours(self) -> None:
        """Queues the removal of every ARP and neighbour entry (``ip neigh flush all``)."""
        for kind, payload in self._dump(RTM_GETNEIGH, struct.pack("=BxxxiHBB", 0, 0, 0, 0, 0)):
            family, index, state, _, _ = struct.unpack_from("=BxxxiHBB", payload)
            if kind != RTM_NEWNEIGH or family == _AF_BRIDGE or state & 0xC0:  # a PERMANENT or NOARP entry is configuration
                continue
            offset, destination = 12, b""
            while offset + 4 <= len(payload):
                length, name = struct.unpack_from("=HH", payload, offset)
                if name == 1:
                    destination = payload[offset + 4 : offset + length]
                offset += (length + 3) & ~3
            body = struct.pack("=BxxxiHBB", family, index, 0, 0, 0) + attribute(1, destination)
            self._add("ip neigh flush all", RTM_DELNEIGH, 0, body)

    def flush_bridge(self, name: str) -> None:
        """Forgets the addresses that a kernel bridge has learned."""
        options = attribute(18, _text(1, "bridge") + attribute(2, attribute(21, b"")))
        header = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        self._add(f"ip link set {name} type bridge fdb_flush", RTM_NEWLINK, 0, header + _text(3, name) + options)

    # Talking to the kernel.

    def _dump(self, kind: int, body: bytes) -> Iterator[tuple[int, bytes]]:
        self._sequence += 1
        self._socket.send(struct.pack("=IHHII", 16 + len(body), kind, _REQUEST | _DUMP, self._sequence, 0) + body)
        while True:
            for sequence, answer, payload in _messages(self._socket.recv(1 << 16)):
                if sequence != self._sequence:
                    continue
                if answer == _NLMSG_DONE:
                    return
                yield answer, payload

    def flush(self, ignore: tuple[int, ...] = ()) -> None:
        """Sends what is queued. Raises KernelRefused for the first request refused, unless its errno is ignored."""
        queue, self._queue = self._queue, []
        refused: KernelRefused | None = None
        for start in range(0, len(queue), 64):
            part = queue[start : start + 64]
            first = self._sequence + 1
            packet = b""
            for number, (_, kind, flags, body) in enumerate(part):
                self._sequence += 1
                flags |= _REQUEST | (_ACK if number == len(part) - 1 else 0)
                packet += struct.pack("=IHHII", 16 + len(body), kind, flags, self._sequence, 0) + body
            self._socket.send(packet)
            done = False
            while not done:
                for sequence, kind, payload in _messages(self._socket.recv(1 << 16)):
                    if kind != _NLMSG_ERROR or not first <= sequence <= self._sequence:
                        continue
                    code = -struct.unpack_from("=i", payload)[0]
                    if code and code not in ignore and refused is None:
                        refused = KernelRefused(part[sequence - first][0], code)
                    done = done or sequence == self._sequence
        if refused:
            raise refused


def _messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(sequence, type, payload) of each netlink message in a datagram."""
    offset = 0
    while offset + 16 <= len(data):
        length, kind, _, sequence, _ = struct.unpack_from("=IHHII", data, offset)
        if length < 16:
            return
        yield sequence, kind, data[offset + 16 : offset + length]
        offset += (length + 3) & ~3


def has_generic_family(name: str) -> bool:
    """True if the kernel offers a generic netlink family, such as ovs_datapath of Open vSwitch's module."""
    with contextlib.closing(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 16)) as generic:
        generic.bind((0, 0))
        body = struct.pack("=BBxx", 3, 1) + _text(2, name)
        generic.send(struct.pack("=IHHII", 16 + len(body), 16, _REQUEST, 1, 0) + body)
        for _, kind, payload in _messages(generic.recv(1 << 16)):
            if kind == _NLMSG_ERROR and -struct.unpack_from("=i", payload)[0] in (errno.ENOENT, errno.EOPNOTSUPP):
                return False
        return True
