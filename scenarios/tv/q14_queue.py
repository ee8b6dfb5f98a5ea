"""The same two copies before a queue of 20 packets: nobody waits, and what does not fit is lost in h2's queue.

A queue of 20 packets (a third of a second) is full before any socket's buffer is, so that the senders keep their pace and
the kernel drops what finds no room: nearly half of all datagrams. The streams come in time, but full of holes. Where a
packet was lost is told by the counters along its way: sent by the program, dropped by h2's queue, passed by the switch's. Who
loses most is chance: the stream whose datagrams come just behind the other's finds the place taken.
"""

from harness import Drops, about, above, below, equals, scenario, wait_until_empty
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.hosts import queue
from scenarios.tv.kit.streams import RATE, SHARED, payload, payload_rate, send_to_two, summary, watch
from scenarios.tv.kit.viewing import reach_the_end
from topologies.single import Single

ALONE, TOGETHER = 8, 16  # s


@scenario(
    "tv.q14-queue", question="bw=0.7 and two viewers: what a short queue does", topology=Single(3, bw=0.7),
    roles=["tv-sender", "tv-probe"], needs={"tv-sender": ["file", "duration"], "tv-probe": ["idle_timeout", "json"]},
    seconds=30, load=0.1, snaplen=128,
)  # fmt: skip
def two_viewers_and_a_short_queue(lab):
    with lab.step(f"h2 sends to h1 for {ALONE + TOGETHER} s, from {ALONE} s on to h3 too", id="senders"):
        drops = Drops(lab, "h2-eth0", "s1-eth1", "s1-eth3")
        viewers = {host: watch(host, save="/dev/null") for host in (lab.h1, lab.h3)}
        senders = send_to_two(lab, ALONE, {"duration": ALONE + TOGETHER}, {"duration": TOGETHER})
        reach_the_end(lab, senders.wait(ALONE + TOGETHER + 10).values())
        wait_until_empty(lab, lab.h2.interface)
        reports = {host: viewer.report() for host, viewer in viewers.items()}

    with lab.step("Before: one stream fits. After: both share the link", id="rates"):
        arriving = {host: lab.packets(host, f"udp.dstport == 5000 and ip.dst == {host}") for host in viewers}
        rates = {host: payload_rate(packets, 0.5, senders.started, senders.ended) for host, packets in arriving.items()}
        began, joined = (packets[0].time for packets in arriving.values())
        alone = rates[lab.h1].between(began + 1, joined).mean
        lab.expect(alone, about(RATE, percent=2, unit="bit/s"), "h1 gets the clip's rate", id="alone", hint=story(lab, 5000, lab.h1))
        together = sum(rate.between(joined + 1, joined + TOGETHER - 1).mean for rate in rates.values())
        lab.expect(together, about(SHARED, percent=2, unit="bit/s"), "both together get what the link carries", id="together")

    with lab.step("Where is the rest? Neither at the senders nor at the switch: h2's queue dropped it", id="where"):
        dropped = drops.counts()
        if told := [one for one in map(summary, viewers) if one]:
            lab.expect(sum(one["blocked"] for one in told), equals(0), "no sender had to wait", id="waited", hint=lambda: queue(lab.h2))
            lab.expect(max(one["lateness_max_us"] for one in told) / 1e6, below(0.5, "s"), "none was late by more than", id="late")
            missing = sum(one["datagrams"] + one["no_buffer_space"] for one in told) - sum(map(len, arriving.values()))
            # A few that it drops are ARP's and IPv6's own.
            lab.expect(missing, about(dropped["h2-eth0"], by=10), "what the players miss is what h2's queue dropped", id="missing")
        lab.expect(dropped["h2-eth0"], above(100), "h2's queue dropped packets", id="dropped", hint=lambda: queue(lab.h2))
        lab.expect(dropped["s1-eth1"] + dropped["s1-eth3"], equals(0), "the switch's queues dropped nothing", id="switch")
        came = sum(payload(packets.between(joined, joined + TOGETHER)) for packets in arriving.values())
        lost = 100 - 100 * came * 8 / (2 * RATE * TOGETHER)
        lab.expect(lost, about(100 - 50 * SHARED / RATE, by=3, unit="%"), "of both streams is lost from then on", id="share")
        errors = sum(report["continuity_errors"] for report in reports.values())
        lab.expect(errors, above(50), "tv-probe sees the holes: continuity errors", id="holes")
        title = "Two viewers on 0.7 Mbit/s, a queue of 20 packets"
        lab.plot_rates("rates", title, rates, since=senders.started, what="payload", lines={"the clip's rate": RATE})
