"""A broadcast link of 0.7 Mbit/s carries the CBR clip whole; the same pictures as VBR overrun it, at a lower mean rate.

A broadcaster rents a channel of fixed capacity and nobody can ask the sender to slow down. VBR gives each scene the bits that it
needs, so that busy scenes come at several times the mean rate: the link falls seconds behind, queues overflow, and a decoder
must buffer almost ten times as much before it can start. CBR pays with a worse picture in busy scenes and with null packets in
quiet ones, but its rate never moves: a link just above it is enough, and buffer and delay are small and known beforehand.
"""

import json

from harness import about, above, below, equals, scenario, udp
from scenarios.tv.kit import unevenness
from scenarios.tv.kit.clips.recipes import RATE
from scenarios.tv.kit.unevenness import LINK
from topologies.single import Single

FROM, SECONDS = 2, 7  # the end of a quiet scene and the beginning of a busy one; on average the VBR twin would fit


@scenario(
    "tv.q07", question="Why CBR rather than VBR for broadcast?", topology=Single(4, bw=0.7), captures=["h3-eth0", "h4-eth0"],
    roles=["tv-sender", "tv-probe"], seconds=11, load=0.2,
    needs={"tv-sender": ["file", "start_at", "duration", "json"], "tv-probe": ["file", "idle_timeout", "json"]},
)  # fmt: skip
def constant_rate(lab):
    files = {"CBR": lab.asset("cbr_twin.ts"), "VBR": lab.asset("vbr_twin.ts")}
    with lab.step("The files: the same pictures at a constant and at a variable rate", id="files"):
        unevenness.of_files(lab, files)

    with lab.step("tv-probe, which counts in windows of 100 ms, sees the same", id="probe"):
        for name, peak in (("CBR", about(RATE, percent=0.1, unit="bit/s")), ("VBR", above(2 * LINK, "bit/s"))):
            probe = lab.h1.start("tv-probe", file=files[name], json="-")
            probe.wait()
            lab.expect(json.loads(probe.output)["peak_bits_per_second"], peak, f"{name}: the busiest 100 ms", id="peak")

    with lab.step(f"The wire: {SECONDS} s of each, on links of 0.7 Mbit/s", id="wire"):
        ways = {"CBR": (lab.h1, lab.h3), "VBR": (lab.h2, lab.h4)}
        receivers = [to.start("tv-probe", port=5000, idle_timeout=1, json="-").wait_listening(5000, "udp") for _, to in ways.values()]
        senders = [
            host.start("tv-sender", host=to, port=5000, file=files[name], start_at=FROM, duration=SECONDS, json="-")
            for name, (host, to) in ways.items()
        ]
        lab.wait(*senders, *receivers)
        (constant, variable), (got_constant, got_variable) = ([json.loads(one.output) for one in row] for row in (senders, receivers))
        came = {host: lab.packets(host, udp(to=5000)) for host in (lab.h3, lab.h4)}
        lab.expect(got_constant["continuity_errors"], equals(0), "CBR: continuity errors at the receiver", id="cbr-errors")
        lab.expect(came[lab.h3], equals(constant["datagrams"]), "CBR: every datagram arrives", id="cbr-arrives")
        lost = variable["datagrams"] + variable["no_buffer_space"] - len(came[lab.h4])
        peak = came[lab.h4].rate().peak
        told = f"h4 got {len(came[lab.h4]):,} of {variable['datagrams']:,}, {peak / 1e6:.3g} Mbit in the busiest second: more than the link is to let pass?"
        dropped = "VBR: datagrams that the link's queue had to drop"
        lab.expect(lost, above(20), dropped, on=came[lab.h4], id="vbr-dropped", hint=told)
        lab.expect(got_variable["continuity_errors"], above(10), "VBR: continuity errors at the receiver", id="vbr-errors")
        passed = "VBR: the busiest second that comes through, though twice the link's rate was sent"
        lab.expect(peak, below(LINK * 1.4, "bit/s"), passed, id="vbr-passed")
