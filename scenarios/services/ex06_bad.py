"""What is no request is answered by 400, of another version by 505, and whoever comes next is served.

Two readers that find different ends of a request can be played off against each other: so whatever leaves doubt where one ends, or to which host it
goes, is refused, and the connection is closed. RFC 9112 has most of these rules as a MUST.
"""

from harness import scenario
from scenarios.services.kit.http_server import NOWHERE, Request, ask, http_server, one_of, pages, request, served, site, talk
from scenarios.services.kit.http_cases import END, FIELDS, GET, HOST, LENGTHS, LINES, TIDE, refused
from topologies.single import Single


@scenario(
    "services.ex06-bad", question="What a server does with what is no request", topology=Single(2), roles=["http-server"],
    needs={"http-server": ["root"]}, captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def bad(lab):
    with lab.step("A request", id="get"):
        server = http_server(lab, site())
        served(lab, ask(lab, TIDE), pages()["notes/tide.txt"], TIDE, server)
    refused(lab, server, "line", "Request lines that are none", LINES)
    refused(lab, server, "fields", "Fields that are none, and Host, which is owed once", {what: GET + text + END for what, text in FIELDS.items()})
    bodies = {what: b"POST" + GET[3:] + HOST + text + b"\r\nzz\r\n" + request(NOWHERE) for what, text in LENGTHS.items()}
    refused(lab, server, "lengths", "Bodies of which nobody can say where they end", bodies, also=(405, 501))
    with lab.step("Other versions", id="versions", should=True):
        for version, may in {"2.0": (505,), "9.9": (505,), "1.10": (400, 505), "1.2": (200, 505), "0.9": (505, 400)}.items():
            [one] = talk(lab, Request(request(TIDE, version=version), closes=True))
            lab.expect(one.reply.status, one_of(*may), f"status of HTTP/{version}", id="status", hint=server.state)
    with lab.step("Requests that only look odd", id="odd", should=True):
        whole = request(f"http://h1{TIDE}"), b"\r\n" + request(TIDE), GET + b"hOsT:h1\r\nX-Empty:\r\n" + END
        for one, what in zip(talk(lab, *map(Request, whole)), ("a whole URI", "an empty line first", "fields as they may be"), strict=True):
            served(lab, one.reply, pages()["notes/tide.txt"], f"a request that is {what}", server)
    with lab.step("A request that comes byte by byte: one read does not bring it", id="pieces", should=True):
        [one] = talk(lab, Request([bytes([byte]) for byte in request(TIDE)], pause=0.002))
        served(lab, one.reply, pages()["notes/tide.txt"], "a request that comes byte by byte", server)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
