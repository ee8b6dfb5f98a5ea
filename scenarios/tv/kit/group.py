"""Multicast to a group: without a route to it, once for two viewers, and beside it two copies by unicast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness import about, above, between, contains, equals, matches, wait_until_empty
from harness.evidence.capture.packets import Packets
from scenarios.tv.kit import wire
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.streams import RATE, SHARED, Viewer, payload, payload_rate, send, watch

ADDRESS, UNICAST = "226.1.1.1", 10  # s of unicast, for comparison


def fail_without_route(lab: Any) -> None:
    """Who joins on h1 and who sends on h3 fail, and say why; nothing leaves h1."""
    joining = lab.h1.start("tv-probe", group=ADDRESS, port=5000)
    sending = lab.h3.start("tv-sender", host=ADDRESS, port=5000, file=lab.asset("clip.ts"))
    for program, told in ((joining, "No such device"), (sending, "Network is unreachable")):
        lab.expect(program.wait(), between(1, 255).ideally(1), f"{program.name} fails", id="status")
        lab.expect(program.output + program.errors, matches(r"\w{3}").ideally(contains(told)), "and says why", id="message")
        lab.show_output(program)
    lab.expect(lab.packets(lab.h1, f"igmp.maddr == {ADDRESS}"), equals(0), "h1 has told nobody of the group", id="nobody")


def two_copies(lab: Any, viewers: Iterable[Any]) -> tuple[list[Viewer], float]:
    """For ten seconds h3 sends the clip to each viewer by unicast: who watches that, and when it began (seconds since the epoch)."""
    copies = [watch(host, 5002, save="/dev/null") for host in viewers]
    senders = [send(lab.h3, host, 5002) for host in viewers]
    lab.at(UNICAST, since=senders[-1])
    for one in senders:
        one.interrupt()
    lab.wait(*senders, deadline=10)
    wait_until_empty(lab, lab.h3.interface)
    return copies, senders[0].started


def passed_once(lab: Any, hosts: Sequence[Any]) -> dict[Any, Packets]:
    """The first host sends the clip to the group once, and one stream passes the link of each: what did."""
    sender = hosts[0]
    seen = {host: lab.packets(host, f"udp.dstport == 5000 and ip.dst == {ADDRESS}") for host in hosts}
    hops = "the time to live of what h3 sends: it stays on the link"
    lab.expect(set(seen[sender].values("ip.ttl")), equals({1}), hops, should=True, id="time-to-live")
    clip, sent = lab.asset("clip.ts").stat().st_size, payload(seen[sender])
    told = story(lab, 5000, sender, to=ADDRESS)
    once = f"{sender.name} sends the clip once"
    lab.expect(sent, equals(clip, "bytes"), once, on=seen[sender], whatever_lag=sent > clip, id="once", hint=told)
    for host, packets in seen.items():
        lab.expect(
            wire.payload_rate(packets), about(RATE, percent=2, unit="bit/s"), f"one stream passes {host.name}'s link", id="rate",
            hint=story(lab, 5000, host, to=ADDRESS),
        )  # fmt: skip
    return seen


def beside_unicast(lab: Any, seen: Mapping[Any, Packets], copies: Sequence[Viewer], unicast_began: float, group_began: float) -> None:
    """What passed the links in the first seconds of unicast, to a probe on each of two hosts, and of multicast."""

    def first_seconds(begin: float, port: int) -> dict[str, Any]:
        return {host.name: payload_rate(lab.packets(host, f"udp.dstport == {port}"), 0.5, begin, begin + UNICAST) for host in seen}

    unicast, group = first_seconds(unicast_began, 5002), first_seconds(group_began, 5000)
    both = sum(unicast[copy.program.host.name].between(unicast_began + 2, unicast_began + UNICAST).mean for copy in copies)
    lab.expect(both, about(SHARED, percent=2, unit="bit/s"), "two copies share what h3's link carries", id="together")
    errors = sum(copy.report()["continuity_errors"] for copy in copies)
    lab.expect(errors, above(20), "parts of them are missing: continuity errors", id="missing")
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
