"""How long a ping takes beside an upload from h1 to h2, before a queue of some length and discipline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from harness import above, below, between
from harness.judge.expect import amount
from scenarios.congestion.kit.flows import start_flow
from scenarios.congestion.kit.pings import round_trips, start_ping
from scenarios.congestion.kit.theory import payload_rate, waiting_time

QUEUES = (10, 100, 1000)  # packets
_TARGET = 5.0  # ms, CoDel's
_LATE = 10.0  # ms, the machine's own
_SETTLED = 2  # s: slow start is over, and CoDel has found its pace


def queues_to_try(parameters: Any) -> list[tuple[int, str]]:
    """Packets and discipline of each queue, one after the other."""
    queues = (parameters.queue,) if parameters.queue else QUEUES
    return [(queue, "drop-tail") for queue in queues] + [(queues[-1], "codel")]


class Upload:
    """An upload and the ping beside it, before one of the queues. Times are in ms: shortest, of a round trip that waits for nothing; full, of
    one that waits for a full queue; usual and high, what half and three quarters of the pings took at most."""

    def __init__(self, lab: Any, queue: int, discipline: str, number: int) -> None:
        """Runs both, from their begin to their end. number: as for start_flow()."""
        self.lab, self.queue, self.discipline = lab, queue, discipline
        self.seconds, self._rate = lab.parameters.seconds, lab.parameters.bw * 1e6
        self.shortest = 2 * lab.parameters.delay
        self.full = self.shortest + self._wait(queue)
        lab.link("s1", "s2").set("forward", queue=queue, aqm=discipline)
        self._flow = start_flow(lab.h1, lab.h2, self.seconds, number)
        self._ping = start_ping(lab.h1, lab.h2, self.seconds, patience=1 + self.full / 1e3)
        self._flow.finish(f"{self}: the upload")
        self._ping.wait(deadline=30)

    def look(self) -> None:
        """Takes what the captures tell."""
        self.start = self._flow.client.started or 0.0
        self.times, trips = round_trips(self.lab.packets(self.lab.h1).between(self.start, self._ping.ended))
        self.trips = 1e3 * trips
        self.usual, self.high = (float(numpy.nanpercentile(self.trips[self.times > self.start + _SETTLED], share)) for share in (50, 75))
        self.goodput = self._flow.delivery().rate(self.start + _SETTLED, self.start + self.seconds)

    def __str__(self) -> str:
        return f"{self.queue} packets, {self.discipline}"

    def _wait(self, packets: int) -> float:
        return 1e3 * waiting_time(packets, self._rate)

    def waits_little(self) -> None:
        """States that a ping takes about as long as without an upload, which is hardly slower for that."""
        if self.lab.parameters.congestion != "bbr":  # which does not slow down when packets are dropped
            little = between(self.shortest, self.shortest + 3 * _TARGET + self._wait(2), "ms")
            self.lab.expect(self.usual, little, f"{self}: a ping takes about as long as without traffic", id="codel", hint=self._told(self.usual))
        most = above(0.7 * payload_rate(self._rate), "bit/s")
        self.lab.expect(self.goodput, most, f"{self}: the upload gets most of the link", id="goodput")

    def waits_for_the_queue(self) -> None:
        """States that pings take as long as a full queue lets them wait, and not longer."""
        longest = below(1.05 * self.full + _LATE, "ms")
        what = f"{self}: three pings of four wait no longer than for a full queue"
        self.lab.expect(self.high, longest, what, id="bounded", hint=self._told(self.high))
        if self.lab.parameters.congestion == "reno" and self._wait(self.queue) < self.seconds * 1e3 / 4:
            # Slow start fills it at once; then TCP gives way by half, and fills it again.
            most = float(numpy.nanmax(self.trips))
            self.lab.expect(most, above(0.85 * self.full, "ms"), f"{self}: a ping has waited for the whole queue", id="filled", hint=self._told(most))

    def _told(self, found: float) -> str:
        """How long a queue must have been for a ping to take so long, and what else would explain it."""
        shortest = float(numpy.nanmin(self.trips))
        return (
            f"the shortest ping took {shortest:.1f} ms, of {self.shortest:g} ms by the links' delays, and the upload had "
            f"{amount(float(self.goodput), 'bit/s')} of {amount(payload_rate(self._rate), 'bit/s')}: "
            f"this one waited as long as {(found - shortest) / self._wait(1):,.0f} full frames take to leave"
        )

    def panel(self) -> dict[str, Any]:
        """Of a figure: the pings, and how long they should take."""
        known = (self.full, "a full queue") if self.discipline == "drop-tail" else (self.shortest + _TARGET, "CoDel's target")
        return {
            "title": str(self), "y_label": "ping (ms)", "lines": [{"y": known[0], "label": known[1]}],
            "series": [{"label": "round trip of a ping", "style": "points", "x": list(self.times - self.start), "y": list(self.trips)}],
        }  # fmt: skip


def plot_pings(lab: Any, uploads: Sequence[Upload]) -> None:
    """Draws the round trips beside each upload."""
    panels = [one.panel() for one in uploads]
    lab.plot("pings", {"title": "A ping beside an upload: it waits for the whole queue", "x_label": "time (s)", "panels": panels})
