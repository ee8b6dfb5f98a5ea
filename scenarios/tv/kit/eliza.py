"""Conversations with an ELIZA: how she ends them, words that are nearly others, and lines of all kinds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness import Peer, equals, matches, tcp
from scenarios.tv.kit.echo import PORT, closed, state


def client(host: Any) -> Any:
    """Somebody on a host who talks to the server on h1."""
    return host.start("netcat", host.lab.h1, PORT, terminal=True)


def greeted(lab: Any, host: Any, server: Any) -> Any:
    """The same, once the server has greeted."""
    one = client(host)
    lab.until(lambda: re.search(r"\w+.*\n", one.output), f"the server's greeting, which {one} prints", details=lambda: closed(lab, host))
    return one


def farewell(lab: Any, bob: Any, server: Any) -> None:
    """Bob types bye: the server says something and closes the connection."""
    before = len(bob.output)
    bob.type("bye\n")
    end = tcp("FIN", to=bob.host)
    if not lab.holds_should and not lab.soon(lambda: lab.packets(lab.h1, end), 3):
        bob.type("quit\n")  # the word of many an ELIZA, the sheet's among them
    heard = lambda: f"{bob} typed bye, and printed {bob.output[before:] or 'nothing'!r}; {closed(lab, bob.host)}"  # noqa: E731
    lab.wait_for_packet(lab.h1, end, what="the server's FIN after the farewell", details=heard)
    said = lambda: bob.output[before:]  # noqa: E731
    lab.expect_soon(said, matches(r"\w{2}"), "a farewell, before the server closes the connection", id="words", hint=lambda: f"{heard()}; {state(server)}")
    bob.show()


def near_misses(lab: Any, server: Any) -> None:
    """Words that have the end word, a keyword or a person in them."""
    dora = greeted(lab, lab.h2, server)
    family = matches("(?i)mother|family")
    lab.expect(dora.ask("I said bye to my mother"), family, "a line that has 'bye' in it is a line like others", id="bye")
    lab.expect(dora.ask("MOTHER"), family, "MOTHER in capitals has the same rule as 'mother'", id="capitals")
    whole = matches(r"(?i)\A(?!.*(?<!mee)ting your boss)")
    lab.expect(dora.ask("I am meeting my boss"), whole, "persons are not turned round within 'meeting'", id="inside")


def any_lines(lab: Any) -> None:
    """A line in two pieces, two lines in one, an empty one, a long one, one that is no UTF-8, and the end word as telnet sends it."""
    peer = Peer(lab.h3, lab.h1, PORT)
    peer.receive(1)

    def answers(*pieces: bytes, lines: int) -> bytes:
        peer.receive(seconds=0.2)  # whatever came before
        for piece in pieces:
            peer.send(piece)
            if piece is not pieces[-1]:
                peer.receive(seconds=0.2)
        heard = b""
        while heard.count(b"\n") < lines and not peer.ended and (more := peer.receive(1, seconds=3)):
            heard += more
        return heard + peer.receive(seconds=0.3)

    def came(heard: bytes) -> Callable[[], str]:
        return lambda: f"what came is {heard[:120]!r}"

    two = answers(b"Plim plam\nPlum plom\n", lines=2)
    lab.expect(two.count(b"\n"), equals(2), "answers to two lines that arrive together", id="together", hint=came(two))
    one = answers(b"I am waiting ", b"for my bus\n", lines=1)
    lab.expect(one.count(b"\n"), equals(1), "answers to a line that arrives in two pieces", id="pieces", hint=came(one))
    answers(b"\n", lines=1)
    lab.expect(peer.ended, equals(""), "how the server ends the conversation at an empty line, after which it should go on", id="empty")
    long = answers(b"I am " + b"very " * 60 + b"tired\n", lines=1)
    ends = lambda: f"{len(long)} bytes came, of which the last ones are {long[-24:]!r}"  # noqa: E731
    lab.expect(long.endswith(b"\n"), True, "the answer to a long line ends as a line does", id="long", hint=ends)
    answers("I am touché\n".encode("latin-1"), lines=1)
    lab.expect(peer.ended, equals(""), "how the server ends the conversation at a line that is no UTF-8, after which it should go on", id="latin")
    last = answers(b"I am sad\n", lines=1)
    lab.expect(last.count(b"\n"), equals(1), "answers to the next line", id="next", hint=came(last))
    peer.send(b"bye\r\n")
    farewell = came(peer.receive(seconds=3))
    lab.expect(peer.ended, equals("FIN"), "bye with CR LF, as telnet sends it, ends the conversation", id="cr-lf", hint=farewell)
