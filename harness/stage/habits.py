"""What every server in a role is looked at for when it is about to be told to end, whatever the question: shoulds, since no sheet asks.

Its clients have come and gone by then. What is left of them (connections, children), and what it does while nobody asks for anything, is
seen from outside: in the kernel's tables.
"""

from __future__ import annotations

import contextlib
import dataclasses
import operator
import os
import pathlib
import time
from typing import TYPE_CHECKING

from harness.judge.expect import amount
from harness.judge.hold import Hold
from harness.judge.result import ExpectationResult
from harness.judge.waiting import soon
from harness.stage import sockets
from harness.stage.processes import ZOMBIE, descendants, processor_seconds

if TYPE_CHECKING:
    from harness.evidence.capture.packets import Packets
    from harness.stage.program import Program

_LEFT = 8  # descriptors that a runtime may have opened for itself
_CROWD = 300  # clients
_LOOKS = 6  # at whether it runs, 5 ms apart
_GRACE = 1.0  # s that a server has to come back to a client that has left
_BUSY = 0.25  # of a core, since it listens: then it is looked at for a while
_WINDOW = 0.3  # s
IDS = ("orderly", "closes", "children", "rests", "bounded", "descriptors")
_GROWTH = 256 << 20  # bytes; a thousand clients that have left may well have cost 70 MB that no library gives back


@dataclasses.dataclass(frozen=True)
class Habits:
    """A server as it was when it began to listen on a port: when (seconds since the epoch, and of the monotonic clock), how much processor
    time it and its descendants had taken (seconds), how much memory they had for themselves (bytes), how many descriptors itself."""

    program: Program
    port: int
    protocol: str
    began: float
    since: float
    processor_seconds: float
    memory: int
    descriptors: int

    @classmethod
    def of(cls, program: Program, port: int, protocol: str) -> Habits:
        pids = _pids(program)
        return cls(program, port, protocol, time.time(), time.monotonic(), processor_seconds(pids), _memory(pids), _descriptors(program.pid))

    def look(self) -> list[ExpectationResult]:
        """What is to be said of it now, while it still runs."""
        rows = [self._rests(), self._is_bounded(), self._gives_back()]
        return [self._closes(), self._waits_for_children(), *rows] if self.protocol == "tcp" else rows

    def ends_in_order(self, packets: Packets) -> tuple[ExpectationResult, Packets]:
        """Whether it, by the packets of its host, ended no connection by a reset of its own, as the kernel sends it when something was left
        unread. What answers a client that goes on after the end has no ACK."""
        sent = f"eth.src == {self.program.host.mac} && tcp.srcport == {self.port} && tcp.flags.ack == 1"
        accepted = {packet["tcp.stream"] for packet in packets.where(f"{sent} && tcp.flags.syn == 1")}
        resets = packets.where(f"{sent} && tcp.flags.reset == 1")
        # One that has to turn clients of a crowd away does so with their words unread.
        count = sum(packet["tcp.stream"] in accepted for packet in resets) if len(accepted) <= _CROWD else 0
        why = "as when something was left unread, or SO_LINGER is set to 0"
        return self._row("orderly", "ends connections in order", f"no, {count} by a reset, {why}", count == 0), resets

    def _closes(self) -> ExpectationResult:
        left = soon(self._left_open, operator.not_, _GRACE)
        return self._row("closes", "closes the connections of clients that have left", f"no, {left} left open", left == 0)

    def _left_open(self) -> int:
        rows = [row for row in sockets.sockets(self.program.host.pid, "tcp") if row.port == self.port and row.state == sockets.CLOSE_WAIT]
        pids = _pids(self.program) if rows else []
        return sum(sockets.held_by({row.inode}, pids) for row in rows if row.inode)

    def _waits_for_children(self) -> ExpectationResult:
        left = soon(lambda: sum(child.state == ZOMBIE for child in descendants(self.program.pid)), operator.not_, _GRACE)
        return self._row("children", "waits for its children that have ended", f"no, {left} zombies", left == 0)

    def _rests(self) -> ExpectationResult:
        pids = _pids(self.program)
        lived = time.monotonic() - self.since
        share = (processor_seconds(pids) - self.processor_seconds) / max(lived, 0.5)
        if share > _BUSY or _always_runs(pids):  # it may have begun just now: its rest is measured
            before, begin = processor_seconds(pids), time.monotonic()
            time.sleep(_WINDOW)
            share = (processor_seconds(pids) - before) / (time.monotonic() - begin)
        return self._row("rests", "rests while nobody asks for anything", f"no, it takes {share:.0%} of a core", share <= _BUSY)

    def _is_bounded(self) -> ExpectationResult:
        grown = _memory(_pids(self.program)) - self.memory
        return self._row("bounded", "keeps nothing of what has passed", f"no, it has grown by {amount(grown, 'B')}", grown < _GROWTH)

    def _gives_back(self) -> ExpectationResult:
        """Of its own process: what a runtime opens when it is first needed, and connections that there still are, are no leak; nor are
        those that it has opened itself, as a proxy keeps some to origins, and a balancer to its nodes."""
        rows = [row for row in sockets.sockets(self.program.host.pid, self.protocol) if row.state == sockets.ESTABLISHED]
        own = sockets.inodes_of(self.program.pid)
        connections = sum(row.port == self.port or row.inode in own for row in rows)
        left = _descriptors(self.program.pid) - self.descriptors - connections
        return self._row("descriptors", "gives back the descriptors of clients that have left", f"no, {left} more than in the beginning", left <= _LEFT)

    def _row(self, id: str, what: str, found: str, held: bool) -> ExpectationResult:  # noqa: A002
        return ExpectationResult(f"{self.program} {what}", "yes", "yes" if held else found, held, holds=Hold.SHOULD, id=id)


def _pids(program: Program) -> list[int]:
    return [program.pid, *(one.pid for one in descendants(program.pid))]


def _memory(pids: list[int]) -> int:
    """Bytes of theirs that are in memory, and their own."""
    pages = 0
    for pid in pids:
        try:
            resident, shared = pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1:3]
        except OSError:
            continue
        pages += int(resident) - int(shared)
    return pages * os.sysconf("SC_PAGE_SIZE")


def _always_runs(pids: list[int]) -> bool:
    """Whether some of these threads is found running, or waiting for a processor, each time that one looks."""
    for _ in range(_LOOKS):
        if not any(_runs(pid) for pid in pids):
            return False
        time.sleep(0.005)
    return True


def _runs(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return any(pathlib.Path(thread.path, "stat").read_bytes().rpartition(b") ")[2][:1] == b"R" for thread in os.scandir(f"/proc/{pid}/task"))
    return False


def _descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0
