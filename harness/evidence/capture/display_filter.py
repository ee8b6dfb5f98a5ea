"""A subset of Wireshark's display filter language, evaluated over a table of decoded packets.

Scenarios state filters once: the harness evaluates them here, and the report shows the same text for Wireshark.
Grammar (wireshark-filter(4)): comparisons ``== != < <= > >=`` and ``eq ne lt le gt ge`` of a field with a number, an
address or a "string"; ``field in {a, b, 5..9}``; ``field & 0x02``; a field or protocol alone (it is present); ``and or not
&& || !`` and parentheses. A comparison holds when any occurrence of the field in the packet satisfies it, except ``!=``,
which wants all occurrences to differ (as Wireshark 4 does). ``ip.addr``, ``tcp.port`` and their like stand for source and
destination. What Wireshark would read otherwise than this module (networks such as 10.0.0.0/8, addresses in an order,
octal numbers) is refused.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Callable, Protocol

import numpy

from harness.evidence.capture import dissectors

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


_EITHER_END = {
    "eth.addr": ("eth.src", "eth.dst"),
    "ip.addr": ("ip.src", "ip.dst"),
    "ipv6.addr": ("ipv6.src", "ipv6.dst"),
    "tcp.port": ("tcp.srcport", "tcp.dstport"),
    "udp.port": ("udp.srcport", "udp.dstport"),
}
_TRUTHS = {"true": 1, "false": 0}
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


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


def _number(text: str) -> int | float | None:
    """Decimal or 0x… as Wireshark reads it; None for anything else."""
    if re.fullmatch(r"-?(0|[1-9][0-9]*|0[xX][0-9a-fA-F]+)", text):
        return int(text, 0)
    return float(text) if re.fullmatch(r"-?[0-9]+\.[0-9]*", text) else _TRUTHS.get(text.lower())


def _address(field: str, text: str) -> str | None:
    """An address as tshark prints it; None when the text is none of the field's kind."""
    if field.startswith("eth."):
        return text.lower() if _MAC.fullmatch(text.lower()) else None
    try:
        if field in dissectors.FIELDS:
            return str(ipaddress.ip_address(text))
        return str(ipaddress.IPv6Address(text) if field.startswith(("ipv6.", "icmpv6.")) else ipaddress.IPv4Address(text))
    except ValueError:
        return None


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

    def wrong(self, what: str) -> FilterError:
        return FilterError(f"filter {self.text!r}: {what}")

    def comparison(self) -> numpy.ndarray:
        kind, field = self.take()
        if kind != "word":
            raise self.wrong(f"a field name is missing before {field!r}")
        test, want_all, bits = self.test(field)
        masks = [self.holds(one, test, want_all, bits) for one in _EITHER_END.get(field, (field,))]
        return masks[0] if len(masks) == 1 else masks[0] & masks[1] if want_all else masks[0] | masks[1]

    def test(self, field: str) -> tuple[Callable[[Any], Any] | None, bool, int | None]:
        """What a field's values must satisfy (None: nothing but being there), whether all must, and the bits that count."""
        values, _, _ = self.column(_EITHER_END.get(field, (field,))[0])
        bits = None
        if self.accept("&"):
            bits = self.value(field, values)
            if not isinstance(bits, int):
                raise self.wrong(f"'{field} &' wants a whole number")
        operator = self.peek()
        if operator in _COMPARISONS:
            self.position += 1
            constant = self.value(field, values)
            if isinstance(constant, str) and operator not in ("==", "!="):
                raise self.wrong(f"{field} has no order, so {operator!r} cannot be used")
            compare = _COMPARISONS[operator]
            return lambda v: compare(v, constant), operator == "!=", bits
        if bits is None and self.position < len(self.tokens) and self.tokens[self.position] == ("word", "in"):
            self.position += 1
            return self.membership(field, values), False, None
        return (None if bits is None else lambda v: v != 0), False, bits

    def column(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        try:
            return self.table.first(field)
        except KeyError:
            raise self.wrong(f"the field {field!r} is not decoded") from None

    def value(self, field: str, values: numpy.ndarray) -> Any:
        kind, text = self.take()
        if kind == "symbol":
            raise self.wrong(f"a value is missing after {field!r}")
        is_string = field == "frame.protocols" or dissectors.FIELDS.get(field) == "string"
        if kind == "string" and is_string:
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if "." not in field:
            raise self.wrong(f"{field!r} is a protocol: it is there or not, and has no value")
        if values.dtype != object:
            number = _number(text)
            if number is None or isinstance(number, float) and values.dtype != numpy.float64:
                raise self.wrong(f"{field} is a {'' if values.dtype == numpy.float64 else 'whole '}number, {text} is not")
            return number
        if is_string:
            raise self.wrong(f"{field} is a text, so {text} wants quotes")
        if field.startswith("tcp.analysis."):
            raise self.wrong(f"{field!r} is there or not, and has no value")
        address = _address(field, text)
        if address is None:
            raise self.wrong(f"{field} is an address, {text} is none")
        return address

    def membership(self, field: str, values: numpy.ndarray) -> Callable[[Any], Any]:
        self.expect("{")
        ranges = []
        while True:
            low = self.value(field, values)
            high = self.value(field, values) if self.accept("..") else low
            if isinstance(low, str) and low is not high:
                raise self.wrong(f"{field} has no order, so '..' cannot be used")
            ranges.append((low, high))
            if self.accept("}"):
                break
            self.expect(",")

        def test(found: Any) -> Any:
            mask = found != found
            for low, high in ranges:
                mask = mask | (found == low if low is high else (found >= low) & (found <= high))
            return mask

        return test

    def holds(self, field: str, test: Callable[[Any], Any] | None, want_all: bool, bits: int | None) -> numpy.ndarray:
        values, present, several = self.column(field)
        if test is None:
            return present.copy()
        mask = numpy.zeros(len(self.table), dtype=bool)
        some = values[present]
        mask[present] = test(some if bits is None else some & bits)
        if several:
            for index, row in enumerate(self.table.occurrences(field)):
                if len(row) > 1:
                    outcomes = [bool(test(v if bits is None else v & bits)) for v in row]
                    mask[index] = all(outcomes) if want_all else any(outcomes)
        return mask


def evaluate(text: str, table: Table) -> numpy.ndarray:
    """The packets of `table` that satisfy the filter, as a mask. Raises FilterError."""
    return _Evaluation(text, table).whole()
