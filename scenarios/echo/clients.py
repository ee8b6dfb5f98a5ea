"""nc, telnet, a C++ and a Python client say the same bytes and get the same replies: the server cannot tell them apart.

A server sees a connection: addresses, ports, and bytes. Which program, in which language, wrote them is not among it. What
differs are habits: telnet ends a line with CR LF, as its protocol wants (RFC 854), so the others are asked to do the same here.
nc -C even sends the line and its end in two pieces, but TCP carries a stream, and the server may receive them as one.
"""

import re

from harness import END_OF_STREAM, Peer, between, equals, matches, scenario, streams, transfers
from topologies.single import Single

PORT = 1234
LINES = ("Hello, server", "Who am I?")
STREAM = "".join(f"{line}\r\n" for line in LINES)


@scenario(
    "echo.clients",
    question="Try other clients: nc, telnet, another language",
    topology=Single(),
    roles=["echo-server", "netcat", "telnet", "echo-client", "python-client"],
    load=0.4,
    seconds=5,
)
def echo_clients(lab):
    server = lab.h1.start("echo-server", port=PORT, traced=True).wait_listening(PORT)

    def talk(client):
        for line in LINES:
            lab.expect(client.ask(line).rstrip("\r"), equals(line), f"{client.name}: the line comes back")  # CR LF on the wire
        return client

    lab.step("nc, which ends its lines with CR LF (-C); Ctrl+D")
    netcat = talk(lab.h2.start("netcat", "-C", "-N", lab.h1, PORT, terminal=True, traced=True))
    netcat.end_input()
    netcat.wait()

    lab.step("telnet; Ctrl+] and quit")
    telnet = lab.h2.start("telnet", host=lab.h1, port=PORT, terminal=True, traced=True)
    telnet.wait_for_text("Escape character is")
    talk(telnet)
    telnet.type("\x1dquit\n")
    telnet.wait()

    lab.step("The C++ client; end of its input")
    cpp = lab.h2.start("echo-client", host=lab.h1, port=PORT, traced=True)
    for line in LINES:  # it may send each at once, or all at the end
        cpp.type(f"{line}\r\n")
    cpp.end_input()
    cpp.wait()
    cpp.show()
    for line in LINES:  # and nothing of a longer one behind it
        lab.expect(cpp.output, matches(re.escape(line) + r"(?!\w)"), f"{cpp.name}: the line comes back")

    lab.step("The Python client; Ctrl+D")
    python = talk(lab.h2.start("python-client", host=lab.h1, port=PORT, terminal=True, traced=True))
    python.end_input()
    python.wait()

    lab.step("What the server sees of each")
    lab.show_output(server)
    clients = [netcat, telnet, cpp, python]
    fins = f"tcp.srcport == {PORT} && tcp.flags.fin == 1"
    lab.until(lambda: len({packet["tcp.stream"] for packet in lab.packets(lab.h1, fins)}) >= len(clients), "the server's FIN to each")
    for number, client in enumerate(clients):
        causes = lab.causes(lab.h1, client, server, port=PORT, connection=number)
        received, sent = streams(causes.server.calls)
        # A client that reads lines may end them in a way of its own.
        lab.expect(received.replace("\r", ""), equals(STREAM.replace("\r", "")), f"{client.name}: the lines that the server receives")
        lab.expect(repr(received), equals(repr(STREAM)), f"{client.name}: the bytes that the server receives", should=True)
        lab.expect(repr(sent), equals(repr(received)), f"{client.name}: the bytes that it sends back")
        last = transfers(causes.server.calls)[-1]
        lab.expect(last, equals(END_OF_STREAM), f"{client.name}: what the server receives last, whoever ended how")

    with lab.step("The same client with other bytes, and without a server", should=True):
        any_bytes(lab)
    with lab.step("The server, and words that mean something elsewhere", should=True):
        any_words(lab)


def any_bytes(lab):
    """Short after long, all bytes, no line end, much at once: what the client prints is what the server has sent back."""
    for data, what in (
        (b"l" * 3000 + b"\nshort\n", "a short line after a long one"), (bytes(range(256)) + "é".encode() * 700 + b"\n", "all bytes"),
        (b"without a line end", "a line without its end"), (b"0123456789abcde\n" * 8192, "128 KiB"),
    ):  # fmt: skip
        client = lab.h2.start("echo-client", host=lab.h1, port=PORT, stdin=data)
        client.wait()
        lab.expect(client.output_bytes == data, True, f"{what}: the client prints what comes back, and nothing else")
    refused = lab.h2.start("echo-client", host=lab.h1, port=PORT + 1, stdin=b"hello\n")
    lab.expect(refused.wait(), between(1, 255), "the status of a client that nobody listens to")
    lab.expect(refused.output + refused.errors, matches(r"\w{3}"), "and it says so")


def any_words(lab):
    """An echo server knows no words, and sends back what it gets when it gets it."""
    peer = Peer(lab.h2, lab.h1, PORT)
    for data in (b"end\n", b"quit\n", b"bye\n", b"\n", b"x", b"\0middle\0", bytes(range(256))):
        peer.send(data)
        lab.expect(peer.receive(len(data)), equals(data), f"what comes back of {data[:12]!r}")
    peer.close()
