"""A responder answers probes and nothing else: two that answered each other would never end.

Over TCP it finds probes however they are cut into segments. What is none ends that connection, because nobody can know where the next one
begins, and no other.
"""

from harness import Peer, equals, scenario
from scenarios.services.kit.responder import REPEAT, REPLY, Message, Prober, responder
from scenarios.services.kit.rtt import RESPONDER_PORT
from topologies.single import Single

SOUND = Message(session=1).octets
STRANGE = [
    b"", b"RTTP", SOUND[:-1], SOUND + b"\0", b"rttp" + SOUND[4:], SOUND[:4] + b"\2" + SOUND[5:], SOUND[:5] + b"\4" + SOUND[6:],
    Message(REPLY, session=1, received=1, memory=1).octets, Message(REPEAT, session=1, received=1, memory=1).octets, b"RTTP" * 16_376,
]  # fmt: skip


@scenario(
    "services.ex04-strangers", question="What does a responder do with what is no probe?", topology=Single(2), roles=["rtt-responder"], seconds=4,
)  # fmt: skip
def strangers(lab):
    with lab.step("Datagrams that are no probes, up to the longest there are", id="datagrams"):
        responder(lab, lab.h2)
        prober = Prober(lab.h1, lab.h2, session=1)
        for octets in STRANGE:
            prober.peer.send(octets)
        lab.expect(prober.told(5), equals((REPLY, 5, 1, 5)), "what it answers then: the next probe, the first of its session", id="silent")

    with lab.step("Over TCP too, however a message is cut", id="stream"):
        stream, message = Peer(lab.h1, lab.h2, RESPONDER_PORT), Message(length=60, session=5)
        stream.send(message.octets[:7])
        stream.send(message.octets[7:] + message.octets)
        lab.expect(len(stream.receive(120)), equals(120), "octets that come back of two messages of 60", id="octets")
        stream.send(b"GET / HTTP/1.1\r\n\r\n")
        lab.expect((stream.receive(), stream.ended), equals((b"", "FIN")), "what comes of something else: the connection's end", id="ends")
        lab.expect(prober.told(6), equals((REPLY, 6, 2, 5)), "what others get then: a reply", id="others")
