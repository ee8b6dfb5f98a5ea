"""How far a sweep is and how long it may still take."""

from __future__ import annotations

import time
from collections.abc import Sequence

from harness.judge.expect import amount
from harness.judge.result import Result
from harness.report.text import seconds_text
from harness.run.runner import Item, Runner

_LEAST_SHARE = 0.1  # of its time, which a run that takes longer than others is thought to need still


def measured(item: Item, result: Result) -> str:
    """What a run measured, in a line."""
    return ", ".join(f"{row.name} {amount(row.value, row.unit)}" for row in result.measurements)


def seconds_left(
    waiting: Sequence[float], running: Sequence[tuple[float, float]], done: Sequence[tuple[float, float]], elapsed: float, abreast: float
) -> float:
    """Seconds until all is done. waiting: expected seconds; running: (expected, spent so far); done: (expected, taken).

    Runs take as much longer than expected as those that are done did, and as many go on at a time as went on so far (abreast: what
    is planned, before anything is done).
    """
    slower = sum(taken for _, taken in done) / sum(expected for expected, _ in done) if done else 1.0
    slower = max([slower, *(spent / expected for expected, spent in running if not done)])
    work = sum(expected * slower for expected in waiting)
    work += sum(max(_LEAST_SHARE * expected * slower, expected * slower - spent) for expected, spent in running)
    if done:
        abreast = (sum(taken for _, taken in done) + sum(spent for _, spent in running)) / elapsed
    return work / max(1.0, min(abreast, len(waiting) + len(running)))


class Outlook:
    """Follows a sweep. items: what is to be done from now on; total, points: how many runs and points the whole grid has; abreast:
    how many can go on at a time."""

    def __init__(self, items: list[Item], total: int, points: int, abreast: float) -> None:
        self._total, self._points, self._abreast = total, points, abreast
        self._left = len(items)
        self._began = time.monotonic()
        self._done: list[tuple[float, float]] = []
        self._open_points: dict[int, int] = {}
        for item in items:
            self._open_points[_point_of(item)] = self._open_points.get(_point_of(item), 0) + 1

    def finished(self, item: Item, result: Result) -> None:
        self._done.append((item.scenario.seconds, result.seconds))
        self._left -= 1
        self._open_points[_point_of(item)] -= 1

    def state(self, runner: Runner) -> str:
        """The grid in a line: "12 of 40 runs, 3 of 8 points complete, about 1 min 20 s left"."""
        now = time.monotonic()
        waiting = [item.scenario.seconds for item in (*runner.waiting, *runner.alone)]
        running = [(item.scenario.seconds, now - item.started) for item, _ in runner.running.values()]
        left = seconds_left(waiting, running, self._done, now - self._began, self._abreast)
        shown = seconds_text(round(left)).replace(".00", "").replace(".0", "")
        complete = self._points - sum(count > 0 for count in self._open_points.values())
        return f"{self._total - self._left} of {self._total} runs, {complete} of {self._points} points complete, about {shown} left"


def _point_of(item: Item) -> int:
    """The point of the grid that an item belongs to, from its evidence folder's name."""
    return int(item.name.split("-")[0]) - 1
