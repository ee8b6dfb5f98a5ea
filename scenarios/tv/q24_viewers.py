"""N viewers cost the sender's link N streams by unicast, and one by multicast.

Unicast sends a copy to each viewer: the load grows in proportion to their number, and a link of 0.7 Mbit/s is full with
the first. Multicast sends one datagram whoever listens; copies are made by the switch, where the ways part. The price is
paid elsewhere: groups need routers that take part, and nobody can ask for what is lost.
"""

from harness import about, equals, scenario
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.streams import PAYLOAD, RATE, send, watch
from topologies.single import Single

GROUP, SECONDS, MOST = "226.1.1.1", 3, 20
ONE = RATE * (PAYLOAD + 42) / PAYLOAD  # bit/s of a stream on the wire, headers included
COUNTS = (1, 2, 5, 10, MOST)


@scenario(
    "tv.q24-viewers", question="Unicast and multicast to N viewers: the load on the sender's link", topology=Single(MOST + 1),
    roles=["tv-sender", "tv-probe"], seconds=20, load=0.4, captures=[f"h{MOST + 1}-eth0"], snaplen=64,
    needs={"tv-sender": ["file", "interface", "duration"], "tv-probe": ["group", "interface", "idle_timeout", "json"]},
)  # fmt: skip
def viewers(lab):
    *hosts, source = lab.hosts.values()
    with lab.step("1 to 20 viewers: a copy to each, and beside it one stream to their group", id="senders"):
        players = {count: _send(lab, source, hosts[:count]) for count in COUNTS}

    with lab.step("The load on the sender's link", id="load"):
        loads = {"unicast": [], "multicast": []}
        for count in COUNTS:
            for kind, port in (("unicast", 5000 + count), ("multicast", 6000 + count)):
                loads[kind].append(lab.packets(source, f"udp.dstport == {port}").bytes * 8 / SECONDS)
            ways = {5000 + count: str(hosts[0]), 6000 + count: GROUP}
            told = lambda: "; ".join(f"to {to}, {story(lab, port, source, to=to)()}" for port, to in ways.items())  # noqa: E731
            errors = sum(player.report()["continuity_errors"] for player in players[count])
            lab.expect(errors, equals(0), f"all that is sent reaches each of {count} viewers: continuity errors", id="errors", hint=told)
            unicast = about(count * ONE, percent=3, unit="bit/s")
            lab.expect(loads["unicast"][-1], unicast, f"{count} × one stream by unicast to {count}", id="unicast", hint=told)
            group = about(ONE, percent=3, unit="bit/s")
            lab.expect(loads["multicast"][-1], group, f"one stream by multicast to {count}", id="multicast", hint=told)
        bars = {kind: dict(zip(map(str, COUNTS), (load / 1e6 for load in row))) for kind, row in loads.items()}
        lab.plot_bars("load", "What N viewers cost the sender's link", bars, "load (Mbit/s)")


def _send(lab, source, hosts):
    """One after another: viewers by unicast and by multicast, and who sends to them; the viewers."""
    unicast, multicast = 5000 + len(hosts), 6000 + len(hosts)
    players = [watch(host, unicast, save="/dev/null") for host in hosts]
    players += [watch(host, multicast, group=GROUP, interface=host.interface, save="/dev/null") for host in hosts]
    senders = [send(source, GROUP, multicast, interface=source.interface, duration=SECONDS)]
    senders += [send(source, host, unicast, duration=SECONDS) for host in hosts]
    lab.wait(*senders, deadline=SECONDS + 10)
    return players
