"""A file takes as long as the link's rate says.

A scenario with parameters, on which the tests of sweeps are done.
"""

from harness import Choice, Parameter, about, equals, scenario
from topologies.single import Single


@scenario(
    "test.rate", question="How quick is a file on a slow link?",
    parameters={
        "bw": Parameter(4.0, "Mbit/s", minimum=0.5, maximum=100, meaning="rate of both links"),
        "kilobytes": Parameter(100, "kB", minimum=1, maximum=1000, meaning="size of the file"),
        "claim": Choice("right", "wrong", "crash", meaning="what is expected of the size"),
    },
    topology=lambda p: Single(2, bw=p.bw, queue=50), roles=["netcat"], seconds=lambda p: 1.5 + p.kilobytes * 0.008 / p.bw, load=0.3,
)  # fmt: skip
def rate(lab):
    size = lab.parameters.kilobytes * 1000
    received = lab.folder / "received"
    server = lab.h1.start("netcat", "-l", 1234, stdout=received).wait_listening(1234)
    client = lab.h2.start("netcat", "-N", lab.h1, 1234, stdin=bytes(size))
    lab.expect(lab.wait(client, server, deadline=60), equals([0, 0]), "both end well")
    data = lab.packets(lab.h1, "tcp.dstport == 1234 and tcp.len > 0")
    seconds = data.times[-1] - data.times[0]
    lab.measure("goodput", (size - data[0]["tcp.len"]) * 8 / seconds / 1e6, unit="Mbit/s")
    lab.measure("packets", len(data))
    if lab.parameters.claim == "crash":
        raise RuntimeError("as it was told")
    wrong = lab.parameters.claim == "wrong"
    lab.expect(received.stat().st_size, equals(size + wrong, unit="B"), "all of the file arrives")
    if lab.at_defaults:
        lab.expect(lab.measurements[0].value, about(4 * 1448 / 1514, percent=10, unit="Mbit/s"), "at the rate of the link")
