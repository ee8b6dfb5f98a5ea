"""Whose fault it is, in real runs: what programs bring about is their FAIL, what they cannot is nobody's, and nothing that was judged is
lost on the way."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from harness.judge import scenario
from harness.judge.result import Ending, Result, Spoils, Verdict
from harness.judge.verdict import decide
from harness.report import load_run, write_reports
from harness.run.runner import Item, Runner

pytestmark = pytest.mark.usefixtures("tests_scenarios")


def run(folder: pathlib.Path, *ids: str, attempts: int = 1, roles: dict[str, str] | None = None, **options: Any) -> dict[str, Result]:
    known = scenario.all_scenarios()
    items = [Item(known[id], id, roles or {}) for id in ids]
    return {item.scenario.id: result for item, result in Runner(items, folder, attempts=attempts, **options).run()}


def failed(result: Result) -> list[str]:
    return [row.what for row in result.expectations if not row.passed]


def blamed(result: Result, what: str) -> None:
    """A FAIL for this, or, on a machine that was late, what would have been one."""
    assert result.verdict is Verdict.FAIL or "busy" in result.reasons[0], result.reasons
    assert any(what in reason for reason in result.reasons), result.reasons


def test_who_is_blamed(tmp_path: pathlib.Path) -> None:
    ids = ("test.deadline", "test.raises", "test.fails_then_breaks", "test.no_packet", "test.command_fails", "test.nothing")
    results = run(tmp_path, *ids)
    blamed(results["test.deadline"], "waited 0.2 s in vain for the day after tomorrow")
    blamed(results["test.no_packet"], "no packets on h1-eth0 matching 'tcp.dstport == 4711', of which number 1 was to be looked at")
    broken = results["test.raises"]
    assert broken.verdict is Verdict.INCONCLUSIVE and broken.ended.how is Ending.BROKEN
    first, where, last = broken.reasons[0].splitlines()
    assert first == "wireproof itself failed: ZeroDivisionError: division by zero"
    assert "stories.py:" in where and "lab.expect(1 / 0" in where
    assert last == f"please report it with the folder {tmp_path / 'test.raises'}"
    both = results["test.fails_then_breaks"]
    blamed(both, "two and two are five")
    assert "wireproof itself failed: KeyError: 'nothing'" in both.reasons[-1]
    prepared = results["test.command_fails"]
    assert prepared.verdict is Verdict.INCONCLUSIVE, prepared.reasons
    assert "'ip route add 192.0.2.0/24 via 203.0.113.7' on h1 ended with status" in prepared.reasons[0]
    blamed(results["test.nothing"], "expected nothing")


def test_lateness(tmp_path: pathlib.Path) -> None:
    results = run(tmp_path, "test.whatever_lag", "test.watch_dies")
    sure = results["test.whatever_lag"]
    assert sure.verdict is Verdict.FAIL and [reason.partition(":")[0] for reason in sure.reasons[:2]] == ["children", "children at last"]
    assert [row.whatever_lag for row in sure.expectations] == [True, True, False]
    unwatched = results["test.watch_dies"]
    assert unwatched.lag.samples == 0 and unwatched.verdict is Verdict.INCONCLUSIVE
    assert "has no samples" in unwatched.reasons[0] and unwatched.reasons[1] == "(FAIL otherwise: two and two are five: found 4, expected 5)"


def test_what_cannot_be_gathered_takes_nothing_with_it(tmp_path: pathlib.Path) -> None:
    ids = ["test.counters_unread", "test.counters_unread_fails", "test.capture_ends", "test.frames_fail"]
    results = run(tmp_path, *ids)
    for id in ids[:2]:
        assert results[id].verdict is Verdict.INCONCLUSIVE and len(results[id].expectations) == 1
        assert "links could not be gathered: wireproof itself failed: KeyError: 'h1-s1'" in results[id].reasons[0]
        assert results[id].captures and results[id].frames is not None
    assert "(FAIL otherwise: two and two are five: found 4, expected 5)" in results["test.counters_unread_fails"].reasons
    cut = results["test.capture_ends"]
    assert cut.verdict is Verdict.INCONCLUSIVE and "dumpcap on h1-eth0 ended with signal SIGKILL" in cut.reasons[0]
    assert {row.interface: row.packets > 0 for row in cut.captures} == {"h1-eth0": False, "h2-eth0": True}, "the other capture is whole"
    assert failed(cut) == ["two and two are five"]
    drawn = results["test.frames_fail"]
    assert drawn.verdict is Verdict.PASS and [doubt.spoils for doubt in drawn.doubts] == [Spoils.NONE]


def test_the_runner_judges_and_no_file(tmp_path: pathlib.Path) -> None:
    results = run(tmp_path, "test.forged", "test.descriptors_of_programs")
    forged = results["test.forged"]
    assert forged.verdict is Verdict.INCONCLUSIVE and "its cell ended with status 137" in forged.reasons[0]
    assert [row.passed for row in forged.expectations] == [True, False], "what was judged before the end is kept"
    assert forged.reasons[1] == "(FAIL otherwise: one and one are three: found 2, expected 3)" and forged.title and forged.topology and forged.transcript
    assert Result.read(tmp_path / "test.forged").reasons == forged.reasons, "what was forged is written over"
    assert results["test.descriptors_of_programs"].verdict is Verdict.PASS, results["test.descriptors_of_programs"].reasons


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("true", "h1-tv-sender on h1 was to write report.json, and did not"),
        (
            "sh -c 'echo \"nine datagrams\" >{json}'",
            "h1-tv-sender on h1 was to write JSON to report.json: Expecting value at line 1, column 1: 'nine datagrams",
        ),
    ],
)
def test_a_report_that_a_program_owes(tmp_path: pathlib.Path, program: str, said: str) -> None:
    result = run(tmp_path, "test.report_file", roles={"tv-sender": program})["test.report_file"]
    blamed(result, said)


def test_all_attempts_stay(tmp_path: pathlib.Path) -> None:
    result = run(tmp_path, "test.late_first_time", attempts=3)["test.late_first_time"]
    assert (result.verdict, result.attempt) == (Verdict.PASS, 3), result.reasons
    assert [(one.number, one.folder, one.verdict.value) for one in result.earlier] == [
        (1, "attempt-1", "INCONCLUSIVE"), (2, "attempt-2", "INCONCLUSIVE"),
    ]  # fmt: skip
    folder = tmp_path / "test.late_first_time"
    for one in result.earlier:
        earlier = Result.read(folder / one.folder)
        assert (earlier.attempt, earlier.reasons, one.reasons) == (one.number, ["a capture is late"], ["a capture is late"])
        assert (folder / one.folder / "h1-eth0.pcapng").exists()
    write_reports(tmp_path)
    assert [record.folder.name for record in load_run(tmp_path).records] == ["test.late_first_time"], "an attempt is no question"
    written = json.loads((tmp_path / "results.json").read_text())["results"][0]
    assert [row["folder"] for row in written["earlier"]] == ["attempt-1", "attempt-2"]
    page = (tmp_path / "index.html").read_text()
    assert "Earlier attempts" in page and 'href="test.late_first_time/attempt-2/"' in page
    again = run(tmp_path, "test.late_first_time", attempts=1)["test.late_first_time"]
    assert again.attempt == 1 and not (folder / "attempt-1").exists(), "another run begins anew"


def test_a_result_can_be_judged_again_from_its_file(tmp_path: pathlib.Path) -> None:
    run(tmp_path, "test.quick", "test.fails")
    for id in ("test.quick", "test.fails"):
        result = Result.read(tmp_path / id)
        decision = decide(result)
        assert (decision.verdict, decision.reasons) == (result.verdict, result.reasons)
