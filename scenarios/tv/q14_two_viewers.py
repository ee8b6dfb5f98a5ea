"""Two copies of the stream do not fit into 0.7 Mbit/s: from the second viewer's start on, both pictures come late.

One stream needs 638 kbit/s (658 with headers): h2's link carries it, and h1 sees a faultless picture. The second copy
doubles the need; the link gives 0.7 Mbit/s, which the two share. Nothing is lost here, for Mininet's queue holds 1,000
packets, more than the two sockets' buffers can fill: a full buffer makes the sender wait (back-pressure), so that both
streams come in slow motion, later and later. The players starve: VLC halts and drags. With a short queue the same shortage
shows as loss (tv.q14-queue).
"""

import time

from harness import Drops, about, above, below, between, equals, scenario, wait_until_empty
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import RATE, SHARED, lateness, payload, payload_rate, send_to_two, summary, watch
from scenarios.tv.kit.viewing import reach_the_end
from topologies.single import Single

SECOND = 30  # s: when the second viewer joins, and how long it watches


@scenario(
    "tv.q14", question="bw=0.7: h2 sends to h1, and from the middle of the clip to h3 too",
    topology=Single(3, bw=0.7, queue="mininet", means="netem"), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json"]}, seconds=80, load=0.1, snaplen=128,
)  # fmt: skip
def two_viewers(lab):
    with lab.step(f"One command line on h2: the clip to h1, and after {SECOND} s for another {SECOND} s to h3 too", id="senders"):
        drops = Drops(lab, "h2-eth0", "s1-eth1", "s1-eth3")
        vlc, probe = play(lab.h1), watch(lab.h3, save="")
        senders = send_to_two(lab, SECOND, {}, {"duration": SECOND})
        # A sender that cannot be told a duration sends the whole clip to h3, too.
        reach_the_end(lab, senders.wait(150).values())
        wait_until_empty(lab, lab.h2.interface)
        start, last = senders.started, time.time()
        lab.at(2, since=last)
        played, report = vlc.stop(pictures(lab)), probe.report()

    with lab.step("Before: one stream fits", id="before"):
        arriving = {host: lab.packets(host, f"udp.dstport == 5000 and ip.dst == {host}") for host in (lab.h1, lab.h3)}
        rates = {host: payload_rate(packets, 1.0, start, last) for host, packets in arriving.items()}
        began, joined = (packets[0].time for packets in arriving.values())  # some programs take seconds to start
        links = {host: story(lab, 5000, lab.h2, host, to=str(host)) for host in arriving}
        alone = rates[lab.h1].between(began + 1, joined).mean
        lab.expect(alone, about(RATE, percent=2, unit="bit/s"), "h1 gets the clip's rate", id="rate", hint=links[lab.h1])
        lab.expect(lateness(arriving[lab.h1].between(start, joined)).max(), below(0.5, "s"), "no datagram comes late", id="late")

    with lab.step("After: both share the link", id="after"):
        both = {host: rate.between(joined + 3, joined + SECOND - 2) for host, rate in rates.items()}
        together = sum(rate.mean for rate in both.values())
        lab.expect(together, about(SHARED, percent=2, unit="bit/s"), "both together get what the link carries", id="together")
        for host, rate in both.items():
            half = between(0.35 * SHARED, 0.65 * SHARED, "bit/s")
            lab.expect(rate.mean, half, f"{host.name} gets about half of it", id="half", hint=links[host])
            lab.expect(lateness(arriving[host]).max(), above(10, "s"), f"the datagrams reach {host.name} later and later", id="late")
        longer = "VLC on h1 needs longer for the clip than the clip lasts, by"
        lab.expect(played.showing.delay, above(10, "s"), longer, id="delay", hint=links[lab.h1])
        lab.expect(len(played.showing.stalls()), above(0), "VLC stands still", id="stalls")
        lab.expect(report["player"]["stalls"], above(5), "so does the player on h3", id="player", hint=links[lab.h3])
        lab.expect(report["player"]["late_seconds"], above(5, "s"), "what comes too late at h3", id="too-late", hint=links[lab.h3])

    with lab.step("Where? Before the link: the senders wait for their full socket buffers, and nothing is lost", id="where"):
        for host in (lab.h1, lab.h3):
            if told := summary(host):
                lab.expect(told["blocked_seconds"], above(5, "s"), f"the sender to {host.name} had to wait for", id="waited")
        clip, came = lab.asset("clip.ts").stat().st_size, arriving[lab.h1]
        lab.expect(payload(came), equals(clip, "bytes"), "every byte of the clip reaches h1", on=came, id="bytes", hint=links[lab.h1])
        lab.expect(report["continuity_errors"], equals(0), "h3 misses no TS packet", id="continuity", hint=links[lab.h3])
        lab.expect(sum(drops.counts().values()), equals(0), "no queue dropped anything", id="drops")
        lab.plot_rates("rates", "Two viewers on 0.7 Mbit/s", rates, since=start, what="payload", lines={"the clip's rate": RATE})
        late = {host: (packets.times, lateness(packets)) for host, packets in arriving.items()}
        lab.plot_over_time("lateness", "How late what arrives is", late, "lateness (s)", since=start)
