"""Text from programs and networks, made safe to show: nothing in it can steer a terminal, a page or a parser."""

from __future__ import annotations

import math
import pathlib
import re
import shlex
import unicodedata
from typing import Any

from harness.judge.result import ExpectationResult

# Characters that reorder the text around them (UAX 9): a file name could pretend to be another one.
_BIDIRECTIONAL = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x9b[0-?]*[ -/]*[@-~]")


def _visible_character(character: str) -> str:
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return _ESCAPES.get(character) or f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, as Python's surrogateescape keeps it
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE:
        return "\ufffd"
    if character in _BIDIRECTIONAL or character in "\u2028\u2029":
        return f"\\u{code:04x}"
    return character


def visible(text: Any) -> str:
    """The text with every control character written out (ESC as \\x1b); line ends and tabs stay."""
    text = str(text).replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" else _visible_character(c) for c in text)


def one_line(text: Any) -> str:
    """Like visible, and line ends and tabs are written out too: for table cells and labels."""
    return "".join(_visible_character(c) for c in str(text).strip("\r\n"))


def without_controls(text: Any) -> str:
    """The text without terminal control sequences and without any character that XML 1.0 forbids."""
    text = _CONTROL_SEQUENCE.sub("", str(text).replace("\r\n", "\n"))
    return "".join(
        c
        for c in text
        if c in "\n\t"
        or not (unicodedata.category(c) in ("Cc", "Cs") or c in _BIDIRECTIONAL or ord(c) & 0xFFFE == 0xFFFE)
    )


def shorten(text: str, length: int) -> str:
    """At most length characters; an ellipsis tells what was cut."""
    return text if len(text) <= length else text[: max(0, length - 1)] + "…"


def seconds_text(seconds: float) -> str:
    """A duration for people: 0.35 s, 12.3 s, 2 min 05 s."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """A sort key that puts q2 before q10."""
    return [
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in re.split(r"([0-9]+)", text)
        if part
    ]


def wireshark_command(row: ExpectationResult, folder: pathlib.Path | str = "") -> str:
    """A shell command that opens the row's capture at the packets in question; empty if the row names no capture.

    folder is the scenario's evidence folder as the command shall name it.
    """
    if not row.pcapng:
        return ""
    command = f"wireshark -r {shlex.quote(one_line(pathlib.PurePath(folder) / row.pcapng))}"
    return f"{command} -Y {shlex.quote(one_line(row.filter))}" if row.filter else command
