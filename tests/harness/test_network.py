"""Networks inside a cell: real Mininet, quick, shaped as declared, leaving nothing."""

from __future__ import annotations

import logging
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

import mininet.log
import pytest
from mininet.cli import CLI

from harness.judge.waiting import wait_for
from harness.world.cell import open_vswitch
from harness.world.network import LinkError, Network, NetworkError, UnsupportedLink
from harness.world.network.namespaces import namespace_of, visiting
from tests.harness.network_cell import SWITCHES, run
from topologies.linear import Linear
from topologies.single import Single
from topologies.tree import Tree
from topologies.two_homed import TwoHomed
from topologies.two_segments import TwoSegments

TOPOLOGIES = {
    "single": lambda: Single(3),
    "shaped": lambda: Single(3, bw=10),
    "linear": lambda: Linear(3),
    "tree": lambda: Tree(depth=2, fanout=2),
    "two_segments": lambda: TwoSegments(2),
    "two_homed": TwoHomed,
}


def interfaces() -> set[str]:
    return set(os.listdir("/sys/class/net"))


def transfer(client, server, size: int = 200_000) -> None:
    """A file through nc over TCP arrives unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        sent, received = pathlib.Path(folder, "sent"), pathlib.Path(folder, "received")
        sent.write_bytes(os.urandom(size))
        with received.open("wb") as sink:
            listener = server.popen(["nc", "-l", "1234"], stdout=sink)
            while not server.cmd("ss -Htln sport = :1234").strip():
                assert listener.poll() is None, "nc ended"
            with sent.open("rb") as source:
                assert client.popen(["nc", "-N", server.IP(), "1234"], stdin=source).wait(30) == 0
            assert listener.wait(30) == 0
        assert received.read_bytes() == sent.read_bytes(), "the file changed on its way"


def everything_works(topology: str, switch: str) -> None:
    before = interfaces()
    with Network(TOPOLOGIES[topology](), switch=switch) as network:
        net = network.net
        h1, h2 = net["h1"], net["h2"]
        if topology == "two_homed":
            assert net.ping([h1, h2]) == 0
            assert "1 received" in h1.cmd("ping -c1 -W10 11.0.0.3")
            assert "1 received" in net["h3"].cmd("ping -c1 -W10 11.0.0.1")
            assert h1.IP("h1-eth1") == "11.0.0.1"
        else:
            assert net.pingAll() == 0
        transfer(h1, h2)
        transfer(net.hosts[-1], h1) if topology != "two_homed" else None
        assert "congctl cubic" in h1.cmd("ip route show dev h1-eth0")
        described = network.describe()
        assert [host["name"] for host in described["hosts"]] == [host.name for host in net.hosts]
        assert [host for host in described["hosts"] if host.get("router")] == [
            host for host in described["hosts"] if host["name"] == "r1"
        ]
        for host in described["hosts"]:
            for interface in host["interfaces"]:
                shown = net[host["name"]].cmd(f"ip address show {interface['name']}")
                assert interface["ip"] in shown and interface["mac"] in shown, shown
        assert len(described["links"]) == len(net.links)
    assert interfaces() == before


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_everything_works(topology: str, switch: str) -> None:
    run(everything_works, topology, switch)


def command_line(switch: str) -> None:
    script = pathlib.Path("/tmp/script")
    script.write_text("nodes\nnet\nlinks\ndump\nintfs\nports\npingall\nh1 echo first && hostname\nlink s1 h1 down\n"
                      "h2 ping -c1 -W1 h1\nlink s1 h1 up\nh2 ping -c1 -W10 h1\npy h1.defaultIntf().setIP('10.0.0.9/8')\n"
                      "h2 ping -c1 -W10 10.0.0.9\npy net.iperf((h2, h3), seconds=1)\n")  # fmt: skip
    log = pathlib.Path("/tmp/log")
    mininet.log.setLogLevel("output")
    handler = logging.FileHandler(log)
    handler.terminator = ""
    mininet.log.lg.addHandler(handler)
    with Network(Single(3), switch=switch) as network:
        CLI(network.net, script=str(script))
    text = log.read_text()
    print(text)
    for wanted in ("h1-eth0:s1-eth1", "h1-eth0<->s1-eth1 (OK OK)", "0% dropped (6/6", "first", "h3-eth0:10.0.0.3",
                   "100% packet loss", "from 10.0.0.9", "Results: ["):  # fmt: skip
        assert wanted in text, f"{wanted!r} is missing"
    assert text.count("from 10.0.0.1:") == 1, "the link came up again"


@pytest.mark.parametrize("switch", SWITCHES)
def test_mininets_command_line(switch: str) -> None:
    run(command_line, switch)


def programs_on_hosts() -> None:
    with Network(Single(2), switch=SWITCHES[0]) as network:
        h1 = network.net["h1"]
        assert h1.shell is None, "no shell before it is needed"
        namespaces = [os.readlink(f"/proc/{h1.pid}/ns/{kind}") for kind in ("net", "mnt")]
        assert namespaces[0] != os.readlink("/proc/self/ns/net") and namespaces[1] != os.readlink("/proc/self/ns/mnt")
        look = "readlink /proc/self/ns/net /proc/self/ns/mnt; ls /sys/class/net; hostname"
        outside = subprocess.run(["mnexec", "-a", str(h1.pid), "sh", "-c", look], capture_output=True, text=True, check=True)
        assert outside.stdout.split()[:2] == namespaces
        assert outside.stdout.split()[2:4] == ["h1-eth0", "lo"], "its own /sys"
        assert h1.cmd(look).split()[:2] == namespaces, "the shell is in the same place"
        assert h1.pexec("sh", "-c", look)[0].split()[:2] == namespaces
        several = [h1.popen(["sleep", "60"]) for _ in range(3)]
        inhabitant = namespace_of(h1.pid)
        wait_for(lambda: all(namespace_of(process.pid) == inhabitant for process in several), "the programs to enter h1", 5)
    assert [process.wait(5) for process in several] == [-9] * 3, "programs end with their network"
    assert inhabitant not in {namespace_of(name) for name in os.listdir("/proc") if name.isdigit()}


def test_programs_on_hosts() -> None:
    run(programs_on_hosts)


def again_and_again(switch: str) -> None:
    before = interfaces()
    for number in range(10):
        with Network(Single(2, bw=10) if number % 2 else Linear(2), switch=switch) as network:
            assert network.net.pingAll() == 0
        assert interfaces() == before, f"round {number} left {interfaces() - before}"
        assert network.stop() is None, "a second stop is harmless"


@pytest.mark.parametrize("switch", SWITCHES)
def test_networks_follow_each_other(switch: str) -> None:
    run(again_and_again, switch)


def failure_leaves_nothing() -> None:
    before = interfaces()
    for wish in ({"bw": 0}, {"aqm": "red"}, {"bandwidth": 3}, {"delay": "10ms", "queue": 3}):
        try:
            with Network(Single(3, **wish)):
                raise AssertionError(f"{wish} was accepted")
        except LinkError as error:
            assert "h1-s1" in str(error), error
            assert not isinstance(error, UnsupportedLink)
    for wish in ({"bw": 1, "means": "wire"}, {"bw": 1, "aqm": "codel"}):
        try:
            with Network(Single(3, **wish), wire=["/nowhere/wire"]):
                raise AssertionError(f"{wish} was accepted")
        except LinkError as error:
            assert isinstance(error, UnsupportedLink) and "not built" in str(error), error
    assert interfaces() == before
    for switch in ("tin", "ovs-kernel"):
        try:
            Network(Single(2), switch=switch)
        except NetworkError as error:
            assert switch in str(error)


def test_failure_leaves_nothing() -> None:
    run(failure_leaves_nothing)


def quiet_and_alike() -> None:
    """Two runs give the same addresses; hosts forward nothing, solicit nothing, and IPv6 works at once."""
    seen = []
    for _ in range(2):
        with Network(Single(2), switch=SWITCHES[0]) as network:
            h1 = network.net["h1"]
            # The peer's interface number counts on while the cell lives.
            shown = h1.cmd("ip -br link; ip -br addr; ip route; cat /proc/sys/net/ipv6/conf/h1-eth0/accept_dad")
            seen.append(re.sub(r"@if\d+", "", shown))
            assert "tentative" not in h1.cmd("ip -6 addr")
            assert "1 received" in h1.cmd("ping -6 -c1 -W10 fe80::200:ff:fe00:2%h1-eth0")
            assert h1.cmd("cat /proc/sys/net/ipv4/ip_forward").strip() == "0"
            offload = h1.cmd("ethtool -k h1-eth0")
            assert "tx-checksumming: off" in offload and "generic-segmentation-offload: off" in offload
    assert seen[0] == seen[1]


def test_quiet_and_alike() -> None:
    run(quiet_and_alike)


def a_late_switch_is_found_out() -> None:
    """The packets that a stopped daemon has no room for, all that did not arrive."""
    sent = 2000
    with Network(Single(2), switch="ovs") as network:
        h1, h2 = network.net["h1"], network.net["h2"]
        assert network.net.pingAll() == 0 and open_vswitch.lost() == {}
        daemon = int(pathlib.Path("/run/openvswitch/ovs-vswitchd.pid").read_text())
        with visiting(h2.pid):
            receiver = socket.socket(type=socket.SOCK_DGRAM)
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 200_000)  # twice as much as the switch has
            receiver.bind((h2.IP(), 9))
        with visiting(h1.pid):
            sender = socket.socket(type=socket.SOCK_DGRAM)
        with sender, receiver:
            os.kill(daemon, signal.SIGSTOP)
            try:
                for _ in range(sent):
                    sender.sendto(bytes(1000), (h2.IP(), 9))
            finally:
                os.kill(daemon, signal.SIGCONT)
            lost = open_vswitch.lost()
            assert list(lost) == ["s1-eth1"] and 0 < lost["s1-eth1"] < sent
            receiver.settimeout(30)
            for _ in range(sent - lost["s1-eth1"]):
                receiver.recv(2000)
            receiver.settimeout(0.2)
            with pytest.raises(TimeoutError):
                receiver.recv(2000)


@pytest.mark.skipif("ovs" not in SWITCHES, reason="needs Open vSwitch's userspace datapath")
def test_a_late_switch_is_found_out() -> None:
    run(a_late_switch_is_found_out)


def neighbours_are_told() -> None:
    """In a network of many hosts nobody asks for addresses, which would fill the table that all namespaces share."""
    for count, asks in ((24, True), (25, False)):
        with Network(Single(count), switch="bridge") as network:
            h1, last = network.net.hosts[0], network.net.hosts[-1]
            h1.cmd("ip neigh flush all")
            told = h1.cmd("ip -4 neigh show").splitlines()
            assert len(told) == (0 if asks else count - 1) and all(line.rstrip().endswith("PERMANENT") for line in told), told
            assert asks or f"{last.IP()} dev h1-eth0 lladdr {last.MAC()} PERMANENT" in [line.rstrip() for line in told]
            assert network.net.ping([h1, last]) == 0


def test_neighbours_are_told() -> None:
    run(neighbours_are_told)


def many_hosts() -> None:
    with Network(Tree(depth=2, fanout=16)) as network:
        hosts = network.net.hosts
        assert len(hosts) == 256 and network.net.ping([hosts[0], hosts[255]]) == 0
        assert hosts[255].IP() == "10.0.1.0"


def test_many_hosts() -> None:
    run(many_hosts)
