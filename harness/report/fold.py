"""Folding of repeated packets, so that a diagram shows a thousand equal datagrams in three lines."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from harness.judge.result import Frame

# Counters that differ from packet to packet of the same kind.
_COUNTERS = re.compile(r"\b(seq|ack|tsval|tsecr|win|id|ip id|cseq)\s*[=:]\s*(0x)?[0-9a-f]+", re.IGNORECASE)
LONGEST_ROUND = 4


@dataclasses.dataclass
class Fold:
    """Frames left out because they repeat the ``period`` frames before them (0: in no strict order); they span first.time …
    last.time."""

    count: int
    period: int
    first: Frame
    last: Frame


def _kind(frame: Frame) -> tuple[str, str, str, str]:
    return frame.source, frame.destination, _COUNTERS.sub(r"\1", frame.label).replace("[PSH, ", "["), frame.kind


def _stream(frames: Sequence[Frame], kinds: Sequence[tuple[str, str, str, str]], at: int) -> int:
    """The end of the run from `at` of alike data segments one way and acknowledgements the other way, in any order; `at` if
    there is none."""
    data = next((i for i in range(at, min(at + 3, len(frames))) if frames[i].kind == "data"), None)
    if data is None:
        return at
    source, destination = kinds[data][:2]
    end = at
    while end < len(frames) and (
        kinds[end] == kinds[data]
        or (frames[end].kind == "ack" and (frames[end].source, frames[end].destination) == (destination, source))
    ):
        end += 1
    return end if end > data else at


def fold(frames: Sequence[Frame], more_than: int = 4, keep: int = 2) -> list[Frame | Fold]:
    """Frames in order, runs of alike ones replaced by their first ``keep`` rounds and a Fold.

    Two frames are alike when they go the same way and their labels differ at most in counters (sequence numbers,
    acknowledgements, time stamps, identifiers). A round is up to LONGEST_ROUND frames that repeat as a group, such as
    request and reply. A stream of alike data segments is a run too, however its acknowledgements are scattered. A run is
    folded only if more than ``more_than`` frames disappear.
    """
    kinds = [_kind(frame) for frame in frames]
    items: list[Frame | Fold] = []
    at = 0
    while at < len(frames):
        # (end of the run, frames of it that are shown, its period)
        runs = [(_stream(frames, kinds, at), 2 * keep, 0)]
        for period in range(1, LONGEST_ROUND + 1):
            end = at + period
            while end < len(frames) and kinds[end] == kinds[end - period]:
                end += 1
            runs.append((end - (end - at) % period, keep * period, period))
        end, most, period = max(runs, key=lambda run: (run[0] - run[1], run[2] > 0, -run[2]))  # what leaves out most
        shown = at + most
        if end - shown > more_than:
            items.extend(frames[at:shown])
            items.append(Fold(end - shown, period, frames[shown], frames[end - 1]))
            at = end
        else:
            items.append(frames[at])
            at += 1
    return items
