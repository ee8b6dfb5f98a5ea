"""Was it the link, or the machine? What else ran, and how late programs were woken, while a row was measured."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import time

from harness.run.guard import LagWatch

FOREIGN, STOLEN, LAG_P99, LAG_MOST = 0.10, 0.05, 0.001, 0.020
"""Beyond these a row is disturbed: processor cores that others used, or the hypervisor; seconds that wake-ups were late."""

_TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True)
class Disturbance:
    """foreign: cores that processes outside of the cell kept busy with their own code; stolen: cores that the hypervisor did not
    give; busy: cores busy with anything; lag_p99, lag_max: lateness of wake-ups (s); load: the load average at the end."""

    foreign: float
    stolen: float
    busy: float
    lag_p99: float
    lag_max: float
    load: float

    def reasons(self, own_load: bool) -> list[str]:
        """Why the row is disturbed; empty when it is not. own_load: the row itself keeps the processors busy, and is late by itself."""
        found = []
        if self.foreign > FOREIGN:
            found.append(f"others used {self.foreign:.2f} cores")
        if self.stolen > STOLEN:
            found.append(f"{self.stolen:.2f} cores were stolen")
        if not own_load and (self.lag_p99 > LAG_P99 or self.lag_max > LAG_MOST):
            found.append(f"woken late by p99 {self.lag_p99 * 1e3:.1f}, at most {self.lag_max * 1e3:.0f} ms")
        return found

    @property
    def weight(self) -> float:
        """How bad it was, to choose the least disturbed of several."""
        return self.foreign / FOREIGN + self.stolen / STOLEN + self.lag_p99 / LAG_P99 + self.lag_max / LAG_MOST


class Watch:
    """From construction until finish(); in the cell, whose processes are those that /proc shows."""

    def __init__(self) -> None:
        self._lag = LagWatch()
        self._began, self._machine, self._own = time.monotonic(), _machine(), own_seconds()

    def finish(self) -> Disturbance:
        seconds, own, machine = time.monotonic() - self._began, own_seconds(), _machine()
        user, busy, stolen = ((new - old) / seconds for new, old in zip(machine, self._machine))
        lag = self._lag.finish()
        foreign = max(0.0, user - (own - self._own) / seconds)
        return Disturbance(foreign, stolen, busy, lag.p99, lag.maximum, os.getloadavg()[0])


def _machine() -> tuple[float, float, float]:
    """Seconds of all cores since boot: in programs' own code, busy with anything, stolen."""
    user, nice, system, _, _, irq, softirq, steal = (int(word) / _TICK for word in pathlib.Path("/proc/stat").read_text().split()[1:9])
    return user + nice, user + nice + system + irq + softirq, steal


def own_seconds() -> float:
    """Processor time that the cell's processes, those included that have ended, spent in their own code."""
    total = 0
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            total += int(words[11]) + int(words[13])
    return total / _TICK


def processor_seconds(pid: int) -> float:
    """Of one process, all its threads, in its own code and the kernel's."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
