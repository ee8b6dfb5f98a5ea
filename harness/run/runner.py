"""Runs scenarios in cells, several at a time: longest first, as many as their declared loads allow. What workers tell comes through
their pipes; verdict and result.json are made here, from nothing else."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import selectors
import shlex
import time
from typing import Callable

from harness.judge.exits import describe_status
from harness.judge.hold import Hold, held_to
from harness.judge.labs import roots
from harness.judge.parameters import Value
from harness.judge.result import Attempt, Ended, Ending, Result, Verdict
from harness.judge.roles import ROLES
from harness.judge.scenario import Scenario
from harness.judge.verdict import judge, worth_another_try
from harness.run import attempts as evidence
from harness.run.again import again
from harness.run.job import Job
from harness.run.messages import Listener
from harness.run.owner import give_to_caller
from harness.run.processors import Processors
from harness.run.worker import IMPORTS
from harness.stage.spoken import last_lines
from harness.world import machine, unpacked
from harness.world.cell import Cell, CellError, diagnosis, fork_server
from harness.world.cell.forking import ForkServer
from harness.world.links import emulator

_CORE_SHARE = 0.9  # of each core that scenarios may plan with
_PATIENCE = 3.0  # a scenario is killed after this multiple of its expected time …
_GRACE = 90.0  # … and these seconds
_STOP_SECONDS = 15.0
_BEGINNING = ("starting", "network")  # phases of a scenario
_LIGHT = 0.5  # the load, at most, of what an eager runner starts beside others …
_IDLE = 0.7  # … while so many processors are idle


@dataclasses.dataclass
class Item:
    """One scenario to run: its evidence folder's name and who fills its roles; for mutants, what spoils its network, and which asset stands
    in for which; until: the expectations whose failure ends the run, as a mutant names them. hold: to how much the programs are held, if
    not to what follows from whose they are. doubted: whether a verdict is not believed and wants another attempt. parameters: the values
    that were given; hand_in: the folder that the programs in the place of ours come from; seed: its own, if not the runner's; overdue:
    since when (time.monotonic()) it has been asked to end because its time was over."""

    scenario: Scenario
    name: str
    replacements: dict[str, str] = dataclasses.field(default_factory=dict)
    tamper: str | None = None
    switch: str | None = None
    links: str | None = None
    assets: dict[str, str] = dataclasses.field(default_factory=dict)
    parameters: dict[str, Value] = dataclasses.field(default_factory=dict)
    hand_in: str | None = None
    seed: int | None = None
    until: list[str] = dataclasses.field(default_factory=list)
    hold: str | None = None
    doubted: Callable[[Result], bool] = lambda result: False
    attempt: int = 1
    earlier: list[Attempt] = dataclasses.field(default_factory=list)
    started: float = 0.0
    phase: str = "waiting"
    command: str = ""
    label: str = ""
    overdue: float | None = None

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.label or self.name

    @property
    def holds(self) -> Hold:
        """To how much its programs are held."""
        return held_to(self.hold, bool(self.replacements))

    @property
    def load(self) -> float:
        """Cores to plan with. What takes a core for itself gets two, so that on a machine of two it is alone: whatever shares the other
        with the system would make it late."""
        load = self.scenario.load
        return load if load <= _CORE_SHARE else max(load, 2 * _CORE_SHARE)


@dataclasses.dataclass
class Events:
    """What the runner tells whoever watches."""

    started: Callable[[Item], None] = lambda item: None
    phase: Callable[[Item], None] = lambda item: None
    finished: Callable[[Item, Result], None] = lambda item, result: None
    retried: Callable[[Item, Result], None] = lambda item, result: None
    tick: Callable[["Runner"], None] = lambda runner: None


class Runner:
    """jobs: most scenarios at a time (None: as the loads allow). stop_at_failure: no new scenario after a FAIL. attempts: how
    often what ends INCONCLUSIVE is run, from the second time on alone. eager: starts more than the loads allow while processors are
    idle, for runs of which most wait for what does not come; what is late because of it is run once more when all others are through,
    as loads allow, before it is alone."""

    def __init__(
        self,
        items: list[Item],
        folder: pathlib.Path,
        seed: int = 1,
        jobs: int | None = None,
        stop_at_failure: bool = False,
        events: Events | None = None,
        cores: int | None = None,
        attempts: int = 2,
        eager: bool = False,
    ) -> None:
        self.waiting = sorted(items, key=lambda item: -item.scenario.seconds)
        self.alone: list[Item] = []
        self._calm: list[Item] = []  # of an eager runner: what is run once more before it is alone
        self.running: dict[int, tuple[Item, Cell]] = {}
        self._listeners: dict[int, Listener] = {}
        self.results: list[tuple[Item, Result]] = []
        self.folder, self.seed, self.jobs = folder, seed, jobs
        self.stop_at_failure, self.events = stop_at_failure, events or Events()
        self.cores = cores or len(os.sched_getaffinity(0))
        self.capacity = self.cores * _CORE_SHARE
        self.interrupts = 0
        self.attempts = attempts
        self._processors = Processors() if eager else None
        self._cells_work = False
        self._server: ForkServer | None = None
        self._selector = selectors.DefaultSelector()
        self._stopping_since: float | None = None

    def interrupt(self) -> None:
        """Stops in order; a second call stops at once. May be called from a signal handler."""
        self.interrupts += 1

    def run(self) -> list[tuple[Item, Result]]:
        """Runs everything; raises CellError when this machine cannot make cells."""
        unpacked.prepare(word for item in self.waiting for word in first_words(item))
        if len(self.waiting) > 1:
            with contextlib.suppress(OSError):  # then each cell starts an interpreter
                self._server = fork_server(IMPORTS)
        try:
            while self.waiting or self._calm or self.alone or self.running:
                if self.interrupts:
                    self._stop()
                else:
                    self._start_what_fits()
                for key, _ in self._selector.select(0.1):
                    self._hear(*key.data)
                self._end_overdue()
                self.events.tick(self)
        finally:
            for item, cell in list(self.running.values()):
                self._selector.unregister(cell.status)
                cell.kill()
            self.running.clear()
            if self._server is not None:
                self._server.close()
        return self.results

    def _start_what_fits(self) -> None:
        if self._calm and not self.waiting and not self.running:
            self.waiting, self._calm, self._processors = self._calm, [], None
        used = sum(item.load for item, _ in self.running.values())
        # A network that is brought up takes a core for a second or so, whatever its scenario takes afterwards.
        beginning = sum(item.phase in _BEGINNING for item, _ in self.running.values())
        for item in list(self.waiting):
            if beginning >= self.cores:
                break
            if self.running and (used + item.load > self.capacity or len(self.running) >= (self.jobs or 10**9)):
                continue
            self.waiting.remove(item)
            self._start(item)
            used += item.load
            beginning += 1
        if self._processors and beginning < self.cores and (light := self._light_one()) and (self._processors.idle() or 0) > _IDLE:
            self.waiting.remove(light)
            self._start(light)
        if not self.waiting and not self.running and self.alone:
            self._start(self.alone.pop(0))

    def _light_one(self) -> Item | None:
        """The longest of what waits and may be started although the loads say no: none beside one that needs a quiet machine."""
        if any(item.load > _LIGHT for item, _ in self.running.values()) or len(self.running) >= (self.jobs or 10**9):
            return None
        return next((item for item in self.waiting if item.load <= _LIGHT), None)

    def _start(self, item: Item) -> None:
        folder = evidence.new_folder(self.folder / item.name, item.attempt)
        seed = self._seed(item)
        item.command = again(item, seed)
        job = Job(
            item.scenario.id, str(folder.resolve()), seed, item.attempt, item.command, item.replacements,
            str(machine.programs_folder()), str(machine.assets_folder()), os.getcwd(), item.tamper, item.switch,
            item.links, item.assets, item.parameters, item.hand_in, item.holds.value, item.until,
        )  # fmt: skip
        own = [pathlib.Path(item.hand_in)] if item.hand_in else []
        keep = [folder.resolve(), machine.build_folder(), pathlib.Path.cwd(), *own, *_paths_in(item.replacements.values()), *emulator.files()]
        keep += roots()[1:]
        item.started, item.phase = time.monotonic(), "starting"
        cell = self._make_cell(item, folder, dataclasses.asdict(job), keep)
        if cell is None:
            return
        self.running[cell.status] = (item, cell)
        self._listeners[cell.status] = Listener()
        self._selector.register(cell.status, selectors.EVENT_READ, (item, cell))
        self.events.started(item)

    def _seed(self, item: Item) -> int:
        return self.seed if item.seed is None else item.seed

    def _make_cell(self, item: Item, folder: pathlib.Path, job: dict, keep: list[pathlib.Path]) -> Cell | None:
        """A cell at the second try at the latest, which does without the fork server. Raises CellError where none can be made at all; if others could, the
        scenario is concluded without one, since the others shall not end with it."""
        for attempt in (1, 2):
            with (folder / "worker.log").open("wb") as log:
                try:
                    cell = Cell("harness.run.worker:run", job, keep, stdout=log, stderr=log, server=self._server if attempt == 1 else None)
                    cell.wait_ready()
                    self._cells_work = True
                    return cell
                except CellError as error:
                    why = f"{error}{last_lines(folder / 'worker.log')}"
            if attempt == 2 and not self._cells_work:
                raise CellError(why)
        self._conclude(item, self._unheard(item, Listener(), why))
        return None

    def _hear(self, item: Item, cell: Cell) -> None:
        data = os.read(cell.status, 65536)
        if not data:
            self._finish(item, cell)
            return
        listener = self._listeners[cell.status]
        try:
            listener.hear(data)
        except (ValueError, TypeError, KeyError) as error:
            self._finish(item, cell, f"its worker told what cannot be read: {type(error).__name__}: {error}")
            return
        if listener.phase != item.phase:
            item.phase = listener.phase
            self.events.phase(item)

    def _finish(self, item: Item, cell: Cell, reason: str = "") -> None:
        self._selector.unregister(cell.status)
        del self.running[cell.status]
        listener = self._listeners.pop(cell.status)
        status = cell.kill()
        log = self.folder / item.name / "worker.log"
        why = reason or f"its cell ended with {describe_status(status)} before it was judged{last_lines(log)}"
        result = listener.result or self._unheard(item, listener, why)
        if item.overdue is not None and result.ended.how in (Ending.STOPPED, Ending.LOST):
            result.ended = Ended(Ending.OVERDUE, f"it did not end within {self._limit(item):.0f} s")
        self._conclude(item, result)

    def _unheard(self, item: Item, listener: Listener, why: str) -> Result:
        """What is known of a run whose worker did not say its last word."""
        result = listener.so_far(item.scenario.id)
        one = item.scenario
        result.title, result.question, result.answer = one.title, one.question, one.answer
        result.attempt, result.seed, result.command = item.attempt, self._seed(item), item.command
        result.parameters = {name: {"value": value, "unit": one.parameters[name].unit} for name, value in one.values}
        result.timing_critical, result.hold, result.worth = one.timing_critical, item.holds, one.worth
        result.seconds = round(time.monotonic() - item.started, 3)
        result.started = result.started or time.time() - result.seconds
        stopped = self.interrupts and not item.overdue
        result.ended = Ended(Ending.STOPPED, "stopped before it was judged") if stopped else Ended(Ending.LOST, why)
        return result

    def _conclude(self, item: Item, result: Result) -> None:
        """Judges what is known, writes it down, and tries again where that may help."""
        folder = self.folder / item.name
        result.versions = machine.versions()
        result.earlier = item.earlier
        self._add_remedies(result)
        judge(result)
        try:
            result.write(folder)
        except OSError as error:
            result.ended = Ended(Ending.MACHINE, f"the evidence could not be written: {error}")
            judge(result)
        log = folder / "worker.log"
        if log.exists() and not log.stat().st_size:
            log.unlink()
        give_to_caller(folder)
        if (worth_another_try(result) or item.doubted(result)) and item.attempt < self.attempts and not self.interrupts:
            self.events.retried(item, result)
            tried = [*item.earlier, evidence.attempt_of(result)]
            queue = self._calm if self._processors else self.alone
            queue.append(dataclasses.replace(item, attempt=item.attempt + 1, earlier=tried, phase="waiting", overdue=None))
            return
        self.results.append((item, result))
        self.events.finished(item, result)
        if self.stop_at_failure and result.verdict is Verdict.FAIL:
            self._forget()

    def _add_remedies(self, result: Result) -> None:
        """Those that can be told from outside of the cell only."""
        for doubt in result.doubts:
            if not doubt.remedy:
                doubt.remedy = diagnosis.namespace_advice(doubt.text)
                doubt.lasting = doubt.lasting or bool(doubt.remedy)

    def _limit(self, item: Item) -> float:
        """Seconds after which a scenario is overdue."""
        return item.scenario.seconds * _PATIENCE + _GRACE

    def _end_overdue(self) -> None:
        """Asks for an orderly end, so that it is known how late the machine was; then there is none."""
        now = time.monotonic()
        for item, cell in list(self.running.values()):
            if item.overdue is not None:
                if now - item.overdue > _STOP_SECONDS:
                    self._finish(item, cell)
            elif now - item.started > self._limit(item):
                item.overdue = now
                cell.ask_to_stop()

    def _forget(self) -> None:
        for queue in (self.waiting, self._calm, self.alone):
            queue.clear()

    def _stop(self) -> None:
        self._forget()
        if self._stopping_since is None:
            self._stopping_since = time.monotonic()
            for _, cell in self.running.values():
                cell.ask_to_stop()
        if self.interrupts > 1 or time.monotonic() - self._stopping_since > _STOP_SECONDS:
            for item, cell in list(self.running.values()):
                self._finish(item, cell)


def first_words(item: Item) -> set[str]:
    """The programs that fill its roles by default, of those that nobody else's program fills."""
    roles = [ROLES[role] for role in item.scenario.roles if role in ROLES and role not in item.replacements]
    return {role.template[0] for role in roles if isinstance(role.template[0], str)}


def _paths_in(commands) -> list[pathlib.Path]:
    """Files that --with commands name: they stay visible in the cell although it has its own /tmp."""
    found = []
    for command in commands:
        for word in shlex.split(command):
            path = pathlib.Path(word)
            if "/" in word and path.exists():
                found.append(path.absolute())
                if path.is_file():
                    found.append(path.absolute().parent)
    return [path for path in found if len(path.parts) > 2]
