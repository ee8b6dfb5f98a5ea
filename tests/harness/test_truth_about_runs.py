"""Runs tell the truth about themselves: what ended them, what stands in their folder, whose it is, and what could not be said."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
from typing import Any

import pytest

from harness.judge.scenario import ROOT, all_scenarios
from harness.judge.waiting import wait_for
from harness.run import owner
from harness.run.again import again
from harness.run.runner import Item
from tests.harness.others import require_readable
from tests.harness.test_command_line import _EXTRA, lab, sentence
from tests.harness.test_leaves_nothing import start_command_line


def told(out: pathlib.Path) -> dict[str, Any]:
    return json.loads((out / "results.json").read_text())


# what stands in a folder


def test_a_killed_run_shows_no_earlier_pass(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "out"
    sentence(lab("run", "test.quick", "--out", str(out)), 0)
    assert told(out)["run"]["state"] == "finished"
    with (tmp_path / "log").open("wb") as log:
        process = start_command_line("test.long", "test.fails", "--jobs", "1", out=out, stdout=log, stderr=log)
    try:
        wait_for(lambda: (out / "test.long" / "events.jsonl").exists(), "the second run to be on its way", 60)
    finally:
        process.kill()
        process.wait()
    killed = told(out)
    assert (killed["run"]["state"], killed["results"]) == ("unfinished", []) and not (out / "test.quick").exists()
    assert {path.name for path in out.iterdir()} == {"results.json", "test.long"}, "no page and no evidence of the run before"
    report = lab("report", str(out))
    assert report.returncode == 3 and "unfinished: the run goes on, or was killed; 1 question was not run" in report.stdout
    assert [(row["id"], row["verdict"]) for row in told(out)["results"]] == [("test.long", "INCONCLUSIVE")]
    sentence(lab("run", "test.quick", "--out", str(out)), 0)
    assert [row["id"] for row in told(out)["results"]] == ["test.quick"], "and the run after it has no ghosts"
    assert lab("report", str(out)).returncode == 0


def test_killed_before_anything_ran_its_folder_can_be_used_again(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "out"
    process = start_command_line("test.long", out=out, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: (out / "results.json").exists(), "the run to begin", 60)
    finally:
        process.kill()
        process.wait()
    sentence(lab("run", "test.quick", "--out", str(out)), 0)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_hangup_ends_a_run_in_order(number: int, tmp_path: pathlib.Path) -> None:
    out = tmp_path / "out"
    with (tmp_path / "log").open("wb") as log:
        process = start_command_line("test.long", "test.fails", "--jobs", "1", out=out, stdout=log, stderr=log)
    wait_for(lambda: (out / "test.long" / "events.jsonl").exists(), "the run to be on its way", 60)
    process.send_signal(number)
    assert process.wait(60) == 130
    said = (tmp_path / "log").read_text()
    assert "interrupted: 1 question was not run" in said and "stopped before it was judged" in said
    assert told(out)["run"] | {"state": "interrupted", "not_run": ["test.fails"]} == told(out)["run"]


# what could not be printed


@pytest.mark.parametrize(
    ("streams", "status", "said"),
    [
        (">/dev/full", 3, "standard output cannot be written: No space left on device"), (">&-", 3, "standard output is closed"),
        ("1</dev/null", 3, "standard output is closed"),
        ("2>&-", 0, None), ("2>/dev/full", 0, None), ("<&-", 0, ""), ("<&- >&- 2>&-", 3, None), (">/dev/full 2>/dev/full", 3, None),
    ],
)  # fmt: skip
def test_streams(streams: str, status: int, said: str | None, tmp_path: pathlib.Path) -> None:
    """said: on standard error; None where that is not to be had."""
    out = tmp_path / "out"
    outcome = lab("run", "test.quick", "--out", str(out), "--json", before=f'exec "$@" {streams}; true')
    assert outcome.returncode == status, outcome.stderr
    assert "Traceback" not in outcome.stderr and (said is None or said in outcome.stderr)
    assert [row["verdict"] for row in told(out)["results"]] == ["PASS"], "it has run all the same"
    if status == 0:
        assert json.loads(outcome.stdout) == told(out)
    elif said:
        assert f"it is in {out / 'results.json'}" in outcome.stderr


def test_a_fail_stays_one_when_it_cannot_be_printed(tmp_path: pathlib.Path) -> None:
    assert lab("run", "test.fails", "--out", str(tmp_path / "out"), "--json", before='exec "$@" >/dev/full; true').returncode == 1


@pytest.mark.parametrize("words", [["list"], ["list", "--json"], ["show", "tv.q01"], ["--help"], ["--version"]], ids=" ".join)
def test_what_only_prints(words: list[str]) -> None:
    full = lab(*words, before='exec "$@" >/dev/full; true')
    assert "standard output cannot be written" in sentence(full, 3)
    reader_gone = lab(*words, before='"$@" | true; exit "${PIPESTATUS[0]}"; true', shell="bash")
    assert (reader_gone.stderr, reader_gone.returncode in (0, 3)) == ("", True)


# whose language


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "fr_FR.ISO-8859-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONOPTIMIZE": "2"}, {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LANGUAGE": "fr"},
    ],
    ids=lambda variables: " ".join(f"{name}={value}" for name, value in variables.items()),
)  # fmt: skip
def test_languages(variables: dict[str, str], tmp_path: pathlib.Path, french: dict[str, str]) -> None:
    out = tmp_path / "été"
    outcome = lab("run", "test.unicode", "--out", str(out), "--json", **french, **variables)
    sentence(outcome, 0)
    assert [row["verdict"] for row in json.loads(outcome.stdout)["results"]] == ["PASS"]


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A locale of one byte a letter, made for these tests alone."""
    folder = tmp_path_factory.mktemp("locales")
    made = subprocess.run(
        ["localedef", "-i", "fr_FR", "-f", "ISO-8859-1", str(folder / "fr_FR.ISO-8859-1")], capture_output=True, text=True, check=False
    )
    assert (folder / "fr_FR.ISO-8859-1").exists(), made.stderr
    return {"LOCPATH": str(folder)}


def test_python_variables_do_not_reach_a_cell(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, tests_scenarios: None) -> None:
    """Also such as would keep an interpreter from starting at all."""
    from harness.run.runner import Runner

    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("LC_ALL", "POSIX")
    [(_, result)] = Runner([Item(all_scenarios()["test.unicode"], "test.unicode")], tmp_path).run()
    assert result.verdict.value == "PASS", result.reasons


# the command that does it again


def test_again_repeats_every_option(monkeypatch: pytest.MonkeyPatch, tests_scenarios: None) -> None:
    one = all_scenarios()["test.rate"]
    monkeypatch.delenv("WIREPROOF_SCENARIOS")
    item = Item(
        one, "x", {"netcat": "nc -v {port}"}, tamper="/mutants/it's.py", switch="bridge", links="wire",
        parameters={"bw": 2.5, "claim": "wrong"},
    )  # fmt: skip
    assert shlex.split(again(item, 7)) == [
        "./lab", "run", "test.rate", "--seed", "7", "--set", "bw=2.5", "--set", "claim=wrong", "--with", "netcat=nc -v {port}",
        "--switch", "bridge", "--links", "wire", "--tamper", "/mutants/it's.py",
    ]  # fmt: skip
    assert again(Item(one, "x"), 1) == "./lab run test.rate --seed 1"
    monkeypatch.setenv("WIREPROOF_LINKS", "wire")
    monkeypatch.setenv("WIREPROOF_SCENARIOS", "/my scenarios")
    assert again(Item(one, "x"), 1) == "WIREPROOF_SCENARIOS='/my scenarios' ./lab run test.rate --seed 1 --links wire"


# whose files


def test_evidence_made_under_sudo_is_the_callers() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, as sudo gives it")
    require_readable(1000)
    with tempfile.TemporaryDirectory(prefix="wireproof-sudo-") as name:
        home = pathlib.Path(name)
        home.chmod(0o755)
        out = home / "new" / "run"
        sentence(lab("run", "test.quick", "--out", str(out), SUDO_UID="1000", SUDO_GID="1000"), 0)
        paths = [out.parent, out, *out.rglob("*")]
        assert len(paths) > 10 and {(path.lstat().st_uid, path.lstat().st_gid) for path in paths} == {(1000, 1000)}
        as_user = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": _EXTRA, "HOME": name, "PYTHONDONTWRITEBYTECODE": "1"}
        report = subprocess.run(
            [*as_user, sys.executable, "-P", "-m", "harness.cli", "report", str(out)],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert report.returncode == 0, report.stderr
        capture = out / "test.quick" / "h1-eth0.pcapng"
        read = subprocess.run([*as_user, "tshark", "-r", str(capture)], env=environment, capture_output=True, text=True, check=False)
        assert read.returncode == 0 and "SYN" in read.stdout, read.stderr


def test_a_report_on_what_is_roots(tmp_path: pathlib.Path) -> None:
    """Evidence of a version that left it to root: words in place of a traceback."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be refused as somebody else")
    require_readable(1000)
    with tempfile.TemporaryDirectory(prefix="wireproof-root-") as name:
        pathlib.Path(name).chmod(0o755)
        out = pathlib.Path(name) / "run"
        sentence(lab("run", "test.quick", "--out", str(out)), 0)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": name, "PYTHONDONTWRITEBYTECODE": "1"}
        words = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", sys.executable, "-P", "-m", "harness.cli", "report", str(out)]
        said = sentence(subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False), 3)
        assert "Permission denied" in said and f"sudo chown -R $USER {out}" in said


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None), ({"SUDO_UID": "1000", "SUDO_GID": "100"}, (1000, 100)), ({"SUDO_UID": "0", "SUDO_GID": "0"}, None),
        ({"SUDO_UID": "x", "SUDO_GID": "1"}, None),
    ],
)  # fmt: skip
def test_who_called(variables: dict[str, str], expected: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUDO_UID", "SUDO_GID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert owner.caller() == (expected if os.geteuid() == 0 else None)


def test_what_is_given_away_is_evidence_alone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what a link points to, nor a file that has another name elsewhere."""
    if os.geteuid() != 0:
        pytest.skip("needs root, as sudo gives it")
    monkeypatch.setenv("SUDO_UID", "1000")
    monkeypatch.setenv("SUDO_GID", "1000")
    secret, shared = tmp_path / "secret", tmp_path / "shared"
    secret.write_text("")
    shared.write_text("")
    run = tmp_path / "run"
    (run / "inner").mkdir(parents=True)
    (run / "inner" / "mine").write_text("")
    (run / "link").symlink_to(secret)
    (run / "folder").symlink_to(tmp_path)
    os.link(shared, run / "second-name")
    owner.give_to_caller(run)
    assert [path.lstat().st_uid for path in (run, run / "inner", run / "inner" / "mine", run / "link")] == [1000] * 4
    assert [path.lstat().st_uid for path in (secret, shared, run / "second-name", tmp_path)] == [0] * 4
