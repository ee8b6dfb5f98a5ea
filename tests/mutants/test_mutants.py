"""Every scenario passes on our programs and other right ones, and fails on at least one wrong one.

All runs share one runner, so that the long ones go side by side, and nothing else is tested meanwhile; the tests then look at the
verdicts.
WIREPROOF_ONLY (shell patterns, with spaces between) restricts the scenarios, for work on some of them.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import pathlib
import sys

import pytest

from harness.cli.progress import plain
from harness.judge.mutant import Mutant, Right, all_mutants, all_right
from harness.judge.result import Result, Verdict
from harness.judge.scenario import all_scenarios
from harness.run.proof import Case, item_of, own
from harness.run.runner import Item
from tests.quiet import judged, run_all

_ONLY = os.environ.get("WIREPROOF_ONLY", "*").split()


def _chosen(id: str) -> bool:
    return any(fnmatch.fnmatchcase(id, pattern) for pattern in _ONLY)


SCENARIOS = [one for key, one in all_scenarios().items() if _chosen(key)]
MUTANTS = [mutant for mutant in all_mutants() if _chosen(mutant.scenario)]
RIGHT = [one for one in all_right() if _chosen(one.scenario)]


def _lighter(item: Item) -> Item:
    """What is wrong waits for what does not come, and other right programs wait as long for what ours do at once: of short ones, more
    go side by side than of ours. Whichever is late because of that is tried again, alone."""
    one = item.scenario
    return dataclasses.replace(item, scenario=dataclasses.replace(one, load=one.load * 0.6)) if 0.25 < one.load <= 0.5 else item


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Folder name → result, of all scenarios and all their mutants."""
    folder: pathlib.Path = tmp_path_factory.mktemp("run")
    items = [own(one) for one in SCENARIOS] + [_lighter(item_of(one)) for one in [*RIGHT, *MUTANTS]]
    with open(os.dup(sys.__stderr__.fileno()), "w") as shown:
        standard, sys.stderr = sys.stderr, shown
        try:
            return run_all(items, folder, plain(len(items)))
        finally:
            sys.stderr = standard


@pytest.mark.parametrize("id", [one.id for one in SCENARIOS])
def test_scenario_passes(verdicts: dict[str, Result], id: str) -> None:
    result = judged(verdicts[id])
    assert result.verdict is Verdict.PASS, "\n".join(result.reasons)


@pytest.mark.parametrize("one", [pytest.param(one, id=one.run_name) for one in RIGHT])
def test_right_program_passes(verdicts: dict[str, Result], one: Right) -> None:
    result = judged(verdicts[one.run_name])
    assert result.verdict is Verdict.PASS, "\n".join(result.reasons)


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.run_name) for mutant in MUTANTS])
def test_mutant_is_caught(verdicts: dict[str, Result], mutant: Mutant) -> None:
    result = judged(verdicts[mutant.run_name])
    assert Case(item_of(mutant), mutant).complaint(result) == ""


@pytest.mark.parametrize("id", [one.id for one in SCENARIOS])
def test_scenario_has_a_mutant(id: str) -> None:
    assert any(mutant.scenario == id for mutant in MUTANTS), f"nothing proves that {id} can fail"
