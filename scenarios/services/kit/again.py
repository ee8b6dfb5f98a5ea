"""An origin that has trouble at first: what is cut and goes on, what changes meanwhile, what is busy."""

from __future__ import annotations

import random
from typing import Any

from scenarios.services.kit.http import answer

OLD, NEW = (random.Random(seed).randbytes(100_000) for seed in (1, 2))
CUT = 40_000
TAG, _NEW_TAG, _WEAK = '"one"', '"two"', 'W/"one"'


def _cut(*headers: str) -> Any:
    return answer(OLD[:CUT], *headers, length=len(OLD), end="close")


def _file(data: bytes, tag: str = "") -> Any:
    """Whole, or the part that is asked for."""
    return [{"range": data.decode("latin-1"), "etag": tag}]


def _part_whatever(tag: str) -> Any:
    """Of a server that knows no If-Range: a part of the new version to who asks for one."""
    headers = [f"Content-Range: bytes {CUT}-{len(NEW) - 1}/{len(NEW)}", *([f"ETag: {tag}"] if tag else [])]
    return [["^Range:", answer(NEW[CUT:], *headers, status="206 Partial Content")], ["", answer(NEW)]]


_UNAVAILABLE = "503 Service Unavailable"
CHANGED: dict[str, Any] = {
    "/changed.bin": [_cut(f"ETag: {TAG}"), _file(NEW, _NEW_TAG)],
    "/spliced.bin": [_cut(f"ETag: {TAG}"), _part_whatever(_NEW_TAG)],
    "/untagged.bin": [_cut(), _part_whatever("")],
    "/weak.bin": [_cut(f"ETag: {_WEAK}"), _part_whatever(_WEAK)],
}
TABLE: dict[str, Any] = {
    **CHANGED,
    "/whole.bin": answer(OLD),
    "/cut.bin": [_cut(f"ETag: {TAG}", "Accept-Ranges: bytes"), _file(OLD, TAG)],
    "/anew.bin": [_cut(f"ETag: {TAG}", "Accept-Ranges: bytes"), _file(NEW, _NEW_TAG)],
    "/busy.bin": [answer(b"", "Retry-After: 1", status=_UNAVAILABLE), answer(OLD)],
    "/often.bin": [answer(b"", "Retry-After: 1", status="429 Too Many Requests"), answer(OLD)],
    "/tomorrow.bin": answer(b"", "Retry-After: 86400", status=_UNAVAILABLE),
    "/down.bin": answer(b"", status=_UNAVAILABLE),
    "/once.bin": answer(b"", status=_UNAVAILABLE),
    "/gone.bin": answer(b"", status="404 Not Found"),
}
