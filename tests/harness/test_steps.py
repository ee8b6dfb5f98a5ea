"""Steps and expectations by their ids: what they are called, how long a step may last, what follows one that failed, what mutants name."""

from __future__ import annotations

import copy
import json
import pathlib
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator

import numpy
import pytest

from harness.evidence.capture.rates import Rate
from harness.judge import claims, labs, scenario
from harness.judge.expect import equals
from harness.judge.hold import Hold
from harness.judge.labs import LabError
from harness.judge.mutant import Mutant
from harness.judge.result import Ended, Ending, ExpectationResult, Outcome, Result, StepResult, Verdict
from harness.judge.scenario import Scenario, all_scenarios
from harness.judge.waiting import DeadlinePassed, ProgramFault, bounded, seconds_left
from harness.report import write_reports
from harness.report.run import load_run
from harness.report.terminal import plain_report
from harness.run import calls, proof
from harness.run.proof import Case
from harness.run.runner import Item
from harness.stage.filters import tcp, udp
from tests.harness.judged_lab import judged_lab, start
from tests.harness.network_cell import run
from tests.quiet import judged, run_all


def names() -> None:
    with judged_lab() as lab:
        lab.hold = Hold.MUST
        with lab.step("First", id="first"):
            lab.expect(1, equals(1), "a claim")
            lab.expect(1, equals(1), "another", id="own")
            with lab.step("Within", id="within", points=0.5):
                lab.expect(1, equals(2), "a third", id="own")
            lab.accounts("things", sent=5, came=3, lost=2, id="sum")
            lab.accounts("things", sent=5, came=3, lost=1, id="sum")
        assert [row.id for row in lab.expectations] == ["first", "first/own", "within/own", "first/sum", "first/sum"]
        assert [row.passed for row in lab.expectations] == [True, True, False, True, False]
        assert (lab.expectations[-1].expected, lab.expectations[-1].found) == ("4 (came 3 + lost 1)", "5, 1 more than the sum")
        with pytest.raises(ValueError, match="'first' is taken"), lab.step("Again", id="first"):
            pass
        for bad in ("Two words", "under_score", "habits"):
            with pytest.raises(ValueError, match=bad), lab.step("Bad", id=bad):
                pass
        with lab.step("Quick", id="quick", deadline=0.2), pytest.raises(DeadlinePassed, match=r"waited 0.[12]\d* s in vain for rain"):
            lab.until(lambda: False, "rain", 60)
        left = start(lab.h1, "sleep", "60")
        with lab.step("Good", id="good", should=True, deadline=0.1):
            left.wait()
        assert lab.ended_in == "", "the scenario goes on"
        told = lab.expectations[-1]
        assert (told.id, told.holds, told.passed, left.stop()) == ("good", Hold.SHOULD, False, -15), "stop() has time of its own"
        with lab.step("Advice", id="advice"):
            lab.expect(1, equals(2), "what others are only told", should=True)
        with pytest.raises(ProgramFault), lab.step("Broken", id="broken"), lab.step("Inside", id="inside"):
            raise ProgramFault("it did nothing")
        assert lab.ended_in == "inside"
        outcomes = {step.id: step.outcome for step in lab.steps}
        failed = {"first", "within", "good", "broken", "inside"}
        assert outcomes == {id: Outcome.FAILED if id in failed else Outcome.HELD for id in outcomes} and len(outcomes) == 7
        assert all(step.seconds is not None for step in lab.steps)


def stories() -> None:
    with judged_lab() as lab:
        with lab.step("It prints", id="prints"):
            shown = start(lab.h1, "sh", "-c", "echo on the screen; exec sleep 60")
            hidden = start(lab.h1, "sh", "-c", "echo into a file; echo complaint >&2; exec sleep 60", stdout="/tmp/file")
            shown.wait_for_text("screen")
            hidden.wait_for_text("complaint", stream="stderr")
        with lab.step("And no more", id="no-more"):
            pass
        assert [row.text for row in lab.transcript if row.kind == "output"] == ["on the screen", "complaint"]
        with lab.step("Ctrl+C", id="interrupt"):
            assert not lab.expect_interrupted(shown, id="shell", hint="a shell dies of it")
        assert (lab.expectations[-1].id, lab.expectations[-1].hint, lab.expectations[-1].holds) == ("interrupt/shell", "a shell dies of it", Hold.SHOULD)
        rate = Rate(numpy.array([100.0, 101.0]), numpy.array([2e6, 1e6]), 1.0, None)
        lab.plot_rates("rates", "Rates", {lab.h1: rate}, since=100, unit="Mbit/s", what="goodput", lines={"the link": 1.5e6})
        lab.plot_bars("bars", "Bars", {"dropped": {"one": 1, "two": 2}}, "datagrams")
        rates, bars = (json.loads((lab.folder / plot.data).read_text()) for plot in lab.plots)
        [panel] = rates["panels"]
        assert (rates["y_label"], panel["lines"]) == ("goodput (Mbit/s)", [{"y": 1.5, "label": "the link"}])
        assert panel["series"] == [{"label": "h1", "style": "step", "x": [0.0, 1.0], "y": [2.0, 1.0]}]
        assert bars["panels"][0]["series"] == [{"label": "dropped", "style": "bars", "x": ["one", "two"], "y": [1, 2]}]


def test_what_is_shown_and_drawn() -> None:
    run(stories)


def test_names_deadlines_and_outcomes() -> None:
    run(names)


def test_waits_within_waits() -> None:
    with bounded(5), bounded(None), bounded(60):
        assert 4.9 < seconds_left(10) <= 5 and seconds_left(1) == 1
    with bounded(-1):
        assert seconds_left(10) == 0
    assert seconds_left(10) == 10


def test_what_follows_is_not_reached_and_all_reports_say_so(tmp_path: pathlib.Path, tests_scenarios: None) -> None:
    result = judged(run_all([Item(all_scenarios()["test.steps"], "test.steps")], tmp_path)["test.steps"])
    assert [(step.id, step.outcome.value) for step in result.steps] == [
        ("line", "held"), ("sums", "failed"), ("answer", "failed"), ("unseen", "not reached"), ("inner", "not reached")
    ]  # fmt: skip
    assert (result.verdict, result.failed_ids, result.points) == (Verdict.FAIL, ["sums/five", "answer"], (2, 8))
    assert result.steps[-1].seconds is None and 0.3 <= (result.steps[2].seconds or 0) < 10, "with the telling of both sides"
    assert any(re.match(r"waited 0.[23]\d* s in vain for", reason) for reason in result.reasons), result.reasons
    assert "are five: found 4, expected 5 (count again)" in result.reasons
    write_reports(tmp_path, {"id": "x"})
    shown = plain_report(load_run(tmp_path))
    assert "steps: ✓ line, ✗ sums, ✗ answer, unseen (not reached), inner (not reached); 2 of 8 points" in shown
    assert "are five: found 4, expected 5 (count again)  [sums/five]" in shown and shown.count("are five") == shown.count("count again") == 1
    rows = {row.get("name"): row.get("value") for row in ElementTree.parse(tmp_path / "junit.xml").iter("property")}
    assert (rows["points"], rows["failed"], rows["step inner"]) == ("2 of 8", "sums/five answer", "not reached")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<code>sums/five</code>" in page and "2 of 8 points" in page and "not reached" in page


def test_points_are_shares_of_what_the_question_is_worth() -> None:
    steps = [StepResult("a", "A", Outcome.HELD, points=3), StepResult("b", "B", Outcome.FAILED), StepResult("c", "C", Outcome.FAILED, holds=Hold.SHOULD)]
    assert Result("x.q", steps=steps, hold=Hold.MUST).points == (3, 4), "what no sheet asks costs others nothing"
    assert Result("x.q", steps=steps, hold=Hold.SHOULD).points == (3, 5)
    assert Result("x.q", steps=steps, hold=Hold.MUST, worth=8).points == (6, 8)


_SCENARIO = """
from harness import equals, scenario
from scenarios.LAB.kit.words import greet
from topologies.single import Single


def last(lab):
    with lab.step("Last", id="last"):
        lab.expect(1, equals(1), "one", id="one")


@scenario("LAB.q01", question="?", topology=Single())
def question(lab):
    '''It is shown.'''
    with lab.step("First", id="first"):
        greet(lab)
        lab.expect_frames("tcp.refused", lab.h1, client=lab.h2, server=lab.h1, id="frames")
    for name in ("a", "b"):
        with lab.step(f"Round {name}", id=f"round-{name}", should=True):
            lab.until(lambda: True, "rain")
    last(lab)
"""
_KIT = """
from harness import equals


def greet(lab):
    lab.expect(1, equals(1), "a greeting", id="greeting")
"""


@pytest.fixture()
def own(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Scenario]]:
    """Makes the question LAB.q01 of a lab's name and of a source."""
    monkeypatch.setenv(labs.VARIABLE, str(tmp_path))

    def make(name: str, source: str) -> Scenario:
        (tmp_path / name / "kit").mkdir(parents=True)
        (tmp_path / name / "kit/words.py").write_text(_KIT)
        (tmp_path / name / "q01.py").write_text(source.replace("LAB", name))
        labs._labs.cache_clear()
        return all_scenarios()[f"{name}.q01"]

    yield make
    for id in [id for id in scenario._registry if id.endswith(".q01") and id.startswith("own")]:
        del scenario._registry[id]
    labs._labs.cache_clear()


def test_ids_are_read_from_the_source(own: Callable[[str, str], Scenario]) -> None:
    source = claims.read(own("owna", _SCENARIO))
    assert [(step.id, step.hold.value) for step in source.steps] == [("first", "must"), ("round-{name}", "should"), ("last", "must")]
    assert [claim.id for claim in source.claims] == ["first/greeting", "first/frames", "last/one"]
    assert source.has("round-a") and source.has("first") and source.has("last/one")
    assert not source.has("last/greeting") and not source.has("round-") and not source.has("one")


def _mutant(caught_by: str | tuple[str, ...]) -> Mutant:
    return Mutant("test.steps", "x", caught_by, {"netcat": "nc"})


def test_a_mutant_that_names_what_there_is_not_is_told_before_anything_runs(tests_scenarios: None) -> None:
    said = "Mutant test.steps x: the scenario has no step or expectation 'sums/six'; it has line, sums, answer, unseen, inner, sums/five, inner/one"
    with pytest.raises(LabError, match=re.escape(said)):
        proof.item_of(_mutant(("sums", "sums/six")))
    assert proof.item_of(_mutant(("sums/five", "answer", "habits/orderly"))).until == ["sums/five", "answer", "habits/orderly"]


@pytest.mark.parametrize(
    ("caught_by", "complaint"),
    [
        ("sums/five", ""), ("answer", ""), (("line", "answer"), ""),
        ("sums", "caught by something else than 'sums': sums/five, answer: are five: found 4, expected 5; waited"),
        (("line", "are five"), "caught by something else than 'line' or 'are five': sums/five, answer: "),
    ],
)  # fmt: skip
def test_a_mutant_is_caught_by_the_id_and_not_by_words(caught_by: str | tuple[str, ...], complaint: str) -> None:
    row = ExpectationResult("are five", "5", "4", False, id="sums/five")
    result = Result(
        "test.steps", verdict=Verdict.FAIL, reasons=["are five: found 4, expected 5", "waited"], expectations=[row],
        steps=[StepResult("sums", "Sums", Outcome.FAILED)], ended=Ended(Ending.NO_FACT, "waited", "answer"),
    )  # fmt: skip
    found = Case(Item(all_scenarios()["tv.q03"], "x"), _mutant(caught_by)).complaint(result)
    assert found.startswith(complaint) and bool(found) == bool(complaint)


def test_the_run_of_a_mutant_ends_where_it_is_caught(tmp_path: pathlib.Path, tests_scenarios: None) -> None:
    result = run_all([Item(all_scenarios()["test.steps"], "test.steps", until=["sums/five"])], tmp_path)["test.steps"]
    assert (result.failed_ids, [step.id for step in result.steps]) == (["sums/five"], ["line", "sums"])


def test_ids_given_twice_are_told_before_anything_runs(own: Callable[[str, str], Scenario]) -> None:
    twice = 'lab.expect(1, equals(1), "two", id="one")\n        lab.expect(1, equals(1), "one", id="one")\n    with lab.step("Again", id="last"):\n        pass'
    found = list(calls.mistakes(own("ownb", _SCENARIO.replace('lab.expect(1, equals(1), "one", id="one")', twice))))
    assert [text.partition(": ")[2] for text in found] == [
        "the id 'last/one' is taken by an earlier expectation of the step", "the step id 'last' is taken by an earlier step"
    ]  # fmt: skip
    assert all(re.match(r"/.*/ownb/q01\.py:\d+: ", text) for text in found)


class _Host:
    def __init__(self, name: str, address: str) -> None:
        self.name, self._address = name, address

    def __str__(self) -> str:
        return self._address


def test_packets_by_name() -> None:
    one, other = _Host("h1", "10.0.0.1"), _Host("h2", "2001:db8::2")
    fin = tcp("FIN", source=one, to=other)  # type: ignore[arg-type]
    assert (fin, fin.words) == ("tcp.flags.fin == 1 && ip.src == 10.0.0.1 && ipv6.dst == 2001:db8::2", "FIN from h1 to h2")
    assert copy.deepcopy(fin) == fin and copy.deepcopy(fin).words == fin.words, "results are copied"
    told = tcp(source=1234, to=one, acknowledges=5)  # type: ignore[arg-type]
    assert (told, told.words) == ("tcp.srcport == 1234 && ip.dst == 10.0.0.1 && tcp.ack == 6", "acknowledgement of 5 bytes from port 1234 to h1")
    assert tcp() == "tcp" and tcp("data", to=7) == "tcp.len > 0 && tcp.dstport == 7"
    assert udp(to=7) == "udp && udp.dstport == 7 && !icmp && !icmpv6"
