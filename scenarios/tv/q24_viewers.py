"""N viewers cost the sender's link N streams by unicast, and one by multicast.

Unicast sends a copy to each viewer: the load grows in proportion to their number, and a link of 0.7 Mbit/s is full with
the first. Multicast sends one datagram whoever listens; copies are made by the switch, where the ways part. The price is
paid elsewhere: groups need routers that take part, and nobody can ask for what is lost.
"""

from harness import about, equals, scenario
from scenarios.tv.kit.streams import PAYLOAD, RATE, send, watch
from topologies.single import Single

GROUP, SECONDS, MOST = "226.1.1.1", 3, 20
ONE = RATE * (PAYLOAD + 42) / PAYLOAD  # bit/s of a stream on the wire, headers included


@scenario(
    "tv.q24-viewers", question="Unicast and multicast to N viewers: the load on the sender's link", topology=Single(MOST + 1),
    roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file", "interface", "duration"], "tv-probe": ["group", "interface", "idle_timeout", "json"]},
    seconds=20, load=0.4, captures=[f"h{MOST + 1}-eth0"], snaplen=64,
)  # fmt: skip
def viewers(lab):
    *hosts, source = lab.hosts.values()
    loads, players, counts = {"unicast": [], "multicast": []}, {}, (1, 2, 5, 10, MOST)
    for count in counts:
        lab.step(f"{count} viewers: a copy to each, and beside it one stream to their group")
        unicast, multicast = 5000 + count, 6000 + count
        players[count] = [watch(host, unicast, save="/dev/null") for host in hosts[:count]]
        players[count] += [watch(host, multicast, group=GROUP, interface=host.interface, save="/dev/null") for host in hosts[:count]]
        senders = [send(source, GROUP, multicast, interface=source.interface, duration=SECONDS)]
        senders += [send(source, host, unicast, duration=SECONDS) for host in hosts[:count]]
        lab.wait(*senders, deadline=SECONDS + 10)
    for count in counts:
        loads["unicast"].append(lab.packets(source, f"udp.dstport == {5000 + count}").bytes * 8 / SECONDS)
        loads["multicast"].append(lab.packets(source, f"udp.dstport == {6000 + count}").bytes * 8 / SECONDS)

    lab.step("The load on the sender's link")
    for count, copies, group in zip(counts, loads["unicast"], loads["multicast"]):
        errors = sum(player.report()["continuity_errors"] for player in players[count])
        lab.expect(errors, equals(0), f"all that is sent reaches each of {count} viewers: continuity errors")
        lab.expect(copies, about(count * ONE, percent=3, unit="bit/s"), f"{count} × one stream by unicast to {count}")
        lab.expect(group, about(ONE, percent=3, unit="bit/s"), f"one stream by multicast to {count}")
    lab.plot("load", {
        "title": "What N viewers cost the sender's link", "x_label": "viewers", "y_label": "load (Mbit/s)",
        "panels": [{
            "lines": [{"y": 0.7, "label": "the link of q14"}],
            "series": [{"label": kind, "x": counts, "y": [load / 1e6 for load in row]} for kind, row in loads.items()],
        }],
    })  # fmt: skip
