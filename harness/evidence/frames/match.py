"""Holds the frames of a capture against a reference table, tolerant only where TCP may differ from one run to the next.

Frames that carry something (SYN, data, FIN, RST, datagrams, ICMP) must be the table's, in its order, with its flags, directions
and lengths. What may differ are acknowledgements (RFC 9293, 3.8.6.3 leaves their moment to the receiver): one of the table may
be missing if a later frame of that side acknowledges as much, others may appear, and they may stand elsewhere among the frames.
A FIN may ride on the data before it where the table says so.

Frames are aligned with the table at the least cost: nothing for what is equal, next to nothing for a tolerated difference.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from harness.evidence.frames.frame import CLIENT, SERVER, Frame, other
from harness.evidence.frames.reference import Reference

SAME, TOLERATED, DIFFERENT = "same", "tolerated", "different"
_TOLERATED_COST, _DIFFERENT_COST = 0.001, 1.0
MOST_FRAMES = 2000  # the alignment takes time and memory in proportion to frames times rows


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of the two tables side by side: a frame of the reference, one of the capture, or both. mark: SAME, TOLERATED,
    DIFFERENT; note: why it is not the same."""

    reference: Frame | None
    found: Frame | None
    mark: str
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The tables side by side, and whether they agree. problems are sentences about differences; empty when they agree."""

    reference: Reference
    lines: tuple[Line, ...]
    problems: tuple[str, ...]

    @property
    def agree(self) -> bool:
        return not self.problems


def compare(reference: Reference, found: Sequence[Frame]) -> Comparison:
    """The capture's frames, in their order, against the table: with as much of may_follow as fits best."""
    cut = found[:MOST_FRAMES]
    best: Comparison | None = None
    for more in range(len(reference.may_follow) + 1):
        rows = reference.frames + reference.may_follow[:more]
        lines = _align(rows, cut)
        problems = [_problem(line) for line in lines if line.mark == DIFFERENT] + acknowledgement_problems(rows, cut)
        if len(found) > len(cut):
            problems.append(f"{len(found) - len(cut)} more frames, which were not looked at")
        comparison = Comparison(reference, tuple(lines), tuple(problems))
        if comparison.agree:
            return comparison
        if best is None or len(problems) < len(best.problems):
            best = comparison
    assert best is not None
    return best


def _problem(line: Line) -> str:
    if line.reference is None:
        assert line.found is not None
        return f"frame {line.found.number} is not in the table: {line.found.side} sends {line.found.label}"
    row = f"row {line.reference.number} ({line.reference.side} sends {line.reference.label})"
    if line.found is None:
        return f"{row} is missing"
    return f"{row} is frame {line.found.number}: {line.note}"


def _equal(row: Frame, frame: Frame) -> bool:
    same = (row.kind, row.side, row.flag_set, row.payload) == (frame.kind, frame.side, frame.flag_set, frame.payload)
    return same and row.length in (None, frame.length)


def _differences(row: Frame, frame: Frame) -> str:
    """In which respects a frame is not what the row says."""
    told = []
    if row.side != frame.side:
        told.append(f"sent by the {frame.side}, not the {row.side}")
    if row.kind != frame.kind:
        told.append(f"{frame.kind}, not {row.kind}")
    if row.flag_set != frame.flag_set:
        told.append(f"[{frame.flags}], not [{row.flags}]")
    if row.payload != frame.payload:
        told.append(f"{frame.payload} bytes, not {row.payload}")
    elif row.length not in (None, frame.length):
        told.append(f"{frame.length} bytes on the wire, not {row.length}")
    return ", ".join(told)


def _joins(rows: Sequence[Frame]) -> dict[int, int]:
    """Data row → the FIN row that may ride on it: the next of that side with nothing but ACKs between them."""
    joins = {}
    for i, row in enumerate(rows):
        if row.payload and row.kind == "TCP" and "FIN" not in row.flag_set:
            k = next((k for k in range(i + 1, len(rows)) if not rows[k].pure_ack), None)
            if k is not None and rows[k].side == row.side and rows[k].may_join and not rows[k].payload:
                joins[i] = k
    return joins


def _joined(data: Frame, fin: Frame, frame: Frame) -> bool:
    """True for a segment that carries the data and the FIN of these two rows."""
    return _equal(dataclasses.replace(data, flags=", ".join(data.flag_set | fin.flag_set)), frame)


def _align(rows: Sequence[Frame], frames: Sequence[Frame]) -> list[Line]:
    """The cheapest alignment, as lines. cost[i][j] is that of rows[i:] with frames[j:]."""
    joins = _joins(rows)
    ack_lengths = {row.length for row in rows if row.pure_ack and row.length is not None}

    def missing(row: Frame) -> float:
        return _TOLERATED_COST if row.pure_ack else _DIFFERENT_COST

    def extra(frame: Frame) -> float:
        usual = not ack_lengths or frame.length is None or frame.length in ack_lengths
        return _TOLERATED_COST if frame.pure_ack and usual else _DIFFERENT_COST

    height, width = len(rows), len(frames)
    cost = [[0.0] * (width + 1) for _ in range(height + 1)]
    step: list[list[tuple[int, int]]] = [[(0, 0)] * (width + 1) for _ in range(height + 1)]
    extras = [extra(frame) for frame in frames]
    for i in range(height, -1, -1):
        for j in range(width, -1, -1):
            ways: list[tuple[float, tuple[int, int]]] = []
            if i < height and j < width:
                fits = _equal(rows[i], frames[j])
                # A little more than a missing row and an extra frame apart, when they have no side in common.
                unlike = _DIFFERENT_COST * (1.0 if rows[i].side == frames[j].side else 2.0) + _TOLERATED_COST
                ways.append(((0.0 if fits else unlike) + cost[i + 1][j + 1], (i + 1, j + 1)))
                if i in joins and _joined(rows[i], rows[joins[i]], frames[j]):
                    ways.append((_TOLERATED_COST + cost[joins[i] + 1][j + 1], (joins[i] + 1, j + 1)))
            if i < height:
                ways.append((missing(rows[i]) + cost[i + 1][j], (i + 1, j)))
            if j < width:
                ways.append((extras[j] + cost[i][j + 1], (i, j + 1)))
            if ways:
                cost[i][j], step[i][j] = min(ways, key=lambda way: way[0])
    lines, i, j = [], 0, 0
    while (i, j) != (height, width):
        next_i, next_j = step[i][j]
        lines += _lines(rows[i:next_i], frames[j:next_j], extras[j : j + 1])
        i, j = next_i, next_j
    return lines


def _lines(rows: Sequence[Frame], frames: Sequence[Frame], extra: Sequence[float]) -> list[Line]:
    """One step of the alignment, as lines."""
    if not frames:
        (row,) = rows
        return [Line(row, None, TOLERATED, "told by a later frame") if row.pure_ack else Line(row, None, DIFFERENT, "missing")]
    (frame,) = frames
    if not rows:
        if extra[0] < _DIFFERENT_COST:
            return [Line(None, frame, TOLERATED, "an ACK of its own")]
        return [Line(None, frame, DIFFERENT, "not in the table" if not frame.pure_ack else f"an ACK of {frame.length} bytes")]
    if len(rows) == 1:
        same = _equal(rows[0], frame)
        return [Line(rows[0], frame, SAME if same else DIFFERENT, "" if same else _differences(rows[0], frame))]
    between = [Line(row, None, TOLERATED, "told by a later frame") for row in rows[1:-1]]
    return [Line(rows[0], frame, TOLERATED, "with the FIN"), *between, Line(rows[-1], None, TOLERATED, "rides on the data")]


def acknowledgement_problems(rows: Sequence[Frame], frames: Sequence[Frame]) -> list[str]:
    """What TCP forbids, and what the table acknowledges but the capture does not. Frames whose numbers are not known are
    taken as they are."""
    problems: list[str] = []
    sent: dict[str, int | None] = {CLIENT: None, SERVER: None}
    acknowledged: dict[str, int] = {CLIENT: 0, SERVER: 0}
    known = False
    half_open = False
    for frame in frames:
        if frame.kind != "TCP":
            continue
        side, peer = frame.side, other(frame.side)
        flags = frame.flag_set
        if side == CLIENT and "ACK" in flags:
            half_open = False
        if half_open and side == SERVER and frame.consumes and "SYN" not in flags:
            problems.append(f"frame {frame.number}: the server sends before the client has acknowledged its SYN")
            half_open = False
        half_open = half_open or (side == SERVER and {"SYN", "ACK"} <= flags)
        if frame.sequence is not None and "RST" not in flags:
            start = sent[side]
            if frame.consumes and start is not None and frame.sequence != start:
                what = "repeats what was sent before" if frame.sequence < start else "leaves out bytes"
                problems.append(f"frame {frame.number}: the {side}'s {frame.label} {what}")
            if start is None or frame.consumes:
                sent[side] = max(start or 0, frame.sequence + frame.consumes)
        if "ACK" in flags and frame.acknowledged is not None:
            known = True
            limit = sent[peer]
            if limit is not None and frame.acknowledged > limit and "RST" not in flags:
                problems.append(f"frame {frame.number}: the {side} acknowledges what was never sent")
            acknowledged[side] = max(acknowledged[side], frame.acknowledged)
    if known:
        for side, needed in _acknowledged_by(rows).items():
            if acknowledged[side] < needed:
                problems.append(
                    f"the {side} acknowledges {acknowledged[side]} sequence numbers, the table {needed} (SYN and FIN count 1 each)"
                )
    return problems


def _acknowledged_by(rows: Sequence[Frame]) -> dict[str, int]:
    """How many sequence numbers of the other side each has acknowledged at the table's end."""
    sent = {CLIENT: 0, SERVER: 0}
    told = {CLIENT: 0, SERVER: 0}
    for row in rows:
        sent[row.side] += row.consumes
        if row.kind == "TCP" and "ACK" in row.flag_set:
            told[row.side] = sent[other(row.side)]
    return told
