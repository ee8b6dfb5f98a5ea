"""junit.xml for a run, as Jenkins and GitLab read it.

PASS is an empty test case, FAIL a <failure>, SKIPPED a <skipped>. INCONCLUSIVE is an <error>, which by the format's
own meaning is a test that could not be judged: GitLab counts and shows it apart from failures, Jenkins marks the
build unstable. As <skipped> it would turn a build green in which nothing was proven. Jenkins shows only the message
of a <skipped>, so the whole reason stands there. Names are the scenario ids alone, because both tools follow a test's
history by class name and name.
"""

from __future__ import annotations

import datetime
import pathlib
import xml.etree.ElementTree as ElementTree

from harness.judge.files import write_text
from harness.judge.result import Result, Verdict
from harness.judge.verdict import sentence
from harness.report.run import Record, Run
from harness.report.terminal import advice_lines, display_path, failure_lines
from harness.report.text import without_controls


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _timestamp(epoch: float) -> str:
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _outcome(parent: ElementTree.Element, record: Record) -> None:
    result = record.result
    reasons = result.reasons or [sentence(row) for row in result.failed]
    message = without_controls("; ".join(reasons) or f"{result.verdict.value}, no reason was given")
    if result.verdict is Verdict.SKIPPED:
        ElementTree.SubElement(parent, "skipped", message=message)
        return
    kind = "failure" if result.verdict is Verdict.FAIL else "error"
    body = [result.title, *failure_lines(result, display_path(record.folder))]
    if result.command:
        body += ["", f"again: {result.command}"]
    node = ElementTree.SubElement(parent, kind, type=result.verdict.value, message=message)
    node.text = without_controls("\n".join(body))


def _steps(case: ElementTree.Element, result: Result) -> None:
    """What became of each step as properties of the test case, with the points and the ids of what failed."""
    earned, whole = result.points
    rows = [("points", f"{earned:g} of {whole:g}"), ("failed", " ".join(result.failed_ids))]
    rows += [(f"step {step.id}", step.outcome.value + (f" after {step.seconds:.3f} s" if step.seconds is not None else "")) for step in result.steps]
    properties = ElementTree.SubElement(case, "properties")
    for name, value in rows:
        if value:
            ElementTree.SubElement(properties, "property", name=without_controls(name), value=without_controls(value))


def junit_xml(run: Run) -> str:
    """The report as a text; times are in seconds."""
    counts = run.counts
    attributes = {
        "name": "wireproof",
        "tests": str(len(run.records)),
        "failures": str(counts["FAIL"]),
        "errors": str(counts["INCONCLUSIVE"]),
        "skipped": str(counts["SKIPPED"]),
        "time": _time(float(run.info.get("seconds") or sum(result.seconds for result in run.results))),
    }
    root = ElementTree.Element("testsuites", attributes)
    suite = ElementTree.SubElement(root, "testsuite", attributes)
    started = run.info.get("started") or min((r.started for r in run.results if r.started), default=0)
    if started:
        suite.set("timestamp", _timestamp(float(started)))
    properties = ElementTree.SubElement(suite, "properties")
    for key in ("id", "seed", "command", "state"):
        if run.info.get(key) not in (None, ""):
            ElementTree.SubElement(properties, "property", name=key, value=without_controls(run.info[key]))
    for record in run.records:
        laboratory = record.result.id.partition(".")[0]
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=without_controls(f"wireproof.{laboratory}"),
            name=without_controls(record.name),
            time=_time(record.result.seconds),
        )
        if record.result.steps:
            _steps(case, record.result)
        if record.result.verdict is not Verdict.PASS:
            _outcome(case, record)
        elif record.result.title:
            ElementTree.SubElement(case, "system-out").text = without_controls("\n".join([record.result.title, *advice_lines(record.result)]))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def write_junit(run: Run) -> pathlib.Path:
    """Writes junit.xml into the run folder."""
    path = run.folder / "junit.xml"
    write_text(path, junit_xml(run))
    return path
