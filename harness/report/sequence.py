"""A sequence diagram of captured packets: hosts as columns, time downwards, one arrow a packet; and, where they are known, the system
calls at both ends, signals and keys.

The drawing is made in three steps: what to show (fold), where to show it (a row per item, each with its height and a
drawing function over Columns), and the markup. Another kind of row is another class in harness.report.sequence_rows.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from harness.judge.result import Frame, Mark
from harness.report import svg
from harness.report.fold import Fold, fold
from harness.report.sequence_rows import (
    GAP_LEAST, HEAD_HEIGHT, LABEL, MARK_SIGNS, NAMES, NOTE, WIDEST_NOTE, Arrow, Columns, FoldRow, Heads, Legend, MarkRow, Pause, Row,
)  # fmt: skip

AXIS = "time in s"
HEAD_EVERY = 40  # rows after which the hosts are named again
EVERY_HOST_UP_TO = 6  # with more hosts, only those are drawn that take part


def _columns(frames: Sequence[Frame], hosts: Sequence[str], marks: Sequence[Mark]) -> Columns:
    ends = dict.fromkeys([*(end for frame in frames for end in (frame.source, frame.destination)), *(mark.host for mark in marks)])
    shown = [host for host in dict.fromkeys(hosts) if len(hosts) <= EVERY_HOST_UP_TO or host in ends]
    names = shown + [end for end in ends if end not in shown]
    place = {name: i for i, name in enumerate(names)}
    outward = {name: -1 if i == 0 and len(names) > 1 else 1 for i, name in enumerate(names)}
    room = {name: 0.0 for name in names}  # for the notes of each host
    for mark in marks:
        need = min(WIDEST_NOTE, svg.width(MARK_SIGNS.get(mark.kind, "") + mark.text, NOTE) + 22)
        room[mark.host] = max(room[mark.host], need)
    widest = 460.0 if len(names) <= 3 else 360.0
    gaps = [GAP_LEAST] * max(0, len(names) - 1)
    for frame in frames:
        first, last = sorted((place[frame.source], place[frame.destination]))
        if last > first:
            need = (svg.width(frame.label, LABEL) + 24) / (last - first)
            for i in range(first, last):
                gaps[i] = max(gaps[i], min(need, widest))
    for i, name in enumerate(names[1:-1], 1):  # notes between two lifelines need their room beside the labels
        gaps[i] += room[name]
    times = [frame.time for frame in frames] + [mark.time for mark in marks]
    decimals = 6 if max(times, default=0.0) - min(times, default=0.0) < 10 else 3
    latest = max((len(f"{time:.{decimals}f}") for time in times), default=1)
    numbers = max((len(str(frame.number)) for frame in frames), default=1)
    gutter = svg.width("#" * (numbers + 1), 9.5) + max(svg.width("0" * (latest + 2), LABEL), svg.width(AXIS, 10, False)) + 28
    before = room[names[0]] if len(names) > 1 else 0.0
    x, at = {}, gutter + max(70.0, before)
    for name, gap in zip(names, [*gaps, 0.0]):
        x[name] = at
        at += gap
    last_name = names[-1] if names else ""
    loops = [svg.width(f.label, LABEL) + 40 for f in frames if f.source == f.destination == last_name]
    return Columns(names, x, gutter, at + max([70.0, room.get(last_name, 0.0) + 8, *loops[:1]]), decimals, outward)


def _rows(items: Sequence[Frame | Fold], marks: Sequence[Mark], aside: set[str]) -> list[Row]:
    notes: dict[int, list[Mark]] = {}
    alone = []
    for mark in sorted(marks, key=lambda mark: mark.time):
        if mark.number:
            notes.setdefault(mark.number, []).append(mark)
        else:
            alone.append(mark)
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
        while alone and alone[0].time <= starts[i]:
            rows.append(MarkRow(alone.pop(0)))
        if isinstance(item, Fold):
            rows.append(FoldRow(item))
        else:
            rows.append(Arrow(item, notes.get(item.number, []), aside))
    return rows + [MarkRow(mark) for mark in alone]


def sequence_diagram(frames: list[Frame], hosts: list[str], more_than: int = 4, marks: Sequence[Mark] = ()) -> str:
    """The diagram as an SVG at its natural size. frames are in the order of capture, their times in seconds.

    Ends of frames that are not among hosts (a group address, a broadcast) get columns of their own at the right. With
    more than EVERY_HOST_UP_TO hosts, silent ones are left out. Runs of alike frames are folded when more than
    ``more_than`` would disappear. marks stand beside the lifeline of their host: in the row of the frame whose number they have, or in
    one of their own.
    """
    items = fold(frames, more_than)
    shown = {item.number for item in items if isinstance(item, Frame)}
    marks = [mark for mark in marks if not mark.number or mark.number in shown]
    columns = _columns(frames, hosts, marks)
    kinds = [kind for kind in NAMES if any(frame.kind == kind for frame in frames)]
    rows: list[Row] = [Heads(), *_rows(items, marks, {columns.names[0], columns.names[-1]} if columns.names else set()), Heads()]
    lines, body, y = [], [], 0.0
    for row in rows:
        body.append(row.draw(columns, y))
        y += row.height
    for x in columns.x.values():
        lines.append(svg.line(x, HEAD_HEIGHT - 8, x, y - HEAD_HEIGHT + 6, stroke_opacity="0.3", stroke_dasharray="2 3"))
    if kinds:
        legend = Legend(kinds)
        columns.width = max(columns.width, legend.width)
        body.append(legend.draw(columns, y))
        y += legend.height
    axis = svg.text(
        columns.gutter - 12,
        25,
        AXIS,
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
