"""What a link does to numbered datagrams in one direction, timed by the kernel's clock at both ends (they share it)."""

from __future__ import annotations

import dataclasses
import select
import socket
import statistics
import struct
import time
from collections import Counter

from mininet.node import Node
from mininet.topo import Topo

from harness.world.network.namespaces import visiting

PORT = 9000
_SO_TIMESTAMPNS_NEW, _SO_MEMINFO = 64, 55
_DROPS = 8  # SK_MEMINFO_DROPS, index of a u32
_TIMESPEC = struct.Struct("=qq")
_NUMBER = struct.Struct("!QQ")  # index, nanoseconds
_ATTEMPTS = 3
_QUIET = 1.0  # seconds without an arrival after which the rest counts as lost


class OneShapedLink(Topo):
    """h1 - s1 - h2, where only h1's link is shaped: a packet from h1 to h2 meets the shape once."""

    def build(self, **wishes: object) -> None:
        switch = self.addSwitch("s1")
        self.addLink(self.addHost("h1"), switch, **wishes)
        self.addLink(self.addHost("h2"), switch)


@dataclasses.dataclass(frozen=True)
class Crossing:
    """sent: datagrams; accepted: of them, those that the sender's kernel took; overlooked: arrived, but the receiving
    socket's buffer was full; arrivals: (index, seconds under way, seconds since the first was sent), as they arrived."""

    sent: int
    accepted: int
    overlooked: int
    arrivals: list[tuple[int, float, float]]

    def __str__(self) -> str:
        return (
            f"{self.sent} sent, {self.accepted} accepted, {len(self.arrivals)} arrived, {self.overlooked} overlooked, {self.lost} "
            f"lost, {self.duplicates} duplicates, {self.overtaken} overtaken, delay {self.delay(0):.6f} to {self.delay(100):.6f} s"
        )

    @property
    def lost(self) -> int:
        return self.sent - len({index for index, *_ in self.arrivals})

    @property
    def duplicates(self) -> int:
        return sum(count - 1 for count in Counter(index for index, *_ in self.arrivals).values())

    @property
    def overtaken(self) -> int:
        """Arrivals after one with a higher index."""
        highest, count = -1, 0
        for index, *_ in self.arrivals:
            count += index < highest
            highest = max(highest, index)
        return count

    def delay(self, percent: float) -> float:
        """Percentile of the one-way delay, seconds."""
        delays = sorted(late for _, late, _ in self.arrivals) or [float("nan")]
        return delays[min(len(delays) - 1, int(percent / 100 * len(delays)))]

    @property
    def spread(self) -> float:
        """Standard deviation of the delay, seconds."""
        return statistics.pstdev(late for _, late, _ in self.arrivals)


def cross(sender: Node, receiver: Node, count: int, spacing: float, size: int = 200) -> Crossing:
    """Sends count datagrams of size bytes of payload, one each spacing seconds (0: at once), and waits for them.

    A receiver that was not woken in time says nothing about the link: it is tried again then, twice at most.
    """
    for _ in range(_ATTEMPTS):
        crossing = _cross(sender, receiver, count, spacing, size)
        if not crossing.overlooked:
            return crossing
    raise AssertionError(f"the machine is too busy to receive: {crossing}")


def _cross(sender: Node, receiver: Node, count: int, spacing: float, size: int) -> Crossing:
    with visiting(receiver.pid):
        far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        far.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        far.bind((receiver.IP(), PORT))
    with visiting(sender.pid):
        near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        near.connect((receiver.IP(), PORT))
    poll = select.poll()
    poll.register(far, select.POLLIN)
    arrivals: list[tuple[int, float, float]] = []
    accepted = 0
    with far, near:
        began, start = time.monotonic(), time.time_ns()
        for index in range(count):
            due = began + index * spacing
            while (wait := due - time.monotonic()) > 0:
                poll.poll(wait * 1000)
                _take(far, start, arrivals)
            try:
                near.send(_NUMBER.pack(index, time.time_ns()) + bytes(size - _NUMBER.size))
                accepted += 1
            except OSError:  # the queue or the send buffer is full
                continue
        while poll.poll(_QUIET * 1000):
            _take(far, start, arrivals)
        overlooked = struct.unpack_from("=9I", far.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36))[_DROPS]
    return Crossing(count, accepted, overlooked, arrivals)


def _take(far: socket.socket, start: int, arrivals: list[tuple[int, float, float]]) -> None:
    while True:
        try:
            data, control, _, _ = far.recvmsg(_NUMBER.size, 64)
        except BlockingIOError:
            return
        index, sent = _NUMBER.unpack(data)
        seconds, nanoseconds = _TIMESPEC.unpack(control[0][2][: _TIMESPEC.size])
        arrived = seconds * 1_000_000_000 + nanoseconds
        arrivals.append((index, (arrived - sent) / 1e9, (arrived - start) / 1e9))
