"""Matchers for the exit statuses of programs, which ask more of ours than any sheet asks of a student."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from harness.judge.expect import Matcher, equals

if TYPE_CHECKING:
    from harness.stage.program import Program


def interrupted(program: Program) -> Matcher:
    """What Ctrl+C may make of a program that was interrupted: our own end in order, status 0; one in the place of ours may also leave it
    to the system, or have a status for it. No sheet asks for more than an end."""
    if not program.host.lab.roles[program.role]["replaced"]:
        return equals(0)
    return Matcher("a status, or an end by SIGINT", lambda found: found >= 0 or found == -signal.SIGINT, "either")


def ended(program: Program) -> Matcher:
    """What the end of its input may make of a program: status 0 of ours, any status of another."""
    if not program.host.lab.roles[program.role]["replaced"]:
        return equals(0)
    return Matcher("an end by itself", lambda found: found >= 0, "any status")
