"""nc, telnet, a C++ and a Python client say the same bytes and get the same replies: the server cannot tell them apart.

A server sees a connection: addresses, ports, and bytes. Which program, in which language, wrote them is not among it. What
differs are habits: telnet ends a line with CR LF, as its protocol wants (RFC 854), so the others are asked to do the same here.
nc -C even sends the line and its end in two pieces, but TCP carries a stream, and the server may receive them as one.
"""

import re

from harness import END_OF_STREAM, equals, matches, scenario, streams, tcp, transfers
from scenarios.echo.kit import others
from scenarios.echo.kit.talk import PORT, echoed, nc, serve
from topologies.single import Single

LINES = ("Hello, server", "Who am I?")
STREAM = "".join(f"{line}\r\n" for line in LINES)


def talk(lab, client):
    """The lines come back one by one; on the wire they end with CR LF."""
    for line in LINES:
        echoed(lab, client, line)


@scenario(
    "echo.clients", question="Try other clients: nc, telnet, another language", topology=Single(),
    roles=["echo-server", "netcat", "telnet", "echo-client", "python-client"], load=0.4, seconds=5,
)  # fmt: skip
def echo_clients(lab):
    with lab.step("nc, which ends its lines with CR LF (-C); Ctrl+D", id="netcat"):
        server = serve(lab, traced=True)
        netcat = nc(lab.h2, PORT, "-C", "-N", traced=True)
        talk(lab, netcat)
        netcat.end_input()
        netcat.wait()

    with lab.step("telnet; Ctrl+] and quit", id="telnet"):
        telnet = lab.h2.start("telnet", host=lab.h1, port=PORT, terminal=True, traced=True)
        telnet.wait_for_text("Escape character is")
        talk(lab, telnet)
        telnet.type("\x1dquit\n")
        telnet.wait()

    with lab.step("The C++ client; end of its input", id="echo-client"):
        cpp = lab.h2.start("echo-client", host=lab.h1, port=PORT, traced=True)
        for line in LINES:  # it may send each at once, or all at the end
            cpp.type(f"{line}\r\n")
        cpp.end_input()
        cpp.wait()
        for line in LINES:  # and nothing of a longer one behind it
            lab.expect(cpp.output, matches(re.escape(line) + r"(?!\w)"), f"{cpp.name}: the line comes back")

    with lab.step("The Python client; Ctrl+D", id="python-client"):
        python = lab.h2.start("python-client", host=lab.h1, port=PORT, terminal=True, traced=True)
        talk(lab, python)
        python.end_input()
        python.wait()

    with lab.step("The server ends its side for each", id="fins"):
        fins = tcp("FIN", source=PORT)
        lab.until(lambda: len(set(lab.packets(lab.h1, fins).values("tcp.stream"))) >= 4, "the server's FIN to each of four clients")
    for number, client in enumerate((netcat, telnet, cpp, python)):
        with lab.step(f"What the server sees of {client.name}", id=f"sees-{client.role}"):
            calls = lab.causes(lab.h1, client, server, port=PORT, connection=number).server.calls
            received, sent = streams(calls)
            # A client that reads lines may end them in a way of its own.
            lab.expect(received.replace("\r", ""), equals(STREAM.replace("\r", "")), f"{client.name}: the lines that the server receives")
            lab.expect(repr(received), equals(repr(STREAM)), f"{client.name}: the bytes that reach the server", should=True, id="received")
            lab.expect(repr(sent), equals(repr(received)), f"{client.name}: the bytes that it sends back", id="sent")
            last = transfers(calls)[-1]
            lab.expect(last, equals(END_OF_STREAM), f"{client.name}: what the server receives last, whoever ended how")

    with lab.step("The same client with other bytes", id="bytes", should=True):
        others.any_bytes(lab)
    with lab.step("The same client without a server", id="no-server", should=True):
        others.no_server(lab)
    with lab.step("The server, and words that mean something elsewhere", id="words", should=True):
        others.any_words(lab)
    with lab.step("The server, and clients that do not wait for their answer", id="gone", should=True):
        others.gone(lab, server)
