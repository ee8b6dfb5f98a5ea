"""Runs a step on the machine that runs the emulated one, and compares it with its like in there."""

from __future__ import annotations

import pathlib
import shlex
import shutil
import subprocess
import time
from typing import Callable

from harness.world import machine
from tests.vm.command import DeadlinePassed, finish
from tests.vm.outcome import Outcome, compare, judge, persist, read_questions
from tests.vm.steps import Step


def carry_out(step: Step, results: pathlib.Path, tick: Callable[[], None]) -> Outcome:
    """Keeps the output in STEP.log. Whatever interrupts it ends the step's processes."""
    outcome = persist(step, lambda: _try(step, results, tick))
    compare(outcome, read_questions(results / step.id), read_questions(results / step.like))
    return outcome


def _try(step: Step, results: pathlib.Path, tick: Callable[[], None]) -> Outcome:
    evidence = results / step.id
    shutil.rmtree(evidence, ignore_errors=True)
    evidence.mkdir(parents=True)
    command = step.command.format(out=shlex.quote(str(evidence)))
    log = results / f"{step.id}.log"
    began = time.monotonic()
    with log.open("wb") as output, subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "bash", "-c", command],
        cwd=machine.ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            finish(process, step.deadline, tick)
            status: int | None = process.returncode
        except DeadlinePassed:
            status = None
    return judge(step, status, log.read_text(errors="replace"), evidence, time.monotonic() - began)
