"""Runs a function of a test module inside a cell, with its Open vSwitch where that can work."""

from __future__ import annotations

import importlib
import inspect
import pathlib
import subprocess
import tempfile
import traceback
from typing import Any

from harness.cell import Cell, open_vswitch
from harness.network.rtnetlink import has_generic_family

_ROOT = pathlib.Path(__file__).resolve().parents[2]

SWITCHES = ["ovs", "bridge"] if open_vswitch.usable() else ["bridge"]
if open_vswitch.installed() and has_generic_family("ovs_datapath"):
    SWITCHES.append("ovs-kernel")
"""What the machine and this user can have; an ordinary user where /dev/net/tun is closed has the bridge alone."""

DEADLINE = 300.0


def run(function: Any, *arguments: Any, accept: tuple[int, ...] = (0,)) -> int:
    """Calls function(*arguments) in a cell of its own; an exception inside fails the test with its traceback. accept: statuses by
    which it may end (sys.exit), of which one is returned."""
    return _call(function, arguments, accept)[0]


def output_of(function: Any, *arguments: Any) -> str:
    """The same for a function that is to end well; returns what it printed."""
    return _call(function, arguments, (0,))[1]


def _call(function: Any, arguments: tuple[Any, ...], accept: tuple[int, ...]) -> tuple[int, str]:
    # pytest may have imported the module under a shorter name.
    file = pathlib.Path(inspect.getfile(function)).resolve().relative_to(_ROOT)
    module = ".".join(file.with_suffix("").parts)
    with tempfile.TemporaryFile("w+") as output:
        argument = [module, function.__qualname__, list(arguments)]
        with Cell("tests.harness.network_cell:inside", argument, stdout=output, stderr=output) as cell:
            try:
                status = cell.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                status = None
        output.seek(0)
        text = output.read()
        assert status in accept, f"{function.__qualname__}{arguments} ended with {status}:\n{text}"
        return status, text


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
