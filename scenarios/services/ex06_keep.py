"""A connection lasts for several requests, also when they come all at once; who speaks HTTP/1.0, or says so, is left after one.

Handshakes cost round trips. Replies come in the order of the requests, each with an end that is told, since that of the connection tells none.
"""

from harness import equals, scenario
from scenarios.services.kit.http_server import NOWHERE, PORT, Request, ask, http_server, one_of, pages, request, served, site, talk
from topologies.single import Single

TIDE = "/notes/tide.txt"
SYN = f"tcp.dstport == {PORT} && tcp.flags.syn == 1"


@scenario(
    "services.ex06-keep", question="Several requests on one connection", topology=Single(2), roles=["http-server"],
    needs={"http-server": ["root"]}, tools=["curl"], captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def keep(lab):
    files = pages()
    with lab.step("A request", id="get"):
        server = http_server(lab, site())
        served(lab, ask(lab, TIDE), files["notes/tide.txt"], TIDE, server)
    with lab.step("Three requests, one after the other", id="turns", should=True):
        before = len(lab.packets(lab.h1, SYN))
        urls = [f"http://{lab.h1}:{PORT}{path}" for path in (TIDE, "/index.html", NOWHERE)]
        told = lab.h2.run("curl", "-sS", "-o", "/dev/null", urls[0], "-o", "/dev/null", urls[1], "-o", "/dev/null", urls[2], "-w", "%{http_code} ", check=False)
        lab.expect(told.output.split(), equals(["200", "200", "404"]), "statuses that curl gets", id="statuses", hint=server.state)
        lab.expect(len(lab.packets(lab.h1, SYN)) - before, equals(1), "connections that it needs", id="connections")
    with lab.step("Four requests at once: the replies in their order", id="pipeline", should=True):
        sent = [request(path, method, keep=True) for method, path in (("GET", "/all.bin"), ("HEAD", TIDE), ("GET", NOWHERE))] + [request(TIDE)]
        [one] = talk(lab, Request([b"".join(sent)], ["GET", "HEAD", "GET", "GET"], closes=True))
        lab.expect(one.statuses, equals([200, 200, 404, 200]), "statuses", id="statuses", hint=server.state)
        for reply, name in zip(one.replies[::3], ("all.bin", "notes/tide.txt")):
            served(lab, reply, files[name], f"/{name}", server)
        lab.expect([one.ended, len(one.rest)], equals(["FIN", 0]), "how the connection ends, and bytes too many", id="ended")
    with lab.step("Connection: close", id="close", should=True):
        [one] = talk(lab, Request(request(TIDE) + request(TIDE), ["GET", "GET"], closes=True))
        lab.expect([one.statuses, one.ended], one_of([[200], "FIN"], [[200], "reset"]), "statuses of two requests, the first of which ends it", id="once")
        lab.expect(one.reply.fields.get("connection", "").lower(), equals("close"), "Connection of the reply", id="told")
    with lab.step("HTTP/1.0: left after one", id="old", should=True):
        [one] = talk(lab, Request(f"GET {TIDE} HTTP/1.0\r\n\r\n".encode(), closes=True))
        served(lab, one.reply, files["notes/tide.txt"], "HTTP/1.0, which owes no Host", server)
        lab.expect([one.ended, one.reply.framed in ("length", "close")], equals(["FIN", True]), "the connection's end; no chunks", id="ended")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
