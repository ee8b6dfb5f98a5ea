"""Answers and names that mean harm, and what a client makes of them."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from harness import Call
from harness.evidence.trace import strace
from scenarios.services.kit.http import LETTER, Fetched, answer, moved

ESCAPES = [b"\x1b]0;owned\x07", b"\x1b[2J", b"\x9b31m", b"\xc2\x9b31m", b"\x08\x08\x08", b"\x07", b"\x0e"]
_BAD = b" ".join(ESCAPES).decode("latin-1")
_MAKING = "open,openat,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
OPENED = (*("4096" if word.isdigit() else word for word in strace.OPTIONS[:-1]), f"trace={_MAKING},exit,exit_group")
"""For strace: the calls that make files."""
_HOME = "/tmp"
_OWNED = "..%2f..%2frun%2fowned.txt"
_DISPOSITION = f"Content-Disposition: attachment; filename=\"../../run/owned.txt\"; filename*=UTF-8''{_OWNED}"

# Targets whose answers have words that a client may print.
WORDS: dict[str, Any] = {
    "/status.txt": answer(LETTER, status=f"404 Not {_BAD} Found"),
    "/busy.txt": answer(LETTER, "Retry-After: 0" + _BAD, status=f"403 {_BAD}"),
    "/strange.txt": answer(LETTER, f"Content-Length: 12{_BAD}", length=None, end="close"),
    "/no-http.txt": [{"send": _BAD + "\r\n\r\n"}, {"end": "close"}],
    "/moved.txt": moved(f"/{_BAD}/there.txt", "302 Found"),
    "/elsewhere.txt": moved(f"gopher://{_BAD}/x", "302 Found"),
    "/chunk.txt": answer(_BAD.encode("latin-1") + b"\r\n", "Transfer-Encoding: chunked", length=None, end="close"),
    "/packed.txt": answer(LETTER, f"Content-Encoding: {_BAD}"),
    "/a%1b%5d0;owned%07%1b%5b2J%9b31m%c2%9b31m%08%08%08%0e.txt": answer(LETTER),
}
# Targets that name files somewhere else, and redirects to such.
NAMES: dict[str, Any] = {
    f"/{_OWNED}": answer(LETTER),
    "/%2frun%2fowned.txt": answer(LETTER),
    "/x/%2e%2e": answer(LETTER),
    "/letter.txt?../../run/owned.txt": answer(LETTER),
    "/..%5c..%5cowned.txt": answer(LETTER),
    "/a%00%1b%5b2J%0d%0a.txt": answer(LETTER),
    "/said.txt": answer(LETTER, _DISPOSITION),
    "/led.txt": moved(f"/{_OWNED}"),
    "/hidden.txt": moved("/.profile"),
    "/.profile": answer(LETTER),
}
_FIELDS = answer(LETTER, f"X-Words: {_BAD}", f"Server: {_BAD}", f"Content-Type: {_BAD}")
TABLE = {"/letter.txt": answer(LETTER), "/fields.txt": _FIELDS, **WORDS, **NAMES}
NAMES = {target: steps for target, steps in NAMES.items() if target != "/.profile"}


def printed(found: Fetched, texts: list[bytes]) -> list[str]:
    """Those of the texts that stand in what it has printed, as escapes."""
    all_of_it = found.said.encode() + found.program.output_bytes + found.program.stderr_path.read_bytes()
    return [ascii(text) for text in texts if text in all_of_it]


def files(program: Any) -> tuple[list[str], list[str]]:
    """Of the files that a program started with the options OPENED has made or written to: those that lie outside of its folder, or are
    hidden by the name that a redirect gave; and those in whose names a terminal would see more than letters. As escapes."""
    outside, odd = set(), set()
    for call in program.calls():
        if not isinstance(call, Call) or call.error or "O_RDONLY" in (text := " ".join(call.arguments)):
            continue
        for octets in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', text):
            name = bytes.fromhex(octets.replace("\\x", "")).decode("utf-8", "surrogateescape")
            path = posixpath.normpath(posixpath.join(_HOME, name))
            if not path.startswith((f"{_HOME}/", "/dev/null", "/dev/tty", "/proc/")) or path == f"{_HOME}/.profile":
                outside.add(ascii(path))
            if any(ord(letter) < 32 or 127 <= ord(letter) < 160 or 0xDC00 <= ord(letter) < 0xE000 for letter in name):
                odd.add(ascii(name))
    return sorted(outside), sorted(odd)
