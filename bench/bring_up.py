#!/usr/bin/python3
"""How long a network takes to come up and go, beside stock Mininet, in one run.

    /usr/bin/python3 bench/bring_up.py [--rounds N] [--json]

Each measurement has a cell of its own (Open vSwitch already running); ours and Mininet's take turns. Up: from the
Mininet object to a started network; down: stop(). Imports are not counted. Medians, in seconds; ratio: Mininet's / ours.
Each network is pinged from its first to its last host in between (not counted): ours must answer, for Mininet's
the table says how many rounds did.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from harness.world.cell import Cell, open_vswitch  # noqa: E402
from topologies.single import Single  # noqa: E402
from topologies.tree import Tree  # noqa: E402

TOPOLOGIES = {
    "single,3": lambda: Single(3),
    "single,64": lambda: Single(64),
    "tree,depth=2,fanout=16": lambda: Tree(depth=2, fanout=16),
}


def stock(topology):
    """A stock Mininet network with the same kind of switch."""
    from mininet.net import Mininet
    from mininet.node import OVSBridge
    from mininet.nodelib import LinuxBridge

    if open_vswitch.usable():
        net = Mininet(topology, switch=lambda name, **options: OVSBridge(name, datapath="user", **options), controller=None)
    else:
        net = Mininet(topology, switch=LinuxBridge, controller=None)
    net.start()
    return net


def ours(topology):
    from harness.world.network import Network

    return Network(topology).start()


def measure(argument: list[str]) -> int:
    """In a cell: one network up and down; its figures go to the status pipe."""
    import importlib

    import mininet.log

    importlib.import_module("harness.world.network")  # before the clock starts, as mininet.net is by it

    mininet.log.setLogLevel("error")
    way, name = argument
    if open_vswitch.usable():
        open_vswitch.start()
    topology = TOPOLOGIES[name]()
    began = time.monotonic()
    network = {"ours": ours, "mininet": stock}[way](topology)
    up = time.monotonic() - began
    net = getattr(network, "net", network)
    works = net.ping([net.hosts[0], net.hosts[-1]]) == 0
    if way == "ours" and not works:
        print(f"ours {name}: no ping gets through", file=sys.stderr)
        return 1
    began = time.monotonic()
    network.stop()
    down = time.monotonic() - began
    os.write(int(os.environ["WIREPROOF_STATUS"]), json.dumps([up, down, works]).encode())
    return 0


def in_cell(way: str, name: str) -> list[float]:
    with Cell("bench.bring_up:measure", [way, name]) as cell:
        answer = b""
        while part := os.read(cell.status, 4096):
            answer += part
        if cell.process.wait(60) != 0:
            raise SystemExit(f"bring_up: {way} {name} failed")
    return json.loads(answer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for name in TOPOLOGIES:
        taken: dict[str, list[list[float]]] = {"ours": [], "mininet": []}
        for _ in range(options.rounds):
            for way, figures in taken.items():
                figures.append(in_cell(way, name))
        row = {"topology": name}
        for number, phase in enumerate(("up", "down")):
            for way, figures in taken.items():
                row[f"{way}_{phase}"] = round(statistics.median(figure[number] for figure in figures), 4)
            row[f"{phase}_ratio"] = round(row[f"mininet_{phase}"] / row[f"ours_{phase}"], 1)
        row["mininet_pings"] = sum(figure[2] for figure in taken["mininet"])
        rows.append(row)
    if options.json:
        print(json.dumps({"rounds": options.rounds, "rows": rows}, indent=1))
        return
    print(f"{'topology':24}{'ours up':>9}{'mininet':>9}{'ratio':>7}{'ours down':>11}{'mininet':>9}{'ratio':>7}{'pinged':>8}")
    for row in rows:
        print(f"{row['topology']:24}{row['ours_up']:9.3f}{row['mininet_up']:9.3f}{row['up_ratio']:7.1f}"
              f"{row['ours_down']:11.3f}{row['mininet_down']:9.3f}{row['down_ratio']:7.1f}"
              f"{row['mininet_pings']:6}/{options.rounds}")  # fmt: skip


if __name__ == "__main__":
    main()
