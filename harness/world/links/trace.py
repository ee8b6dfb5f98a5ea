"""Packet-delivery traces in mahimahi's format: what a link with a varying rate can carry, and when.

One whole number of milliseconds a line, never smaller than the one before: at that time of the trace one chance to deliver
1,504 bytes. At its end the trace begins again; its last line is its length.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import Any

from harness.world.links.errors import LinkError

CHANCE = 1504
"""Bytes that one line of a trace lets through."""


@dataclasses.dataclass(frozen=True)
class Trace:
    """A trace file that was read and found good. chances: number of lines; milliseconds: length of one round."""

    path: str
    chances: int
    milliseconds: int

    @property
    def bw(self) -> float:
        """Mbit/s, the mean of one round."""
        return self.chances * CHANCE * 8 / self.milliseconds / 1e3

    def __str__(self) -> str:
        return f"trace {pathlib.Path(self.path).name} (mean {self.bw:.3g} Mbit/s, {self.milliseconds / 1e3:g} s)"


def read(name: str, value: Any) -> Trace:
    """Reads and checks a trace file; raises LinkError that names file and line."""
    if not isinstance(value, (str, os.PathLike)):
        raise LinkError(f"{name}={value!r} is not the name of a file")
    path = pathlib.Path(value).absolute()
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise LinkError(f"{name}={str(value)!r} cannot be read: {error.strerror}") from None
    before = chances = 0
    for position, line in enumerate(lines, 1):
        text = line.strip()
        if not text.isdigit():
            raise LinkError(f"{path}:{position}: {line[:40].decode('ascii', 'replace')!r} is not a whole number of milliseconds")
        if len(text) > 12:
            raise LinkError(f"{path}:{position}: {text[:40].decode()} ms is too long")
        if int(text) < before:
            raise LinkError(f"{path}:{position}: {int(text)} ms is before the {before} ms of an earlier line")
        before, chances = int(text), chances + 1
    if not chances:
        raise LinkError(f"{path}: the trace is empty")
    if not before:
        raise LinkError(f"{path}: the trace ends at 0 ms, so that it would deliver without end")
    return Trace(str(path), chances, before)
