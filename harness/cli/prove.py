"""``./lab test ID``: a question with everything that proves it."""

from __future__ import annotations

import collections
import pathlib
import tempfile
from typing import Any

import click
from rich.console import Console

from harness.cli.progress import LiveProgress, plain
from harness.judge.result import Result, Verdict
from harness.run.drive import EXIT_FAILED, EXIT_INCONCLUSIVE, EXIT_INTERRUPTED, drive
from harness.run.proof import ATTEMPTS, Case, cases, changed
from harness.run.runner import Item, Runner


def _story(planned: dict[str, Case]) -> Any:
    """What stands beside a verdict: whether it is the right one."""

    def story(item: Item, result: Result) -> str:
        case = planned[item.name]
        if result.verdict is Verdict.INCONCLUSIVE:
            return "not judged"
        if complaint := case.complaint(result):
            return complaint
        return f"caught: {' or '.join(case.mutant.catchers)}" if case.mutant else "as it must be"

    return story


def prove(chosen: list[Any], jobs: int | None) -> int:
    """Runs the questions on our programs, on right programs and on mutants; the exit status: 1 when a verdict is another one than it
    must be, or nothing proves that a question can fail, 3 when something could not be judged."""
    planned = {case.item.name: case for case in cases(chosen)}
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="wireproof-proof-") as name:
        items = [case.item for case in planned.values()]
        live = LiveProgress(len(items), console, _story(planned)) if console.is_terminal else None
        runner = Runner(items, pathlib.Path(name), events=live.events if live else plain(len(items), _story(planned)), jobs=jobs, attempts=ATTEMPTS, eager=True)
        if (status := drive(runner, pathlib.Path(name), live)) is not None:
            return status
        results = [(planned[item.name], result) for item, result in runner.results]
    if runner.interrupts:
        return EXIT_INTERRUPTED
    wrong = [f"{case.item.name}: {complaint}" for case, result in results if (complaint := case.complaint(result))]
    counted = collections.Counter(case.item.scenario.id for case in planned.values() if case.mutant)
    wrong += [f"{one.id}: it has no mutant, so that nothing proves that it can fail (docs/writing-a-scenario.md)" for one in chosen if not counted[one.id]]
    unjudged = [case.item.name for case, result in results if result.verdict is Verdict.INCONCLUSIVE]
    mutants = sum(counted.values())
    click.echo(f"\n{len(chosen)} {'question' if len(chosen) == 1 else 'questions'}, {len(planned) - mutants} right, {mutants} wrong programs or networks")
    for text in wrong:
        click.echo(f"  {text}")
    for text in unjudged:
        click.echo(f"  {text}: not judged, INCONCLUSIVE {ATTEMPTS} times")
    for case, result in results:
        if told := changed(result):
            click.echo(f"  {case.item.name}: judged otherwise at first ({told})")
    click.echo("as it must be" if not wrong and not unjudged else f"{len(wrong)} not as they must be, {len(unjudged)} not judged")
    return EXIT_FAILED if wrong else EXIT_INCONCLUSIVE if unjudged else 0
