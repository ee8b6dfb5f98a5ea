"""Numbered datagrams over a link, and what is measured of them; two hosts joined by one link alone."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import select
import socket
import struct
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from mininet.topo import Topo

from harness.world.links.counting import Drop
from harness.world.network import Network
from harness.world.network.control import LinkControl
from harness.world.network.namespaces import visiting

PORT = 5000
FLOW = f"10.0.0.1:{PORT}>10.0.0.2:{PORT}/udp"
HEADERS = 42
"""Bytes of Ethernet, IP and UDP before the payload."""
_SO_TIMESTAMPNS_NEW = 64
_TIMESPEC = struct.Struct("=qq")
_NUMBER = struct.Struct("!I")
_BURST = 50
_SO_MEMINFO, _MEMINFO = 55, struct.Struct("9I")  # the last of them counts what found no room


class Pair(Topo):
    """h1 and h2 joined by a link, without a switch."""

    def build(self, **link: Any) -> None:
        self.name = "pair"
        hosts = [self.addHost(f"h{number}", mac=f"00:00:00:00:00:0{number}") for number in (1, 2)]
        self.addLink(*hosts, **link)


@contextlib.contextmanager
def pair(wire: list[str] | None = None, seed: int = 1, **link: Any) -> Iterator[tuple[Network, LinkControl]]:
    """A running Pair as a scenario finds it: the neighbours know one another, and nothing has crossed the link."""
    with tempfile.TemporaryDirectory() as folder:
        with Network(Pair(**link), wire=wire, seed=seed, folder=pathlib.Path(folder)) as network:
            for host, other in (network.net.hosts, network.net.hosts[::-1]):
                host.cmd(f"ip neigh replace {other.IP()} lladdr {other.MAC()} dev {host.defaultIntf()} nud permanent")
            network.begin()
            yield network, network.link("h1", "h2")


@dataclasses.dataclass
class Seen:
    """What arrived: numbers in order of arrival, their times (seconds since the epoch), when each was about to be sent; size of
    payload; all_sent: when the last was sent; overlooked: how many found the receiver's buffer full."""

    numbers: list[int]
    times: list[float]
    sent: list[float]
    size: int
    all_sent: float = 0.0
    overlooked: int = 0

    @property
    def missing(self) -> list[int]:
        return sorted(set(range(len(self.sent))) - set(self.numbers))

    @property
    def inversions(self) -> int:
        """How often one arrived right after a later one."""
        return sum(later < earlier for earlier, later in zip(self.numbers, self.numbers[1:]))

    @property
    def delays(self) -> list[float]:
        """Seconds under way, in order of arrival."""
        return [at - self.sent[number] for number, at in zip(self.numbers, self.times)]

    def rates(self, skip: int = 2) -> list[float]:
        """Mbit/s of whole frames, over each window of half of them; the first may leave at once."""
        times = self.times[skip:]
        window = len(times) // 2
        return [window * (self.size + HEADERS) * 8 / (later - earlier) / 1e6 for earlier, later in zip(times, times[window:])]

    def rate(self, burst: int = 0) -> float:
        """Mbit/s of whole frames: the rate of the slowest link that could have brought every packet by the time it came. Lateness delays
        packets and never brings them early, so that one of the last ones that came in time decides. burst: bytes that may leave before
        the first frame is paid for."""
        pairs = [(self.sent[number], at) for number, at in zip(self.numbers, self.times)]
        possible, impossible = 1e-9, self.times[-1] - self.sent[0] + 1.0  # seconds for a frame
        while impossible - possible > possible * 1e-6:
            middle = (possible + impossible) / 2
            if _could(pairs, middle, burst / (self.size + HEADERS)):
                possible = middle
            else:
                impossible = middle
        return (self.size + HEADERS) * 8 / possible / 1e6


def _could(pairs: list[tuple[float, float]], frame: float, burst: float) -> bool:
    """Whether a link that takes `frame` seconds for each could have brought packets in time. pairs: (sent, came) in
    the order of arrival; burst: in frames."""
    full = pairs[0][0]
    for sent, came in pairs:
        leaves = max(sent, full - burst * frame)
        if leaves > came:
            return False
        full = max(leaves, full) + frame
    return True


def exchange(network: Network, count: int, size: int = 100, every: float = 0.0, quiet: float = 0.5, turned: bool = False) -> Seen:
    """Sends datagrams of `size` bytes from h1 to h2 (turned: the other way), one `every` so many seconds (0: in bursts of 50), and
    takes what comes until nothing has come for `quiet` seconds."""
    source, target = network.net.hosts[::-1] if turned else network.net.hosts
    with visiting(target.pid):
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with visiting(source.pid):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with receiver, sender:
        receiver.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        receiver.bind((target.IP(), PORT))
        sender.bind((source.IP(), PORT))
        sender.connect((target.IP(), PORT))
        return _exchange(sender, receiver, count, size, every, quiet)


def _exchange(sender: socket.socket, receiver: socket.socket, count: int, size: int, every: float, quiet: float) -> Seen:
    seen = Seen([], [], [], size)
    poll = select.poll()
    poll.register(receiver, select.POLLIN)
    begun = heard = time.monotonic()
    rest = bytes(size - _NUMBER.size)
    while True:
        now = time.monotonic()
        due = count if not every else min(count, int((now - begun) / every) + 1)
        for _ in range(min(_BURST, due - len(seen.sent))):
            stamp = time.clock_gettime(time.CLOCK_REALTIME)
            sender.send(_NUMBER.pack(len(seen.sent)) + rest)
            seen.sent.append(stamp)
            seen.all_sent = time.clock_gettime(time.CLOCK_REALTIME)
            heard = now
        left = count - len(seen.sent)
        patience = max(0.0, heard + quiet - now) if not left else max(0.0, begun + len(seen.sent) * every - now) if every else 0.002
        ready = poll.poll(patience * 1000)
        while ready:
            try:
                data, control, _, _ = receiver.recvmsg(_NUMBER.size, 64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            seconds, nanoseconds = _TIMESPEC.unpack(control[0][2][: _TIMESPEC.size])
            seen.numbers.append(_NUMBER.unpack(data)[0])
            seen.times.append(seconds + nanoseconds / 1e9)
            heard = time.monotonic()
        if not left and time.monotonic() - heard >= quiet:
            seen.overlooked = _MEMINFO.unpack(receiver.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))[-1]
            return seen


def lost_by(link: LinkControl, *causes: str) -> list[int]:
    """The numbers of the datagrams that the link says it dropped for one of the causes."""
    return [drop.index for drop in of_flow(link.drops()) if drop.cause in causes]


def of_flow(drops: list[Drop]) -> list[Drop]:
    return [drop for drop in drops if drop.flow == FLOW]
