"""Whoever asks by UDP may have forged his address: what comes back to it must not be more than was sent, or not often.

RFC 867 answers an empty datagram by a line, to whomever it says that it is from. So a good server limits these replies in rate, for each
source, and the next host is answered all the same; a PDU of one's own can be as long as any answer to it. Datagrams from the ports of
services that answer whatever comes get nothing: two such servers would talk for ever.
"""

import random
import time

from harness import Peer, between, equals, scenario, udp
from scenarios.services.kit.daytime import ANSWER, HOME, LENGTH, MAGIC, PORT, QUESTION, answer, daytime_server, reply, speaks, tells_the_time
from topologies.single import Single

FLOOD, MOST = 200, 40  # datagrams, and replies to them in some seconds
LENGTHS = [*range(2 * LENGTH), 512, 1024, 1472, 65507]


@scenario(
    "services.ex02-limits", question="What can a stranger make a daytime server send?", topology=Single(3), roles=["daytime-server"],
    captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def limits(lab):
    with lab.step("A host asks", id="asked"):
        server, (peer, other) = daytime_server(lab, zone=HOME), [Peer(host, lab.h1, PORT, "udp") for host in (lab.h2, lab.h3)]
        tells_the_time(lab, reply(peer, b"what time is it?"), "", time.time() - 5, server)

    with lab.step(f"The same host sends {FLOOD} datagrams", id="flood", should=True):
        began = time.time()
        for _ in range(FLOOD):
            peer.send(b"x")
        lab.expect(reply(other, b"and I?") != "", equals(True), "another host is answered", id="other", hint=server.state)
        most = MOST + round(time.time() - began)
        lab.expect(lab.packets(lab.h1, udp(source=PORT, to=lab.h2)), between(1, most), "replies to the first", id="replies")

    with lab.step("A datagram from the port of the service itself", id="loop", should=True):
        forged = lab.h3.start_command("socat", "-u", "-", f"UDP4:{lab.h1}:{PORT},sourceport={PORT}", stdin=b"for ever")
        forged.wait()
        lab.wait_for_packet(lab.h1, f"{udp(to=PORT)} && udp.srcport == {PORT}")
        reply(other, b"and on")
        answers = lab.packets(lab.h1, udp(source=lab.h1, to=PORT))
        lab.expect(answers, equals(0), "answers to who would answer them", id="answers")

    if speaks(lab, other):
        with lab.step("Datagrams of all lengths, that begin as questions do", id="hostile", should=True):
            before = len(lab.packets(lab.h1, udp(source=PORT)))
            for datagram in hostile(random.Random(lab.seed)):
                peer.send(datagram)
            lab.expect(len(answer(other, QUESTION)), equals(LENGTH), "bytes of the answer to a question behind them", id="answered", hint=server.state)
            sizes = lab.packets(lab.h1, udp(source=PORT)).payloads[before:]
            lab.expect(max(sizes), equals(LENGTH), "bytes of the longest answer: as long as its question", id="length")
            lab.expect(sum(size < LENGTH for size in sizes), between(0, MOST), "replies in text among them", id="texts")
        with lab.step("An answer, which nobody has asked for", id="unasked", should=True):
            before = len(lab.packets(lab.h1, udp(source=PORT, to=lab.h3)))
            other.send(ANSWER)
            answer(other, QUESTION)
            lab.expect(len(lab.packets(lab.h1, udp(source=PORT, to=lab.h3))) - before, equals(1), "answers to it and to a question", id="answers")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def hostile(chance):
    """Datagrams of each length; those of a question's may be one but for some octets."""
    for length in LENGTHS:
        datagram = bytearray(QUESTION[:length].ljust(length, b"\0"))
        for _ in range(chance.randrange(4) if length > len(MAGIC) else 0):
            datagram[chance.randrange(len(MAGIC), length)] = chance.randrange(256)
        yield bytes(datagram)
