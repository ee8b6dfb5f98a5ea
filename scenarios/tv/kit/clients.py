"""Clients of echo servers of all kinds: what no sheet asks, and a good server bears."""

from __future__ import annotations

from typing import Any

from harness import Peer, equals
from scenarios.tv.kit.echo import PORT, came_back, echoed, serve, state

WORDS = (b"end\n", b"quit\n", b"bye\n", b"\n", b"a\r\n", b"\0middle\0", bytes(range(256)), "é".encode()[:1], "é".encode()[1:])


def any_words(lab: Any, server: Any) -> None:
    """Words that mean something elsewhere, all bytes, a client that thinks for three seconds, and one that sends all before it reads."""
    peer = Peer(lab.h2, lab.h1, PORT)
    for data in WORDS:
        peer.send(data)
        lab.expect(peer.receive(len(data)), equals(data), f"what comes back of {data[:12]!r}", id="word", hint=lambda: state(server))
    peer.send(b"one")
    peer.send(b"two")
    lab.expect(peer.receive(6), equals(b"onetwo"), "what comes back of two sends that may arrive as one", id="two-sends")
    lab.expect(peer.receive(seconds=3.2), equals(b""), "what comes while the client thinks for three seconds", id="silence")
    lab.expect(peer.ended, equals(""), "how the server ends the connection while the client thinks for three seconds", id="patience")
    peer.send(b"and on")
    lab.expect(peer.receive(6), equals(b"and on"), "what comes back of the word after them", id="after-silence")
    much = bytes(range(256)) * 2048
    peer.send(much)
    back = peer.receive(len(much), seconds=10)
    came_back(lab, back, much, "half a mebibyte comes back to a client that sends it all, and reads then", server)
    peer.close()


def broken_off(lab: Any, server: Any) -> None:
    """Twelve clients reset their connections, or close them with an echo on the way; one comes after them."""
    for number in range(12):
        broken = Peer(lab.h2, lab.h1, PORT)
        broken.send(b"x" * (500 if number % 2 else 100_000))
        if number % 2:
            broken.receive(500)
            broken.reset()
        else:
            broken.close()
    last = Peer(lab.h2, lab.h1, PORT)
    last.send(b"still there?")
    what = "what comes back after twelve clients that broke off in the middle"
    lab.expect(last.receive(12), equals(b"still there?"), what, id="last", hint=lambda: state(server))
    last.close()


def broken_off_beside_another(lab: Any) -> None:
    """Six clients of a forking server reset their connections, or close them with an echo on the way, while another one stays."""
    port = PORT + 1
    server = serve(lab, "fork", port)
    at_rest = len(server.children)
    first = lab.h2.start("netcat", lab.h1, port, terminal=True)
    echoed(lab, first, "one", server)
    for number in range(6):
        broken = Peer(lab.h2, lab.h1, port)
        broken.send(b"x" * 500)
        (broken.reset if number % 2 else broken.close)()
    echoed(lab, first, "still there?", server)
    left = lambda: len(server.children) - at_rest  # noqa: E731
    lab.expect_soon(left, equals(1), "children that are left of these", id="left", hint=lambda: state(server))
