"""Connections with equal round trips share a link equally; with unequal ones the nearer gets more, as their round trips are.

Here the queue drops at random (RED), so that both connections suffer the same share of losses. Reno's rate is then proportional to
1 / round trip (Mathis): who is three times as far away gets a third. Jain's index is 1 when both get the same, and (1 + r)² /
2 (1 + r²) for shares of r to 1: 0.8 for r = 3. Cubic cares less about round trips, if windows are large, and BBR not in this way.
"""

import math

from harness import Parameter, about, above, between, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.parameters import bottleneck, congestion
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.shares import plot_sharings, share
from scenarios.congestion.kit.theory import FRAME, jain, payload_rate
from topologies.dumbbell import Dumbbell

ACCESS = 5  # ms, one-way, of each sender's own link at first
SETTLED = 3  # s: both have left slow start
MOST, LEAST = 40, 40  # packets in a round trip, round trips: else losses are too few to tell anything in these seconds
RED = {"discipline": "red", "min": 5, "max": 25, "probability": "10%", "weight": 0.02}


@scenario(
    "congestion.fairness", question="Do two connections share a link fairly?",
    parameters={
        **bottleneck(bw=(1, 4.0, 20), delay=(5, 15.0, 100)),
        "farther": Parameter(60.0, "ms", minimum=0, maximum=200, meaning="one-way, what the second sender has more in the end"),
        "congestion": congestion("reno", "cubic", "bbr"),
        "seconds": Parameter(12, "s", minimum=6, maximum=60, meaning="of each half"),
    },
    topology=lambda p: Dumbbell(
        2, access=2 * [{"delay": ACCESS, "means": "wire"}], delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 60, "aqm": RED}
    ),
    load=0.2, seconds=lambda p: 6 + 2 * (p.seconds + 1), switch=SWITCH, snaplen=128,
)  # fmt: skip
def two_connections(lab):
    given = lab.parameters
    with lab.step("Two connections, equal round trips", id="equal"):
        for sender in (lab.h1, lab.h2):
            use_congestion_control(sender, given.congestion)
        equal = together(lab, 1)
        index = lab.measure("fairness equal", jain(equal.goodputs))
        if tells(lab, equal):
            lab.expect(index, above(0.9), "equal: Jain's index", id="jain", hint=str(equal))

    with lab.step("Two connections, unequal round trips", id="unequal"):
        lab.link(lab.h2, "s1").set(delay=ACCESS + given.farther)
        unequal = together(lab, 2)
        near, far = unequal.shares
        lab.measure("fairness unequal", jain(unequal.goodputs))
        if given.congestion != "bbr":  # which keeps a queue of its own
            longer = about(2 * given.farther, by=10 + 0.15 * 2 * given.farther, unit="ms")
            lab.expect(1e3 * (far.round_trip - near.round_trip), longer, "unequal: the second's round trip is longer by", id="longer", hint=str(unequal))
        if tells(lab, unequal):
            ratio = far.round_trip / near.round_trip
            # By Mathis, with the losses that befell each: in some seconds they are not yet alike.
            expected = ratio * math.sqrt(far.loss / near.loss)
            what = f"unequal: how much more the nearer gets, whose round trip is {ratio:.1f} times as short"
            lab.expect(near.goodput / far.goodput, between(0.5 * expected, 2 * expected), what, id="ratio", hint=str(unequal))
            if ratio > 2:
                lab.expect(near.goodput, above(float(far.goodput), "bit/s"), "unequal: the nearer gets more", id="nearer", hint=str(unequal))
        plot_sharings(lab, equal, unequal)


def together(lab, number):
    """Both connections at the same time, which fill the link."""
    found = share(lab, [(lab.h1, lab.h3), (lab.h2, lab.h4)], lab.parameters.seconds, SETTLED, number)
    whole = payload_rate(lab.parameters.bw * 1e6)
    wanted = between((0.4 if many(lab, found) else 0.75) * whole, 1.02 * whole, "bit/s")
    lab.expect(sum(found.goodputs), wanted, "both together get what the link carries", id="together", hint=str(found))
    return found


def many(lab, found):
    """Whether so many packets fit into the first one's round trip that a loss takes long to recover from."""
    return lab.parameters.bw * 1e6 * found.shares[0].round_trip > MOST * FRAME * 8


def tells(lab, found):
    """Whether there are losses enough, of Reno's, to tell anything."""
    return lab.parameters.congestion == "reno" and not many(lab, found) and found.end - found.start >= LEAST * found.shares[1].round_trip
