"""The end of a run in a terminal: a table of verdicts, and the evidence for each that is not a PASS.

Where the output is not a terminal it is plain text: no colours, no lines cut or wrapped, so that it can be searched.
"""

from __future__ import annotations

import os
import pathlib
import sys
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.judge.result import ExpectationResult, Outcome, Result, Verdict
from harness.judge.verdict import says_all, sentence
from harness.report.run import Record, Run
from harness.report.svg import cells
from harness.report.text import one_line, seconds_text, visible, wireshark_command

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "bold yellow",
    Verdict.SKIPPED: "dim",
}
SIGNS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.INCONCLUSIVE: "?", Verdict.SKIPPED: "–"}


def display_path(path: pathlib.Path) -> str:
    """The path as one would type it here: relative if it is below the current folder, else absolute."""
    absolute = path.resolve()
    here = pathlib.Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def row_lines(row: ExpectationResult, folder: str, reason: str = "") -> list[str]:
    """A failed expectation in lines: what, expected, found, tolerance, packets, capture, filter, command. reason: the sentence that tells of
    it, which stands in place of what it says already."""
    first, *others = visible(reason or one_line(row.what)).split("\n")
    lines = [first + (f"  [{one_line(row.id)}]" if row.id else ""), *(f"  {other}" for other in others)]

    def add(name: str, value: str) -> None:
        first, *others = visible(value).split("\n")
        lines.append(f"  {name:<10} {first}")
        lines.extend(f"  {'':<10} {other}" for other in others)

    if not (reason and says_all(row)):
        for name, value in (("expected", row.expected), ("found", row.found)):
            add(name, value if value.endswith(row.unit) else f"{value} {row.unit}")
    if row.hint and not reason:
        add("hint", row.hint)
    add("tolerance", row.tolerance)
    if row.interface:
        add("interface", row.interface)
    if row.packets:
        size = max(len(str(packet.number)) for packet in row.packets)
        add("packets", "\n".join(f"#{p.number:<{size}}  {p.time:12.6f} s  {one_line(p.summary)}" for p in row.packets))
    if row.pcapng:
        add("capture", one_line(os.path.join(folder, row.pcapng)))
    if row.filter:
        add("filter", one_line(row.filter))
    if command := wireshark_command(row, folder):
        add("see", command)
    return lines


def failure_lines(result: Result, folder: str) -> list[str]:
    """All reasons; below that of a failed expectation what it lacks, and at the end those that no reason tells of."""
    lines: list[str] = []
    left = list(result.failed)
    for reason in result.reasons:
        told = next((row for row in left if reason == sentence(row) or reason.endswith(f": {sentence(row)})")), None)
        if told:
            left.remove(told)
            lines += row_lines(told, folder, reason)
        else:
            first, *others = visible(reason).split("\n")
            lines += [first, *(f"  {other}" for other in others)]
    for row in left:
        lines += ([""] if lines else []) + row_lines(row, folder)
    return lines


def _details(record: Record) -> list[str]:
    result = record.result
    lines = failure_lines(result, display_path(record.folder))
    lines += ([""] if lines and result.advice else []) + advice_lines(result)
    if result.steps:
        lines += ["", steps_line(result)]
    if result.command:
        lines += ["", f"again: {one_line(result.command)}"]
    lines.append(f"evidence: {one_line(display_path(record.folder))}")
    return lines


def steps_line(result: Result) -> str:
    """What became of each step, and the points."""
    signs = {Outcome.HELD: "✓", Outcome.FAILED: "✗"}
    told = {id.partition("/")[0] for id in result.failed_ids}
    shown = []
    for step in result.steps:
        name = f"{signs[step.outcome]} {step.id}" if step.outcome in signs else f"{step.id} ({step.outcome.value})"
        around = step.outcome is Outcome.FAILED and told and step.id not in told
        shown.append(f"{name} (for a step within it)" if around else name)
    earned, whole = result.points
    return one_line(f"steps: {', '.join(shown)}; {earned:g} of {whole:g} {'point' if whole == 1 else 'points'}")


def advice_lines(result: Result) -> list[str]:
    """What no sheet asks of these programs and a good one does: a line each, and more below it where what was found has several."""
    lines = []
    for row in result.advice:
        if not row.expected:  # what was waited for in vain
            told = f"{row.what}\n{row.found}".rstrip()
        elif "\n" in (row.expected + row.found).strip("\n"):
            told = f"{row.what}\nfound:\n{row.found}\nbetter:\n{row.expected}"
        else:
            told = f"{row.what}: found {one_line(row.found)}, better {one_line(row.expected)}"
        first, *others = visible(told).split("\n")
        lines += [f"advice: {first}", *(f"  {other}" for other in others)]
    return lines


def _counts(run: Run) -> str:
    named = [f"{count} {verdict}" for verdict, count in run.counts.items() if count]
    seconds = run.info.get("seconds")
    spent = f" in {seconds_text(float(seconds))}" if isinstance(seconds, (int, float)) else ""
    early = f"; {run.ended_early}" if run.ended_early else ""
    return f"{', '.join(named) or 'nothing ran'}{spent}{early}"


def _spent(record: Record) -> str:
    return "–" if record.incomplete else seconds_text(record.result.seconds)


def _needs_details(record: Record) -> bool:
    return record.result.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)


def _has_advice_alone(record: Record) -> bool:
    return record.result.verdict is Verdict.PASS and bool(record.result.advice)


def plain_report(run: Run) -> str:
    """The report as plain text, one scenario a line, nothing cut."""
    rows = [(one_line(r.name), r.result.verdict.value, _spent(r), one_line(r.result.title)) for r in run.records]
    first, second, third = (max((cells(row[i]) for row in rows), default=0) for i in range(3))
    lines = [
        f"{name}{' ' * (first - cells(name))}  {verdict:<{second}}  {seconds:>{third}}  {title}".rstrip()
        for name, verdict, seconds, title in rows
    ]
    for record in filter(_needs_details, run.records):
        lines += [
            "",
            f"{one_line(record.name)} {record.result.verdict.value}: {one_line(record.result.title)}".rstrip(": "),
        ]
        lines += [f"  {line}".rstrip() for line in _details(record)]
    for record in filter(_has_advice_alone, run.records):
        lines += ["", f"{one_line(record.name)} {record.result.verdict.value}, and could be better:"]
        lines += [f"  {line}" for line in advice_lines(record.result)]
    return "\n".join([*lines, "", _counts(run)]) + "\n"


def print_report(run: Run, file: IO[str] | None = None, console: Console | None = None) -> None:
    """Prints the table and the details. Text from programs never reaches rich's markup nor the terminal as a code."""
    file = file or sys.stdout
    console = console or Console(file=file, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        # A stream that cannot say a sign (a C locale's ASCII) gets it as \uXXXX instead of an exception.
        encoding = getattr(console.file, "encoding", None) or "utf-8"
        console.file.write(plain_report(run).encode(encoding, "backslashreplace").decode(encoding))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("scenario", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("proven" if run.counts["PASS"] == len(run.records) else "to be proven", overflow="fold")
    for record in run.records:
        verdict = record.result.verdict
        table.add_row(
            Text(one_line(record.name)),
            Text(f"{SIGNS[verdict]} {verdict.value}", STYLES[verdict]),
            Text(_spent(record)),
            Text(one_line(record.result.title)),
        )
    console.print(table)
    for record in filter(_needs_details, run.records):
        verdict = record.result.verdict
        heading = Text(f"{SIGNS[verdict]} {one_line(record.name)} ", STYLES[verdict])
        console.print(heading.append(one_line(record.result.title), "bold"))
        for line in _details(record):
            # soft_wrap: the terminal itself folds long lines, so that a command is copied as one line.
            console.print(Text(f"  {line}"), soft_wrap=True)
        console.print()
    for record in filter(_has_advice_alone, run.records):
        console.print(Text(f"{one_line(record.name)} could be better", "bold"))
        for line in advice_lines(record.result):
            console.print(Text(f"  {line}"), soft_wrap=True)
        console.print()
    console.print(Text(_counts(run), "bold"))
