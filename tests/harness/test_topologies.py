"""Every topology file works under the real ``mn``, unchanged and without the harness."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest

from tests.harness.network_cell import SWITCHES, run
from topologies.campus import Campus
from topologies.dumbbell import Dumbbell
from topologies.linear import Linear
from topologies.scopes import Scopes
from topologies.single import Single
from topologies.tree import Tree
from topologies.two_segments import TwoSegments

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "topologies"
MN_SWITCH = {"ovs": "ovs,datapath=user,failMode=standalone", "ovs-kernel": "ovs,failMode=standalone", "bridge": "lxbr"}

# What to ask mn for, hosts (routers among them), and how many of the pings between all pairs are answered.
TOPOLOGIES = [
    ("single", 2, (2, 2)),
    ("single,3", 3, (6, 6)),
    ("linear,3", 3, (6, 6)),
    ("tree,depth=2,fanout=2", 4, (12, 12)),
    ("two_segments", 5, (20, 20)),
    ("two_segments,1", 3, (6, 6)),
    # h1 and h2 reach each other, and h1 reaches h3 but is asked for by h3 at its other address.
    ("two_homed", 3, (3, 6)),
    # What switches do with multicast is the harness's affair: mn takes the option and its switches flood.
    ("single,3,multicast=snooping+querier", 3, (6, 6)),
    ("campus,5,buildings=2", 5, (20, 20)),
    ("scopes", 5, (20, 20)),
    ("dumbbell", 2, (2, 2)),
    ("dumbbell,2", 4, (12, 12)),
]


def mn(topology: str, hosts: int, pings: list[int], switch: str, *more: str) -> None:
    """In a cell: deploys with mn as a student would, from another folder, with nothing of ours on the path."""
    name = topology.split(",")[0]
    command = ["mn", "--custom", str(FOLDER / f"{name}.py"), "--topo", topology, "--controller", "none"]
    command += ["--switch", MN_SWITCH[switch], *more, "--test", "pingall"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=environment, timeout=90, check=False)
    text = done.stdout + done.stderr
    print(text)
    found = re.search(r"\((\d+)/(\d+) received\)", text)
    assert done.returncode == 0 and found, "mn failed"
    assert [int(found[1]), int(found[2])] == pings, f"{found[0]}, not {pings}"
    listed = re.search(r"Adding hosts:\n(.*)\n", text)
    assert listed and len(listed[1].split()) == hosts, "another number of hosts"


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("topology, hosts, pings", TOPOLOGIES)
def test_mn_deploys(topology: str, hosts: int, pings: tuple[int, int], switch: str) -> None:
    run(mn, topology, hosts, pings, switch)


def test_mn_shapes_with_its_own_links() -> None:
    run(mn, "single,3", 3, (6, 6), SWITCHES[0], "--link", "tc,bw=0.7")


def test_file_stands_alone() -> None:
    """Mininet and the standard library are all that a topology file imports."""
    for file in FOLDER.glob("*.py"):
        for line in file.read_text().splitlines():
            if line.startswith(("import ", "from ")):
                assert line.split()[1].split(".")[0] in {"mininet", *sys.stdlib_module_names}, f"{file.name}: {line}"


def test_link_options_go_to_hosts_links_only() -> None:
    simple = (Single(3, bw=0.7), Linear(3, bw=0.7), Tree(depth=2, fanout=2, bw=0.7), TwoSegments(bw=0.7))
    for topology in (*simple, Campus(4, 2, bw=0.7), Scopes(bw=0.7)):
        for first, second, options in topology.iterLinks(withInfo=True):
            at_host = any(name.startswith("h") for name in (first, second))
            assert options.get("bw") == (0.7 if at_host else None), (topology.name, first, second)


def test_single_hosts_have_links_of_their_own() -> None:
    topology = Single(3, bw=5, only={"h2": {"bw": 1, "forward": {"loss": 30}}})
    links = {(a, b): options for a, b, options in topology.links(withInfo=True, sort=True)}
    wanted = {"h1": (5, None), "h2": (1, {"loss": 30}), "h3": (5, None)}
    assert {a: (options["bw"], options.get("forward")) for (a, _), options in links.items()} == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Single(0), lambda: Single(2, only={"h3": {}}), lambda: Linear(0), lambda: Tree(depth=0), lambda: TwoSegments(254),
        lambda: Dumbbell(0), lambda: Campus(3),
        lambda: Scopes(0),
    ],
)  # fmt: skip
def test_impossible_size(wrong) -> None:
    with pytest.raises(ValueError, match="asked for"):
        wrong()
