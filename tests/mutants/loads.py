"""What runs really take of the processors, beside the loads that scenarios declare. As root, where control groups count processor time:

    PYTHONPATH=. WIREPROOF_BUILD=build/release /usr/bin/python3 -P -m tests.mutants.loads 'group.4-2-*'

One run after another. A line: scenario, mutant ("-" for the right programs), declared load, seconds of processor time for each second of
the run, those of its busiest second, the run's seconds, the 99th percentile and maximum of how late programs were woken (ms), verdict.
"""

from __future__ import annotations

import argparse
import dataclasses
import fnmatch
import os
import pathlib
import sys
import tempfile
import threading
import time

from harness.judge.mutant import all_mutants
from harness.judge.scenario import all_scenarios
from harness.run.proof import item_of
from harness.run.runner import Item, Runner

_GROUPS = pathlib.Path("/sys/fs/cgroup")


class Account:
    """A control group of this process and all that it starts, and the processor time that they take (seconds)."""

    def __init__(self) -> None:
        version_1 = _GROUPS / "cpuacct"
        self._group = (version_1 if version_1.exists() else _GROUPS) / f"wireproof-loads-{os.getpid()}"
        self._version_1 = version_1.exists()
        self._group.mkdir()
        (self._group / "cgroup.procs").write_text(str(os.getpid()))

    def used(self) -> float:
        if self._version_1:
            return int((self._group / "cpuacct.usage").read_text()) / 1e9
        return int((self._group / "cpu.stat").read_text().split()[1]) / 1e6

    def close(self) -> None:
        (self._group.parent / "cgroup.procs").write_text(str(os.getpid()))
        self._group.rmdir()


class Busiest:
    """The most that an account used in one second, from construction until close()."""

    def __init__(self, account: Account) -> None:
        self.most, self._account, self._ended = 0.0, account, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        before, since = self._account.used(), time.monotonic()
        while not self._ended.wait(1):
            used, now = self._account.used(), time.monotonic()
            self.most = max(self.most, (used - before) / (now - since))
            before, since = used, now

    def close(self) -> None:
        self._ended.set()
        self._thread.join()


def measure(account: Account, one: Item, folder: pathlib.Path) -> str:
    """Runs it, once, and gives its line."""
    before, busiest = account.used(), Busiest(account)
    [(_, result)] = Runner([one], folder, attempts=1).run()
    used = account.used() - before
    busiest.close()
    scenario, _, mutant = one.name.partition("--")
    figures = [
        f"{one.scenario.load:g}", f"{used / max(result.seconds, 0.001):.2f}", f"{busiest.most:.2f}", f"{result.seconds:.1f}",
        f"{result.lag.p99 * 1e3:.1f}", f"{result.lag.maximum * 1e3:.1f}",
    ]  # fmt: skip
    return "\t".join([scenario, mutant or "-", *figures, result.verdict.value])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", help="scenarios, as a shell pattern")
    parser.add_argument("--mutants", default="-", metavar="PATTERN", help="these mutants too, as a shell pattern")
    given = parser.parse_args()
    items = [Item(one, one.id) for key, one in all_scenarios().items() if fnmatch.fnmatchcase(key, given.only)]
    items += [dataclasses.replace(item_of(one), until=[]) for one in all_mutants() if fnmatch.fnmatchcase(one.scenario, given.only) and fnmatch.fnmatchcase(one.name, given.mutants)]
    account = Account()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for one in items:
                print(measure(account, one, pathlib.Path(folder)), flush=True)
    finally:
        account.close()


if __name__ == "__main__":
    sys.exit(main())
