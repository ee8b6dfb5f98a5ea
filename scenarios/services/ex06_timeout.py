"""Who takes too long for a request is told so, by 408, and left; who says nothing at all is left without a word.

A connection costs a server memory and a descriptor for as long as it lasts, and a client that never goes on lasts for ever: so each wait has a bound,
and the header as a whole has one too, or a byte now and then would do.
"""

import itertools

from harness import Peer, equals, matches, scenario
from scenarios.services.kit.http_server import PORT, ask, http_server, pages, served, site
from scenarios.services.kit.http_slow import HALF
from topologies.single import Single

TIDE = "/notes/tide.txt"


@scenario(
    "services.ex06-timeout", question="How long does a server wait?", topology=Single(2), roles=["http-server"],
    needs={"http-server": ["root", "timeout"]}, captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def timeout(lab):
    with lab.step("A client in time", id="in-time"):
        server = http_server(lab, site(), timeout=1)
        served(lab, ask(lab, TIDE), pages()["notes/tide.txt"], TIDE, server)
    with lab.step("Half of a request, and nothing", id="late", should=True):
        late, silent = Peer(lab.h2, lab.h1, PORT), Peer(lab.h2, lab.h1, PORT)
        late.send(HALF)
        told = late.receive(seconds=20).decode("latin-1")
        lab.expect(told, matches(r"\AHTTP/1\.1 408 "), "what half of a request brings", id="told", hint=server.state)
        silent.receive(seconds=20)
        lab.expect([late.ended, silent.ended], equals(["FIN", "FIN"]), "how their connections end", id="left", hint=server.state)
    with lab.step("A byte now and then", id="drops", should=True):
        slow, came = Peer(lab.h2, lab.h1, PORT), b""
        slow.send(HALF)
        for _ in itertools.takewhile(lambda _: not (came or slow.ended), range(40)):
            came = slow.receive(seconds=0.25)
            slow.send(b"x")
        lab.expect(came.decode("latin-1"), matches(r"\AHTTP/1\.1 408 "), "what the server says within ten seconds", id="told", hint=server.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
