"""Answers that are not whole, or not HTTP: how an origin sends them, and words for what is wrong."""

from __future__ import annotations

import gzip
from typing import Any

from harness import failed, is_true, matches
from scenarios.services.kit.http import LETTER, PORT, Fetched, answer, chunked, in_chunks, moved, sent

HALF = LETTER[: len(LETTER) // 2]
_CHUNKED = "Transfer-Encoding: chunked"
_CODED = chunked(LETTER, 10)
_PACKED = gzip.compress(LETTER * 50, mtime=0)
_SHORT = "trunc|incomplete|short|close|end|abort|reset|broke|hang|missing|premature|remain|only|received"
_WRONG = "malformed|invalid|bad|not http|no http|wrong|unexpected|illegal|syntax|status line|parse|length|chunk|large|range|differ|too"


def _in_chunks(coded: bytes) -> Any:
    return answer(coded, _CHUNKED, length=None, end="close")


# Target → its words, and what an origin sends.
CUT: dict[str, tuple[str, Any]] = {
    "/length.txt": (_SHORT, answer(HALF, length=len(LETTER), end="close")),
    "/nothing.txt": (_SHORT, answer(b"", length=len(LETTER), end="close")),
    "/chunk.txt": (_SHORT, in_chunks(_CODED[:20], HALF, end="reset")),
    "/last-chunk.txt": (_SHORT, in_chunks(_CODED.removesuffix(b"0\r\n\r\n"), LETTER, end="reset")),
    "/reset.txt": (_SHORT, answer(HALF, length=len(LETTER), end="reset")),
}
STRANGE: dict[str, tuple[str, Any]] = {
    "/head.txt": (_SHORT, [sent("HTTP/1.1 200 OK\r\nContent-Le"), {"end": "close"}]),
    "/silent.txt": (_SHORT + "|no |empty|nothing", [{"end": "close"}]),
    "/mail.txt": (_WRONG + "|" + _SHORT, [sent("220 mail.example ESMTP\r\n"), {"end": "close"}]),
    "/letters.txt": (_WRONG, [sent("HTTP/1.1 2xx OK\r\nContent-Length: 2\r\n\r\nok"), {"end": "close"}]),
    "/none-at-all.txt": (_WRONG + "|" + _SHORT, [sent(LETTER), {"end": "close"}]),
    "/length-word.txt": (_WRONG, answer(LETTER, "Content-Length: 12x", length=None, end="close")),
    "/length-negative.txt": (_WRONG, answer(LETTER, "Content-Length: -5", length=None, end="close")),
    "/length-endless.txt": (_WRONG + "|" + _SHORT, answer(LETTER, "Content-Length: 99999999999999999999999", length=None, end="close")),
    "/lengths.txt": (_WRONG, answer(LETTER, "Content-Length: 7", end="close")),
    "/size-letters.txt": (_WRONG, _in_chunks(b"xyz\r\n" + LETTER + b"\r\n0\r\n\r\n")),
    "/size-negative.txt": (_WRONG, _in_chunks(b"-5\r\n" + LETTER + b"\r\n0\r\n\r\n")),
    "/size-endless.txt": (_WRONG + "|" + _SHORT, _in_chunks(b"fffffffffffffffff5\r\n" + LETTER + b"\r\n0\r\n\r\n")),
    "/size-wrong.txt": (_WRONG, _in_chunks(b"4\r\n" + LETTER + b"\r\n0\r\n\r\n")),
    "/part.txt": (_WRONG + "|part|206", answer(HALF, f"Content-Range: bytes 0-{len(HALF) - 1}/{len(LETTER)}", status="206 Partial Content")),
    "/secure.txt": ("https|tls|ssl|secure|scheme|certificate", moved(f"https://h1:{PORT}/length.txt")),
    "/long-field.txt": (_WRONG + "|long|big", answer(LETTER, f"X-Long: {'a' * (1 << 20)}", end="close")),
}
PACKED: dict[str, tuple[str, Any]] = {
    "/checksum.txt": ("gzip|checksum|crc|corrupt|damaged|decod|data", answer(_PACKED[:-8] + b"\0\0\0\0" + _PACKED[-4:], "Content-Encoding: gzip")),
    "/half-packed.txt": ("gzip|" + _SHORT, answer(_PACKED[:-12], "Content-Encoding: gzip")),
}
# What two readers of an answer could understand differently: the file, if there is one, is the letter.
AMBIGUOUS: dict[str, Any] = {
    "/more.txt": answer(LETTER + b"and more than that\n", length=len(LETTER), end="close"),
    "/both.txt": answer(_CODED, "Content-Length: 3", _CHUNKED, length=None),
}
SILENT: dict[str, Any] = {
    "/waits.txt": [{"end": "silent"}],
    "/waits-in-the-head.txt": [sent("HTTP/1.1 200 OK\r\n"), {"end": "silent"}],
    "/waits-in-the-body.txt": answer(HALF, length=len(LETTER), end="silent"),
}
TABLE = {"/whole.txt": answer(LETTER)} | {target: steps for table in (CUT, STRANGE, PACKED) for target, (_, steps) in table.items()} | AMBIGUOUS | SILENT


def refused(lab: Any, target: str, found: Fetched, words: str) -> None:
    """The client tells what is wrong, and leaves no file."""
    lab.expect(found.status, failed, f"{target}: its exit status", id="status", hint=found.program.state)
    lab.expect(found.program.errors, matches(f"(?i){words}"), f"{target}: what it says", id="told")
    lab.expect(found.kept is None, is_true(), f"{target}: it has left no file", id="file")
