"""Connections whose rate is limited by the receiver's window, one after the other from h1 to h2."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from harness import between
from harness.evidence.capture.rates import Measured
from scenarios.congestion.kit.flows import Flow, start_flow
from scenarios.congestion.kit.theory import SEGMENT, payload_rate, round_trip_time, window_limited
from scenarios.congestion.kit.windows import handshake

_BUFFERS = (8192, 16384, 32768, 65536, 131072)  # bytes
_COUNTED = 2  # s


def buffers(parameters: Any) -> tuple[int, ...]:
    """Bytes of the sockets' buffers that are tried."""
    return (parameters.buffer,) if parameters.buffer else _BUFFERS


def seconds_for(parameters: Any) -> int:
    """Of each connection: ten round trips, until slow start is over, and those in which its rate is taken."""
    return max(1, math.ceil(10 * 2e-3 * parameters.delay)) + _COUNTED


def windowed(lab: Any, size: int, number: int) -> Flow:
    """A connection whose sockets have buffers of so many bytes, from its begin to its end. number: as for start_flow()."""
    flow = start_flow(lab.h1, lab.h2, seconds_for(lab.parameters), number, window=size)
    flow.finish(f"{size} B")
    return flow


def through_window(lab: Any, flow: Flow) -> tuple[int, Measured]:
    """The receiver's window (bytes), and the goodput (bit/s) that came through it, held against theory."""
    window = int(lab.packets(lab.h2, flow.acknowledgements()).first("tcp.window_size")[0].max())
    rate, delivery = lab.parameters.bw * 1e6, flow.delivery()
    start, round_trip = delivery.times[0], round_trip_time(lab.parameters.delay, rate)
    goodput = delivery.rate(start + flow.seconds - _COUNTED, start + flow.seconds)
    # An acknowledgement is for two segments: one may wait for the next, so that a segment less is under way.
    least, most = (window_limited(size, round_trip, rate) for size in (window - SEGMENT, window))
    took = handshake(lab.packets(lab.h2), flow)
    lab.expect(
        goodput, between(0.85 * least, 1.02 * most, "bit/s"), f"with a window of {window} B: window / round trip, or the link's rate", id="limited",
        hint=f"a round trip should take {1e3 * round_trip:.1f} ms; that of the handshake took {1e3 * took:.1f} ms",
    )  # fmt: skip
    return window, goodput


def plot_windows(lab: Any, windows: Sequence[int], goodputs: Sequence[Measured]) -> None:
    """Draws the goodput over the window, beside theory."""
    rate = lab.parameters.bw * 1e6
    round_trip = round_trip_time(lab.parameters.delay, rate)
    product = payload_rate(rate) * round_trip / 8e3
    every = [step * max(windows) / 100 for step in range(101)]
    lab.plot("window", {
        "title": "Goodput follows the window, up to the link's rate",
        "x_label": "receiver's window (kB)", "y_label": "goodput (Mbit/s)",
        "note": f"the dashed line: the bandwidth-delay product, {product:.0f} kB of payload",
        "panels": [{
            "lines": [{"x": product}],
            "series": [
                {"label": "theory", "x": [one / 1e3 for one in every],
                 "y": [window_limited(one, round_trip, rate) / 1e6 for one in every]},
                {"label": "measured at the receiver", "style": "points",
                 "x": [one / 1e3 for one in windows], "y": [one / 1e6 for one in goodputs]},
            ],
        }],
    })  # fmt: skip
