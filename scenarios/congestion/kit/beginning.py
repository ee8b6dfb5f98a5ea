"""How a connection from h1 to h2 begins: its first rounds, from a capture at the sender."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from harness import about
from scenarios.congestion.kit.flows import Flow, start_flow
from scenarios.congestion.kit.theory import SEGMENT, round_trip_time
from scenarios.congestion.kit.windows import InFlight, Sample, handshake, rounds, watch_window

_DOUBLINGS = 4  # of ten segments, to 160
_WIDE = 4_000_000  # bytes of the receiver's buffer


def seconds_for(parameters: Any) -> int:
    """Of the upload: its own beginning, and the rounds that are looked at."""
    return math.ceil((_DOUBLINGS + 4) * 2e-3 * parameters.delay)


def watched_upload(lab: Any) -> tuple[Flow, list[Sample]]:
    """An upload, from its begin to its end, and its sender's congestion window meanwhile."""
    # Left to itself the receiver's window begins at 64 KiB, and now and then grows too late for the sender.
    lab.h2.run("sysctl", "-qw", f"net.ipv4.tcp_rmem=4096 {_WIDE} {_WIDE}")
    flow = start_flow(lab.h1, lab.h2, seconds_for(lab.parameters))
    watcher = watch_window(flow)
    flow.finish("the upload")
    return flow, watcher.samples()


class Beginning:
    """rounds: the first ones that are full segments; segments: how many were sent in each; flight: what was under way."""

    def __init__(self, lab: Any, flow: Flow) -> None:
        self.lab, self.flow, self.packets = lab, flow, lab.packets(lab.h1)
        self.flight = InFlight(self.packets, flow)
        self.rounds = [one for one in rounds(self.packets, flow) if one.bytes >= SEGMENT][: _DOUBLINGS + 2]  # iperf3 begins with 37 bytes
        self.segments = [one.bytes / SEGMENT for one in self.rounds]
        self._rate = lab.parameters.bw * 1e6
        self._round_trip = round_trip_time(lab.parameters.delay, self._rate)

    @property
    def mean_growth(self) -> float:
        """How many times as much was sent in a round as in the one before."""
        return (self.segments[_DOUBLINGS] / self.segments[0]) ** (1 / _DOUBLINGS)

    def doubles(self) -> None:
        """States that each round has twice as many segments as the one before, and takes a round trip."""
        told = self._told()
        for number, (before, after) in enumerate(list(pairwise(self.segments))[:_DOUBLINGS], 1):
            what = f"round {number}: {after:.0f} segments after {before:.0f}: times what was sent in the round before"
            self.lab.expect(after / before, about(2, percent=12), what, id="growth", hint=told)
        # Rounds that the link carries at once; a single one may be late as the machine is.
        quick = [one.bytes * 8 < 0.8 * self._rate * self._round_trip for one in self.rounds]
        times = [1e3 * (after.start - one.start) for (one, after), alone in zip(pairwise(self.rounds), quick) if alone]
        if times:
            what = f"the usual round takes a round trip, twice the {self.lab.parameters.delay:g} ms of the link and the time to send a frame"
            wanted = about(1e3 * self._round_trip, percent=20, unit="ms")
            rows = ", ".join(f"{one:.1f}" for one in times)
            self.lab.expect(statistics.median(times), wanted, what, id="round-trip", hint=f"rounds took {rows} ms; {told}")

    def _told(self) -> str:
        """What may have held it back, in words."""
        first, last = self.rounds[0].start, self.rounds[-1].start
        heard = self.packets.between(first, last).where(self.flow.acknowledgements())
        window = int(heard.first("tcp.window_size")[0].max(initial=0)) / SEGMENT
        lost = self.flow.lost(self.lab.link("s1", "s2").drops(), first, last)
        return (
            f"rounds of {', '.join(f'{one:.0f}' for one in self.segments)} segments; the receiver's window had room for {window:,.0f}; "
            f"the link dropped {lost}; the handshake's round trip took {1e3 * handshake(self.packets, self.flow):.1f} ms"
        )

    def beside(self, looks: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
        """The looks at the congestion window in these rounds, and those of them that agree with the packets."""
        start, end = self.rounds[0].start, self.rounds[_DOUBLINGS].start + self._round_trip / 2
        during = [one for one in looks if one.before > start and one.after < end]
        return during, [one for one in during if self.flight.holds(one.window * SEGMENT, one.before, one.after, room=2 * SEGMENT)]

    def plot(self, during: Sequence[Sample]) -> None:
        """Draws what was under way, and the congestion window."""
        start, flight = self.rounds[0].start, self.flight
        shown = (flight.times >= start) & (flight.times < self.rounds[_DOUBLINGS].start + self._round_trip)
        self.lab.plot("window", {
            "title": "Slow start: packets under way, and the congestion window", "x_label": "time (s)", "y_label": "segments",
            "panels": [{
                "lines": [{"x": one.start - start, "label": f"{one.bytes / SEGMENT:.0f} segments"} for one in self.rounds[: _DOUBLINGS + 1]],
                "series": [
                    {"label": "under way, from the packets", "style": "step",
                     "x": list(flight.times[shown] - start), "y": list(flight.bytes[shown] / SEGMENT)},
                    {"label": "congestion window, from ss -ti", "style": "points",
                     "x": [one.after - start for one in during], "y": [one.window for one in during]},
                ],
            }],
        })  # fmt: skip
