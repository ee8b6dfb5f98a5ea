"""Ties each frame of a TCP connection to what made its sender's kernel send it.

Data by their place in the stream: the write whose bytes a segment carries. SYN by the connect before it; FIN by the shutdown, the last
close or the end of the last process that held the connection; RST by a close that no FIN announced. Whatever no call explains is the
kernel's own: SYN-ACK, ACK, retransmissions, resets for those who ask where nobody listens. No frame may be older than its cause.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from harness.evidence.frames.frame import CLIENT, KERNEL, SERVER, Frame, other
from harness.evidence.trace.descriptors import Ends, Holding, Release, follow, written
from harness.evidence.trace.strace import RECEIVING, Call, End, Event

UNKNOWN = "unknown"
_CLOCKS = 0.0005  # seconds: strace and the capture read the same clock, at somewhat different moments


@dataclasses.dataclass(frozen=True)
class Cause:
    """A frame and what made it. cause: connect, send, shutdown, close, exit or kernel; unknown when no call explains it.
    call: the first call behind it, or the end of a process; received: calls of the other side that returned because of the frame."""

    frame: Frame
    cause: str
    call: Call | End | None = None
    received: tuple[Call, ...] = ()

    @property
    def side(self) -> str:
        return self.frame.side

    @property
    def text(self) -> str:
        """One line: "client connect → SYN"."""
        return f"{self.side} {self.cause} → {self.frame.label}"


@dataclasses.dataclass(frozen=True)
class Causes:
    """The frames of one connection with their causes, and what both sides' processes did with it (harness.evidence.trace.descriptors).
    programs and hosts: the names of client and server, for people."""

    items: tuple[Cause, ...]
    client: Holding
    server: Holding
    programs: tuple[str, str] = ("", "")
    hosts: tuple[str, str] = (CLIENT, SERVER)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Cause]:
        return iter(self.items)

    def __getitem__(self, index: int) -> Cause:
        return self.items[index]

    @property
    def telling(self) -> list[Cause]:
        """Without mere acknowledgements."""
        return [item for item in self.items if not item.frame.pure_ack]


def find(frames: Sequence[Frame], client: Sequence[Event], server: Sequence[Event], addresses: tuple[str, str]) -> Causes:
    """frames: of one connection, in order; client and server: the traces of both sides' processes; addresses: theirs."""
    ends = _ends(frames, addresses)
    holdings = {CLIENT: follow(client, ends), SERVER: follow(server, (ends[1], ends[0]))}
    search = {side: _Side(holding) for side, holding in holdings.items()}
    items = []
    for frame in frames:
        cause, call = search[frame.side].cause(frame)
        items.append(Cause(frame, cause, call, search[other(frame.side)].received(frame)))
    return Causes(tuple(items), holdings[CLIENT], holdings[SERVER])


def _ends(frames: Sequence[Frame], addresses: tuple[str, str]) -> Ends:
    for frame in frames:
        if frame.client_port is not None and frame.server_port is not None:
            return (addresses[0], frame.client_port), (addresses[1], frame.server_port)
    raise ValueError("no frame of a connection, so no system call can be tied to it")


class _Side:
    """What one side did, looked up for one frame after the other."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding
        self.sent_fin = self.sent_reset = False
        self._connects = [call for call in holding.calls if call.name == "connect"]
        self._writes, at = [], 0
        for call in holding.calls:
            if size := written(call):
                self._writes.append((at, at + size, call))
                at += size
        self._reads, at = [], 0
        for call in holding.calls:
            if call.name in RECEIVING and not call.error and call.result and "MSG_PEEK" not in " ".join(call.arguments):
                self._reads.append((at, at + call.result, call))
                at += call.result
        self._told: set[int] = set()
        self._furthest = 0

    def cause(self, frame: Frame) -> tuple[str, Call | End | None]:
        flags = frame.flag_set
        if frame.kind != "TCP" or frame.retransmission or frame.pure_ack:
            return KERNEL, None
        if "RST" in flags:
            return self._reset(frame)
        if "SYN" in flags:
            return (KERNEL, None) if "ACK" in flags else self._connect(frame)
        if frame.payload:
            return self._data(frame)
        if "FIN" in flags:
            self.sent_fin = True
            release = self._release(frame, ("shutdown", "close", "exit"))
            return (release.kind, _call_of(release)) if release else (UNKNOWN, None)
        return KERNEL, None

    def _connect(self, frame: Frame) -> tuple[str, Call | None]:
        begun = [call for call in self._connects if call.start <= frame.time + _CLOCKS and call.error not in ("EALREADY", "EISCONN")]
        return ("connect", begun[-1]) if begun else (UNKNOWN, None)

    def _data(self, frame: Frame) -> tuple[str, Call | None]:
        if "FIN" in frame.flag_set:
            self.sent_fin = True
        start = (frame.sequence or 1) - 1  # the SYN takes number 0
        if start + frame.payload <= self._furthest:
            return KERNEL, None  # sent before
        self._furthest = start + frame.payload
        for first, last, call in self._writes:
            if first < start + frame.payload and start < last and call.start <= frame.time + _CLOCKS:
                return "send", call
        return UNKNOWN, None

    def _reset(self, frame: Frame) -> tuple[str, Call | End | None]:
        release = None if self.sent_fin or self.sent_reset else self._release(frame, ("close", "exit"))
        self.sent_reset = True
        return (release.kind, _call_of(release)) if release else (KERNEL, None)

    def _release(self, frame: Frame, kinds: tuple[str, ...]) -> Release | None:
        """The first thing before the frame that ends the sending side: a shutdown, or what leaves nobody who holds it."""
        before = [one for one in self.holding.releases if one.kind in kinds and one.start <= frame.time + _CLOCKS]
        return next((one for one in before if one.last or one.kind == "shutdown"), before[-1] if before else None)

    def received(self, frame: Frame) -> tuple[Call, ...]:
        """The calls of this side, which receives the frame, that returned because of it; each is named once."""
        flags, found = frame.flag_set, []
        if "RST" in flags:
            found = [call for call in self.holding.calls if call.error in ("ECONNRESET", "ECONNREFUSED", "EPIPE")]
        elif "SYN" in flags and "ACK" in flags:
            found = [call for call in self._connects if not call.error]
        elif frame.payload:
            start = (frame.sequence or 1) - 1
            found = [call for first, last, call in self._reads if first < start + frame.payload and start < last]
        elif "FIN" not in flags and "SYN" not in flags:
            found = [call for call in self.holding.calls if call.name in ("accept", "accept4")]
        if "FIN" in flags:
            found += [call for call in self.holding.calls if call.name in RECEIVING and call.result == 0]
        news = [call for call in found if id(call) not in self._told and _end(call) + _CLOCKS >= frame.time]
        self._told |= {id(call) for call in news}
        return tuple(news)


def _end(call: Call) -> float:
    return call.end if call.end is not None else call.start


def _call_of(release: Release) -> Call | End | None:
    return release.event if isinstance(release.event, (Call, End)) else None
