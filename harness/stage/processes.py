"""Which processes descend from another one, read from /proc/PID/stat (proc(5))."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Iterable

ZOMBIE = "Z"


@dataclasses.dataclass(frozen=True)
class Process:
    """state is the kernel's letter: R runs, S sleeps, Z has ended and was not waited for by its parent."""

    pid: int
    parent: int
    state: str
    name: str

    def __str__(self) -> str:
        return f"{self.pid} {self.state} {self.name}"


def read_process(pid: int) -> Process | None:
    """One process, or None when there is no such process (any more)."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")  # a process may give itself any bytes as its name
    except OSError:
        return None
    name = stat[stat.index("(") + 1 : stat.rindex(")")]
    state, parent = stat.rpartition(")")[2].split()[:2]
    return Process(pid, int(parent), state, name)


def alive(pid: int) -> bool:
    """True while the process exists and has not ended (a zombie has)."""
    process = read_process(pid)
    return process is not None and process.state != ZOMBIE


def descendants(pid: int) -> list[Process]:
    """Children, grandchildren and so on, nearest first, zombies included."""
    families: dict[int, list[Process]] = {}
    for entry in os.listdir("/proc"):
        process = read_process(int(entry)) if entry.isdigit() else None
        if process:
            families.setdefault(process.parent, []).append(process)
    found, queue = [], [pid]
    while queue:
        children = families.get(queue.pop(0), [])
        found += children
        queue += [child.pid for child in children]
    return found


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of the processes so far, with that of their children that have ended and were waited for."""
    ticks = 0
    for pid in pids:
        try:
            ticks += sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def marked(variable: str, value: str) -> list[int]:
    """Process ids of those started with variable=value in their environment: it stays with descendants wherever they go,
    into sessions of their own and to other parents."""
    wanted = f"{variable}={value}".encode()
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and wanted in pathlib.Path("/proc", entry, "environ").read_bytes().split(b"\0"):
                found.append(int(entry))
        except OSError:
            continue
    return found
