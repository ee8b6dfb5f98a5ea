"""Connections are kept on both sides, bodies flow through without being held, and a hundred clients do not wait for one another.

A balancer that opens a connection for each request pays for a handshake each time. One that holds a body until it is whole makes its client wait, and
takes as much memory as anybody wishes.
"""

from harness import Peer, below, equals, is_true, scenario
from scenarios.services.kit.http_balancer import Crowd, ask_all, config, failures, first_request, http_balancer, nodes, shares, sized, summary
from scenarios.services.kit.http_server import PORT, Request, request, talk
from topologies.single import Single

LARGE, HALF = 8_000_000, 50_000
TABLE = {
    "/large": {"size": LARGE},
    "/chunks": {"size": 300_000, "chunked": True},
    "/slow": {"size": 2 * HALF, "first": HALF, "hold": True},
    "/held": {"hold": True},
    "/none": {"status": 204},
    "/empty": {"body": ""},
}
CROWD = 90
SYN = f"tcp.dstport == {PORT} && tcp.flags.syn == 1"


@scenario(
    "services.ex08-keep", question="A load balancer's connections", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["config"]}, captures=["h1-eth0"], snaplen=200, seconds=6, load=0.5,
)  # fmt: skip
def keep(lab):
    h3, h4 = nodes(lab, "h3", "h4", table=TABLE)
    balancer = http_balancer(lab, config=config(lab, "h3", "h4"))
    first_request(lab, balancer)
    with lab.step("Large bodies, by length and in chunks", id="large"):
        for target, size in {"/large": LARGE, "/chunks": 300_000}.items():
            [one] = ask_all(lab, target, 1, seconds=30)
            lab.expect(one.body or one.why, equals(summary(sized(one.node or "h3", size))), f"{target}: length and SHA-256", id="bytes", hint=balancer.state)
    with lab.step("Twenty requests on one connection", id="turns", should=True):
        before, known = len(lab.packets(lab.h1, SYN)), {one.connection for node in (h3, h4) for one in node.requests}
        found = Crowd(lab, ["/turns", "/empty", "/none", "/turns"], 1, 20, keep=True).end()
        lab.expect([one.status for one in found], equals([200, 200, 204, 200] * 5), "statuses", id="statuses", hint=balancer.state)
        lab.expect(len(lab.packets(lab.h1, SYN)) - before, equals(1), "connections that the client needs", id="client")
        used = {one.connection for node in (h3, h4) for one in node.requests} - known
        lab.expect(len(used), below(7), "new connections to nodes for them", id="nodes", hint=balancer.state)
    with lab.step("Four requests at once: the answers in their order", id="pipeline", should=True):
        sent = [request("/a", keep=True), request("/chunks", "HEAD", keep=True), request("/b", keep=True), request("/c")]
        [one] = talk(lab, Request([b"".join(sent)], ["GET", "HEAD", "GET", "GET"], closes=True))
        lab.expect([reply.body.split()[2:] for reply in one.replies], equals([[b"/a"], [], [b"/b"], [b"/c"]]), "whose answers come", id="order", hint=balancer.state)
    with lab.step("The half of an answer, and of a request, is handed on at once", id="stream", should=True):
        reader = Peer(lab.h2, lab.h1, PORT)
        reader.send(request("/slow"))
        lab.until(lambda: h3.state["held"] + h4.state["held"], "a node to have begun its answer")
        lab.expect(len(reader.receive(HALF, 5)) >= HALF, is_true(), "the client has what the node has sent", id="answer", hint=balancer.state)
        before = h3.state["received"] + h4.state["received"]
        writer = Peer(lab.h2, lab.h1, PORT)
        writer.send(request("/upload", "POST", content_length=2 * HALF) + b"x" * HALF)
        lab.expect_soon(lambda: h3.state["received"] + h4.state["received"] - before, equals(HALF), "bytes that the node has of the client's", id="request", hint=balancer.state)
        for peer in (reader, writer):
            peer.close()
        for node in (h3, h4):
            node.release()
        lab.expect_soon(lambda: h3.state["due"] + h4.state["due"], equals(0), "answers that nobody waits for any more", id="left", hint=balancer.state)
    with lab.step(f"{CROWD} clients, all of whom wait for their nodes", id="many", should=True):
        crowd = Crowd(lab, ["/held"], CROWD, 1, seconds=30)
        lab.until(lambda: len(h3.asked("/held") + h4.asked("/held")) == CROWD, "all of them to have come to a node", details=lambda: f"{len(h3.asked('/held') + h4.asked('/held'))} have")
        lab.expect(failures(ask_all(lab, "/between", 2)), equals([]), "requests of others that fail meanwhile", id="others")
        for node in (h3, h4):
            node.release()
        found = crowd.end()
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(abs(shares(found)["h3"] - shares(found)["h4"]), below(20), "difference between the nodes' shares", id="shares")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
