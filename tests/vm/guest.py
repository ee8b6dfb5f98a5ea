"""Runs the steps, as process of the emulated machine: ``python3 -m tests.vm.guest FOLDER EVENTS STEP…``.

FOLDER (the second disk) gets results/STEP.log and results/STEP/; EVENTS (a serial line) gets a JSON
object a line when a step begins and ends, for those who watch from outside.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import time

from tests.vm.outcome import Outcome, judge, persist
from tests.vm.steps import STEPS, Step

_HOMES = {"root": pathlib.Path("/root"), "student": pathlib.Path("/home/student")}


def carry_out(step: Step, results: pathlib.Path) -> Outcome:
    """Runs one step under its user, in that user's home, with a login's environment; keeps its output in STEP.log."""
    evidence = results / step.id
    shutil.rmtree(evidence, ignore_errors=True)
    evidence.mkdir()
    home = _HOMES[step.user]
    environment = {
        "HOME": str(home), "USER": step.user, "LANG": "C.UTF-8", "CI": "true",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": str(home / "wireproof"), "WIREPROOF_BUILD": str(home / "wireproof/build/release"),
    }  # fmt: skip
    if step.user != "root":
        subprocess.run(["chown", step.user, evidence], check=True)
    command = step.command.format(out=shlex.quote(str(evidence)))
    log = results / f"{step.id}.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["setpriv", "--reuid", step.user, "--regid", step.user, "--init-groups", "bash", "-c", command],
            cwd=home / "wireproof", env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        try:
            status: int | None = process.wait(step.deadline)
        except subprocess.TimeoutExpired:
            status = None
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    seconds = time.monotonic() - began
    return judge(step, status, log.read_text(errors="replace"), evidence, seconds)


def main(folder: pathlib.Path, events_path: str, names: list[str]) -> None:
    results = folder / "results"
    with open(events_path, "w", encoding="ascii") as events:

        def tell(**event: object) -> None:
            events.write(json.dumps(event) + "\n")
            events.flush()

        tell(event="up", seconds=float(pathlib.Path("/proc/uptime").read_text().split()[0]), kernel=platform.release())
        for step in STEPS:
            if step.id not in names or step.user not in _HOMES:
                continue
            tell(event="begin", step=step.id)
            outcome = persist(step, lambda: carry_out(step, results))
            tell(event="end", **dataclasses.asdict(outcome))
        tell(event="over")
    os.sync()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
