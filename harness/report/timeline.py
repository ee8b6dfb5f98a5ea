"""When each scenario ran, as a chart: one row a scenario, one bar from its start to its end."""

from __future__ import annotations

import math

from harness.judge.result import Verdict
from harness.report import svg
from harness.report.run import Record, Run
from harness.report.terminal import SIGNS
from harness.report.text import seconds_text

ROW = 20.0  # sizes in pixels
TOP = 26.0
WIDTH = 980.0
COLOURS = {
    Verdict.PASS: "#2da44e",
    Verdict.FAIL: "#d1242f",
    Verdict.INCONCLUSIVE: "#bf8700",
    Verdict.SKIPPED: "#818b98",
}


def _step(span: float) -> float:
    """A round distance between ticks, in seconds, that gives four to ten of them."""
    for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600):
        if span / step <= 10:
            return step
    return 3600 * math.ceil(span / 36000)


def _tick(seconds: float, step: float) -> str:
    if step < 1:
        return f"{seconds:.1f} s"
    if step < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:g} min" if step < 3600 else f"{seconds / 3600:g} h"


def _bar(record: Record, start: float, y: float, left: float, scale: float) -> str:
    result = record.result
    x, width = left + start * scale, max(3.0, result.seconds * scale)
    colour = COLOURS[result.verdict]
    took = seconds_text(result.seconds)
    note = f"{SIGNS[result.verdict]} {took}"
    bar = svg.element(
        "rect", x=x, y=y + 3, width=width, height=ROW - 6, rx=3, fill=colour, class_=f"bar {result.verdict.value}"
    )
    inside = x + width + 6 + svg.width(note, 10, False) > WIDTH
    tip = svg.title(f"{record.name}: {result.verdict.value}, started at {start:.1f} s, took {took}")
    words = svg.text(
        x - 6 if inside else x + width + 6, y + 14, note, font_size=10.0, text_anchor="end" if inside else "start"
    )
    name = svg.text(2, y + 14, svg.fit(record.name, left - 12, 11, False), font_size=11.0)
    return svg.element("a", tip + name + bar + words, href=f"#{record.anchor}")


def timeline(run: Run) -> str:
    """The chart as an SVG in the order of starts; empty if nothing is known to have run. Times count from the run."""
    ran = sorted((r for r in run.records if r.result.started), key=lambda record: record.result.started)
    if not ran:
        return ""
    first = ran[0].result.started
    origin = min(first, float(run.info.get("started") or first))
    span = max(max(r.result.started + r.result.seconds for r in ran) - origin, 0.1)
    left = min(220.0, max(svg.width(record.name, 11, False) for record in ran) + 16)
    scale = (WIDTH - left - 60) / span
    height = TOP + ROW * len(ran) + 6
    step, parts = _step(span), []
    for i in range(int(span / step) + 1):
        x = left + i * step * scale
        parts.append(svg.line(x, TOP - 6, x, height - 4, stroke_opacity="0.15"))
        parts.append(svg.text(x, 13, _tick(i * step, step), font_size=10.0, text_anchor="middle", fill_opacity="0.75"))
    for i, record in enumerate(ran):
        parts.append(_bar(record, record.result.started - origin, TOP + i * ROW, left, scale))
    return svg.document(WIDTH, height, f"When each of {len(ran)} scenarios ran", "".join(parts), "timeline")
