"""A prober finds the round trips that the links make, 2, 20 and 200 ms, over UDP and over TCP.

Over UDP a datagram comes back from an echo service; over TCP it is the SYN and the SYN-ACK, or words on a connection and their echo. All
take as long, but for the systems' work: some microseconds. What the prober tells is held against the packets on its own interface.
"""

import numpy

from harness import between, equals, scenario
from scenarios.services.kit.responder import responder
from scenarios.services.kit.rtt import DELAYS, RESPONDER_PORT, average_of, echo_services, probe
from scenarios.services.kit.rtt import quietly_probed, told_and_seen, without_own_time
from topologies.single import Single


@scenario(
    "services.ex04", question="Measure the RTT to a list of addresses, for the same time each, over UDP and TCP",
    topology=Single(4, only={name: {"delay": delay} for name, delay in DELAYS.items()}),
    roles=["rtt-probe", "udp-echo-server", "echo-server", "rtt-responder"], needs={"rtt-probe": ["port"]}, timing_critical=True, seconds=14,
)  # fmt: skip
def known_delays(lab):
    hosts = [getattr(lab, name) for name in DELAYS]
    with lab.step("Echo services behind each link", id="listen"):
        echo_services(lab, hosts)

    for transport in ("udp", "tcp"):
        with lab.step(f"The list, over {transport.upper()}", id=transport):
            prober = quietly_probed(lab, transport, hosts)
            for host in hosts:
                found, wire = told_and_seen(lab, prober, host, transport)
                lab.expect(len(wire), between(1, 10_000), f"round trips to {host.name} on the wire", id="wire", hint=prober.state)
                lab.expect(found.received, equals(float(len(wire))), f"answers of {host.name} that the prober tells of", id="received")
                lab.expect(found.lost, equals(0.0), f"probes to {host.name} that it calls lost", id="lost")
                lab.expect(found.average, average_of(host, wire), f"average to {host.name}", id="average")

    if lab.takes("rtt-probe", "json"):
        with lab.step("To the microsecond, of responders that tell what they needed themselves", id="exact", should=True):
            for host in hosts:
                responder(lab, host)
            file = lab.folder / "found.json"
            found = probe(lab, "udp", hosts, RESPONDER_PORT, seconds=2, json=file).left_json(file)["addresses"]
            for host, one in zip(hosts, found):
                off = abs(1e6 * one["median"] - 1e3 * float(numpy.median(without_own_time(lab, host))))
                lab.expect(off, between(0, 50, "µs"), f"median to {host.name}: away from the wire's", id="median")
