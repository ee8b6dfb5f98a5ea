"""ELIZA greets first, answers by keywords and reflections, and listens to several clients, each by itself.

ELIZA understands nothing. It looks for keywords of a rule script, takes what stands beside them, turns the persons round (I am
becomes you are, my becomes your) and puts it into a ready sentence; where no rule fits it says something that always fits. A child
process for each client keeps the conversations apart: what one client tells cannot slip into the answers to another. Our sentences
and rules are our own, in cpp/eliza/doctor.script.
"""

import re

from harness import Peer, above, equals, matches, scenario
from topologies.single import Single

PORT = 1234


@scenario(
    "tv.q20",
    question="Make the forking server an ELIZA",
    topology=Single(3),
    roles=["eliza-server", "netcat"],
    load=0.4,
    seconds=4,
)
def eliza(lab):
    server = lab.h1.start("eliza-server", port=PORT).wait_listening(PORT)
    at_rest = len(server.children)

    lab.step("The server speaks first")
    ann = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
    lab.expect_soon(lambda: ann.output, matches(r"\w{2}"), "a greeting, before the client has said a word")
    lab.expect(lab.packets(lab.h1, f"tcp.dstport == {PORT} && tcp.len > 0"), equals(0), "no data from the client yet")
    lab.expect(lab.packets(lab.h1, f"tcp.srcport == {PORT} && tcp.len > 0"), above(0), "data from the server")

    lab.step("No rule fits: a fallback that always fits")
    nothing = ann.ask("Plim plam plum")
    lab.expect(nothing, matches(r"\w{2}"), "an answer all the same")
    lab.expect(nothing, matches(r"^(?!.*pl[iau]m).*\w{2}"), "an answer with nothing of what was said", should=True)

    lab.step("Reflections turn the persons round")
    lab.expect(ann.ask("I am waiting for my bus"), matches("(?i)waiting for your bus"), "I am → you are, my → your")
    turned = r"(?i)\b(I am|I be|am I|I should be|laughing at you)\b"  # others' sentences are theirs, and drawn from several
    lab.expect(ann.ask("You are laughing at me"), matches(turned), "you are, me → I am, you", should=True)

    lab.step("Keywords choose the rule")
    family = ""
    for words in ("My mother bakes cakes", "I like my mother", "Your mother is nice", "My mother is old", "My mother left"):
        if not re.search("(?i)mother|family", family):  # one of several answers may well have neither word
            family = ann.ask(words)
    lab.expect(family, matches("(?i)mother|family"), "'mother' has a rule of its own")
    lab.expect(family == nothing, False, "different answers")
    lab.expect(ann.ask("I had a strange dream"), matches("(?i)dream"), "and so has 'dream'", should=True)

    lab.step("A second client meanwhile, with a conversation of its own")
    bob = lab.h3.start("netcat", lab.h1, PORT, terminal=True)
    bob.wait_for_text(r"\w+.*\n", stream="stdout")
    lab.expect_soon(lambda: len(server.children) - at_rest, equals(2), "child processes, one for each client", should=True)
    for _ in range(8):  # enough that a memory common to both would come up
        bob.ask("Plim plam plum")
    lab.expect(bob.output, matches(r"(?is)\A(?!.*(mother|cakes|bus)).*\w{2}"), "what the first client told does not come up")

    lab.step("Bob says good bye, Ann goes on")
    before = len(bob.output)
    bob.type("bye\n")
    closed = f"ip.dst == {lab.h3} && tcp.flags.fin == 1"
    if not lab.holds_should and not lab.soon(lambda: lab.packets(lab.h1, closed), 3):
        bob.type("quit\n")  # the word of many an ELIZA, the sheet's among them
    lab.wait_for_packet(lab.h1, closed, what="the server's FIN to h3 after the farewell")
    lab.expect_soon(lambda: bob.output[before:], matches(r"\w{2}"), "a farewell, and the server closes the connection")
    bob.show()
    lab.expect(ann.ask("I am sad"), matches(r"\w{2}"), "the other conversation goes on")
    with lab.step("Keywords and persons within other words, and in capitals", should=True):
        near_misses(lab.h2.start("netcat", lab.h1, PORT, terminal=True), lab)
    with lab.step("Lines of all kinds", should=True):
        any_lines(lab)


def near_misses(dora, lab):
    """Words that have the end word, a keyword or a person in them."""
    dora.wait_for_text(r"\w+.*\n", stream="stdout")
    lab.expect(dora.ask("I said bye to my mother"), matches("(?i)mother|family"), "a line that has 'bye' in it is a line like others")
    lab.expect(dora.ask("MOTHER"), matches("(?i)mother|family"), "MOTHER in capitals has the same rule")
    whole = matches(r"(?i)\A(?!.*(?<!mee)ting your boss)")
    lab.expect(dora.ask("I am meeting my boss"), whole, "persons are not turned round within 'meeting'")



def any_lines(lab):
    """A line in two pieces, two lines in one, an empty one, a long one, one that is no UTF-8, and the end word as telnet sends it."""
    peer = Peer(lab.h3, lab.h1, PORT)
    peer.receive(1)

    def answers(*pieces, lines):
        peer.receive(seconds=0.2)  # whatever came before
        for piece in pieces:
            peer.send(piece)
            if piece is not pieces[-1]:
                peer.receive(seconds=0.2)
        heard = b""
        while heard.count(b"\n") < lines and not peer.ended and (more := peer.receive(1, seconds=3)):
            heard += more
        return heard + peer.receive(seconds=0.3)

    lab.expect(answers(b"Plim plam\nPlum plom\n", lines=2).count(b"\n"), equals(2), "answers to two lines that arrive together")
    lab.expect(answers(b"I am waiting ", b"for my bus\n", lines=1).count(b"\n"), equals(1), "answers to a line that arrives in two pieces")
    answers(b"\n", lines=1)
    lab.expect(peer.ended, equals(""), "after an empty line the conversation goes on")
    lab.expect(answers(b"I am " + b"very " * 60 + b"tired\n", lines=1).endswith(b"\n"), True, "the answer to a long line ends as a line does")
    answers("I am touché\n".encode("latin-1"), lines=1)
    lab.expect(peer.ended, equals(""), "after a line that is no UTF-8 the conversation goes on")
    lab.expect(answers(b"I am sad\n", lines=1).count(b"\n"), equals(1), "and the next line is answered")
    peer.send(b"bye\r\n")
    peer.receive(seconds=3)
    lab.expect(peer.ended, equals("FIN"), "bye with CR LF, as telnet sends it, ends the conversation")
