"""Quantities as the options of a link give them: one default unit each, and few spellings.

A number, or a number in a string, is in the default unit; a string may name its unit: ``10ms``, ``0.7mbit``, ``1%``, ``30000b``.
Nothing else is understood (no spaces, no capitals, no other units): a rate that is read wrongly would pass for a result.
Every function takes the option's name for its message and raises LinkError.
"""

from __future__ import annotations

import math
import re
from typing import Any

from harness.world.links.errors import LinkError

_NUMBER = r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
_RATES = {"bit": 1e-6, "kbit": 1e-3, "mbit": 1.0, "gbit": 1e3}
_TIMES = {"us": 1e-6, "ms": 1e-3, "s": 1.0}

LEAST_MEGABITS, MOST_MEGABITS = 0.001, 1000
"""Mbit/s: beyond, Mininet refuses too, and neither HTB's burst of 15 kB nor a process is exact; below, no frame gets through."""
MOST_SECONDS = 60


def rate(name: str, value: Any) -> float:
    """Mbit/s (the default unit), from 0.7, "0.7mbit", "700kbit"."""
    megabits = _amount(name, value, _RATES, 1.0, "a rate such as 0.7 (Mbit/s), '0.7mbit' or '700kbit'")
    if not LEAST_MEGABITS <= megabits <= MOST_MEGABITS:
        raise LinkError(f"{name}={_shown(value)} is impossible; {LEAST_MEGABITS} up to {MOST_MEGABITS} Mbit/s can be made")
    return megabits


def seconds(name: str, value: Any, default_unit: str = "ms") -> float:
    """Seconds, from 10 (milliseconds unless default_unit says otherwise), "10ms", "500us", "1s"."""
    words = {"ms": "a time such as 10 (milliseconds), '10ms' or '500us'", "s": "a time such as 10 (seconds), '10s' or '500ms'"}
    amount = _amount(name, value, _TIMES, _TIMES[default_unit], words[default_unit])
    # What a schedule names may be far ahead; what a packet can be held back is bounded by memory.
    if amount < 0 or (default_unit == "ms" and amount > MOST_SECONDS):
        raise LinkError(f"{name}={_shown(value)} is impossible; 0 to {MOST_SECONDS} seconds can be made")
    return amount


def percent(name: str, value: Any) -> float:
    """Percent, 0 to 100, from 1 or "1%"."""
    share = _amount(name, value, {"%": 1.0}, 1.0, "a percentage such as 1 or '1%'")
    if not 0 <= share <= 100:
        raise LinkError(f"{name}={_shown(value)} is impossible; it is a percentage from 0 to 100")
    return share


def count(name: str, value: Any, least: int, most: int, what: str) -> int:
    """A whole number of `what`, from 20 or "20"."""
    number = _amount(name, value, {}, 1.0, f"a number of {what}")
    if number != int(number) or not least <= number <= most:
        raise LinkError(f"{name}={_shown(value)} is impossible; it is {least:,} to {most:,} {what}")
    return int(number)


def size(name: str, value: Any, most: int) -> int:
    """Bytes, from 3000 or "3000b"."""
    return count(name, str(value)[:-1] if re.fullmatch(r"[0-9]+b", str(value)) else value, 1, most, "bytes")


def number(name: str, value: Any) -> float:
    """A plain finite number."""
    return _amount(name, value, {}, 1.0, "a number")


def switch(name: str, value: Any) -> bool:
    """True or False, and nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise LinkError(f"{name}={value!r} is neither True nor False")
    return value


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else f"{value:g}"


def _amount(name: str, value: Any, units: dict[str, float], default: float, wanted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise LinkError(f"{name}={value!r} is not {wanted}")
    if isinstance(value, str):
        found = re.fullmatch(_NUMBER + "(" + "|".join(units) + ")" + ("?" if units else ""), value)
        if not found:
            raise LinkError(f"{name}={value!r} is not {wanted}")
        amount = float(found[1]) * (units[found[2]] if found[2] else default)
    else:
        amount = value * default
    if not math.isfinite(amount):
        raise LinkError(f"{name}={str(value)[:40]} is not a finite number; it is to be {wanted}")
    return amount
