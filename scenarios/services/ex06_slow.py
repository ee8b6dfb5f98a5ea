"""Slow clients wait for themselves: others are served meanwhile, and what was begun is ended when the server is told to end.

Whoever sends a header line by line, reads nothing, or pauses, costs a server a connection and some memory; if it waits for one, nobody is served.
SIGTERM closes the listener first, so that no new client comes, and lets those have their files who are being served.
"""

from harness import equals, same_bytes, scenario
from scenarios.services.kit.http_cases import TIDE
from scenarios.services.kit.http_server import PORT, ask, http_server, pages, put, served, site
from scenarios.services.kit.http_slow import LARGE, half_asked, unread
from topologies.single import Single


@scenario(
    "services.ex06-slow", question="Clients that take their time", topology=Single(3), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], snaplen=200, seconds=5, load=0.5,
)  # fmt: skip
def slow(lab):
    tide, begun = pages()["notes/tide.txt"], b""
    with lab.step("A client", id="first"):
        server = http_server(lab, root := site())
        put(root, "large.bin", LARGE)
        served(lab, ask(lab, TIDE), tide, TIDE, server)
    with lab.step("Clients that have said half of a request, or nothing", id="half", should=True):
        waiting = half_asked(lab)
        served(lab, ask(lab, TIDE), tide, f"{TIDE}, for another client", server)
        waiting[0].send(b"now\r\nConnection: close\r\n\r\n")
        lab.expect(tide in waiting[0].receive(), equals(True), "the one who goes on is served", id="goes-on", hint=server.state)
    with lab.step("A client that reads nothing", id="reader", should=True):
        reader = unread(lab, "/large.bin", server)
        served(lab, ask(lab, TIDE), tide, f"{TIDE}, for another client", server)
        begun = reader.receive(count=100)
        lab.expect(begun.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")), equals(True), "it gets what it asked for when it reads", id="reads")
    with lab.step("SIGTERM while it is being sent", id="stop", should=True):
        server.signal("SIGTERM")
        lab.h1.wait_not_listening(PORT)
        whole = begun + reader.receive(seconds=20)
        lab.expect(whole.partition(b"\r\n\r\n")[2], same_bytes(LARGE), "the file comes to its end", id="whole", hint=server.state)
        for peer in waiting:
            peer.close()
        lab.expect(server.wait(10), equals(0), "exit status", id="status")
