"""Whatever is too long is answered by 4xx, not by silence, and the server lives: its memory and descriptors are not for strangers to take.

A server that closes while something is unread resets the connection, and the reply in front of it is lost on its way to whoever still sends. So it
goes on reading for a while after it has answered (RFC 9112, 9.6).
"""

from harness import between, scenario
from scenarios.services.kit.http_server import Request, ask, http_server, pages, request, site, still_served, talk
from scenarios.services.kit.http_cases import BODIES, LONG, TIDE, TOO_LONG
from topologies.single import Single


@scenario(
    "services.ex06-limits", question="Requests without bounds", topology=Single(2), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], snaplen=200, seconds=4,
)  # fmt: skip
def limits(lab):
    with lab.step("A request", id="first"):
        server = http_server(lab, site())
        lives(lab, server)
    with lab.step(f"Requests with {LONG:,} bytes in the wrong place", id="long", should=True):
        for one, what in zip(talk(lab, *map(Request, TOO_LONG.values())), TOO_LONG, strict=True):
            refused(lab, one, f"a request with a {what} too long", server)
        lives(lab, server)
    with lab.step("Bodies that nobody wants", id="bodies", should=True):
        sent = [f"POST {TIDE} HTTP/1.1\r\nHost: h1\r\n".encode() + header + b"x" * 1000 for header in BODIES.values()]
        for one, what in zip(talk(lab, *map(Request, sent)), BODIES, strict=True):
            refused(lab, one, f"a request with a body {what}", server)
        lives(lab, server)
    with lab.step("Two hundred clients who come and leave, the half of them in the middle of a request", id="leave", should=True):
        talk(lab, *[Request(request(TIDE, keep=True), ["GET"]), Request(b"GET ", [])] * 100)
        lives(lab, server)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)


def refused(lab, one, what, server):
    """Answered by 4xx, or 5xx where the method or the coding is the reason."""
    lab.expect(one.reply.status, between(400, 599), f"status of {what} (0: silence; {one.ended or 'nothing'})", id="status", hint=server.state)


def lives(lab, server):
    """The next one is served."""
    still_served(lab, ask(lab, TIDE), pages()["notes/tide.txt"], TIDE, server)
