"""TCP and UDP flows by iperf3, and what the receiver's capture tells of them. What iperf3 itself reports is not asked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from harness import equals
from harness.evidence.capture.packets import Packets
from harness.evidence.capture.rates import Measured, Rate
from harness.stage.program import Program
from harness.world.links.counting import Drop

DATAGRAM = 1472
"""Bytes of payload of a UDP datagram that fills a frame of 1,514."""

_ENDING = 20.0  # seconds: what waits in queues and buffers is still sent after the last byte was written


@dataclasses.dataclass
class Flow:
    """One connection, or stream of datagrams, from a host's port to another's."""

    sender: Any
    receiver: Any
    source_port: int
    port: int
    server: Program
    client: Program
    seconds: int

    def wait(self) -> list[int]:
        """Waits for the end of client and server; their exit statuses."""
        return self.sender.lab.wait(self.client, self.server, deadline=self.seconds + _ENDING)

    def finish(self, name: str) -> None:
        """Waits for the end of client and server, and states that they end well. name: what it is, for people."""
        statuses, ends = self.wait(), (self.client, self.server)
        failed = [f"{one}: {one.how_it_ended}{one.last_words()}" for one, status in zip(ends, statuses) if status]
        self.sender.lab.expect("\n".join(failed) or "status 0", equals("status 0"), f"{name}: both ends reach their end", id="ended")

    def congestion_control(self) -> str:
        """What its sender's kernel says now (``ss -ti``) that the connection uses; empty where it has no such connection."""
        shown = self.sender.run("ss", "-tinH", f"sport = {self.source_port}").output
        found = re.search(r"^\s+(\w+) ", shown, re.MULTILINE)
        return found[1] if found else ""

    def filter(self, protocol: str = "tcp") -> str:
        """Of the packets that carry its data."""
        return f"{protocol}.srcport == {self.source_port} && {protocol}.dstport == {self.port}"

    def acknowledgements(self) -> str:
        """Of the TCP segments in the other direction."""
        return f"tcp.srcport == {self.port} && tcp.dstport == {self.source_port}"

    def delivery(self) -> Delivery:
        """What came to the receiver by TCP, as its own capture shows it."""
        return Delivery(self.receiver.lab.packets(self.receiver, self.filter()))

    def lost(self, drops: Sequence[Drop], start: float, end: float) -> int:
        """How many of its TCP segments a link dropped between two moments. drops: what LinkControl.drops() gave."""
        name = f"{self.sender}:{self.source_port}>{self.receiver}:{self.port}/tcp"
        return sum(drop.flow == name and start <= drop.time < end for drop in drops)

    def loss(self, drops: Sequence[Drop], start: float, end: float) -> float:
        """The share of those that it dropped, of all between two moments."""
        lost = self.lost(drops, start, end)
        came = len(self.delivery().packets.between(start, end))
        return lost / (lost + came) if lost else 0.0


class Delivery:
    """Bytes that came to a TCP receiver for the first time; what was sent again although it had arrived does not count."""

    def __init__(self, packets: Packets) -> None:
        sizes = packets.first("tcp.len")[0]
        places, first = numpy.unique(packets.first("tcp.seq")[0][sizes > 0], return_index=True)
        rows = numpy.sort(numpy.flatnonzero(sizes > 0)[first]) if len(places) else numpy.zeros(0, dtype=int)
        self.packets = packets
        self.times, self.sizes = packets.times[rows], sizes[rows]

    def rate(self, start: float, end: float) -> Measured:
        """bit/s of payload between two moments (seconds since the epoch): the goodput."""
        inside = (self.times >= start) & (self.times < end)
        return Measured(float(self.sizes[inside].sum()) * 8 / (end - start), self.packets)

    def rates(self, window: float, start: float, end: float) -> Rate:
        """The goodput over time."""
        return Rate.of(self.times, self.sizes, window, start, end, self.packets)


def start_flow(sender: Any, receiver: Any, seconds: int, number: int = 1, udp_rate: float = 0, window: int = 0) -> Flow:
    """Sends from one host to another for some seconds; returns when both programs run.

    number: tells flows between the same hosts apart, by their ports, which are the same in every run. udp_rate: bit/s of payload in
    full datagrams, instead of TCP. window: bytes of both sockets' buffers, of which the receiver's bounds its window.
    """
    port, source_port = 5200 + number, 40000 + number
    server = receiver.start_command("iperf3", "-s", "-1", "-p", port).wait_listening(port)
    words = ["-c", receiver, "-p", port, "--cport", source_port, "-t", seconds]
    if udp_rate:
        words += ["-u", "-b", f"{udp_rate:.0f}", "-l", DATAGRAM]
    if window:
        words += ["-w", window]
    client = sender.start_command("iperf3", *words)
    return Flow(sender, receiver, source_port, port, server, client, seconds)


def plot_goodputs(lab: Any, title: str, flows: Mapping[str, Flow], lines: Mapping[str, float]) -> None:
    """Draws the goodput of each flow since its own begin, by its label. lines: label → bit/s."""
    series = {}
    for label, flow in flows.items():
        start = flow.client.started or 0.0
        rates = flow.delivery().rates(0.5, start, start + flow.seconds)
        series[label] = rates.times - start, rates.values / 1e6
    levels = {label: level / 1e6 for label, level in lines.items()}
    lab.plot_over_time("goodput", title, series, "goodput (Mbit/s)", style="step", lines=levels)
