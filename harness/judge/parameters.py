"""Parameters of a scenario: what may be varied, within which limits; read strictly from ``--set`` and ``--over``.

A quantity takes the type of its default: ``Parameter(20, "packets")`` whole numbers, ``Parameter(0.7, "Mbit/s")`` any. On the
command line it is a number in its own unit, or one with a unit of the same kind: 0.7, 0.7Mbit/s, 700kbit/s.
"""

from __future__ import annotations

import dataclasses
import decimal
import difflib
import keyword
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Value = int | float | str

_KINDS: tuple[dict[str, str], ...] = (
    {"bit/s": "1", "kbit/s": "1e3", "Mbit/s": "1e6", "Gbit/s": "1e9"},
    {"us": "1e-6", "ms": "1e-3", "s": "1", "min": "60"},
    {"B": "1", "kB": "1e3", "MB": "1e6"},
)
_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?) ?((?:[A-Za-z%]\S*)?)")
_CHOICE = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")  # ".." stands for a range
_MOST = 2**53  # beyond, not every whole number is a float


class ParameterError(ValueError):
    """A parameter's name, value or unit is not as declared; the message says what is possible."""


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A quantity: its default (an int for whole numbers, a float for any), unit, permitted range (None: no limit on that side),
    and what it means, in a few words. Raises ParameterError if the default is not permitted."""

    default: int | float
    unit: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    meaning: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.default, bool) or not isinstance(self.default, (int, float)):
            raise ParameterError(f"default {self.default!r} is not a number; Choice('off', 'on') declares words")
        self.check("default", self.default)

    @property
    def whole(self) -> bool:
        return isinstance(self.default, int)

    @property
    def permitted(self) -> str:
        """The range in words: "0.01 to 100 Mbit/s"."""
        kind = "whole numbers" if self.whole else "numbers"
        low, high = (None if limit is None else self.shown(limit) for limit in (self.minimum, self.maximum))
        if low is None and high is None:
            return f"{kind} of {self.unit}" if self.unit else kind
        if low is not None and high is not None:
            return f"{'whole numbers, ' if self.whole else ''}{self.minimum:g} to {high}"
        return f"{kind} {f'from {low} on' if low is not None else f'up to {high}'}"

    def shown(self, value: Any) -> str:
        """A value with its unit."""
        return f"{value:.12g}{' ' * (self.unit != '%')}{self.unit}".rstrip()

    def check(self, name: str, value: Any) -> int | float:
        """The value in this parameter's type. Raises ParameterError."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > _MOST:
            raise ParameterError(f"{name}={value} is not a finite number")
        if self.whole and value != int(value):
            raise ParameterError(f"{name}={value:g} is not a whole number{f' of {self.unit}' if self.unit else ''}")
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise ParameterError(f"{name}={self.shown(value)} is out of range; permitted are {self.permitted}")
        return int(value) if self.whole else float(value)

    def parse(self, name: str, text: str) -> int | float:
        """The value that a text names, in this parameter's unit. Raises ParameterError."""
        return self.check(name, self.number(name, text))

    def number(self, name: str, text: str) -> float:
        """A number in this parameter's unit, in its range or not."""
        found = _NUMBER.fullmatch(text.strip())
        if not found:
            raise ParameterError(f"{name}={text} is not a number; permitted are {self.permitted}")
        units = next((kind for kind in _KINDS if self.unit in kind), {self.unit: "1"})
        if found[2] and found[2] not in units:
            wanted = f"the unit is {self.unit}" if self.unit else "it has no unit"
            others = [unit for unit in units if unit != self.unit]
            raise ParameterError(
                f"{name}={text}: there is no unit {found[2]!r} here; {wanted}" + (f" ({', '.join(others)} are understood too)" if others else "")
            )
        # Decimal: 700 kbit/s are 0.7 Mbit/s, and not 0.7000000000000001.
        factor = decimal.Decimal(units[found[2] or self.unit]) / decimal.Decimal(units[self.unit])
        return float(decimal.Decimal(found[1]) * factor)


@dataclasses.dataclass(frozen=True, init=False)
class Choice:
    """One of several words, the first by default: ``Choice("cubic", "reno", "bbr", meaning="congestion control")``."""

    choices: tuple[str, ...]
    meaning: str = ""
    unit = ""

    def __init__(self, *choices: str, meaning: str = "") -> None:
        if len(set(choices)) < 2 or len(set(choices)) < len(choices):
            raise ParameterError(f"a choice is between two or more different words, not {', '.join(choices) or 'none'}")
        for word in choices:
            if not isinstance(word, str) or not _CHOICE.fullmatch(word):
                raise ParameterError(f"{word!r} cannot be chosen: words are made of letters, digits, '_', '+', '-' and single '.'")
        object.__setattr__(self, "choices", choices)
        object.__setattr__(self, "meaning", meaning)

    @property
    def default(self) -> str:
        return self.choices[0]

    @property
    def permitted(self) -> str:
        return ", ".join(self.choices)

    def shown(self, value: Any) -> str:
        return str(value)

    def check(self, name: str, value: Any) -> str:
        """The value. Raises ParameterError if it is none of the words."""
        if value not in self.choices:
            raise ParameterError(f"{name}={value} cannot be chosen; possible are {self.permitted}")
        return value

    def parse(self, name: str, text: str) -> str:
        return self.check(name, text.strip())


Declared = Mapping[str, Parameter | Choice]


class Values:
    """The values of all parameters as attributes, which cannot be changed: ``lab.parameters.bw``."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:  # a number or a word, as the scenario that reads it has declared
        raise AttributeError(f"there is no parameter {name!r}; declared are {', '.join(self.__dict__) or 'none'}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"parameter {name} cannot be changed by the scenario; --set {name}=… does it")

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        """(name, value) in the order of declaration: ``dict(values)`` works."""
        return iter(self.__dict__.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Values({self.__dict__})"


def check_declaration(declared: Declared) -> None:
    """Raises ParameterError for names that could not be attributes, and for what is no declaration."""
    for name, one in declared.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
            raise ParameterError(f"{name!r} cannot be a parameter's name: small letters, digits and '_' can")
        if not isinstance(one, (Parameter, Choice)):
            raise ParameterError(f"parameter {name} is declared as {one!r}; use Parameter(default, unit) or Choice(words)")


def complete(declared: Declared, given: Mapping[str, Any]) -> Values:
    """The given values, checked, and defaults for the others."""
    for name in given:
        if name not in declared:
            raise ParameterError(unknown(name, declared))
    return Values({name: one.check(name, given[name]) if name in given else one.default for name, one in declared.items()})


def unknown(name: str, known: Iterable[str]) -> str:
    """The sentence about a name that is not declared."""
    known = list(known)
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"declared are {', '.join(known)}" if known else "none is declared"
    return f"there is no parameter {name!r}; {hint}"


def split_setting(text: str, option: str, form: str) -> tuple[str, str]:
    """("bw", "1") of "bw=1". Raises ParameterError that names the option and its form."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise ParameterError(f"{option} {text}: write {form}")
    return name.strip(), value.strip()


def read_settings(texts: Iterable[str]) -> dict[str, str]:
    """Name → text of every ``--set NAME=VALUE``, each name once."""
    found: dict[str, str] = {}
    for text in texts:
        name, value = split_setting(text, "--set", "NAME=VALUE, as in --set bw=0.7")
        if name in found:
            raise ParameterError(f"--set {name}: it is given twice, as {found[name]} and as {value}")
        found[name] = value
    return found


def shown_value(value: Value) -> str:
    """A value as the command line takes it: 0.7, 20, cubic."""
    return value if isinstance(value, str) else f"{value:.12g}"
