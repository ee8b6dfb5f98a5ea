"""A TCP connection carries one window in each round trip, however fast the link is, until the window fills the link.

A receiver lets so many bytes be on the way to it as its window says. They take a round trip to arrive and to be acknowledged,
so that window / round trip is the most that can be had: 16 KiB over 100 ms are 1.3 Mbit/s, on any link. What a link
carries in a round trip is its bandwidth-delay product; a larger window only makes packets wait in the queue before it.
"""

from harness import Parameter, about, scenario
from scenarios.congestion import SWITCH
from scenarios.congestion.kit.limits import buffers, plot_windows, seconds_for, through_window, windowed
from scenarios.congestion.kit.parameters import bottleneck
from scenarios.congestion.kit.theory import payload_rate
from topologies.dumbbell import Dumbbell


@scenario(
    "congestion.window", question="How fast is TCP with a window of 8 to 128 KiB?",
    parameters={
        **bottleneck(bw=(0.5, 5.0, 20), delay=(10, 50.0, 200)),
        "buffer": Parameter(0, "B", minimum=0, maximum=262144, meaning="of both sockets; 0: 8 to 128 KiB, one after the other"),
    },
    topology=lambda p: Dumbbell(delay=p.delay, means="wire", forward={"bw": p.bw, "queue": 300}),
    load=0.2, seconds=lambda p: 4 + (seconds_for(p) + 1) * len(buffers(p)), switch=SWITCH, snaplen=128, timing_critical=True,
    captures=["h2-eth0"],
)  # fmt: skip
def window_and_round_trip(lab):
    with lab.step("A connection with each size of buffers, one after the other", id="connections"):
        flows = [windowed(lab, size, number) for number, size in enumerate(buffers(lab.parameters), 1)]
    with lab.step("What came in each round trip, and what the receiver's window was", id="windows"):
        windows, goodputs = zip(*(through_window(lab, flow) for flow in flows))
        lab.measure("window", windows[-1] / 1e3, unit="kB")
        lab.measure("goodput", goodputs[-1] / 1e6, unit="Mbit/s")
        plot_windows(lab, windows, goodputs)
    if lab.at_defaults:
        with lab.step("What a larger window brings", id="larger"):
            factor = about(windows[1] / windows[0], percent=20)
            lab.expect(goodputs[1] / goodputs[0], factor, "a window twice as large carries twice as much: by a factor of", id="twice")
            whole = about(payload_rate(lab.parameters.bw * 1e6), percent=4, unit="bit/s")
            lab.expect(goodputs[-1], whole, "the largest window fills the link", id="full")
