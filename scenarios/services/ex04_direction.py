"""A lost probe is infinitely long, and with a responder that counts what comes to it the prober tells on which way it was lost.

RFC 2681 has the percentiles over all probes, not over those that came: one that was lost moves the median up, never out. Of the last ones
nobody can say more than that no answer came.
"""

from harness import about, between, equals, scenario
from scenarios.services.kit.responder import responder
from scenarios.services.kit.rtt import RESPONDER_PORT, acquaint, probe
from topologies.single import Single


@scenario(
    "services.ex04-direction", question="On which way were probes lost, and how long is one that was?",
    topology=Single(2, only={"h2": {"means": "wire", "delay": 5}}), roles=["rtt-probe", "rtt-responder"],
    needs={"rtt-probe": ["port", "interval", "json"]}, seconds=10,
)  # fmt: skip
def directions(lab):
    with lab.step("A responder behind a link that loses one packet of ten, each way", id="listen"):
        responder(lab, lab.h2)
        acquaint(lab, [lab.h2])
        lab.link(lab.h2, "s1").set(loss=10)

    with lab.step("300 probes: which way they were lost", id="direction", should=True):
        file = lab.folder / "found.json"
        one = probe(lab, "udp", [lab.h2], RESPONDER_PORT, seconds=6, interval=0.02, json=file).left_json(file)["addresses"][0]
        lost, to_it = one["lost_by_direction"], f"udp.dstport == {RESPONDER_PORT}"
        there = len(lab.packets(lab.h1, to_it)) - len(lab.packets(lab.h2, to_it))
        lab.expect(sum(lost.values()), equals(one["lost"]), "lost there, back and unknown", id="sum")
        lab.expect(lost["there"], about(there, by=lost["unknown"]), "lost on the way there", id="there")
        lab.expect(lost["unknown"], between(0, 10), "lost on an unknown way: the last ones", id="unknown")

    with lab.step("A lost probe is infinite", id="infinite", should=True):
        lab.expect(one["percentiles"]["95"], equals(None), "95th percentile over all, one of five being lost: infinite", id="percentile")
        lab.expect(1000 * one["median"], between(10, 20, "ms"), "median over all", id="median")
