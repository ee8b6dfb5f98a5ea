"""Losses of bytes in a file, as a bad radio link makes them: bursts that vanish, at places drawn from a seed.

A receiver that lost a burst sees the bytes before and after it side by side; nothing tells it how many are missing.
How much a burst costs depends on its length. A single missing byte costs a program stream less payload than a transport
stream, for its next header is still found; from some tens of bytes on the header is swallowed, and the pack with it. A
multiple of 188 bytes would leave a transport stream in step, and flatter it.

The places are shares of the file, so that two files that carry the same pictures lose them at the same moments.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import random


@dataclasses.dataclass(frozen=True)
class Loss:
    """One burst: where it began in the undamaged file and how many bytes it took."""

    offset: int
    length: int


def losses_of(size: int, seed: int, count: int, length: int) -> list[Loss]:
    """Where the bursts fall in a file of size bytes: one somewhere in each of count equal parts, first and last 5 %
    of a part spared so that bursts stay apart. Raises ValueError when they do not fit."""
    part = size / count if count > 0 else 0
    if length < 1 or length > part * 0.05:
        raise ValueError(f"{count} bursts of {length} bytes do not fit well into {size} bytes")
    chance = random.Random(seed)
    return [Loss(int((number + 0.05 + 0.9 * chance.random()) * part), length) for number in range(count)]


def damage(
    path: str | os.PathLike[str], out: str | os.PathLike[str], seed: int, losses: int, length: int
) -> list[Loss]:
    """Writes to out what is left of path after the given number of bursts, each of length bytes. Raises OSError."""
    data = pathlib.Path(path).read_bytes()
    where = losses_of(len(data), seed, losses, length)
    kept, position = [], 0
    for loss in where:
        kept.append(data[position : loss.offset])
        position = loss.offset + loss.length
    kept.append(data[position:])
    pathlib.Path(out).write_bytes(b"".join(kept))
    return where
