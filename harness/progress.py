"""Live progress of a run: a moving table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from harness.report.text import one_line
from harness.result import Result, Verdict
from harness.runner import Events, Item, Runner

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.SKIPPED: "dim",
}
_BAR = 20


def _verdict_line(item: Item, result: Result) -> Text:
    line = Text(f"{result.verdict.value:<12}", style=STYLES[result.verdict])
    line.append(f" {item.name:<14} {result.seconds:6.1f} s  ", style="default")
    line.append(one_line(result.title or item.scenario.title), style="default")
    if result.verdict is not Verdict.PASS and result.reasons:
        line.append(f"\n             {one_line(result.reasons[0])[:300]}", style="dim")
    return line


def plain(total: int) -> Events:
    """One line per event on stderr."""
    done = 0

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def finished(item: Item, result: Result) -> None:
        nonlocal done
        done += 1
        say(f"[{done}/{total}] {_verdict_line(item, result).plain}")

    return Events(
        started=lambda item: say(f"started {item.name} (about {item.scenario.seconds:.0f} s)"),
        finished=finished,
        retried=lambda item, result: say(f"again alone, later: {item.name}: {one_line(result.reasons[0]) if result.reasons else ''}"),
    )


class LiveProgress:
    """A rich table of what runs, redrawn four times a second."""

    def __init__(self, total: int, console: Console) -> None:
        self._total, self._done = total, 0
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
        self._live.console.print(_verdict_line(item, result), highlight=False, soft_wrap=True)

    def _retried(self, item: Item, result: Result) -> None:
        reason = one_line(result.reasons[0]) if result.reasons else ""
        self._live.console.print(Text(f"again alone, later: {item.name}: {reason}", style="yellow"), soft_wrap=True)

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
            table.add_row(item.name, bar, f"{elapsed:.0f}/{expected:.0f} s", item.phase)
        waiting = len(runner.waiting) + len(runner.alone)
        state = "stopping …" if runner.interrupts else f"{self._done} of {self._total} judged, {waiting} waiting"
        self._live.update(Group(table, Text(state, style="dim")), refresh=True)
