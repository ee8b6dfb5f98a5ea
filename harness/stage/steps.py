"""The steps of a scenario, each a unit that fails, is timed and carries points; a part of harness.stage.lab.Lab."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from harness.evidence.frames.observe import SeveralConnections
from harness.judge.hold import Hold
from harness.judge.result import ExpectationResult, Outcome, StepResult
from harness.judge.waiting import DeadlinePassed, ProgramFault, bounded
from harness.stage.program import Program
from harness.stage.scratch import ScratchError

if TYPE_CHECKING:
    from harness.stage.line import LineProgram

BY_PROGRAMS = (DeadlinePassed, ProgramFault, ScratchError, SeveralConnections)
"""What is raised where programs brought something about, or did not: the question is answered, if not as hoped."""
HABITS = "habits"
"""Stands in place of a step's id for what servers are looked at whatever the question (harness.stage.habits)."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_IDS_ARE = "an id is made of words in small letters and digits, with hyphens between"


class NotReached(Exception):
    """Within what a good program does, one that is not held to it did not: what follows there is not asked."""


class Caught(BaseException):
    """The expectation for which the run was made has failed: the rest of the scenario is not needed. Passes by whatever a scenario catches."""


class Steps:
    """Methods of Lab. steps: those that were begun and have an id."""

    steps: list[StepResult]
    programs: list[Program | LineProgram]
    hold: Hold
    tell: Callable[[str, str, str, str], None]
    _note: Any
    _within = Hold.MUST
    _open: tuple[StepResult, ...] = ()
    ended_in = ""
    """Id of the step that a wait in vain or a fault has ended, if that ends the scenario (harness use)."""

    def step(
        self, title: str, should: bool = False, *, id: str = "", deadline: float | None = None, points: float = 1  # noqa: A002
    ) -> AbstractContextManager[None]:
        """What the block of the ``with`` statement is about: a headline of the transcript, with what the judged programs print. id: unique in the scenario; it names what fails
        in the block, also a wait in vain, which ends the scenario. deadline: seconds from now after which no wait in the block lasts.
        points: what it counts. should: no sheet asks for what is looked at in the block, but a good program does it. Others than ours are
        told the first thing there that does not hold, and the scenario goes on behind."""
        self.tell("step", "", "", title)
        if id and not _ID.fullmatch(id):
            raise ValueError(f"step id {id!r}: {_IDS_ARE}")
        return self._taken(StepResult(id, title, points=points), should, deadline)

    @contextlib.contextmanager
    def _taken(self, step: StepResult, should: bool, deadline: float | None) -> Iterator[None]:
        outer = self._within, self._open
        if step.id:
            if step.id == HABITS or any(step.id == one.id for one in self.steps):
                raise ValueError(f"the step id {step.id!r} is taken")
            self.steps.append(step)
            self._open = (*self._open, step)
        if should:
            self._within = Hold.SHOULD
        step.holds = self._within
        started, begin = len(self.programs), time.monotonic()
        try:
            with bounded(deadline):
                yield
            if step.outcome is Outcome.UNFINISHED:
                step.outcome = Outcome.HELD
        except (*BY_PROGRAMS, NotReached) as error:
            step.outcome = Outcome.FAILED
            if not should or self.holds_should:
                self.ended_in = self.ended_in or self.current_step
                raise
            if not isinstance(error, NotReached):  # which is noted already
                what, _, more = str(error).partition("\n")
                where = self.ended_in or self.current_step
                self._note(ExpectationResult(what, "", more, False, holds=Hold.SHOULD, id=where))
            self.ended_in = ""  # for the scenario goes on
            for program in reversed(self.programs[started:]):  # what follows is as it was before: their ports are free
                program.stop()
        finally:
            step.seconds = round(time.monotonic() - begin, 3)
            self._within, self._open = outer
            for program in self.programs if step.id else ():
                if isinstance(program, Program) and program.role:
                    program.show()

    @property
    def holds_should(self) -> bool:
        """Whether the programs are held to what a good program does beyond what the sheet asks: to choose among ways that cannot both be
        tried."""
        return self.hold is Hold.SHOULD

    @property
    def current_step(self) -> str:
        """Id of the step in whose block the scenario is, the innermost; empty outside of steps that have ids."""
        return self._open[-1].id if self._open else ""

    def id_of(self, expectation: str) -> str:
        """The whole id of an expectation: its step's, and its own where it has one (harness use)."""
        if expectation and not _ID.fullmatch(expectation):
            raise ValueError(f"expectation id {expectation!r}: {_IDS_ARE}")
        return "/".join(filter(None, (self.current_step, expectation)))

    def _fail_steps(self, holds: Hold) -> None:
        """An expectation failed: with it the steps around it, unless it is only advice there."""
        for step in self._open:
            if holds is Hold.MUST or self.holds_should or step.holds is Hold.SHOULD:
                step.outcome = Outcome.FAILED
