"""Frame tables, socket tables and system calls in real runs of the tests' own scenarios."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

import pytest

from harness.judge import scenario
from harness.judge.result import Result, Verdict
from harness.report import write_reports
from harness.run.runner import Item, Runner
from tests.harness.others import require_readable
from tests.harness.test_leaves_nothing import ROOT

pytestmark = pytest.mark.usefixtures("tests_scenarios")


@pytest.fixture()
def run(tmp_path: pathlib.Path):
    def run(*ids: str) -> dict[str, Result]:
        known = scenario.all_scenarios()
        results = {item.scenario.id: result for item, result in Runner([Item(known[id], id) for id in ids], tmp_path, attempts=3).run()}
        write_reports(tmp_path)
        return results

    return run


def _passes(result: Result) -> None:
    assert result.verdict is Verdict.PASS, json.dumps(result.to_json(), indent=1)[:20000]


def _rejects(result: Result) -> bool:
    """An expectation that does not hold; on a machine that is too busy to judge, the verdict may stop short of FAIL."""
    return result.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE) and any(not row.passed for row in result.expectations)


def test_frames(run, tmp_path: pathlib.Path) -> None:
    results = run("test.frames", "test.frames_differ")
    _passes(results["test.frames"])
    wrong = results["test.frames_differ"]
    (row,) = wrong.expectations
    assert _rejects(wrong) and not row.passed
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


def test_calls(run, tmp_path: pathlib.Path) -> None:
    results = run("test.calls", "test.calls_differ")
    _passes(results["test.calls"])
    wrong = results["test.calls_differ"]
    row, by_exit, another_length = wrong.failed
    assert "row 3 (client sends FIN, ACK): made by exit, not by shutdown" in by_exit.found and any("made by exit" in line[-1] for line in by_exit.comparison)
    assert "row 2 (client sends PSH, ACK 7) is frame" in another_length.found and ": 6 bytes, not 7" in another_length.found and another_length.packets
    assert _rejects(wrong) and row.found.splitlines()[-1] != row.expected.splitlines()[-1]
    assert "client exit → FIN, ACK" in row.found and "client shutdown → FIN, ACK" in row.expected
    by_key, by_signal, packets = results["test.calls"].sequences
    assert {"connect() = EINPROGRESS", "write(6 bytes)", "shutdown(SHUT_WR)", "Ctrl+D", "types 'hello'"} <= {mark.text for mark in by_key.marks}
    assert [mark.text for mark in by_signal.marks if mark.kind in ("signal", "killed")] == ["SIGINT", "killed by SIGINT"]
    assert (by_key.hosts, packets.marks) == (["h2", "h1"], []) and len(packets.frames) >= len(by_key.frames) + len(by_signal.frames)
    assert [frame.kind for frame in by_key.frames][:4] == ["syn", "syn", "ack", "data"] == [frame.kind for frame in packets.frames][:4]
    for sequence in (by_key, by_signal, packets):
        ElementTree.parse(tmp_path / "test.calls" / sequence.picture)
    page = (tmp_path / "index.html").read_text()
    assert page.count("Ctrl+D: each frame and the call behind it") == 1 and "sequence-ctrl%2Bd.svg" in page
    started = [entry.text for entry in results["test.calls"].transcript if entry.kind == "start" and entry.host == "h1"]
    assert started == ["strace -f -o h1-echo-server.strace echo-server 1234 --mode fork"]


def test_an_ordinary_user_can_trace_too() -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests have shown it already")
    require_readable(1000)
    with tempfile.TemporaryDirectory(prefix="wireproof-user-") as name:
        os.chown(name, 1000, 1000)
        command = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "/usr/bin/python3", "-m", "harness.cli"]
        command += ["run", "test.calls", "test.sockets", "--out", f"{name}/run"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": name, "PYTHONDONTWRITEBYTECODE": "1"}
        outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert outcome.returncode == 0, outcome.stderr + outcome.stdout
