"""Two copies of the stream do not fit into 0.7 Mbit/s: from the second viewer's start on, both pictures come late.

One stream needs 638 kbit/s (658 with headers): h2's link carries it, and h1 sees a faultless picture. The second copy
doubles the need; the link gives 0.7 Mbit/s, which the two share. Nothing is lost here, for Mininet's queue holds 1,000
packets, more than the two sockets' buffers can fill: a full buffer makes the sender wait (back-pressure), so that both
streams come in slow motion, later and later. The players starve: VLC halts and drags. With a short queue the same shortage
shows as loss (tv.q14-queue).
"""

import time

from harness import Drops, about, above, below, between, ended, equals, scenario, wait_until_empty
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import RATE, lateness, payload, payload_rate, summary, summary_file, watch
from topologies.single import Single

SECOND = 30  # s: when the second viewer joins, and how long it watches
SHARED = 0.7e6 * 1316 / 1358  # bit/s that are left of the link for payload, behind headers of 42 bytes


@scenario(
    "tv.q14", question="bw=0.7: h2 sends to h1, and from the middle of the clip to h3 too",
    topology=Single(3, bw=0.7, queue="mininet", means="netem"), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json"]}, seconds=80, load=0.1, snaplen=128,
)  # fmt: skip
def two_viewers(lab):
    lab.step(f"One command line on h2: the clip to h1, and after {SECOND} s for another {SECOND} s to h3 too")
    drops = Drops(lab, "h2-eth0", "s1-eth1", "s1-eth3")
    vlc, probe = play(lab.h1), watch(lab.h3, save="")
    common = {"port": 5000, "file": lab.asset("clip.ts")}
    first, second = (
        ("tv-sender", {"host": host, "json": summary_file(host), **common, **more})
        for host, more in ((lab.h1, {}), (lab.h3, {"duration": SECOND}))
    )
    senders = lab.h2.start_line("tv-senders", after=SECOND, first=first, second=second)
    # A sender that cannot be told a duration sends the whole clip to h3, too.
    for status in senders.wait(150).values():
        lab.expect(status, ended, "the senders reach the end of the clip")
    wait_until_empty(lab, lab.h2.interface)
    start, last = senders.started, time.time()
    lab.at(2, since=last)
    played, report = vlc.stop(pictures(lab)), probe.report()
    arriving = {host: lab.packets(host, f"udp.dstport == 5000 and ip.dst == {host}") for host in (lab.h1, lab.h3)}
    joined = arriving[lab.h3].times[0]
    rates = {host: payload_rate(packets, 1.0, start, last) for host, packets in arriving.items()}

    lab.step("Before: one stream fits")
    began = arriving[lab.h1].times[0]  # some programs take seconds to start
    lab.expect(rates[lab.h1].between(began + 1, joined).mean, about(RATE, percent=2, unit="bit/s"), "h1 gets the clip's rate")
    lab.expect(lateness(arriving[lab.h1].between(start, joined)).max(), below(0.5, "s"), "no datagram comes late")

    lab.step("After: both share the link")
    both = {host: rate.between(joined + 3, joined + SECOND - 2) for host, rate in rates.items()}
    lab.expect(sum(rate.mean for rate in both.values()), about(SHARED, percent=2, unit="bit/s"), "both together get what the link carries")
    for host, rate in both.items():
        lab.expect(rate.mean, between(0.35 * SHARED, 0.65 * SHARED, "bit/s"), f"{host.name} gets about half of it")
        lab.expect(lateness(arriving[host]).max(), above(10, "s"), f"the datagrams reach {host.name} later and later")
    lab.expect(played.showing.delay, above(10, "s"), "VLC on h1 needs longer for the clip than the clip lasts, by")
    lab.expect(len(played.showing.stalls()), above(0), "VLC stands still")
    lab.expect(report["player"]["stalls"], above(5), "so does the player on h3")
    lab.expect(report["player"]["late_seconds"], above(5, "s"), "what comes too late at h3")

    lab.step("Where? Before the link: the senders wait for their full socket buffers, and nothing is lost")
    for host in (lab.h1, lab.h3):
        if told := summary(host):
            lab.expect(told["blocked_seconds"], above(5, "s"), f"the sender to {host.name} had to wait for")
    clip = lab.asset("clip.ts").stat().st_size
    lab.expect(payload(arriving[lab.h1]), equals(clip, "bytes"), "every byte of the clip reaches h1", on=arriving[lab.h1])
    lab.expect(report["continuity_errors"], equals(0), "h3 misses no TS packet")
    lab.expect(sum(drops.counts().values()), equals(0), "no queue dropped anything")
    lab.plot("rates", {
        "title": "Two viewers on 0.7 Mbit/s", "x_label": "time (s)",
        "panels": [
            {"title": "What arrives", "y_label": "payload (kbit/s)", "lines": [{"y": RATE / 1e3, "label": "the clip's rate"}],
             "series": [{"label": host.name, "style": "step", "x": list(rate.times - start), "y": list(rate.values / 1e3)}
                        for host, rate in rates.items()]},
            {"title": "How late", "y_label": "lateness (s)",
             "series": [{"label": host.name, "x": list(p.times - start), "y": list(lateness(p))}
                        for host, p in arriving.items()]},
        ],
    })  # fmt: skip
