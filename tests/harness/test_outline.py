"""What `show` draws before a network exists is what the network is when it does."""

from __future__ import annotations

from typing import Any

import pytest
from mininet.topo import Topo

from harness.report.topology import draw_svg, draw_text
from harness.world.outline import outline
from tests.harness.network_cell import SWITCHES, run
from topologies.linear import Linear
from topologies.single import Single
from topologies.tree import Tree
from topologies.two_homed import TwoHomed
from topologies.two_segments import TwoSegments

TOPOLOGIES = {
    "single": lambda: Single(3),
    "shaped": lambda: Single(12, bw=0.7),
    "linear": lambda: Linear(4, bw=10),
    "tree": lambda: Tree(depth=2, fanout=3, bw=10),
    "two_homed": lambda: TwoHomed(bw=10),
    "two_segments": lambda: TwoSegments(2),
}


def _comparable(description: dict[str, Any]) -> dict[str, Any]:
    hosts = {
        host["name"]: ([(interface["name"], interface["ip"]) for interface in host["interfaces"]], bool(host.get("router")))
        for host in description["hosts"]
    }
    links = {
        frozenset({(link["a"], link["a_interface"]), (link["b"], link["b_interface"])}): link["bw"] for link in description["links"]
    }
    return {
        "name": description["name"],
        "hosts": hosts,
        "switches": [switch["name"] for switch in description["switches"]],
        "links": links,
    }


def agrees(name: str) -> None:
    from harness.world.network import Network

    topology: Topo = TOPOLOGIES[name]()
    with Network(topology, switch=SWITCHES[0]) as network:
        deployed = _comparable(network.describe())
        drawn = _comparable(outline(topology))
        for key, value in deployed.items():
            assert drawn[key] == value, f"{key}: drawn {drawn[key]}, deployed {value}"


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_outline_agrees_with_the_deployed_network(name: str) -> None:
    run(agrees, name)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"lose": ["first SYN", "2nd data"], "loss": 1}, "every link: loss 1 %, lose 'first SYN', lose '2nd data'"),
        ({"bw": 1, "delay": "10ms", "loss": "1%", "aqm": "codel"}, "every link: 1 Mbit/s, delay 10 ms, loss 1 %, queue 20 packets, codel"),
        ({"delay": 5, "forward": {"bw": 1}, "backward": {"bw": 16, "queue": "50ms"}},
         "h1 to s1: 1 Mbit/s, delay 5 ms, queue 20 packets; s1 to h1: 16 Mbit/s, delay 5 ms, queue 50 ms"),
        ({"backward": {"loss": 2}}, "h1 to s1: as it comes; s1 to h1: loss 2 %"),
        ({"bw": 1, "queue": "mininet", "schedule": [{"at": 3, "until": 5, "down": True}]}, "1 Mbit/s, queue mininet; from 3 s to 5 s down"),
    ],
)  # fmt: skip
def test_drawings_tell_what_links_do(options: dict, words: str) -> None:
    assert words in draw_text(outline(Single(2, **options)))
    first, last = words.split(": ", 1)[-1].split(", ")[0].split("; ")[0], words.split(", ")[-1].split("; ")[-1]
    drawn = draw_svg(outline(Single(2, **options)))
    assert first in drawn and last in drawn
