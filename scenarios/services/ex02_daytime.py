"""Daytime answers any datagram by a line of text; a protocol of one's own can ask for a zone, and say what is wrong.

RFC 867 has no question: whatever comes is answered, by a text for people. A PDU of fixed length has a field for the zone, and one for the
error. Zones are more than hours: Nepal is at 5:45, and on two nights of the year a clock in Madrid leaps.
"""

import time

from harness import Peer, below, contains, equals, failed, matches, scenario, udp
from scenarios.services.kit.daytime import FORMAT, HOME, PORT, ask, daytime_server, home
from scenarios.services.kit.daytime import of_one_protocol, off, printed, reply, tells_the_servers_time, tells_the_time, understood
from topologies.single import Single

ZONES = ("Asia/Kathmandu", "Europe/Madrid", "Australia/Lord_Howe", "UTC")
EDGES = {  # zone, seconds since 1970 → the clock there
    ("Europe/Madrid", 1774745999): "2026-03-29T01:59:59",
    ("Europe/Madrid", 1774746000): "2026-03-29T03:00:00",
    ("Europe/Madrid", 1792889999): "2026-10-25T02:59:59",
    ("Europe/Madrid", 1792890000): "2026-10-25T02:00:00",
    ("Asia/Kathmandu", 1774746000): "2026-03-29T06:45:00",
    ("Australia/Lord_Howe", 1775314799): "2026-04-05T01:59:59",
    ("Australia/Lord_Howe", 1775314800): "2026-04-05T01:30:00",
}
NOWHERE = ("../../etc/passwd", "Mars/Phobos")
AHEAD, LATER = 1000, 4  # s; s after the server's start, when a clock that stands still is wrong for anybody


@scenario(
    "services.ex02", question="Daytime over UDP, and the time of any zone", topology=Single(3), roles=["daytime-server", "daytime-client"],
    captures=["h1-eth0"], seconds=8,
)  # fmt: skip
def daytime(lab):
    with lab.step("RFC 867: a datagram of anybody is answered by date and time", id="plain"):
        server, peers = daytime_server(lab, zone=HOME), [Peer(host, lab.h1, PORT, "udp") for host in (lab.h2, lab.h3)]
        for peer, question in zip(peers, (b"what time is it?", b"\n"), strict=True):
            since = time.time()
            tells_the_time(lab, line := reply(peer, question), home(lab), since, server)
    with lab.step("As RFC 867 recommends: a line of printing ASCII characters; also for an empty datagram", id="line", should=True):
        lab.expect(line, matches(r"\A[ -~]+[\r\n]{0,2}\Z"), "one line", id="one")
        lab.expect(reply(peers[0], b""), matches(r"\d\d:\d\d:\d\d"), "the reply to an empty datagram", id="empty", hint=server.state)
    with lab.step("Seconds later it is later", id="later"):
        lab.at(LATER, since=server.started)
        since = time.time()
        tells_the_time(lab, reply(peers[1], b"and now?"), home(lab), since, server)

    if spoken := understood(lab, peers[0]):
        with lab.step("As on the sheet: --format %c", id="format"):
            client = ask(lab, format="%c")
            of_one_protocol(lab)
            tells_the_time(lab, client.output, home(lab), client.started, client)
            c = r"^[A-Z]\w\w [A-Z]\w\w [ \d]\d \d\d:\d\d:\d\d \d{4}\n$"
            lab.expect(client.output, matches(c), "what the client prints, in the words of C", id="words", should=True)
        if lab.takes("daytime-client", "zone"):
            of_zones(lab)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
    if spoken:
        with lab.step(f"Another server, whose clock is {AHEAD} s ahead", id="another"):
            tells_the_servers_time(lab, AHEAD)


def of_zones(lab):
    """The clocks of zones, and what has none."""
    before = [len(lab.packets(lab.h1, way)) for way in ways(lab)]
    with lab.step("What clocks show elsewhere", id="zones"):
        for zone in ZONES:
            client = ask(lab, format=FORMAT, zone=zone)
            lab.expect(off(client.output, zone, client.started), below(2, "s"), f"{client.output.strip()!r} is off, in {zone}", id="now", hint=client.state)
        if lab.takes("daytime-client", "at"):
            for (zone, moment), wanted in EDGES.items():
                printed(lab, ask(lab, format=FORMAT, zone=zone, at=moment), wanted, f"what a clock in {zone} shows at {moment}")

    with lab.step("Zones that there are not", id="nowhere", should=True):
        for zone in NOWHERE:
            client = ask(lab, zone=zone)
            lab.expect(client.status, failed, f"exit status for {zone}", id="status")
            lab.expect(client.errors, contains("no zone"), "the client is told", id="told")

    with lab.step("PDUs of a fixed length, whatever they say", id="length"):
        kinds = [sorted(set(lab.packets(lab.h1, way).payloads[first:])) for way, first in zip(ways(lab), before, strict=True)]
        for name, lengths in zip(("questions", "answers"), kinds, strict=True):
            lab.expect(lengths, equals(lengths[:1]), f"bytes of each of the {name}: PDUs are of one length", id=name)


def ways(lab):
    """Between h2 and the server, there and back."""
    return udp(to=PORT, source=lab.h2), udp(source=PORT, to=lab.h2)
