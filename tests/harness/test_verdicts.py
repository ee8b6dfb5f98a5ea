"""The rules that turn what happened into a verdict, and the watch over how late the machine runs us."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Any

import pytest

from harness import guard
from harness.cli import exit_status
from harness.guard import Lag, LagWatch
from harness.result import CaptureResult, ExpectationResult, Result, Verdict
from harness.worker import Job, _judge

_CALM = Lag(0.001, 0.002, 1000)
_LATE = {"packets": 2000, "p99": guard.LOOSE_P99 * 2, "max": guard.LOOSE_MAX / 2}
_BUSY = Lag(guard.LOOSE_P99 * 2, guard.LOOSE_MAX * 2, 1000)


def _verdict(passed: list[bool], lag: Lag = _CALM, failure=None, dropped: int = 0, **fidelity: Any) -> Result:
    result = Result("tv.q01", fidelity=dict(fidelity))
    result.expectations = [ExpectationResult(f"claim {number}", "1", "2", ok) for number, ok in enumerate(passed)]
    result.captures = [CaptureResult("h1-eth0", "h1-eth0.pcapng", 10, dropped)]
    _judge(result, failure, lag, Job("tv.q01", "", 1, 1, "", {}, "", "", ""))
    return result


@pytest.mark.parametrize(
    ("result", "verdict", "reason"),
    [
        (_verdict([True, True]), "PASS", ""),
        (_verdict([True, False]), "FAIL", "claim 1"),
        (_verdict([]), "FAIL", "proved nothing"),
        (_verdict([True], failure=(Verdict.FAIL, "a fact did not come about: x")), "FAIL", "did not come about"),
        (_verdict([True, False], dropped=3), "INCONCLUSIVE", "dumpcap dropped 3 packets on h1-eth0"),
        (_verdict([True], dropped=3), "INCONCLUSIVE", "PASS otherwise|dropped 3"),
        (_verdict([False], _BUSY), "INCONCLUSIVE", "the machine was busy"),
        (_verdict([True], _BUSY), "PASS", ""),
        (_verdict([True], failure=(Verdict.FAIL, "late"), lag=_BUSY), "INCONCLUSIVE", "the machine was busy"),
        (_verdict([False], lost_by_switches={"s1-eth1": 5}), "FAIL", "Open vSwitch had no room for 5 packets on s1-eth1"),
        (_verdict([True], lost_by_switches={"s1-eth1": 5}), "PASS", ""),
        (_verdict([False], links_late={"s1-s2": _LATE}), "INCONCLUSIVE", "the machine was busy"),
        (_verdict([True], links_late={"s1-s2": _LATE}), "PASS", ""),
        (_verdict([False], links_late={"s1-s2": {"packets": 9, "p99": 0.1, "max": 0.1}}), "FAIL", "claim 0"),
        (_verdict([True], capture_error="dumpcap ended"), "INCONCLUSIVE", "dumpcap ended"),
        (_verdict([False], not_implemented="echo-server is not implemented"), "SKIPPED", "not implemented"),
        (_verdict([], _BUSY, failure=(Verdict.SKIPPED, "not implemented")), "SKIPPED", "not implemented"),
        (_verdict([False], failure=(Verdict.INCONCLUSIVE, "stopped")), "INCONCLUSIVE", "stopped"),
    ],
)
def test_rules(result: Result, verdict: str, reason: str) -> None:
    assert result.verdict.value == verdict
    assert any(part in " ".join(result.reasons) for part in reason.split("|"))
    assert bool(result.reasons) == (verdict != "PASS"), "whatever is no PASS says why"


def test_an_inconclusive_failure_says_what_it_would_have_been() -> None:
    reasons = _verdict([True, False], _BUSY).reasons
    assert reasons[1:] == ["(FAIL otherwise: claim 1)"]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [([], 0), (["PASS"], 0), (["PASS", "SKIPPED"], 0), (["INCONCLUSIVE", "PASS"], 3), (["FAIL", "INCONCLUSIVE"], 1), (["FAIL"], 1)],
)
def test_exit_status(verdicts: list[str], status: int) -> None:
    assert exit_status(verdicts) == status


def test_limits_are_told() -> None:
    sentence = Lag(0.02, 0.4, 100).too_late(0.01, 0.1)
    assert sentence and "400 ms late" in sentence and "limits 100 ms and 10 ms" in sentence
    assert Lag(0.01, 0.1, 100).too_late(0.01, 0.1) is None


def _watch(seconds: float) -> Lag:
    watch = LagWatch()
    time.sleep(seconds)
    return watch.finish()


def test_watch_counts_and_ends() -> None:
    lag = _watch(0.5)
    assert 10 <= lag.samples <= 51 and 0 <= lag.maximum and lag.p99 <= max(lag.maximum, 0.0005)


def test_watch_sees_a_busy_machine() -> None:
    """Against greedy processes that are favoured over it, on every core (the watch is made nicer, they need no right)."""
    hogs = [subprocess.Popen(["/usr/bin/python3", "-c", "while True: pass"]) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        before = os.nice(0)
        watch = LagWatch()
        os.setpriority(os.PRIO_PROCESS, watch._pid, 19)
        time.sleep(3)
        lag = watch.finish()
        assert os.nice(0) == before
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    assert lag.too_late(guard.LOOSE_P99, guard.LOOSE_MAX), lag
