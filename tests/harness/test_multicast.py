"""Switches that flood, snoop, or snoop and ask; who is the querier; networks of several switches."""

from __future__ import annotations

import ipaddress
import socket
import struct
import subprocess
import time

import pytest

from harness.judge.waiting import wait_for
from harness.world.network import Network, NetworkError
from harness.world.network.beacons import Beacons
from harness.world.network.membership import is_member, knows
from harness.world.network.multicast import MODES, Multicast
from harness.world.network.multicast_ready import _Trial
from harness.world.network.multicast_tables import LOCAL, parse_bridge, parse_open_vswitch, table_of
from harness.world.network.namespaces import visiting
from harness.world.network.queries import general, group_mac
from tests.harness.network_cell import SWITCHES, run
from topologies.campus import Campus
from topologies.linear import Linear
from topologies.multicast_router import handed_on
from topologies.scopes import Scopes
from topologies.single import Single

GROUPS = [ipaddress.ip_address(text) for text in ("224.1.1.1", "ff15::801:101")]


def join(host, group) -> socket.socket:
    with visiting(host.pid):
        if group.version == 4:
            member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            request = struct.pack("=4s4xi", group.packed, socket.if_nametoindex(host.defaultIntf().name))
            member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        else:
            member = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            request = struct.pack("=16si", group.packed, socket.if_nametoindex(host.defaultIntf().name))
            member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
    return member


def copies(network, source: str, group) -> list[str]:
    """The hosts that a packet from one of them to a group comes to, a name for each copy."""
    hosts = [host.defaultIntf() for host in network.net.hosts]
    sender = network.net[source].defaultIntf()
    beacons = Beacons([sender], hosts)
    try:
        beacons.to_group(sender, group, 1, 7)
        beacons.broadcast(sender, 1)
        missing, found = {intf for intf in hosts if intf is not sender}, []
        for intf, _, _, what in beacons.arrivals(time.monotonic() + 10):
            found += [intf.node.name] if what == 7 else []
            missing -= {intf} if what == 0 else set()
            if not missing:
                return sorted(found)
        raise AssertionError(f"no broadcast came to {missing}")
    finally:
        beacons.close()


def who_gets_what(switch: str, mode: str) -> None:
    with Network(Linear(4, multicast=mode), switch=switch) as network:
        net = network.net
        everybody = ["h2", "h3", "h4"]
        assert [row.get("multicast") for row in network.describe()["switches"]] == [mode] * 4
        assert net.pingAll() == 0
        assert "1 received" in net["h1"].cmd("ping -6 -c1 -W5 fe80::200:ff:fe00:4%h1-eth0"), "IPv6 finds its neighbours"
        for group in GROUPS:
            assert copies(network, "h1", group) == (everybody if mode == "flood" else []), f"{group} has no members"
            members = [join(net[name], group) for name in ("h2", "h4")]
            wait_for(lambda: all(is_member(net[name], f"{name}-eth0", group) for name in ("h2", "h4")), "members", 5)
            wait_for(lambda: all(knows(network.multicast, net[name], group) for name in ("h2", "h4")), "switches to know", 10)
            network.multicast.settled()
            assert copies(network, "h1", group) == (everybody if mode == "flood" else ["h2", "h4"])
            members[1].close()
            if mode != "flood":
                wait_for(lambda: not knows(network.multicast, net["h4"], group, at_its_port=True), "s4 to forget h4", 10)
                network.multicast.settled()
                assert copies(network, "h1", group) == ["h2"], "h4 has left"
                # Another member behind the same port of s1 is not forgotten.
                members[1] = join(net["h3"], group)
                wait_for(lambda: knows(network.multicast, net["h3"], group), "switches to know of h3", 10)
                network.multicast.settled()
                members[1].close()
                wait_for(lambda: not knows(network.multicast, net["h3"], group, at_its_port=True), "s3 to forget h3", 10)
                network.multicast.settled()
                assert copies(network, "h1", group) == ["h2"], "h3 has left, h2 has not"
        for always in ("224.0.0.251", "ff02::1"):
            assert copies(network, "h1", ipaddress.ip_address(always)) == everybody, f"{always} is link-local"


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("mode", MODES)
def test_who_gets_what(mode: str, switch: str) -> None:
    run(who_gets_what, switch, mode)


def one_querier(switch: str) -> None:
    """Of three that could, the first asks, and the others know where it is; hosts hear nobody else."""
    with Network(Linear(3, multicast="snooping+querier"), switch=switch) as network:
        net = network.net
        assert table_of(net["s1"], network.switch).routers == (set() if switch == "bridge" else {LOCAL})
        assert table_of(net["s2"], network.switch).routers == {"s2-eth2"}
        assert table_of(net["s3"], network.switch).routers == {"s3-eth2"}
        with visiting(net["h3"].pid):
            ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        ear.bind(("h3-eth0", 0x0003))
        ear.settimeout(10)
        network.multicast.ask()
        sources = set()
        while len(sources) < 2:
            frame = ear.recv(2048)
            if frame[12:14] == b"\x08\x00" and frame[23] == 2:
                at = 14 + (frame[14] & 15) * 4
                assert frame[at] == 0x11 and len(frame) >= at + 12, "an IGMPv3 query"
                sources.add(str(ipaddress.IPv4Address(frame[26:30])))
            elif frame[12:14] == b"\x86\xdd" and frame[20] == 0 and frame[62] == 130:
                assert len(frame) >= 62 + 28, "an MLDv2 query"
                sources.add(str(ipaddress.IPv6Address(frame[22:38])))
        assert sources == {"169.254.0.1", "fe80::a9fe:1"}


    topology = Linear(2, multicast="snooping+querier")
    topology.nodeInfo("s1")["query_interval"] = 1
    with Network(topology, switch=switch) as network:
        with visiting(network.net["h2"].pid):
            ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        ear.bind(("h2-eth0", 0x0003))
        ear.settimeout(10)
        queries = 0
        while queries < 2:
            frame = ear.recv(2048)
            queries += frame[12:14] == b"\x08\x00" and frame[23] == 2 and frame[14 + (frame[14] & 15) * 4] == 0x11


@pytest.mark.parametrize("switch", SWITCHES)
def test_one_querier(switch: str) -> None:
    run(one_querier, switch)


def campus(switch: str) -> None:
    with Network(Campus(40, multicast="snooping+querier"), switch=switch) as network:
        net = network.net
        names = ["h1", "h8", "h9", "h33", "h40"]
        for group in GROUPS:
            members = [join(net[name], group) for name in names]
            wait_for(lambda: all(knows(network.multicast, net[name], group) for name in names), "switches to know", 10)
            network.multicast.settled()
            assert copies(network, "h20", group) == sorted(names)
            assert copies(network, "h8", group) == sorted({*names} - {"h8"})
            del members


@pytest.mark.parametrize("switch", SWITCHES)
def test_campus(switch: str) -> None:
    run(campus, switch)


def slow_and_lossy(switch: str) -> None:
    """The check before use waits for long links, and does not take a lost packet for a wrong switch."""
    with Network(Campus(6, buildings=2, multicast="snooping+querier", trunk={"delay": "30ms", "loss": 10}), switch=switch) as network:
        member = join(network.net["h6"], GROUPS[0])
        wait_for(lambda: knows(network.multicast, network.net["h6"], GROUPS[0], at_its_port=True), "s3 to know", 10)
        member.close()


@pytest.mark.parametrize("switch", SWITCHES)
def test_slow_and_lossy_links(switch: str) -> None:
    run(slow_and_lossy, switch)


def mixed(switch: str) -> None:
    """A mode for each switch: behind one that floods, those that snoop still serve members only."""
    topology = Linear(3, multicast="snooping+querier")
    topology.nodeInfo("s2")["multicast"] = "flood"
    with Network(topology, switch=switch) as network:
        group = GROUPS[0]
        member = join(network.net["h3"], group)
        wait_for(lambda: knows(network.multicast, network.net["h3"], group), "s3 and s1 to know", 10)
        network.multicast.settled()
        assert copies(network, "h1", group) == ["h2", "h3"]
        member.close()


@pytest.mark.parametrize("switch", SWITCHES)
def test_modes_may_differ(switch: str) -> None:
    run(mixed, switch)


def unknown_mode() -> None:
    try:
        Network(Single(2, multicast="snoop"), switch=SWITCHES[0]).start()
    except NetworkError as error:
        assert "'snoop'" in str(error) and "snooping+querier" in str(error)
        return
    raise AssertionError("an unknown mode was accepted")


def test_unknown_mode() -> None:
    run(unknown_mode)


def trial_notices(switch: str) -> None:
    """The check before use finds a switch that floods, and one that keeps IPv6 hosts from finding their neighbours."""
    with Network(Single(3, multicast="snooping+querier"), switch=switch) as network:
        (segment,) = network.multicast.segments
        trial = _Trial(segment)
        assert trial.succeeds(), trial.problem
        off = "mcast_snooping_enable=false" if switch != "bridge" else "mcast_snooping 0"
        if switch == "bridge":
            subprocess.run(f"ip link set dev s1 type bridge {off}".split(), check=True)
        else:
            subprocess.run(["ovs-vsctl", "set", "Bridge", "s1", off], check=True)
            network.multicast.settled()
        assert not trial.succeeds() and "got a packet to" in trial.problem, trial.problem
        trial.close()
    with Network(Single(3, multicast="snooping+querier"), switch=switch) as network:
        trial = _Trial(network.multicast.segments[0])
        rules = "table netdev t { chain c { type filter hook egress device s1-eth2 priority 0; ip6 daddr ff02::/16 drop\n}\n}"
        subprocess.run(["nft", rules], check=True)
        assert not trial.succeeds() and "h2-eth0 did not get a packet to ff02::1:ff00:2" in trial.problem, trial.problem
        trial.close()


@pytest.mark.parametrize("switch", SWITCHES)
def test_trial_notices(switch: str) -> None:
    run(trial_notices, switch)


def routers(switch: str) -> None:
    """Both routers have both interfaces in the kernel's multicast routing, for IPv4 and IPv6, and unicast passes."""
    with Network(Scopes(1, multicast="snooping+querier"), switch=switch) as network:
        net = network.net
        assert net.pingAll() == 0
        assert "1 received" in net["h1"].cmd("ping -6 -c1 -W5 2001:db8:0:3::1")
        for name in ("r1", "r2"):
            for file in ("ip_mr_vif", "ip6_mr_vif"):
                shown = net[name].cmd(f"cat /proc/net/{file}")
                assert f"{name}-eth0" in shown and f"{name}-eth1" in shown, shown
        assert isinstance(network.multicast, Multicast) and len(network.multicast.segments) == 3


@pytest.mark.parametrize("switch", SWITCHES)
def test_routers(switch: str) -> None:
    run(routers, switch)


def threshold(switch: str) -> None:
    """A TTL at the threshold stays, one above it passes both routers; what is above but local does not."""
    with Network(Scopes(1, threshold=16), switch=switch) as network:
        net = network.net
        heard = {}
        for place, (group, ttl) in enumerate((("224.1.1.1", 16), ("239.255.1.1", 64), ("224.1.1.1", 18), ("239.192.1.1", 64))):
            with visiting(net["h3"].pid):
                member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                member.bind(("", 5000 + place))
                index = socket.if_nametoindex("h3-eth0")
                member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4xi", socket.inet_aton(group), index))
            with visiting(net["h1"].pid):
                sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
            sender.sendto(b"x", (group, 5000 + place))
            heard[group, ttl] = member
        heard["239.192.1.1", 64].settimeout(10)
        assert heard["239.192.1.1", 64].recv(9) == b"x", "the last one sent, and the others were sent before"
        heard["224.1.1.1", 18].settimeout(10)
        assert heard["224.1.1.1", 18].recv(9) == b"x"
        for stays in (("224.1.1.1", 16), ("239.255.1.1", 64)):
            heard[stays].setblocking(False)
            with pytest.raises(BlockingIOError):
                heard[stays].recv(9)


@pytest.mark.parametrize("switch", SWITCHES)
def test_threshold(switch: str) -> None:
    run(threshold, switch)


@pytest.mark.parametrize(
    ("source", "group", "boundary", "passes"),
    [
        ("2001:db8::1", "ff12::1", 2, False),
        ("2001:db8::1", "ff15::1", 2, True),
        ("2001:db8::1", "ff05::1", 5, False),
        ("2001:db8::1", "ff18::1", 5, True),
        ("2001:db8::1", "ff1e::1", 5, True),
        ("fe80::1", "ff1e::1", 2, False),
        ("2001:db8::1", "ff11::1", 0, False),
        ("10.0.0.1", "224.0.0.251", 0, False),
        ("10.0.0.1", "239.253.1.1", 5, False),
        ("10.0.0.1", "239.253.1.1", 2, True),
        ("10.0.0.1", "239.192.1.1", 5, True),
        ("10.0.0.1", "239.192.1.1", 8, False),
        ("10.0.0.1", "224.0.1.1", 8, True),
        ("10.0.0.1", "224.0.1.1", 14, False),
        ("169.254.0.1", "224.1.1.1", 2, False),
    ],
)
def test_what_a_router_hands_on(source: str, group: str, boundary: int, passes: bool) -> None:
    assert handed_on(ipaddress.ip_address(source), ipaddress.ip_address(group), boundary) == passes


def test_addresses_of_groups() -> None:
    """RFC 1112 section 6.4 (32 groups share an address) and RFC 2464 section 7."""
    def shown(text: str) -> str:
        return group_mac(ipaddress.ip_address(text)).hex(":")

    assert shown("224.1.1.1") == shown("225.129.1.1") == "01:00:5e:01:01:01"
    assert shown("239.255.255.255") == "01:00:5e:7f:ff:ff"
    assert shown("ff1e::801:101") == "33:33:08:01:01:01"


def test_queries_are_well_formed() -> None:
    """What tshark says of them, checksums included, is in the scenarios; here, their lengths and addresses."""
    igmp, mld = general(3, 0.1)
    assert igmp[:6].hex(":") == "01:00:5e:00:00:01" and igmp[38:40] == b"\x11\x01" and len(igmp) == 14 + 24 + 12
    assert mld[:6].hex(":") == "33:33:00:00:00:01" and mld[62] == 130 and len(mld) == 14 + 40 + 8 + 28


def test_tables() -> None:
    names = {"1": "s1-eth1", "2": "s1-eth2"}
    text = " port  VLAN  GROUP                Age\n    1     0  224.1.1.1           5\n    2     0  224.1.1.1  7\nLOCAL     0  querier  3\n"
    table = parse_open_vswitch(text, names)
    assert table.members == {GROUPS[0]: {"s1-eth1", "s1-eth2"}} and table.routers == {"LOCAL"}
    with pytest.raises(ValueError, match="no bridge"):
        parse_open_vswitch("heading\nno bridge by that name is here\n", names)
    text = (
        '[{"mdb":[{"dev":"s2","port":"s2-eth1","grp":"ff15::801:101"},{"dev":"s3","port":"s3-eth1","grp":"224.1.1.1"}],'
        '"router":{"s2":[{"port":"s2-eth2"}]}}]'
    )
    table = parse_bridge(text, "s2")
    assert table.members == {GROUPS[1]: {"s2-eth1"}} and table.routers == {"s2-eth2"}
