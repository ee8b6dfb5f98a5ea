"""A long queue makes everybody wait as long as it is: TCP fills it, whatever its length, unless the queue itself takes care.

TCP sends more and more until a packet is lost, and before a queue without management none is lost until it is full. A round trip then
takes queue · frame / rate longer: 1,000 packets before 10 Mbit/s are 1.2 s, and nothing is won, since a queue of the
bandwidth-delay product fills the link too. CoDel drops a packet as soon as packets have waited more than 5 ms for 100 ms, and
TCP slows down: short waiting, and nearly all of the rate, however long the queue might be.
"""

from harness import Parameter, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.parameters import bottleneck, congestion
from scenarios.congestion.kit.queues import QUEUES, Upload, plot_pings, queues_to_try
from scenarios.congestion.kit.routes import use_congestion_control
from topologies.dumbbell import Dumbbell


@scenario(
    "congestion.bufferbloat", question="How long does a ping take beside an upload, before a queue of 10, 100 or 1,000 packets?",
    parameters={
        **bottleneck(bw=(2, 10.0, 20), delay=(1, 10.0, 100)),
        "queue": Parameter(0, "packets", minimum=0, maximum=2000, meaning="0: 10, 100 and 1,000, one after the other"),
        "congestion": congestion("reno", "cubic", "bbr"),
        "seconds": Parameter(5, "s", minimum=3, maximum=60, meaning="of each upload"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": p.queue or QUEUES[0]}),
    load=0.2, seconds=lambda p: 5 + (p.seconds + 1) * len(queues_to_try(p)), switch=SWITCH, snaplen=128, timing_critical=True,
)  # fmt: skip
def pings_beside_uploads(lab):
    with lab.step("An upload with a ping beside it, before one queue after the other", id="uploads"):
        use_congestion_control(lab.h1, lab.parameters.congestion)
        uploads = [Upload(lab, *queue, number) for number, queue in enumerate(queues_to_try(lab.parameters), 1)]
    with lab.step("How long the ping took beside each", id="pings"):
        for one in uploads:
            one.look()
            if one.discipline == "codel":
                one.waits_little()
            else:
                one.waits_for_the_queue()
            words = f" {one.queue}" * (not lab.parameters.queue)
            lab.measure(f"RTT {one.discipline}{words}", one.usual, unit="ms")
            lab.measure(f"goodput {one.discipline}{words}", one.goodput / 1e6, unit="Mbit/s")
        plot_pings(lab, uploads)
