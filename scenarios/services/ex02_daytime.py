"""Daytime answers any datagram by a line of text; a protocol of one's own can ask for a zone, and say what is wrong.

RFC 867 has no question: whatever comes is answered, by a text for people. A fixed-length PDU has a field for the zone, one for the error, and
an id, by which a late answer is not taken for the next one's. Zones are more than hours: Nepal is at 5:45, and on two nights of
the year a clock in Madrid leaps. Since an address can be forged, an answer is as long as its question, and RFC 867's, which cannot be,
are limited in rate for each source.
"""

import json
import time

from harness import Peer, between, contains, equals, matches, scenario, udp
from topologies.single import Single

PORT, HOME = 13, "America/Argentina/Buenos_Aires"
EDGES = {  # zone, seconds since 1970 → the clock there
    ("Europe/Madrid", 1774745999): "2026-03-29T01:59:59 3600",
    ("Europe/Madrid", 1774746000): "2026-03-29T03:00:00 7200",
    ("Europe/Madrid", 1792889999): "2026-10-25T02:59:59 7200",
    ("Europe/Madrid", 1792890000): "2026-10-25T02:00:00 3600",
    ("Asia/Kathmandu", 1774746000): "2026-03-29T06:45:00 20700",
    ("Australia/Lord_Howe", 1775314799): "2026-04-05T01:59:59 39600",
    ("Australia/Lord_Howe", 1775314800): "2026-04-05T01:30:00 37800",
}
NOWHERE = ("../../etc/passwd", "Mars/Phobos")


@scenario(
    "services.ex02", question="Daytime, and the time of any zone", topology=Single(), roles=["daytime-server", "daytime-client"],
    needs={"daytime-client": ["zone", "at", "json"]}, seconds=8,
)  # fmt: skip
def daytime(lab):
    with lab.step("RFC 867: any datagram is answered by a line", id="plain"):
        server, peer = lab.h1.start("daytime-server", port=PORT, zone=HOME).wait_listening(PORT, "udp"), Peer(lab.h2, lab.h1, PORT, "udp")
        peer.send(b"")
        line = peer.receive().decode("ascii", "backslashreplace")
        lab.expect(line, contains(time.strftime("%Y")), "the line has the year", id="year")
        lab.expect(line, matches(r"^[ -~]+\r\n$"), "one line of printing ASCII characters", id="ascii", should=True)

    with lab.step("As on the sheet: --format %c", id="format"):
        client, _ = ask(lab, format="%c")
        lab.expect(client.output, matches(r"^[A-Z]\w\w [A-Z]\w\w [ \d]\d \d\d:\d\d:\d\d \d{4}\n$"), "what the client prints", id="printed")

    with lab.step("Zones, a second before and at the changes of their clocks", id="zones"):
        for (zone, moment), wanted in EDGES.items():
            _, answer = ask(lab, zone=zone, at=moment)
            lab.expect(f"{answer['local']} {answer['utc_offset']:.0f}", equals(wanted), f"{zone} at {moment}", id="clock")
        lab.expect(answer["synchronised"], equals(False), "a server without a time server says that it is not synchronised", id="synchronised")

    with lab.step("Zones that there are not", id="nowhere"):
        for zone in NOWHERE:
            client = lab.h2.start("daytime-client", host=lab.h1, port=PORT, zone=zone)
            lab.expect(client.wait(), equals(1), f"exit status for {zone}", id="status")
            lab.expect(client.errors, contains("no zone"), "the client is told", id="told")
        sizes = [sorted(set(lab.packets(lab.h1, way + " && daytime_zone").payloads)) for way in (udp(to=PORT), udp(source=PORT))]
        lab.expect(sizes, equals([[192], [192]]), "bytes of questions and of answers", id="sizes")

    with lab.step("A hundred datagrams of one source", id="limited", should=True):
        for _ in range(100):
            peer.send(b"x")
        ask(lab)  # answered behind all of them
        replies = len(lab.packets(lab.h1, f"{udp(source=PORT)} && !daytime_zone"))
        lab.expect(replies, between(2, 30), "replies to all", id="replies")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def ask(lab, **parameters):
    """A client that is answered; the program, and the answer's fields."""
    client = lab.h2.start("daytime-client", host=lab.h1, port=PORT, json="answer.json", **parameters)
    lab.expect(client.wait(), equals(0), "the client's exit status", id="answered")
    return client, json.loads(client.left("answer.json"))
