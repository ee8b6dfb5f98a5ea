"""TCP gives way: beside a stream that does not slow down it gets what is left, and beside a flood nothing.

A UDP stream that needs less than the link has gets what it needs, and TCP takes the rest to the last byte. A stream that alone is more than
the link carries fills the queue for good: it does not mind that half of its packets are lost, while TCP takes each loss for a
sign to slow down, until it waits for timeouts, each longer than the one before. Nothing in the network is fair by itself.
"""

from harness import Choice, Parameter, about, above, below, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import DATAGRAM, start_flow
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.theory import FRAME, payload_rate
from topologies.dumbbell import Dumbbell

PHASE, SETTLED = 6, 1.7  # s; of each phase, and after which rates are taken


@scenario(
    "congestion.flood", question="What remains of TCP beside a UDP stream of 40 % of the link, and beside one of twice the link?",
    parameters={
        "bw": Parameter(5.0, "Mbit/s", minimum=1, maximum=20, meaning="rate of the bottleneck"),
        "modest": Parameter(40.0, "%", minimum=1, maximum=80, meaning="of the link's rate, the first stream"),
        "flood": Parameter(200.0, "%", minimum=1, maximum=400, meaning="of the link's rate, the second stream"),
        "delay": Parameter(10.0, "ms", minimum=1, maximum=100, meaning="one-way delay"),
        "queue": Parameter(50, "packets", minimum=10, maximum=1000),
        "congestion": Choice("cubic", "reno", "bbr", meaning="congestion control"),
    },
    topology=lambda p: Dumbbell(2, delay=p.delay, means="wire", forward={"bw": p.bw, "queue": p.queue}),
    load=0.2,
    seconds=5 + 3 * PHASE, switch=SWITCH, snaplen=128, captures=["h3-eth0", "h4-eth0"],
)  # fmt: skip
def streams_beside_tcp(lab):
    given, rate = lab.parameters, lab.parameters.bw * 1e6
    use_congestion_control(lab.h1, given.congestion)
    lab.step("TCP alone, then beside a stream that fits, then beside one that does not")
    upload = start_flow(lab.h1, lab.h3, 3 * PHASE)
    start = upload.client.started
    for number, percent in enumerate((given.modest, given.flood), 1):
        lab.at(number * PHASE, since=start)
        stream = start_flow(lab.h2, lab.h4, PHASE - 1, number, udp_rate=rate * percent / 100 * DATAGRAM / FRAME)
        lab.expect(stream.wait(), equals([0, 0]), f"a stream of {percent:g} % of the link reaches its end")
    lab.expect(upload.wait(), equals([0, 0]), "the upload reaches its end")

    lab.step("What each receiver got")
    tcp, udp = upload.delivery(), lab.packets(lab.h4, "udp.length > 1000")
    phases = [(start + number * PHASE + SETTLED, start + (number + 1) * PHASE - 1.2) for number in range(3)]
    alone, *beside = (tcp.rate(*phase) for phase in phases)
    lab.expect(alone, about(payload_rate(rate), percent=5, unit="bit/s"), "alone, TCP fills the link")
    for name, percent, phase, goodput in zip(("modest", "flood"), (given.modest, given.flood), phases[1:], beside):
        stream = udp.between(*phase).bytes * 8 / (phase[1] - phase[0])
        lab.measure(f"TCP beside {name}", 100 * goodput / payload_rate(rate), unit="%")
        lab.measure(f"UDP {name}", 100 * stream / rate, unit="%")
        if percent <= 80:
            needed, rest = about(rate * percent / 100, percent=6, unit="bit/s"), about(payload_rate(rate - stream), percent=6, unit="bit/s")
            lab.expect(stream, needed, f"a stream of {percent:g} % gets all that it needs", on=udp)
            lab.expect(goodput, rest, f"beside a stream of {percent:g} % TCP gets the rest")
        if percent >= 150:
            lab.expect(stream, above(0.94 * rate, "bit/s"), f"a flood of {percent:g} % gets the link", on=udp)
            lab.expect(goodput, below(0.05 * payload_rate(rate), "bit/s"), f"beside a flood of {percent:g} % TCP starves")
    end = start + 3 * PHASE
    shares = (("TCP, goodput", tcp.rates(0.5, start, end)), ("UDP, frames", udp.rate(0.5, start=start, end=end)))
    lab.plot("shares", {
        "title": "TCP beside a modest stream, and beside a flood", "x_label": "time (s)", "y_label": "received (Mbit/s)",
        "panels": [{
            "lines": [{"y": rate / 1e6, "label": "the link's rate"}],
            "series": [{"label": name, "style": "step", "x": list(one.times - start), "y": list(one.values / 1e6)} for name, one in shares],
        }],
    })  # fmt: skip
