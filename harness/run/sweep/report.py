"""All that a sweep leaves for people and programs, from its plan and its records alone."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from harness.judge.expect import amount
from harness.judge.result import Verdict
from harness.judge.scenario import Scenario
from harness.run.sweep.grid import words
from harness.run.sweep.journal import Plan, Record
from harness.run.sweep.summary import Key, Point, interval_note, summarise
from harness.run.sweep.tables import write_tables


def write_reports(
    folder: pathlib.Path, one: Scenario, plan: Plan, records: Sequence[Record], information: Mapping[str, Any]
) -> tuple[list[Point], list[Key]]:
    """Writes tables, figures and page. information: "id", "resume" (the command that goes on)."""
    from harness.run.sweep import figures, page  # matplotlib and Jinja2 take their time

    points, keys = summarise(plan, records)
    known: dict[str, Any] = {**information, "remaining": len(points) * plan.repeat - len(records)}
    if records:
        known["started"] = min(record.started for record in records)
        known["seconds"] = round(sum(record.seconds for record in records), 1)
    write_tables(folder, plan, one.parameters, points, keys, records, known)
    plots = figures.write_figures(folder / "plots", plan, one.parameters, points, keys)
    page.write_page(folder, one, plan, points, keys, records, plots, known)
    return points, keys


def summary_text(points: Sequence[Point], keys: Sequence[Key]) -> str:
    """The table for a terminal, as plain text."""
    head = ["", "", *(name for name, _ in keys)]
    rows = [head] if keys else []
    for point in points:
        row = [words(point.values), _verdicts(point)]
        for key in keys:
            one = point.estimates.get(key)
            row.append("–" if one is None else amount(one.median, key[1]) + (f" ({one.lower:.4g} to {one.upper:.4g})" if one.n > 1 else ""))
        rows.append(row)
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    note = interval_note(points, keys)
    return "\n".join([*lines, *([note.replace("; bars:", "; in brackets:")] if note else [])])


def _verdicts(point: Point) -> str:
    return ", ".join(f"{point.verdicts[verdict]} {verdict.value}" for verdict in Verdict if point.verdicts[verdict]) or "not run"
