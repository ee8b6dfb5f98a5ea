"""Matchers: what a scenario expects, with its tolerance, in words that a failed expectation can print."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable

from harness.judge.difference import differences
from harness.judge.exits import ExitStatus
from harness.judge.octets import named

_PREFIXES = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
_SHOWN = 4  # bytes that are shown where some differ
_ENTRIES = 8  # of a dictionary
_PROBE = 24  # bytes that hardly stand in two places


@dataclasses.dataclass(frozen=True)
class Matcher:
    """expected and tolerance are texts; accepts decides on a found value. ideal: what a good program does beyond it, which decides only
    where that is held too (harness.judge.hold). exactly: the value itself, where only that one is accepted; shown: what was found, for
    people, where that is not the value itself."""

    expected: str
    accepts: Callable[[Any], bool]
    tolerance: str = "exact"
    unit: str = ""
    ideal: Matcher | None = None
    exactly: Any = None
    shown: Callable[[Any], str] | None = None

    def told(self, found: Any) -> tuple[str, str]:
        """What was expected and what was found, as texts for people: of two long values only where they begin to differ, of statuses the
        signals by name."""
        if self.shown:
            return self.expected, self.shown(found)
        if isinstance(found, bool):
            return self.expected, "yes" if found else "no"
        if isinstance(found, ExitStatus) and isinstance(self.exactly, int):
            return str(ExitStatus(self.exactly)), str(found)
        if isinstance(self.exactly, (list, dict, set)) and not self.exactly and isinstance(found, (list, set)):
            return "none", "; ".join(map(str, found)) or "none"
        if isinstance(self.exactly, dict) and isinstance(found, dict) and self.exactly != found:
            return _entries(self.exactly, found), _entries(found, self.exactly)
        return differences(self.exactly, found) or (self.expected, amount(found, self.unit))

    def ideally(self, matcher: Matcher | Any) -> Matcher:
        """What no sheet asks for, and a good program does all the same: ``between(0, 255).ideally(0)`` for an exit status. Our own
        programs are held to it; others are told."""
        return dataclasses.replace(self, ideal=matcher_for(matcher))


def _entries(mine: dict[Any, Any], other: dict[Any, Any]) -> str:
    """Those that differ from another dictionary's: "h2 4, h3 1"; of many the first."""
    told = [f"{key} {mine[key]}" for key in mine if key not in other or mine[key] != other[key]]
    return ", ".join(told[:_ENTRIES]) + (f" and {len(told) - _ENTRIES} more" if len(told) > _ENTRIES else "") or "nothing else"


def matcher_for(value: Any) -> Matcher:
    """A matcher as it is; True and False as such; any other value as exactly this value."""
    if isinstance(value, Matcher):
        return value
    return is_true() if value is True else is_false() if value is False else equals(value)


def amount(value: Any, unit: str = "") -> str:
    """A number for people: 638 kbit/s, 60.01 s, 1498."""
    if isinstance(value, (bool, ExitStatus)) or not isinstance(value, (int, float)):
        return str(value) or "(nothing)"
    if unit in ("bit/s", "B") and not isinstance(value, bool):
        for factor, prefix in _PREFIXES:
            if abs(value) >= factor * 10 or (unit == "bit/s" and abs(value) >= factor):
                return f"{value / factor:.4g} {prefix}{unit}"
    text = f"{value:,}" if isinstance(value, int) else f"{float(value):.6g}"
    return f"{text} {unit}".rstrip()


def equals(value: Any, unit: str = "") -> Matcher:
    """Exactly this value."""
    return Matcher(amount(value, unit), lambda found: found == value, "exact", unit, exactly=value)


def about(value: float, percent: float | None = None, by: float | None = None, unit: str = "") -> Matcher:
    """Within `percent` of the value, or within ± `by` units of it."""
    if (percent is None) == (by is None):
        raise TypeError("about() wants percent= or by=")
    room = abs(value) * percent / 100 if percent is not None else float(by or 0)
    shown = f"± {percent:g} %" if percent is not None else f"± {amount(by, unit)}"
    return Matcher(amount(value, unit), lambda found: abs(found - value) <= room, shown, unit)


def below(limit: float, unit: str = "") -> Matcher:
    """Strictly less than the limit."""
    return Matcher(f"below {amount(limit, unit)}", lambda found: found < limit, "limit", unit)


def above(limit: float, unit: str = "") -> Matcher:
    """Strictly more than the limit."""
    return Matcher(f"above {amount(limit, unit)}", lambda found: found > limit, "limit", unit)


def between(low: float, high: float, unit: str = "") -> Matcher:
    """low ≤ found ≤ high."""
    return Matcher(f"{amount(low, unit)} to {amount(high, unit)}", lambda found: low <= found <= high, "range", unit)


def contains(text: str) -> Matcher:
    """The found text has this part."""
    return Matcher(f"a text with {text!r}", lambda found: text in found, "part")


def matches(pattern: str) -> Matcher:
    """The found text has a part that fits the regular expression (multi-line)."""
    import re

    expression = re.compile(pattern, re.MULTILINE)
    return Matcher(f"a text that fits /{pattern}/", lambda found: expression.search(found) is not None, "pattern")


def same_bytes(data: bytes) -> Matcher:
    """Exactly these bytes; of others it is told where they begin to differ, and what stands there."""
    return Matcher(f"the same {len(data):,} bytes", lambda found: found == data, shown=lambda found: _difference(found, data))


def _difference(found: bytes, wanted: bytes) -> str:
    """How many bytes were found, and what is wrong at the first of them that is."""
    if found == wanted:
        return "the same"
    if not found:
        return "nothing"
    at = next((place for place, (one, other) in enumerate(zip(found, wanted)) if one != other), min(len(found), len(wanted)))
    if at == len(found):
        return f"{len(found):,} bytes: the first ones of them, and nothing behind"
    if order := _reordered(found, wanted):
        return order
    text = f"{len(found):,} bytes, of which byte {at:,} is the first wrong one: {_part(found, at)}"
    if at == len(wanted):
        text += ", where nothing more should be"
    else:
        text += f" in place of {_part(wanted, at)}"
    probe = found[at : at + _PROBE]
    if len(probe) == _PROBE and (place := wanted.find(probe)) >= 0:
        text += f"; there stands what belongs to byte {place:,}" + ("" if place > at else ", and was there already")
    return text


def _part(data: bytes, at: int) -> str:
    """Some bytes from there on, as text where they are one."""
    part = data[at : at + 3 * _SHOWN]
    if len(part) == 1:
        return named(part)
    return repr(part.decode()) if part.isascii() and part.replace(b"\n", b"").decode().isprintable() else part[:_SHOWN].hex(" ")


def _reordered(found: bytes, wanted: bytes) -> str:
    """A sentence where it is the same lines in another order."""
    lines, right = found.splitlines(), wanted.splitlines()
    if len(right) < 2 or lines == right or sorted(lines) != sorted(right):
        return ""
    place = next(number for number, (one, other) in enumerate(zip(lines, right)) if one != other)
    return f"the same {len(right):,} lines in another order: line {place + 1:,} is what should be line {right.index(lines[place]) + 1:,}"


def is_true() -> Matcher:
    """The statement holds."""
    return Matcher("yes", bool, "exact")


def is_false() -> Matcher:
    """The statement does not hold."""
    return Matcher("no", lambda found: not found, "exact")
