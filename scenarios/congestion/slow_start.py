"""Slow start sends ten segments, and twice as many in each round trip that follows.

TCP does not know what the network carries, so that it tries: each acknowledged segment lets it send two, and what is under way doubles in
each round trip (RFC 5681), from an initial window of ten segments (RFC 6928): 10, 20, 40, 80, 160. The congestion window, as
`ss -ti` tells it, is just what the packets show to be under way, since nothing else holds the sender back.
"""

import math
import statistics

from harness import Choice, Parameter, about, above, between, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import start_flow
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.theory import FRAME, INITIAL_WINDOW, SEGMENT
from scenarios.congestion.kit.windows import InFlight, rounds, watch_window
from topologies.dumbbell import Dumbbell

DOUBLINGS = 4  # to 160 segments
WIDE = 4_000_000  # bytes of the receiver's buffer


def _seconds(parameters):
    """Seconds of the upload: its own beginning, and the rounds that are looked at."""
    return math.ceil((DOUBLINGS + 4) * 2e-3 * parameters.delay)


@scenario(
    "congestion.slow-start", question="How does TCP find out how much it may send?",
    parameters={
        "bw": Parameter(20.0, "Mbit/s", minimum=1, maximum=20, meaning="rate of the bottleneck"),
        "delay": Parameter(50.0, "ms", minimum=20, maximum=200, meaning="one-way delay"),
        "congestion": Choice("reno", "cubic", "bbr", meaning="congestion control"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 1000}),
    load=0.35,
    seconds=lambda p: 6 + _seconds(p) + 10 / p.bw, switch=SWITCH, snaplen=128, captures=["h1-eth0"],
)  # fmt: skip
def doubling(lab):
    given, rate = lab.parameters, lab.parameters.bw * 1e6
    round_trip = 2e-3 * given.delay + FRAME * 8 / rate
    use_congestion_control(lab.h1, given.congestion)
    # Left to itself the receiver's window begins at 64 KiB, and now and then grows too late for the sender.
    lab.h2.run("sysctl", "-qw", f"net.ipv4.tcp_rmem=4096 {WIDE} {WIDE}")
    flow = start_flow(lab.h1, lab.h2, _seconds(given))
    watcher = watch_window(flow)
    lab.expect(flow.wait(), equals([0, 0]), "the upload reaches its end")
    samples, packets = watcher.samples(), lab.packets(lab.h1)

    lab.step("What was sent from one acknowledgement of a round's first segment to the next")
    flight = InFlight(packets, flow)
    found = [one for one in rounds(packets, flow) if one.bytes >= SEGMENT][: DOUBLINGS + 2]  # iperf3 begins with 37 bytes
    segments = [one.bytes / SEGMENT for one in found]
    # To BBR each acknowledged packet counts, so that iperf3's 37 bytes before make the window longer by one.
    most = INITIAL_WINDOW + (given.congestion == "bbr")
    wanted = between(INITIAL_WINDOW, most, "segments")
    lab.expect(segments[0], wanted, "the initial window", on=flight.packets)
    lab.measure("initial window", segments[0], unit="segments")
    growth = [after / before for before, after in zip(segments, segments[1:])][:DOUBLINGS]
    lab.measure("growth in a round", (segments[DOUBLINGS] / segments[0]) ** (1 / DOUBLINGS))
    if given.congestion == "reno":  # cubic may leave slow start as soon as round trips get longer; bbr paces
        for number, factor in enumerate(growth, 1):
            lab.expect(factor, about(2, percent=12), f"round {number}: times what was sent in the round before")
        # Rounds that the link carries at once; a single one may be late as the machine is.
        times = [after.start - one.start for one, after in zip(found, found[1:]) if one.bytes * 8 < 0.8 * rate * round_trip]
        if times:
            lab.expect(statistics.median(times), about(round_trip, percent=20, unit="s"), "the usual round takes a round trip")

    lab.step("The congestion window as the kernel tells it")
    start, end = found[0].start, found[DOUBLINGS].start + round_trip / 2
    during = [one for one in samples if one.before > start and one.after < end]
    agreeing = [one for one in during if flight.holds(one.window * SEGMENT, one.before, one.after, room=2 * SEGMENT)]
    lab.expect(len(during), above(2), "looks at the window")
    lab.expect(100 * len(agreeing) / max(1, len(during)), above(90, "%"), "of them show what the packets have under way, within 2 segments")
    shown = (flight.times >= start) & (flight.times < found[DOUBLINGS].start + round_trip)
    lab.plot("window", {
        "title": "Slow start: packets under way, and the congestion window", "x_label": "time (s)", "y_label": "segments",
        "panels": [{
            "lines": [{"x": one.start - start, "label": f"{one.bytes / SEGMENT:.0f} segments"} for one in found[: DOUBLINGS + 1]],
            "series": [
                {"label": "under way, from the packets", "style": "step",
                 "x": list(flight.times[shown] - start), "y": list(flight.bytes[shown] / SEGMENT)},
                {"label": "congestion window, from ss -ti", "style": "points",
                 "x": [one.after - start for one in during], "y": [one.window for one in during]},
            ],
        }],
    })  # fmt: skip
