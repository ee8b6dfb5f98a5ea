"""A sequence diagram of captured packets: hosts as columns, time downwards, one arrow a packet.

The drawing is made in three steps: what to show (fold), where to show it (a row per item, each with its height and a
drawing function over Columns), and the markup. Another kind of row, or marks beside a host's column, is another class
with ``height`` and ``draw`` and, if it needs room at the sides, wider margins in Columns.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from typing import Protocol

from harness.report import svg
from harness.report.fold import Fold, fold
from harness.report.text import seconds_text
from harness.result import Frame

LABEL = 11.0  # font sizes in pixels
HEAD = 13.0
ARROW_HEIGHT = 27.0
FOLD_HEIGHT = 30.0
PAUSE_HEIGHT = 22.0
HEAD_HEIGHT = 42.0
HEAD_EVERY = 40  # rows after which the hosts are named again
GAP_LEAST = 140.0
EVERY_HOST_UP_TO = 6  # with more hosts, only those are drawn that take part


@dataclasses.dataclass
class Columns:
    """Where things stand from left to right, in pixels: the time gutter, one lifeline a host, the right margin."""

    names: list[str]
    x: dict[str, float]
    gutter: float
    width: float
    decimals: int

    def time(self, seconds: float) -> str:
        return f"{seconds:.{self.decimals}f}"


class Row(Protocol):
    height: float

    def draw(self, columns: Columns, y: float) -> str:
        """Markup for this row, which spans y … y + height."""


@dataclasses.dataclass
class Arrow:
    """One packet."""

    frame: Frame
    height: float = ARROW_HEIGHT

    def draw(self, columns: Columns, y: float) -> str:
        frame, middle = self.frame, y + 19
        start, end = columns.x[frame.source], columns.x[frame.destination]
        tip = f"No. {frame.number}, {frame.time:.6f} s, {frame.source} → {frame.destination}: {frame.label}"
        if frame.interface:
            tip += f" (at {frame.interface})"
        parts = [svg.title(tip), _time_label(columns, middle, frame.time), _number_label(middle, frame.number)]
        if start == end:
            d = f"M{svg.number(start)} {svg.number(middle - 8)}h22v10h-20m6 -4l-6 4l6 4"
            room, anchor, x = columns.width - end - 30, "start", start + 30
        else:
            way = 1 if end > start else -1
            head = f"m{-7 * way} -4l{7 * way} 4l{-7 * way} 4"
            d = f"M{svg.number(start)} {svg.number(middle)}H{svg.number(end - way)}{head}"
            room, anchor, x = abs(end - start) - 16, "middle", (start + end) / 2
        parts.append(svg.element("path", d=d, class_="arrow", fill="none", stroke="currentColor"))
        label = svg.fit(frame.label, room, LABEL)
        y_label = middle - 5 if anchor == "middle" else middle + 2
        parts.append(svg.text(x, y_label, label, text_anchor=None if anchor == "middle" else anchor))
        return svg.element("g", "".join(parts))


@dataclasses.dataclass
class FoldRow:
    """A mark for packets left out."""

    fold: Fold
    height: float = FOLD_HEIGHT

    def draw(self, columns: Columns, y: float) -> str:
        ends = [
            columns.x[end] for frame in (self.fold.first, self.fold.last) for end in (frame.source, frame.destination)
        ]
        left, right = min(ends), max(ends)
        if left == right:
            right = left + 60
        like = "like this" if self.fold.period == 1 else f"like these {self.fold.period}"
        note = f"… {self.fold.count:,} more {like} …".replace(",", "\u202f")
        middle = y + self.height / 2
        room = max(right - left, svg.width(note, LABEL, False) + 16)
        x = (left + right) / 2 - room / 2
        return svg.element(
            "g",
            svg.title(f"No. {self.fold.first.number} to {self.fold.last.number}")
            + _time_label(columns, middle + 4, self.fold.last.time, "… ")
            + svg.element(
                "rect", x=x + 6, y=y + 5, width=room - 12, height=20.0, rx=10, fill="currentColor", fill_opacity="0.09"
            )
            + svg.text((left + right) / 2, middle + 4, note, font_style="italic", font_family=svg.SANS),
        )


@dataclasses.dataclass
class Pause:
    """A mark where nothing was captured for long, compared with the rest."""

    seconds: float
    height: float = PAUSE_HEIGHT

    def draw(self, columns: Columns, y: float) -> str:
        middle = y + self.height / 2
        marks = [
            svg.element(
                "path",
                d=f"M{svg.number(x - 5)} {svg.number(middle + 2)}l4 -5l3 6l4 -5",
                fill="none",
                stroke="currentColor",
                stroke_opacity="0.55",
            )
            for x in columns.x.values()
        ]
        label = svg.text(
            columns.gutter - 12,
            middle + 4,
            f"+ {seconds_text(self.seconds)}",
            text_anchor="end",
            font_family=svg.SANS,
            font_size=10.0,
            fill_opacity="0.65",
            font_style="italic",
        )
        return svg.element("g", label + "".join(marks))


@dataclasses.dataclass
class Heads:
    """The names of the hosts."""

    height: float = HEAD_HEIGHT

    def draw(self, columns: Columns, y: float) -> str:
        parts = []
        for name in columns.names:
            label = svg.fit(name, GAP_LEAST - 30, HEAD, False)
            room = max(52.0, svg.width(label, HEAD, False) + 22)
            x = columns.x[name]
            parts.append(
                svg.element(
                    "rect",
                    x=x - room / 2,
                    y=y + 6,
                    width=room,
                    height=28.0,
                    rx=6,
                    class_="head",
                    stroke="#3b78d8",
                    fill="#3b78d8",
                    fill_opacity="0.14",
                )
            )
            parts.append(svg.text(x, y + 25, label, font_family=svg.SANS, font_size=HEAD, font_weight=600))
        return svg.element("g", "".join(parts))


def _time_label(columns: Columns, y: float, seconds: float, before: str = "") -> str:
    label = before + columns.time(seconds)
    return svg.text(columns.gutter - 12, y, label, text_anchor="end", fill_opacity="0.8")


def _number_label(y: float, number: int) -> str:
    return svg.text(2, y, f"#{number}", font_size=9.5, text_anchor="start", fill_opacity="0.55")


def _columns(frames: Sequence[Frame], hosts: Sequence[str]) -> Columns:
    ends = dict.fromkeys(end for frame in frames for end in (frame.source, frame.destination))
    shown = [host for host in dict.fromkeys(hosts) if len(hosts) <= EVERY_HOST_UP_TO or host in ends]
    names = shown + [end for end in ends if end not in shown]
    place = {name: i for i, name in enumerate(names)}
    widest = 460.0 if len(names) <= 3 else 300.0
    gaps = [GAP_LEAST] * max(0, len(names) - 1)
    for frame in frames:
        first, last = sorted((place[frame.source], place[frame.destination]))
        if last > first:
            need = (svg.width(frame.label, LABEL) + 24) / (last - first)
            for i in range(first, last):
                gaps[i] = max(gaps[i], min(need, widest))
    span = max((f.time for f in frames), default=0.0) - min((f.time for f in frames), default=0.0)
    decimals = 6 if span < 10 else 3
    latest = max((len(f"{frame.time:.{decimals}f}") for frame in frames), default=1)
    numbers = max((len(str(frame.number)) for frame in frames), default=1)
    gutter = svg.width("#" * (numbers + 1), 9.5) + svg.width("0" * (latest + 2), LABEL) + 28
    x, at = {}, gutter + 70
    for name, gap in zip(names, [*gaps, 0.0]):
        x[name] = at
        at += gap
    loops = [
        svg.width(f.label, LABEL) + 40 for f in frames if f.source == f.destination == (names[-1] if names else "")
    ]
    return Columns(names, x, gutter, at + max([70.0, *loops[:1]]), decimals)


def _rows(items: Sequence[Frame | Fold]) -> list[Row]:
    starts = [item.first.time if isinstance(item, Fold) else item.time for item in items]
    ends = [item.last.time if isinstance(item, Fold) else item.time for item in items]
    pauses = [later - earlier for earlier, later in zip(ends, starts[1:])]
    usual = statistics.median(pauses) if pauses else 0.0
    rows: list[Row] = []
    for i, item in enumerate(items):
        if i and pauses[i - 1] >= max(0.2, 8 * usual):
            rows.append(Pause(pauses[i - 1]))
        if i and i % HEAD_EVERY == 0 and len(items) - i > HEAD_EVERY / 2:
            rows.append(Heads())
        rows.append(FoldRow(item) if isinstance(item, Fold) else Arrow(item))
    return rows


def sequence_diagram(frames: list[Frame], hosts: list[str], more_than: int = 4) -> str:
    """The diagram as an SVG at its natural size. frames are in the order of capture, their times in seconds.

    Ends of frames that are not among hosts (a group address, a broadcast) get columns of their own at the right. With
    more than EVERY_HOST_UP_TO hosts, silent ones are left out. Runs of alike frames are folded when more than
    ``more_than`` would disappear.
    """
    columns = _columns(frames, hosts)
    rows: list[Row] = [Heads(), *_rows(fold(frames, more_than)), Heads()]
    lines, body, y = [], [], 0.0
    for row in rows:
        body.append(row.draw(columns, y))
        y += row.height
    for x in columns.x.values():
        lines.append(svg.line(x, HEAD_HEIGHT - 8, x, y - HEAD_HEIGHT + 6, stroke_opacity="0.3", stroke_dasharray="2 3"))
    axis = svg.text(
        columns.gutter - 12,
        25,
        "time in s",
        text_anchor="end",
        font_family=svg.SANS,
        font_size=10.0,
        fill_opacity="0.7",
    )
    # What most texts and lines share is said once: a page can hold thousands of them.
    shared = {"font_family": svg.MONOSPACE, "font_size": LABEL, "text_anchor": "middle", "stroke_width": "1.4"}
    drawn = svg.element("g", "".join([axis, *body]), **shared)
    label = f"Sequence of {len(frames)} packets between {', '.join(columns.names) or 'no hosts'}"
    return svg.document(columns.width, y, label, "".join([*lines, drawn]), "sequence")
