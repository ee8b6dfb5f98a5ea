"""A prober finds the round trips that the links make, 2, 20 and 200 ms, over UDP and over TCP.

Over UDP a datagram goes there and comes back; over TCP it is the SYN and the SYN-ACK, which need no service behind the port. Both
take the same way and as long, so what differs between the two is the systems' work: some microseconds. What the prober tells is held
against the packets on its own interface.
"""

import numpy

from harness import about, between, equals, scenario
from scenarios.services.kit.rtt import DELAYS, probe, responders, round_trips, told
from topologies.single import Single

SLACK = 1.5  # ms: what hosts and the emulated links may add


@scenario(
    "services.ex04", question="Measure the RTT to a list of addresses, for the same time each, over UDP and TCP",
    topology=Single(4, only={name: {"delay": delay} for name, delay in DELAYS.items()}), roles=["rtt-probe", "rtt-responder"],
    timing_critical=True, seconds=14,
)  # fmt: skip
def known_delays(lab):
    hosts = [getattr(lab, name) for name in DELAYS]
    with lab.step("A responder behind each link", id="listen"):
        responders(lab)

    for transport in ("udp", "tcp"):
        with lab.step(f"The list, over {transport.upper()}", id=transport):
            output = probe(lab, transport, hosts, seconds=2).output
            for host, delay in zip(hosts, DELAYS.values()):
                found, wire = told(output, host), round_trips(lab, host, transport)
                lab.expect(len(wire), between(1, 10_000), f"round trips to {host.name} on the wire", id="wire")
                lab.expect(found.received, equals(float(len(wire))), f"answers of {host.name} that the prober tells of", id="received")
                lab.expect(found.lost, equals(0.0), f"probes to {host.name} that were lost", id="lost")
                lab.expect(found.average, between(2 * delay, 2 * delay + SLACK, "ms"), f"average to {host.name}", id="average")
                lab.expect(found.average, about(float(numpy.mean(wire)), by=0.5, unit="ms"), f"the wire's average to {host.name}", id="mean")

    with lab.step("To the microsecond", id="exact", should=True):
        file = lab.folder / "found.json"
        found = probe(lab, "udp", hosts, seconds=2, json=file).left_json(file)["addresses"]
        for host, one in zip(hosts, found):
            wire = round_trips(lab, host, "udp")[-one["received"] :]
            off = abs(1e6 * (one["median"] + (one["own_time_median"] or 0)) - 1e3 * float(numpy.median(wire)))
            lab.expect(off, between(0, 50, "µs"), f"median to {host.name}: away from the wire's, the responder's own time in it", id="median")
