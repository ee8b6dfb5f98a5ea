"""What is no request is answered by 400, of another version by 505, and whoever comes next is served.

Two readers that find different ends of a request can be played off against each other: so whatever leaves doubt where one ends, or to which host it
goes, is refused, and the connection is closed. RFC 9112 has most of these rules as a MUST.
"""

from harness import equals, is_true, scenario
from scenarios.services.kit.http import NOWHERE, Request, ask, http_server, one_of, pages, request, served, site, still_served, talk
from topologies.single import Single

TIDE = "/notes/tide.txt"
GET = b"GET /notes/tide.txt HTTP/1.1\r\n"
HOST = b"Host: h1\r\n"
END = b"Connection: close\r\n\r\n"
LINES = {
    "nonsense": b"nonsense\r\n" + HOST + END,
    "a word too many": b"GET /notes/tide.txt /x HTTP/1.1\r\n" + HOST + END,
    "no target": b"GET HTTP/1.1\r\n" + HOST + END,
    "a NUL in the target": b"GET /notes/tide.txt\x00 HTTP/1.1\r\n" + HOST + END,
    "no slash": b"GET notes/tide.txt HTTP/1.1\r\n" + HOST + END,
    "half an escape": b"GET /notes/tide%2 HTTP/1.1\r\n" + HOST + END,
    "bytes of TLS": bytes.fromhex("1603010200010001fc0303") + bytes(range(64)) + b"\r\n\r\n",
}
FIELDS = {
    "no Host": b"",
    "two Hosts": HOST + b"Host: h3\r\n",
    "a Host with blanks": b"Host: h 1\r\n",
    "a blank before the colon": b"Host : h1\r\n",
    "no colon": HOST + b"nonsense\r\n",
    "no name": HOST + b": nonsense\r\n",
    "a folded line": HOST + b"X-Folded: a\r\n b\r\n",
    "a NUL in a value": HOST + b"X-Nul: a\x00b\r\n",
    "a bare CR": HOST + b"X-Bare: a\rb\r\n",
}
LENGTHS = {
    "a length below 0": b"Content-Length: -1\r\n",
    "a length with a sign": b"Content-Length: +4\r\n",
    "a length that is none": b"Content-Length: 4x\r\n",
    "two lengths": b"Content-Length: 4\r\nContent-Length: 5\r\n",
    "a length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "chunks that are not last": b"Transfer-Encoding: chunked, identity\r\n",
    "a chunk's size that is none": b"Transfer-Encoding: chunked\r\n",
}


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
        whole = request(f"http://h1{TIDE}"), b"\r\n" + request(TIDE), GET + b"hOsT:h1\r\nX-Empty:\r\n" + END, [bytes([byte]) for byte in request(TIDE)]
        for one, what in zip(talk(lab, *map(Request, whole)), ("a whole URI", "an empty line first", "fields as they may be", "byte by byte"), strict=True):
            served(lab, one.reply, pages()["notes/tide.txt"], f"a request that is {what}", server)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)


def refused(lab, server, id, title, requests, also=()):  # noqa: A002
    """Each is answered by 400 once, the connection is closed, and the next client is served."""
    with lab.step(title, id=id, should=True):
        for one, what in zip(talk(lab, *(Request(sent, ["GET"] * 2, closes=True) for sent in requests.values())), requests, strict=True):
            lab.expect(one.statuses, one_of(*([status] for status in (400, *also))), f"statuses of the replies to: {what}", id="status", hint=server.state)
            lab.expect(one.ended != "", is_true(), f"the connection is closed after: {what}", id="closed")
        still_served(lab, ask(lab, TIDE), pages()["notes/tide.txt"], f"{TIDE}, asked afterwards", server)
