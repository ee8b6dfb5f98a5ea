"""What came of the steps: verdicts, figures, and the table that tells them."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import xml.etree.ElementTree as ElementTree
from typing import Any, Callable

from harness.report import marks
from tests.vm.steps import STEPS, Step

PASS, FAIL, INCONCLUSIVE = "PASS", "FAIL", "INCONCLUSIVE"
_ATTEMPTS = 3


@dataclasses.dataclass
class Outcome:
    """verdict: PASS, FAIL or INCONCLUSIVE; details: what was counted or went wrong; figures: name → value with unit."""

    step: str
    verdict: str = INCONCLUSIVE
    seconds: float = 0.0
    details: list[str] = dataclasses.field(default_factory=list)
    figures: dict[str, str] = dataclasses.field(default_factory=dict)


def judge(step: Step, status: int | None, output: str, evidence: pathlib.Path, seconds: float) -> Outcome:
    """status: the command's, None when its deadline passed; evidence: the folder that it was given as {out}."""
    outcome = Outcome(step.id, seconds=round(seconds, 1))
    problems: list[str] = []
    for name, figure in step.figures.items():
        found = re.search(figure.pattern, output)
        if not found:
            problems.append(f"{name}: not told")
            continue
        outcome.figures[name] = f"{found[1]} {figure.unit}"
        if not figure.least <= float(found[1]) <= figure.most:
            problems.append(f"{name}: {found[1]} {figure.unit} is not within {figure.least:g} to {figure.most:g}")
    problems += [f"the output has no {pattern!r}" for pattern in step.shows if not re.search(pattern, output, re.MULTILINE)]
    questions = read_questions(evidence)
    outcome.details += [question.told for question in questions]
    problems += _problems(step, questions)
    tests_passed = bool(questions) or _read_pytest(evidence, outcome)  # a ./lab run writes a report for JUnit too
    if status is None:
        outcome.details.append(f"not done within {step.deadline:.0f} s")
    elif status == 3 and not problems or (step.verdicts and any(one.verdict == INCONCLUSIVE for one in questions)):
        outcome.verdict = INCONCLUSIVE
        outcome.details += problems
    elif (status == 0 or step.verdicts and status == 1) and not problems and tests_passed:
        outcome.verdict = PASS
    else:
        outcome.verdict = FAIL
        outcome.details += [*problems, f"status {status}"]
    return outcome


@dataclasses.dataclass(frozen=True)
class Question:
    """One of a ./lab run. expectations: (what, passed); switches and links: in the evidence's words."""

    id: str
    verdict: str
    reason: str
    expectations: list[tuple[str, bool]]
    switches: list[str]
    links: list[str]

    @property
    def told(self) -> str:
        return f"{self.id} {self.verdict}" + (f" ({self.reason})" if self.verdict != PASS and self.reason else "")


def read_questions(evidence: pathlib.Path) -> list[Question]:
    """Every question of a ./lab run."""
    found = []
    for file in sorted(evidence.glob("*/result.json")):
        result = json.loads(file.read_text(encoding="utf-8"))
        topology = result.get("topology") or {}
        found.append(Question(
            result["id"], result["verdict"], (result["reasons"] or [""])[0].partition("\n")[0][:200],
            [(row["what"], row["passed"]) for row in result.get("expectations", [])],
            [row["kind"] for row in topology.get("switches", [])], [row["shaper"] for row in topology.get("links", [])],
        ))  # fmt: skip
    return found


def _problems(step: Step, questions: list[Question]) -> list[str]:
    verdicts = {one.id: one.verdict for one in questions}
    found = [f"{id} is {verdicts.get(id, 'missing')}, not {wanted}" for id, wanted in step.verdicts.items() if verdicts.get(id) != wanted]
    if (step.switch or step.means) and not questions:
        found.append("there is no evidence of a question")
    for one in questions:
        found += [f"{one.id}: the switch was {kind}" for kind in one.switches if not kind.startswith(step.switch)]
        found += [f"{one.id}: the link was made by {text}" for text in one.links if not text.startswith(step.means)]
    return found


def compare(outcome: Outcome, here: list[Question], there: list[Question]) -> None:
    """Fails an outcome that has passed unless both runs told the same of every question and of every expectation in it."""
    if outcome.verdict != PASS:
        return
    if not there:
        outcome.verdict = INCONCLUSIVE
        outcome.details.append("there is nothing to compare it with")
        return
    told, others = ({one.id: [("", one.verdict), *one.expectations] for one in run} for run in (here, there))
    differing = sorted(id for id in told.keys() | others.keys() if told.get(id) != others.get(id))
    if differing:
        outcome.verdict = FAIL
        outcome.details.append(f"differs: {', '.join(differing)}")
    else:
        outcome.details.append(f"{sum(map(len, told.values())) - len(told)} expectations, each judged as there")


def persist(step: Step, attempt: Callable[[], Outcome]) -> Outcome:
    """Tries a step that ended INCONCLUSIVE again: a busy machine says nothing about what is tried."""
    for count in range(1, _ATTEMPTS + 1):
        outcome = attempt()
        if outcome.verdict != INCONCLUSIVE or outcome.seconds >= step.deadline:
            break
    if count > 1:
        outcome.details.append(f"attempt {count}")
    return outcome


def _read_pytest(evidence: pathlib.Path, outcome: Outcome) -> bool:
    """Adds counts, failures and figures of a pytest run. False if it had tests and some did not run or pass."""
    file = evidence / "junit.xml"
    if not file.exists():
        return True
    cases = list(ElementTree.parse(file).iter("testcase"))
    bad = {kind: [case.get("name", "") for case in cases if case.find(kind) is not None] for kind in ("failure", "error", "skipped")}
    good = len(cases) - len({name for names in bad.values() for name in names})
    outcome.details.append(f"{good} of {len(cases)} tests passed")
    outcome.details += [f"{kind}: {', '.join(names)}" for kind, names in bad.items() if names]
    for case in cases:
        for row in case.iter("property"):
            outcome.figures[row.get("name", "")] = row.get("value", "")
    return bool(cases) and good == len(cases)


def exit_status(outcomes: list[Outcome]) -> int:
    verdicts = [outcome.verdict for outcome in outcomes]
    return 1 if FAIL in verdicts else 3 if INCONCLUSIVE in verdicts or not verdicts else 0


BEGIN, END = "<!-- ./lab vm test writes from here -->", "<!-- to here -->"


def rewrite(page: str, text: str) -> str:
    """The page with what stands between the marks replaced; raises ValueError where it has none."""
    return marks.rewrite(page, BEGIN, END, text)


def markdown(facts: dict[str, Any], outcomes: list[Outcome]) -> str:
    """The outcome as tables for docs/. facts: what told the machine apart, name → value."""
    steps = {step.id: step for step in STEPS}
    lines = ["; ".join(f"{name}: {value}" for name, value in facts.items()) + ".", "",
             "| step | user | what it shows | verdict | s |", "|---|---|---|---|---:|"]  # fmt: skip
    for outcome in outcomes:
        step = steps[outcome.step]
        details = "; ".join(outcome.details).replace("|", "\\|")
        text = step.proves + (f" — {details}" if details else "")
        lines.append(f"| {step.id} | {step.user} | {text} | {outcome.verdict} | {outcome.seconds:.0f} |")
    figures = [(outcome.step, name, value) for outcome in outcomes for name, value in outcome.figures.items()]
    if figures:
        lines += ["", "| step | figure | measured |", "|---|---|---:|"]
        lines += [f"| {step} | {name} | {value} |" for step, name, value in figures]
    return "\n".join(lines) + "\n"
