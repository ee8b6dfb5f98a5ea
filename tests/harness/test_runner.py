"""The runner: order, loads, retries, patience, interrupts; two users at once."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import pytest

from harness.evidence.capture.packets import Packets
from harness.judge import scenario, verdict
from harness.judge.result import Ending, Result, Verdict
from harness.judge.waiting import wait_for
from harness.run import runner as runner_module
from harness.run.processors import Processors
from harness.run.runner import Events, Item, Runner
from harness.world.cell import diagnosis
from tests import quiet
from tests.harness.others import require_readable
from tests.harness.test_leaves_nothing import ROOT, start_command_line

_EXTRA = ROOT / "tests/harness/scenarios"


pytestmark = pytest.mark.usefixtures("tests_scenarios")


class Watched:
    """A runner over the tests' scenarios, and what it told."""

    def __init__(self, folder: pathlib.Path, *ids: str, load: float = 0.3, **options) -> None:
        self.told: list[str] = []
        self.doubts: list[str] = []
        self.most = self.most_networks = 0
        self._alone = not options.get("eager")
        known = scenario.all_scenarios()
        items = [Item(dataclasses.replace(known[id], load=load), f"{id}-{number}") for number, id in enumerate(ids)]
        events = Events(
            started=self._started,
            retried=self._retried,
            finished=lambda item, result: self.told.append(f"{result.verdict.value} {item.scenario.id}"),
        )
        self.runner = Runner(items, folder, events=events, **options)
        self.results = {item.scenario.id: result for item, result in self.runner.run()}

    def _retried(self, item: Item, result: Result) -> None:
        self.told.append(f"retried {item.scenario.id}")
        if quiet.late(result):
            self.doubts += result.reasons

    def _started(self, item: Item) -> None:
        self.told.append(f"started {item.scenario.id}")
        self.most = max(self.most, len(self.runner.running))
        self.most_networks = max(self.most_networks, sum(one.phase in ("starting", "network") for one, _ in self.runner.running.values()))
        if item.attempt == 2 and self._alone:
            assert len(self.runner.running) == 1, "a second attempt runs alone"


def watched(folder: pathlib.Path, *ids: str, **options) -> Watched:
    """One in which nothing was tried again because the machine was late."""
    numbers = itertools.count()
    return quiet.judge(lambda: Watched(folder / str(next(numbers)), *ids, **options), lambda seen: "; ".join(seen.doubts))


def test_longest_first_one_after_another(tmp_path: pathlib.Path) -> None:
    seen = watched(tmp_path, "test.nothing", "test.fails", "test.quick", jobs=1)
    assert seen.told == [
        "started test.quick", "PASS test.quick", "started test.fails", "FAIL test.fails", "started test.nothing", "FAIL test.nothing",
    ]  # fmt: skip
    assert seen.most == 1


def test_loads_decide_how_many(tmp_path: pathlib.Path) -> None:
    assert Watched(tmp_path / "a", "test.nothing", "test.fails", "test.quick", load=0.6, cores=1).most == 1
    assert Watched(tmp_path / "b", "test.nothing", "test.fails", "test.quick", load=0.4, cores=1).most == 2
    assert Watched(tmp_path / "c", "test.quick", load=5, cores=1).told == ["started test.quick", "PASS test.quick"]


def test_an_eager_one_uses_idle_processors(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what loads allow; never beside what wants a quiet machine."""
    monkeypatch.setattr(runner_module, "_IDLE", -1.0)  # however busy this one is
    assert Watched(tmp_path / "light", *["test.quick"] * 4, load=0.5, cores=1, eager=True).most > 1
    assert Watched(tmp_path / "heavy", *["test.quick"] * 3, load=0.6, cores=1, eager=True).most == 1


def _idle(processors: Processors) -> float:
    def found() -> tuple[float] | None:
        idle = processors.idle()
        return None if idle is None else (idle,)

    return wait_for(found, "a second to go by", 10)[0]


def test_idle_processors_are_counted() -> None:
    processors = Processors()
    assert processors.idle() is None, "no second has gone by"
    assert 0 <= _idle(processors) <= len(os.sched_getaffinity(0)) + 0.1
    busy = subprocess.Popen(["taskset", "-c", str(min(os.sched_getaffinity(0))), "sh", "-c", "while :; do :; done"])
    try:
        processors = Processors()
        assert _idle(processors) <= len(os.sched_getaffinity(0)) - 0.9
    finally:
        busy.kill()
        busy.wait()


def test_an_eager_one_tries_again_as_loads_allow_when_all_are_through(tmp_path: pathlib.Path) -> None:
    """Only then alone."""
    told, most = [], {1: 0, 2: 0, 3: 0}
    known = scenario.all_scenarios()

    def started(item: Item) -> None:
        told.append((item.attempt, item.name))
        most[item.attempt] = max(most[item.attempt], len(runner.running))

    ids = ["first", "second", "third"]
    doubted = lambda result: result.attempt < 3  # noqa: E731
    items = [Item(dataclasses.replace(known["test.fails"], load=0.4), name, doubted=doubted) for name in ids]
    runner = Runner(items, tmp_path, events=Events(started=started), cores=1, attempts=3, eager=True)
    results = {item.name: result.attempt for item, result in runner.run()}
    assert results == dict.fromkeys(ids, 3)
    assert [attempt for attempt, _ in told] == [1] * 3 + [2] * 3 + [3] * 3
    assert most[2] == 2 and most[3] == 1


def test_what_is_doubted_gets_another_attempt(tmp_path: pathlib.Path) -> None:
    attempts = []

    def doubted(result: Result) -> bool:
        attempts.append(result.attempt)
        return result.verdict is Verdict.FAIL and result.attempt == 1

    def found() -> dict[str, Result]:
        attempts.clear()
        items = [Item(known["test.fails"], "fails", doubted=doubted), Item(known["test.fails"], "believed")]
        return {item.name: result for item, result in Runner(items, tmp_path).run()}

    known = scenario.all_scenarios()
    results = quiet.judge(found, lambda results: "the machine was late" if any(map(verdict.late, results.values())) else None)
    assert attempts == [1, 2] and (results["fails"].attempt, results["believed"].attempt) == (2, 1)
    assert results["fails"].earlier[0].verdict is Verdict.FAIL


def test_a_run_may_end_with_the_failure_that_it_was_made_for(tmp_path: pathlib.Path) -> None:
    """With its evidence: the packets that the expectation was about are in the capture, and are shown."""
    one = scenario.all_scenarios()["test.caught"]
    items = [Item(one, "first", until=["came to h2 after 1"]), Item(one, "second", until=["came to h2 after 2"]), Item(one, "all")]
    results = quiet.run_all(items, tmp_path)
    for name, count in (("first", 1), ("second", 2), ("all", 2)):
        result = quiet.judged(results[name])
        assert result.verdict is Verdict.FAIL and result.reasons == [
            f"requests that came to h2 after {number}: found {number}, expected {2 * number}" for number in range(1, count + 1)
        ]
        assert [len(row.packets) for row in result.expectations] == list(range(1, count + 1))
        packets = Packets.decode(tmp_path / name / "h2-eth0.pcapng")
        assert len(packets.where("icmp.type == 8")) == len(packets.where("icmp.type == 0")) == count
        assert "gathering" in result.timings and result.frames, "the rest of the evidence is there too"


def test_who_takes_a_core_has_two(tmp_path: pathlib.Path) -> None:
    ids = ("test.nothing", "test.fails", "test.quick")
    assert Watched(tmp_path / "a", *ids, load=0.95, cores=3).most == 1
    assert Watched(tmp_path / "b", *ids, load=0.95, cores=4).most == 2


def test_a_core_brings_one_network_up_at_a_time(tmp_path: pathlib.Path) -> None:
    seen = Watched(tmp_path, *["test.quick", "test.fails", "test.nothing"] * 2, load=0.01, cores=2)
    assert seen.most_networks == 2 < seen.most


def test_fail_fast(tmp_path: pathlib.Path) -> None:
    seen = watched(tmp_path, "test.fails", "test.nothing", "test.raises", jobs=1, stop_at_failure=True)
    assert seen.told == ["started test.fails", "FAIL test.fails"]


def test_a_crash_is_tried_again_alone(tmp_path: pathlib.Path) -> None:
    seen = Watched(tmp_path, "test.crash", "test.quick", cores=2)
    assert seen.told[-2:] == ["started test.crash", "INCONCLUSIVE test.crash"] and "retried test.crash" in seen.told
    result = seen.results["test.crash"]
    assert result.attempt == 2 and "status 137 before it was judged" in result.reasons[0]
    assert result.command == f"WIREPROOF_SCENARIOS={_EXTRA} ./lab run test.crash --seed 1"
    assert [one.folder for one in result.earlier] == ["attempt-1"]
    assert Result.read(tmp_path / "test.crash-0").verdict is Verdict.INCONCLUSIVE


def test_overdue_scenarios_are_killed(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "_PATIENCE", 0.0)
    monkeypatch.setattr(runner_module, "_GRACE", 3.0)
    seen = Watched(tmp_path, "test.long")
    assert seen.results["test.long"].reasons == ["it did not end within 3 s"]
    assert seen.results["test.long"].ended.how is Ending.OVERDUE and seen.results["test.long"].captures, "the end was orderly"
    assert seen.results["test.long"].verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("times", [1, 2])
def test_interrupts(tmp_path: pathlib.Path, times: int) -> None:
    out, log = tmp_path / "run", tmp_path / "log"
    with log.open("wb") as file:
        process = start_command_line("test.quick", "test.long", out=out, stdout=file, stderr=file)
    heard = out / "test.long/logs/h1-netcat.stdout"
    wait_for(lambda: heard.exists() and heard.read_text() == "hello\n", "the long scenario to be on its way", 60)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)  # two signals at once are one
    assert process.wait(60) == 130, log.read_text()
    assert (out / "junit.xml").exists() and (out / "index.html").exists() and json.loads((out / "results.json").read_text())
    result = Result.read(out / "test.long")
    assert result.verdict is Verdict.INCONCLUSIVE and result.reasons == ["stopped before it was judged"]
    if times == 1:
        assert result.captures and all(row.packets for row in result.captures), "an orderly stop keeps what was captured"


def test_two_users_do_not_meet() -> None:
    """Two runs of this user, and two of an ordinary one when this is root, all at once."""
    require_readable(1000)
    with tempfile.TemporaryDirectory(prefix="wireproof-users-") as name:
        top = pathlib.Path(name)
        top.chmod(0o755)
        runs = []
        for number in range(4):
            folder = top / str(number)
            folder.mkdir()
            command = ["/usr/bin/python3", "-m", "harness.cli", "run", "test.quick", "--out", str(folder / "run")]
            if os.geteuid() == 0 and number >= 2:
                os.chown(folder, 1000, 1000)
                command = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", *command]
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": str(_EXTRA), "HOME": str(folder)}
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
            runs.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True))
        said = [process.communicate(timeout=120)[1] for process in runs]
        for number, process in enumerate(runs):
            assert process.returncode == 0, said[number]
            assert Result.read(top / str(number) / "run/test.quick").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("file", "value", "said", "remedy"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor", "sudo ./lab"),
        ("kernel/unprivileged_userns_clone", "0", "forbids user namespaces", "unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "switched off", "max_user_namespaces=10000"),
        ("user/max_net_namespaces", "0", "network namespaces", "max_net_namespaces=10000"),
    ],
)
def test_restrictions_are_named(tmp_path: pathlib.Path, file: str, value: str, said: str, remedy: str) -> None:
    path = tmp_path / "proc/sys" / file
    path.parent.mkdir(parents=True)
    assert diagnosis.restrictions(tmp_path) == []
    path.write_text(value + "\n")
    [(problem, way_out)] = diagnosis.restrictions(tmp_path)
    assert said in problem and remedy in way_out
    path.write_text("5\n")
    assert diagnosis.restrictions(tmp_path) == []
