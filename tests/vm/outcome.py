"""What came of the steps: verdicts, figures, and the table that tells them."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import xml.etree.ElementTree as ElementTree
from typing import Any

from tests.vm.steps import STEPS, Step

PASS, FAIL, INCONCLUSIVE = "PASS", "FAIL", "INCONCLUSIVE"


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
    _read_questions(evidence, outcome)
    tests_passed = _read_pytest(evidence, outcome)
    if status is None:
        outcome.details.append(f"not done within {step.deadline:.0f} s")
    elif status == 3 and not problems:
        outcome.verdict = INCONCLUSIVE
    elif status == 0 and not problems and tests_passed:
        outcome.verdict = PASS
    else:
        outcome.verdict = FAIL
        outcome.details += [*problems, f"status {status}"]
    return outcome


def _read_questions(evidence: pathlib.Path, outcome: Outcome) -> None:
    """Adds the verdict of every question of a ./lab run."""
    for file in sorted(evidence.glob("*/result.json")):
        result = json.loads(file.read_text(encoding="utf-8"))
        text = f"{result['id']} {result['verdict']}"
        if result["verdict"] != PASS and result["reasons"]:
            text += f" ({result['reasons'][0].splitlines()[0][:200]})"
        outcome.details.append(text)


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


def markdown(facts: dict[str, Any], outcomes: list[Outcome]) -> str:
    """The outcome as a page for docs/. facts: what told the machine apart, name → value."""
    steps = {step.id: step for step in STEPS}
    lines = ["# The kernel paths that many machines lack, in an emulated one", "",
             "Written by `./lab vm test --page docs/fidelity-vm.md`. Everything here ran on an emulated processor: figures of time "
             "are upper bounds of what netem does on a real one.", "",
             *(f"- {name}: {value}" for name, value in facts.items()), "",
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
