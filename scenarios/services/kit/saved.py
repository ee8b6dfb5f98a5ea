"""What is the matter with a body that was saved wrongly, in words: what stands in it that framed it, or how it was changed."""

from __future__ import annotations

import re

ELSEWHERE = b"it is elsewhere\n"
"""The page that comes with each redirect."""
_LONG = 5  # s; no answer takes that long


def matter(found: bytes, wanted: bytes, printed: bool, seconds: float) -> list[str]:
    """Sentences. printed: whether it is what the client printed, since it has left no file; seconds: how long it ran."""
    told = [what for what, holds in _signs(found, wanted).items() if holds] if found and found != wanted else []
    if printed and found and found != wanted:
        told.append("there is no file, this is what it printed")
    if not found and seconds > _LONG:
        told.append(f"it ran {seconds:.0f} s, and the answer was there at once: does it wait for the end of the connection?")
    return told


def _signs(found: bytes, wanted: bytes) -> dict[str, bool]:
    text = {wanted.decode("utf-8", how).encode() for how in ("ignore", "replace")} | {wanted.decode("latin-1").encode()}
    lines = {wanted.replace(b"\r\n", b"\n"), wanted.replace(b"\n", b"\r\n"), wanted.replace(b"\r", b"\n")}
    return {
        "the head of the answer stands in it": found.startswith(b"HTTP/1.") and not wanted.startswith(b"HTTP/1."),
        "the sizes of its chunks stand in it": bool(re.match(rb"[0-9A-Fa-f]+[^\r\n]*\r\n", found)) and not found.startswith(wanted[:1]),
        "it is still packed by gzip": found.startswith(b"\x1f\x8b") and not wanted.startswith(b"\x1f\x8b"),
        "it was read or written as text: bytes that are none are lost": found in text,
        "it was read or written as text: the ends of its lines have changed": found in lines,
        "the page of the redirect was saved, which says where to look": found == ELSEWHERE,
        "it ends at the first byte 0": b"\0" in wanted and found == wanted.partition(b"\0")[0],
        "its last byte is lacking": found == wanted[:-1],
    }
