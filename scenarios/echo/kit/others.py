"""The echo client and server of echo.clients with other bytes, words and no server: steps that no sheet asks for."""

from harness import Peer, equals, failed, matches, same_bytes, tcp
from scenarios.echo.kit.talk import PORT

BYTES = {
    "short-after-long": b"l" * 3000 + b"\nshort\n",
    "all-bytes": bytes(range(256)) + "é".encode() * 700 + b"\n",
    "no-line-end": b"without a line end",
    "much": b"0123456789abcde\n" * 8192,
}  # fmt: skip
WORDS = {
    "end": b"end\n", "quit": b"quit\n", "bye": b"bye\n", "empty": b"\n", "byte": b"x", "nulls": b"\0middle\0", "all": bytes(range(256)),
}  # fmt: skip


def any_bytes(lab):
    """Short after long, all bytes, no line end, much at once: what the client prints is what the server has sent back."""
    for name, data in BYTES.items():
        client = lab.h2.start("echo-client", host=lab.h1, port=PORT, stdin=data)
        client.wait()
        what = f"{name.replace('-', ' ')}: the client prints what comes back, and nothing else"
        lab.expect(client.output_bytes, same_bytes(data), what, id=name, hint=client.state)


def no_server(lab):
    """Nobody listens."""
    refused = lab.h2.start("echo-client", host=lab.h1, port=PORT + 1, stdin=b"hello\n")
    lab.expect(refused.wait(), failed, "the status of a client that nobody listens to")
    lab.expect(refused.output + refused.errors, matches(r"\w{3}"), "what it says of that", id="says")


def any_words(lab):
    """An echo server knows no words, and sends back what it gets when it gets it."""
    peer = Peer(lab.h2, lab.h1, PORT)
    for name, data in WORDS.items():
        peer.send(data)
        hint = "as many bytes go back as recv gave, whatever they are"
        lab.expect(peer.receive(len(data)), equals(data), f"what comes back of {data[:12]!r}", id=name, hint=hint)
    peer.close()


def gone(lab, server):
    """Clients that have gone when they are answered: of the second write after that, the system tells by SIGPIPE, which kills who does not
    ignore it. So many bytes are in more than one piece for small receive buffers, and for those of 64 KiB."""
    for size in (40_000, 100_000):
        peer = Peer(lab.h2, lab.h1, PORT)
        peer.send(b"x")
        lab.expect(peer.receive(1), equals(b"x"), "what comes back of a byte", id="byte")
        resets = len(lab.packets(lab.h1, tcp("RST", to=PORT)))
        server.signal("SIGSTOP")
        peer.send(bytes(size))
        peer.close()
        server.signal("SIGCONT")
        lab.until(lambda: len(lab.packets(lab.h1, tcp("RST", to=PORT))) > resets, "the reset of a client that has gone and is answered")
        lab.until(lambda: not connected(lab), "the server to be done with a client that has gone")
        how = "runs" if server.running else f"ended with {server.how_it_ended}"
        if not lab.expect(how, equals("runs"), "the server, after a client that had gone when it was answered", id="survives"):
            return
    after = Peer(lab.h2, lab.h1, PORT)
    after.send(b"next")
    lab.expect(after.receive(4), equals(b"next"), "what the next client gets back", id="next", hint=server.state)
    after.close()


def connected(lab):
    """Whether the server has a connection that is not ended by both sides."""
    return any(one.port == PORT and one.state in ("ESTABLISHED", "CLOSE_WAIT") for one in lab.h1.sockets("tcp"))
