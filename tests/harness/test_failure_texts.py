"""What a failure says, and says once: first differences, signals by name, reasons with what belongs to them, and nothing that was wanted."""

from __future__ import annotations

import signal

import pytest

from harness.cli.progress import plain
from harness.judge import verdict
from harness.judge.exits import ExitStatus, describe_status
from harness.judge.expect import equals
from harness.judge.fidelity import Lag
from harness.judge.hold import Hold
from harness.judge.result import Ended, Ending, ExpectationResult, Fault, Outcome, Result, StepResult
from harness.judge.scenario import all_scenarios
from harness.report.terminal import advice_lines, failure_lines, steps_line
from harness.run.runner import Item
from tests.harness.judged_lab import PYTHON, judged_lab, start
from tests.harness.network_cell import run

CALM = Lag(0.001, 0.002, 1000)
LINES = "".join(f"line {number}\n" for number in range(1, 40))


@pytest.mark.parametrize(("expected", "found", "words"), [
    (LINES, LINES.replace("line 20\n", "line 2x\n"), ["303 characters: … '", "line 20", "line 2x", "the first difference is character 150, in line 20"]),
    (LINES, LINES[:-9], ["294 characters", ", and no more; the first difference is character 295, in line 38", "line 39"]),
    (bytes(188), bytes(100) + b"G" + bytes(87), ["188 bytes: … b'", "\\x00G", "the first difference is byte 101"]),
    (b"", b"G" * 100, ["0 bytes: b'', and no more", "100 bytes: b'GGG", "the first difference is byte 1"]),
], ids=["a line", "the end", "bytes", "nothing"])  # fmt: skip
def test_long_values_are_told_by_their_first_difference(expected: str | bytes, found: str | bytes, words: list[str]) -> None:
    sides = equals(expected).told(found)
    assert [word for word in words if word not in " | ".join(sides)] == [], sides
    assert max(map(len, sides)) < 200 and not any("\n" in side for side in sides), "one line each, which a reason can tell"
    short = verdict.sentence(ExpectationResult("the file", *sides, False))
    assert short.startswith("the file: found ") and "first difference" in short


@pytest.mark.parametrize("value", ["one line", b"some bytes", ["a list"] * 40, 17, LINES], ids=["line", "bytes", "list", "number", "equal"])
def test_short_and_equal_values_are_told_whole(value: object) -> None:
    assert equals(value).told(value) == (equals(value).expected, equals(value).expected)


def test_ends_by_signals_have_their_names() -> None:
    assert equals(0).told(ExitStatus(-signal.SIGABRT)) == ("0", "signal SIGABRT")
    assert equals(-signal.SIGKILL).told(ExitStatus(-signal.SIGPIPE)) == ("signal SIGKILL", "signal SIGPIPE")
    assert equals([0, 1]).told([ExitStatus(0), ExitStatus(-6)]) == ("[0, 1]", "[0, signal SIGABRT]")
    assert [describe_status(one) for one in (None, ExitStatus(3), -13, -40)] == ["no status yet", "status 3", "signal SIGPIPE", "signal 40"]


def failed(**more: object) -> Result:
    """A FAIL with the usual kinds of failed expectations."""
    result = Result("tv.q01", ended=Ended(Ending.COMPLETE), **more)  # type: ignore[arg-type]
    result.lag = CALM
    result.expectations = [
        ExpectationResult("the rate", "638 kbit/s", "512 kbit/s", False, "± 5 %", "bit/s", id="rate/mean", hint="is the clip paced?"),
        ExpectationResult("what the server prints", "hi\nho", "hi", False, id="talk"),
        ExpectationResult("the server still runs", "yes", "no", False),
    ]
    verdict.judge(result)
    return result


def test_a_reason_and_what_belongs_to_it_say_everything_once() -> None:
    assert failure_lines(failed(), "run") == [
        "the rate: found 512 kbit/s, expected 638 kbit/s (is the clip paced?)  [rate/mean]",
        "  tolerance  ± 5 %",
        "what the server prints  [talk]",
        "  expected   hi",
        "             ho",
        "  found      hi",
        "  tolerance  exact",
        "the server still runs: it is not so",
        "  tolerance  exact",
    ]


def test_reasons_that_do_not_count_have_their_expectation_below_them_too() -> None:
    result = failed()
    result.ended = Ended(Ending.STOPPED, "stopped before it was judged")
    verdict.judge(result)
    lines = failure_lines(result, "run")
    assert lines[1:3] == ["(FAIL otherwise: the rate: found 512 kbit/s, expected 638 kbit/s (is the clip paced?))  [rate/mean]", "  tolerance  ± 5 %"]
    assert sum("512" in line for line in lines) == 1


def test_what_a_server_is_like_besides_is_told_last() -> None:
    result = Result("tv.q01", ended=Ended(Ending.NO_FACT, "waited 10 s in vain for rain", "talk"))
    result.lag = CALM
    result.expectations = [
        ExpectationResult("server ends connections in order", "yes", "no, 1 by a reset", False, holds=Hold.SHOULD, id="habits/orderly"),
        ExpectationResult("the rate", "1", "2", False, id="talk/rate"),
    ]
    verdict.judge(result)
    assert result.reasons == [
        "the rate: found 2, expected 1", "waited 10 s in vain for rain", "server ends connections in order: it is not so, 1 by a reset"
    ]


def test_a_step_that_failed_for_one_within_it_says_so() -> None:
    result = Result("tv.q01", ended=Ended(Ending.COMPLETE))
    result.steps = [StepResult("kinds", "all", outcome=Outcome.FAILED), StepResult("empty-line", "one", outcome=Outcome.FAILED)]
    result.expectations = [ExpectationResult("the answer", "1", "0", False, id="empty-line/answer")]
    assert steps_line(result).startswith("steps: ✗ kinds (for a step within it), ✗ empty-line;")


def test_lists_and_tables_that_differ_show_what_differs() -> None:
    assert equals({"delivered": 0, "cut": 1, "lost": 0}).told({"delivered": 1, "cut": 0, "lost": 0}) == ("delivered 0, cut 1", "delivered 1, cut 0")
    assert equals([]).told(["h4 left h2", "h5 left h2"]) == ("none", "h4 left h2; h5 left h2")
    site = "; ".join(f"h{number} → h1, h2, h3, h4" for number in range(1, 5))
    assert equals(site.replace(", h4", "")).told(site) == (site.replace(", h4", ""), site), "all of it differs, and is short enough"
    hears = "; ".join(f"h{number} → h1, h2, h3" for number in range(1, 8))
    assert equals(hears).told(hears.replace("h2 → h1", "h2 → h5, h1")) == ("h2 → h1, h2, h3", "h2 → h5, h1, h2, h3")


def test_what_was_waited_for_in_vain_is_told_in_lines() -> None:
    result = Result("tv.q01", ended=Ended(Ending.COMPLETE), hold=Hold.MUST)
    result.expectations = [
        ExpectationResult("waited 10 s in vain for it to end: it still runs", "", "    | its\n    | words", False, holds=Hold.SHOULD),
        ExpectationResult("what it prints", "a\nb", "c", False, holds=Hold.SHOULD),
        ExpectationResult("its status", "0", "1", False, holds=Hold.SHOULD),
    ]
    assert advice_lines(result) == [
        "advice: waited 10 s in vain for it to end: it still runs", "      | its", "      | words",
        "advice: what it prints", "  found:", "  c", "  better:", "  a", "  b",
        "advice: its status: found 1, better 0",
    ]  # fmt: skip


def test_progress_shows_the_first_line_of_a_reason(capfd: pytest.CaptureFixture[str]) -> None:
    result = failed()
    result.reasons = ["waited 10 s in vain for it to end\n    | its words"]
    item = Item(all_scenarios()["tv.q01"], "tv.q01")
    events = plain(1)
    events.finished(item, result)
    events.retried(item, result)
    lines = capfd.readouterr().err.splitlines()
    assert [line.strip() for line in lines[1:]] == ["waited 10 s in vain for it to end", "again alone, later: tv.q01: waited 10 s in vain for it to end"]


def test_what_a_reason_said_is_not_said_again() -> None:
    words = "\n    | Traceback\n    | bind: Address already in use"
    ended = f"h1-server on h1 ended with status 1, while waiting for h1-server on h1 to listen on tcp port 1234{words}"
    faults = [
        Fault(f"h1-server on h1: status 1{words}", "h1-server on h1"),
        Fault("h1-server-2 on h1: status 1\n    | Traceback\n    | something else", "h1-server-2 on h1"),
        Fault("h2-client on h2: signal SIGPIPE", "h2-client on h2"),
    ]
    result = Result("tv.q01", ended=Ended(Ending.NO_FACT, ended), faults=faults)
    result.lag = CALM
    verdict.judge(result)
    assert result.reasons == [ended, "(also: h1-server-2 on h1: status 1\n    | something else)", "(also: h2-client on h2: signal SIGPIPE)"]


def wanted_ends() -> None:
    with judged_lab() as lab:
        code = "import os, sys\nos.abort() if sys.argv[1] == 'abort' else sys.exit(int(sys.argv[1]))"
        wanted, unwanted, untold, killed = (start(lab.h1, PYTHON, "-c", code, word) for word in ("3", "4", "5", "abort"))
        lab.expect(wanted.wait(), equals(3), "the status that is asked for")
        lab.expect(unwanted.wait(), equals(0), "another")
        untold.wait()
        lab.expect({"killed": killed.wait()}, equals({"killed": 0}), "a third")
        assert [row.found for row in lab.expectations] == ["3", "4", "killed signal SIGABRT"]
        assert [one.as_expected for one in (wanted, unwanted, untold, killed)] == [True, False, False, False]
        lab._replacements = {one.role: "mine" for one in (wanted, unwanted, untold, killed)}
        told = [text.partition("\n")[0] for text in lab.failed_replacements()]
        assert told == [f"{one}: {how}" for one, how in ((unwanted, "status 4"), (untold, "status 5"), (killed, "signal SIGABRT"))], told


def test_an_end_that_the_question_wanted_is_no_fault() -> None:
    run(wanted_ends)
