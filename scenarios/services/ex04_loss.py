"""Where one packet of ten is lost, the prober counts right: what left it, what came back, and what did neither.

An average can only be of the round trips that came, and looks the better the more are lost.
"""

from harness import between, equals, scenario
from scenarios.services.kit.probe_output import told
from scenarios.services.kit.rtt import PACKETS, captured, echo_services, probe
from topologies.single import Single


@scenario(
    "services.ex04-loss", question="Are lost probes counted?", topology=Single(2, only={"h2": {"means": "wire", "delay": 5}}),
    roles=["rtt-probe", "udp-echo-server", "echo-server"], needs={"rtt-probe": ["port"]}, seconds=10,
)  # fmt: skip
def losses(lab):
    with lab.step("An echo service behind a link that loses one packet of ten, each way", id="listen"):
        echo_services(lab, [lab.h2])
        lab.link(lab.h2, "s1").set(loss=10)

    with lab.step("Probes for 6 s", id="counts"):
        interval = {"interval": 0.02} if lab.takes("rtt-probe", "interval") else {}
        prober = probe(lab, "udp", [lab.h2], seconds=6, **interval)
        found, (asked, answers) = told(prober.output, str(lab.h2)), captured(lab, prober, lab.h2, PACKETS["udp"][0])
        lab.expect(max(asked, default=0) - min(asked, default=0), between(3, 7, "s"), "from the first probe to the last", id="lasts")
        lab.expect(found.sent, equals(float(len(asked))), "probes that it tells of, and that left it", id="sent")
        lab.expect(found.received, equals(float(len(answers))), "answers that it tells of, and that came", id="received")
        lab.expect(found.lost, equals(float(len(asked) - len(answers))), "probes that it calls lost", id="lost")
        lab.expect(found.average, between(10, 20, "ms"), "average of those that came", id="average")
