"""TCP gives way: beside a stream that does not slow down it gets what is left, and beside a flood nothing.

A UDP stream that needs less than the link has gets what it needs, and TCP takes the rest to the last byte. A stream that alone is more than
the link carries fills the queue for good: it does not mind that half of its packets are lost, while TCP takes each loss for a
sign to slow down, until it waits for timeouts, each longer than the one before. Nothing in the network is fair by itself.
"""

from harness import Parameter, about, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.parameters import bottleneck, congestion
from scenarios.congestion.kit.streams import PHASE, Phases
from scenarios.congestion.kit.theory import payload_rate
from topologies.dumbbell import Dumbbell


@scenario(
    "congestion.flood", question="What remains of TCP beside a UDP stream of 40 % of the link, and beside one of twice the link?",
    parameters={
        **bottleneck(bw=(1, 5.0, 20), delay=(1, 10.0, 100)),
        "modest": Parameter(40.0, "%", minimum=1, maximum=80, meaning="of the link's rate, the first stream"),
        "flood": Parameter(200.0, "%", minimum=1, maximum=400, meaning="of the link's rate, the second stream"),
        "queue": Parameter(50, "packets", minimum=10, maximum=1000),
        "congestion": congestion("cubic", "reno", "bbr"),
    },
    topology=lambda p: Dumbbell(2, delay=p.delay, means="wire", forward={"bw": p.bw, "queue": p.queue}),
    load=0.2, seconds=5 + 3 * PHASE, switch=SWITCH, snaplen=128, captures=["h3-eth0", "h4-eth0"],
)  # fmt: skip
def streams_beside_tcp(lab):
    given = lab.parameters
    with lab.step("TCP alone, then beside a stream that fits, then beside one that does not", id="streams"):
        phases = Phases(lab, given.modest, given.flood)
    with lab.step("TCP alone", id="alone"):
        whole = about(payload_rate(given.bw * 1e6), percent=5, unit="bit/s")
        lab.expect(phases.goodput(0), whole, "alone, TCP fills the link")
    with lab.step("TCP beside each stream", id="beside"):
        for number, (name, percent) in enumerate((("modest", given.modest), ("flood", given.flood)), 1):
            lab.measure(f"TCP beside {name}", 100 * phases.goodput(number) / payload_rate(given.bw * 1e6), unit="%")
            lab.measure(f"UDP {name}", 100 * phases.stream(number) / (given.bw * 1e6), unit="%")
            if percent <= 80:
                phases.takes_the_rest(number, percent)
            if percent >= 150:
                phases.starves(number, percent)
    phases.plot()
