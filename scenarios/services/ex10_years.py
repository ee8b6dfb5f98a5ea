"""2038 and 2106 are years like others for a clock that counts nanoseconds in 64 bits.

On 19 January 2038 the seconds since 1970 no longer fit into 31 bits, and on 7 February 2106 not into 32: what holds them in less jumps
back by 68 or 136 years. The server's clock passes each of the two while it is asked; every answer is later than the one before.
"""

import time

from harness import above, about, below, contains, equals, scenario
from scenarios.services.kit.utc import exchanges, rounds, utc_client, utc_server
from topologies.single import Single

EDGES = {"2038": (2**31, "2038-01-19 03:14:"), "2106": (2**32, "2106-02-07 06:28:")}  # s since 1970, and as the client prints it
EARLY, ROUNDS = 1.2, 4  # s before the edge, at which the server begins


@scenario(
    "services.ex10-years", question="Clocks beyond 2038 and 2106", topology=Single(2), roles=["utc-server", "utc-client"],
    needs={"utc-client": ["json", "rounds"]}, seconds=8,
)  # fmt: skip
def years(lab):
    for year, (edge, printed) in EDGES.items():
        with lab.step(f"Into {year}", id=f"in-{year}"):
            began = time.time()
            ahead = edge - EARLY - began
            server = utc_server(lab, ahead)
            file = lab.folder / "rounds.json"
            client = utc_client(lab, adjust="step", samples=2, rounds=ROUNDS, interval=0.8, json=file)
            found = rounds(lab, client, file)
            times = [one.received for one in exchanges(lab, client)]
            lab.expect(found[0]["offset"], about(ahead, by=0.6, unit="s"), "how far it finds the server ahead", id="offset")
            lab.expect(max(abs(one["offset"]) for one in found[1:]), below(0.1, "s"), "the same in later rounds, once it is set", id="steady")
            lab.expect([times[0] < edge, times[-1] > edge], equals([True, True]), "whether the first answer is of before, and the last of after", id="passed")
            lab.expect(min(b - a for a, b in zip(times, times[1:])), above(0.0, "s"), "least from an answer's time to the next one's", id="forwards")
            lab.expect(client.output, contains(printed), "what the client prints", id="printed")
            lab.expect_interrupted(server)
