"""What a program did in place of what was waited for: the end of a sentence about what did not come about, empty where it has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.stage import sockets

if TYPE_CHECKING:
    from harness.stage.program import Program


def of_an_answer(program: Program, text: str, since: float) -> str:
    """text: what it has printed since it was asked (since: seconds since the epoch)."""
    if not program.running:
        return ""
    if text:
        return f": it printed {text[:60]!r}, which does not end a line"
    came = program.host.bytes_received(since) if program.role else 0
    held = f", although {came} bytes of data came to {program.host.name} meanwhile: does it write what it receives, and flush it?" if came else ""
    return f": it runs, and printed nothing{held}{connected(program)}"


def of_text(program: Program) -> str:
    """What is known of it beside what it printed."""
    return f": it runs{connected(program)}" if program.running else ""


def connected(program: Program) -> str:
    """Its connections of TCP, and those of its descendants, with their states."""
    pids = [program.pid, *(child.pid for child in program.children)]
    rows = [row for row in sockets.sockets(program.host.pid, "tcp") if row.foreign and sockets.held_by({row.inode}, pids)]
    return f", its connection: {', '.join(f'{row.state} to {row.foreign}' for row in rows)}" if rows else ""


def of_listening(program: Program, family: Iterable[int], protocol: str = "", port: int = 0) -> str:
    """Where it listens, if not where it should, on this port; where it has ended, which sockets its host has there, if it is named. family:
    process ids of its descendants."""
    if not program.running:
        if not port:
            return ""
        states = Counter(row.state for row in sockets.sockets(program.host.pid, protocol) if row.port == port)
        there = ", ".join(f"{count} in state {state}" for state, count in states.items())
        return f"; sockets of {program.host.name} with this port: {there or 'none'}"
    pids, found = [program.pid, *family], []
    for protocol in ("tcp", "udp"):
        for row in sockets.sockets(program.host.pid, protocol):
            waits = row.port and (protocol == "udp" or row.state == sockets.LISTEN)
            if waits and sockets.held_by({row.inode}, pids):
                found.append(f"{protocol} {row.address} port {row.port}")
    return f": it runs, and listens on {', '.join(found) or 'no port'}"


def of_an_end(program: Program) -> str:
    """Whether it alone is left, or children of it too."""
    children = program.children
    told = f" after {program.told_by}" if program.told_by else ""
    return f": it still runs{told}" + (f", with {len(children)} child{'ren' if len(children) > 1 else ''}" if children else "")
