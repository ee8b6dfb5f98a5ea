"""ELIZA greets first, answers by keywords and reflections, and listens to several clients, each by itself.

ELIZA understands nothing. It looks for keywords of a rule script, takes what stands beside them, turns the persons round (I am
becomes you are, my becomes your) and puts it into a ready sentence; where no rule fits it says something that always fits. A child
process for each client keeps the conversations apart: what one client tells cannot slip into the answers to another. Our sentences
and rules are our own, in cpp/eliza/doctor.script.
"""

import re

from harness import above, equals, matches, scenario, tcp
from scenarios.tv.kit import eliza
from scenarios.tv.kit.echo import PORT, state
from topologies.single import Single

# Others' sentences are theirs, and drawn from several.
TURNED = r"(?i)\b(I am|I be|am I|I should be|laughing at you)\b"
FAMILY = ("My mother bakes cakes", "I like my mother", "Your mother is nice", "My mother is old", "My mother left")


@scenario(
    "tv.q20", question="Make the forking server an ELIZA", topology=Single(3), roles=["eliza-server", "netcat"], load=0.4, seconds=4
)
def eliza_of_several(lab):
    with lab.step("The server speaks first", id="greeting"):
        server = lab.h1.start("eliza-server", port=PORT).wait_listening(PORT)
        at_rest = len(server.children)
        ann = eliza.client(lab.h2)
        lab.expect_soon(lambda: ann.output, matches(r"\w{2}"), "a greeting, before the client has said a word", id="words")
        lab.expect(lab.packets(lab.h1, tcp("data", to=PORT)), equals(0), "no data from the client yet")
        lab.expect(lab.packets(lab.h1, tcp("data", source=PORT)), above(0), "data from the server")

    with lab.step("No rule fits: a fallback that always fits", id="fallback"):
        nothing = ann.ask("Plim plam plum")
        lab.expect(nothing, matches(r"\w{2}"), "an answer all the same")
        own = matches(r"^(?!.*pl[iau]m).*\w{2}")
        lab.expect(nothing, own, "an answer to 'Plim plam plum' with nothing of what was said", should=True, id="own-words")

    with lab.step("Reflections turn the persons round", id="reflections"):
        lab.expect(ann.ask("I am waiting for my bus"), matches("(?i)waiting for your bus"), "I am → you are, my → your", id="your")
        lab.expect(ann.ask("You are laughing at me"), matches(TURNED), "you are, me → I am, you", should=True)

    with lab.step("Keywords choose the rule", id="keywords"):
        family = ""
        for words in FAMILY:
            if not re.search("(?i)mother|family", family):  # one of several answers may well have neither word
                family = ann.ask(words)
        lab.expect(family, matches("(?i)mother|family"), "'mother' has a rule of its own", id="mother")
        same = lambda: f"to 'Plim plam plum' and to '{words}' it says {family!r}"  # noqa: E731
        lab.expect(family == nothing, False, "a line about a mother has the same answer as one without sense", id="different", hint=same)
        lab.expect(ann.ask("I had a strange dream"), matches("(?i)dream"), "and so has 'dream'", should=True)

    with lab.step("A second client meanwhile, with a conversation of its own", id="second"):
        bob = eliza.greeted(lab, lab.h3, server)
        children = lambda: len(server.children) - at_rest  # noqa: E731
        lab.expect_soon(children, equals(2), "child processes, one for each client", should=True, hint=lambda: state(server))
        for _ in range(8):  # enough that a memory common to both would come up
            bob.ask("Plim plam plum")
        apart = matches(r"(?is)\A(?!.*(mother|cakes|bus)).*\w{2}")
        lab.expect(bob.output, apart, "what the first client told does not come up", id="apart")

    with lab.step("Bob says good bye", id="farewell"):
        eliza.farewell(lab, bob, server)
    with lab.step("Ann goes on", id="ann"):
        lab.expect(ann.ask("I am sad"), matches(r"\w{2}"), "the other conversation goes on")
    with lab.step("Keywords and persons within other words, and in capitals", id="near-misses", should=True):
        eliza.near_misses(lab, server)
    with lab.step("Lines of all kinds", id="lines", should=True):
        eliza.any_lines(lab)
