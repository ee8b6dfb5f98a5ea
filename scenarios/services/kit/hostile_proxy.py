"""Requests that a proxy must not hand on, and answers that it must not believe; by what they are, in words."""

from __future__ import annotations

from typing import Any

from scenarios.services.kit.http import Steps, answer, sent
from scenarios.services.kit.http_cases import FIELDS as _FIELDS
from scenarios.services.kit.http_cases import LENGTHS as _LENGTHS
from scenarios.services.kit.http_cases import LONG
from scenarios.services.kit.http_proxy import AUTHORITY, KEPT, ONE, TWO, asking, dated

END = b"Connection: close\r\n\r\n"
HOST = f"Host: {AUTHORITY}\r\n".encode()
_URL = f"http://{AUTHORITY}/hostile".encode()
_GET = b"GET " + _URL + b" HTTP/1.1\r\n"
SMUGGLED = asking("/smuggled")


def _named(field: bytes) -> bytes:
    return field.replace(b"Host: h1\r\n", HOST)


LINES = {
    "nonsense": b"nonsense\r\n" + HOST + END,
    "a word too many": b"GET " + _URL + b" /x HTTP/1.1\r\n" + HOST + END,
    "a NUL in the target": b"GET " + _URL + b"\x00 HTTP/1.1\r\n" + HOST + END,
    "another scheme": b"GET gopher://h1/hostile HTTP/1.1\r\n" + HOST + END,
    "no host in the URL": b"GET http:///hostile HTTP/1.1\r\n" + HOST + END,
    "a port that is none": b"GET http://h1:99999/hostile HTTP/1.1\r\n" + HOST + END,
    "a LF within the target": b"GET " + _URL + b"\nX-Hidden: 1 HTTP/1.1\r\n" + HOST + END,
    "version 9.9": b"GET " + _URL + b" HTTP/9.9\r\n" + HOST + END,
}
FIELDS = {what: _GET + _named(field) + END for what, field in _FIELDS.items()}
LENGTHS = {
    **{what: b"POST" + _GET[3:] + HOST + field + b"\r\nzz\r\n" + SMUGGLED for what, field in _LENGTHS.items()},
    "chunks with a blank before the colon": b"POST" + _GET[3:] + HOST + b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks in HTTP/1.0": b"POST " + _URL + b" HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "xchunked": b"POST" + _GET[3:] + HOST + b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
}
LARGE = {
    "a target too long": asking("/" + "a" * LONG),
    "a field too long": asking("/hostile", x_long="a" * LONG),
    "too many fields": _GET + HOST + b"".join(f"X{number}: a\r\n".encode() for number in range(20_000)) + END,
}

# Origins. What is cut is whole the second time; a cut answer says that it may be kept.
_CHUNKS = "Transfer-Encoding: chunked"
CUT: dict[str, list[Any]] = {
    "/cut-length": [dated(ONE[:100], KEPT, "Content-Length: %d" % len(ONE)), dated(TWO, KEPT)],
    "/cut-reset": [answer(ONE[:100], KEPT, length=len(ONE), end="reset"), dated(TWO, KEPT)],
    "/cut-chunks": [answer(b"64\r\n" + ONE[:100] + b"\r\n", KEPT, _CHUNKS, length=None, end="close"), dated(TWO, KEPT)],
    "/cut-in-a-chunk": [answer(b"280\r\n" + ONE[:100], KEPT, _CHUNKS, length=None, end="close"), dated(TWO, KEPT)],
}
CUT["/cut-length"][0] = answer(ONE[:100], KEPT, length=len(ONE), end="close")
_FIELD = f"Content-Length: {len(ONE)}"
BAD: dict[str, Steps] = {
    "/two-lengths": answer(ONE, KEPT, "Content-Length: 10", _FIELD, length=None, end="close"),
    "/length-and-chunks-that-are-none": answer(ONE, KEPT, _FIELD, _CHUNKS, length=None, end="close"),
    "/length-that-is-none": answer(ONE, KEPT, "Content-Length: many", length=None, end="close"),
    "/no-http": [sent("hello, I am no server of HTTP\r\n\r\n"), {"end": "close"}],
    "/no-status": [sent("HTTP/1.1 many OK\r\nContent-Length: 0\r\n\r\n"), {"end": "close"}],
    "/nothing": [{"end": "close"}],
    "/half-a-head": [sent("HTTP/1.1 200 OK\r\nContent-Le"), {"end": "close"}],
    "/nul": [sent("HTTP/1.1 200 OK\r\nX-Nul: a\x00b\r\nContent-Length: 0\r\n\r\n"), {"end": "close"}],
    "/endless-head": [sent("HTTP/1.1 200 OK\r\n"), {"repeat": "X-Endless: aaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 2000, "times": 2000}, {"end": "close"}],
    "/endless-line": [sent("HTTP/1.1 200 OK\r\nX-Endless: "), {"repeat": "a" * 65536, "times": 2000}, {"end": "close"}],
}
TWICE = [{**dated(ONE, KEPT)[0], "send": dated(ONE, KEPT)[0]["send"] + answer(b"this is nobody's\n", KEPT)[0]["send"]}]
GOOD: dict[str, Any] = {"/after": dated(TWO, KEPT)}
TABLE = {**CUT, **BAD, **GOOD, "/twice": TWICE}
