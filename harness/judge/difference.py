"""Where two long texts, or two strings of bytes, begin to differ: what people look for in them, instead of both as a whole."""

from __future__ import annotations

from typing import TypeVar

from harness.judge.octets import beyond

LONG = 80
"""Characters or bytes, from which on a value is told by its first difference."""
_BEFORE = {"characters": 16, "bytes": 4}  # of them are shown before the difference
_WORD, _WHOLE = 16, 180  # characters
_SHOWN = 48  # characters of each side

Long = TypeVar("Long", str, bytes)


def differences(expected: object, found: object) -> tuple[str, str] | None:
    """Both sides in words: length, place of the first difference, and what stands there; of short ones, what one has more at its end.
    None where they are no two texts or strings of bytes, are equal, or are short and have nothing in common."""
    if isinstance(expected, str) and isinstance(found, str):
        return _told(expected, found, "characters") or _ends(expected, found)
    if isinstance(expected, bytes) and isinstance(found, bytes):
        return _told(expected, found, "bytes") or _ends(expected, found)
    return None


def _ends(expected: str | bytes, found: str | bytes) -> tuple[str, str] | None:
    """Of two short ones that differ at one end: both as Python writes them, and the difference."""
    one, other = (side.encode("utf-8", "replace") if isinstance(side, str) else side for side in (expected, found))
    more = beyond(other, one) if one and one != other and max(len(one), len(other)) <= LONG else ""
    return (repr(expected), f"{found!r}: {more}" if found else more) if more else None


def _told(expected: Long, found: Long, unit: str) -> tuple[str, str] | None:
    if expected == found or max(len(expected), len(found)) <= LONG:
        return None
    if isinstance(expected, str) and isinstance(found, str) and (parts := _parts(expected, found)):
        return parts
    place = next((at for at, (one, other) in enumerate(zip(expected, found)) if one != other), min(len(expected), len(found)))
    if place == 0 and 0 < len(expected) <= _WORD and isinstance(found, str):  # they have nothing to do with each other
        return str(expected), found if len(found) <= _WHOLE else f"{found[:_WHOLE]} …"
    where = f"{unit[:-1]} {place + 1:,}"
    newline = "\n" if isinstance(found, str) else b"\n"
    if lines := found[:place].count(newline):
        where += f", in line {lines + 1:,}"
    return _side(expected, place, unit), f"{_side(found, place, unit)}; the first difference is {where}"


def _parts(expected: str, found: str) -> tuple[str, str] | None:
    """Of two lists in one line, "h1 → h2; h2 → h1; …": what differs. None where they are none, or all of it differs."""
    sides = [text.split("; ") for text in (expected, found)]
    mine, other = ([part for part in side if part not in sides[1 - number]] for number, side in enumerate(sides))
    if "\n" in expected + found or min(map(len, sides)) < 2 or (len(mine + other) == sum(map(len, sides)) and len(expected + found) > _WHOLE):
        return None
    return "; ".join(mine) or "nothing more", "; ".join(other) or "nothing more"


def _side(value: Long, place: int, unit: str) -> str:
    begin = max(0, place - _BEFORE[unit])
    end = place + _SHOWN
    while len(part := repr(value[begin:end])) > _SHOWN and end > place + 1:
        end -= 1
    shown = f"{'… ' if begin else ''}{part}{' …' if end < len(value) else ''}"
    return f"{len(value):,} {unit}: {shown}" + (", and no more" if place >= len(value) else "")
