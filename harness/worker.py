"""Runs one scenario inside its cell, from the network to the verdict. The runner starts it through harness.cell."""

from __future__ import annotations

import dataclasses
import errno
import importlib.util
import json
import os
import pathlib
import signal
import time
import traceback
from typing import Any

from harness import guard
from harness.capture.packets import DecodeError
from harness.capture.recorder import CaptureError
from harness.cell import open_vswitch
from harness.links import emulator
from harness.result import CaptureResult, Result, Verdict


# What no program under test can bring about: the machine is full, or out of descriptors, memory or processes.
_MACHINE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO}


class Stopped(BaseException):
    """The runner asked for an orderly end."""


@dataclasses.dataclass
class Job:
    """What the runner asks for. replacements: role → command; tamper: a Python file whose tamper(net) spoils the network
    (how mutants of networks are made); links: by what means they are made; exchanged: asset → the asset that stands in for it
    (mutants of files); parameters: the values that are not left at their defaults."""

    id: str
    folder: str
    seed: int
    attempt: int
    command: str
    replacements: dict[str, str]
    programs: str
    assets: str
    working_folder: str
    tamper: str | None = None
    switch: str | None = None
    links: str | None = None
    exchanged: dict[str, str] = dataclasses.field(default_factory=dict)
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)


def _report(event: str, text: str = "") -> None:
    os.write(int(os.environ["WIREPROOF_STATUS"]), (json.dumps({"event": event, "text": text}) + "\n").encode())


def _tamper(path: str, net: Any) -> None:
    specification = importlib.util.spec_from_file_location("tamper", path)
    assert specification and specification.loader, path
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    module.tamper(net)


def run(argument: dict[str, Any]) -> int:
    """The cell's job: runs the scenario and writes result.json."""
    job = Job(**argument)
    os.environ.setdefault("MPLCONFIGDIR", str(pathlib.Path(job.assets).parent / "matplotlib"))
    result = Result(job.id, seed=job.seed, attempt=job.attempt, command=job.command, started=time.time())
    watch = guard.LagWatch()

    def stop(*_: object) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    beginning = time.monotonic()
    failure: tuple[Verdict, str] | None = None
    try:
        try:
            failure = _run(job, result)
        finally:
            lag = watch.finish()
            result.fidelity["lag"] = dataclasses.asdict(lag)
            result.seconds = round(time.monotonic() - beginning, 3)
    except Stopped:
        failure = (Verdict.INCONCLUSIVE, "stopped before it was judged")
    except OSError as error:
        failure = (Verdict.INCONCLUSIVE, f"the machine refused: {error}")
    _judge(result, failure, lag, job)
    result.write(pathlib.Path(job.folder))
    _report("done", result.verdict.value)
    return 0


def _run(job: Job, result: Result) -> tuple[Verdict, str] | None:
    """Runs the scenario; gives the verdict of what went wrong, or None when expectations decide."""
    from harness import scenario
    from harness.lab import Lab, NotImplementedByRole
    from harness.network import LinkError, Network, NetworkError, UnsupportedLink, probe
    from harness.roles import lacking
    from harness.waiting import DeadlinePassed

    one = scenario.load(job.id).at(job.parameters)
    result.title, result.question, result.answer = one.title, one.question, one.answer
    result.parameters = {name: {"value": value, "unit": one.parameters[name].unit} for name, value in one.values}
    if unasked := lacking(one, job.replacements):
        return Verdict.SKIPPED, unasked
    clock = _Timings(result)
    _report("phase", "network")
    lab = None
    try:
        switch = job.switch or one.switch
        open_vswitch.start_for(switch)
        clock.lap("open_vswitch")
        network = Network(
            one.topology, switch=switch, links=job.links, seed=job.seed, folder=pathlib.Path(job.folder),
            wire=emulator.command(pathlib.Path(job.programs)),
        )  # fmt: skip
        network.start()
        clock.lap("network")
        result.topology = network.describe()
        probes = probe(network)
        clock.lap("probe")
        result.fidelity["links"] = [dataclasses.asdict(row) for row in probes]
        bad = [str(row.reason) for row in probes if not row.ok]
        if bad:
            return Verdict.INCONCLUSIVE, "a link is not what it claims: " + "; ".join(bad)
        if job.tamper:
            _tamper(job.tamper, network.net)
        lab = Lab(
            network, pathlib.Path(job.folder), job.replacements, pathlib.Path(job.programs), pathlib.Path(job.assets),
            pathlib.Path(job.working_folder), one.roles, job.seed,
            job.exchanged, one.values, one.at_defaults, one.id,
        )  # fmt: skip
        wanted = one.captures if one.captures is not None else [host.interface for host in lab.hosts.values()]
        interfaces = {interface.name: interface for node in network.net.values() for interface in node.intfList()}
        for name in wanted:
            lab.record(interfaces[name], one.snaplen)
        for recorder in lab.recorders.values():
            recorder.wait_live()
        clock.lap("capture")
        network.begin()
        clock.lap("links")
        _report("phase", "running")
        one.function(lab)
        clock.lap("scenario")
        _report("phase", "judging")
        return None
    except NotImplementedByRole as error:
        return Verdict.SKIPPED, str(error)
    except (CaptureError, DecodeError, UnsupportedLink, NetworkError, LinkError, open_vswitch.OpenVSwitchError) as error:
        return Verdict.INCONCLUSIVE, str(error)
    except DeadlinePassed as error:
        return Verdict.FAIL, f"a fact did not come about: {error}"
    except Exception as error:  # noqa: BLE001 - whatever a scenario raises is its failure, and is shown whole
        if isinstance(error, OSError) and (lab is None or error.errno in _MACHINE_ERRORS):
            raise  # the machine's fault, not that of a program under test
        return Verdict.FAIL, f"the scenario ended with {type(error).__name__}: {error}\n{_where(error)}"
    finally:
        if lab is not None:
            _gather(lab, result)
            clock.lap("gathering")


def _where(error: BaseException) -> str:
    frames = [row for row in traceback.extract_tb(error.__traceback__) if "/scenarios/" in row.filename] or traceback.extract_tb(
        error.__traceback__
    )[-1:]
    return "\n".join(f"  {pathlib.Path(row.filename).name}:{row.lineno}: {row.line}" for row in frames)


class _Timings:
    def __init__(self, result: Result) -> None:
        self._result, self._last = result, time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self._result.timings[name] = round(now - self._last, 4)
        self._last = now


def _gather(lab: Any, result: Result) -> None:
    """Ends programs and captures, and puts what the lab collected into the result."""
    from harness.lab import NotImplementedByRole

    result.roles, result.expectations, result.measurements = lab.roles, lab.expectations, lab.measurements
    result.transcript, result.plots, result.sequences = lab.transcript, lab.plots, lab.sequences
    try:
        lab.check_implemented()
    except NotImplementedByRole as error:
        result.fidelity["not_implemented"] = str(error)
    result.fidelity["failed_replacements"] = lab.failed_replacements()
    try:
        lab.close()
        result.fidelity["lost_by_switches"] = open_vswitch.lost()
        result.fidelity["link_counters"] = lab.network.link_counters()
        result.fidelity["links_failed"] = lab.network.end_links()
        result.fidelity["links_late"] = {name: dataclasses.asdict(late) for name, late in lab.network.lateness().items()}
        result.frames = lab.frames()
    except (CaptureError, DecodeError) as error:
        result.fidelity["capture_error"] = str(error)
    for recorder in lab.recorders.values():
        result.captures.append(CaptureResult(recorder.name, recorder.file.name, recorder.count, recorder.dropped))


def _judge(result: Result, failure: tuple[Verdict, str] | None, lag: guard.Lag, job: Job) -> None:
    """Design rule 3: a machine that did not keep its promises gives INCONCLUSIVE, never a false FAIL or a lucky PASS."""
    from harness import scenario

    failed = [row.what for row in result.expectations if not row.passed]
    if failure:
        result.verdict, reason = failure
        result.reasons = [*failed, reason] if result.verdict is Verdict.FAIL else [reason]
    elif not result.expectations:
        result.verdict, result.reasons = Verdict.FAIL, ["the scenario expected nothing, so it proved nothing"]
    elif failed:
        result.verdict, result.reasons = Verdict.FAIL, failed
    else:
        result.verdict = Verdict.PASS
    if result.verdict is Verdict.FAIL:
        result.reasons += result.fidelity.get("failed_replacements", [])
        lost = result.fidelity.get("lost_by_switches", {})
        result.reasons += [f"(Open vSwitch had no room for {count} packets on {interface})" for interface, count in lost.items()]
    if "not_implemented" in result.fidelity:
        result.verdict, result.reasons = Verdict.SKIPPED, [result.fidelity["not_implemented"]]
    if result.verdict in (Verdict.SKIPPED, Verdict.INCONCLUSIVE):
        return
    doubts = [f"dumpcap dropped {row.dropped} packets on {row.interface}" for row in result.captures if row.dropped]
    doubts += result.fidelity.get("links_failed", [])
    if "capture_error" in result.fidelity:
        doubts.append(result.fidelity["capture_error"])
    strict = scenario.load(job.id).timing_critical
    lag = lag.with_links(result.fidelity.get("links_late", {}).values())
    late = None
    if strict:
        late = lag.too_late(guard.STRICT_P99, guard.STRICT_MAX)
    if not late and result.verdict is Verdict.FAIL:
        late = lag.too_late(guard.LOOSE_P99, guard.LOOSE_MAX)
    if late:
        doubts.append(late)
    if doubts:
        would = result.verdict.value
        result.reasons = [*doubts, *(f"({would} otherwise: {reason})" for reason in result.reasons)]
        result.verdict = Verdict.INCONCLUSIVE
