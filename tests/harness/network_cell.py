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

SWITCHES = ["ovs", "bridge"] if open_vswitch.usable() else ["bridge"]
"""What the machine and this user can have; an ordinary user where /dev/net/tun is closed has the bridge alone."""

DEADLINE = 120.0


def run(function: Any, *arguments: Any, accept: tuple[int, ...] = (0,)) -> int:
    """Calls function(*arguments) in a cell of its own; an exception inside fails the test with its traceback. accept: statuses by
    which it may end (sys.exit), of which one is returned."""
    # pytest may have imported the module under a shorter name.
    module = f"tests.harness.{pathlib.Path(inspect.getfile(function)).stem}"
    with tempfile.TemporaryFile("w+") as output:
        argument = [module, function.__qualname__, list(arguments)]
        with Cell("tests.harness.network_cell:inside", argument, stdout=output, stderr=output) as cell:
            try:
                status = cell.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                status = None
        output.seek(0)
        assert status in accept, f"{function.__qualname__}{arguments} ended with {status}:\n{output.read()}"
        return status


def inside(argument: list[Any]) -> int:
    """The other half of run(): in the cell."""
    module, name, arguments = argument
    if open_vswitch.usable():
        open_vswitch.start()
    try:
        getattr(importlib.import_module(module), name)(*arguments)
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
