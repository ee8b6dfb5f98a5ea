"""What an HTTP server may be sent that is no request, has no bounds, or leads out of its folder, and files that it may have; by what they are, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness import is_true
from scenarios.services.kit.http_server import PORT, Request, ask, one_of, pages, request, still_served, talk

TIDE = "/notes/tide.txt"
GET = b"GET /notes/tide.txt HTTP/1.1\r\n"
HOST = b"Host: h1\r\n"
END = b"Connection: close\r\n\r\n"
LINES = {  # whole requests
    "nonsense": b"nonsense\r\n" + HOST + END,
    "a word too many": b"GET /notes/tide.txt /x HTTP/1.1\r\n" + HOST + END,
    "no target": b"GET HTTP/1.1\r\n" + HOST + END,
    "a NUL in the target": b"GET /notes/tide.txt\x00 HTTP/1.1\r\n" + HOST + END,
    "no slash": b"GET notes/tide.txt HTTP/1.1\r\n" + HOST + END,
    "half an escape": b"GET /notes/tide%2 HTTP/1.1\r\n" + HOST + END,
    "bytes of TLS": bytes.fromhex("1603010200010001fc0303") + bytes(range(64)) + b"\r\n\r\n",
}
FIELDS = {  # behind a good first line
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
LENGTHS = {  # behind a Host
    "a length below 0": b"Content-Length: -1\r\n",
    "a length with a sign": b"Content-Length: +4\r\n",
    "a length that is none": b"Content-Length: 4x\r\n",
    "two lengths": b"Content-Length: 4\r\nContent-Length: 5\r\n",
    "a length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "chunks that are not last": b"Transfer-Encoding: chunked, identity\r\n",
    "a chunk's size that is none": b"Transfer-Encoding: chunked\r\n",
}
LONG = 300_000  # bytes
TOO_LONG = {
    "target": request("/" + "a" * LONG),
    "query": request(f"{TIDE}?" + "a" * LONG),
    "method": b"G" * LONG + request(TIDE)[3:],
    "line": request(TIDE, x_long="a" * LONG),
    "name": GET + b"x" * LONG + b": a\r\n" + HOST + END,
    "lines": GET + HOST + b"".join(f"X{number}: a\r\n".encode() for number in range(20_000)) + END,
    "endless": b"GET " + b"a" * LONG,
}
BODIES = {
    "of 10^18 bytes": b"Content-Length: 1000000000000000000\r\n\r\n",
    "of 10^30 bytes": b"Content-Length: 1000000000000000000000000000000\r\n\r\n",
    "of a chunk of 2^64 bytes": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "of a chunk of 2^68 bytes": b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
}
UP = 12  # folders, more than there are
WAYS = [
    *("/" + step * UP + "etc/passwd" for step in ("../", "%2e%2e/", ".%2E/", "..%2f", "%2e%2e%2F", "..%5c", "..\\", "%252e%252e/", "%252e%252e%252f", "....//", "..;/",
                                                "%c0%ae%c0%ae/", "..%c0%af", ".%00./", "./../", "%u002e%u002e/")),
    *("/notes/" + step * UP + "etc/passwd" for step in ("../", "%2e%2e%2f", "..%5C")),
    "//etc/passwd", "/%2fetc/passwd", "%2fetc/passwd", "/./%2e%2e/" + "../" * UP + "etc/passwd", f"http://h1:{PORT}/" + "../" * UP + "etc/passwd", "file:///etc/passwd",
    "/etc/passwd", "/index.html/" + "../" * UP + "etc/passwd", "/" + "../" * UP + "etc/passwd%00.html", "/" + "../" * UP + "etc/passwd?.html", "../" * UP + "etc/passwd",
]  # fmt: skip
LINKS = {"out.txt": "/etc/passwd", "out": "/etc", "up": "../" * UP, "chain": "out/passwd"}
# Names of files: the Content-Type that goes with each, as a pattern; and the targets of those whose names have signs that must be escaped.
TYPES = {
    "page.html": "text/html", "style.css": "text/css", "script.js": "(text|application)/(x-)?javascript", "letter.txt": "text/plain",
    "data.json": "application/json", "picture.png": "image/png", "photo.jpg": "image/jpeg", "photo.jpeg": "image/jpeg", "drawing.svg": r"image/svg\+xml",
    "moving.gif": "image/gif", "paper.pdf": "application/pdf", "PICTURE.PNG": "image/png", "film.mp4": "video/mp4",
}  # fmt: skip
ODD = {"what is new?.txt": "/what%20is%20new%3F.txt", "café.txt": "/caf%C3%A9.txt", "100%.txt": "/100%25.txt", "a+b.txt": "/a+b.txt"}


def refused(lab: Any, server: Any, id: str, title: str, requests: Mapping[str, bytes], also: Sequence[int] = ()) -> None:  # noqa: A002
    """A step: each is answered by 400, or by what else may be, once, the connection is closed, and the next client is served."""
    with lab.step(title, id=id, should=True):
        for one, what in zip(talk(lab, *(Request(sent, ["GET"] * 2, closes=True) for sent in requests.values())), requests, strict=True):
            lab.expect(one.statuses, one_of(*([status] for status in (400, *also))), f"statuses of the replies to: {what}", id="status", hint=server.state)
            lab.expect(one.ended != "", is_true(), f"the connection is closed after: {what}", id="closed")
        still_served(lab, ask(lab, TIDE), pages()["notes/tide.txt"], f"{TIDE}, asked afterwards", server)
