"""Random loss slows Reno and Cubic down as theory says, and BBR hardly at all.

Reno and Cubic take each loss for a full queue and send less: on a link that loses 1 % by chance, Reno gets what Mathis's formula
says, segment / round trip · sqrt(3 / 2 loss), wherever that is less than the link's rate, and Cubic about the same. BBR asks how fast
acknowledgements come and how long they take, and loses little more than what was lost.
"""

from harness import Choice, Parameter, about, above, between, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import plot_goodputs, start_flow
from scenarios.congestion.kit.parameters import bottleneck
from scenarios.congestion.kit.routes import congestion_controls, use_congestion_control
from scenarios.congestion.kit.theory import mathis, payload_rate, round_trip_time
from topologies.dumbbell import Dumbbell

ALL = ("reno", "cubic", "bbr")
SETTLED = 2  # s: slow start is over
FEW = 2.5  # %: up to here a loss is nearly always repaired without a timeout
MOST = {"reno": 1.4, "cubic": 1.8}
"""Of Mathis's formula. Cubic grows like Reno where windows are small (RFC 9438, 4.3), and gives up less at a loss."""


def chosen(parameters):
    """The names of those that are to be tried."""
    return ALL if parameters.congestion == "all" else (parameters.congestion,)


@scenario(
    "congestion.algorithms", question="Cubic, Reno and BBR on a link that loses 1 % at random",
    parameters={
        "loss": Parameter(1.0, "%", minimum=0, maximum=10, meaning="of packets at the bottleneck"),
        "congestion": Choice("all", *ALL, meaning="congestion control; all: one after the other"),
        **bottleneck(bw=(0.5, 10.0, 20), delay=(5, 20.0, 100)),
        "seconds": Parameter(8, "s", minimum=4, maximum=60, meaning="of each connection"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 100, "loss": p.loss}),
    load=0.2, seconds=lambda p: 5 + (p.seconds + 1) * len(chosen(p)), switch=SWITCH, snaplen=128, captures=["h2-eth0"],
)  # fmt: skip
def loss_and_congestion_control(lab):
    given, rate, flows = lab.parameters, lab.parameters.bw * 1e6, {}
    names = [name for name in chosen(given) if given.congestion != "all" or name in congestion_controls()]
    lab.tell("note", "", "", f"tried: {', '.join(names)}; this kernel has {', '.join(congestion_controls())}")
    with lab.step("One connection after the other", id="connections"):
        for number, name in enumerate(names, 1):
            use_congestion_control(lab.h1, name)
            flows[name] = start_flow(lab.h1, lab.h2, given.seconds, number)
            lab.at(given.seconds / 2, since=flows[name].client)
            lab.expect(flows[name].congestion_control(), equals(name), f"{name}: it is what the connection uses, as ss -ti tells", id="in-use")
            flows[name].finish(name)

    if given.loss:
        with lab.step("What was lost by chance", id="losses"):
            counted, share = lab.link("s1", "s2").counters()["forward"], given.loss / 100
            room = 500 * (share * (1 - share) / counted.received) ** 0.5  # %: five standard deviations of chance
            lost = 100 * counted.dropped.get("loss", 0) / counted.received
            what = f"of the {counted.received:,} packets that came to the bottleneck were lost by chance"
            lab.expect(lost, about(given.loss, by=room, unit="%"), what, id="lost")

    with lab.step("What each got, and what it should have got", id="goodput"):
        goodputs = {name: held_against_theory(lab, name, flow) for name, flow in flows.items()}
        expected = mathis(round_trip_time(given.delay, rate), given.loss / 100) if given.loss else rate
        if "bbr" in goodputs and given.loss and expected < 0.4 * payload_rate(rate):
            for name in goodputs.keys() - {"bbr"}:
                lab.expect(goodputs["bbr"] / goodputs[name], above(1.4), f"bbr gets more than {name}: by a factor of", id="bbr-more")
        lines = {"the link's rate": payload_rate(rate), "Mathis's formula": expected}
        lines = {name: level for name, level in lines.items() if level <= payload_rate(rate)}
        plot_goodputs(lab, f"{' and '.join(names)} on a link that loses {given.loss:g} %", flows, lines)


def held_against_theory(lab, name, flow):
    """The goodput (bit/s) of a connection after slow start."""
    given, whole = lab.parameters, payload_rate(lab.parameters.bw * 1e6)
    start, end = flow.client.started + SETTLED, flow.client.started + given.seconds
    goodput, share = flow.delivery().rate(start, end), flow.loss(lab.link("s1", "s2").drops(), start, end)
    lab.measure(f"goodput {name}" if given.congestion == "all" else "goodput", goodput / 1e6, unit="Mbit/s")
    if name == "bbr":
        lab.expect(goodput, between(0.8 * whole, 1.02 * whole, "bit/s"), "bbr: nearly the link's rate", id="bbr")
    elif not given.loss:
        lab.expect(goodput, between(0.85 * whole, 1.02 * whole, "bit/s"), f"{name}: without losses, the link's rate", id="lossless")
    else:
        # By Mathis with the losses that really befell it: their number is chance.
        formula = min(whole, mathis(round_trip_time(given.delay, given.bw * 1e6), share)) if share else whole
        least = 0.5 if given.loss <= FEW else 0.3  # many losses come before timeouts, which the formula does not know
        wanted = between(least * formula, MOST[name] * formula, "bit/s")
        lab.expect(goodput, wanted, f"{name}: what Mathis's formula says of {100 * share:.2f} % lost", id="formula")
    return goodput
