"""index.html of a sweep: its figures, a table of its points, the runs that did not pass, and the exact command."""

from __future__ import annotations

import pathlib
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from harness.judge.files import write_text
from harness.judge.parameters import shown_value
from harness.judge.result import PlotResult, Verdict
from harness.judge.scenario import Scenario
from harness.report.page import moment, picture_url, render
from harness.run.sweep.grid import words
from harness.run.sweep.journal import Plan, Record
from harness.run.sweep.statistics import Estimate
from harness.run.sweep.summary import Key, Point, interval_note

MOST_TROUBLES = 200


def _figure(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def _cell(one: Estimate | None) -> dict[str, str]:
    if one is None:
        return {"median": "–", "interval": ""}
    interval = f"{_figure(one.lower)} to {_figure(one.upper)}" if one.n > 1 else ""
    return {"median": _figure(one.median), "interval": interval, "n": str(one.n)}


def _row(point: Point, plan: Plan, keys: Sequence[Key]) -> dict[str, Any]:
    ended = {verdict.value: count for verdict, count in point.verdicts.items() if count}
    return {
        "number": point.number + 1,
        "values": [shown_value(point.values[name]) for name in plan.over],
        "verdict": point.verdict.value if point.verdict else None,
        "done": sum(ended.values()),
        "others": ", ".join(f"{count} {verdict}" for verdict, count in ended.items()) if len(ended) > 1 else "",
        "cells": [_cell(point.estimates.get(key)) for key in keys],
    }


def write_page(
    folder: pathlib.Path, one: Scenario, plan: Plan, points: Sequence[Point], keys: Sequence[Key], records: Sequence[Record],
    plots: Sequence[PlotResult], information: Mapping[str, Any],
) -> pathlib.Path:  # fmt: skip
    """Writes the page. information: what write_reports() of the sweep knows."""
    troubles = [record for record in records if record.verdict is not Verdict.PASS]
    total = len(points) * plan.repeat
    counts = {verdict.value: sum(point.verdicts[verdict] for point in points) for verdict in Verdict}
    page = render(
        "sweep.html",
        plan=plan,
        one=one,
        information=information,
        started=moment(information.get("started")),
        counts=counts,
        total=total,
        left=total - len(records),
        head=[(name, one.parameters[name].unit) for name in plan.over],
        keys=keys,
        rows=[_row(point, plan, keys) for point in points],
        fixed=[(name, one.parameters[name].shown(value)) for name, value in one.at(plan.fixed).values if name not in plan.over],
        note=interval_note(points, keys),
        plots=[
            {"title": plot.title, "url": picture_url(folder / "plots" / plot.picture), "data": urllib.parse.quote(f"plots/{plot.data}")}
            for plot in plots
        ],
        troubles=[
            {"record": record, "verdict": record.verdict.value, "label": f"{words(record.values)} #{record.repetition}"}
            for record in troubles[:MOST_TROUBLES]
        ],
        more_troubles=max(0, len(troubles) - MOST_TROUBLES),
    )
    path = folder / "index.html"
    write_text(path, page)
    return path
