"""Round-trip times: peers of a prober, runs of it, and what the capture at its own interface says."""

from __future__ import annotations

import math
import pathlib
from typing import Any

import numpy

from harness import between
from harness.judge.expect import Matcher
from scenarios.services.kit.probe_output import Told, told

PORT, RESPONDER_PORT = 7, 2681
"""Of the echo services, and of rtt-responder."""
DELAYS = {"h2": 1, "h3": 10, "h4": 100}
"""Host and one-way delay of its link, in ms; the prober's own link has none."""
SLACK = 3
"""ms: of an average, beside the wire's."""
PACKETS = {
    "udp": [("udp && !icmp && ip.dst == {host}", "udp && !icmp && ip.src == {host}")],
    "tcp": [
        ("ip.dst == {host} && tcp.flags.syn == 1 && tcp.flags.ack == 0", "ip.src == {host} && tcp.flags.syn == 1 && tcp.flags.ack == 1"),
        ("ip.dst == {host} && tcp.len > 0", "ip.src == {host} && tcp.len > 0"),
    ],
}
"""Questions and answers of each way to measure: over TCP a handshake, or words on a connection and their echo."""


def acquaint(lab: Any, hosts: list[Any]) -> None:
    """h1 knows their Ethernet addresses, and they h1's: to ask for these takes a round trip more, which is not the probe's."""
    for host in hosts:
        lab.h1.run("ping", "-c", "1", host)


def echo_services(lab: Any, hosts: list[Any]) -> None:
    """An echo service on each, over UDP and TCP: what any prober's words come back from."""
    for host in hosts:
        host.start("udp-echo-server", port=PORT).wait_listening(PORT, "udp")
        host.start("echo-server", port=PORT).wait_listening(PORT, "tcp")
    acquaint(lab, hosts)


def probe(lab: Any, transport: str, hosts: list[Any], port: int = PORT, **parameters: Any) -> Any:
    """A prober on h1, with the hosts in a list, that has ended."""
    listed = pathlib.Path(lab.folder / f"{transport}.txt")
    listed.write_text(";".join(map(str, hosts)) + "\n")
    program = lab.h1.start("rtt-probe", list=listed, port=port, **{transport: True}, **parameters)
    program.wait(60)
    return program


def captured(lab: Any, prober: Any, host: Any, words: tuple[str, str]) -> list[numpy.ndarray]:
    """When its questions to the host left h1, and when answers came there."""
    return [lab.packets(lab.h1, one.format(host=host)).between(prober.started, math.inf).times for one in words]


def told_and_seen(lab: Any, prober: Any, host: Any, transport: str) -> tuple[Told, numpy.ndarray]:
    """What a prober tells of the host, and the round trips on its own interface, in ms, where nothing was lost and nothing overtaken: those
    of the way to measure of which there were as many as it tells of."""
    found, ways = told(prober.output, str(host)), []
    for words in PACKETS[transport]:
        asked, answers = captured(lab, prober, host, words)
        count = min(len(asked), len(answers))
        ways.append((answers[:count] - asked[:count]) * 1000)
    return found, next((one for one in ways if len(one) == found.received), ways[0])


def average_of(host: Any, wire: numpy.ndarray) -> Matcher:
    """What the prober may say: no less than the link takes, and as on the wire, but for whole milliseconds and how late programs are run."""
    mean = float(numpy.mean(wire)) if len(wire) else 2 * DELAYS[host.name]
    return between(max(2 * DELAYS[host.name], mean - SLACK), mean + SLACK, "ms")


def quietly_probed(lab: Any, transport: str, hosts: list[Any]) -> Any:
    """A prober that has ended: the last of six that were as much too slow as programs may be run late, which is seldom so each time."""
    for _ in range(6):
        prober = probe(lab, transport, hosts, seconds=2)
        each = [(host, *told_and_seen(lab, prober, host, transport)) for host in hosts]
        if all(average_of(host, wire).accepts(found.average) for host, found, wire in each):
            break
    return prober


def without_own_time(lab: Any, host: Any) -> numpy.ndarray:
    """Round trips to a responder, in ms, less what it says that it needed itself."""
    probes, replies = (lab.packets(lab.h1, f"udp.{way}port == {RESPONDER_PORT} && ip.{way} == {host}") for way in ("dst", "src"))
    own = numpy.array([float(reply["rtt.own_time"]) for reply in replies])
    return (replies.times - probes.times) * 1000 - own / 1000
