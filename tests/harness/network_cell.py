"""Runs a function of a test module inside a cell, with its Open vSwitch where that can work."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pathlib
import subprocess
import tempfile
import traceback
from typing import Any

from harness.judge.fidelity import FINE_MAX, FINE_P99
from harness.run import guard
from harness.world.cell import Cell, open_vswitch
from harness.world.network.rtnetlink import has_generic_family
from tests import quiet

_ROOT = pathlib.Path(__file__).resolve().parents[2]

SWITCHES = ["ovs", "bridge"] if open_vswitch.usable() else ["bridge"]
if open_vswitch.installed() and has_generic_family("ovs_datapath"):
    SWITCHES.append("ovs-kernel")
"""What the machine and this user can have; an ordinary user where /dev/net/tun is closed has the bridge alone."""

DEADLINE = 300.0


@dataclasses.dataclass(frozen=True)
class Ending:
    """Of a function in a cell: its exit status (None: it was ended at the deadline), what it printed, how late the machine was meanwhile."""

    status: int | None
    text: str
    lag: guard.Lag


def run(function: Any, *arguments: Any, untold: int | None = None) -> None:
    """Calls function(*arguments) in a cell of its own; an exception inside fails the test with its traceback. What fails while this
    machine runs programs late proves nothing, nor does what ends (sys.exit) with the status `untold`: it is tried again (tests.quiet)."""
    output_of(function, *arguments, untold=untold)


def output_of(function: Any, *arguments: Any, untold: int | None = None) -> str:
    """The same; returns what the function printed."""

    def doubt(ending: Ending) -> str | None:
        if ending.status == 0:
            return None
        if ending.status == untold:
            return f"it cannot be told: {ending.text}"
        late = ending.lag.too_late(FINE_P99, FINE_MAX)
        return late and f"{late}: {ending.text}"

    ending = quiet.judge(lambda: _call(function, arguments), doubt)
    assert ending.status == 0, f"{function.__qualname__}{arguments} ended with {ending.status}:\n{ending.text}"
    return ending.text


def _call(function: Any, arguments: tuple[Any, ...]) -> Ending:
    # pytest may have imported the module under a shorter name.
    file = pathlib.Path(inspect.getfile(function)).resolve().relative_to(_ROOT)
    module = ".".join(file.with_suffix("").parts)
    with tempfile.TemporaryFile("w+") as output:
        argument = [module, function.__qualname__, list(arguments)]
        watch = guard.LagWatch()
        try:
            with Cell("tests.harness.network_cell:inside", argument, stdout=output, stderr=output) as cell:
                try:
                    status = cell.wait(DEADLINE)
                except subprocess.TimeoutExpired:
                    status = None
        finally:
            lag = watch.finish()
        output.seek(0)
        return Ending(status, output.read(), lag)


def inside(argument: list[Any]) -> int:
    """The other half of run(): in the cell."""
    module, name, arguments = argument
    if open_vswitch.installed():
        open_vswitch.start()
    try:
        getattr(importlib.import_module(module), name)(*arguments)
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
