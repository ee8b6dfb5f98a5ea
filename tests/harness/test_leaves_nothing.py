"""Whatever is killed, whenever: nothing of a run remains, and a runner that lives ends with verdicts.

Each test runs the command line inside a cell of its own: there, every process, interface, mount and file is the run's.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from harness.judge.result import Result
from harness.judge.waiting import wait_for
from harness.stage.processes import alive, descendants
from tests.harness.network_cell import run

ROOT = pathlib.Path(__file__).resolve().parents[2]
_SEEDS, _ROUNDS = 5, 5
_LONGEST = 150  # seconds: a scenario whose means were killed may hang until the runner ends it (102 s), and is tried once more
_SCENARIOS = ["test.quick", "test.fails", "test.lossy"]


def start_command_line(*words: str, out: pathlib.Path, **options) -> subprocess.Popen:
    """`./lab run …` with the tests' own scenarios, in a session of its own, that hears a hangup also where the tests were started by
    nohup(1)."""
    environment = {**os.environ, "WIREPROOF_SCENARIOS": str(ROOT / "tests/harness/scenarios"), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        ["/usr/bin/python3", "-m", "harness.cli", "run", *words, "--out", str(out)],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL), **options,
    )  # fmt: skip


def world(but: tuple[str, ...]) -> dict[str, object]:
    """What there is: processes, network namespaces, interfaces, mounts, files outside of the run's folder."""
    pids = [row.pid for row in descendants(1) if alive(row.pid) and row.pid != os.getpid()]
    # The sources (a clone may be in /tmp) are shared with whoever else works on them; what runs leave there would be
    # in captures/.
    files = [str(path) for folder in ("/tmp", "/run", "/dev/shm") for path in pathlib.Path(folder).rglob("*")]
    files = [file for file in files if not pathlib.Path(file).is_relative_to(ROOT)]
    files += [str(path) for path in (ROOT / "captures").glob("*")] if (ROOT / "captures").exists() else []
    namespaces = set()
    for pid in (1, os.getpid(), *pids):
        try:
            namespaces.add(os.readlink(f"/proc/{pid}/ns/net"))
        except OSError:
            continue
    mounts = [line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()]
    return {
        "processes": [f"{row.pid} {row.name}" for row in descendants(1) if row.state != "Z" and row.pid != os.getpid()],
        "network namespaces": len(namespaces),
        "interfaces": sorted(os.listdir("/sys/class/net")),
        "mounts": sorted(mounts),
        "files": sorted(file for file in files if not file.startswith(but)),
    }


def wait_for_the_same(before: dict[str, object], but: tuple[str, ...], story: str) -> None:
    last: dict[str, object] = {}

    def same() -> bool:
        last.clear()
        last.update(world(but))
        return last == before

    def changes() -> str:
        kinds = [kind for kind in before if before[kind] != last[kind]]
        return "".join(f"\n{kind} before: {before[kind]}\n{kind} after: {last[kind]}" for kind in kinds)

    wait_for(same, f"nothing to remain ({story})", 15, details=changes)


def _command(pid: int) -> str:
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:160]
    except OSError:
        return "gone"


def killed_at_random_moments(seed: int) -> None:
    chance = random.Random(seed)
    before = world(())
    killed: dict[str, int] = {}
    for number in range(_ROUNDS):
        out, log = pathlib.Path(f"/tmp/run-{number}"), pathlib.Path(f"/tmp/log-{number}")
        but = (str(out), str(log))
        with log.open("wb") as file:
            process = start_command_line(*_SCENARIOS, out=out, stdout=file, stderr=file)
        the_runner = chance.random() < 0.5
        time.sleep(chance.uniform(0.0, 2.5))
        family = [row for row in descendants(process.pid) if row.state != "Z"]
        victim = process.pid if the_runner or not family else chance.choice(family).pid
        name = "runner" if victim == process.pid else next(row.name for row in family if row.pid == victim)
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has just ended by itself
        killed[name] = killed.get(name, 0) + 1
        story = f"seed {seed}, round {number}, killed {name}"
        try:
            status = process.wait(_LONGEST)
        except subprocess.TimeoutExpired:
            left = [f"{row.pid} {row.name} {row.state} {_command(row.pid)}" for row in descendants(process.pid)]
            raise AssertionError("\n".join([f"{story}: the run goes on", *left, log.read_text()])) from None
        wait_for_the_same(before, but, story)
        if victim != process.pid:
            assert status in (0, 1, 3), f"{story}: status {status}\n{log.read_text()}"
            assert "Traceback" not in log.read_text(), f"{story}: {log.read_text()}"
            assert [row["id"] for row in json.loads((out / "results.json").read_text())["results"]] == sorted(_SCENARIOS), story
            rows = {name: Result.read(out / name).verdict.value for name in _SCENARIOS}
            assert set(rows.values()) <= {"PASS", "FAIL", "INCONCLUSIVE"}, f"{story}: {rows}"
            assert rows["test.fails"] != "PASS", story
        shutil.rmtree(out, ignore_errors=True)  # killed early, a run has no folder yet
        log.unlink()
    print(killed, file=sys.stderr)


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_killed_at_random_moments(seed: int) -> None:
    run(killed_at_random_moments, seed)
