"""The one rule for tests whose verdict needs a quiet machine.

What is INCONCLUSIVE is tried again, alone on the machine, at most three times. If that tells nothing either, the test is skipped as "not
judged", with the reason. tests/quiet_plugin.py counts: where more than 2 % of such verdicts were not judged, the job fails; those that
became others when they were asked for once more are listed.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import NoReturn, TypeVar

import pytest

from harness.judge.result import Result, Verdict
from harness.judge.verdict import late
from harness.run.proof import changed
from harness.run.runner import Events, Item, Runner
from tests.machine import machine

AGAIN = 3
"""Attempts, alone, beyond the first."""
NOT_JUDGED = "not judged: "
"""How the reason of such a skip begins."""

_Found = TypeVar("_Found")
_counted = False
_changed = ""


def judge(attempt: Callable[[], _Found], doubt: Callable[[_Found], str | None]) -> _Found:
    """What attempt() finds, when doubt() of it has nothing to say. Repeats it, alone, where there is doubt."""
    _count()
    found = attempt()
    for _ in range(AGAIN):
        if not doubt(found):
            return found
        with machine.alone():
            found = attempt()
    if why := doubt(found):
        not_judged(why)
    return found


def run_all(items: list[Item], folder: pathlib.Path, events: Events | None = None, jobs: int | None = None) -> dict[str, Result]:
    """Runs scenarios side by side while no other test does anything, and what is INCONCLUSIVE again. Item's name → result, for judged()."""
    with machine.alone():
        return {item.name: result for item, result in Runner(items, folder, events=events, jobs=jobs, attempts=1 + AGAIN, eager=True).run()}


def judged(result: Result) -> Result:
    """The result, of run_all(), if it is a verdict. Whatever is INCONCLUSIVE although the machine was in time is a fault: it fails."""
    global _changed
    _count()
    _changed = changed(result)
    if result.verdict is Verdict.INCONCLUSIVE:
        if late(result):
            not_judged("; ".join(result.reasons))
        pytest.fail(f"INCONCLUSIVE, alone {AGAIN} times, and at last on a machine that was in time: {result.reasons}", pytrace=False)
    return result


def not_judged(why: str) -> NoReturn:
    """Ends a test that could not be judged."""
    _count()
    pytest.skip(NOT_JUDGED + why)


def _count() -> None:
    global _counted
    _counted = True


def take_count() -> bool:
    """Whether a verdict that needs a quiet machine was asked for since the last call."""
    global _counted
    found, _counted = _counted, False
    return found


def take_changed() -> str:
    """What was judged otherwise at first, of the verdict that was asked for since the last call; else empty."""
    global _changed
    found, _changed = _changed, ""
    return found
