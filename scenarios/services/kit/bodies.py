"""Bodies in every form that an answer may have: their bytes, and how an origin sends them."""

from __future__ import annotations

import gzip
import random
from typing import Any

from scenarios.services.kit.http import LETTER, answer, chunked, in_chunks, sent

BINARY = bytes(range(256)) * 5 + b"\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\0\x1a\x04" + bytes(range(255, -1, -1))
LARGE = random.Random(3).randbytes(1 << 20)
TEXT = b"".join(b"line %d of a text that can be made much shorter\n" % number for number in range(500))
_PACKED = gzip.compress(TEXT, mtime=0)
_ASKED = "^Accept-Encoding:.*gzip"
_PAUSE = 0.001  # s, so that what follows comes in a segment of its own
_ONE_BY_ONE = chunked(LETTER, 1, 2, 17)


def _bare(head: str, body: bytes) -> list[Any]:
    return [sent(head.replace("\n", "\r\n").encode("latin-1") + body)]


# Target → what is there, and what an origin sends.
FORMS: dict[str, tuple[bytes, Any]] = {
    "/length.bin": (BINARY, answer(BINARY)),
    "/large.bin": (LARGE, answer(LARGE)),
    "/close.bin": (BINARY, answer(BINARY, "Connection: close", length=None, end="close")),
    "/chunks.bin": (BINARY, in_chunks(chunked(BINARY, 1, 500, 13), BINARY)),
    "/capitals.bin": (BINARY, in_chunks(chunked(BINARY, 0xAB).replace(b"ab\r\n", b"00AB\r\n", 1), BINARY, field="TRANSFER-encoding")),
    "/names.bin": (BINARY, _bare(f"HTTP/1.1 200 \ncontent-type: x\nCONTENT-LENGTH: {len(BINARY)}\n\n", BINARY)),
}
ENCODED: dict[str, tuple[bytes, Any]] = {
    "/gzip.txt": (TEXT, [[_ASKED, answer(_PACKED, "Content-Encoding: gzip")], ["", answer(TEXT)]]),
    "/gzip-chunks.txt": (TEXT, [[_ASKED, answer(chunked(_PACKED, 5, 1), "Content-Encoding: gzip", "Transfer-Encoding: chunked", length=None)], ["", answer(TEXT)]]),
}
_HEAD = f"HTTP/1.1 200 OK\r\nContent-Length: {len(LETTER)}\r\n\r\n".encode()
SEGMENTS: dict[str, tuple[bytes, Any]] = {
    "/length.txt": (LETTER, [sent(_HEAD + LETTER, 1, _PAUSE)]),
    "/chunks.txt": (LETTER, [
        ["^GET [^ ]+ HTTP/1\\.0", answer(LETTER, length=None, end="close")],
        ["", [sent(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + _ONE_BY_ONE, 1, _PAUSE)]],
    ]),
    "/three.bin": (BINARY, [sent(answer(BINARY)[0]["send"], 3, 0)]),
}  # fmt: skip
NOTHING: dict[str, Any] = {
    "/empty.txt": answer(b""),
    "/none.txt": answer(status="204 No Content", length=None),
}
ODD: dict[str, tuple[bytes, Any]] = {
    "/hints.txt": (LETTER, [sent("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"), *answer(LETTER)]),
    "/length-of-none.txt": (b"", answer(status="204 No Content", length=5)),
    "/blanks.bin": (BINARY, _bare(f"HTTP/1.1 200 OK\nContent-Type:x\nContent-Length:  {len(BINARY)}  \n\n", BINARY)),
    "/extensions.bin": (BINARY, in_chunks(chunked(BINARY, 255, 300, extension=';a="b;c";d'), BINARY)),
    "/trailers.bin": (BINARY, in_chunks(chunked(BINARY, 400, trailers="X-Sum: 1\r\nX-End: 2\r\n"), BINARY)),
    "/no-chunks.txt": (b"", in_chunks(chunked(b""), b"")),
}
TABLE = {target: steps for table in (FORMS, ENCODED, SEGMENTS, ODD) for target, (_, steps) in table.items()} | NOTHING
