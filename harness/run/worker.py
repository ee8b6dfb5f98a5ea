"""Runs one scenario inside its cell, from the network to all that is known of it. The runner starts it through harness.world.cell, hears
what it tells through a pipe, and makes the verdict."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pathlib
import signal
import time
from typing import Any

from harness.judge.hold import Hold
from harness.judge.result import Doubt, Ended, Ending, Outcome, Result, Spoils, StepResult
from harness.run import guard
from harness.run.job import Job
from harness.run.messages import Teller
from harness.world.tools_needed import LEAST_DESCRIPTORS, foreign_sys, require_descriptors, require_tool

IMPORTS = (
    "harness.judge.claims", "harness.judge.roles", "harness.judge.scenario", "harness.run.blame", "harness.run.gathering", "harness.run.worker",
    "harness.stage.casting", "harness.stage.lab", "harness.world.links.emulator", "harness.world.network",
)  # fmt: skip
"""What a worker needs, for who imports it before there is a worker."""


class Stopped(BaseException):
    """The runner asked for an orderly end."""


def run(argument: dict[str, Any]) -> int:
    """The cell's job: runs the scenario and tells the runner what is known of it."""
    teller = Teller(int(os.environ.pop("WIREPROOF_STATUS")))
    job = Job(**argument)
    os.environ.setdefault("MPLCONFIGDIR", str(pathlib.Path(job.assets).parent / "matplotlib"))
    result = Result(job.id, seed=job.seed, attempt=job.attempt, command=job.command, started=time.time())
    beginning = time.monotonic()
    watch = guard.LagWatch()

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what follows is an orderly end already
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    stage = _Stage(job, result, teller)
    doubts: list[Doubt]
    try:
        stage.play()
        ended, doubts = Ended(Ending.COMPLETE), []
    except Stopped:
        ended, doubts = Ended(Ending.STOPPED, "stopped before it was judged"), []
    except Exception as error:  # noqa: BLE001 - whatever is raised here is told, and whose doing it was
        ended, doubts = _ending_of(error, stage.lab, job.folder)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    result.ended, result.doubts = ended, [*doubts, *result.doubts]
    if stage.lab is not None:
        from harness.run.gathering import gather

        gather(stage.lab, result)
        stage.lap("gathering")
    result.lag = watch.finish()
    result.seconds = round(time.monotonic() - beginning, 3)
    teller.result(result)
    return 0


def _ending_of(error: Exception, lab: Any, folder: str) -> tuple[Ended, list[Doubt]]:
    from harness.run.blame import ending_of

    return ending_of(error, lab, folder)


class _Stage:
    """The network of a scenario and what happens there. lab: None until programs can be started."""

    def __init__(self, job: Job, result: Result, teller: Teller) -> None:
        self._job, self._result, self._teller = job, result, teller
        self.lab: Any = None
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        """Notes how long it took since the last lap."""
        now = time.monotonic()
        self._result.timings[name] = round(now - self._last, 4)
        self._last = now

    def play(self) -> None:
        """From bringing the network up to the scenario's last line; raises whatever ends that earlier."""
        from harness.judge import claims, scenario
        from harness.judge.roles import lacking
        from harness.stage.casting import NotImplementedByRole
        from harness.stage.steps import Caught

        job, result = self._job, self._result
        one = scenario.load(job.id).at(job.parameters)
        result.title, result.question, result.answer = one.title, one.question, one.answer
        result.parameters = {name: {"value": value, "unit": one.parameters[name].unit} for name, value in one.values}
        result.timing_critical, result.hold, result.worth = one.timing_critical, Hold(job.hold), one.worth
        told = ("started", "seed", "attempt", "command", "title", "question", "answer", "parameters", "timing_critical", "hold", "worth")
        self._teller.facts(**{name: getattr(result, name) for name in told})
        if unasked := lacking(one, job.replacements):
            raise NotImplementedByRole(unasked)
        self._teller.phase("network")
        require_descriptors(LEAST_DESCRIPTORS, "a question")
        for tool in one.tools:
            require_tool(tool)
        network = self._bring_up(one)
        self._open_lab(one, network)
        self._record(one)
        network.begin()
        self.lap("links")
        self._teller.phase("running")
        try:
            with contextlib.suppress(Caught):
                one.function(self.lab)
        except Exception:
            begun = {step.id for step in self.lab.steps}
            later = [step for step in claims.read(one).steps if step.id not in begun and "{" not in step.id]
            self.lab.steps += [StepResult(step.id, step.title, Outcome.NOT_REACHED, points=step.points, holds=step.hold) for step in later]
            raise
        finally:
            self.lab.ending_failures = ()  # what is judged from here on ends nothing any more
        self.lap("scenario")
        self._teller.phase("judging")

    def _bring_up(self, one: Any) -> Any:
        from harness.world.cell import open_vswitch
        from harness.world.links import emulator
        from harness.world.network import Network, NetworkError, probe

        job, result = self._job, self._result
        switch = job.switch or one.switch
        open_vswitch.start_for(switch)
        self.lap("open_vswitch")
        network = Network(
            one.topology, switch=switch, links=job.links, seed=job.seed, folder=pathlib.Path(job.folder),
            wire=emulator.command(pathlib.Path(job.programs)),
        )  # fmt: skip
        network.start()
        self.lap("network")
        if lack := foreign_sys():
            result.doubts.append(Doubt(lack.text, lack.source, lack.remedy, Spoils.FAIL, lasting=True))
        result.topology = network.describe()
        self._teller.facts(topology=result.topology)
        result.link_probes = probe(network)
        self.lap("probe")
        bad = [row.reason for row in result.link_probes if not row.ok]
        if bad:
            raise NetworkError("a link is not what it claims to be: " + "; ".join(bad))
        if job.tamper:
            _tamper(job.tamper, network.net)
        return network

    def _open_lab(self, one: Any, network: Any) -> None:
        from harness.stage.lab import Lab

        job, result = self._job, self._result
        lab = Lab(
            network, pathlib.Path(job.folder), job.replacements, pathlib.Path(job.programs), pathlib.Path(job.assets),
            pathlib.Path(job.working_folder), one.roles, job.seed,
            job.exchanged, one.values, one.at_defaults, job.id,
            pathlib.Path(job.hand_in) if job.hand_in else None, Hold(job.hold),
        )  # fmt: skip
        result.roles, result.expectations, result.measurements = lab.roles, lab.expectations, lab.measurements
        result.transcript, result.plots, result.sequences = lab.transcript, lab.plots, lab.sequences
        result.steps = lab.steps
        lab.concluded, lab.ending_failures = self._concluded, job.until
        self.lab = lab

    def _concluded(self) -> None:
        self._teller.facts(roles=self.lab.roles, steps=self.lab.steps)
        self._teller.rows(self.lab)

    def _record(self, one: Any) -> None:
        from harness.evidence.capture.recorder import Loopback

        lab = self.lab
        wanted = one.captures if one.captures is not None else [host.interface for host in lab.hosts.values()]
        nodes = lab.network.net.values()
        interfaces = {one.name: one for node in nodes for one in (*node.intfList(), Loopback(node))}
        for name in wanted:
            lab.record(interfaces[name], one.snaplen)
        for recorder in lab.recorders.values():
            recorder.wait_live()
        self.lap("capture")


def _tamper(path: str, net: Any) -> None:
    specification = importlib.util.spec_from_file_location("tamper", path)
    assert specification and specification.loader, path
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    module.tamper(net)
