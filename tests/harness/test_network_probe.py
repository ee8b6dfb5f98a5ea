"""Shaped links keep what they promise, and the probe notices those that do not."""

from __future__ import annotations

import json
import subprocess

import pytest

from harness.world.network import Network, probe
from harness.world.network.namespaces import visiting
from tests.harness.network_cell import SWITCHES, run
from topologies.linear import Linear
from topologies.single import Single
from topologies.two_homed import TwoHomed
from topologies.two_segments import TwoSegments

PAYLOAD_SHARE = 1448 / 1514  # TCP payload of a full frame


def goodput(client, server, seconds: int) -> float:
    """Mbit/s that iperf3's receiver saw."""
    listener = server.popen(["iperf3", "-s", "-1", "-p", "5201"])
    while not server.cmd("ss -Htln sport = :5201").strip():
        assert listener.poll() is None, "iperf3 ended"
    report = client.pexec("iperf3", "-c", server.IP(), "-t", str(seconds), "-J")[0]
    listener.wait(30)
    assert "sum_received" in json.loads(report).get("end", {}), report
    return json.loads(report)["end"]["sum_received"]["bits_per_second"] / 1e6


def rate(switch: str, bw: float) -> None:
    with Network(Single(3, bw=bw), switch=switch) as network:
        for result in probe(network):
            assert result.ok, result.reason
            # A train may meet a machine too busy to send or read it in time; it then says None.
            assert all(found is None or abs(found - bw) <= 0.05 * bw for found in result.measured_bw), result
        found = goodput(network.net["h1"], network.net["h2"], 4)
        # iperf3's clock starts before the first byte and ends when the queue still drains: 10 % covers a queue of 20.
        assert abs(found - bw * PAYLOAD_SHARE) <= 0.10 * bw, f"{found} Mbit/s over {bw} Mbit/s"


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("bw", [0.7, 10])
def test_rate(switch: str, bw: float) -> None:
    run(rate, switch, bw)


def queue_is_bounded() -> None:
    for queue in (5, 20, 60):
        with Network(Single(2, bw=0.7, queue=queue)) as network:
            for result in probe(network):
                assert result.ok, result.reason
                assert result.declared_queue == queue
                assert all(queue <= survived <= queue + 20 for survived in result.survived), result
            assert network.describe()["links"][0]["shaper"] == f"HTB 0.7 Mbit/s, pfifo {queue} packets"


def test_queue_is_bounded() -> None:
    run(queue_is_bounded)


def mininets_queue() -> None:
    """All of 900 datagrams sent at once wait, where a queue of 20 would drop most."""
    with Network(Single(2, bw=0.7, queue="mininet")) as network:
        h1 = network.net["h1"]
        assert "pfifo" not in h1.cmd("tc qdisc show dev h1-eth0")
        h1.cmd("ping -c1 10.0.0.2")
        flood = "import socket\nall = [socket.socket(type=2) for _ in range(26)]\n"  # a socket's buffer holds some 90 of them
        flood += "for number in range(1300):\n all[number // 50].sendto(bytes(1000), ('10.0.0.2', 9))\n"
        h1.pexec("/usr/bin/python3", "-c", flood)
        shown = json.loads(h1.cmd("tc -s -j qdisc show dev h1-eth0"))[0]
        assert 850 <= shown["qlen"] <= 1000, shown  # some leave while the flood lasts
        assert shown["drops"] >= 200, shown
        assert network.describe()["links"][0]["queue"] == "mininet"


def test_mininets_queue() -> None:
    run(mininets_queue)


def probe_all_shapes(switch: str) -> None:
    for topology in (Single(3), Linear(3), TwoSegments(2, bw=10), TwoHomed(bw=2)):
        with Network(topology, switch=switch) as network:
            results = probe(network)
            assert all(result.ok for result in results), [result.reason for result in results]
            assert all(result.tcp for result in results if not result.link.startswith("s")), results
            assert {result.congestion_control for result in results} == {"cubic"}
            for host in network.net.hosts:
                assert host.cmd("ip neigh show").strip() == "", "captures start with ARP, as on a fresh network"
                assert "TIME-WAIT" not in host.cmd("ss -tan"), "no connection is left"
                shown = json.loads(host.cmd("tc -s -j qdisc show"))
                assert all(not qdisc.get("qlen") for qdisc in shown), "queues are empty"


@pytest.mark.parametrize("switch", SWITCHES)
def test_probe_passes_good_links(switch: str) -> None:
    run(probe_all_shapes, switch)


def tc(interface, command: str) -> None:
    with visiting(interface.node.pid):
        subprocess.run(["tc", *command.split()], check=True)


def probe_notices_a_bad_link() -> None:
    with Network(Single(3, bw=2)) as network:
        h1, h2, h3 = (host.defaultIntf() for host in network.net.hosts)
        tc(h1, "class change dev h1-eth0 parent 5:0 classid 5:1 htb rate 1.5Mbit burst 15k")
        tc(h2, "qdisc replace dev h2-eth0 parent 5:1 handle 10: pfifo limit 1000")
        results = probe(network)
        assert "rate is 1.5" in results[0].reason, results[0]
        assert "frames survived" in results[1].reason, results[1]
        assert results[2].ok, results[2]
        tc(h3, "qdisc replace dev h3-eth0 parent 5:1 handle 10: pfifo limit 5")
        assert "frames survived" in probe(network)[2].reason


def test_probe_notices_a_bad_link() -> None:
    run(probe_notices_a_bad_link)


def probe_notices_a_dead_path() -> None:
    with Network(Single(3)) as network:
        network.net["h2"].cmd("nft add table t; nft 'add chain t c { type filter hook input priority 0; }';"
                              "nft add rule t c tcp flags syn drop")  # fmt: skip
        results = probe(network)
        assert "no answer to the SYN" in results[0].reason and results[0].tcp is False, results[0]
        assert not results[1].ok
        network.net["h2"].cmd("nft flush ruleset")
        assert all(result.ok for result in probe(network))


def test_probe_notices_a_dead_path() -> None:
    run(probe_notices_a_dead_path)
