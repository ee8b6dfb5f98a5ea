"""Verdicts that need a quiet machine: tried again alone, then not judged, and counted; tests that wait for one another."""

from __future__ import annotations

import fcntl
import os
import pathlib
import re
import subprocess
import sys
import textwrap

import pytest

from harness.judge.fidelity import Lag, Lateness
from harness.judge.mutant import all_mutants
from harness.judge.result import Result, Verdict
from harness.judge.scenario import all_scenarios
from harness.judge.waiting import wait_for
from harness.run import proof
from tests import machine, quiet

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALM, BUSY = Lag(0.001, 0.01, 900), Lag(0.02, 0.1, 900)


def pytest_run(folder: pathlib.Path, tests: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own, on a machine of its own as far as locks go, that leaves its events in folder/events."""
    heading = "import os, pathlib, pytest\nfrom tests import quiet\nfrom tests.machine import machine\nfrom tests.harness.test_quiet import tell, is_taken\n"
    (folder / "test_some.py").write_text(heading + textwrap.dedent(tests))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "WIREPROOF_TESTS"))}
    environment |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "EVENTS": str(folder / "events")}
    command = [sys.executable, "-P", "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider", "-p", "tests.quiet_plugin"]
    return subprocess.run([*command, *words, str(folder)], env=environment, cwd=folder, capture_output=True, text=True, check=False)


def tell(event: object) -> None:
    with open(os.environ["EVENTS"], "a") as file:
        file.write(f"{event}\n")


def events(folder: pathlib.Path) -> list[str]:
    file = folder / "events"
    return file.read_text().split() if file.exists() else []


def is_taken(folder: pathlib.Path) -> bool:
    """Whether somebody is alone."""
    with (folder / "place").open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_again_alone_three_times_then_not_judged(tmp_path: pathlib.Path) -> None:
    done = pytest_run(
        tmp_path,
        """
        @pytest.mark.parametrize("doubts", [0, 1, 3, 4])
        def test_one(doubts):
            tries = iter(range(9))
            def attempt():
                tell("alone" if is_taken(pathlib.Path(machine._folder)) else "beside")
                return next(tries)
            assert quiet.judge(attempt, lambda number: f"doubt {number}" if number < doubts else None) == doubts
            tell("judged")
        """,
        "-rs",
    )
    expected = [["beside"], ["beside", "alone"], ["beside", "alone", "alone", "alone"]]
    assert events(tmp_path) == [word for row in expected for word in (*row, "judged")] + ["beside", "alone", "alone", "alone"]
    assert "3 passed, 1 skipped" in done.stdout and "not judged: doubt 3" in done.stdout, done.stdout


@pytest.mark.parametrize("processes", [[], ["-n", "2"]])
@pytest.mark.parametrize(("missing", "status"), [(0, 0), (2, 0), (3, 1)])
def test_more_than_two_percent_not_judged_fails(tmp_path: pathlib.Path, processes: list[str], missing: int, status: int) -> None:
    done = pytest_run(
        tmp_path,
        f"""
        @pytest.mark.parametrize("number", range(100))
        def test_quiet(number):
            quiet.judge(lambda: number, lambda found: "busy" if found < {missing} else None)

        @pytest.mark.parametrize("number", range(50))
        def test_others(number):
            if number % 2:
                pytest.skip("not judged in another way")
        """,
        *processes,
    )
    assert done.returncode == status, done.stdout
    assert f"{missing} of 100 verdicts that need a quiet machine were not judged" in done.stdout, done.stdout
    assert ("FAILED: " in done.stdout) == bool(status) and done.stdout.count("test_quiet[") == missing
    assert re.search(rf"{150 - 25 - missing} passed, {25 + missing} skipped", done.stdout.splitlines()[-1])


def test_a_failure_stays_one(tmp_path: pathlib.Path) -> None:
    done = pytest_run(tmp_path, "def test_one():\n    assert quiet.judge(lambda: 1, lambda found: None) == 2\n")
    assert done.returncode == 1 and "1 failed" in done.stdout and "0 of 1 verdicts" in done.stdout


def test_whoever_is_alone_is_alone(tmp_path: pathlib.Path) -> None:
    """Two processes, in one of which tests want to be alone: no test of the other runs meanwhile."""
    tests = """
        import time
        @pytest.mark.parametrize("number", range(20))
        {mark}
        def test_{kind}(number):
            tell("{kind}+")
            time.sleep(0.01)
            tell("{kind}-")
        """
    (tmp_path / "test_other.py").write_text("import pytest\nfrom tests.harness.test_quiet import tell\n" + textwrap.dedent(tests.format(mark="", kind="any")))
    done = pytest_run(tmp_path, tests.format(mark="@pytest.mark.alone", kind="alone"), "-n", "2", "--dist", "loadfile")
    told = "".join(events(tmp_path))
    assert "40 passed" in done.stdout and told.count("alone+alone-") == 20, done.stdout + told
    assert "any" in told.partition("alone+")[2] or "any" in told.rpartition("alone-")[0]


def test_who_wants_to_be_alone_is_not_overtaken(tmp_path: pathlib.Path) -> None:
    program = """
import os, pathlib, sys, time
from tests.harness.test_quiet import tell
from tests.machine import Machine
machine = Machine(pathlib.Path(sys.argv[1]))
if sys.argv[2] == "alone":
    with machine.beside_others():
        tell("wanting")
        with machine.alone():
            tell("alone")
else:
    while not os.path.exists(sys.argv[3]):
        with machine.beside_others():
            tell("beside")
            time.sleep(0.05)
"""
    place, stop = tmp_path / "place", tmp_path / "stop"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EVENTS": str(tmp_path / "events")}

    def start(kind: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-P", "-c", program, str(place), kind, str(stop)], env=environment)

    others = [start("beside") for _ in range(2)]
    try:
        wait_for(lambda: len(events(tmp_path)) > 4, "the others to come and go", 20)
        wanting = start("alone")
        assert wanting.wait(60) == 0
        told = events(tmp_path)
        assert told.index("alone") - told.index("wanting") <= 10, "each of the others may come in once or twice until it stands at the gate"
        wait_for(lambda: events(tmp_path)[-1] == "beside", "the others to go on", 20)
    finally:
        stop.touch()
        for other in others:
            other.wait(20)


def test_what_a_test_starts_does_not_wait_for_it(tmp_path: pathlib.Path) -> None:
    """It would wait forever: whoever wants to be alone next lets nobody in."""
    words = "from tests.machine import machine\nwith machine.alone(): print(type(machine).__name__)"
    done = subprocess.run([sys.executable, "-c", words], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert done.stdout == "PartOfATest\n"


def test_a_folder_of_another_user_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    with pytest.raises(PermissionError, match="not a folder of this user"):
        with machine.Machine(tmp_path / "link").alone():
            pass


@pytest.mark.parametrize(
    ("facts", "late"),
    [
        ({}, False), ({"lag": CALM}, False), ({"lag": BUSY}, True), ({"lag": Lag(0.01, 0.01, 900)}, True),
        ({"lag": CALM, "late_links": {"h1-s1": Lateness(9, 0.0, 0.2)}}, True),
    ],
)  # fmt: skip
def test_what_cannot_be_told_although_the_machine_was_in_time_fails(facts: dict, late: bool) -> None:
    result = Result("tv.q01", verdict=Verdict.INCONCLUSIVE, reasons=["dumpcap dropped 3 packets"], **facts)
    with pytest.raises(pytest.skip.Exception if late else pytest.fail.Exception, match="dumpcap dropped 3 packets"):
        quiet.judged(result)


def test_a_verdict_is_one() -> None:
    for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.SKIPPED):
        result = Result("tv.q01", verdict=verdict, lag=BUSY)
        assert quiet.judged(result) is result


def test_verdicts_that_became_others_are_listed(tmp_path: pathlib.Path) -> None:
    done = pytest_run(
        tmp_path,
        """
        from harness.judge.result import Attempt, Result, Verdict

        @pytest.mark.parametrize("first", ["FAIL", "INCONCLUSIVE"])
        def test_one(first):
            tried = Attempt(1, "one/attempt-1", Verdict(first), ["two of three came"], 0, 1)
            assert quiet.judged(Result("one", "One", verdict=Verdict.PASS, attempt=2, earlier=[tried])).attempt == 2
        """,
    )
    assert done.returncode == 0 and "0 of 2 verdicts" in done.stdout, done.stdout
    assert "1 of them were others when asked for once more, alone:\n  " in done.stdout, done.stdout
    assert "test_one[FAIL]: attempt 1 FAIL: two of three came\n" in done.stdout and "test_one[INCONCLUSIVE]: attempt" not in done.stdout


def test_who_proves_a_question_asks_once_more_for_a_verdict_that_must_be_another() -> None:
    scenario = all_scenarios()["tv.q18"]
    item = proof.own(scenario)
    for verdict, attempt, again in ((Verdict.FAIL, 1, True), (Verdict.FAIL, 2, False), (Verdict.PASS, 1, False), (Verdict.INCONCLUSIVE, 1, False)):
        assert item.doubted(Result("tv.q18", "", verdict=verdict, attempt=attempt)) == again
    mutant = next(one for one in all_mutants() if one.scenario == "tv.q18")
    assert proof.item_of(mutant).doubted(Result("tv.q18", "", verdict=Verdict.PASS, attempt=1)), "what nothing caught"
    assert not proof.item_of(mutant).doubted(Result("tv.q18", "", verdict=Verdict.PASS, attempt=2)), "twice: it is to be told"
