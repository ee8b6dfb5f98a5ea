"""A responder answers each probe once, as long as it was, and says what it knows: how many came, which again, how long it had them.

From that a prober learns on which way probes were lost, and what of a round trip was not the network's. It answers probes only: two that
answered each other would never end.
"""

from harness import Peer, about, between, equals, scenario
from scenarios.services.kit.responder import HEADER, REPEAT, REPLY, Message, Prober
from scenarios.services.kit.rtt import RESPONDER_PORT
from topologies.single import Single


@scenario(
    "services.ex04-responder", question="What does a responder say of the probes that come to it?", topology=Single(3), roles=["rtt-responder"],
    seconds=6,
)  # fmt: skip
def responder_tells(lab):
    with lab.step("A reply to each probe, with its session, its sequence and its length", id="answers"):
        responder = lab.h2.start("rtt-responder", port=RESPONDER_PORT).wait_listening(RESPONDER_PORT, "udp").wait_listening(RESPONDER_PORT)
        first, other = Prober(lab.h1, lab.h2, session=2**63 + 1), Prober(lab.h3, lab.h2, session=2**63 + 1)
        replies = [first.ask(sequence, length) for sequence, length in enumerate((HEADER, HEADER + 1, 1400))]
        own = [(one.type, one.session, one.sequence, one.length) if isinstance(one, Message) else one for one in replies]
        asked = [(REPLY, 2**63 + 1, sequence, length) for sequence, length in enumerate((HEADER, HEADER + 1, 1400))]
        lab.expect(own, equals(asked), "type, session, sequence and length of three replies", id="reply", hint=responder.state)

    with lab.step("It counts: probes that came, each once, from each prober, and the lowest of them", id="counts"):
        lab.expect(first.told(9), equals((REPLY, 9, 4, 0)), "type, sequence, received and since, after a gap", id="gap")
        lab.expect(first.told(9), equals((REPEAT, 9, 4, 0)), "of a probe that comes again", id="repeat")
        lab.expect(first.told(7), equals((REPLY, 7, 5, 0)), "of one that was overtaken", id="overtaken")
        lab.expect(other.told(6), equals((REPLY, 6, 1, 6)), "of another prober's, in a session of that number", id="other")
        lab.expect(other.told(4), equals((REPLY, 4, 2, 4)), "of an earlier one", id="earlier")
        one, two, far = first.ask(10), first.ask(11), other.ask(7)
        memories = one.memory != 0 and one.memory == two.memory != far.memory
        lab.expect(memories, equals(True), "a memory is not 0, stays, and is another one for each prober", id="memory")

    with lab.step("How long it had a probe: no longer than its host", id="own-time"):
        replies, probes = (lab.packets(lab.h2, f"rtt.type {kinds} && ip.addr == {lab.h1} && rtt.sequence > 9") for kinds in (">= 2", "== 1"))
        for probe, reply, told in zip(probes, replies, (one, two)):
            own, there = (told.answered - told.arrived) / 1e6, (reply.time - probe.time) * 1e3
            lab.expect(own, between(0, there, "ms"), "its own time: no more than passed between the packets at its interface", id="most")
            lab.expect(own, about(there, by=25, unit="ms"), "its own time: what passed between the packets at its interface", id="all")

    with lab.step("It answers nothing but probes", id="nothing-else"):
        sound = Message(session=1).octets
        strange = [b"", b"RTTP", sound[:-1], sound + b"\0", b"rttp" + sound[4:], sound[:4] + b"\2" + sound[5:], sound[:5] + b"\4" + sound[6:]]
        for octets in [*strange, Message(REPLY, session=1, received=1, memory=1).octets, Message(REPEAT, session=1, received=1, memory=1).octets]:
            first.peer.send(octets)
        lab.expect(first.told(12), equals((REPLY, 12, 8, 0)), "what it answers then: the next probe", id="silent")

    with lab.step("Over TCP too, however a message is cut", id="stream"):
        stream, message = Peer(lab.h1, lab.h2, RESPONDER_PORT), Message(length=60, session=5)
        stream.send(message.octets[:7])
        stream.send(message.octets[7:] + message.octets)
        lab.expect(len(stream.receive(120)), equals(120), "octets that come back of two messages of 60", id="octets")
        stream.send(b"GET / HTTP/1.1\r\n\r\n")
        lab.expect((stream.receive(), stream.ended), equals((b"", "FIN")), "what comes of something else: the connection's end", id="ends")
        lab.expect(first.told(13), equals((REPLY, 13, 9, 0)), "what it answers to others then: a probe", id="others")
