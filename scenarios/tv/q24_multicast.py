"""One stream to a group serves both viewers through the 0.7 Mbit/s link that two copies overload.

A host joins the group 226.1.1.1 on one interface, and says so by IGMP. Which interface, the route to the group decides:
without one (these hosts have no default route) the join fails with ENODEV, the sending with ENETUNREACH, before a packet
leaves. With `route add -net 224.0.0.0 netmask 224.0.0.0 dev h1-eth0` both work. h3 then sends the clip once, 638 kbit/s on
its link whatever the number of viewers, and the switch hands a copy to each: both see every picture, where two copies lose
nearly half of their packets (how they share the link is chance: two steady streams before a full queue keep step, and
it may be the same one that is always too late).
"""

from harness import about, above, between, contains, ended, equals, matches, scenario, wait_until_empty
from scenarios.tv.kit import wire
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import RATE, payload, payload_rate, send, watch
from topologies.single import Single

HALT = 1  # s that a picture must stand too long to count
MOST = 0.98  # of the pictures: VLC never shows a file's last four, and leaves some out when the machine is busy
# VLC keeps 1,316 bytes of a stream's first datagram: of one of 7,975, as the sheet has it, it loses the first 50 pictures.
MOST_OF_LARGE = 0.95
GROUP, UNICAST = "226.1.1.1", 10  # s of unicast, for comparison
SHARED = 0.7e6 * 1316 / 1358  # bit/s that are left of the link for payload, behind headers of 42 bytes


@scenario(
    "tv.q24", question="Multicast to 226.1.1.1: VLC on h1 and h2, sender on h3", topology=Single(3, bw=0.7),
    roles=["tv-sender", "tv-probe"], needs={"tv-sender": ["file"], "tv-probe": ["group", "idle_timeout", "json"]},
    seconds=80, load=0.15, snaplen=128,
)  # fmt: skip
def multicast(lab):
    viewers = (lab.h1, lab.h2)
    lab.step("Without a route to the group")
    joining = lab.h1.start("tv-probe", group=GROUP, port=5000)
    sending = lab.h3.start("tv-sender", host=GROUP, port=5000, file=lab.asset("clip.ts"))
    for program, told in ((joining, "No such device"), (sending, "Network is unreachable")):
        lab.expect(program.wait(), between(1, 255).ideally(1), f"{program.name} fails")
        lab.expect(program.output + program.errors, matches(r"\w{3}").ideally(contains(told)), "and says why")
        lab.show_output(program)
    lab.expect(lab.packets(lab.h1, f"igmp.maddr == {GROUP}"), equals(0), "h1 has told nobody of the group")

    lab.step("With a route; a player joins, and says so by IGMP")
    for host in (*viewers, lab.h3):
        host.run("route", "add", "-net", "224.0.0.0", "netmask", "224.0.0.0", "dev", host.interface)
    probes = [watch(host, group=GROUP, save="/dev/null") for host in viewers]
    players = [play(host, GROUP) for host in viewers]
    for host in viewers:
        lab.expect(lab.wait_for_packet(host, f"igmp.maddr == {GROUP}"), above(0), f"{host.name} reports its membership")

    lab.step("For comparison: two copies, one to each host")
    copies = [watch(host, 5002, save="/dev/null") for host in viewers]
    senders = [send(lab.h3, host, 5002) for host in viewers]
    lab.at(UNICAST, since=senders[-1])
    for one in senders:
        one.interrupt()
    lab.wait(*senders, deadline=10)
    wait_until_empty(lab, lab.h3.interface)

    lab.step("One stream to the group")
    sender = send(lab.h3, GROUP)
    lab.expect(sender.wait(80), ended, "the sender reaches the end of the clip")
    lab.at(2, since=sender.ended)
    shown = [player.stop(pictures(lab)) for player in players]

    seen = {host: lab.packets(host, f"udp.dstport == 5000 and ip.dst == {GROUP}") for host in (lab.h3, *viewers)}
    clip = lab.asset("clip.ts").stat().st_size
    lab.expect({one["ip.ttl"] for one in seen[lab.h3]}, equals({1}), "the time to live of what h3 sends: it stays on the link", should=True)
    sent = payload(seen[lab.h3])
    lab.expect(sent, equals(clip, "bytes"), "h3 sends the clip once", on=seen[lab.h3], whatever_lag=sent > clip)
    for host, packets in seen.items():
        lab.expect(wire.payload_rate(packets), about(RATE, percent=2, unit="bit/s"), f"one stream passes {host.name}'s link")
    for host, probe, played in zip(viewers, probes, shown):
        showing, report = played.showing, probe.report()
        intact = above(MOST_OF_LARGE * showing.total).ideally(above(MOST * showing.total))
        lab.expect(showing.intact, intact, f"VLC on {host.name} shows the pictures intact")
        lab.expect(played.log.bufferings, equals(1), f"it fills its buffer once, and never again, on {host.name}")
        lab.expect(len(showing.stalls(HALT)), equals(0), f"it never stands still on {host.name}")
        lab.expect(report["bytes"], equals(clip, "bytes"), f"tv-probe on {host.name} gets all of it")
        lab.expect(report["continuity_errors"], equals(0), "without a continuity error")
        lab.expect(report["player"]["stalls"], equals(0), "and its player never stands still")

    with lab.step("Unicast beside it", should=True):
        compare(lab, seen, copies, senders[0].started, sender.started)


def compare(lab, seen, copies, unicast_began, group_began):
    """What passed the links in the first seconds of unicast, to a probe on each of two hosts, and of multicast."""

    def first_seconds(begin, port):
        return {host.name: payload_rate(lab.packets(host, f"udp.dstport == {port}"), 0.5, begin, begin + UNICAST) for host in seen}

    unicast, group = first_seconds(unicast_began, 5002), first_seconds(group_began, 5000)
    both = sum(unicast[copy.program.host.name].between(unicast_began + 2, unicast_began + UNICAST).mean for copy in copies)
    lab.expect(both, about(SHARED, percent=2, unit="bit/s"), "two copies share what h3's link carries")
    lab.expect(sum(copy.report()["continuity_errors"] for copy in copies), above(20), "parts of them are missing: continuity errors")
    lab.plot("unicast-multicast", {
        "title": "Two viewers on 0.7 Mbit/s", "x_label": "time (s)", "y_label": "payload (kbit/s)", "layout": "columns",
        "panels": [
            {"title": title, "lines": [{"y": RATE / 1e3, "label": "the clip's rate"}], "series": [
                {"label": f"{name}'s link", "style": "step", "x": list(rate.times - begin), "y": list(rate.values / 1e3)}
                for name, rate in rates.items()
            ]}
            for title, rates, begin in (("two copies by unicast", unicast, unicast_began), ("one by multicast", group, group_began))
        ],
    })  # fmt: skip
