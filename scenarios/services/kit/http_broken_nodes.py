"""Answers of nodes that break off, are none, do not come, or are too many; by the path that is asked for."""

from __future__ import annotations

from typing import Any

from scenarios.services.kit.http_balancer import raw

OK, GOOD = "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
CUT: dict[str, Any] = {
    "/cut-length": {**raw(OK, "Content-Length: 1000", body="half"), "end": "close"},
    "/cut-chunks": {**raw(OK, "Transfer-Encoding: chunked", body="4\r\nhalf\r\n"), "end": "close"},
    "/cut-reset": {**raw(OK, "Content-Length: 1000", body="half"), "end": "reset"},
    "/bad-chunk": {**raw(OK, "Transfer-Encoding: chunked", body="4\r\nhalf\r\nzz\r\n"), "end": "silent"},
}
STRANGE: dict[str, Any] = {
    "/both-lengths": raw(OK, "Content-Length: 4", "Transfer-Encoding: chunked", body="4\r\nhalf\r\n0\r\n\r\n"),
    "/two-lengths": raw(OK, "Content-Length: 4", "Content-Length: 5", body="half!"),
    "/no-length": raw(OK, "Content-Length: x", body="half"),
    "/no-http": {**raw("SSH-2.0-OpenSSH_9.2", body="half"), "end": "close"},
    "/cut-head": {"raw": f"{OK}\r\nContent-Le", "end": "close"},
    "/nothing": {"raw": "", "end": "close"},
    "/folded": raw(OK, "Content-Length: 4", "X-Folded: a", " b", body="half"),
    "/huge": raw(OK, "X-Huge: " + "x" * 2_000_000, body="half"),
    "/switched": raw("HTTP/1.1 101 Switching Protocols", "Upgrade: x", "Connection: upgrade"),
}
LATE: dict[str, Any] = {"/silent": {"raw": "", "end": "silent"}, "/half-head": {"raw": f"{OK}\r\nX: ", "end": "silent"}}
TWICE: dict[str, Any] = {"/twice": {"raw": GOOD + GOOD.replace("first", "other")}, "/extra": {"raw": GOOD + "extra bytes"}}
