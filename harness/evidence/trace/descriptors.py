"""Who holds a connection: file descriptors followed through a trace, from accept or connect to the last close.

A connection lives as long as a process has a descriptor for it; a FIN leaves when the last one is closed (close(2)), or when somebody
shuts the sending side down. Children have their parent's descriptors (fork(2)).
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence

from harness.evidence.trace.strace import SENDING, Call, Descriptor, End, Event, Signal

Ends = tuple[tuple[str, int], tuple[str, int]]
_FORKS = {"clone", "clone3", "fork", "vfork"}
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_TABLE_SHARED = "CLONE_FILES"


@dataclasses.dataclass(frozen=True)
class Release:
    """What may send a FIN. kind: "shutdown", "close" or "exit"; event: the call, or the end of the process; last: nobody holds
    the connection any more."""

    kind: str
    start: float
    event: Event
    last: bool


@dataclasses.dataclass(frozen=True)
class Holding:
    """What a side's processes did with one connection, each in the order of starts."""

    calls: tuple[Call, ...]
    releases: tuple[Release, ...]
    signals: tuple[Signal, ...]
    ends: tuple[End, ...]

    def after(self, name: str) -> list[Call]:
        """The calls that returned after the first one of this name ("shutdown"); none where there was none."""
        first = next((call.end or call.start for call in self.calls if call.name == name), math.inf)
        return [call for call in self.calls if (call.end or call.start) > first]


def follow(events: Sequence[Event], ends: Ends) -> Holding:
    """ends: (address, port) of this side and of the other one."""
    return _Follower(ends).follow(events)


class _Follower:
    def __init__(self, ends: Ends) -> None:
        self.ends = ends
        self.tables: dict[int, set[int]] = {}  # process → its descriptors of the connection
        self.calls: list[Call] = []
        self.releases: list[Release] = []
        self.signals: list[Signal] = []
        self.gone: list[End] = []
        self.holders: set[int] = set()  # processes that have ever held it
        self.dying: dict[int, Signal] = {}

    def follow(self, events: Sequence[Event]) -> Holding:
        for index, event in enumerate(events):
            if isinstance(event, Signal):
                if self.tables.get(event.pid):
                    self.signals.append(event)
                    self.dying[event.pid] = event
            elif isinstance(event, End):
                if event.pid in self.holders:
                    self.gone.append(event)
                self._leave(event.pid, event)
            elif event.name == "connect" and self._connects(event, events[index + 1 :]):
                assert event.descriptor is not None
                self._hold(event.pid, event.descriptor)
                self.calls.append(event)
            else:
                self._call(event)
        return Holding(tuple(self.calls), tuple(self.releases), tuple(self.signals), tuple(self.gone))

    def _held(self) -> bool:
        return any(self.tables.values())

    def _leave(self, pid: int, event: Call | End) -> None:
        """All descriptors of a process are closed."""
        table = self.tables.pop(pid, set())
        if not table or any(other is table for other in self.tables.values()):
            return  # it had none, or threads go on with them
        signal = self.dying.get(pid)
        killed = isinstance(event, End) and event.signal and signal is not None and signal.name == event.signal
        start = signal.start if killed and signal else event.start
        self.releases.append(Release("exit", start, event, not self._held()))

    def _is(self, descriptor: Descriptor | None) -> bool:
        return descriptor is not None and descriptor.local is not None and (descriptor.local, descriptor.remote) == self.ends

    def _call(self, call: Call) -> None:
        table = self.tables.setdefault(call.pid, set())
        if call.name in ("exit_group", "exit"):
            if table and call.name == "exit_group":
                self.calls.append(call)
                self._leave(call.pid, call)
            return
        if call.name in _FORKS and call.result and not call.error:
            shared = any(_TABLE_SHARED in argument for argument in call.arguments)
            self.tables[call.result] = table if shared else table | self.tables.get(call.result, set())
            self.holders |= {call.result} if table else set()
            return
        if call.name in ("accept", "accept4") and self._is(call.returned):
            self._hold(call.pid, call.returned)
            self.calls.append(call)
            return
        descriptor = call.descriptor
        if descriptor is None:
            return
        number = descriptor.number
        if self._is(descriptor):
            self._hold(call.pid, descriptor)
        elif descriptor.local is not None and descriptor.remote is not None:
            table.discard(number)  # the number stands for another connection now
        if number not in table:
            return
        if call.name in ("dup", "dup2", "dup3") and call.result is not None and not call.error:
            table.add(call.result)
            return
        self.calls.append(call)
        if call.name == "close":
            table.discard(number)
            self.releases.append(Release("close", call.start, call, not self._held()))
        elif call.name == "shutdown" and "SHUT_RD" not in call.arguments[1:2] and not call.error:
            self.releases.append(Release("shutdown", call.start, call, False))

    def _hold(self, pid: int, descriptor: Descriptor | None) -> None:
        assert descriptor is not None
        self.tables.setdefault(pid, set()).add(descriptor.number)
        self.holders.add(pid)

    def _connects(self, call: Call, later: Sequence[Event]) -> bool:
        """True for a connect to the other side's address and port, from this side's: which is known when the descriptor is next
        used. Where it is not used again, the address it goes to must do."""
        descriptor = call.descriptor
        if descriptor is None or len(call.arguments) < 2 or "AF_INET" not in call.arguments[1]:
            return False
        port = _PORT.search(call.arguments[1])
        if port is None or int(port[1]) != self.ends[1][1] or self.ends[1][0] not in _unhex(call.arguments[1]):
            return False
        for event in later:
            if isinstance(event, Call) and event.pid == call.pid and (used := event.descriptor) and used.number == descriptor.number:
                if used.local is not None and used.remote is not None:
                    return self._is(used)
                if event.name == "close":
                    break
        return True


def _unhex(text: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text)


def written(call: Call) -> int:
    """Bytes that a call put into the connection."""
    if call.name not in SENDING or call.error or not call.result or call.result < 0:
        return 0
    if call.name == "sendmmsg":  # its result is a number of messages
        return sum(int(length) for length in re.findall(r"msg_len=(\d+)", " ".join(call.arguments)))
    return call.result
