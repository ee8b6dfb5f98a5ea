"""Frames sent from hosts' interfaces and looked for at other hosts', to find out what switches do with them.

They have an EtherType or protocol that no host answers: broadcasts the first local experimental EtherType, which captures leave
out, packets to groups protocol 253 (RFC 3692) or, in IPv6, no next header.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.world.network.frames import ETHERTYPE, close_sockets
from harness.world.network.namespaces import visiting
from harness.world.network.queries import frame, ipv4, ipv6

if TYPE_CHECKING:
    from mininet.link import Intf

Group = ipaddress.IPv4Address | ipaddress.IPv6Address
_TAG = struct.Struct("!8sIB")  # token, round, what
_ALL = 0x0003
_SOURCE4, _SOURCE6 = ipaddress.IPv4Address("0.0.0.0"), ipaddress.IPv6Address("::")
_EXPERIMENT, _NO_NEXT_HEADER = 253, 59
BROADCAST = 0


class Beacons:
    """Sockets at interfaces of hosts. sources send, ears listen; what: a number up to 255 that tells frames apart."""

    def __init__(self, sources: Iterable[Intf], ears: Iterable[Intf]) -> None:
        self._token = os.urandom(8)
        self._senders = {intf: _packet_socket(intf, 0) for intf in sources}
        self._ears = {intf: _packet_socket(intf, _ALL) for intf in ears}
        self._owners = {ear.fileno(): intf for intf, ear in self._ears.items()}
        self._poll = select.poll()
        for ear in self._ears.values():
            self._poll.register(ear, select.POLLIN)

    def close(self) -> None:
        close_sockets([*self._senders.values(), *self._ears.values()])

    def broadcast(self, source: Intf, number: int) -> None:
        """A frame to all, of a round."""
        self._senders[source].send(b"\xff" * 6 + self.mac(source) + ETHERTYPE.to_bytes(2, "big") + self._tag(number, BROADCAST, 46))

    def to_group(self, source: Intf, group: Group, number: int, what: int) -> None:
        """A packet to a group, of a round."""
        tag = self._tag(number, what)
        if isinstance(group, ipaddress.IPv4Address):
            packet = ipv4(_SOURCE4, group, _EXPERIMENT, tag)
        else:
            packet = ipv6(_SOURCE6, group, _NO_NEXT_HEADER, tag)
        self._senders[source].send(frame(self.mac(source), group, packet))

    def mac(self, source: Intf) -> bytes:
        return self._senders[source].getsockname()[4]

    def _tag(self, number: int, what: int, size: int = 0) -> bytes:
        return _TAG.pack(self._token, number, what).ljust(size, b"\0")

    def arrivals(self, deadline: float) -> Iterator[tuple[Intf, bytes, int, int]]:
        """(interface, source's MAC address, round, what) of frames as they arrive, until the deadline (time.monotonic())."""
        while (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in self._poll.poll(left * 1000):
                intf = self._owners[descriptor]
                with contextlib.suppress(BlockingIOError):
                    while True:
                        data, address = self._ears[intf].recvfrom(2048)
                        at = data.find(self._token)
                        if at >= 14 and address[2] != socket.PACKET_OUTGOING:
                            _, number, what = _TAG.unpack_from(data, at)
                            yield intf, data[6:12], number, what

    def sweep(self, number: int, deadline: float) -> set[Intf]:
        """Broadcasts from every source and waits until every ear has heard all of them but its own: what was sent before has
        then arrived, or never will. Frames that may be lost are sent again. Returns the ears that did not hear all in time."""
        missing = {(ear, self.mac(source)) for ear in self._ears for source in self._senders if ear is not source}
        while missing and time.monotonic() < deadline:
            for source in self._senders:
                self.broadcast(source, number)
            for intf, mac, found, what in self.arrivals(min(deadline, time.monotonic() + 0.2)):
                if (found, what) == (number, BROADCAST):
                    missing.discard((intf, mac))
                if not missing:
                    break
        return {ear for ear, _ in missing}


def _packet_socket(intf: Intf, protocol: int) -> socket.socket:
    with visiting(intf.node.pid):
        one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        one.bind((intf.name, protocol))
        return one
