"""Child processes with deadlines, ended with all their descendants."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Callable

_POLL = 1.0  # seconds between looks at the progress
_GRACE = 30.0  # seconds for an orderly end: mmdebstrap removes its tree


class VmError(RuntimeError):
    """The machine could not be made or run; the text says what was tried and what came of it."""


class DeadlinePassed(VmError):
    """A command took too long, and was ended."""


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that leads a session of its own, and what it started: in order, later by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(_GRACE)
            return
        except subprocess.TimeoutExpired:
            continue


def finish(process: subprocess.Popen[bytes], deadline: float, tick: Callable[[], None]) -> None:
    """Waits until the process has ended, calling tick() every second. Whatever interrupts that ends the process.

    Raises DeadlinePassed after deadline seconds.
    """
    last = time.monotonic() + deadline
    try:
        while True:
            try:
                process.wait(_POLL)
                return
            except subprocess.TimeoutExpired:
                tick()
            if time.monotonic() > last:
                raise DeadlinePassed(f"{process.args!r} did not end within {deadline:.0f} s")
    finally:
        if process.poll() is None:
            end(process)
