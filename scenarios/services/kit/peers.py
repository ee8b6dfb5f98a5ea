"""Clients of echo servers, byte by byte."""

from harness import Peer, equals, tcp
from scenarios.services.kit.echo import PORT

WAITING = b"Is anybody there?"


def by_turns(lab, protocol, server):
    """Four clients on three hosts, all of them there from the first word to the last, each get back what they said."""
    peers = [Peer(host, lab.h1, PORT, protocol) for host in (lab.h2, lab.h3, lab.h4, lab.h2)]
    for turn in ("first", "second"):
        for number, peer in enumerate(peers, 1):
            words = f"¡{turn} words of client {number}!".encode()
            peer.send(words)
            lab.expect(peer.receive(len(words)), equals(words), f"what client {number} gets back of its {turn} words", id="echo", hint=server.state)
    for peer in peers:
        peer.close()


def one_after_the_other(lab):
    """Of two clients by TCP the second is connected and acknowledged, but not answered until the first has left."""
    first, second = (Peer(host, lab.h1, PORT) for host in (lab.h2, lab.h3))
    first.send(b"I am the first")
    lab.expect(first.receive(14), equals(b"I am the first"), "what the first client gets", id="first")
    second.send(WAITING)
    lab.wait_for_packet(lab.h1, tcp(source=PORT, to=lab.h3, acknowledges=len(WAITING)))
    first.send(b"still here")
    lab.expect(first.receive(10), equals(b"still here"), "what the first client gets while the second waits", id="stays")
    answers = lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3))
    lab.expect(answers, equals(0), "answers to the second while the first stays", whatever_lag=True, id="answers")
    first.close()
    lab.expect(second.receive(len(WAITING)), equals(WAITING), "what the second gets when the first has left", id="next")
    second.close()
