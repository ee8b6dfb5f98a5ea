"""The command line: each mistake gets a clear sentence and its exit status; results come out as promised."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree as ElementTree

import click.testing
import pytest

import harness.cli.commands
from harness.judge.roles import ROLES
from harness.judge.scenario import all_scenarios
from harness.run.drive import EXIT_INCONCLUSIVE

ROOT = pathlib.Path(__file__).resolve().parents[2]
_EXTRA = str(ROOT / "tests/harness/scenarios")


def lab(
    *words: str, before: str = "", stdin: str = "", folder: pathlib.Path = ROOT, timeout: float = 120, shell: str = "sh", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command line; `before` is a shell command that runs in the same process before it."""
    command = ["/usr/bin/python3", "-m", "harness.cli", *words]
    if before:
        command = [shell, "-c", before + ' && exec "$@"', shell, *command]
    return subprocess.run(
        command, cwd=folder, input=stdin, capture_output=True, text=True, timeout=timeout, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": _EXTRA, **environment},
    )  # fmt: skip


def quick_lab(*words: str) -> subprocess.CompletedProcess[str]:
    """The command line in this process, for what starts no cell: a second quicker."""
    outcome = click.testing.CliRunner(mix_stderr=False).invoke(harness.cli.commands.lab, list(words), prog_name="lab")
    return subprocess.CompletedProcess(words, outcome.exit_code, outcome.stdout, outcome.stderr)


def sentence(outcome: subprocess.CompletedProcess[str], status: int) -> str:
    """What was said on standard error, after checking that it is the status wanted and no traceback."""
    assert outcome.returncode == status, outcome.stderr
    assert "Traceback" not in outcome.stderr
    return outcome.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "test.quik"], "no scenario matches 'test.quik'; did you mean test.quick"),
        (["run", "tv.*x*"], "no scenario matches 'tv.*x*'"),
        (["run", "["], "no scenario matches '['"),
        (["list", "zz"], "'./lab list' shows them all"),
        (["show", "netkat"], "no scenario matches 'netkat'"),
        (["shell", "test.*"], "name one"),
        (["run", "test.quick", "--with", "netcat"], "write ROLE=COMMAND"),
        (["run", "test.quick", "--with", "netcat="], "write ROLE=COMMAND"),
        (["run", "test.quick", "--with", "nettcat=nc"], "there is no role 'nettcat'"),
        (["run", "test.quick", "--with", "netcat=nc {port"], "write {{ and }} for real braces"),
        (["run", "test.quick", "--with", "netcat=nc {colour}"], "netcat does not know {colour}"),
        (["run", "test.quick", "--with", "netcat=nc 'x"], "No closing quotation"),
        (["run", "test.quick", "--with", "echo-server=true"], "none of the chosen scenarios has this role"),
        (["run", "test.quick", "--with", "netcat=no-such-program -l"], "there is no program 'no-such-program'"),
        (["run", "test.quick", "--with", "netcat=./missing.py"], "there is no program './missing.py'"),
        (["run", "test.quick", "--with", "netcat=python3 -u missing.py -l"], "there is no file 'missing.py'"),
        (["run", "test.quick", "--with", "netcat=docs/writing-a-scenario.md"], "is not executable"),
        (["run", "test.quick", "--jobs", "0"], "--jobs"),
        (["run", "test.quick", "--out", "docs"], "it exists and is no earlier run"),
        (["run", "test.quick", "--out", "/proc/nothing"], "the evidence folder cannot be made"),
        (["run", "test.quick", "--tamper", "/nowhere.py"], "/nowhere.py"),
        (["report", "/nowhere"], "/nowhere"),
        (["report", "docs"], "no run"),
        (["dance"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(words: list[str], said: str, tests_scenarios: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert said in sentence(quick_lab(*words), 2)


def test_a_run_leaves_what_was_promised(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "evidence"
    outcome = lab("run", "test.quick", "test.fails", "--out", str(out), "--json")
    sentence(outcome, 1)
    printed = json.loads(outcome.stdout)
    assert printed == json.loads((out / "results.json").read_text())
    assert [row["id"] for row in printed["results"]] == ["test.fails", "test.quick"]
    suite = ElementTree.parse(out / "junit.xml").getroot()
    assert len(list(suite.iter("testcase"))) == 2 and len(list(suite.iter("failure"))) == 1
    assert (out / "index.html").read_text().lstrip().lower().startswith("<!doctype html")
    for name in ("test.quick", "test.fails"):
        assert {"result.json", "h1-eth0.pcapng", "h2-eth0.pcapng", "logs"} <= set(os.listdir(out / name))
    assert "two and two are five" in outcome.stderr and "expected 5" in outcome.stderr
    again = lab("report", str(out))
    assert again.returncode == 1 and str(out / "index.html") in again.stdout
    sentence(lab("run", "test.quick", "--out", str(out)), 0)


def test_verdicts_in_results_are_plain_words(tmp_path: pathlib.Path) -> None:
    outcome = lab("run", "test.fails", "--out", str(tmp_path / "run"), "--json")
    assert [row["verdict"] for row in json.loads(outcome.stdout)["results"]] == ["FAIL"]


@pytest.mark.parametrize(
    ("command", "status", "verdict", "said"),
    [
        ("sh -c 'exit 127'", 0, "SKIPPED", "netcat is not implemented"),
        ("sh -c 'echo cannot listen >&2; exit 4'", 1, "FAIL", "cannot listen"),
        ("true", 1, "FAIL", "ended with status 0, while waiting for"),
        ("/usr/bin/python3 -m http.server", 1, "FAIL", ""),
        ("nc -4", 0, "PASS", ""),
    ],
)
def test_role_programs(tmp_path: pathlib.Path, command: str, status: int, verdict: str, said: str) -> None:
    for _ in range(3):
        outcome = lab("run", "test.quick", "--with", f"netcat={command}", "--out", str(tmp_path / "run"))
        if outcome.returncode != EXIT_INCONCLUSIVE:  # else the machine was busy
            break
    sentence(outcome, status)
    result = json.loads((tmp_path / "run/test.quick/result.json").read_text())
    assert result["verdict"] == verdict and said in " ".join(result["reasons"])
    assert result["roles"]["netcat"]["replaced"] is True


def test_a_program_of_the_folder_one_stands_in(tmp_path: pathlib.Path) -> None:
    script = tmp_path / "mine.sh"
    script.write_text('#!/bin/sh\nexec nc "$@"\n')
    script.chmod(0o755)
    for command in ("./mine.sh", "sh mine.sh", str(script)):
        sentence(lab("run", "test.quick", "--with", f"netcat={command}", "--out", str(tmp_path / "run"), folder=tmp_path), 0)


def test_no_right_to_create_namespaces(tmp_path: pathlib.Path) -> None:
    """In a user namespace whose own limit is zero, as where an administrator has switched them off."""
    refused = "unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"' sh"
    command = ["sh", "-c", f'exec {refused} "$@"', "sh", "/usr/bin/python3", "-m", "harness.cli"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": _EXTRA}
    for words in (["run", "test.quick", "--out", str(tmp_path / "run")], ["shell", "test.quick"]):
        outcome = subprocess.run(
            [*command, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False, input=""
        )
        assert "user namespaces are switched off on this machine" in sentence(outcome, 3)
        assert "sysctl" in outcome.stderr, "the way out is told"


def test_full_disk(tmp_path: pathlib.Path) -> None:
    """The evidence folder on a file system of one megabyte that is full already, or fills up while the scenario runs."""
    for size, statuses in (("64k", (2, 3)), ("3m", (3,))):
        mounted = f"mkdir -p {tmp_path}/small && mount -t tmpfs -o size={size} none {tmp_path}/small"
        outcome = subprocess.run(
            ["unshare", "-Urm", "sh", "-c", mounted + ' && exec "$@"', "sh", "/usr/bin/python3", "-m", "harness.cli", "run", "test.disk",
             "--out", f"{tmp_path}/small/run"],
            cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": _EXTRA},
        )  # fmt: skip
        assert outcome.returncode in statuses, outcome.stderr
        assert "No space left on device" in outcome.stderr and "Traceback" not in outcome.stderr


def test_out_of_descriptors(tmp_path: pathlib.Path) -> None:
    said = sentence(lab("run", "test.descriptors", "--out", str(tmp_path / "a")), 3)
    assert "Too many open files" in said
    said = sentence(lab("run", "test.quick", "--out", str(tmp_path / "b"), before="ulimit -n 12"), 3)
    assert "the run cannot go on" in said and "Too many open files" in said and "ulimit -n" in said


def test_list() -> None:
    known = all_scenarios()
    rows = json.loads(lab("list", "--json").stdout)
    assert {row["id"] for row in rows} >= set(known) | {"test.quick"}
    assert all(row["question"] and row["title"] and row["seconds"] > 0 for row in rows)
    assert [row["id"] for row in json.loads(lab("list", "tv.q01", "--json").stdout)] == ["tv.q01"]
    assert "tv.q01" in lab("list").stdout


@pytest.mark.parametrize("id", sorted(all_scenarios()))
def test_show_scenario(id: str) -> None:
    one = all_scenarios()[id]
    shown = quick_lab("show", id)
    assert shown.returncode == 0, shown.stderr
    assert one.question in shown.stdout and one.title in shown.stdout and "\nExpectations:\n" in shown.stdout and "\n  - " in shown.stdout
    assert all(name in shown.stdout for name in (*one.topology.hosts(), *one.roles))


@pytest.mark.parametrize("name", sorted(ROLES))
def test_show_role(name: str) -> None:
    shown = quick_lab("show", name)
    assert shown.returncode == 0 and "exit status 127" in shown.stdout
    assert all(f"{{{parameter}}}" in shown.stdout for parameter in ROLES[name].parameters)


def test_shell_takes_a_script_and_ends() -> None:
    outcome = lab("shell", "test.quick", stdin="pingall\nh1 ip -o -4 addr show h1-eth0\n")
    assert outcome.returncode == 0, outcome.stderr
    text = outcome.stdout + outcome.stderr
    assert "0% dropped (2/2 received)" in text and "10.0.0.1/8" in text and "Traceback" not in text


def test_doctor() -> None:
    outcome = lab("doctor")
    assert outcome.returncode in (0, 1) and "Traceback" not in outcome.stderr
    assert "cells" in outcome.stdout and ("can run the labs" in outcome.stdout) == (outcome.returncode == 0)
    assert outcome.stdout.count("missing") == 0 or "→" in outcome.stdout


@pytest.mark.parametrize("words", [[], ["run"], ["sweep"], ["list"], ["show"], ["shell"], ["doctor"], ["report"], ["test"]], ids=" ".join)
def test_help_has_examples(words: list[str]) -> None:
    outcome = quick_lab(*words, "--help")
    assert outcome.returncode == 0 and "Examples:\n  ./lab" in outcome.stdout
