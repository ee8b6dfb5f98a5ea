"""One copy for all instead of one each repairs q14: by multicast, both viewers get the whole stream through 0.7 Mbit/s.

Two copies of 658 kbit/s (with headers) cannot pass a link of 700. Without touching the clip there are two ways out: a
faster link, 1.32 Mbit/s for two viewers, N times 658 kbit/s for N of them; or one copy only, which the switch multiplies
where the ways to the viewers part: IP multicast, whose load on the sender's link does not depend on N. A third way spoils
the picture: two copies at half the bit rate. A longer queue, retransmission or priorities help nobody, for they create no
capacity; they only choose who suffers.
"""

from harness import about, above, equals, scenario
from scenarios.tv.kit.copies import GROUP, Copies
from scenarios.tv.kit.streams import RATE, SHARED
from topologies.single import Single


@scenario(
    "tv.q21-22", question="bw=0.7: how can the problem of two viewers be repaired?", topology=Single(3, bw=0.7),
    roles=["tv-sender", "tv-probe"], seconds=32, load=0.1, snaplen=128,
    needs={"tv-sender": ["file", "interface", "duration"], "tv-probe": ["group", "interface", "idle_timeout", "json"]},
)  # fmt: skip
def repair(lab):
    with lab.step("The baseline: one viewer is served well", id="alone"):
        one, two, group = Copies(lab, 5001, lab.h1), Copies(lab, 5002, lab.h1, lab.h3), Copies(lab, 5003, lab.h1, lab.h3, group=GROUP)
        one.send()
    with lab.step("The problem: two copies share the link", id="copies"):
        two.send()
    with lab.step("The repair: one copy for both, by multicast", id="multicast"):
        group.send()

    with lab.step("What came, in the middle of each time", id="rates"):
        clip, link = about(RATE, percent=3, unit="bit/s"), about(SHARED, percent=3, unit="bit/s")
        lab.expect(one.mean(lab.h1), clip, "alone, h1 gets the clip's rate", id="alone", hint=one.story)
        together = sum(map(two.mean, two.hosts))
        lab.expect(together, link, "two copies get what the link carries, together", id="together", hint=two.story)
        lab.expect(sum(two.errors().values()), above(20), "parts of the copies are missing: continuity errors", id="missing", hint=two.story)
        for host in group.hosts:
            lab.expect(group.mean(host), clip, f"by multicast {host.name} gets the clip's rate", id="group", hint=group.story)
        for copies in (one, group):
            for host, errors in copies.errors().items():
                lab.expect(errors, equals(0), f"nothing is missing on {host.name}: continuity errors", id="whole", hint=copies.story)
        series = {host: (rate.times, rate.values / 1e3) for host, rate in one.rates_until(group).items()}
        lab.plot_over_time("repair", "0.7 Mbit/s: one viewer, two copies, one copy for two", series, "payload (kbit/s)", since=one.began, style="step")
