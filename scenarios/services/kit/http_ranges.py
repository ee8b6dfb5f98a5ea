"""The bodies of replies with several parts of a file (RFC 9110, 14.6)."""

from __future__ import annotations

import re

from scenarios.services.kit.http_server import Reply


def several(reply: Reply) -> list[tuple[str, bytes]]:
    """Content-Range and bytes of each part of multipart/byteranges."""
    boundary = re.search(r'boundary="?([^";]+)"?', reply.fields.get("content-type", ""))
    pieces = reply.body.split(b"--" + boundary[1].encode())[1:-1] if boundary else []
    found = []
    for piece in pieces:
        header, _, body = piece.partition(b"\r\n\r\n")
        where = re.search(rb"(?im)^content-range:[ \t]*(.*?)[ \t]*\r?$", header)
        found.append((where[1].decode() if where else "", body.removesuffix(b"\r\n")))
    return found
