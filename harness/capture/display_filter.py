"""A subset of Wireshark's display filter language, evaluated over a table of decoded packets.

Scenarios state filters once: the harness evaluates them here, and the report shows the same text for Wireshark.
Grammar (wireshark-filter(4)): comparisons ``== != < <= > >=`` and ``eq ne lt le gt ge`` of a field with a number, an
address or a "string"; ``field in {a, b, 5..9}``; ``field & 0x02``; a field or protocol alone (it is present); ``and or not
&& || !`` and parentheses. A comparison holds when any occurrence of the field in the packet satisfies it, except ``!=``,
which wants all occurrences to differ (as Wireshark 4 does).
"""

from __future__ import annotations

import re
from typing import Any, Callable, Protocol

import numpy

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<symbol>==|!=|<=|>=|&&|\|\||\.\.|[<>!(){},&])
    | (?P<word>[A-Za-z0-9_.:/-]+?(?=\.\.|[\s=!<>(){},&|]|$))
    )""",
    re.VERBOSE,
)
_WORD_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "and": "&&", "or": "||", "not": "!"}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class FilterError(ValueError):
    """The text is no filter, or uses a field that was not decoded; the message says where."""


class Table(Protocol):
    """What a filter is evaluated over."""

    def __len__(self) -> int: ...

    def occurrences(self, field: str) -> list[list[Any]]:
        """For each packet the values of the field, [] when absent. Raises KeyError for a field not decoded."""

    def first(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        """(first value per packet, present mask, True when some packet has several values)."""


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if not match:
            raise FilterError(f"filter {text!r}: cannot read {text[position:].strip()[:20]!r}")
        kind = match.lastgroup or ""
        value = match.group(kind)
        if kind == "word" and value in _WORD_OPERATORS:
            kind, value = "symbol", _WORD_OPERATORS[value]
        found.append((kind, value))
        position = match.end()
    return found


def _constant(kind: str, text: str) -> Any:
    if kind == "string":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    for base in (int, lambda word: int(word, 16), float):
        try:
            return base(text)
        except ValueError:
            continue
    return {"True": 1, "False": 0}.get(text, text.lower())


class _Evaluation:
    def __init__(self, text: str, table: Table) -> None:
        self.text, self.table = text, table
        self.tokens = _tokens(text)
        self.position = 0

    def peek(self) -> str | None:
        if self.position < len(self.tokens) and self.tokens[self.position][0] == "symbol":
            return self.tokens[self.position][1]
        return None

    def take(self) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise FilterError(f"filter {self.text!r}: it ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def accept(self, symbol: str) -> bool:
        if self.peek() == symbol:
            self.position += 1
            return True
        return False

    def expect(self, symbol: str) -> None:
        if not self.accept(symbol):
            raise FilterError(f"filter {self.text!r}: {symbol!r} is missing")

    def whole(self) -> numpy.ndarray:
        if not self.tokens:
            return numpy.ones(len(self.table), dtype=bool)
        mask = self.disjunction()
        if self.position != len(self.tokens):
            raise FilterError(f"filter {self.text!r}: {self.tokens[self.position][1]!r} is too much")
        return mask

    def disjunction(self) -> numpy.ndarray:
        mask = self.conjunction()
        while self.accept("||"):
            mask = mask | self.conjunction()
        return mask

    def conjunction(self) -> numpy.ndarray:
        mask = self.negation()
        while self.accept("&&"):
            mask = mask & self.negation()
        return mask

    def negation(self) -> numpy.ndarray:
        if self.accept("!"):
            return ~self.negation()
        if self.accept("("):
            mask = self.disjunction()
            self.expect(")")
            return mask
        return self.comparison()

    def comparison(self) -> numpy.ndarray:
        kind, field = self.take()
        if kind != "word":
            raise FilterError(f"filter {self.text!r}: a field name is missing before {field!r}")
        try:
            values, present, several = self.table.first(field)
        except KeyError:
            raise FilterError(f"filter {self.text!r}: the field {field!r} is not decoded") from None
        bits = None
        if self.accept("&"):
            bits = _constant(*self.take())
        operator = self.peek()
        if operator in _COMPARISONS:
            self.position += 1
            constant = self.value_for(values, self.take(), field)
            return self.holds(field, values, present, several, bits, lambda v: _COMPARISONS[operator](v, constant), operator == "!=")
        if self.position < len(self.tokens) and self.tokens[self.position] == ("word", "in"):
            self.position += 1
            return self.membership(field, values, present, several)
        if bits is not None:
            return self.holds(field, values, present, several, bits, lambda v: v != 0, False)
        return present.copy()

    def value_for(self, values: numpy.ndarray, token: tuple[str, str], field: str) -> Any:
        if token[0] == "symbol":
            raise FilterError(f"filter {self.text!r}: a value is missing after {field!r}")
        constant = _constant(*token)
        if values.dtype != object and isinstance(constant, str):
            raise FilterError(f"filter {self.text!r}: {field} is a number, {token[1]} is not")
        if values.dtype == object and not isinstance(constant, str):
            constant = token[1].lower()
        return constant

    def membership(self, field: str, values: numpy.ndarray, present: numpy.ndarray, several: bool) -> numpy.ndarray:
        self.expect("{")
        mask = numpy.zeros(len(self.table), dtype=bool)
        while not self.accept("}"):
            low = self.value_for(values, self.take(), field)
            high = self.value_for(values, self.take(), field) if self.accept("..") else low
            mask |= self.holds(field, values, present, several, None, lambda v: (v >= low) & (v <= high), False)  # noqa: B023
            self.accept(",")
        return mask

    def holds(
        self,
        field: str,
        values: numpy.ndarray,
        present: numpy.ndarray,
        several: bool,
        bits: int | None,
        test: Callable[[Any], Any],
        want_all: bool,
    ) -> numpy.ndarray:
        mask = numpy.zeros(len(self.table), dtype=bool)
        some = values[present]
        if bits is not None:
            some = some.astype(numpy.int64) & bits
        mask[present] = test(some)
        if several:
            for index, row in enumerate(self.table.occurrences(field)):
                if len(row) > 1:
                    outcomes = [bool(test(int(v) & bits if bits is not None else v)) for v in row]
                    mask[index] = all(outcomes) if want_all else any(outcomes)
        return mask


def evaluate(text: str, table: Table) -> numpy.ndarray:
    """The packets of `table` that satisfy the filter, as a mask. Raises FilterError."""
    return _Evaluation(text, table).whole()
