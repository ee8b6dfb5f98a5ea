"""What exit status 127 says of a program in a role: that it is not implemented, or that something was not found.

A shell ends with 127 when it does not find a command, and the dynamic loader when a library is missing: both say so. A program that
means "not implemented" ends with 127 at once and without a word, before anything that it was started for has come about.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.evidence.capture.packets import DecodeError
from harness.evidence.capture.recorder import CaptureError
from harness.judge.result import Verdict

if TYPE_CHECKING:
    from harness.stage.casting import Casting
    from harness.stage.line import LineProgram
    from harness.stage.program import Program

NOT_IMPLEMENTED = 127


def verdict(status: int | None, spoke: bool, served: bool, not_executed: bool = False) -> Verdict | None:
    """What a program's end alone says: SKIPPED, FAIL, or None when expectations decide.

    status: its exit status, negative for a signal, None while it runs. spoke: it wrote something to standard output or standard error.
    served: something that it was started for had come about: it listened, or sent a packet. not_executed: what the system did to start
    it failed (no such file, no such interpreter).
    """
    if not_executed:
        return Verdict.FAIL
    if status != NOT_IMPLEMENTED:
        return None
    return Verdict.FAIL if spoke or served else Verdict.SKIPPED


def verdict_of(program: Program | LineProgram, lab: Casting) -> Verdict | None:
    """verdict() of a program that a lab has started."""
    refused = program.refused != 0
    if verdict(program.status, spoke=False, served=False, not_executed=refused) is None:
        return None  # nobody needs to look into files and captures
    return verdict(program.status, spoke(program), served(program, lab), refused)


def spoke(program: Program | LineProgram) -> bool:
    """Whether something of it is on standard error, or on standard output where that is a file."""
    files = (program.stdout_path, program.stderr_path)
    return any(file.exists() and file.stat().st_size > 0 for file in files)


def served(program: Program | LineProgram, lab: Casting) -> bool:
    """Whether it was seen to listen, or its host sent something while it was the only program there (what the kernel sends by itself
    apart: resets, ICMP, ARP)."""
    if program.listened:
        return True
    if program.host.interface not in lab.recorders or any(_beside(program, other) for other in lab.programs):
        return False
    assert program.started is not None  # asked of programs that have ended only
    # What was sent last may wait for ARP, and leave when its program has ended.
    later = [other.started for other in lab.programs if other.host is program.host and other.started and other.started > program.started]
    sent = f"eth.src == {program.host.mac} && (udp || tcp) && !icmp && !icmpv6 && !(tcp.flags.reset == 1)"
    try:
        return len(lab.packets(program.host, sent).between(program.started, min(later, default=math.inf))) > 0
    except (CaptureError, DecodeError):
        return False  # the capture itself is in doubt, and judged as such


def _beside(program: Program | LineProgram, other: Program | LineProgram) -> bool:
    """Whether both ran on one host at some time."""
    begun, other_begun = (one.started or math.inf for one in (program, other))
    overlap = other_begun <= (program.ended or math.inf) and begun <= (other.ended or math.inf)
    return other is not program and other.host is program.host and overlap
