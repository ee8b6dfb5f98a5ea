"""A server of date and time keeps a clock right by a time server, and says whether it does: a wrong clock looks like a right one.

The time server is chrony on another host, asked by NTP; the daytime server's own clock is wrong by minutes at first. Measured once, it is
synchronised, of a stratum more than its source, and not for ever: when the source is silent for some rounds, the server says so. A source
that does not know the time itself (leap 3) makes nobody synchronised.
"""

import time

from harness import Peer, above, below, between, equals, scenario
from scenarios.services.kit.chrony import STRATUM, answers, time_server
from scenarios.services.kit.daytime import HOME, PORT, ahead, ask, daytime_server, home, off, reply, speaks, synchronised
from topologies.single import Single

AHEAD, INTERVAL = 300, 2  # s


@scenario(
    "services.ex02-sync", question="A daytime server that is synchronised with a time server", topology=Single(3),
    roles=["daytime-server", "daytime-client", "chronyd"], needs={"daytime-server": ["time_server"]}, timing_critical=True, seconds=14,
)  # fmt: skip
def daytime_synchronised(lab):
    with lab.step("The time server is not there", id="alone"):
        server = daytime_server(lab, zone=HOME, time_server=lab.h3, sync_interval=INTERVAL, **ahead(lab, AHEAD))
        peer = Peer(lab.h2, lab.h1, PORT, "udp")
        since = time.time()
        line = reply(peer, b"what time is it?")
        lab.expect(off(line, home(lab), since), between(AHEAD - 10, AHEAD + 1, "s"), "its clock is wrong by", id="wrong", hint=server.state)
    ours = speaks(lab, peer) and lab.takes("daytime-client", "json")
    if ours:
        with lab.step("It says that nobody should rely on it", id="said", should=True):
            said(lab, synchronised=False, stratum=0)
        with lab.step("A time server that does not know the time itself", id="ignorant", should=True):
            ignorant = time_server(lab, knows=False)
            lab.expect_soon(lambda: len(answers(lab)), above(3), "answers of the time server", id="answers", deadline=20)
            said(lab, synchronised=False, stratum=0)
            ignorant.stop()

    with lab.step("A time server that knows it", id="follows"):
        before = len(answers(lab))
        source = time_server(lab)
        lab.expect_soon(lambda: len(answers(lab)) - before, above(0), "answers of the time server, by NTP", id="asked", deadline=20, hint=server.state)
        wrong_by = lambda: off(reply(peer, b"and now?"), home(lab), time.time() - 1)  # noqa: E731
        lab.expect_soon(wrong_by, below(2, "s"), "its clock is wrong by", id="right", deadline=20, hint=server.state)
    if ours:
        with lab.step("It says how it knows", id="source", should=True):
            found = said(lab, synchronised=True, stratum=STRATUM + 1)
            lab.expect(found["offset"], between(-AHEAD - 1, 1, "s"), "what it last measured: the source less its own clock", id="offset")
            lab.expect(found["bound"], below(0.5, "s"), "how wrong it may be", id="bound")
            lab.expect(abs(found["moment"] - time.time()), below(3, "s"), "how wrong it is", id="moment")
        with lab.step("The time server has left", id="left", should=True):
            source.stop()
            lab.until(lambda: not synchronised(peer), "the server to say that it is not synchronised any more", deadline=10 * INTERVAL)
            said(lab, synchronised=False, stratum=0)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def said(lab, **wanted):
    """The fields of an answer; some are as wanted."""
    file = lab.folder / "answer.json"
    found = ask(lab, json=file).left_json(file)
    lab.expect({name: found[name] for name in wanted}, equals(wanted), "what it says of its clock", id="quality")
    return found
