"""Numbered raw frames over one direction of a link, stamped by the kernel where they arrive.

They carry a bridge-reserved destination (IEEE 802.1Q, table 8-1), so that no switch forwards them, and the first local
experimental EtherType, so that no host answers.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import errno
import math
import os
import socket
import struct
import time
from collections.abc import Sequence

ETHERTYPE = 0x88B5  # IEEE 802, local experimental EtherType 1
_DESTINATION = bytes.fromhex("0180c200000e")  # nearest bridge
_ETH_P_ALL = 0x0003
_SO_TIMESTAMPNS_NEW = 64
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_TIMESPEC = struct.Struct("=qq")
_NUMBER = struct.Struct("!I")
_PER_SOCKET = 60  # full-sized frames that fit into one socket's default send buffer


@dataclasses.dataclass(frozen=True)
class Arrival:
    """number: of the frame, from 0; time: nanoseconds since the epoch."""

    number: int
    time: int


class Frames:
    """Frames of one size from interface ``near`` to ``far``; the sockets belong to their ends' namespaces."""

    def __init__(self, near: str, far: str, size: int, count: int) -> None:
        self.near, self.far, self.size, self.count = near, far, size, count
        self.arrivals: list[Arrival] = []
        self.sent: list[int] = []
        """When each frame that was accepted was sent, in nanoseconds since the epoch."""
        self.overlooked = 0
        self.sending_seconds = 0.0
        self.problem = ""

    def open_receiver(self) -> None:
        """In the namespace of the far end."""
        self.receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.receiver.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        self.receiver.bind((self.far, _ETH_P_ALL))

    def open_sender(self) -> None:
        """In the namespace of the near end. Several sockets: the queue, not a send buffer, is to be the limit."""
        self._senders = []
        for _ in range(math.ceil(self.count / _PER_SOCKET)):
            sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
            sender.bind((self.near, 0))
            self._senders.append(sender)
        self._head = _DESTINATION + sender.getsockname()[4] + ETHERTYPE.to_bytes(2, "big") + os.urandom(8)

    def send(self) -> None:
        """All of them, as fast as they go; each is numbered by its place among those accepted."""
        rest = bytes(self.size - len(self._head) - _NUMBER.size)
        began = time.monotonic()
        for turn in range(self.count):
            now = time.clock_gettime_ns(time.CLOCK_REALTIME)
            try:
                self._senders[turn // _PER_SOCKET].send(self._head + _NUMBER.pack(len(self.sent)) + rest)
                self.sent.append(now)
            except OSError as error:
                if error.errno not in (errno.ENOBUFS, errno.EAGAIN):  # ENOBUFS: the queue was full
                    self.problem = f"sending from {self.near}: {error.strerror}"
                    break
        self.sending_seconds = time.monotonic() - began

    @property
    def survived(self) -> int:
        """How many different frames arrived, also those that this machine was too slow to read."""
        return len({arrival.number for arrival in self.arrivals}) + self.overlooked

    @property
    def complete(self) -> bool:
        return self.survived >= len(self.sent)

    def receive(self) -> None:
        """Takes what has arrived."""
        head = len(self._head)
        while True:
            try:
                data, control, _, _ = self.receiver.recvmsg(head + _NUMBER.size, 64)
            except BlockingIOError:
                return
            if data[:head] == self._head and control:
                seconds, nanoseconds = _TIMESPEC.unpack(control[0][2][: _TIMESPEC.size])
                self.arrivals.append(Arrival(_NUMBER.unpack(data[head:])[0], seconds * 1_000_000_000 + nanoseconds))

    def count_overlooked(self) -> None:
        """Adds the frames that arrived while the receiving socket's buffer was full (PACKET_STATISTICS)."""
        answer = self.receiver.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        self.overlooked += struct.unpack("=II", answer)[1]

    def sockets(self) -> list[socket.socket]:
        return [self.receiver, *self._senders]


def close_all(streams: Sequence[Frames]) -> None:
    """Closes all their sockets."""
    close_sockets([end for stream in streams for end in stream.sockets()])


def close_sockets(sockets: Sequence[socket.socket]) -> None:
    """Closing a packet socket waits for the kernel (an RCU grace period); those that close together wait together."""
    with concurrent.futures.ThreadPoolExecutor(32) as closers:
        list(closers.map(socket.socket.close, sockets))
