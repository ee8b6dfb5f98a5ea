"""Single bytes by name, for who looks for the one that is too many: a line feed, a NUL."""

from __future__ import annotations

_NAMES = {
    0x00: "NUL", 0x04: "end of transmission, Ctrl+D", 0x07: "bell", 0x08: "backspace", 0x09: "tab", 0x0A: "line feed", 0x0D: "carriage return",
    0x1B: "escape", 0x20: "space",
}  # fmt: skip
_MOST = 4  # bytes that are named one by one
_SHOWN = 48


def named(data: bytes) -> str:
    """"0x0d 0x0a (carriage return, line feed)", "0x78 ('x')"; many as Python writes them."""
    if len(data) > _MOST:
        return shown(data)
    words = [_NAMES.get(one) or repr(chr(one)) if one < 0x7F else "" for one in data]
    names = ", ".join(filter(None, words))
    return " ".join(f"0x{one:02x}" for one in data) + (f" ({names})" if names else "")


def shown(data: bytes) -> str:
    """As Python writes them; of many, the first and the last."""
    return repr(data) if len(data) <= _SHOWN else f"{data[: _SHOWN // 2]!r} … {data[-_SHOWN // 2 :]!r}"


def against_size(data: bytes, size: int) -> str:
    """What there is where so many bytes were expected: what is behind them, or how they end."""
    if 0 < size < len(data):
        return f"{shown(data[:size])}, and behind it {_count(len(data) - size)} more: {named(data[size:])}"
    return f"{shown(data)}" + (f", which ends in {named(data[-1:])}" if data and data[-1] in _NAMES else "")


def beyond(found: bytes, wanted: bytes) -> str:
    """What found has more or less than wanted at its end, if the rest is the same; "" where it is not."""
    if not found:
        return "nothing"
    if found.startswith(wanted):
        return f"{_count(len(found) - len(wanted))} more at the end: {named(found[len(wanted) :])}"
    if wanted.startswith(found):
        return f"the end is missing: {named(wanted[len(found) :])}"
    if found.endswith(wanted):
        return f"{_count(len(found) - len(wanted))} more before it: {named(found[: len(found) - len(wanted)])}"
    return ""


def _count(number: int) -> str:
    return f"{number:,} byte{'' if number == 1 else 's'}"
