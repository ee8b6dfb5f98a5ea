"""Clients of echo servers, byte by byte."""

from harness import Peer, equals
from scenarios.services.kit.echo import PORT


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
