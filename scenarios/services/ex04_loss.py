"""Where one packet of ten is lost, the prober counts right, and a lost probe is infinitely long: it moves the median up, never out.

RFC 2681 has the percentiles over all probes. An average can only be of those that came, and looks the better the more are lost. A
responder that counts what comes to it tells which way probes were lost.
"""

from harness import about, equals, scenario
from scenarios.services.kit.rtt import PORT, captured, probe, told
from topologies.single import Single


@scenario(
    "services.ex04-loss", question="Are lost probes counted, and where were they lost?",
    topology=Single(2, only={"h2": {"delay": 5, "loss": 10}}), roles=["rtt-probe", "rtt-responder"], needs={"rtt-probe": ["interval"]},
    seconds=14,
)  # fmt: skip
def losses(lab):
    with lab.step("A responder behind a link that loses one packet of ten, each way", id="listen"):
        lab.h2.start("rtt-responder", port=PORT).wait_listening(PORT, "udp")

    with lab.step("300 probes", id="counts"):
        file = lab.folder / "found.json"
        wants = {"json": file} if lab.takes("rtt-probe", "json") else {}
        program = probe(lab, "udp", [lab.h2], seconds=6, interval=0.02, **wants)
        found = told(program.output, lab.h2)
        asked, answers = (len(times) for times in captured(lab, lab.h2, "udp"))
        lab.expect(found.sent, equals(float(asked)), "probes that it tells of, and that left it", id="sent")
        lab.expect(found.received, equals(float(answers)), "answers that it tells of, and that came", id="received")
        lab.expect(found.lost, equals(float(asked - answers)), "probes that it calls lost", id="lost")
        lab.expect(found.average, about(10, by=2, unit="ms"), "average of those that came", id="average")

    with lab.step("Which way they were lost", id="direction", should=True):
        one = program.left_json(file)["addresses"][0]
        there = asked - len(lab.packets(lab.h2, f"udp.dstport == {PORT}"))
        lab.expect(sum(one["lost_by_direction"].values()), equals(asked - answers), "lost there, back and unknown", id="sum")
        unknown = one["lost_by_direction"]["unknown"]
        lab.expect(one["lost_by_direction"]["there"], about(there, by=unknown), "lost on the way there", id="there")

    with lab.step("A lost probe is infinite", id="infinite", should=True):
        lab.expect(one["percentiles"]["95"], equals(None), "95th percentile over all, one of five being lost: infinite", id="percentile")
        lab.expect(1000 * one["median"], about(10, by=2, unit="ms"), "median over all", id="median")
