"""Scenario files are short, their steps and expectations have ids, and every mutant names one that there is."""

from __future__ import annotations

import pathlib
import statistics
import subprocess
import sys

import pytest

from harness.judge import claims
from harness.judge.labs import OWN
from harness.judge.mutant import all_mutants
from harness.judge.scenario import all_scenarios
from harness.run import calls, proof
from harness.world.machine import ROOT

MOST, MEDIAN = 90, 45  # lines
LABS = ("tv", "group", "transport", "echo", "services", "congestion")
each_lab = pytest.mark.parametrize("lab", LABS)


def files(lab: str) -> list[pathlib.Path]:
    return sorted(file for file in (OWN / lab).glob("*.py") if file.name != "__init__.py")


def lines(file: pathlib.Path) -> int:
    """As `wc -l` counts them."""
    return file.read_bytes().count(b"\n")


def test_these_are_all_labs() -> None:
    assert set(LABS) == {path.name for path in OWN.iterdir() if (path / "lab.toml").exists()}


@each_lab
def test_steps_have_blocks_and_ids_and_files_are_short(lab: str) -> None:
    found = [place for file in [*files(lab), *(OWN / lab / "kit").glob("*.py")] for place in claims.unnamed_steps(file)]
    assert not found, f"steps without a block or an id: {', '.join(found)}"
    long = [f"{file.name}: {lines(file)}" for file in files(lab) if lines(file) > MOST]
    assert not long, f"more than {MOST} lines: {', '.join(long)}"


def test_half_of_them_are_very_short() -> None:
    counted = [lines(file) for lab in LABS for file in files(lab)]
    assert statistics.median(counted) <= MEDIAN, sorted(counted)


def test_what_lists_them_need_not_be_able_to_draw() -> None:
    """matplotlib takes its time, and makes folders in the caller's home."""
    look = "import sys; from harness.judge.scenario import all_scenarios; print(len(all_scenarios()), 'matplotlib' in sys.modules)"
    told = subprocess.run([sys.executable, "-P", "-c", look], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == f"{len(all_scenarios())} False\n"


@each_lab
def test_every_expectation_stands_in_a_step(lab: str) -> None:
    for one in all_scenarios().values():
        if one.lab == lab:
            source = claims.read(one)
            assert source.steps, f"{one.id} has no steps with ids"
            outside = [claim.what for claim in source.claims if claim.id.partition("/")[0] not in {step.id for step in source.steps}]
            assert not outside, f"{one.id}: outside of any step: {', '.join(outside)}"


def test_ids_are_given_once() -> None:
    assert not [mistake for one in all_scenarios().values() for mistake in calls.mistakes(one)]


def test_every_mutant_names_ids_that_there_are() -> None:
    for one in all_mutants():
        proof.item_of(one)
