"""The rules that turn what happened into a verdict, as a table, and the watch over how late the machine runs us."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import time

import pytest

from harness.cli.commands import exit_status
from harness.judge import fidelity, verdict
from harness.judge.fidelity import Lag, Lateness
from harness.judge.hold import Hold, held_to
from harness.judge.result import CaptureResult, Doubt, Ended, Ending, ExpectationResult, Fault, Result, Spoils
from harness.run.guard import LagWatch

CALM = Lag(0.001, 0.002, 1000)
BUSY = Lag(fidelity.LOOSE_P99 * 2, fidelity.LOOSE_MAX * 2, 1000)
UNWATCHED = Lag()
LATE_LINK = Lateness(2000, fidelity.LOOSE_P99 * 2, fidelity.LOOSE_MAX / 2)
YES, NO, NO_WHATEVER = (True, False), (False, False), (False, True)

COMPLETE = Ended(Ending.COMPLETE)
DEADLINE = Ended(Ending.NO_FACT, "a fact did not come about: x")
BROKEN = Ended(Ending.BROKEN, "wireproof itself failed: KeyError: 'x'")
STOPPED = Ended(Ending.STOPPED, "stopped before it was judged")
LOST = Ended(Ending.LOST, "its cell ended with status 137")
OVERDUE = Ended(Ending.OVERDUE, "it did not end within 99 s")
SKIPPED = Ended(Ending.NOT_IMPLEMENTED, "echo-server is not implemented")
MACHINE = Ended(Ending.MACHINE, "the program nft is missing")

ANY, OF_FAIL, OF_NONE = (Doubt(f"doubt of {spoils.value}", "machine", spoils=spoils) for spoils in (Spoils.ANY, Spoils.FAIL, Spoils.NONE))
[SWITCH] = verdict.lost({"s1-eth1": 5})
HOG = Fault("it kept the processors busy", "h1-mine", makes_late=True)
MISSING = Doubt("the program nft is missing", "tools", "install nftables", lasting=True)


def told(
    *passed: tuple[bool, bool], ended: Ended = COMPLETE, lag: Lag = CALM, doubts: tuple[Doubt, ...] = (), faults: tuple[Fault, ...] = (),
    strict: bool = False, replaced: bool = False, links: tuple[Lateness, ...] = (),
) -> Result:  # fmt: skip
    """A result with these expectations (holds, whatever the lag) and these facts."""
    result = Result("tv.q01", ended=ended, lag=lag, doubts=list(doubts), faults=list(faults), timing_critical=strict)
    result.expectations = [
        ExpectationResult(f"claim {number}", "a\ntable", "another", ok, whatever_lag=whatever) for number, (ok, whatever) in enumerate(passed)
    ]
    result.roles = {"echo-server": {"command": "mine", "replaced": replaced}}
    result.late_links = {f"s{number}-s2": late for number, late in enumerate(links)}
    verdict.judge(result)
    return result


RULES = [
    # expectations alone
    (told(YES, YES), "PASS", []),
    (told(YES, NO), "FAIL", ["claim 1"]),
    (told(), "FAIL", [verdict.NOTHING_EXPECTED]),
    # how it ended
    (told(YES, ended=DEADLINE), "FAIL", ["a fact did not come about: x"]),
    (told(NO, ended=DEADLINE), "FAIL", ["claim 0", "a fact did not come about: x"]),
    (told(NO, ended=SKIPPED, lag=BUSY, doubts=(ANY,)), "SKIPPED", ["echo-server is not implemented"]),
    (told(YES, ended=STOPPED), "INCONCLUSIVE", ["stopped before it was judged"]),
    (told(NO, ended=STOPPED), "INCONCLUSIVE", ["stopped before it was judged", "(FAIL otherwise: claim 0)"]),
    (told(NO, ended=LOST, lag=UNWATCHED), "INCONCLUSIVE", ["its cell ended with status 137", "(FAIL otherwise: claim 0)"]),
    (told(ended=LOST, lag=UNWATCHED), "INCONCLUSIVE", ["its cell ended with status 137"]),
    (told(YES, ended=MACHINE, doubts=(MISSING,)), "INCONCLUSIVE", ["the program nft is missing; install nftables"]),
    (told(NO_WHATEVER, ended=MACHINE, doubts=(MISSING,)), "INCONCLUSIVE", ["the program nft is missing; install", "(FAIL otherwise: claim 0)"]),
    (told(YES, ended=MACHINE), "INCONCLUSIVE", ["the program nft is missing"]),
    # an exception of ours is no program's fault, and takes no failure back that was a fact before it
    (told(YES, ended=BROKEN), "INCONCLUSIVE", ["wireproof itself failed: KeyError: 'x'"]),
    (told(ended=BROKEN), "INCONCLUSIVE", ["wireproof itself failed: KeyError: 'x'"]),
    (told(NO, ended=BROKEN), "FAIL", ["claim 0", "(also: wireproof itself failed: KeyError: 'x')"]),
    (told(NO, ended=BROKEN, lag=BUSY), "INCONCLUSIVE", ["the machine was busy", "(FAIL otherwise: claim 0)"]),
    # the question's time is a limit, which a replaced program may run into
    (told(YES, ended=OVERDUE), "INCONCLUSIVE", ["it did not end within 99 s"]),
    (told(YES, ended=OVERDUE, replaced=True), "FAIL", ["it did not end within 99 s, with echo-server replaced"]),
    (told(YES, ended=OVERDUE, replaced=True, lag=BUSY), "INCONCLUSIVE", ["the machine was busy", "(FAIL otherwise: it did not end"]),
    (told(YES, ended=OVERDUE, replaced=True, lag=UNWATCHED), "INCONCLUSIVE", ["no samples"]),
    # faults of programs explain a FAIL, or decide it
    (told(YES, faults=(Fault("it ended with status 1", "h1-mine"),)), "PASS", []),
    (told(NO, faults=(Fault("it ended with status 1", "h1-mine"),)), "FAIL", ["claim 0", "it ended with status 1"]),
    (told(YES, faults=(Fault("257 processes", "h1-mine", decides=True),)), "FAIL", ["257 processes"]),
    (told(YES, faults=(Fault("257 processes", "h1-mine", decides=True),), doubts=(ANY,)), "INCONCLUSIVE", ["doubt of any"]),
    # doubts of the machine
    (told(YES, doubts=(ANY,)), "INCONCLUSIVE", ["doubt of any"]),
    (told(NO, doubts=(ANY,)), "INCONCLUSIVE", ["doubt of any", "(FAIL otherwise: claim 0)"]),
    (told(YES, doubts=(OF_FAIL,)), "PASS", []),
    (told(NO, doubts=(OF_FAIL,)), "INCONCLUSIVE", ["doubt of FAIL", "(FAIL otherwise: claim 0)"]),
    (told(NO_WHATEVER, doubts=(OF_FAIL,)), "INCONCLUSIVE", ["doubt of FAIL"]),
    (told(YES, doubts=(OF_NONE,)), "PASS", []),
    (told(NO, doubts=(OF_NONE,)), "FAIL", ["claim 0"]),
    # what a switch lost counts where it was not run in time; bursts overrun one that was
    (told(NO, doubts=(SWITCH,)), "FAIL", ["claim 0", "(Open vSwitch had no room for 5 packets on s1-eth1)"]),
    (told(NO_WHATEVER, doubts=(SWITCH,), lag=BUSY), "INCONCLUSIVE", ["Open vSwitch had no room", "(FAIL otherwise: claim 0)"]),
    (told(YES, doubts=(SWITCH,), lag=BUSY), "PASS", []),
    # lateness
    (told(YES, lag=BUSY), "PASS", []),
    (told(NO, lag=BUSY), "INCONCLUSIVE", ["the machine was busy", "(FAIL otherwise: claim 0)"]),
    (told(YES, ended=DEADLINE, lag=BUSY), "INCONCLUSIVE", ["the machine was busy"]),
    (told(YES, lag=BUSY, strict=True), "INCONCLUSIVE", ["the machine was busy"]),
    (told(YES, NO, NO_WHATEVER, lag=BUSY), "FAIL", ["claim 2", "(not counted, since the machine was late: claim 1)"]),
    (told(NO_WHATEVER, lag=BUSY, strict=True), "FAIL", ["claim 0"]),
    (told(NO_WHATEVER, lag=BUSY, ended=DEADLINE), "FAIL", ["claim 0", "(not counted, since the machine was late: a fact did"]),
    (told((True, True), NO, lag=BUSY), "INCONCLUSIVE", ["the machine was busy"]),
    # unless it was a program in the place of ours that kept the machine busy
    (told(YES, faults=(HOG,)), "PASS", []),
    (told(YES, lag=BUSY, faults=(HOG,)), "PASS", []),
    (told(YES, lag=BUSY, strict=True, faults=(HOG,)), "FAIL", ["it kept the processors busy, so that the machine was busy"]),
    (told(NO, lag=BUSY, faults=(HOG,)), "FAIL", ["it kept the processors busy, so that the machine was busy", "claim 0"]),
    (told(NO, lag=BUSY, faults=(HOG,), doubts=(ANY,)), "INCONCLUSIVE", ["doubt of any"]),
    # a watch that died tells nothing of a perfect machine
    (told(YES, lag=UNWATCHED), "PASS", []),
    (told(YES, lag=UNWATCHED, strict=True), "INCONCLUSIVE", ["the watch over it has no samples"]),
    (told(NO, lag=UNWATCHED), "INCONCLUSIVE", ["the watch over it has no samples", "(FAIL otherwise: claim 0)"]),
    (told(NO_WHATEVER, lag=UNWATCHED), "FAIL", ["claim 0"]),
    # emulators of links are watched too
    (told(NO, links=(LATE_LINK,)), "INCONCLUSIVE", ["the machine was busy"]),
    (told(YES, links=(LATE_LINK,)), "PASS", []),
    (told(NO, links=(Lateness(9, 0.1, 0.1),)), "FAIL", ["claim 0"]),
]


@pytest.mark.parametrize(("result", "name", "reasons"), RULES, ids=range(len(RULES)))
def test_rules(result: Result, name: str, reasons: list[str]) -> None:
    assert (result.verdict.value, len(result.reasons) >= len(reasons)) == (name, True), result.reasons
    assert all(part in reason for part, reason in zip(reasons, result.reasons)), result.reasons
    assert bool(result.reasons) == (name != "PASS"), "whatever is no PASS says why, and a PASS does not"


def test_no_doubt_makes_a_verdict_worse_than_inconclusive() -> None:
    """Whatever a machine does wrong, what it takes back is never turned into its opposite."""
    for result, name, _ in RULES:
        for doubt in (ANY, OF_FAIL, OF_NONE, MISSING):
            doubted = verdict.decide(dataclasses.replace(result, doubts=[*result.doubts, doubt])).verdict.value
            assert doubted in (name, "INCONCLUSIVE"), (result, doubt)


@pytest.mark.parametrize(
    ("hold", "must", "should", "name", "advised"),
    [
        (Hold.SHOULD, True, True, "PASS", 0), (Hold.SHOULD, True, False, "FAIL", 0), (Hold.SHOULD, False, True, "FAIL", 0),
        (Hold.MUST, True, True, "PASS", 0), (Hold.MUST, True, False, "PASS", 1), (Hold.MUST, False, False, "FAIL", 1),
    ],
)  # fmt: skip
def test_a_should_decides_only_where_it_is_held(hold: Hold, must: bool, should: bool, name: str, advised: int) -> None:
    rows = [ExpectationResult("asked", "yes", "no", must), ExpectationResult("good", "yes", "no", should, holds=Hold.SHOULD)]
    result = Result("tv.q01", ended=COMPLETE, lag=CALM, expectations=rows, hold=hold)
    verdict.judge(result)
    assert (result.verdict.value, len(result.advice)) == (name, advised)
    assert all("good" not in reason for reason in result.reasons) or hold is Hold.SHOULD


def test_whose_programs_are_held_to_what() -> None:
    assert [held_to(*given) for given in ((None, False), (None, True), ("must", False), ("should", True))] == [
        Hold.SHOULD, Hold.MUST, Hold.MUST, Hold.SHOULD,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("status", "above 0", "0"), "status: found 0, expected above 0"),
        (("each is the same", "yes", "no"), "each is the same: it is not so"),
        (("an answer", "no", "yes\n    | words"), "an answer: it is so, and should not be\n    | words"),
        (("a table", "1\n2", "3"), "a table"), (("a long one", "x" * 300, "y"), "a long one"),
    ],
)  # fmt: skip
def test_a_reason_tells_what_was_found_where_that_is_short(row: tuple[str, str, str], sentence: str) -> None:
    result = Result("tv.q01", ended=COMPLETE, lag=CALM, expectations=[ExpectationResult(*row, False)])
    verdict.judge(result)
    assert result.reasons == [sentence]


def test_captures_and_switches_that_lost_packets_are_doubted() -> None:
    whole, cut = CaptureResult("h1-eth0", "h1-eth0.pcapng", 10, 0), CaptureResult("h2-eth0", "h2-eth0.pcapng", 10, 3)
    assert verdict.dropped([whole, cut]) == [Doubt("dumpcap dropped 3 packets on h2-eth0", "capture")]
    [doubt] = verdict.lost({"s1-eth1": 5})
    assert (str(doubt), doubt.spoils) == ("Open vSwitch had no room for 5 packets on s1-eth1", Spoils.FAIL)


@pytest.mark.parametrize(
    ("result", "again"),
    [
        (told(YES), False), (told(NO), False), (told(NO, lag=BUSY), True), (told(YES, doubts=(ANY,)), True), (told(YES, ended=LOST), True),
        (told(YES, ended=BROKEN), True), (told(YES, ended=STOPPED), False), (told(YES, ended=MACHINE, doubts=(MISSING,)), False),
        (told(YES, ended=OVERDUE), True), (told(ended=SKIPPED), False),
    ],
)  # fmt: skip
def test_another_try_where_it_may_help(result: Result, again: bool) -> None:
    assert verdict.worth_another_try(result) is again


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


def test_a_watch_that_is_ended_at_once_has_seen_something() -> None:
    for _ in range(20):
        assert LagWatch().finish().samples >= 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_watch_that_died_or_stands_still_has_no_samples(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.run.guard._PATIENCE", 0.2)
    watch = LagWatch()
    os.kill(watch._pid, number)
    assert watch.finish() == Lag(samples=0)


@pytest.mark.alone
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
    assert lag.too_late(fidelity.LOOSE_P99, fidelity.LOOSE_MAX), lag
