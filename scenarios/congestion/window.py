"""A TCP connection carries one window in each round trip, however fast the link is, until the window fills the link.

A receiver lets so many bytes be on the way to it as its window says. They take a round trip to arrive and to be acknowledged,
so that window / round trip is the most that can be had: 16 KiB over 100 ms are 1.3 Mbit/s, on any link. What a link
carries in a round trip is its bandwidth-delay product; a larger window only makes packets wait in the queue before it.
"""

import math

from harness import Parameter, about, between, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import start_flow
from scenarios.congestion.kit.theory import FRAME, SEGMENT, payload_rate, window_limited
from topologies.dumbbell import Dumbbell

BUFFERS = (8192, 16384, 32768, 65536, 131072)  # bytes


def _settled(parameters):
    """Seconds of each connection until slow start is over: ten round trips."""
    return max(1, math.ceil(10 * 2e-3 * parameters.delay))


def _seconds(parameters):
    """Seconds of each connection."""
    return _settled(parameters) + 2


def _buffers(parameters):
    return (parameters.buffer,) if parameters.buffer else BUFFERS


@scenario(
    "congestion.window", question="How fast is TCP with a window of 8 to 128 KiB?",
    parameters={
        "bw": Parameter(5.0, "Mbit/s", minimum=0.5, maximum=20, meaning="rate of the bottleneck"),
        "delay": Parameter(50.0, "ms", minimum=10, maximum=200, meaning="one-way delay"),
        "buffer": Parameter(0, "B", minimum=0, maximum=262144, meaning="of both sockets; 0: 8 to 128 KiB, one after the other"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 300}),
    load=0.2,
    seconds=lambda p: 4 + (_seconds(p) + 1) * len(_buffers(p)), switch=SWITCH, snaplen=128, timing_critical=True, captures=["h2-eth0"],
)  # fmt: skip
def window_and_round_trip(lab):
    rate = lab.parameters.bw * 1e6
    round_trip = 2e-3 * lab.parameters.delay + FRAME * 8 / rate
    flows, windows, goodputs = [], [], []
    settled, seconds = _settled(lab.parameters), _seconds(lab.parameters)
    for number, size in enumerate(_buffers(lab.parameters), 1):
        flows.append(start_flow(lab.h1, lab.h2, seconds, number, window=size))
        lab.expect(flows[-1].wait(), equals([0, 0]), f"{size} B: both ends reach their end")

    lab.step("What came in each round trip, and what the receiver's window was")
    for flow in flows:
        delivery = flow.delivery()
        start = delivery.times[0]
        goodput = delivery.rate(start + settled, start + seconds)
        window = int(lab.packets(lab.h2, flow.acknowledgements()).first("tcp.window_size")[0].max())
        # An acknowledgement is for two segments: one may wait for the next, so that a segment less is under way.
        least = window_limited(window - SEGMENT, round_trip, rate)
        most = window_limited(window, round_trip, rate)
        lab.expect(
            goodput, between(0.85 * least, 1.02 * most, "bit/s"),
            f"with a window of {window} B: window / round trip, or the link's rate",
        )  # fmt: skip
        windows.append(window)
        goodputs.append(goodput)
    lab.measure("window", windows[-1] / 1e3, unit="kB")
    lab.measure("goodput", goodputs[-1] / 1e6, unit="Mbit/s")
    if lab.at_defaults:
        lab.expect(goodputs[1] / goodputs[0], about(windows[1] / windows[0], percent=20), "a window twice as large carries twice as much")
        lab.expect(goodputs[-1], about(payload_rate(rate), percent=4, unit="bit/s"), "the largest window fills the link")
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
