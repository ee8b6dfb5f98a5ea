"""Connections with equal round trips share a link equally; with unequal ones the nearer gets more, as their round trips are.

Here the queue drops at random (RED), so that both connections suffer the same share of losses. Reno's rate is then proportional to
1 / round trip (Mathis): who is three times as far away gets a third. Jain's index is 1 when both get the same, and (1 + r)² /
2 (1 + r²) for shares of r to 1: 0.8 for r = 3. Cubic cares less about round trips, if windows are large, and BBR not in this way.
"""

import math

from harness import Choice, Parameter, about, above, between, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import start_flow
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.theory import FRAME, jain, payload_rate
from scenarios.congestion.kit.windows import round_trip
from topologies.dumbbell import Dumbbell

ACCESS = 5  # ms, one-way, of each sender's own link at first
SETTLED = 3  # s: both have left slow start
MOST, LEAST = 40, 40  # packets in a round trip, round trips: else losses are too few to tell anything in these seconds
RED = {"discipline": "red", "min": 5, "max": 25, "probability": "10%", "weight": 0.02}


@scenario(
    "congestion.fairness", question="Do two connections share a link fairly?",
    parameters={
        "bw": Parameter(4.0, "Mbit/s", minimum=1, maximum=20, meaning="rate of the bottleneck"),
        "delay": Parameter(15.0, "ms", minimum=5, maximum=100, meaning="one-way, of the bottleneck"),
        "farther": Parameter(60.0, "ms", minimum=0, maximum=200, meaning="one-way, what the second sender has more in the end"),
        "congestion": Choice("reno", "cubic", "bbr", meaning="congestion control"),
        "seconds": Parameter(12, "s", minimum=6, maximum=60, meaning="of each half"),
    },
    topology=lambda p: Dumbbell(
        2, access=2 * [{"delay": ACCESS, "means": "wire"}], delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 60, "aqm": RED}
    ),
    load=0.2,
    seconds=lambda p: 6 + 2 * (p.seconds + 1), switch=SWITCH, snaplen=128,
)  # fmt: skip
def two_connections(lab):
    given, rate = lab.parameters, lab.parameters.bw * 1e6
    ways, halves, panels = ((lab.h1, lab.h3), (lab.h2, lab.h4)), [], []
    for sender, _ in ways:
        use_congestion_control(sender, given.congestion)
    for number, (name, farther) in enumerate((("equal", 0), ("unequal", given.farther)), 1):
        lab.step(f"Two connections, {name} round trips")
        lab.link(lab.h2, "s1").set(delay=ACCESS + farther)
        flows = [start_flow(sender, receiver, given.seconds, number) for sender, receiver in ways]
        for flow in flows:
            lab.expect(flow.wait(), equals([0, 0]), f"{name}: {flow.sender.name}'s ends reach their end")
        halves.append((name, flows))

    lab.step("What each receiver got")
    drops = lab.link("s1", "s2").drops()
    for name, flows in halves:
        start, end = flows[1].client.started + SETTLED, flows[0].client.started + given.seconds
        deliveries = [flow.delivery() for flow in flows]
        rates = [delivery.rate(start, end) for delivery in deliveries]
        trips = [round_trip(lab.packets(flow.sender), flow, start, end) for flow in flows]
        index, ratio = lab.measure(f"fairness {name}", jain(rates)), trips[1] / trips[0]
        whole = payload_rate(rate)
        many = rate * trips[0] > MOST * FRAME * 8  # a loss then takes long to recover from
        least = 0.4 if many else 0.75
        lab.expect(sum(rates), between(least * whole, 1.02 * whole, "bit/s"), f"{name}: both together get what the link carries")
        goodputs = [(flow, delivery.rates(0.5, start - SETTLED, end)) for flow, delivery in zip(flows, deliveries)]
        panels.append({
            "title": f"{name.capitalize()} round trips: {1e3 * trips[0]:.0f} and {1e3 * trips[1]:.0f} ms", "y_label": "goodput (Mbit/s)",
            "series": [
                {"label": f"{flow.sender.name} to {flow.receiver.name}", "style": "step",
                 "x": list(one.times - start + SETTLED), "y": list(one.values / 1e6)} for flow, one in goodputs
            ],
        })  # fmt: skip
        if name == "unequal" and given.congestion != "bbr":  # which keeps a queue of its own
            longer = 1e3 * (trips[1] - trips[0])
            wanted = about(2 * given.farther, by=10 + 0.15 * 2 * given.farther, unit="ms")
            lab.expect(longer, wanted, "unequal: the second's round trip is longer by")
        if given.congestion != "reno" or many or end - start < LEAST * trips[1]:
            continue
        if name == "equal":
            lab.expect(index, above(0.9), "equal: Jain's index")
        else:
            # By Mathis, with the losses that befell each: in some seconds they are not yet alike.
            shares = [flow.loss(drops, start, end) or 0.5 / len(delivery.times) for flow, delivery in zip(flows, deliveries)]
            expected = ratio * math.sqrt(shares[1] / shares[0])
            lab.expect(
                rates[0] / rates[1], between(0.5 * expected, 2 * expected),
                f"unequal: how much more the nearer gets, whose round trip is {ratio:.1f} times as short",
            )  # fmt: skip
            if ratio > 2:
                lab.expect(rates[0], above(float(rates[1]), "bit/s"), "unequal: the nearer gets more")
    lab.plot("rates", {"title": "Two connections on one link", "x_label": "time (s)", "panels": panels})
