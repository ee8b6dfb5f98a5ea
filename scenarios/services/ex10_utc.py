"""Cristian's algorithm takes the middle of the round trip, and is wrong by half of what the two directions differ in.

The client reads T1, the server answers with its time, and the client, at T4, takes the answer to have been half of the round trip under way.
Nothing in the exchange tells how the round trip is split; so the error is half of the round trip at most, less what is known
that every datagram takes. When both directions take the same time the error is small; with 20 ms to the server and
40 ms back it is 10 ms, every time, and no number of samples helps. The client corrects a clock of its own: the host's is never set.
"""

import json

from harness import Call, about, below, equals, matches, scenario, udp
from topologies.single import Single

PORT, AHEAD = 12810, 3.5  # and the seconds that the server's clock is ahead of the client's
SETTING = {"clock_settime", "clock_adjtime", "adjtimex", "settimeofday"}


@scenario(
    "services.ex10", question="How exactly can a clock be set over a network?", topology=Single(2, delay=10, means="wire"),
    roles=["utc-server", "utc-client"], needs={"utc-server": ["offset"], "utc-client": ["json"]}, seconds=8,
)  # fmt: skip
def utc(lab):
    with lab.step("Both directions take 20 ms", id="alike"):
        server = lab.h1.start("utc-server", port=PORT, offset=AHEAD).wait_listening(PORT, "udp")
        client, round = exchange(lab, traced=True)
        lab.expect(client.output, matches(r"offset \+3\.[45]"), "it tells the offset", id="told")
        lab.expect(round["offset"], about(AHEAD, by=0.005), "seconds that the client finds the server ahead", id="offset")
        wrong_by(lab, round)
        calls = [call.name for call in client.calls() if isinstance(call, Call) and call.name in SETTING]
        lab.expect(calls, equals([]), "calls that set the host's clock", id="host")
        lab.expect(sizes(lab), equals({"questions": [56], "answers": [56]}), "bytes of questions and of answers", id="sizes")

    with lab.step("20 ms to the server, 40 ms back", id="unlike"):
        lab.link(lab.h1, "s1").set("forward", delay=30)
        _, round = exchange(lab)
        lab.expect(round["offset"] - AHEAD, about(-0.010, by=0.003), "error, seconds: half of what the directions differ in", id="error")
        wrong_by(lab, round)

    with lab.step("The client knows that no datagram takes less than 19 ms", id="least", should=True):
        _, round = exchange(lab, least_delay=0.019)
        wrong_by(lab, round)
        lab.expect(round["bound"], below(0.016), "bound of the error, seconds", id="bound")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def exchange(lab, least_delay=0, **parameters):
    """A client that sets its clock once; the program, and what it tells of that round."""
    client = lab.h2.start("utc-client", host=lab.h1, port=PORT, json="rounds.json", least_delay=least_delay, **parameters)
    lab.expect(client.wait(), equals(0), "the client's exit status", id="status")
    return client, json.loads(client.left("rounds.json"))["rounds"][0]


def wrong_by(lab, round):
    """The error is within the client's bound."""
    lab.expect(abs(round["offset"] - AHEAD), below(round["bound"]), "error of the offset, seconds, below its bound", id="within")


def sizes(lab):
    """Bytes of the datagrams in both directions."""
    return {"questions": sorted(set(lab.packets(lab.h1, udp(to=PORT)).payloads)), "answers": sorted(set(lab.packets(lab.h1, udp(source=PORT)).payloads))}
