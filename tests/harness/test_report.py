"""A run's reports as files: results.json, junit.xml, and what is read back from a folder."""

import json
import pathlib
import xml.etree.ElementTree as ElementTree

import pytest
from tests.harness import report_samples as samples

from harness.judge.result import ExpectationResult, Verdict
from harness.report import begin_run, load_run, write_reports
from harness.report.run import State
from harness.report.terminal import plain_report
from harness.report.text import natural_key, one_line, seconds_text, visible, wireshark_command, without_controls
from harness.run.drive import exit_status


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = samples.sample_run(tmp_path_factory.mktemp("runs") / "a-run")
    write_reports(folder, samples.RUN_INFO)
    return folder


def control_characters(text):
    return [c for c in text if ord(c) < 32 and c not in "\n\t" or 0x7F <= ord(c) < 0xA0 or c == "\u202e"]


def test_results_json_holds_every_scenario_and_the_run(run):
    written = json.loads((run / "results.json").read_text())
    assert written["run"]["seed"] == 42
    assert written["run"]["counts"] == {"PASS": 3, "FAIL": 2, "INCONCLUSIVE": 3, "SKIPPED": 1}
    names = [row["folder"] for row in written["results"]]
    assert names == ["tv.q02", "tv.q03", "tv.q03-2", "tv.q12", "tv.q14", "tv.q18", "tv.q20", "tv.q23", "tv.q24"]
    assert written["results"][4]["expectations"][1]["packets"][0]["number"] == 1804


def test_killed_and_damaged_scenarios_are_inconclusive_and_say_why(run):
    records = {record.folder.name: record for record in load_run(run).records}
    assert records["tv.q23"].incomplete and records["tv.q23"].result.verdict is Verdict.INCONCLUSIVE
    assert "no result.json" in records["tv.q23"].result.reasons[0]
    assert "cannot be read" in records["tv.q24"].result.reasons[0]
    assert not records["tv.q02"].incomplete


DAMAGED = ["", "[]", "null", '{"schema": 99}', '{"schema": 1}', "\x00", "[" * 100_000]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_any_damage_to_a_result_is_borne(tmp_path, content):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "result.json").write_text(content)
    (tmp_path / "x" / "unknown").write_bytes(b"\xff")
    (tmp_path / "results.json").write_text(content)
    report = write_reports(tmp_path)
    assert report.counts["INCONCLUSIVE"] == 1
    assert "cannot be read" in report.results[0].reasons[0]


def test_a_run_that_did_nothing_has_reports(tmp_path):
    write_reports(tmp_path, {"id": "empty"})
    assert "Nothing ran" in (tmp_path / "index.html").read_text()
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().get("tests") == "0"


def test_what_the_runner_said_survives_a_second_report(run):
    before = json.loads((run / "results.json").read_text())
    write_reports(run)
    assert json.loads((run / "results.json").read_text()) == before


def test_a_missing_run_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_run(tmp_path / "nowhere")


def test_junit_counts_and_outcomes(run):
    root = ElementTree.parse(run / "junit.xml").getroot()
    suite = root.find("testsuite")
    figures = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped", "time", "timestamp")}
    assert figures == {
        "tests": "9",
        "failures": "2",
        "errors": "3",
        "skipped": "1",
        "time": "142.600",
        "timestamp": "2025-11-21T01:53:20Z",
    }
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert len(cases) == 9, "names are unique"
    assert all(case.get("classname") == "wireproof.tv" for case in cases.values())
    assert cases["tv.q02"].find("failure") is None and cases["tv.q02"].get("time") == "1.686"
    failure = cases["tv.q14"].find("failure")
    assert "expected < 400" in failure.get("message")
    assert "#1804" in failure.text and "wireshark -r " in failure.text and "./lab run tv.q14" in failure.text
    assert cases["tv.q12"].find("error").get("type") == "INCONCLUSIVE"
    assert "exit 127" in cases["tv.q18"].find("skipped").get("message")
    assert "no result.json" in cases["tv.q23"].find("error").get("message")


def test_junit_of_hostile_text_has_no_control_characters(run):
    content = (run / "junit.xml").read_bytes().decode("utf-8")
    root = ElementTree.fromstring(content)
    assert control_characters(content) == []
    hostile = next(case for case in root.iter("testcase") if case.get("name") == "tv.q20").find("failure")
    assert '<script>document.title="owned"</script>' in hostile.text
    assert "[31m" not in hostile.get("message"), "terminal sequences go as a whole"
    assert "日本語" in hostile.text


def test_texts_made_safe():
    assert visible("a\x1b[1m\tb\r\nc\x7f\x9b\udcfe\u202e") == "a\\x1b[1m\tb\nc\\x7f\\x9b\\xfe\\u202e"
    assert one_line("a\nb\t\n") == "a\\nb\\t"
    assert without_controls("\x1b[31mred\x1b[0m\x00 \x1b]0;title\x07ok\ud800\ufffe") == "red ok"
    assert [seconds_text(s) for s in (0.123, 12.34, 99.96, 3725, float("nan"))] == [
        "0.12 s",
        "12.3 s",
        "1 min 40 s",
        "1 h 02 min",
        "–",
    ]
    assert sorted(["tv.q10", "tv.q2", "a", "10"], key=natural_key) == ["10", "a", "tv.q2", "tv.q10"]


def test_wireshark_commands_survive_a_shell():
    import shlex

    row = ExpectationResult("w", "e", "f", False, filter="a == 'b' && c", pcapng="my file.pcapng")
    command = wireshark_command(row, pathlib.Path("runs/it's"))
    assert shlex.split(command) == ["wireshark", "-r", "runs/it's/my file.pcapng", "-Y", "a == 'b' && c"]
    row.filter = ""
    assert "-Y" not in wireshark_command(row)
    row.pcapng = ""
    assert wireshark_command(row) == ""


def test_a_run_that_was_killed_is_unfinished(tmp_path):
    begin_run(tmp_path, {"seed": 7, "command": "./lab run tv"}, ["tv.q02", "tv.q03", "tv.q14"])
    samples.put(tmp_path, samples.passed(2))
    (tmp_path / "tv.q03").mkdir()
    report = write_reports(tmp_path)
    assert (report.state, report.ended_early) == (State.UNFINISHED, "unfinished: the run goes on, or was killed; 1 question was not run")
    assert [(record.name, record.result.verdict.value) for record in report.records] == [("tv.q02", "PASS"), ("tv.q03", "INCONCLUSIVE")]
    assert report.records[1].result.reasons[0].startswith("unfinished") and exit_status(report.verdicts) == 3
    written = json.loads((tmp_path / "results.json").read_text())["run"]
    assert (written["state"], written["not_run"], written["seed"]) == ("unfinished", ["tv.q14"], 7)
    assert "Unfinished: the run goes on" in (tmp_path / "index.html").read_text()
    assert 'name="state" value="unfinished"' in (tmp_path / "junit.xml").read_text()
    assert "1 question was not run" in plain_report(report)


def test_all_that_passed_is_not_enough_for_an_unfinished_run(tmp_path):
    begin_run(tmp_path, {}, ["tv.q02", "tv.q03"])
    samples.put(tmp_path, samples.passed(2))
    for state, status in ((State.UNFINISHED, 3), (State.INTERRUPTED, 3), (State.STOPPED, 0), (State.FINISHED, 0)):
        report = write_reports(tmp_path, {"state": state})
        assert exit_status(report.verdicts) == status, state
        assert ("1 question was not run" in report.ended_early) == (state is not State.FINISHED)


def test_another_run_in_the_same_folder_leaves_nothing_of_the_first(tmp_path):
    begin_run(tmp_path, {"id": "first"}, ["tv.q02", "tv.q03"])
    samples.put(tmp_path, samples.passed(2))
    (tmp_path / "tv.q03").mkdir()
    write_reports(tmp_path, {"state": State.FINISHED})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("to be kept")
    begin_run(tmp_path, {"id": "second"}, ["tv.q14"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "results.json"], "no page, no evidence, and what is not ours stays"
    assert json.loads((tmp_path / "results.json").read_text())["results"] == []
    samples.put(tmp_path, samples.failed())
    report = write_reports(tmp_path, {"state": State.FINISHED})
    assert [record.name for record in report.records] == ["tv.q14"], "neither ghosts nor folders of others are questions"


@pytest.mark.parametrize("planned", [["../victim"], ["."], [".."], ["/etc"], ["a/b"], [".hidden"], ["_own"], [""], [3], "tv.q02", None])
def test_what_a_results_file_plans_names_nothing_outside(tmp_path, planned):
    run = tmp_path / "run"
    for folder in (run, tmp_path / "victim", run / ".hidden", run / "_own", run / "a" / "b"):
        folder.mkdir(parents=True)
    (run / "results.json").write_text(json.dumps({"run": {"planned": planned}}))
    begin_run(run, {}, ["tv.q01"])
    assert all(folder.is_dir() for folder in (tmp_path / "victim", run / ".hidden", run / "_own", run / "a" / "b"))
