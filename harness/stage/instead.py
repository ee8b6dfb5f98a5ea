"""What a program did in place of what was waited for: the end of a sentence about what did not come about, empty where it has ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.stage import sockets, standing

if TYPE_CHECKING:
    from harness.stage.program import Program


def of_an_answer(program: Program, text: str, since: float) -> str:
    """text: what it has printed since it was asked (since: seconds since the epoch)."""
    if not program.running:
        return ""
    if text:
        return f": it printed {text[:60]!r}, which does not end a line"
    came = program.host.bytes_received(since) if program.role else 0
    held = f", although {came} bytes of data came to {program.host.name} meanwhile: did they go to its port, does it write what it receives, and flush it?" if came else ""
    return f": it runs, and printed nothing{held}"


def of_listening(program: Program, protocol: str, port: int) -> str:
    """Where it listens, if not where it should; where it has ended, which sockets its host has on this port."""
    if program.running:
        return f": it runs, and listens on {standing.listening(program)}"
    states = Counter(row.state for row in sockets.sockets(program.host.pid, protocol) if row.port == port)
    there = ", ".join(f"{count} in state {state}" for state, count in states.items())
    return f"; sockets of {program.host.name} with this port: {there or 'none'}"


def of_an_end(program: Program) -> str:
    """That it is still there, and what it was told."""
    return ": it still runs" + (f" after {program.told_by}" if program.told_by else "")
