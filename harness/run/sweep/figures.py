"""A figure per measurement: over the first swept parameter, a line per value of the second, a panel per value of the others."""

from __future__ import annotations

import itertools
import math
import pathlib
import re
from collections.abc import Sequence
from typing import Any

from harness.judge.parameters import Choice, Declared, Value
from harness.judge.result import PlotResult, Verdict
from harness.report.plot import MOST_PANELS, write_plot
from harness.run.sweep.journal import Plan
from harness.run.sweep.summary import Key, Point, interval_note

_WIDE = 30  # from this ratio of the greatest to the least value on, the axis is logarithmic
_BESIDE = 0.12  # of the distance between two words, from one line's points to the next one's


def _series(plan: Plan, declared: Declared, points: Sequence[Point], key: Key, places: dict[Value, float]) -> list[dict[str, Any]]:
    first, *others = plan.over
    words = isinstance(declared[first], Choice)
    rows: list[dict[str, Any]] = []
    failed: dict[str, Any] = {"label": "an expectation did not hold", "style": "crosses", "x": [], "y": []}
    lines: Sequence[Value | None] = [None]
    if others:
        lines = plan.over[others[0]]
    for number, value in enumerate(lines):
        # Words have no places of their own: points side by side say more than points behind each other, and no line joins them.
        aside = (number - (len(lines) - 1) / 2) * min(_BESIDE, 0.8 / len(lines)) if words else 0.0
        own = [point for point in points if value is None or point.values[others[0]] == value]
        own = sorted((point for point in own if key in point.estimates), key=lambda point: places[point.values[first]])
        x, y = [places[point.values[first]] + aside for point in own], [point.estimates[key].median for point in own]
        label = f"{others[0]} {declared[others[0]].shown(value)}" if others else ""
        rows.append({
            "label": label, "style": "medians", "x": x, "y": y, "joined": not words,
            "lower": [point.estimates[key].lower for point in own], "upper": [point.estimates[key].upper for point in own],
        })  # fmt: skip
        for point, across, up in zip(own, x, y):
            if point.verdicts[Verdict.FAIL]:
                failed["x"].append(across)
                failed["y"].append(up)
    return [*rows, failed] if failed["x"] else rows


def figure(plan: Plan, declared: Declared, points: Sequence[Point], key: Key) -> dict[str, Any]:
    """The specification of the figure of one measurement (harness.report.plot)."""
    first, *others = plan.over
    words = isinstance(declared[first], Choice)
    places: dict[Value, float] = {value: float(index if words else value) for index, value in enumerate(plan.over[first])}
    numbers = sorted(places.values())
    wide = not words and numbers[0] > 0 and numbers[-1] / numbers[0] >= _WIDE
    panels = []
    for rest in itertools.islice(itertools.product(*(plan.over[name] for name in others[1:])), MOST_PANELS):
        fixed = dict(zip(others[1:], rest))
        own = [point for point in points if all(point.values[name] == value for name, value in fixed.items())]
        title = ", ".join(f"{name} {declared[name].shown(value)}" for name, value in fixed.items())
        panels.append({"title": title, "series": _series(plan, declared, own, key, places)})
    name, unit = key
    left_out = math.prod(len(plan.over[other]) for other in others[1:]) - len(panels)
    title = f"{name} over {' and '.join(plan.over)}" + (f" ({left_out} more panels in summary.csv)" if left_out else "")
    spec = {
        "title": title,
        "x_label": f"{first} ({declared[first].unit})" if declared[first].unit else first,
        "y_label": f"{name} ({unit})" if unit else name,
        "note": interval_note(points, [key]),
        "panels": panels,
    }
    if words or len(numbers) <= 12:
        spec["x_ticks"] = [{"x": place, "label": declared[first].shown(value).split(" ")[0]} for value, place in places.items()]
    if wide:
        spec["x_scale"] = "log"
    return spec


def write_figures(folder: pathlib.Path, plan: Plan, declared: Declared, points: Sequence[Point], keys: Sequence[Key]) -> list[PlotResult]:
    """Writes all figures into the folder, numbered: two names may differ in signs that a file name cannot have."""
    folder.mkdir(exist_ok=True)
    return [
        write_plot(folder, f"{number}-{re.sub('[^A-Za-z0-9_.]+', '-', key[0])}", figure(plan, declared, points, key))
        for number, key in enumerate(keys, 1)
    ]
