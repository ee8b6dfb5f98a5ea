"""A train of raw frames over one direction of a link, to measure its rate and the length of its queue."""

from __future__ import annotations

import concurrent.futures
import errno
import math
import os
import select
import socket
import statistics
import struct
import time

from harness.network.links import FRAME

ETHERTYPE = 0x88B5  # IEEE 802, local experimental EtherType 1
_DESTINATION = bytes.fromhex("0180c200000e")  # nearest bridge: never forwarded
_ETH_P_ALL = 0x0003
_SO_TIMESTAMPNS_NEW = 64
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_TIMESPEC = struct.Struct("=qq")
_SECONDS = 0.25  # that a train may take
_SHORTEST = 0.02  # seconds that a train without a queue to fill should take, where _LONGEST allows
_TOKENS = 1600  # bytes that HTB lets through at once: tc's default cburst
_SMALLEST = 100  # bytes
_LONGEST = 1000  # packets
_PER_SOCKET = 60  # full-sized frames that fit into one socket's default send buffer
_GRACE = 1.5  # seconds beyond the expected end before missing frames count as lost


class Train:
    """Frames from interface ``near`` to ``far``. bw: declared, Mbit/s; queue: declared, packets, or None.

    After run_trains: measured_bw (Mbit/s; None if frames could not be sent or read fast enough), sent and
    survived (frames), tries_queue (sent were more than the queue holds), problem (empty when all is as declared).
    """

    def __init__(self, near: str, far: str, bw: float, queue: int | None) -> None:
        self.near, self.far, self.bw, self.queue = near, far, bw, queue
        self.measured_bw: float | None = None
        self.problem = ""
        budget = _SECONDS * bw * 1e6 / 8
        self.tries_queue = queue is not None and queue <= _LONGEST and queue * _SMALLEST <= budget
        if self.tries_queue:
            assert queue
            self.size = int(min(FRAME, max(_SMALLEST, budget / (queue + 3))))
            self.sent = queue + queue // 4 + self._free + 8
        else:
            # Few enough to fit into any queue declared, small enough to be through in time.
            wanted = max(40, math.ceil(_SHORTEST * bw * 1e6 / 8 / FRAME))
            self.sent = min(wanted, queue or _LONGEST, _LONGEST)
            self.size = int(min(FRAME, max(_SMALLEST, budget / self.sent)))
        self._stamps: list[int] = []
        self._accepted = self._overlooked = 0
        self._sending_seconds = 0.0

    @property
    def survived(self) -> int:
        """Frames that crossed the link, also those that this machine was too slow to read."""
        return len(self._stamps) + self._overlooked

    @property
    def _free(self) -> int:
        """Frames that pass before the rate takes hold."""
        return math.ceil(_TOKENS / self.size) + 1

    def open_receiver(self) -> None:
        """In the namespace of the far end."""
        self.receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.receiver.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        self.receiver.bind((self.far, _ETH_P_ALL))

    def open_sender(self) -> None:
        """In the namespace of the near end. Several sockets: the queue, not a send buffer, is to be the limit."""
        self._senders = []
        for _ in range(math.ceil(self.sent / _PER_SOCKET)):
            sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
            sender.bind((self.near, 0))
            self._senders.append(sender)
        self._source = self._senders[0].getsockname()[4]

    def send(self) -> None:
        token = os.urandom(8)
        self._head = _DESTINATION + self._source + ETHERTYPE.to_bytes(2, "big") + token
        frame = self._head + bytes(self.size - len(self._head))
        began = time.monotonic()
        for number in range(self.sent):
            try:
                self._senders[number // _PER_SOCKET].send(frame)
                self._accepted += 1
            except OSError as error:
                if error.errno not in (errno.ENOBUFS, errno.EAGAIN):  # ENOBUFS: the queue was full
                    self.problem = f"sending from {self.near}: {error.strerror}"
                    break
        self._sending_seconds = time.monotonic() - began

    @property
    def expected_seconds(self) -> float:
        return self._accepted * self.size * 8 / self.bw / 1e6

    @property
    def complete(self) -> bool:
        return self.survived >= self._accepted

    def receive(self) -> None:
        """Takes what has arrived."""
        while True:
            try:
                data, control, _, _ = self.receiver.recvmsg(len(self._head), 64)
            except BlockingIOError:
                return
            if data == self._head and control:
                seconds, nanoseconds = _TIMESPEC.unpack(control[0][2][: _TIMESPEC.size])
                self._stamps.append(seconds * 1_000_000_000 + nanoseconds)

    def count_overlooked(self) -> None:
        """Adds the frames that arrived while the receiving socket's buffer was full (PACKET_STATISTICS)."""
        statistics_bytes = self.receiver.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        self._overlooked += struct.unpack("=II", statistics_bytes)[1]

    def judge(self) -> None:
        """Compares what arrived with what was declared."""
        if self.problem:
            return
        name = f"{self.near} to {self.far}"
        if self.survived < self._accepted:
            lost = self._accepted - self.survived
            self.problem = f"{name}: {lost} of {self._accepted} frames that were accepted did not arrive"
            return
        offered = self._accepted * self.size * 8 / 1e6 / self._sending_seconds
        if offered > 1.2 * self.bw and not self._overlooked:
            self.measured_bw = self._measure()
            # Above 100 Mbit/s the time between two frames nears the machine's timer and scheduling noise.
            tolerance = 0.05 if self.bw <= 100 else 0.15
            if abs(self.measured_bw - self.bw) > tolerance * self.bw:
                self.problem = f"{name}: the rate is {self.measured_bw:.3f} Mbit/s, declared {self.bw:g} Mbit/s"
                return
        if self.tries_queue and self.queue:
            drained = math.ceil(self._sending_seconds * self.bw * 1e6 / 8 / self.size)
            if not self.queue <= self.survived <= self.queue + self._free + drained:
                self.problem = (
                    f"{name}: {self.survived} of {self.sent} frames survived; the queue declared holds {self.queue}, "
                    f"and {self._free + drained} could pass without waiting"
                )

    def _measure(self) -> float:
        """Mbit/s: the median over all windows half as long as the train, which one stall of the machine cannot move."""
        stamps = self._stamps[min(self._free, self.survived // 3) :]
        window = len(stamps) // 2
        spans = [later - earlier for earlier, later in zip(stamps, stamps[window:])]
        return window * self.size * 8e3 / max(1, statistics.median(spans))

    def sockets(self) -> list[socket.socket]:
        return [self.receiver, *self._senders]


def run_trains(trains: list[Train]) -> None:
    """All at once; returns when every frame that was accepted has arrived, or cannot any more."""
    if not trains:
        return
    poll, owners = select.poll(), {}
    for train in trains:
        train.send()
        train.receive()
        poll.register(train.receiver, select.POLLIN)
        owners[train.receiver.fileno()] = train
    deadline = time.monotonic() + max(train.expected_seconds for train in trains) + _GRACE
    while time.monotonic() < deadline and not all(train.complete for train in trains):
        ready = poll.poll(100)
        for descriptor, _ in ready:
            owners[descriptor].receive()
        if not ready:
            for train in trains:
                train.count_overlooked()
    for train in trains:
        train.judge()
    # Closing a packet socket waits for the kernel (an RCU grace period); those that close together wait together.
    with concurrent.futures.ThreadPoolExecutor(32) as closers:
        list(closers.map(socket.socket.close, [end for train in trains for end in train.sockets()]))
