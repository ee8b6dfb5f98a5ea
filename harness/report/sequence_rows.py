"""Rows of a sequence diagram, each with its height and how it is drawn, and the columns they share."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from harness.judge.result import Frame, Mark
from harness.report import svg
from harness.report.fold import Fold
from harness.report.text import seconds_text

LABEL = 11.0  # font sizes in pixels
NOTE = 10.5
HEAD = 13.0
ARROW_HEIGHT = 27.0
NOTE_HEIGHT = 14.0
MARK_HEIGHT = 22.0
FOLD_HEIGHT = 30.0
PAUSE_HEIGHT = 22.0
HEAD_HEIGHT = 42.0
LEGEND_HEIGHT = 26.0
GAP_LEAST = 140.0
WIDEST_NOTE = 250.0

# Colours that stand out on white and on black; whoever cannot tell them apart reads the label.
COLOURS = {"syn": "#2da44e", "fin": "#c07a00", "reset": "#e5484d", "error": "#e5484d", "repeat": "#d6409f", "data": "#3b82d8"}
NAMES = {"syn": "SYN", "data": "data", "fin": "FIN", "reset": "RST", "error": "ICMP error", "repeat": "↻ sent again"}
DASHES = {"repeat": "6 3", "error": "2 3"}
MARK_COLOURS = {"signal": "#e5484d", "killed": "#e5484d", "type": "#2da44e"}
MARK_SIGNS = {"signal": "⚡ ", "type": "▸ ", "end": "■ ", "killed": "■ "}


@dataclasses.dataclass
class Columns:
    """Where things stand from left to right, in pixels: the time gutter, one lifeline a host, the right margin. outward: for each
    host the side of its lifeline on which its notes stand, -1 left or 1 right."""

    names: list[str]
    x: dict[str, float]
    gutter: float
    width: float
    decimals: int
    outward: dict[str, int]

    def time(self, seconds: float) -> str:
        return f"{seconds:.{self.decimals}f}"


class Row(Protocol):
    height: float

    def draw(self, columns: Columns, y: float) -> str:
        """Markup for this row, which spans y … y + height."""


class Arrow:
    """One packet, with what was called at both ends because of it. aside: the hosts with free room at the height of the arrow; the
    notes of others stand below it."""

    def __init__(self, frame: Frame, notes: list[Mark], aside: set[str]) -> None:
        self.frame = frame
        self.notes: list[tuple[int, Mark]] = []
        lines: dict[str, int] = {}
        for note in notes:
            free = note.host in aside and frame.source != frame.destination
            line = lines.get(note.host, 0 if free else 1)
            lines[note.host] = line + 1
            self.notes.append((line, note))
        self.height = ARROW_HEIGHT + NOTE_HEIGHT * max((line for line, _ in self.notes), default=0)

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
        colour, faint = COLOURS.get(frame.kind, "currentColor"), "0.6" if frame.kind == "ack" else None
        dashes = DASHES.get(frame.kind)
        parts.append(
            svg.element("path", d=d, class_="arrow", fill="none", stroke=colour, stroke_opacity=faint, stroke_dasharray=dashes)
        )
        label = svg.fit(("↻ " if frame.kind == "repeat" else "") + frame.label, room, LABEL)
        y_label = middle - 5 if anchor == "middle" else middle + 2
        bold = 600 if frame.kind in ("reset", "repeat", "error") else None
        parts.append(svg.text(x, y_label, label, text_anchor=None if anchor == "middle" else anchor, font_weight=bold))
        parts += [_note(columns, note, middle + 3.5 + NOTE_HEIGHT * line) for line, note in self.notes]
        return svg.element("g", "".join(parts))


class MarkRow:
    """What a program did or met that no packet shows: a signal, a key, its end."""

    height = MARK_HEIGHT

    def __init__(self, mark: Mark) -> None:
        self.mark = mark

    def draw(self, columns: Columns, y: float) -> str:
        middle = y + self.height / 2
        dot = svg.element(
            "circle", cx=columns.x[self.mark.host], cy=middle, r=4.0, class_="mark", fill=MARK_COLOURS.get(self.mark.kind, "currentColor")
        )
        return svg.element(
            "g", _time_label(columns, middle + 4, self.mark.time) + dot + _note(columns, self.mark, middle + 4)
        )


def _note(columns: Columns, mark: Mark, y: float) -> str:
    way = columns.outward[mark.host]
    label = svg.fit(MARK_SIGNS.get(mark.kind, "") + mark.text, WIDEST_NOTE - 12, NOTE)
    kernel = mark.kind == "kernel"
    return svg.element(
        "g",
        svg.title(f"{mark.time:.6f} s, {mark.host}: {mark.text}")
        + svg.text(
            columns.x[mark.host] + 10 * way, y, label, text_anchor="start" if way > 0 else "end", font_size=NOTE, class_="note",
            fill=MARK_COLOURS.get(mark.kind), fill_opacity="0.6" if kernel else None,
            font_style="italic" if kernel or mark.kind == "return" else None,
            font_weight=600 if mark.kind in MARK_COLOURS else None,
        ),
    )  # fmt: skip


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
        like = {0: "like these", 1: "like this"}.get(self.fold.period, f"like these {self.fold.period}")
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


@dataclasses.dataclass
class Legend:
    """What the colours mean, of those that are used."""

    kinds: list[str]
    height: float = LEGEND_HEIGHT

    def draw(self, columns: Columns, y: float) -> str:
        parts, x, middle = [], 4.0, y + 12
        for kind in self.kinds:
            parts.append(svg.line(x, middle, x + 22, middle, stroke=COLOURS[kind], stroke_width=2.0, stroke_dasharray=DASHES.get(kind)))
            parts.append(svg.text(x + 28, middle + 4, NAMES[kind], text_anchor="start", font_family=svg.SANS, font_size=10.0))
            x += 28 + svg.width(NAMES[kind], 10, False) + 16
        return svg.element("g", "".join(parts), class_="legend")

    @property
    def width(self) -> float:
        return sum(44 + svg.width(NAMES[kind], 10, False) for kind in self.kinds) + 8


def _time_label(columns: Columns, y: float, seconds: float, before: str = "") -> str:
    label = before + columns.time(seconds)
    return svg.text(columns.gutter - 12, y, label, text_anchor="end", fill_opacity="0.8")


def _number_label(y: float, number: int) -> str:
    return svg.text(2, y, f"#{number}", font_size=9.5, text_anchor="start", fill_opacity="0.55")
