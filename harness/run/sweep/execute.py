"""Does the runs of a sweep that are not done yet, and writes down each as it ends."""

from __future__ import annotations

import dataclasses
import errno
import os
import pathlib
import shutil
from typing import Callable

from harness.judge.result import Ending, Result, Verdict
from harness.judge.scenario import Scenario
from harness.run.runner import Events, Item, Runner
from harness.run.sweep.grid import Run
from harness.run.sweep.journal import Journal, Record

EVIDENCE = "runs"
ATTEMPTS = 3
KEPT_BYTES = 1_000_000_000
"""Of captures of runs that did not PASS; what is beyond goes as that of PASS runs does."""
_LEAST_ROOM = 50_000  # bytes


def make_items(one: Scenario, journal: Journal) -> list[Item]:
    """An item for each run that remains."""
    plan = journal.plan
    items = []
    for run in journal.remaining():
        values = {**plan.fixed, **run.values}
        name = f"{run.point + 1:03d}-{run.repetition}"
        items.append(
            Item(one.at(values), name, plan.replacements, switch=plan.switch, links=plan.links, parameters=values, seed=run.seed, label=run.label)
        )
    return items


class Recorder:
    """Takes results to the journal, and then removes the captures that nobody will look at."""

    def __init__(self, journal: Journal, runs: list[Run]) -> None:
        self._journal = journal
        self._runs = {f"{run.point + 1:03d}-{run.repetition}": run for run in runs}
        self._kept = sum(file.stat().st_size for file in (journal.folder / EVIDENCE).rglob("*.pcapng"))
        self.interrupted: Callable[[], bool] = lambda: False

    def finished(self, item: Item, result: Result) -> bool:
        """To be called when a run is judged. What was stopped is not written down, and False: it is done again."""
        if result.ended.how is Ending.STOPPED or (result.verdict is Verdict.INCONCLUSIVE and self.interrupted()):
            return False
        self._journal.append(Record.of(self._runs[item.name], result, f"{EVIDENCE}/{item.name}"))
        if not self._journal.plan.keep_captures:
            self._thin_out(self._journal.folder / EVIDENCE / item.name, result)
        return True

    def _thin_out(self, folder: pathlib.Path, result: Result) -> None:
        files = list(folder.rglob("*.pcapng"))
        size = sum(file.stat().st_size for file in files)
        wanted = result.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
        if wanted and self._kept + size <= KEPT_BYTES:
            self._kept += size
            return
        for file in files:
            file.unlink()
        result.captures = []
        why = f"{KEPT_BYTES / 1e9:g} GB of captures are kept already" if wanted else f"the verdict is {result.verdict.value}"
        result.captures_removed = f"{why}; --keep-captures keeps them"
        for row in result.expectations:
            row.pcapng = ""
        result.write(folder)


def _check_room(folder: pathlib.Path) -> None:
    """Raises OSError on a disk that is as good as full: what runs there is INCONCLUSIVE, again and again."""
    if shutil.disk_usage(folder).free < _LEAST_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def make_runner(items: list[Item], recorder: Recorder, events: Events, folder: pathlib.Path, seed: int, jobs: int | None) -> Runner:
    """A runner that tells the recorder first."""

    def finished(item: Item, result: Result) -> None:
        _check_room(folder)
        if recorder.finished(item, result):
            events.finished(item, result)

    def retried(item: Item, result: Result) -> None:
        _check_room(folder)
        events.retried(item, result)

    told = dataclasses.replace(events, finished=finished, retried=retried)
    runner = Runner(items, folder / EVIDENCE, seed, jobs, False, told, attempts=ATTEMPTS)
    recorder.interrupted = lambda: bool(runner.interrupts)
    return runner
