"""Frame tables, socket tables and system calls in real runs of the tests' own scenarios."""

from __future__ import annotations

import json
import pathlib

import pytest

from harness import scenario
from harness.report import write_reports
from harness.result import Result, Verdict
from harness.runner import Item, Runner

pytestmark = pytest.mark.usefixtures("tests_scenarios")


@pytest.fixture()
def run(tmp_path: pathlib.Path):
    def run(*ids: str) -> dict[str, Result]:
        known = scenario.all_scenarios()
        results = {item.scenario.id: result for item, result in Runner([Item(known[id], id) for id in ids], tmp_path).run()}
        write_reports(tmp_path)
        return results

    return run


def _passes(result: Result) -> None:
    assert result.verdict is Verdict.PASS, json.dumps(result.to_json(), indent=1)[:20000]


def test_frames(run, tmp_path: pathlib.Path) -> None:
    results = run("test.frames", "test.frames_differ")
    _passes(results["test.frames"])
    wrong = results["test.frames_differ"]
    (row,) = wrong.expectations
    assert wrong.verdict is Verdict.FAIL and not row.passed
    assert "row 6 (server sends PSH, ACK 15)" in row.found and "reference echo.inetd" in row.found
    assert "different" in {line[0] for line in row.comparison} and row.packets and row.filter.startswith("frame.number in {")
    page = (tmp_path / "index.html").read_text()
    assert page.count("Reference and capture side by side") == 4 and '<tr class="different">' in page


def test_sockets_and_counters(run, tmp_path: pathlib.Path) -> None:
    results = run("test.sockets", "test.counters")
    for result in results.values():
        _passes(result)
    kept = (tmp_path / "test.sockets" / "logs" / "h1-netstat-2.txt").read_text()
    assert kept.startswith("Active Internet connections (servers and established)\n")
    assert any(entry.text == kept.rstrip("\n") for entry in results["test.sockets"].transcript), "the transcript has it as it is"
