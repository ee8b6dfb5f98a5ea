"""The same two copies before a queue of 20 packets: nobody waits, and what does not fit is lost in h2's queue.

A queue of 20 packets (a third of a second) is full before any socket's buffer is, so that the senders keep their pace and
the kernel drops what finds no room: nearly half of all datagrams. The streams come in time, but full of holes. Where a
packet was lost is told by the counters along its way: sent by the program, dropped by h2's queue, passed by the switch's. Who
loses most is chance: the stream whose datagrams come just behind the other's finds the place taken.
"""

from harness import Drops, about, above, below, ended, equals, scenario, wait_until_empty
from scenarios.tv.kit.streams import RATE, payload, payload_rate, summary, summary_file, watch
from topologies.single import Single

ALONE, TOGETHER = 8, 16  # s
SHARED = 0.7e6 * 1316 / 1358  # bit/s that are left of the link for payload, behind headers of 42 bytes


@scenario(
    "tv.q14-queue", question="bw=0.7 and two viewers: what a short queue does", topology=Single(3, bw=0.7),
    roles=["tv-sender", "tv-probe"], needs={"tv-sender": ["file", "duration"], "tv-probe": ["idle_timeout", "json"]},
    seconds=30, load=0.1, snaplen=128,
)  # fmt: skip
def two_viewers_and_a_short_queue(lab):
    lab.step(f"h2 sends to h1 for {ALONE + TOGETHER} s, from {ALONE} s on to h3 too")
    drops = Drops(lab, "h2-eth0", "s1-eth1", "s1-eth3")
    viewers = {host: watch(host, save="/dev/null") for host in (lab.h1, lab.h3)}
    common = {"port": 5000, "file": lab.asset("clip.ts")}
    first, second = (
        ("tv-sender", {"host": host, "duration": seconds, "json": summary_file(host), **common})
        for host, seconds in ((lab.h1, ALONE + TOGETHER), (lab.h3, TOGETHER))
    )
    senders = lab.h2.start_line("tv-senders", after=ALONE, first=first, second=second)
    for status in senders.wait(ALONE + TOGETHER + 10).values():
        lab.expect(status, ended, "the senders reach their end")
    wait_until_empty(lab, lab.h2.interface)
    reports = {host: viewer.report() for host, viewer in viewers.items()}
    arriving = {host: lab.packets(host, f"udp.dstport == 5000 and ip.dst == {host}") for host in viewers}
    start, joined = senders.started, arriving[lab.h3].times[0]
    rates = {host: payload_rate(packets, 0.5, start, senders.ended) for host, packets in arriving.items()}

    lab.step("Before: one stream fits. After: both share the link")
    lab.expect(rates[lab.h1].between(arriving[lab.h1].times[0] + 1, joined).mean, about(RATE, percent=2, unit="bit/s"), "h1 gets the clip's rate")
    together = [rate.between(joined + 1, joined + TOGETHER - 1).mean for rate in rates.values()]
    lab.expect(sum(together), about(SHARED, percent=2, unit="bit/s"), "both together get what the link carries")

    lab.step("Where is the rest? Neither at the senders nor at the switch: h2's queue dropped it")
    dropped = drops.counts()
    told = [one for one in map(summary, viewers) if one]
    if told:
        lab.expect(sum(one["blocked"] for one in told), equals(0), "no sender had to wait")
        lab.expect(max(one["lateness_max_us"] for one in told) / 1e6, below(0.5, "s"), "none was late by more than")
        missing = sum(one["datagrams"] + one["no_buffer_space"] for one in told) - sum(map(len, arriving.values()))
        # A few that it drops are ARP's and IPv6's own.
        lab.expect(missing, about(dropped["h2-eth0"], by=10), "what the players miss is what h2's queue dropped")
    lab.expect(dropped["h2-eth0"], above(100), "h2's queue dropped packets")
    lab.expect(dropped["s1-eth1"] + dropped["s1-eth3"], equals(0), "the switch's queues dropped nothing")
    came = sum(payload(packets.between(joined, joined + TOGETHER)) for packets in arriving.values())
    lost = 100 - 100 * came * 8 / (2 * RATE * TOGETHER)
    lab.expect(lost, about(100 - 50 * SHARED / RATE, by=3, unit="%"), "of both streams is lost from then on")
    errors = sum(report["continuity_errors"] for report in reports.values())
    lab.expect(errors, above(50), "tv-probe sees the holes: continuity errors")
    lab.plot("rates", {
        "title": "Two viewers on 0.7 Mbit/s, a queue of 20 packets", "x_label": "time (s)", "y_label": "payload (kbit/s)",
        "panels": [{
            "lines": [{"y": RATE / 1e3, "label": "the clip's rate"}],
            "series": [
                {"label": host.name, "style": "step", "x": list(rate.times - start), "y": list(rate.values / 1e3)}
                for host, rate in rates.items()
            ],
        }],
    })  # fmt: skip
