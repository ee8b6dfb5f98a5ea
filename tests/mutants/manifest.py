"""What every scenario catches, as a table to compare: scenario, mutant, verdict and the words that caught it.

    ./lab manifest BEFORE.tsv                            on this machine, as this user, with the default switch
    ./lab manifest --switch bridge --only 'echo.*' FILE  with Linux bridges, and only some scenarios
    ./lab manifest --compare BEFORE.tsv AFTER.tsv        what was caught before and is not any more: status 1

A line: scenario, mutant ("-" for the right programs), verdict, and for a FAIL the id of the mutant's own that caught it (the first
reason with its words, where the scenario has no ids), or, marked by "!", the first reason of all.
"""

from __future__ import annotations

import argparse
import fnmatch
import pathlib
import sys
import tempfile

from harness.cli.progress import plain
from harness.judge.mutant import Mutant, all_mutants, catches
from harness.judge.result import Result, Verdict
from harness.judge.scenario import all_scenarios
from harness.run.proof import item_of
from harness.run.runner import Item, Runner
from tests.quiet import AGAIN

Row = tuple[str, str, str, str]
_WORDS = 160  # characters of a reason that are kept


def row(result: Result, scenario: str, mutant: Mutant | None = None) -> Row:
    """The line of a run."""
    reasons = [" ".join(reason.split())[:_WORDS] for reason in result.reasons]
    caught = ""
    if mutant and result.verdict is Verdict.FAIL:
        if result.steps:
            own = [one for one in result.failed_ids if catches(mutant.catchers, one, "")]
        else:
            own = [reason for reason, whole in zip(reasons, result.reasons) if catches(mutant.catchers, "", whole)]
        caught = own[0] if own else f"! {reasons[0]}" if reasons else "!"
    elif result.verdict is not Verdict.PASS:
        caught = f"! {reasons[0]}" if reasons else "!"
    return scenario, mutant.name if mutant else "-", result.verdict.value, caught


def make(only: str, switch: str | None, jobs: int | None) -> list[Row]:
    """Runs all scenarios and mutants that the shell pattern chooses."""
    scenarios = [one for key, one in all_scenarios().items() if fnmatch.fnmatchcase(key, only)]
    mutants = [mutant for mutant in all_mutants() if fnmatch.fnmatchcase(mutant.scenario, only)]
    if not scenarios:
        sys.exit(f"manifest: no scenario matches {only!r}")
    of = {mutant.run_name: mutant for mutant in mutants}
    items = [Item(one, one.id, switch=switch) for one in scenarios] + [item_of(mutant, switch) for mutant in mutants]
    with tempfile.TemporaryDirectory() as folder:
        results = Runner(items, pathlib.Path(folder), jobs=jobs, events=plain(len(items)), attempts=1 + AGAIN).run()
    return sorted(row(result, one.scenario.id, of.get(one.name)) for one, result in results)


def read(file: pathlib.Path) -> dict[tuple[str, str], Row]:
    """(scenario, mutant) → its line."""
    rows = (tuple(line.split("\t")) for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {(row[0], row[1]): row for row in rows}  # type: ignore[misc]


def compare(before: pathlib.Path, after: pathlib.Path) -> int:
    """Prints what changed; 1 when something that was caught, or passed, is not any more."""
    old, new = read(before), read(after)
    lost = 0
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        worse = was is not None and (
            now is None or (was[2] != now[2] and was[2] in ("PASS", "FAIL")) or (now[3].startswith("!") and not was[3].startswith("!"))
        )
        lost += worse
        print(f"{'LOST ' if worse else 'other'} {' '.join(key)}: {_shown(was)} → {_shown(now)}")
    print(f"{len(old)} lines before, {len(new)} after, {lost} lost")
    return 1 if lost else 0


def _shown(row: Row | None) -> str:
    return "nothing" if row is None else f"{row[2]} {row[3]}".strip()


def main() -> int:
    parser = argparse.ArgumentParser("./lab manifest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE", help="to write; with --compare, two to read")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="scenarios, as a shell pattern")
    parser.add_argument("--switch", choices=["ovs", "ovs-kernel", "bridge"], help="which switch to use")
    parser.add_argument("--jobs", type=int, help="at most this many at a time")
    parser.add_argument("--compare", action="store_true", help="compare two manifests instead of making one")
    given = parser.parse_args()
    if len(given.files) != (2 if given.compare else 1):
        parser.error("name two files to compare" if given.compare else "name one file to write")
    if given.compare:
        return compare(*given.files)
    rows = make(given.only, given.switch, given.jobs)
    given.files[0].write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} lines in {given.files[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
