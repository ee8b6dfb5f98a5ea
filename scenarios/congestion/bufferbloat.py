"""A long queue makes everybody wait as long as it is: TCP fills it, whatever its length, unless the queue itself takes care.

TCP sends more and more until a packet is lost, and before a queue without management none is lost until it is full. A round trip then
takes queue · frame / rate longer: 1,000 packets before 10 Mbit/s are 1.2 s, and nothing is won, since a queue of the
bandwidth-delay product fills the link too. CoDel drops a packet as soon as packets have waited more than 5 ms for 100 ms, and
TCP slows down: short waiting, and nearly all of the rate, however long the queue might be.
"""

import numpy

from harness import Choice, Parameter, above, below, between, equals, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.flows import start_flow
from scenarios.congestion.kit.pings import round_trips, start_ping
from scenarios.congestion.kit.routes import use_congestion_control
from scenarios.congestion.kit.theory import payload_rate, waiting_time
from topologies.dumbbell import Dumbbell

QUEUES = (10, 100, 1000)  # packets
TARGET = 0.005  # s, CoDel's
LATE = 0.01  # s, the machine's own
SETTLED = 2  # s: slow start is over, and CoDel has found its pace


def _phases(parameters):
    queues = (parameters.queue,) if parameters.queue else QUEUES
    return [(queue, "drop-tail") for queue in queues] + [(queues[-1], "codel")]


@scenario(
    "congestion.bufferbloat", question="How long does a ping take beside an upload, before a queue of 10, 100 or 1,000 packets?",
    parameters={
        "bw": Parameter(10.0, "Mbit/s", minimum=2, maximum=20, meaning="rate of the bottleneck"),
        "delay": Parameter(10.0, "ms", minimum=1, maximum=100, meaning="one-way delay"),
        "queue": Parameter(0, "packets", minimum=0, maximum=2000, meaning="0: 10, 100 and 1,000, one after the other"),
        "congestion": Choice("reno", "cubic", "bbr", meaning="congestion control"),
        "seconds": Parameter(5, "s", minimum=3, maximum=60, meaning="of each upload"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": p.queue or QUEUES[0]}),
    load=0.2,
    seconds=lambda p: 5 + (p.seconds + 1) * len(_phases(p)), switch=SWITCH, snaplen=128, timing_critical=True,
)  # fmt: skip
def ping_beside_an_upload(lab):
    given, rate = lab.parameters, lab.parameters.bw * 1e6
    use_congestion_control(lab.h1, given.congestion)
    bottleneck, shortest, panels, tried = lab.link("s1", "s2"), 2e-3 * given.delay, [], []
    for number, (queue, discipline) in enumerate(_phases(given), 1):
        bottleneck.set("forward", queue=queue, aqm=discipline)
        flow = start_flow(lab.h1, lab.h2, given.seconds, number)
        ping = start_ping(lab.h1, lab.h2, given.seconds, patience=1 + shortest + waiting_time(queue, rate))
        lab.expect(flow.wait(), equals([0, 0]), f"{queue} packets, {discipline}: the upload reaches its end")
        ping.wait(deadline=30)
        tried.append((queue, discipline, flow, ping))

    lab.step("How long the ping took beside each")
    for queue, discipline, flow, ping in tried:
        name, start = f"{queue} packets, {discipline}", flow.client.started
        times, trips = round_trips(lab.packets(lab.h1).between(start, ping.ended))
        usual, high = (float(numpy.nanpercentile(trips[times > start + SETTLED], share)) for share in (50, 75))
        goodput = flow.delivery().rate(start + SETTLED, start + given.seconds)
        full = shortest + waiting_time(queue, rate)
        if discipline == "codel":
            if given.congestion != "bbr":  # which does not slow down when packets are dropped
                little = 3 * TARGET + waiting_time(2, rate)
                lab.expect(usual, between(shortest, shortest + little, "s"), f"{name}: a ping takes about as long as without traffic")
            lab.expect(goodput, above(0.7 * payload_rate(rate), "bit/s"), f"{name}: the upload gets most of the link")
        else:
            lab.expect(high, below(1.05 * full + LATE, "s"), f"{name}: three pings of four wait no longer than for a full queue")
            if given.congestion == "reno" and waiting_time(queue, rate) < given.seconds / 4:
                # Slow start fills it at once; then TCP gives way by half, and fills it again.
                lab.expect(float(numpy.nanmax(trips)), above(0.85 * full, "s"), f"{name}: a ping has waited for the whole queue")
        words = f" {queue}" * (not given.queue)
        lab.measure(f"RTT {discipline}{words}", 1e3 * usual, unit="ms")
        lab.measure(f"goodput {discipline}{words}", goodput / 1e6, unit="Mbit/s")
        known = (full, "a full queue") if discipline == "drop-tail" else (shortest + TARGET, "CoDel's target")
        panels.append({
            "title": name, "y_label": "ping (ms)", "lines": [{"y": 1e3 * known[0], "label": known[1]}],
            "series": [{"label": "round trip of a ping", "style": "points", "x": list(times - start), "y": list(1e3 * trips)}],
        })  # fmt: skip
    lab.plot("pings", {"title": "A ping beside an upload: it waits for the whole queue", "x_label": "time (s)", "panels": panels})
