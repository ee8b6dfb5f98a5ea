"""A responder answers each probe once, as long as it was, and says what it knows: how many came, which again, how long it had them.

From that a prober learns on which way probes were lost, and what of a round trip was not the network's.
"""

from harness import about, between, equals, scenario
from scenarios.services.kit.responder import HEADER, REPEAT, REPLY, Message, Prober, responder
from topologies.single import Single

SESSION, LENGTHS = 2**63 + 1, (HEADER, HEADER + 1, 1400)


@scenario(
    "services.ex04-responder", question="What does a responder say of the probes that come to it?", topology=Single(3), roles=["rtt-responder"],
    seconds=5,
)  # fmt: skip
def responder_tells(lab):
    with lab.step("A reply to each probe, with its session, its sequence and its length", id="answers"):
        answering = responder(lab, lab.h2)
        first, other = Prober(lab.h1, lab.h2, SESSION), Prober(lab.h3, lab.h2, SESSION)
        replies = [first.ask(sequence, length) for sequence, length in enumerate(LENGTHS)]
        own = [(one.type, one.session, one.sequence, one.length) if isinstance(one, Message) else one for one in replies]
        asked = [(REPLY, SESSION, sequence, length) for sequence, length in enumerate(LENGTHS)]
        lab.expect(own, equals(asked), "type, session, sequence and length of three replies", id="reply", hint=answering.state)

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
