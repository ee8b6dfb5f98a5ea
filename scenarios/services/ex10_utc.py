"""A clock is set to what the server says, and half of the round trip more: the answer is as old as its way was long.

Cristian's algorithm: the client notes when it asks and when the answer comes, and takes half of what is between for the answer's way.
With 0.45 s each way, who forgets that sets a clock 0.45 s slow, and who adds the whole round trip sets it 0.45 s fast. Server and client
may speak any protocol, over UDP or TCP. To be seen, the time must be printed, or given to the system.
"""

import math
import time

from harness import above, between, equals, scenario
from scenarios.services.kit.utc import PORT, of_one_protocol, settings, times, utc_client, utc_server
from topologies.single import Single

DELAY, SLACK = 0.45, 0.2  # s, one way; s: far below that
ANSWERS = f"(udp.srcport == {PORT} || tcp.srcport == {PORT} && tcp.len > 0) && !icmp"


@scenario(
    "services.ex10", question="Set a clock by a UTC server, by Cristian's algorithm", topology=Single(2, means="wire", delay=1),
    roles=["utc-server", "utc-client"], timing_critical=True, seconds=8,
)  # fmt: skip
def utc(lab):
    with lab.step("A server that listens", id="listen"):
        server = utc_server(lab)
        lab.h2.run("ping", "-c1", lab.h1)  # so that no question waits for ARP

    with lab.step("A clock that is 500 s fast, on a quick network", id="fast"):
        is_set(lab, utc_client(lab, offset=500, samples=1))

    with lab.step("0.45 s each way, and a clock that is 1000 s slow", id="slow"):
        lab.link(lab.h1, "s1").set(delay=1000 * DELAY - 1)
        client = utc_client(lab, offset=-1000, samples=1)
        told, came = is_set(lab, client)
        if told and len(came) and min(one.step for one in told) == 1:
            when_it_shows(lab, client, came)
            is_set(lab, utc_client(lab, offset=-1000, samples=1))

    with lab.step("The host's clock is everybody's", id="host", should=True):
        lab.link(lab.h1, "s1").set(delay=1)
        client = utc_client(lab, samples=1)
        lab.expect(client.wait(), equals(0), "the client's exit status", id="status", hint=client.state)
        lab.expect(settings(client), equals([]), "calls that set the host's clock", id="calls")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def is_set(lab, client):
    """The client tells a time that was right between the answer's coming and the client's end; gives the times, and when the answer came."""
    client.wait(20)
    of_one_protocol(lab)
    came = lab.packets(lab.h2, ANSWERS).between(client.started, client.ended)
    lab.expect(came, above(0), "answers that reach the client", id="answers", hint=client.state)
    told = times(client)
    lab.expect(len(told), above(0), "times that the client prints or sets", id="told", hint="print the time that the clock is set to")
    if told and len(came):
        each = [one.off(came.times[-1], client.ended) for one in told]
        off = min(each, key=abs)
        lab.expect(off, between(-SLACK, SLACK, "s"), "the time that it sets, away from the right one", id="right", hint=lambda: advice(off, each))
    return told, came.times


def when_it_shows(lab, client, came):
    """Who tells whole seconds shows little: waits so that the next client's answer comes a third of a second behind a whole one, when a time
    of half a round trip ago is of the second before."""
    takes, now = came[-1] - client.started, time.time()
    lab.at(math.ceil(now + takes) + 0.33 - takes - now, since=now)


def advice(off, each):
    """What such a difference comes from: the least of those of each time that is told."""
    told = f"the times that are told are off by {', '.join(f'{one:+.2f} s' for one in each[:8])}: "
    if abs(abs(off) - DELAY) < SLACK / 2:
        return told + ("half of the round trip was forgotten" if off < 0 else "half of the round trip is to be added, once")
    if abs(off) < 1:
        return told + "are parts of a second told by the server, and taken over?"
    return told + "is the server's time taken over, or the client's own printed?"
