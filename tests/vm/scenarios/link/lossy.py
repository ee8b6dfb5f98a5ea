"""Two links with 10 ms of delay and 5 % of loss each way are that to ping, and TCP mends what they lose.

What a host's own link loses is not in that host's capture where netem makes the link, and is where `wire` does: so what was
sent is ping's to tell, and only what arrived is counted in packets.
"""

import math
import re

from harness.judge.expect import about, between, equals
from harness.judge.scenario import scenario
from topologies.single import Single

PINGS, LOSS = 300, 0.05
FILE = bytes(range(250)) * 240


def deviations(share: float) -> float:
    """Four standard deviations of a count out of PINGS: chance alone is outside once in 16,000 runs."""
    return 4 * math.sqrt(PINGS * share * (1 - share))


@scenario("link.lossy", question="delay=10ms, loss=5%: does everyone see just that?", topology=Single(2, delay="10ms", loss="5%"),
          roles=["netcat"], seconds=15)  # fmt: skip
def lossy(lab):
    for host, other in ((lab.h1, lab.h2), (lab.h2, lab.h1)):
        host.run("ip", "neigh", "replace", other, "lladdr", other.mac, "dev", host.interface, "nud", "permanent")
    lab.step("Pings")
    said = lab.h1.run("ping", "-c", PINGS, "-i", "0.02", lab.h2).output
    there, back = (1 - LOSS) ** 2, (1 - LOSS) ** 4
    lab.expect(lab.packets(lab.h2, "icmp.type == 8"), about(PINGS * there, by=deviations(there)), "requests come through two links")
    answered = int(re.search(r"(\d+) received", said)[1])
    lab.expect(answered, about(PINGS * back, by=deviations(back)), "answers come through four")
    least = float(re.search(r"min/avg/max/mdev = ([\d.]+)", said)[1]) / 1e3
    lab.expect(least, between(0.040, 0.050, "s"), "the quickest round trip is four delays and a little")

    lab.step("TCP")
    server = lab.h2.start("netcat", "-l", 1234).wait_listening(1234)
    client = lab.h1.start("netcat", "-N", lab.h2, 1234, stdin=FILE)
    lab.expect(lab.wait(client, server, deadline=120), equals([0, 0]), "both end well")
    lab.expect(server.stdout_path.read_bytes() == FILE, equals(True), "what was lost was sent again")
