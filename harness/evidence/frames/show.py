"""Two frame tables side by side, as text and as cells for a page."""

from __future__ import annotations

from harness.evidence.frames.frame import CLIENT, Frame
from harness.evidence.frames.match import DIFFERENT, SAME, TOLERATED, Comparison

_SIGNS = {SAME: " ", TOLERATED: "~", DIFFERENT: "≠"}


def _cells(frame: Frame | None) -> list[str]:
    """Number, direction, what, payload, length."""
    if frame is None:
        return [""] * 5
    way = "client → server" if frame.side == CLIENT else "client ← server"
    what = frame.flags if frame.kind == "TCP" else f"{frame.kind} {frame.flags}".strip()
    return [str(frame.number), way, what, str(frame.payload), "" if frame.length is None else str(frame.length)]


_NUMBERS = (1, 4, 5, 6, 9, 10)
HEAD = ["No.", "way", "frame", "bytes", "length"]


def rows(comparison: Comparison) -> list[list[str]]:
    """The lines as cells: the mark (SAME, TOLERATED or DIFFERENT), five of the reference, five of the capture, the note."""
    return [[line.mark, *_cells(line.reference), *_cells(line.found), line.note] for line in comparison.lines]


def side_by_side(comparison: Comparison) -> str:
    """Both tables as text: ≠ marks a difference, ~ what TCP may do otherwise."""
    table = [["", *HEAD, *HEAD, ""], *([_SIGNS[row[0]], *row[1:]] for row in rows(comparison))]
    widths = [max(len(row[column]) for row in table) for column in range(12)]
    half = sum(widths[1:6]) + 2 * 4
    lines = [f"{'':{widths[0]}}  {'reference ' + comparison.reference.name:<{half}}  │  capture"]
    for row in table:
        cells = [cell.rjust(width) if i in _NUMBERS else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append(f"{cells[0]}  {'  '.join(cells[1:6])}  │  {'  '.join(cells[6:11])}  {row[11]}".rstrip())
    return "\n".join(lines)
