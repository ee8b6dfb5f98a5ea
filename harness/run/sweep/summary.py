"""A sweep's records brought together: per point the verdicts, and per measurement the median with its interval."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from harness.judge.parameters import Value
from harness.judge.result import Verdict
from harness.run.sweep.grid import points
from harness.run.sweep.journal import Plan, Record
from harness.run.sweep.statistics import Estimate, estimate

Key = tuple[str, str]
"""A measurement's name and unit: figures in different units are different figures."""


@dataclasses.dataclass
class Point:
    """number: from 0 in the order of the grid; verdicts: how many runs ended with each; estimates: of what PASS and FAIL runs
    measured. What was not judged is counted in verdicts only."""

    number: int
    values: dict[str, Value]
    verdicts: dict[Verdict, int]
    estimates: dict[Key, Estimate]

    @property
    def verdict(self) -> Verdict | None:
        """FAIL if any run failed, else INCONCLUSIVE if any was, else SKIPPED if any was, else PASS; None before the first run."""
        order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.SKIPPED, Verdict.PASS)
        return next((verdict for verdict in order if self.verdicts[verdict]), None)


def summarise(plan: Plan, records: Sequence[Record]) -> tuple[list[Point], list[Key]]:
    """All points of the grid, and all measurements in the order in which they were first recorded."""
    keys: dict[Key, None] = {}
    values: dict[int, dict[Key, list[float]]] = {}
    grid = points(plan.over)
    verdicts = [{verdict: 0 for verdict in Verdict} for _ in grid]
    for record in records:
        verdicts[record.point][record.verdict] += 1
        if record.judged:
            for row in record.measurements:
                keys.setdefault((row.name, row.unit))
                values.setdefault(record.point, {}).setdefault((row.name, row.unit), []).append(row.value)
    found = [
        Point(number, point, verdicts[number], {key: estimate(row) for key, row in values.get(number, {}).items()})
        for number, point in enumerate(grid)
    ]
    return found, list(keys)


def interval_note(points: Sequence[Point], keys: Sequence[Key]) -> str:
    """What medians and bars are in a figure of these points, in one line."""
    estimates = [point.estimates[key] for point in points for key in keys if key in point.estimates]
    if not estimates:
        return ""
    counts = sorted({one.n for one in estimates})
    of = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    runs = "run" if counts == [1] else "runs"
    sure = {one.confidence is not None for one in estimates}
    if counts == [1]:
        return "one run each"
    if sure == {True}:
        least = min(one.confidence or 0 for one in estimates)
        return f"median of {of} {runs}; bars: its confidence interval ({100 * least:.1f} % at least)"
    if sure == {False}:
        return f"median of {of} {runs}; bars: lowest to highest value (6 runs give a confidence interval)"
    return f"median of {of} {runs}; bars: its 95 % confidence interval, with fewer than 6 runs lowest to highest value"
