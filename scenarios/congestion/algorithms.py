"""Random loss slows Reno and Cubic down as theory says, and BBR hardly at all.

Reno and Cubic take each loss for a full queue and send less: on a link that loses 1 % by chance, Reno gets what Mathis's formula
says, segment / round trip · sqrt(3 / 2 loss), wherever that is less than the link's rate, and Cubic about the same. BBR asks how fast
acknowledgements come and how long they take, and loses little more than what was lost.
"""

from harness import Choice, Parameter, about, above, between, equals, matches, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import start_flow
from scenarios.congestion.kit.routes import congestion_controls, use_congestion_control
from scenarios.congestion.kit.theory import FRAME, mathis, payload_rate
from topologies.dumbbell import Dumbbell

ALL = ("reno", "cubic", "bbr")
SETTLED = 2  # s: slow start is over
FEW = 2.5  # %: up to here a loss is nearly always repaired without a timeout
MOST = {"reno": 1.4, "cubic": 1.8}
"""Of Mathis's formula. Cubic grows like Reno where windows are small (RFC 9438, 4.3), and gives up less at a loss."""


def _chosen(parameters):
    return ALL if parameters.congestion == "all" else (parameters.congestion,)


@scenario(
    "congestion.algorithms", question="Cubic, Reno and BBR on a link that loses 1 % at random",
    parameters={
        "loss": Parameter(1.0, "%", minimum=0, maximum=10, meaning="of packets at the bottleneck"),
        "congestion": Choice("all", *ALL, meaning="congestion control; all: one after the other"),
        "bw": Parameter(10.0, "Mbit/s", minimum=0.5, maximum=20, meaning="rate of the bottleneck"),
        "delay": Parameter(20.0, "ms", minimum=5, maximum=100, meaning="one-way delay"),
        "seconds": Parameter(8, "s", minimum=4, maximum=60, meaning="of each connection"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 100, "loss": p.loss}),
    load=0.2,
    seconds=lambda p: 5 + (p.seconds + 1) * len(_chosen(p)), switch=SWITCH, snaplen=128, captures=["h2-eth0"],
)  # fmt: skip
def loss_and_congestion_control(lab):
    several, given, rate = lab.parameters.congestion == "all", lab.parameters, lab.parameters.bw * 1e6
    present = congestion_controls()
    names, flows, goodputs, lines = [name for name in _chosen(given) if not several or name in present], [], {}, []
    if absent := set(_chosen(given)) - set(present):
        lab.step(f"Not tried, since this kernel does not have it: {', '.join(sorted(absent))}")
    for number, name in enumerate(names, 1):
        use_congestion_control(lab.h1, name)
        flows.append(start_flow(lab.h1, lab.h2, given.seconds, number))
        lab.at(given.seconds / 2, since=flows[-1].client)
        shown = lab.h1.run("ss", "-tinH", f"sport = {flows[-1].source_port}").output
        lab.expect(shown, matches(rf"^\s+{name} "), f"{name}: it is what the connection uses")
        lab.expect(flows[-1].wait(), equals([0, 0]), f"{name}: both ends reach their end")

    lab.step("What each got, and what it should have got")
    link, round_trip = lab.link("s1", "s2"), 2e-3 * given.delay + FRAME * 8 / rate
    drops, counted = link.drops(), link.counters()["forward"]
    if given.loss:
        lost, share = counted.dropped.get("loss", 0), given.loss / 100
        room = 5 * (share * (1 - share) / counted.received) ** 0.5  # five standard deviations of chance
        lab.expect(100 * lost / counted.received, about(given.loss, by=100 * room, unit="%"), "of all packets were lost by chance")
    for name, flow in zip(names, flows):
        start, end = flow.client.started + SETTLED, flow.client.started + given.seconds
        delivery = flow.delivery()
        goodputs[name] = delivery.rate(start, end)
        share, whole = flow.loss(drops, start, end), payload_rate(rate)
        # By Mathis with the losses that really befell it: their number is chance.
        formula = min(whole, mathis(round_trip, share)) if share else whole
        lab.measure(f"goodput {name}" if several else "goodput", goodputs[name] / 1e6, unit="Mbit/s")
        if name == "bbr":
            lab.expect(goodputs[name], between(0.8 * whole, 1.02 * whole, "bit/s"), "bbr: nearly the link's rate")
        elif not given.loss:
            lab.expect(goodputs[name], between(0.85 * whole, 1.02 * whole, "bit/s"), f"{name}: without losses, the link's rate")
        else:
            least = 0.5 if given.loss <= FEW else 0.3  # many losses come before timeouts, which the formula does not know
            lab.expect(
                goodputs[name], between(least * formula, MOST[name] * formula, "bit/s"),
                f"{name}: what Mathis's formula says of {100 * share:.2f} % lost",
            )  # fmt: skip
        rates = delivery.rates(0.5, flow.client.started, end)
        lines.append({"label": name, "style": "step", "x": list(rates.times - flow.client.started), "y": list(rates.values / 1e6)})
    if "bbr" in goodputs and given.loss and mathis(round_trip, given.loss / 100) < 0.4 * payload_rate(rate):
        for name in goodputs.keys() - {"bbr"}:
            lab.expect(goodputs["bbr"] / goodputs[name], above(1.4), f"bbr gets more than {name}: by a factor of")
    expected = mathis(round_trip, given.loss / 100) if given.loss else rate
    formula_line = [{"y": expected / 1e6, "label": "Mathis's formula"}] if expected < payload_rate(rate) else []
    who = "Congestion controls" if several else names[0]
    lab.plot("goodput", {
        "title": f"{who} on a link that loses {given.loss:g} %",
        "x_label": "time (s)", "y_label": "goodput (Mbit/s)",
        "panels": [{"lines": [{"y": whole / 1e6, "label": "the link's rate"}, *formula_line], "series": lines}],
    })  # fmt: skip
