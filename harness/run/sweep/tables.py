"""sweep.csv (a row per run), summary.csv (a row per point and measurement) and sweep.json (everything)."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from harness.judge.files import write_text
from harness.judge.parameters import Declared, shown_value
from harness.judge.records import plain
from harness.judge.result import Verdict
from harness.run.sweep.journal import Plan, Record
from harness.run.sweep.summary import Key, Point


def _named(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def runs_csv(plan: Plan, declared: Declared, records: Sequence[Record], keys: Sequence[Key]) -> str:
    """A row per run, whatever its verdict; a measurement that a run did not record is empty."""
    swept = list(plan.over)
    head = ["point", "repetition", *(_named(name, declared[name].unit) for name in swept), "seed", "attempt", "verdict", "run time (s)"]
    rows: list[list[Any]] = [head + [_named(*key) for key in keys]]
    for record in records:
        measured = {(row.name, row.unit): repr(row.value) for row in record.measurements}
        values = [shown_value(record.values[name]) for name in swept]
        rows.append(
            [record.point + 1, record.repetition, *values, record.seed, record.attempt, record.verdict.value, f"{record.seconds:.3f}"]
            + [measured.get(key, "") for key in keys]
        )
    return _csv(rows)


def summary_csv(plan: Plan, declared: Declared, points: Sequence[Point], keys: Sequence[Key]) -> str:
    """A row per point and measurement. interval: what lower and upper are; points without a figure have n 0."""
    swept = list(plan.over)
    head = ["point", *(_named(name, declared[name].unit) for name in swept), *(verdict.value for verdict in Verdict)]
    rows: list[list[Any]] = [[*head, "measurement", "unit", "n", "median", "lower", "upper", "interval"]]
    for point in points:
        begin = [point.number + 1, *(shown_value(point.values[name]) for name in swept), *(point.verdicts[verdict] for verdict in Verdict)]
        for key in keys or [("", "")]:
            one = point.estimates.get(key)
            figures = [one.n, repr(one.median), repr(one.lower), repr(one.upper), one.interval] if one else [0, "", "", "", ""]
            rows.append([*begin, *key, *figures])
    return _csv(rows)


def sweep_json(plan: Plan, points: Sequence[Point], records: Sequence[Record], information: Mapping[str, Any]) -> dict[str, Any]:
    """Plan, points with their estimates, runs. confidence is null where lower and upper are the extremes."""
    return plain({
        "schema": plan.schema,
        "sweep": {**dataclasses.asdict(plan), "command": plan.command, **information},
        "points": [
            {
                "point": point.number + 1,
                "values": point.values,
                "verdict": point.verdict,
                "verdicts": {verdict.value: count for verdict, count in point.verdicts.items()},
                "measurements": [{"name": name, "unit": unit, **dataclasses.asdict(one)} for (name, unit), one in point.estimates.items()],
            }
            for point in points
        ],
        "runs": [{**dataclasses.asdict(record), "point": record.point + 1} for record in records],
    })  # fmt: skip


def write_tables(
    folder: pathlib.Path, plan: Plan, declared: Declared, points: Sequence[Point], keys: Sequence[Key], records: Sequence[Record], information: Mapping[str, Any],
) -> None:  # fmt: skip
    """Writes the three files."""
    write_text(folder / "sweep.csv", runs_csv(plan, declared, records, keys))
    write_text(folder / "summary.csv", summary_csv(plan, declared, points, keys))
    text = json.dumps(sweep_json(plan, points, records, information), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(folder / "sweep.json", text + "\n")
