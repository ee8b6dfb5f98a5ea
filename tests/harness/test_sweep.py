"""Sweeps on real networks: what they leave, how they end, and that they go on after any end."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from harness.judge.result import Ended, Ending, Result, Verdict
from harness.judge.scenario import all_scenarios
from harness.judge.waiting import wait_for
from harness.run.runner import Events
from harness.run.sweep.execute import Recorder, make_items, make_runner
from harness.run.sweep.journal import Journal, new_plan
from tests.harness.test_command_line import ROOT, _EXTRA, lab, quick_lab, sentence

_GRID = ["--over", "bw=2,8", "--over", "claim=right,wrong", "--set", "kilobytes=20"]


def start(*words: str, log: pathlib.Path) -> subprocess.Popen[bytes]:
    """A sweep that goes on beside the test."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": str(_EXTRA)}
    with log.open("wb") as file:
        command = ["/usr/bin/python3", "-m", "harness.cli", "sweep", *words]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)


def sweep(*words: str) -> subprocess.CompletedProcess[str]:
    """A sweep from its beginning to its end. A generous deadline: many runs on a machine that may be busy."""
    return lab("sweep", *words, timeout=900)


def lines(folder: pathlib.Path) -> list[dict]:
    path = folder / "runs.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def keys(folder: pathlib.Path) -> list[tuple[int, int]]:
    return [(row["point"], row["repetition"]) for row in lines(folder)]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("sweep") / "out"
    return folder, sweep("test.rate", *_GRID, "--repeat", "2", "--seed", "7", "--out", str(folder), "--json")


def test_a_sweep_leaves_what_was_promised(swept) -> None:
    folder, outcome = swept
    said = sentence(outcome, 1)
    assert "[8/8]" in said and "8 of 8 runs, 4 of 4 points complete, about 0 s left" in said and f"{folder}/index.html" in said
    whole = json.loads(outcome.stdout)
    assert whole == json.loads((folder / "sweep.json").read_text())
    assert [(point["values"]["bw"], point["verdict"], point["verdicts"]["FAIL"]) for point in whole["points"]] == [
        (2, "PASS", 0), (2, "FAIL", 2), (8, "PASS", 0), (8, "FAIL", 2),
    ]  # fmt: skip
    for point in whole["points"]:
        goodput = next(row for row in point["measurements"] if row["name"] == "goodput")
        assert goodput["n"] == 2 and goodput["unit"] == "Mbit/s" and goodput["confidence"] is None
        assert goodput["lower"] <= goodput["median"] <= goodput["upper"]
        assert 0.5 < goodput["median"] / point["values"]["bw"] < 1.2, "figures are those of the link of the point"
    assert len({run["seed"] for run in whole["runs"]}) == 8


def test_tables(swept) -> None:
    folder, _ = swept
    runs = list(csv.DictReader((folder / "sweep.csv").open()))
    assert [(row["point"], row["repetition"], row["bw (Mbit/s)"], row["claim"], row["verdict"]) for row in runs[:3]] == [
        ("1", "1", "2", "right", "PASS"), ("1", "2", "2", "right", "PASS"), ("2", "1", "2", "wrong", "FAIL"),
    ]  # fmt: skip
    rows = [row for row in csv.DictReader((folder / "summary.csv").open()) if row["measurement"] == "goodput"]
    assert len(rows) == 4 and {row["interval"] for row in rows} == {"lowest to highest"}
    for row in rows:
        found = sorted(float(run["goodput (Mbit/s)"]) for run in runs if run["point"] == row["point"])
        assert [float(row[key]) for key in ("lower", "median", "upper")] == [found[0], sum(found) / 2, found[1]]
        assert (row["n"], row["unit"]) == ("2", "Mbit/s")


def test_page_and_figures(swept) -> None:
    folder, _ = swept
    page = (folder / "index.html").read_text()
    assert page.count("data:image/svg+xml") == 2 and "lowest to highest value (6 runs give a confidence interval)" in page
    assert f"./lab sweep test.rate {' '.join(_GRID)} --repeat 2 --seed 7" in page
    assert "Runs that did not pass" in page and "all of the file arrives" in page
    spec = json.loads((folder / "plots/1-goodput.json").read_text())
    [panel] = spec["panels"]
    assert [row["label"] for row in panel["series"]] == ["claim right", "claim wrong", "an expectation did not hold"]
    assert panel["series"][0]["x"] == [2, 8] and panel["series"][2]["x"] == [2, 8]
    for target in re.findall(r'href="([^"#:]+)"', page):
        assert (folder / target).exists(), target


def test_a_run_of_a_sweep_can_be_had_alone(swept, tmp_path: pathlib.Path) -> None:
    folder, _ = swept
    row = lines(folder)[0]
    words = row["command"].partition("./lab run ")[2].split()
    lab("run", *words, "--out", str(tmp_path / "run"))
    alone, then = Result.read(tmp_path / "run/test.rate"), Result.read(folder / row["folder"])
    assert (alone.seed, alone.parameters, alone.verdict) == (then.seed, then.parameters, then.verdict)


def test_captures_of_what_passed_are_removed(swept) -> None:
    folder, _ = swept
    for row in lines(folder):
        captures = [file.name for file in (folder / row["folder"]).glob("*.pcapng")]
        result = Result.read(folder / row["folder"])
        assert [one.file for one in result.captures] == sorted(captures)
        assert bool(captures) == (row["verdict"] == "FAIL") and bool(result.captures_removed) == (row["verdict"] == "PASS")


def test_a_finished_sweep_has_nothing_left_to_do(swept) -> None:
    folder, _ = swept
    before = (folder / "runs.jsonl").read_bytes()
    (folder / "index.html").unlink()
    said = sentence(sweep("--resume", str(folder)), 1)
    assert "8 of 8 runs are done already" in said and "started" not in said
    assert (folder / "runs.jsonl").read_bytes() == before and (folder / "index.html").exists()


def test_repetitions_can_be_added(swept, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(swept[0], folder)
    sentence(sweep("--resume", str(folder), "--repeat", "3", "--keep-captures"), 1)
    assert keys(folder)[:8] == keys(swept[0]) and sorted(keys(folder)[8:]) == [(point, 3) for point in range(4)]
    assert list((folder / "runs/001-3").glob("*.pcapng")), "--keep-captures keeps them"


def test_killed_in_the_middle_it_goes_on(tmp_path: pathlib.Path) -> None:
    folder, words = tmp_path / "out", ["test.rate", "--over", "bw=2,8", "--over", "kilobytes=10,20", "--repeat", "2", "--jobs", "1"]
    process = start(*words, "--out", str(folder), log=tmp_path / "log")
    try:
        wait_for(lambda: len(lines(folder)) >= 3, "three runs to be done", 300)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    done = lines(folder)
    assert 3 <= len(done) < 8 and not (folder / "sweep.json").exists()
    with (folder / "runs.jsonl").open("a") as file:
        file.write('{"point": 3, "repe')  # as if it had been killed while it wrote
    said = sentence(sweep(*words, "--out", str(folder)), 0)
    assert f"{len(done)} of 8 runs are done already" in said and f"[{len(done) + 1}/8]" in said
    assert lines(folder)[: len(done)] == done, "what was done is not done again"
    assert sorted(keys(folder)) == [(point, repetition) for point in range(4) for repetition in (1, 2)]
    assert json.loads((folder / "sweep.json").read_text())["sweep"]["remaining"] == 0


def test_interrupted_it_says_how_to_go_on(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "out"
    process = start("test.rate", "--over", "bw=1,2", "--repeat", "3", "--jobs", "1", "--out", str(folder), log=tmp_path / "log")
    try:
        wait_for(lambda: len(lines(folder)) >= 1, "a run to be done", 300)
        second = start("--resume", str(folder), log=tmp_path / "second")
        assert second.wait(300) == 2 and "another ./lab sweep is at work there" in (tmp_path / "second").read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 130
    finally:
        process.kill()
        process.wait()
    assert all(row["verdict"] == "PASS" for row in lines(folder)), "what was stopped is not written down"
    left = 6 - len(lines(folder))
    said = (tmp_path / "log").read_text()
    assert left > 0 and f"{left} of 6 runs are not done; this goes on: ./lab sweep --resume {folder}" in said
    assert f"{left} of 6 runs are not done" in (folder / "index.html").read_text()
    sentence(sweep("--resume", str(folder)), 0)
    assert len(keys(folder)) == 6


def test_what_cannot_be_judged_is_counted_and_left_out(tmp_path: pathlib.Path) -> None:
    folder, words = tmp_path / "out", ["test.unsure", "--over", "seen=1,2", "--repeat", "1", "--out", str(tmp_path / "out")]
    said = sentence(sweep(*words), 3)
    assert "again alone, later" in said and "this tries them again" in said
    whole = json.loads((folder / "sweep.json").read_text())
    assert [point["verdicts"]["INCONCLUSIVE"] for point in whole["points"]] == [0, 1]
    assert [bool(point["measurements"]) for point in whole["points"]] == [True, False]
    assert [row["attempt"] for row in whole["runs"]] == [1, 3], "tried three times, and no more"
    assert "1 INCONCLUSIVE" in said and "INCONCLUSIVE" in (folder / "index.html").read_text()
    rows = list(csv.DictReader((folder / "summary.csv").open()))
    assert [(row["n"], row["INCONCLUSIVE"]) for row in rows] == [("1", "0"), ("0", "1")]
    sentence(sweep(*words), 3)
    assert len(lines(folder)) == 3, "one more line: a later sweep tries again what could not be judged, and nothing else"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "which scenario?"), (["test.rate"], "what is to be varied?"), (["test.quick", "--over", "bw=1"], "there is no parameter 'bw'; none is declared"),
        (["test.quick"], "parameters of test.quick are none, so that it cannot be swept"), (["test.*", "--over", "bw=1"], "name one"),
        (["test.rat", "--over", "bw=1"], "did you mean test.rate"), (["test.rate", "--over", "bw=1", "--set", "bw=2"], "by --set and by --over"),
        (["test.rate", "--over", "bw=fast"], "bw=fast is not a number"), (["test.rate", "--over", "bw=1..2:0"], "it has no values"),
        (["test.rate", "--over", "bw=1", "--set", "claim=no"], "cannot be chosen"), (["test.rate", "--over", "bw=1", "--repeat", "0"], "--repeat"),
        (["test.rate", "--over", "bw=1..50", "--repeat", "9999"], "more than 100,000 runs"), (["--resume", "docs"], "there is no sweep in this folder"),
        (["test.rate", "--over", "bw=1", "--out", "docs"], "it exists and holds no sweep"), (["--resume", "a", "--out", "b"], "leave --out away"),
        (["test.rate", "--over", "bw=1", "--out", "/proc/nothing"], "the sweep's folder cannot be made"),
        (["test.rate", "--over", "bw=1", "--with", "netcat=no-such-program"], "there is no program"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_usage(words: list[str], said: str, tests_scenarios: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert said in sentence(quick_lab("sweep", *words), 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "bw=2,4", "--over", "claim=right,wrong"], "--over was bw=2,8 claim=right,wrong and is bw=2,4 claim=right,wrong"),
        (["--set", "kilobytes=30"], "--set was kilobytes=20 and is kilobytes=30"), (["--seed", "8"], "--seed was 7 and is 8"),
        (["--repeat", "1"], "--repeat was 2 and is only 1"), (["test.unsure", "--over", "seen=1"], "a sweep of test.rate, not of test.unsure"),
    ],
)  # fmt: skip
def test_another_sweep_is_not_mixed_in(words: list[str], said: str, swept, tests_scenarios: None) -> None:
    assert said in sentence(quick_lab("sweep", "--resume", str(swept[0]), *words), 2)


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("runs.jsonl", lambda text: text.replace('"seed": ', '"seed": 1', 1), "runs.jsonl, line 1 cannot be read (ValueError: its values or its seed"),
        ("runs.jsonl", lambda text: "{}\n" + text, "line 1 cannot be read (KeyError"), ("runs.jsonl", lambda text: text + "x\n", "line 9 cannot be read"),
        ("plan.json", lambda text: "[", "plan.json cannot be read"), ("plan.json", lambda text: text.replace('"schema": 1', '"schema": 2'), "schema 2"),
        ("plan.json", lambda text: re.sub('"fingerprint": "..', '"fingerprint": "xx', text), "the file of test.rate or of its topology has changed since"),
    ],
)  # fmt: skip
def test_damaged_folders(file: str, change, said: str, swept, tmp_path: pathlib.Path, tests_scenarios: None) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(swept[0], folder)
    path = folder / file
    path.write_text(change(path.read_text()))
    assert said in sentence(quick_lab("sweep", "--resume", str(folder)), 2)


def test_full_disk(tmp_path: pathlib.Path) -> None:
    """The folder is on a file system that fills up: the sweep ends with a sentence, and nothing that was done is lost."""
    mounted = f"mkdir -p {tmp_path}/small && mount -t tmpfs -o size=400k none {tmp_path}/small"
    outcome = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", mounted + ' && "$@"; status=$?; cat ' + f"{tmp_path}/small/out/runs.jsonl; exit $status", "sh",
         "/usr/bin/python3", "-m", "harness.cli", "sweep", "test.rate", "--over", "bw=4,8", "--repeat", "6", "--jobs", "1",
         "--keep-captures", "--out", f"{tmp_path}/small/out"],
        cwd=ROOT, capture_output=True, text=True, timeout=400, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WIREPROOF_SCENARIOS": str(_EXTRA)},
    )  # fmt: skip
    assert outcome.returncode == 3, outcome.stderr
    assert "No space left on device" in outcome.stderr and "Traceback" not in outcome.stderr
    assert all(json.loads(line)["verdict"] in ("PASS", "INCONCLUSIVE") for line in outcome.stdout.splitlines())


def test_help() -> None:
    shown = quick_lab("sweep", "--help").stdout
    assert "./lab sweep ID --over bw=0.5,0.7,1,2 --over loss=0..5 --repeat 5" in shown and "Exit status" in shown


def test_what_ctrl_c_ended_is_neither_counted_nor_told(tmp_path: pathlib.Path, tests_scenarios: None) -> None:
    one, told = all_scenarios()["test.rate"], []
    plan = new_plan(one, over={"bw": [2.0, 8.0]}, fixed={}, repeat=1, seed=1)
    with contextlib.closing(Journal(tmp_path / "out", plan)) as journal:
        items, recorder = make_items(one, journal), Recorder(journal, plan.runs())
        events = Events(finished=lambda item, result: told.append(item.name))
        runner = make_runner(items, recorder, events, tmp_path / "out", 1, 1)
        for item, how, verdict in zip(items, (Ending.STOPPED, Ending.COMPLETE), (Verdict.INCONCLUSIVE, Verdict.PASS)):
            (tmp_path / "out" / "runs" / item.name).mkdir(parents=True)
            runner.events.finished(item, Result(one.id, ended=Ended(how), verdict=verdict))
        assert told == ["002-1"] and list(journal.records) == [(1, 1)]
