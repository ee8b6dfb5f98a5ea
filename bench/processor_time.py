"""Processor time of the same ./lab command in two checkouts, run by turns: what a change costs.

    bench/processor_time.py BEFORE AFTER -- run echo transport
    bench/processor_time.py --rounds 5 BEFORE AFTER -- run tv.q18

BEFORE and AFTER are checkouts that are built (./lab setup). Prints user and system seconds of the command with all its descendants,
each round, and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile


def seconds(checkout: pathlib.Path, words: list[str]) -> float:
    """Processor seconds of one run: its own and those of all that it waited for, as everything in a cell is."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/evidence"] if words[:1] == ["run"] else []
        process = subprocess.Popen([str(checkout / "lab"), *words, *out], cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status):
            sys.exit(f"{checkout}: './lab {' '.join(words)}' ended with status {os.waitstatus_to_exitcode(status)}")
        return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=pathlib.Path)
    parser.add_argument("after", type=pathlib.Path)
    parser.add_argument("words", nargs="+", metavar="WORD", help="the command, without ./lab")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found: dict[pathlib.Path, list[float]] = {given.before: [], given.after: []}
    for number in range(1, given.rounds + 1):
        for checkout, times in found.items():
            times.append(seconds(checkout.resolve(), given.words))
            print(f"round {number}: {checkout} {times[-1]:.2f} s", flush=True)
    before, after = (statistics.median(times) for times in found.values())
    print(f"medians: before {before:.2f} s, after {after:.2f} s, ratio {after / before:.3f}")


if __name__ == "__main__":
    main()
