"""Links changed, cut and counted while they are in use, by whichever means they are made; and emulators that end."""

from __future__ import annotations

import json
import logging
import os
import pathlib
import signal
import time

import mininet.log
import pytest
from mininet.cli import CLI
from mininet.node import Node

from harness.judge import scenario
from harness.judge.result import Verdict
from harness.judge.waiting import wait_for
from harness.run.runner import Item, Runner
from harness.world.links import LinkError, UnsupportedLink
from harness.world.links.kernel import has_netem
from harness.world.network import Network, probe
from tests.harness.link_traffic import exchange, lost_by, pair
from tests.harness.network_cell import SWITCHES, run
from topologies.linear import Linear
from topologies.single import Single

MEANS = ["HTB", "wire", *(["netem"] if has_netem() else [])]
OPTIONS = {"HTB": {"bw": 2, "queue": 50}, "wire": {"bw": 2, "queue": 50, "means": "wire"}, "netem": {"bw": 2, "queue": 50, "delay": 1}}


BURST = {"HTB": 1599, "netem": 1599, "wire": 0}
"""Bytes that leave before the first frame is paid for; of HTB, the `cburst` that the kernel gives to such rates."""


def change(means: str) -> None:
    """Rate and queue, one direction and both, for packets that come after the change."""
    burst = BURST[means]
    with pair(**OPTIONS[means]) as (network, link):
        assert link.means.value == means
        link.set(bw=1)
        assert abs(exchange(network, 40, size=1472).rate(burst) - 1) < 0.05
        link.set(direction="backward", bw=4)
        assert abs(exchange(network, 40, size=1472, turned=True).rate(burst) - 4) < 0.4
        assert abs(exchange(network, 40, size=1472).rate(burst) - 1) < 0.05, "the other direction stays"
        network.link("h2", "h1").set(direction="backward", bw="2mbit")
        assert abs(exchange(network, 40, size=1472).rate(burst) - 2) < 0.1, "seen from h2 that is the way back"
        link.set(queue=5)
        before = link.counters()["forward"]
        network.net["h1"].cmd("ping -f -c 300 -s 1400 -q 10.0.0.2")
        after = link.counters()["forward"]
        assert after.passed > before.passed and after.received - before.received >= 300
        for wrong, words in (({"bw": -1}, "bw=-1"), ({"loss_burst": 2}, "loss_burst"), ({"mood": 1}, "cannot be changed"), ({"direction": "up", "bw": 1}, "forward")):
            with pytest.raises(LinkError, match=words) as caught:
                link.set(**wrong)
            assert "h1-h2" in str(caught.value)
        assert [row.ok for row in probe(network)] == [True], "what was refused changed nothing, and the probe knows what was set"


@pytest.mark.parametrize("means", MEANS)
def test_change_in_flight(means: str) -> None:
    run(change, means)


def emulation_in_flight(means: str) -> None:
    with pair(**OPTIONS[means]) as (network, link):
        link.set(bw=None, delay="30ms", loss="20%")
        seen = exchange(network, 500, every=0.002)
        assert min(seen.delays) > 0.0298 and 50 < len(seen.missing) < 160
        if means == "wire":
            assert seen.missing == lost_by(link, "loss")
        link.set(loss=None, delay=None)
        seen = exchange(network, 100, every=0.002)
        assert not seen.missing and min(seen.delays) < 0.003


@pytest.mark.parametrize("means", MEANS[1:])
def test_emulation_in_flight(means: str) -> None:
    run(emulation_in_flight, means)


def not_without_an_emulator() -> None:
    with pair(bw=2) as (_, link):
        for wish in ({"delay": 5}, {"aqm": "codel"}):
            with pytest.raises(UnsupportedLink, match="means='wire'"):
                link.set(**wish)
        link.set(bw=3)


@pytest.mark.skipif(has_netem(), reason="this kernel has netem")
def test_what_the_kernel_lacks_is_an_error() -> None:
    run(not_without_an_emulator)


def plain_link() -> None:
    """A link that was not shaped can be, and its counters count."""
    with pair() as (network, link):
        assert not exchange(network, 50).missing
        assert link.counters()["forward"].passed >= 50 and link.drops() == []
        link.set(bw=1, queue=10)
        seen = exchange(network, 100, size=1000)
        assert abs(seen.rate(BURST["HTB"]) - 1) < 0.05
        link.set(bw=None)
        assert exchange(network, 50, size=1000).rate() > 10


def test_plain_link() -> None:
    run(plain_link)


def settled(host: Node, command: str) -> str:
    """What a command prints of addresses once the kernel has found out that no other host has them."""
    wait_for(lambda: "tentative" not in host.cmd("ip -6 address"), f"the addresses of {host} to be its own", 30)
    return host.cmd(command)


def wait_until_as_before(host: Node, command: str, before: str) -> None:
    """An interface that comes up gets its addresses when the kernel finds time for it."""
    wait_for(lambda: settled(host, command) == before, f"{command!r} on {host} to print again:\n{before}", 30)


def cut(means: str, switch: str) -> None:
    """Nothing passes while a link is down; afterwards all is as before, routes included."""
    with Network(Single(2, **OPTIONS[means]), switch=switch) as network:
        h1, link = network.net["h1"], network.link("h1", "s1")
        before = settled(h1, "ip route; ip -6 address show scope link dev h1-eth0")
        assert "1 received" in h1.cmd("ping -c1 -W10 10.0.0.2")
        link.down()
        link.down()
        assert "0 received" in h1.cmd("ping -c2 -i0.2 -W1 10.0.0.2")
        link.up()
        link.up()
        assert "1 received" in h1.cmd("ping -c1 -W5 10.0.0.2")
        wait_until_as_before(h1, "ip route; ip -6 address show scope link dev h1-eth0", before)
    with pair(**OPTIONS[means]) as (network, link):
        h2 = network.net["h2"]
        h2.cmd("ip route add 172.16.0.0/12 via 10.0.0.1; ip -6 address add fd00::2/64 dev h2-eth0")
        before = settled(h2, "ip route; ip -6 -o address")
        link.down()
        assert len(exchange(network, 20).numbers) == 0
        link.up()
        assert "1 received" in h2.cmd("ping -c1 -W5 10.0.0.1")
        wait_until_as_before(h2, "ip route; ip -6 -o address", before)


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("means", MEANS)
def test_down_and_up(means: str, switch: str) -> None:
    run(cut, means, switch)


def kernel_counts() -> None:
    with pair(bw=1, queue=10) as (network, link):
        seen = exchange(network, 100, size=1472)
        counters = link.counters()["forward"]
        assert counters.dropped.get("queue", 0) == counters.lost == len(link.drops())
        assert counters.received >= 100 - len(seen.missing) and counters.bytes >= len(seen.numbers) * 1500
        assert counters.queue_packets == 0


def test_kernel_counts() -> None:
    run(kernel_counts)


def mininets_view(switch: str) -> None:
    """Names, links, command line, captures: an emulator in between is seen by nobody."""
    script, log = pathlib.Path("/tmp/script"), pathlib.Path("/tmp/log")
    script.write_text("net\nlinks\nintfs\npingall\nlink s1 h1 down\nh2 ping -c1 -W1 h1\nlink s1 h1 up\nh2 ping -c1 -W10 h1\n")
    mininet.log.setLogLevel("output")
    handler = logging.FileHandler(log)
    handler.terminator = ""
    mininet.log.lg.addHandler(handler)
    before = set(os.listdir("/sys/class/net"))
    with Network(Single(3, bw=10, delay="2ms"), switch=switch) as network:
        assert not [row.reason for row in probe(network) if not row.ok]
        network.begin()
        plain = [(str(link), link.status()) for link in network.net.links]
        assert plain == [(f"h{n}-eth0<->s1-eth{n}", "(OK OK)") for n in (1, 2, 3)]
        assert network.net["h1"].cmd("ls /sys/class/net").split() == ["h1-eth0", "lo"]
        capture = network.net["h2"].popen(["dumpcap", "-q", "-i", "h2-eth0", "-a", "packets:2", "-f", "icmp", "-w", "/tmp/two.pcapng"], stderr=-1)
        while b"File:" not in capture.stderr.readline():
            pass
        assert "1 received" in network.net["h1"].cmd("ping -c1 -W10 10.0.0.2") and capture.wait(10) == 0
        CLI(network.net, script=str(script))
        assert not network.broken_links(), "taking an interface down does not end its emulator"
    text = log.read_text()
    print(text)
    assert "h1-eth0<->s1-eth1 (OK OK)" in text and "0% dropped (6/6" in text and "100% packet loss" in text
    assert text.count("from 10.0.0.1:") == 1, "the link came up again"
    assert set(os.listdir("/sys/class/net")) == before


@pytest.mark.parametrize("switch", SWITCHES)
def test_mininets_view(switch: str) -> None:
    run(mininets_view, switch)


def quickest(host: Node, address: str) -> float:
    """The least round trip of some, in milliseconds."""
    said = host.cmd(f"ping -c10 -i0.02 -W10 -q {address}")
    return float(said.split("rtt min/avg/max/mdev = ")[1].split("/")[0])


def links_come_and_go() -> None:
    """Mininet's addLink and delLink while the network runs; two links between the same nodes; Mininet's way to change one."""
    with Network(Linear(2), switch=SWITCHES[0]) as network:
        net = network.net
        for number, options in enumerate(({"means": "wire", "delay": "5ms"}, {"bw": 1, "queue": 7}), 1):
            link = net.addLink(net["h1"], net["h2"], **options)
            net["h1"].cmd(f"ip address add 192.168.{number}.1/24 dev {link.intf1}")
            net["h2"].cmd(f"ip address add 192.168.{number}.2/24 dev {link.intf2}")
            assert "1 received" in (said := net["h1"].cmd(f"ping -c1 -W10 192.168.{number}.2")), said
        assert quickest(net["h1"], "192.168.1.2") >= 10
        assert network.link("h1", "h2", 2).counters()["forward"].passed > 0
        assert [row["shaper"] for row in network.describe()["links"]][-2:] == ["wire delay 5 ms", "HTB 1 Mbit/s, pfifo 7 packets"]
        net.links[-1].intf1.config(bw=3)
        assert "3Mbit" in net["h1"].cmd(f"tc class show dev {net.links[-1].intf1}")
        net.links[-2].intf1.config(delay="1ms")
        assert quickest(net["h1"], "192.168.1.2") < 9
        net.delLink(net.links[-2])
        assert not network.broken_links() and len(net.wires) == 0
        with pytest.raises(LinkError, match="no link h1-s2.*h1-s1"):
            network.link("h1", "s2")


def test_links_come_and_go() -> None:
    run(links_come_and_go)


def emulator_ends() -> None:
    with pair(delay="5ms", means="wire") as (network, link):
        wire = next(iter(network.net.wires))
        os.kill(wire.pid, signal.SIGKILL)
        wait_for(network.broken_links, "the end to be noticed", 5)
        assert f"the wire of link h1-h2 (process {wire.pid}) ended with signal SIGKILL" in network.broken_links()[0]
        for deed in (lambda: link.set(delay=1), link.counters, link.down):
            with pytest.raises(LinkError, match="ended with signal SIGKILL"):
                deed()
        assert network.end_links() == [text for text in network.end_links()] != []


def test_emulator_that_ends_is_noticed() -> None:
    run(emulator_ends)


def nothing_stays() -> None:
    """Emulators go with their network, and start again with begin()."""
    with Network(Single(3, delay=1, means="wire"), switch="bridge") as network:
        first = [wire.pid for wire in network.net.wires]
        network.begin()
        second = [wire.pid for wire in network.net.wires]
        assert len({*first, *second}) == 6 and not any(os.path.exists(f"/proc/{pid}") for pid in first)
        network.net.pingAll()
    assert not any(os.path.exists(f"/proc/{pid}") for pid in second)


def test_nothing_stays() -> None:
    run(nothing_stays)


def refused() -> None:
    """What `wire` itself says is in the error."""
    began = time.monotonic()
    try:
        with Network(Single(2, delay=1, means="wire"), switch="bridge", wire=["/bin/false"]):
            raise AssertionError("a wire that ends at once was accepted")
    except LinkError as error:
        assert "h1-s1" in str(error) and "ended with status 1" in str(error), error
    assert time.monotonic() - began < 8


def test_wire_that_does_not_start() -> None:
    run(refused)


@pytest.mark.usefixtures("tests_scenarios")
def test_evidence_and_verdict(tmp_path: pathlib.Path) -> None:
    """A scenario on an emulated link leaves its files; one whose emulator ends proves nothing, whatever it expected."""
    known = scenario.all_scenarios()
    items = [Item(known[id], id) for id in ("test.lossy", "test.dead_wire")]
    results = {item.name: result for item, result in Runner(items, tmp_path, attempts=1).run()}
    lossy, dead = results["test.lossy"], results["test.dead_wire"]
    assert lossy.verdict is Verdict.PASS, lossy.reasons
    assert lossy.topology["links"][0]["shaper"].startswith("wire delay 5 ms, loss 10 %, seed ")
    counted = lossy.link_counters["h1-s1"]["forward"]
    assert counted.dropped["loss"] > 0 and counted.dropped["down"] >= 2 and counted.received == counted.passed + counted.lost
    folder = tmp_path / "test.lossy"
    assert {f"link-h1-s1.{kind}" for kind in ("counters.jsonl", "drops.jsonl", "json", "log")} <= {file.name for file in folder.iterdir()}
    drops = [json.loads(line) for line in (folder / "link-h1-s1.drops.jsonl").read_text().splitlines()]
    assert drops and all(drop["cause"] in ("loss", "down") for drop in drops)
    assert any("link h1-s1: delay 20ms" in entry.text for entry in lossy.transcript)
    assert any("link h1-s1 down" in entry.text for entry in lossy.transcript)
    assert dead.verdict is Verdict.INCONCLUSIVE and "the wire of link h1-s1" in dead.reasons[0], dead.reasons


@pytest.mark.usefixtures("tests_scenarios")
def test_a_seed_loses_the_same_packets_in_every_run(tmp_path: pathlib.Path) -> None:
    """Three runs of a scenario with loss=1% leave byte-identical lists of lost packets; another seed leaves another list."""
    one, lists = scenario.all_scenarios()["test.one_percent"], {}
    for seed, runs in ((1, 3), (2, 1)):
        items = [Item(one, f"run-{seed}-{number}") for number in range(runs)]
        for item, result in Runner(items, tmp_path, seed=seed, attempts=3, jobs=1).run():
            assert result.verdict is Verdict.PASS, result.reasons
            lists[item.name] = (tmp_path / item.name / "lost.json").read_bytes()
    same = {lists[f"run-1-{number}"] for number in range(3)}
    assert len(same) == 1 and lists["run-2-0"] not in same
    assert len(json.loads(same.pop())) >= 30
