"""An upload by TCP from h1 to h3, and two streams of datagrams from h2 to h4 that come and go beside it."""

from __future__ import annotations

from typing import Any

from harness import about, above, below
from harness.evidence.capture.rates import Measured
from scenarios.congestion.kit.flows import DATAGRAM, start_flow
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.theory import FRAME, payload_rate

PHASE = 6  # s: the upload alone, beside the first stream, beside the second
_SETTLED = 1.7  # s of a phase, after which rates are taken


class Phases:
    """The three phases, from their begin to their end."""

    def __init__(self, lab: Any, *streams: float) -> None:
        """streams: of the link's rate, in %, one for each of the later phases."""
        self.lab, self.rate = lab, lab.parameters.bw * 1e6
        use_congestion_control(lab.h1, lab.parameters.congestion)
        upload = start_flow(lab.h1, lab.h3, 3 * PHASE)
        self.start = upload.client.started or 0.0
        for number, percent in enumerate(streams, 1):
            lab.at(number * PHASE, since=self.start)
            stream = start_flow(lab.h2, lab.h4, PHASE - 1, number, udp_rate=self.rate * percent / 100 * DATAGRAM / FRAME)
            stream.finish(f"a stream of {percent:g} % of the link")
        upload.finish("the upload")
        self.tcp, self.udp = upload.delivery(), lab.packets(lab.h4, "udp.length > 1000")

    def _bounds(self, number: int) -> tuple[float, float]:
        return self.start + number * PHASE + _SETTLED, self.start + (number + 1) * PHASE - 1.2

    def goodput(self, number: int) -> Measured:
        """bit/s of TCP payload in a phase; 0 is the one without a stream."""
        return self.tcp.rate(*self._bounds(number))

    def stream(self, number: int) -> Measured:
        """bit/s of frames of the stream in a phase."""
        begin, end = self._bounds(number)
        return Measured(self.udp.between(begin, end).bytes * 8 / (end - begin), self.udp)

    def takes_the_rest(self, number: int, percent: float) -> None:
        """States that the stream of a phase is whole, and that TCP has what is left."""
        stream, needed = self.stream(number), about(self.rate * percent / 100, percent=6, unit="bit/s")
        self.lab.expect(stream, needed, f"a stream of {percent:g} % gets all that it needs", id="needed")
        rest = about(payload_rate(self.rate - stream), percent=6, unit="bit/s")
        self.lab.expect(self.goodput(number), rest, f"beside a stream of {percent:g} % TCP gets the rest", id="rest")

    def starves(self, number: int, percent: float) -> None:
        """States that the stream of a phase has the link, and TCP next to nothing."""
        self.lab.expect(self.stream(number), above(0.94 * self.rate, "bit/s"), f"a flood of {percent:g} % gets the link", id="flood")
        nothing = below(0.05 * payload_rate(self.rate), "bit/s")
        self.lab.expect(self.goodput(number), nothing, f"beside a flood of {percent:g} % TCP starves", id="starves")

    def plot(self) -> None:
        """Draws what came of both, over time."""
        end = self.start + 3 * PHASE
        rates = {"TCP, goodput": self.tcp.rates(0.5, self.start, end), "UDP, frames": self.udp.rate(0.5, start=self.start, end=end)}
        title, lines = "TCP beside a modest stream, and beside a flood", {"the link's rate": self.rate}
        self.lab.plot_rates("shares", title, rates, since=self.start, unit="Mbit/s", what="received", lines=lines)
