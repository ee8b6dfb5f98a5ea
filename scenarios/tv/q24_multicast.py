"""One stream to a group serves both viewers through the 0.7 Mbit/s link that two copies overload.

A host joins the group 226.1.1.1 on one interface, and says so by IGMP. Which interface, the route to the group decides:
without one (these hosts have no default route) the join fails with ENODEV, the sending with ENETUNREACH, before a packet
leaves. With `route add -net 224.0.0.0 netmask 224.0.0.0 dev h1-eth0` both work. h3 then sends the clip once, 638 kbit/s on
its link whatever the number of viewers, and the switch hands a copy to each: both see every picture, where two copies lose
nearly half of their packets (how they share the link is chance: two steady streams before a full queue keep step, and
it may be the same one that is always too late).
"""

from harness import above, equals, scenario
from scenarios.tv.kit import group
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import send, watch
from scenarios.tv.kit.viewing import reach_the_end, shows_all
from topologies.single import Single


@scenario(
    "tv.q24", question="Multicast to 226.1.1.1: VLC on h1 and h2, sender on h3", topology=Single(3, bw=0.7),
    roles=["tv-sender", "tv-probe"], needs={"tv-sender": ["file"], "tv-probe": ["group", "idle_timeout", "json"]},
    seconds=80, load=0.15, snaplen=128,
)  # fmt: skip
def multicast(lab):
    viewers = (lab.h1, lab.h2)
    with lab.step("Without a route to the group", id="no-route"):
        group.fail_without_route(lab)

    with lab.step("With a route; a player joins, and says so by IGMP", id="join"):
        for host in (*viewers, lab.h3):
            host.run("route", "add", "-net", "224.0.0.0", "netmask", "224.0.0.0", "dev", host.interface)
        probes = [watch(host, group=group.ADDRESS, save="/dev/null") for host in viewers]
        players = [play(host, group.ADDRESS) for host in viewers]
        for host in viewers:
            report = lab.wait_for_packet(host, f"igmp.maddr == {group.ADDRESS}", what=f"{host.name}'s report of its membership")
            lab.expect(report, above(0), f"{host.name} reports its membership")

    with lab.step("For comparison: two copies, one to each host", id="copies"):
        copies, began = group.two_copies(lab, viewers)

    with lab.step("One stream to the group", id="stream"):
        sender = send(lab.h3, group.ADDRESS)
        reach_the_end(lab, [sender.wait(80)])
        lab.at(2, since=sender.ended)
        shown = [player.stop(pictures(lab)) for player in players]
        seen = group.passed_once(lab, (lab.h3, *viewers))

    with lab.step("What the viewers see", id="viewers"):
        clip = lab.asset("clip.ts").stat().st_size
        for host, probe, played in zip(viewers, probes, shown):
            way = story(lab, 5000, lab.h3, host, to=group.ADDRESS)
            shows_all(lab, played, host, way)
            report = probe.report()
            lab.expect(report["bytes"], equals(clip, "bytes"), f"tv-probe on {host.name} gets all of it", id="bytes", hint=way)
            lab.expect(report["continuity_errors"], equals(0), f"without a continuity error on {host.name}", id="continuity", hint=way)
            lab.expect(report["player"]["stalls"], equals(0), f"and its player never stands still on {host.name}", id="player", hint=way)

    with lab.step("Unicast beside it", id="unicast", should=True):
        group.beside_unicast(lab, seen, copies, began, sender.started)
