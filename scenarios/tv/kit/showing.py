"""What was on the screen, when: the pictures a player showed, set against those of the original."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

# A picture that comes this much later than its place in the clip asks for is seen as a halt, in s.
STALL = 0.2


class NotShowing(ValueError):
    """A line is not what scenarios/tv/agents/tap.py writes."""


@dataclasses.dataclass(frozen=True)
class Stall:
    """The picture stood still: since when (CLOCK_MONOTONIC, s), for how much longer than it should have (s)."""

    time: float
    seconds: float


@dataclasses.dataclass(frozen=True)
class Showing:
    """The distinct pictures shown. times: CLOCK_MONOTONIC, s; frames: place in the original, -1 where none is equal.

    total: pictures in the original; rate: pictures per second.
    """

    times: np.ndarray
    frames: np.ndarray
    total: int
    rate: float

    @property
    def shown(self) -> int:
        """Distinct pictures on the screen, spoilt ones too; a picture shown again while nothing new came is one."""
        return len(self.times)

    @property
    def intact(self) -> int:
        """How many pictures of the original were shown, every pixel right."""
        return len(np.unique(self.frames[self.frames >= 0]))

    @property
    def missing(self) -> int:
        """How many pictures of the original were never shown right."""
        return self.total - self.intact

    @property
    def start_up(self) -> float:
        """Seconds from the first picture to the second: VLC holds the first one until its buffer is full."""
        return float(self.times[1] - self.times[0]) if len(self.times) > 1 else 0.0

    def _running(self) -> tuple[np.ndarray, np.ndarray]:
        """Times and frames of the intact pictures once the player runs, that is without the one held at the start."""
        intact = np.flatnonzero(self.frames >= 0)
        intact = intact[intact > 0]
        return self.times[intact], self.frames[intact]

    @property
    def delay(self) -> float:
        """By how many seconds the clip took longer than it should, after the start, up to its last intact picture.

        All stalls are in it, and slow motion too: starved of data, VLC halts now and then and drags in between.
        Negative when the player ran ahead by leaving pictures out.
        """
        times, frames = self._running()
        return float(times[-1] - times[0] - (frames[-1] - frames[0]) / self.rate) if len(times) else 0.0

    def stalls(self, threshold: float = STALL) -> list[Stall]:
        """Where the next intact picture came later than its distance in the clip by more than threshold seconds.

        Jumps over lost pictures are no stalls: the distance counts them. A player that makes up for lost time is not
        credited for it.
        """
        times, frames = self._running()
        excess = np.diff(times) - np.diff(frames) / self.rate
        return [Stall(float(times[at]), float(excess[at])) for at in np.flatnonzero(excess > threshold)]


def compare(lines: Sequence[str], original: Sequence[str], rate: float = 25.0) -> Showing:
    """Sets the lines of a tap against the hashes of the original (scenarios.tv.kit.decode.frame_hashes), rate in Hz.

    A last line cut short, as a killed tap leaves it, is left out. Raises NotShowing for any other strange line.
    """
    place = {digest: number for number, digest in enumerate(original)}
    times: list[float] = []
    frames: list[int] = []
    before = ""
    for number, line in enumerate(lines):
        stamp, _, digest = line.strip().partition(" ")
        try:
            time = float(stamp)
            int(digest, 16)
            if len(digest) != 32:
                raise ValueError
        except ValueError:
            if number == len(lines) - 1:
                break
            raise NotShowing(f"line {number + 1} is not a time and a hash: {line[:80]!r}") from None
        if digest != before:
            times.append(time)
            frames.append(place.get(digest, -1))
        before = digest
    return Showing(np.array(times), np.array(frames, dtype=np.int64), len(original), rate)
