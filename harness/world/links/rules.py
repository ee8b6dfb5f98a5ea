"""Which packets a link loses by rule (``lose=``), where ``loss=`` leaves it to chance.

A rule tells what it is about and which of those are lost, or the other way round; several rules are a list:

    lose="first ACK"
    lose="udp and payload starts DATA, every 7th"
    lose=["first 3 SYN", "2nd data", "to port 12800 and FIN, all"]

What it is about: one of these, or several joined by ``and``, all of which a packet has to meet.

    tcp, udp, icmp, arp         the protocol; icmp is that of IPv4
    SYN, SYN/ACK, FIN, RST      a TCP segment with that flag; SYN is one without ACK, SYN/ACK one with both
    ACK                         a TCP segment that only acknowledges: without SYN, FIN, RST and payload
    data                        a TCP segment with payload
    port 80                     TCP or UDP, the port of either end
    from port 80, to port 80    the port of the sender, of the receiver
    payload starts DATA         what TCP or UDP carries begins with this word
    payload starts "a, b"       … or with a text in quotes, of either kind
    payload starts 0x00ff       … or with these bytes

Which are lost of those that match: they are counted from 1, in each direction for itself.

    first, first 3              the first one, the first three
    2nd                         that one alone
    every 7th                   the 7th, 14th, 21st …
    all                         every one

A rule counts each packet that matches it and comes to the link, also one that another rule loses, or chance, or a cut. It begins with
the scenario, or when ``lab.link(…).set(lose=…)`` sets it, and counts from 1 again each time it is set. Fragments are packets of their
own; ports and payload are looked for in the first of them only.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import Any

from harness.world.links.errors import LinkError

_PROTOCOLS = ("tcp", "udp", "icmp", "arp")
_FLAGS = ("SYN", "SYN/ACK", "ACK", "FIN", "RST")
_PORTS = {"port": "port", "from port": "from_port", "to port": "to_port"}
_PAYLOAD = "payload starts"
_WORDS = (*_PROTOCOLS, *_FLAGS, "data")
CONDITIONS = ", ".join((*_WORDS, "port 80", "from port 80", "to port 80", f"{_PAYLOAD} DATA"))
WHICH = "first, first 3, 2nd, every 7th, all"
# No packet meets both.
_APART = {
    frozenset(pair)
    for pair in (
        *itertools.combinations(_PROTOCOLS, 2), *itertools.combinations(_FLAGS, 2), *itertools.product(("udp", "icmp", "arp"), (*_FLAGS, "data")),
        *itertools.product(("icmp", "arp"), (*_PORTS, _PAYLOAD)), ("ACK", "data"), ("ACK", _PAYLOAD),
    )
}  # fmt: skip

_MOST_RULES, _MOST_BYTES, _MOST_PORT = 64, 256, 65535
_WORD = re.compile(r"""\s*("[^"]*"|'[^']*'|,|[^\s,"']+)\s*""")
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_ORDINAL = re.compile("([1-9][0-9]{0,8})(st|nd|rd|th)")
_END = "the end of the rule"


@dataclasses.dataclass(frozen=True)
class Rule:
    """text: as it was written; conditions: (name, value), the name as it is written; which: "first", "nth" or "every", and its number."""

    text: str
    conditions: tuple[tuple[str, Any], ...]
    which: tuple[str, int]

    def __str__(self) -> str:
        return self.text

    @property
    def config(self) -> dict[str, Any]:
        """The rule in the words of `wire`."""
        return dict(map(_config, self.conditions)) | dict([self.which])


def _config(condition: tuple[str, Any]) -> tuple[str, Any]:
    name, value = condition
    if name in _PROTOCOLS:
        return "protocol", name
    if name in _FLAGS:
        return "flags", name
    if name == _PAYLOAD:
        return "payload", value.hex()
    return _PORTS.get(name, name), value


def read(name: str, value: Any) -> tuple[Rule, ...]:
    """From a rule or a list of rules. Raises LinkError with the rule, the word that is not understood, and what may stand there."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, (list, tuple)) or not all(isinstance(text, str) for text in texts) or not 1 <= len(texts) <= _MOST_RULES:
        raise LinkError(
            f"{name}={value!r} is neither a rule such as 'first ACK' or 'udp and payload starts DATA, every 7th', "
            f"nor a list of 1 to {_MOST_RULES} of them"
        )
    return tuple(_Reader(name, text).rule() for text in texts)


class _Reader:
    """Reads a rule from left to right."""

    def __init__(self, name: str, text: str) -> None:
        self._text, self._where = text, f"{name}={text!r}"
        self._words: list[str] = []
        self._at = end = 0
        while end < len(text):
            word = _WORD.match(text, end)
            if word is None:
                raise LinkError(f"{self._where}: the quote before {text[end:].lstrip()[1:]!r} is not closed")
            self._words.append(word[1])
            end = word.end()

    def rule(self) -> Rule:
        which = self._which()
        conditions = dict([self._condition(CONDITIONS if which else f"{CONDITIONS}; {WHICH}")])
        while self._take("and"):
            word, value = self._condition(CONDITIONS)
            for other in conditions:
                if word == other:
                    raise LinkError(f"{self._where}: {word!r} stands there twice")
                if frozenset((word, other)) in _APART:
                    raise LinkError(f"{self._where}: {word!r} cannot stand beside {other!r}: no packet is both")
            conditions[word] = value
        if which:
            return self._whole(conditions, which, f"'and', {_END}")
        if not self._take(","):
            raise self._not_understood(f"'and'; a comma, and behind it {WHICH}")
        which = self._which()
        if which is None:
            raise self._not_understood(WHICH)
        return self._whole(conditions, which, _END)

    def _whole(self, conditions: dict[str, Any], which: tuple[str, int], possible: str) -> Rule:
        if self._next():
            raise self._not_understood(possible)
        return Rule(self._text, tuple(conditions.items()), which)

    def _condition(self, possible: str) -> tuple[str, Any]:
        for word in _WORDS:
            if self._take(word):
                return word, True
        side = next((f"{word} " for word in ("from", "to") if self._take(word)), "")
        if self._take("port"):
            return f"{side}port", self._port()
        if side:
            raise self._not_understood("'port'")
        if not self._take("payload"):
            raise self._not_understood(possible)
        if not self._take("starts"):
            raise self._not_understood("'starts'")
        return _PAYLOAD, self._bytes()

    def _port(self) -> int:
        if not re.fullmatch("[0-9]{1,5}", self._next()) or int(self._next()) > _MOST_PORT:
            raise self._not_understood(f"a port, 0 to {_MOST_PORT}")
        return int(self._word())

    def _bytes(self) -> bytes:
        word = self._next()
        text = word[1:-1] if word[:1] in ("'", '"') else word
        if re.fullmatch("0x([0-9a-fA-F]{2})+", word):
            found = bytes.fromhex(word[2:])
        else:
            found = text.encode() if text.isprintable() and not word.startswith("0x") and word != "," else b""
        if not 1 <= len(found) <= _MOST_BYTES:
            raise self._not_understood(f"a word, a text in quotes, or 0x00ff for what cannot be printed; 1 to {_MOST_BYTES} bytes")
        self._word()
        return found

    def _which(self) -> tuple[str, int] | None:
        """None where something else stands."""
        if self._take("all"):
            return "every", 1
        if self._take("first"):
            return "first", int(self._word()) if _NUMBER.fullmatch(self._next()) else 1
        if self._take("every"):
            number = self._ordinal()
            if number is None:
                raise self._not_understood("2nd, 3rd, 7th …")
            return "every", number
        number = self._ordinal()
        return None if number is None else ("nth", number)

    def _ordinal(self) -> int | None:
        found = _ORDINAL.fullmatch(self._next())
        if found is None:
            return None
        number = int(found[1])
        ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        if found[2] != ending:
            raise self._not_understood(f"{number}{ending}")
        self._word()
        return number

    def _next(self) -> str:
        """The word to read; empty at the end."""
        return self._words[self._at] if self._at < len(self._words) else ""

    def _word(self) -> str:
        self._at += 1
        return self._words[self._at - 1]

    def _take(self, word: str) -> bool:
        found = self._next() == word
        self._at += found
        return found

    def _not_understood(self, possible: str) -> LinkError:
        found = f"{self._next()!r} is not understood" if self._next() else "it ends too early"
        return LinkError(f"{self._where}: {found}; there may stand {possible}")
