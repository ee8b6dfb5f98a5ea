"""Live progress of a run: a moving table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Callable

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from harness.judge.result import Result, Verdict
from harness.report.text import one_line
from harness.run.runner import Events, Item, Runner

Story = Callable[[Item, Result], str]
"""What to say beside a verdict."""

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.SKIPPED: "dim",
}
_BAR = 20


def _title(item: Item, result: Result) -> str:
    return result.title or item.scenario.title


def _verdict_line(item: Item, result: Result, story: Story) -> Text:
    line = Text(f"{result.verdict.value:<12}", style=STYLES[result.verdict])
    line.append(f" {item.shown:<14} {result.seconds:6.1f} s  ", style="default")
    line.append(one_line(story(item, result)), style="default")
    if result.verdict is not Verdict.PASS and result.reasons:
        line.append(f"\n             {_reason(result)[:300]}", style="dim")
    return line


def _reason(result: Result) -> str:
    """The first line of the first reason."""
    return one_line(result.reasons[0].partition("\n")[0]) if result.reasons else ""


def plain(total: int, story: Story = _title, done: int = 0) -> Events:
    """One line per event on stderr. done: how many of the total were judged earlier."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def finished(item: Item, result: Result) -> None:
        nonlocal done
        done += 1
        say(f"[{done}/{total}] {_verdict_line(item, result, story).plain}")

    return Events(
        started=lambda item: say(f"started {item.shown} (about {item.scenario.seconds:.0f} s)"),
        finished=finished,
        retried=lambda item, result: say(f"again alone, later: {item.shown}: {_reason(result)}"),
    )


class LiveProgress:
    """A rich table of what runs, redrawn four times a second."""

    def __init__(self, total: int, console: Console, story: Story = _title, state: Callable[[Runner], str] | None = None) -> None:
        """story: what stands beside a verdict; state: the line below the table, in place of how many are judged."""
        self._total, self._done, self._story, self._state = total, 0, story, state or self._judged
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._drawn = 0.0
        self.events = Events(finished=self._finished, retried=self._retried, tick=self._tick)

    def __enter__(self) -> "LiveProgress":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def _finished(self, item: Item, result: Result) -> None:
        self._done += 1
        self._live.console.print(_verdict_line(item, result, self._story), highlight=False, soft_wrap=True)

    def _retried(self, item: Item, result: Result) -> None:
        self._live.console.print(Text(f"again alone, later: {item.shown}: {_reason(result)}", style="yellow"), soft_wrap=True)

    def _judged(self, runner: Runner) -> str:
        return f"{self._done} of {self._total} judged, {len(runner.waiting) + len(runner.alone)} waiting"

    def _tick(self, runner: Runner) -> None:
        now = time.monotonic()
        if now - self._drawn < 0.25:
            return
        self._drawn = now
        table = Table.grid(padding=(0, 2))
        for item, _ in sorted(runner.running.values(), key=lambda row: row[0].started):
            elapsed, expected = now - item.started, item.scenario.seconds
            filled = min(_BAR, int(_BAR * elapsed / expected)) if expected else 0
            bar = Text("━" * filled, style="cyan") + Text("━" * (_BAR - filled), style="bright_black")
            table.add_row(item.shown, bar, f"{elapsed:.0f}/{expected:.0f} s", item.phase)
        state = "stopping …" if runner.interrupts else self._state(runner)
        self._live.update(Group(table, Text(state, style="dim")), refresh=True)
