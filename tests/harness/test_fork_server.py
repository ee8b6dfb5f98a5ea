"""Cells that a fork server makes are what those are that are started alone, and end with whatever ends."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from harness.judge.result import Verdict
from harness.judge.scenario import all_scenarios
from harness.judge.waiting import wait_for
from harness.run.runner import Item, Runner
from harness.run.worker import IMPORTS
from harness.stage.processes import alive, descendants
from harness.world.cell import Cell, CellError, fork_server
from harness.world.cell.forking import ForkServer

_NAMESPACES = ("user", "net", "mnt", "pid", "ipc", "uts")
_EDGES = ("PYTHONPATH", "PATH", "LC_ALL", "HOME")


def look(argument: Any) -> int:
    """In a cell: writes what there is to see."""
    with open(argument, "w", encoding="utf-8") as file:
        json.dump(
            {
                "namespaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in _NAMESPACES},
                "ids": [pathlib.Path(f"/proc/self/{kind}_map").read_text().split() for kind in ("uid", "gid")],
                "user": [os.geteuid(), os.getegid()],
                "capabilities": [line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith("Cap")],
                "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
                "descriptors": len(os.listdir("/proc/self/fd")),
                "environment": {name: os.environ.get(name) for name in (*_EDGES, "GIVEN_LATER")},
                "host": os.uname().nodename,
                "folders": [os.listdir(folder) for folder in ("/run", "/dev/shm")],
                "session": os.getsid(0) == 0,  # of a leader that is outside
            },
            file,
        )
    return 7


def wait(argument: Any) -> int:
    """In a cell: tells its place, then waits."""
    pathlib.Path(argument).write_text("here")
    signal.pause()
    return 0


@pytest.fixture
def server() -> Iterator[ForkServer]:
    one = fork_server(IMPORTS)
    yield one
    one.close()


def _seen(file: pathlib.Path, server: ForkServer | None) -> dict[str, Any]:
    file.touch()
    with tempfile.TemporaryFile() as log, Cell(f"{__name__}:look", str(file), [file.parent], stdout=log, stderr=log, server=server) as cell:
        cell.wait_ready()
        status = cell.wait(60)
        log.seek(0)
        assert status == 7, log.read().decode()
    seen: dict[str, Any] = json.loads(file.read_text())
    return seen


def test_a_forked_cell_is_what_a_started_one_is(server: ForkServer, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEN_LATER", "x")  # than the server was started
    alone, forked = _seen(tmp_path / "alone", None), _seen(tmp_path / "forked", server)
    own = {name: os.readlink(f"/proc/self/ns/{name}") for name in _NAMESPACES}
    for seen in (alone, forked):
        spaces = seen.pop("namespaces")
        assert not [name for name in _NAMESPACES if spaces[name] == own[name]], "shared with the caller"
    assert forked == alone


def test_each_has_its_own_namespaces(server: ForkServer, tmp_path: pathlib.Path) -> None:
    first, second = (_seen(tmp_path / name, server)["namespaces"] for name in ("first", "second"))
    assert not [name for name in _NAMESPACES if first[name] == second[name]]


def _waiting(server: ForkServer, place: pathlib.Path) -> Cell:
    cell = Cell(f"{__name__}:wait", str(place), [place.parent], server=server)
    cell.wait_ready()
    wait_for(place.exists, "the job to begin", 30)
    return cell


def test_what_ends_a_cell_is_told(server: ForkServer, tmp_path: pathlib.Path) -> None:
    asked, killed, lost = (_waiting(server, tmp_path / name) for name in ("asked", "killed", "lost"))
    asked.ask_to_stop()
    assert asked.wait(60) == 128 + signal.SIGTERM
    assert killed.process.poll() is None
    killed.process.kill()
    assert killed.wait(60) == -signal.SIGKILL
    assert lost.kill() == 1, "its lifeline was cut"


def test_nothing_outlives_the_server(server: ForkServer, tmp_path: pathlib.Path) -> None:
    cell = _waiting(server, tmp_path / "here")
    family = [row.pid for row in descendants(cell.process.pid)]
    assert len(family) >= 2, "process 1 and the job"
    os.kill(server.pid, signal.SIGKILL)
    assert cell.wait(60) == -signal.SIGKILL
    wait_for(lambda: not [pid for pid in family if alive(pid)], "all of the cell to be gone", 30)
    with pytest.raises(CellError, match="cannot start a cell"):
        Cell(f"{__name__}:wait", "x", server=server)


@pytest.mark.usefixtures("tests_scenarios")
def test_a_runner_does_without(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server is gone before it is asked for the first cell."""
    made: list[ForkServer] = []

    def dead(modules: tuple[str, ...]) -> ForkServer:
        made.append(fork_server(modules))
        os.kill(made[0].pid, signal.SIGKILL)
        return made[0]

    monkeypatch.setattr("harness.run.runner.fork_server", dead)
    one = all_scenarios()["test.quick"]
    results = Runner([Item(one, "first"), Item(one, "second")], tmp_path).run()
    assert made and {result.verdict for _, result in results} == {Verdict.PASS}, [result.reasons for _, result in results]


def test_a_module_that_cannot_be_imported_is_no_cell(tmp_path: pathlib.Path) -> None:
    server = fork_server(("harness.nothing",))
    try:
        with pytest.raises(CellError, match="cannot start a cell"):
            Cell(f"{__name__}:wait", "x", server=server)
    finally:
        server.close()
