"""``./lab shell``: a scenario's network with Mininet's own command line, inside a cell."""

from __future__ import annotations

import os
import pathlib
from typing import Any


def run(argument: dict[str, Any]) -> int:
    """The cell's job. argument: {"id", "programs", "switch", "links"}."""
    from mininet.cli import CLI
    from mininet.log import setLogLevel

    from harness.judge import scenario
    from harness.report.topology import draw_text
    from harness.world.cell import open_vswitch
    from harness.world.links import emulator
    from harness.world.network import Network

    one = scenario.load(argument["id"])
    os.environ["PATH"] = f"{argument['programs']}:{os.environ['PATH']}"
    open_vswitch.start_for(argument["switch"])
    wire = emulator.command(pathlib.Path(argument["programs"]))
    network = Network(one.topology, switch=argument["switch"], links=argument["links"], wire=wire)
    network.start()
    network.begin()
    setLogLevel("info")
    print(draw_text(network.describe()))
    print(f"{one.id}: {one.question}\nPrograms of wireproof are on the PATH of every host; leave with 'exit' or Ctrl+D.\n")
    CLI(network.net)
    return 0
