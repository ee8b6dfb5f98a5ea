"""The true wire is faithful, and every wrong one is found out by the check that is for it."""

from __future__ import annotations

import pathlib
import sys

import pytest

from harness.judge.result import Verdict
from harness.world import machine
from tests.harness import link_fidelity
from tests.harness.link_dice import lost
from tests.harness.link_fidelity import CHECKS
from tests.harness.network_cell import run

WRONG = pathlib.Path(__file__).resolve().parents[0] / "programs" / "wire_wrong.py"
CAUGHT_BY = {"too-fast": "rate", "late": "delay", "loses-more": "losses", "reorders-once": "order", "forgets-bound": "queue"}
_UNTOLD = 9
"""The status of an inside() that could not tell."""


def inside(check: str, mutation: str, wanted: str) -> None:
    wire = ["/usr/bin/python3", str(WRONG), mutation] if mutation else [str(machine.programs_folder() / "wire")]
    finding = getattr(link_fidelity, check)(wire)
    print(f"{check}: {finding.verdict.value}: {finding.text}", flush=True)
    if finding.verdict is Verdict.INCONCLUSIVE:
        sys.exit(_UNTOLD)
    assert finding.verdict.value == wanted, finding.text


def conclude(check: str, mutation: str, wanted: Verdict) -> None:
    """Runs a check in a cell, again where the machine was too busy to tell."""
    run(inside, check, mutation, wanted.value, untold=_UNTOLD)


@pytest.mark.parametrize("check", [check.__name__ for check in CHECKS])
def test_true_wire(check: str) -> None:
    conclude(check, "", Verdict.PASS)


@pytest.mark.parametrize("mutation", CAUGHT_BY)
def test_wrong_wire_is_caught(mutation: str) -> None:
    conclude(CAUGHT_BY[mutation], mutation, Verdict.FAIL)


def test_other_checks_do_not_mind() -> None:
    """A check finds what it is for, and nothing else: a link that loses too much has the right delay."""
    conclude("delay", "loses-more", Verdict.PASS)


def test_losses_computed_here_are_chance() -> None:
    lists = [lost(seed, "10.0.0.1", "10.0.0.2", 5000, 0.01, 20_000) for seed in range(5)]
    assert len(set(map(tuple, lists))) == 5 and all(140 < len(one) < 260 for one in lists)
