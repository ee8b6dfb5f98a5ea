"""Has questions judged with programs in their roles, as this user or, where that is root, as an ordinary one too.

``python -m tests.harness.judging`` is the other half: it reads what to judge from its input and writes results to its output.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Mapping, Sequence

from harness.world import machine

ROOT = machine.ROOT
SCENARIOS = ROOT / "tests/harness/scenarios"
USERS = ["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"]
ORDINARY = 64123  # an id that no user of a machine has
_DEADLINE = 300.0


@dataclasses.dataclass(frozen=True)
class Task:
    """A scenario with programs in its roles. load: processors that it keeps busy; attempts: how often it is tried when INCONCLUSIVE."""

    name: str
    scenario: str
    roles: Mapping[str, str]
    load: float = 0.3
    attempts: int = 3


@dataclasses.dataclass(frozen=True)
class Judged:
    """verdict, reasons as in result.json; folder: the evidence."""

    verdict: str
    reasons: list[str]
    folder: pathlib.Path

    @property
    def story(self) -> str:
        return "\n".join([self.verdict, *self.reasons])

    def said(self, program: str, stream: str = "stdout") -> str:
        return (self.folder / "logs" / f"{program}.{stream}").read_text("utf-8", "replace")

    def told(self, kind: str, program: str) -> list[str]:
        """Texts of the transcript."""
        rows = [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]
        return [row["text"] for row in rows if (row["kind"], row["program"]) == (kind, program)]


def own(path: pathlib.Path, user: str) -> None:
    """Makes a folder and all in it the user's."""
    if os.geteuid() == 0 and user == "ordinary":
        for one in (path, *path.rglob("*")):
            os.chown(one, ORDINARY, ORDINARY, follow_symlinks=False)


def as_user(user: str, command: Sequence[str]) -> list[str]:
    if os.geteuid() == 0 and user == "ordinary":
        return ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", *command]
    return list(command)


def environment(home: pathlib.Path) -> dict[str, str]:
    return {
        **os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "WIREPROOF_SCENARIOS": str(SCENARIOS),
        "WIREPROOF_BUILD": str(machine.build_folder().resolve()),
    }  # fmt: skip


def judge(
    tasks: Sequence[Task], user: str, folder: pathlib.Path, working_folder: pathlib.Path, home: pathlib.Path, secret: str = ""
) -> dict[str, Judged]:
    """Runs the tasks and gives what became of each. folder: for the evidence; secret: stands in the environment of whoever judges."""
    done = subprocess.run(
        as_user(user, ["/usr/bin/python3", "-P", "-m", "tests.harness.judging", str(folder)]),
        input=json.dumps([dataclasses.asdict(task) for task in tasks]), cwd=working_folder, text=True, timeout=_DEADLINE, check=False,
        env={**environment(home), "WIREPROOF_SECRET": secret}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {
        name: Judged(verdict, reasons, folder / name) for name, (verdict, reasons) in json.loads(done.stdout.splitlines()[-1]).items()
    }


def main(folder: str) -> None:
    from harness.judge.scenario import all_scenarios
    from harness.run.runner import Item, Runner

    known = all_scenarios()
    tasks = [Task(**row) for row in json.load(sys.stdin)]
    results = []
    for attempts in sorted({task.attempts for task in tasks}):
        items = [
            Item(dataclasses.replace(known[task.scenario], load=task.load), task.name, dict(task.roles))
            for task in tasks
            if task.attempts == attempts
        ]
        results += Runner(items, pathlib.Path(folder), attempts=attempts, eager=True).run()
    print(json.dumps({item.name: [result.verdict.value, result.reasons] for item, result in results}))


if __name__ == "__main__":
    main(*sys.argv[1:])
