"""What ``./lab sweep`` does once its words are read."""

from __future__ import annotations

import pathlib
import re
import shlex
import time
from collections.abc import Mapping, Sequence

import click
from rich.console import Console

from harness.cli.building import build_for
from harness.cli.printing import print_json
from harness.cli.progress import LiveProgress, plain
from harness.cli.sweep_progress import Outlook, measured
from harness.judge.parameters import ParameterError, Value
from harness.judge.result import Result
from harness.judge.scenario import Scenario
from harness.report.terminal import display_path
from harness.run.drive import EXIT_INCONCLUSIVE, EXIT_INTERRUPTED, drive, exit_status
from harness.run.owner import give_to_caller
from harness.run.runner import Item, Runner
from harness.run.sweep.execute import Recorder, make_items, make_runner
from harness.run.sweep.grid import points, read_over, words
from harness.run.sweep.journal import Journal, Plan, SweepError, new_plan, read_plan
from harness.run.sweep.report import summary_text, write_reports
from harness.world import machine
from harness.world.outline import outline

DEFAULT_REPEAT = 6


def earlier_plan(folder: str) -> Plan:
    """The plan of a sweep that is to go on. Raises SweepError."""
    plan = read_plan(pathlib.Path(folder))
    if plan is None:
        raise SweepError(f"--resume {folder}: there is no sweep in this folder")
    return plan


def make_plan(
    one: Scenario, over: Sequence[str], fixed: Mapping[str, Value], replacements: Mapping[str, str], repeat: int | None, seed: int | None,
    switch: str | None, links: str | None, keep_captures: bool, earlier: Plan | None,
) -> Plan:  # fmt: skip
    """The plan that the words ask for; what they leave open is as it was in an earlier one. Raises ParameterError, SweepError."""
    if earlier and earlier.id != one.id:
        raise SweepError(f"it is a sweep of {earlier.id}, not of {one.id}")
    grid = read_over(over, one.parameters) or (earlier.over if earlier else {})
    if not grid:
        names = ", ".join(one.parameters) or "none, so that it cannot be swept"
        raise SweepError(f"what is to be varied? --over NAME=a,b,c names it; parameters of {one.id} are {names}")
    if both := [name for name in fixed if name in grid]:
        raise SweepError(f"{both[0]} is given by --set and by --over; leave one out")
    default = earlier or Plan(one.id, {}, {}, DEFAULT_REPEAT, 1)
    plan = new_plan(
        one, over=grid, fixed=dict(fixed) or default.fixed, replacements=dict(replacements) or default.replacements,
        repeat=repeat or default.repeat, seed=default.seed if seed is None else seed, switch=switch or default.switch,
        links=links or default.links,
        keep_captures=keep_captures or default.keep_captures,
    )  # fmt: skip
    plan.runs()
    for point in points(plan.over):
        try:
            outline(one.at({**plan.fixed, **point}).topology)
        except ParameterError:
            raise
        except ValueError as error:
            raise ParameterError(f"{one.id} with {words(point)}: there is no such network: {error}") from error
    return plan


def default_folder(one: Scenario) -> pathlib.Path:
    """A new name in captures/sweeps/."""
    base = machine.runs_folder() / "sweeps" / f"{re.sub('[^A-Za-z0-9._-]', '-', one.id)}-{time.strftime('%Y-%m-%d-%H%M%S')}"
    number, folder = 1, base
    while folder.exists():
        number += 1
        folder = base.with_name(f"{base.name}-{number}")
    return folder


def run(one: Scenario, journal: Journal, jobs: int | None, as_json: bool) -> int:
    """Does what remains, writes the reports; the exit status."""
    plan, folder = journal.plan, journal.folder
    planned, items = plan.runs(), make_items(one, journal)
    grid = len(points(plan.over))
    resume = shlex.join(["./lab", "sweep", "--resume", display_path(folder)])
    done = len(planned) - len(items)
    say = [f"{grid} points, {plan.repeat} runs each, in {display_path(folder)}"]
    if done:
        say.append(f"{done} of {len(planned)} runs are done already")
    click.echo(f"lab: {'; '.join(say)}", err=True)
    build_for(items)
    recorder = Recorder(journal, planned)
    console = Console(stderr=True)
    runner, live = _watched(items, recorder, console, len(planned), grid, folder, plan.seed, jobs)
    status = drive(runner, folder, live, "sweep") if items else None
    records = journal.ordered()
    try:
        summary, keys = write_reports(folder, one, plan, records, {"id": display_path(folder), "resume": resume})
    except OSError as error:
        click.echo(f"lab: the report cannot be written to {folder}: {error}; {resume} tries again", err=True)
        return EXIT_INCONCLUSIVE
    give_to_caller(folder)
    click.echo(f"\n{summary_text(summary, keys)}\n\n{display_path(folder)}/index.html", err=True)
    if as_json:
        print_json(folder / "sweep.json")
    left = len(planned) - len(records)
    if left:
        click.echo(f"lab: {left} of {len(planned)} runs are not done; this goes on: {resume}", err=True)
    if runner.interrupts:
        return EXIT_INTERRUPTED
    if status is not None:
        return status
    status = exit_status(record.verdict.value for record in records)
    if status == EXIT_INCONCLUSIVE:
        click.echo(f"lab: some runs could not be judged; once the machine is quieter, this tries them again: {resume}", err=True)
    return status


def _watched(
    items: list[Item], recorder: Recorder, console: Console, total: int, grid: int, folder: pathlib.Path, seed: int, jobs: int | None
) -> tuple[Runner, LiveProgress | None]:
    """The runner, with a live table on a terminal, and plain lines elsewhere."""
    if console.is_terminal:
        live = LiveProgress(total, console, measured, lambda runner: outlook.state(runner))
        events = live.events
    else:
        live, events = None, plain(total, measured, total - len(items))
    shown = events.finished

    def finished(item: Item, result: Result) -> None:
        outlook.finished(item, result)
        shown(item, result)
        if live is None:
            click.echo(f"        {outlook.state(runner)}", err=True)

    events.finished = finished
    runner = make_runner(items, recorder, events, folder, seed, jobs)
    load = max((item.load for item in items), default=1.0) or 1.0
    outlook = Outlook(items, total, grid, min(runner.capacity / load, jobs or len(items) or 1))
    return runner, live
