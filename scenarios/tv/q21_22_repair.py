"""One copy for all instead of one each repairs q14: by multicast, both viewers get the whole stream through 0.7 Mbit/s.

Two copies of 658 kbit/s (with headers) cannot pass a link of 700. Without touching the clip there are two ways out: a
faster link, 1.32 Mbit/s for two viewers, N times 658 kbit/s for N of them; or one copy only, which the switch multiplies
where the ways to the viewers part: IP multicast, whose load on the sender's link does not depend on N. A third way spoils
the picture: two copies at half the bit rate. A longer queue, retransmission or priorities help nobody, for they create no
capacity; they only choose who suffers.
"""

from harness import about, above, equals, scenario, wait_until_empty
from scenarios.tv.kit.streams import RATE, payload_rate, send, watch
from topologies.single import Single

GROUP, SECONDS = "226.1.1.1", 8
SHARED = 0.7e6 * 1316 / 1358  # bit/s that are left of the link for payload, behind headers of 42 bytes


@scenario(
    "tv.q21-22", question="bw=0.7: how can the problem of two viewers be repaired?", topology=Single(3, bw=0.7),
    roles=["tv-sender", "tv-probe"], seconds=32, load=0.1, snaplen=128,
    needs={"tv-sender": ["file", "interface", "duration"], "tv-probe": ["group", "interface", "idle_timeout", "json"]},
)  # fmt: skip
def repair(lab):
    viewers = (lab.h1, lab.h3)
    alone = watch(lab.h1, 5001, save="/dev/null")
    copies = [watch(host, 5002, save="/dev/null") for host in viewers]
    members = [watch(host, 5003, group=GROUP, interface=host.interface, save="/dev/null") for host in viewers]

    def play(*senders):
        lab.expect(lab.wait(*senders, deadline=SECONDS + 10), equals([0] * len(senders)), "the senders reach their end")
        wait_until_empty(lab, lab.h2.interface)
        return senders[0].started

    lab.step("The baseline: one viewer is served well")
    first = play(send(lab.h2, lab.h1, 5001, duration=SECONDS))
    lab.step("The problem: two copies share the link")
    second = play(*(send(lab.h2, host, 5002, duration=SECONDS) for host in viewers))
    lab.step("The repair: one copy for both, by multicast")
    third = play(send(lab.h2, GROUP, 5003, interface=lab.h2.interface, duration=SECONDS))

    def rates(begin, port):
        return [payload_rate(lab.packets(host, f"udp.dstport == {port}"), 1.0, begin, begin + SECONDS) for host in viewers]

    lab.step("What came, in the middle of each time")
    one, two, group = (
        [rate.between(begin + 2, begin + SECONDS - 1).mean for rate in rates(begin, port)]
        for begin, port in ((first, 5001), (second, 5002), (third, 5003))
    )
    lab.expect(one[0], about(RATE, percent=3, unit="bit/s"), "alone, h1 gets the clip's rate")
    lab.expect(alone.report()["continuity_errors"], equals(0), "and nothing is missing")
    lab.expect(sum(two), about(SHARED, percent=3, unit="bit/s"), "two copies get what the link carries, together")
    errors = sum(viewer.report()["continuity_errors"] for viewer in copies)
    lab.expect(errors, above(20), "parts of the copies are missing: continuity errors")
    for host, rate, viewer in zip(viewers, group, members):
        lab.expect(rate, about(RATE, percent=3, unit="bit/s"), f"by multicast {host.name} gets the clip's rate")
        lab.expect(viewer.report()["continuity_errors"], equals(0), f"and nothing is missing on {host.name}")
    lab.plot("repair", {
        "title": "0.7 Mbit/s: one viewer, two copies, one copy for two", "x_label": "time (s)", "y_label": "payload (kbit/s)",
        "panels": [{
            "lines": [{"y": RATE / 1e3, "label": "the clip's rate"}],
            "series": [
                {"label": host.name, "style": "step", "x": list(rate.times - first), "y": list(rate.values / 1e3)}
                for host in viewers
                for rate in [payload_rate(lab.packets(host, "udp.dstport in {5001..5003}"), 0.5, first, third + SECONDS)]
            ],
        }],
    })  # fmt: skip
