"""Where one packet of ten is lost, the prober counts right, and a lost probe is infinitely long: it moves the median up, never out.

RFC 2681 has the percentiles over all probes. An average can only be of those that came, and looks the better the more are lost. A
responder that counts what comes to it tells which way probes were lost.
"""

from harness import about, between, equals, scenario
from scenarios.services.kit.probe_output import told
from scenarios.services.kit.rtt import PACKETS, RESPONDER_PORT, captured, echo_services, probe
from topologies.single import Single


@scenario(
    "services.ex04-loss", question="Are lost probes counted, and where were they lost?",
    topology=Single(2, only={"h2": {"means": "wire", "delay": 5}}), roles=["rtt-probe", "udp-echo-server", "echo-server", "rtt-responder"],
    needs={"rtt-probe": ["port"]}, seconds=18,
)  # fmt: skip
def losses(lab):
    with lab.step("An echo service behind a link that loses one packet of ten, each way", id="listen"):
        echo_services(lab, [lab.h2])
        lab.link(lab.h2, "s1").set(loss=10)

    with lab.step("Probes for 6 s", id="counts"):
        interval = {"interval": 0.02} if lab.takes("rtt-probe", "interval") else {}
        prober = probe(lab, "udp", [lab.h2], seconds=6, **interval)
        found = told(prober.output, str(lab.h2))
        times, answered = captured(lab, prober, lab.h2, PACKETS["udp"][0])
        asked, answers = len(times), len(answered)
        lab.expect(max(times, default=0) - min(times, default=0), between(3, 7, "s"), "from the first probe to the last", id="lasts")
        lab.expect(found.sent, equals(float(asked)), "probes that it tells of, and that left it", id="sent")
        lab.expect(found.received, equals(float(answers)), "answers that it tells of, and that came", id="received")
        lab.expect(found.lost, equals(float(asked - answers)), "probes that it calls lost", id="lost")
        lab.expect(found.average, between(10, 20, "ms"), "average of those that came", id="average")

    if not lab.takes("rtt-probe", "json"):
        return
    with lab.step("Which way they were lost, by a responder that counts", id="direction", should=True):
        lab.h2.start("rtt-responder", port=RESPONDER_PORT).wait_listening(RESPONDER_PORT, "udp")
        file = lab.folder / "found.json"
        one = probe(lab, "udp", [lab.h2], RESPONDER_PORT, seconds=6, json=file, **interval).left_json(file)["addresses"][0]
        lost, came = one["lost_by_direction"], lab.packets(lab.h2, f"udp.dstport == {RESPONDER_PORT}")
        there = len(lab.packets(lab.h1, f"udp.dstport == {RESPONDER_PORT}")) - len(came)
        lab.expect(sum(lost.values()), equals(one["lost"]), "lost there, back and unknown", id="sum")
        lab.expect(lost["there"], about(there, by=lost["unknown"]), "lost on the way there", id="there")
        lab.expect(lost["unknown"], between(0, 10), "lost on an unknown way: the last ones", id="unknown")

    with lab.step("A lost probe is infinite", id="infinite", should=True):
        lab.expect(one["percentiles"]["95"], equals(None), "95th percentile over all, one of five being lost: infinite", id="percentile")
        lab.expect(1000 * one["median"], between(10, 20, "ms"), "median over all", id="median")
