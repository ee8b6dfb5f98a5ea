"""Slow start sends ten segments, and twice as many in each round trip that follows.

TCP does not know what the network carries, so that it tries: each acknowledged segment lets it send two, and what is under way doubles in
each round trip (RFC 5681), from an initial window of ten segments (RFC 6928): 10, 20, 40, 80, 160. The congestion window, as
`ss -ti` tells it, is just what the packets show to be under way, since nothing else holds the sender back.
"""

from harness import above, between, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.beginning import Beginning, seconds_for, watched_upload
from scenarios.congestion.kit.parameters import bottleneck, congestion
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.theory import INITIAL_WINDOW
from topologies.dumbbell import Dumbbell


@scenario(
    "congestion.slow-start", question="How does TCP find out how much it may send?",
    parameters={**bottleneck(bw=(1, 20.0, 20), delay=(20, 50.0, 200)), "congestion": congestion("reno", "cubic", "bbr")},
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 1000}),
    load=0.35, seconds=lambda p: 6 + seconds_for(p) + 10 / p.bw, switch=SWITCH, snaplen=128, captures=["h1-eth0"],
)  # fmt: skip
def doubling(lab):
    with lab.step("An upload to a receiver that has room for all of it, and `ss -ti` beside it", id="upload"):
        use_congestion_control(lab.h1, lab.parameters.congestion)
        flow, looks = watched_upload(lab)
    with lab.step("What was sent from one acknowledgement of a round's first segment to the next", id="rounds"):
        beginning = Beginning(lab, flow)
        # To BBR each acknowledged packet counts, so that iperf3's 37 bytes before make the window longer by one.
        ten = {"bbr": between(INITIAL_WINDOW, INITIAL_WINDOW + 1, "segments")}.get(lab.parameters.congestion, equals(INITIAL_WINDOW, "segments"))
        lab.expect(beginning.segments[0], ten, "the initial window", on=beginning.flight.packets, id="initial")
        lab.measure("initial window", beginning.segments[0], unit="segments")
        lab.measure("growth in a round", beginning.mean_growth)
        if lab.parameters.congestion == "reno":  # cubic may leave slow start as soon as round trips get longer; bbr paces
            beginning.doubles()
    with lab.step("The congestion window as the kernel tells it", id="window"):
        during, agreeing = beginning.beside(looks)
        lab.expect(len(during), above(2), "looks at the window", id="looks")
        share = 100 * len(agreeing) / max(1, len(during))
        lab.expect(share, above(90, "%"), "of them show what the packets have under way, within 2 segments", id="agree")
        beginning.plot(during)
