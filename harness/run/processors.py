"""How much of this machine's processors nobody uses."""

from __future__ import annotations

import os
import pathlib
import time

_WINDOW = 1.0  # seconds: what is shorter tells of chance
_IDLE, _WAITING = 3, 4  # columns of /proc/stat behind the name (proc(5)): idle, and idle while a disk is waited for


class Processors:
    """Those that this process may use."""

    def __init__(self) -> None:
        self._names = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        self._ticks = os.sysconf("SC_CLK_TCK")
        self._since, self._before = time.monotonic(), self._counted()

    def idle(self) -> float | None:
        """Processors that were idle, on the average, since the last call that got a number; None when that is less than a second ago."""
        seconds = time.monotonic() - self._since
        if seconds < _WINDOW:
            return None
        counted = self._counted()
        idle = (counted - self._before) / self._ticks / seconds
        self._since, self._before = time.monotonic(), counted
        return idle

    def _counted(self) -> int:
        lines = (line.split() for line in pathlib.Path("/proc/stat").read_text().splitlines())
        return sum(int(words[1 + column]) for words in lines if words[0] in self._names for column in (_IDLE, _WAITING))
