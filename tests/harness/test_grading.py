"""Grading: a student's program in the place of ours is judged by the same scenarios."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

from harness.scenario import ROOT

PYTHON = "/usr/bin/python3"
STUDENT = pathlib.Path(__file__).parent / "students" / "student_echo.py"


def grade(folder: pathlib.Path, scenario: str, command: str, role: str = "echo-server") -> tuple[int, dict[str, Any], str]:
    """Exit status of ./lab run, the scenario's result.json, and what was printed."""
    outcome = subprocess.run(
        [sys.executable, "-m", "harness.cli", "run", scenario, "--out", str(folder / "out"), "--with", f"{role}={command}"],
        cwd=ROOT, capture_output=True, text=True, timeout=150, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    file = folder / "out" / scenario / "result.json"
    return outcome.returncode, json.loads(file.read_text()) if file.exists() else {}, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("scenario", ["tv.q15-17", "tv.q18", "tv.q19"])
def test_correct_program_passes(tmp_path: pathlib.Path, scenario: str) -> None:
    status, result, printed = grade(tmp_path, scenario, f"/usr/bin/python3 {STUDENT} {{port}} {{mode}}")
    assert (status, result["verdict"]) == (0, "PASS"), printed
    assert result["roles"]["echo-server"]["replaced"]
    assert "student_echo.py" in result["roles"]["echo-server"]["command"]


def test_iterative_program_needs_no_mode(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q15-17", f"/usr/bin/python3 {STUDENT} {{port}}")
    assert (status, result["verdict"]) == (0, "PASS"), printed


def test_forking_program_needs_no_mode(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q19", f"/usr/bin/python3 {STUDENT} {{port}} fork")
    assert (status, result["verdict"]) == (0, "PASS"), printed
    assert "echo-server: the command has no {mode}; what needs it is left out" in [entry["text"] for entry in result["transcript"]]
    assert "fork: ps shows a child for each client" in [row["what"] for row in result["expectations"]]


def test_iterative_program_is_no_answer_to_the_forking_question(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q18", f"/usr/bin/python3 {STUDENT} {{port}}")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    assert "h3-netcat on h3 to answer 'two': not within" in " ".join(result["reasons"])


def test_status_127_means_not_implemented(tmp_path: pathlib.Path) -> None:
    _, result, printed = grade(tmp_path, "tv.q18", "/bin/sh -c 'exit 127'")
    assert result["verdict"] == "SKIPPED", printed
    assert result["reasons"] == ["echo-server is not implemented (exit status 127)"]
    assert "echo-server is not implemented" in printed


def test_question_that_needs_an_option_is_skipped_without_it(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "echo.api", f"{PYTHON} {STUDENT} {{port}} {{reply_prefix}} {{goodbye}}")
    assert (status, result["verdict"]) == (0, "SKIPPED"), printed
    assert result["reasons"] == ["echo-server: the command has no {welcome}, which echo.api needs"]
    assert result["reasons"][0] in printed
    assert not result["transcript"], "nothing was started"


def test_program_that_ends_at_once_fails_with_its_own_words(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q18", "/bin/sh -c 'echo no config file >&2; exit 3'")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    reason = " ".join(result["reasons"])
    assert "h1-echo-server on h1 ended with status 3, while waiting for" in reason
    assert "to listen on tcp port 1234" in reason
    assert "no config file" in reason


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("mine {prot}", "does not know {prot}; it has {port}, {mode}"),
        ("", "write ROLE=COMMAND"),
        ("mine 'x", "No closing quotation"),
        ("/no/such/program {port}", "there is no program '/no/such/program'"),
    ],
)
def test_command_that_cannot_be_used_is_refused(tmp_path: pathlib.Path, command: str, complaint: str) -> None:
    status, _, printed = grade(tmp_path, "tv.q18", command)
    assert (status, complaint in printed) == (2, True), printed
