"""How true links are: rate, delay, loss and queue of HTB, netem and wire against theory, and how much wire can carry.

    /usr/bin/python3 bench/links [--quick] [--page docs/fidelity.md]

Measures every row of bench/links/points.py in a cell of its own, 10 minutes in all (--quick: 2), and writes rows.jsonl, figures.json,
figures.csv and pictures to the folder of --out. What was measured already is not measured again (unless --again, or the emulator,
the kernel or this bench have changed), so a bench that was ended goes on. A row during which others used the machine is disturbed: it
is measured again when all others have been, --attempts times at most, and marked if it stays so. Needs a quiet machine.

Exit status: 0, 1 when a row gave no figure, 3 when rows stayed disturbed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose modules have names of their own

from bench.links import page, plots, tables  # noqa: E402
from bench.links.journal import Journal, facts, failed, fingerprint  # noqa: E402
from bench.links.measure import BEFORE  # noqa: E402
from bench.links.points import MEANS, Point, rows  # noqa: E402
from bench.links.tables import Results  # noqa: E402
from harness.judge.files import write_text  # noqa: E402
from harness.report.plot import write_plot  # noqa: E402
from harness.world import machine  # noqa: E402
from harness.world.cell import Cell, CellError  # noqa: E402
from harness.world.links.kernel import has_netem  # noqa: E402

DEADLINE = 180.0
"""Seconds that a row may take."""


def in_cell(point: Point) -> tables.Row:
    """Measures a row; what went wrong is in its "problem"."""
    try:
        keep = [machine.build_folder(), *([pathlib.Path(os.environ[BEFORE]).parent] if point.means == "before" else [])]
        with Cell("bench.links.measure:inside", dataclasses.asdict(point), keep=keep) as cell:
            cell.wait_ready()
            answer, deadline = b"", time.monotonic() + DEADLINE
            try:
                cell.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                return failed(point.id, f"not done within {DEADLINE:.0f} s")
            while part := os.read(cell.status, 65536):
                answer += part
    except CellError as error:
        return failed(point.id, str(error))
    if not answer:
        return failed(point.id, f"it ended with status {cell.process.returncode} and told nothing")
    row = json.loads(answer)
    return failed(point.id, row["problem"]) if "problem" in row else row


def told(row: tables.Row) -> str:
    """A line for the terminal."""
    if "problem" in row:
        return f"no figure: {row['problem']}"
    words = []
    for one in row["figures"]:
        error = "" if one["error"] is None else f" ({tables.signed(one['error'], 3)} {one['error_unit']})"
        words.append(f"{one['name']} {tables.number(one['measured'], 4)} {one['unit']}{error}")
    return ", ".join(words) + (f"; DISTURBED: {'; '.join(row['disturbed'])}" if row["disturbed"] else "")


def measure(points: list[Point], journal: Journal, attempts: int) -> None:
    """Everything that is open, then what was disturbed once more, and so on."""
    for turn in range(attempts):
        waiting = [point for point in points if journal.open(point.id, turn + 1)]
        if waiting and turn:
            print(f"once more, since the machine was disturbed: {len(waiting)} rows", file=sys.stderr)
        began = time.monotonic()
        for place, point in enumerate(waiting, 1):
            print(f"[{place}/{len(waiting)}] {point.id}: ", end="", file=sys.stderr, flush=True)
            row = in_cell(point)
            journal.add(row)
            left = (time.monotonic() - began) / place * (len(waiting) - place)
            print(f"{told(row)} ({left / 60:.0f} min left)", file=sys.stderr, flush=True)


def write(results: Results, out: pathlib.Path, docs: pathlib.Path | None, seconds: float) -> None:
    write_text(out / "figures.json", tables.as_json(results, seconds))
    write_text(out / "figures.csv", tables.as_csv(results))
    text = page.markdown(results, seconds)
    write_text(out / "figures.md", text)
    for name, spec in plots.specs(results).items():
        write_plot(out, f"fidelity-{name}", spec)
        if docs:
            (docs.parent / "images").mkdir(exist_ok=True)
            shutil.copyfile(out / f"fidelity-{name}.svg", docs.parent / "images" / f"fidelity-{name}.svg")
    if docs:
        write_text(docs, page.rewrite(docs.read_text(encoding="utf-8"), text))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/links", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small grid, shorter rows")
    parser.add_argument("--means", default=",".join(MEANS), help="comma-separated, of %(default)s; netem only where the kernel has it")
    parser.add_argument("--only", default="", help="rows whose name has this text, such as 'delay wire'")
    parser.add_argument("--attempts", type=int, default=3, help="at a row that is disturbed (%(default)s)")
    parser.add_argument("--again", action="store_true", help="measure everything anew")
    parser.add_argument("--out", type=pathlib.Path, help="folder (build/bench/links, or links-quick)")
    parser.add_argument("--page", type=pathlib.Path, help="file to write the tables to, between its marks; pictures go to images/ beside it")
    parser.add_argument("--before", type=pathlib.Path, help="another wire, which takes its turn in what a link can carry: that of an older build")
    parser.add_argument("--beside", type=pathlib.Path, help="figures.json of another machine, for what only that one has (netem)")
    parser.add_argument("--list", action="store_true", help="tell the rows, measure nothing")
    given = parser.parse_args()
    given.means = tuple(given.means.split(","))
    if unknown := set(given.means) - set(MEANS):
        parser.error(f"there are no means {', '.join(sorted(unknown))}; known are {', '.join(MEANS)}")
    if given.before and not os.access(given.before, os.X_OK):
        parser.error(f"--before {given.before}: no program that can be run")
    if given.attempts < 1:
        parser.error("--attempts: one at least")
    if given.page:
        try:
            page.rewrite(given.page.read_text(encoding="utf-8"), "")
        except (OSError, ValueError) as error:
            parser.error(f"--page {given.page}: {error}")
    return given


def main() -> int:
    given = options()
    means = tuple(one for one in given.means if one != "netem" or has_netem())
    points = [point for point in rows(means, given.quick, given.before is not None) if given.only in point.id]
    if given.list:
        print("\n".join(point.id for point in points))
        return 0
    wire = machine.programs_folder() / "wire"
    if "wire" in means and not os.access(wire, os.X_OK):
        print(f"bench/links: {wire}: no such program; ./lab setup builds it", file=sys.stderr)
        return 1
    out = given.out or ROOT / "build" / "bench" / ("links-quick" if given.quick else "links")
    beside = tables.from_json(given.beside.read_text(encoding="utf-8")) if given.beside else None
    if given.before:
        os.environ[BEFORE] = str(given.before.resolve())
    journal = Journal(out, fingerprint(wire, given.before), given.again)
    measure(points, journal, given.attempts)
    found = [row for point in points if (row := journal.best(point.id))]
    missing = [point.id for point in points if not journal.best(point.id)]
    seconds = sum(attempt.get("seconds", 0.0) for rows_ in journal.attempts.values() for attempt in rows_)
    write(Results(found, facts(), beside), out, given.page, seconds)
    print(f"{out / 'figures.json'}, .csv, .md" + (f", {given.page}" if given.page else ""), file=sys.stderr)
    for id in missing:
        print(f"bench/links: no figure: {id}: {journal.attempts[id][-1]['problem']}", file=sys.stderr)
    return 1 if missing else 3 if any(row["disturbed"] for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())
