"""What a good UDP server of messages bears from clients of all kinds: no sheet asks for it."""

from harness import Peer, equals, udp
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt

# An empty one, one that is no text, one whose letters a receive of 50 bytes may cut.
DATAGRAMS = {"empty": b"", "no-text": b"caf\xe9 \xff", "cut": b"x" * 49 + "éé".encode(), "controls": b"\0\n\r\x1b", "last": b"last"}


def of_all_kinds(lab, server, client, earlier):
    """Steps: the server gets datagrams of all kinds, and a client's empty line."""
    with lab.step("Datagrams of all kinds", id="kinds", should=True):
        datagrams(lab, server, earlier)
        with lab.step("An empty line", id="empty-line"):
            sent = len(lab.packets(lab.h2, udp(to=PORT)))
            receipt(lab, client, "")
            lab.expect(len(lab.packets(lab.h2, udp(to=PORT))) - sent, equals(1), "datagrams for an empty line")


def datagrams(lab, server, earlier):
    """Each is answered, and none makes the server print again what was said earlier."""
    printed = len(server.output.splitlines())
    peer = Peer(lab.h3, lab.h1, PORT, "udp")
    for name, data in DATAGRAMS.items():
        peer.send(data)
        lab.expect(peer.receive(), equals(RECEIPT.encode()), f"the answer to a datagram of {len(data)} bytes, {data[:8]!r}", id=name, hint=server.state)
    server.wait_for_text("last", stream="stdout")
    again = [line for line in server.output.splitlines()[printed:] if any(words in line for words in earlier)]
    hint = "what is in the buffer from earlier is no part of an empty datagram"
    lab.expect(again, equals([]), "lines printed with words that nobody sent now", id="printed", hint=hint)
