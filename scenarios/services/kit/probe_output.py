"""What a prober of round-trip times tells of an address, however it says it: the formats that people and their tools have.

Understood are English and Spanish; ``word=number``, ``word: number`` and ``number word``; lists as ping and fping have them,
``min/avg/max = 1/2/3``; tables with a row of titles, of blanks, bars, tabs, semicolons or commas; JSON and what languages print of their
dictionaries; a loss in per cent; ns, µs, ms and s, behind the number or in a title, ms where nothing is said; commas in decimals. Of what is
told several times the last counts.
"""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata

_WORDS = {
    "sent": r"sent|transmitted|xmt|tx|enviad[oa]s?|enviaron|envios|transmitid[oa]s?",
    "received": r"received|recv|rcvd|rcv|rx|answered|replies|recibid[oa]s?|recibieron|respuestas|respondid[oa]s?|contestad[oa]s?",
    "lost": r"lost|loss|losses|dropped|perdid[oa]s?|perdidas?|perdieron|perdio",
    "average": r"average|avg|mean|promedio|prom|medi[oa]",
}
_WORD = {name: re.compile(rf"(?<![a-z])(?<!not )(?<!no )(?:{words})(?![a-z])") for name, words in _WORDS.items()}
_UNITS = {
    r"ns|nanose[gc]\w*": 1e-6,
    r"us|usec|microse[gc]\w*": 1e-3,
    r"ms|msec|milise[gc]\w*|millise[gc]\w*": 1.0,
    r"s|sec|secs|seg|segs|seconds?|segundos?": 1e3,
}
_UNIT = "|".join(_UNITS)
_NUMBER = r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_VALUE = rf"({_NUMBER})(?:\s*(%)|\s*({_UNIT})(?![a-z]))?"
_ADDRESS = re.compile(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.]*\d)(?::\d+)?")
_OF_ALL = re.compile(r"\b(?:overall|global|general|all hosts|todos)\b")
_HERE = "@"  # stands for the address that is asked for
_MOST, _LONGEST = 200_000, 20_000
"""Characters of an output that are looked at, its last, and of a line."""
_GAP = r"[^\d\n=:,;|]{0,80}"
"""Between a word and its number."""
_SEPARATORS = (r"[|│┃]", r"\t+", ";", ",", r"\s{2,}", r"\s+")


@dataclasses.dataclass(frozen=True)
class Told:
    """Of one address; NaN where the prober does not say. average: ms."""

    sent: float
    received: float
    lost: float
    average: float


@dataclasses.dataclass(frozen=True)
class _Value:
    """A number as it stands there. milliseconds: what its unit is; None: it has none."""

    number: float
    is_share: bool = False
    milliseconds: float | None = None

    def as_duration(self, title: str = "") -> float:
        """In ms, by its own unit or by that of its title."""
        return self.number * (self.milliseconds if self.milliseconds is not None else _unit_in(title))


def told(output: str, address: str) -> Told:
    """What the output says of an address, IPv4."""
    text = _plain(output[-_MOST:])
    found: dict[str, _Value | float] = {}
    for block in _blocks(text, address):
        found |= _in_words(block) | _in_lists(block)
    found = {**found, **_in_rows(text, address)}
    numbers = {name: value.number if isinstance(value, _Value) else value for name, value in found.items()}
    sent, received = numbers.get("sent", math.nan), numbers.get("received", math.nan)
    return Told(sent, received, _lost(found.get("lost"), sent, received), numbers.get("average", math.nan))


def _plain(output: str) -> str:
    """Small letters without accents, colours or marks of thousands; decimals with points."""
    text = re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", output).replace("µ", "u").replace("μ", "u")
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)).lower()
    return "\n".join(re.sub(rf"(\d),(\d{{1,9}})(?=\s?(?:%|(?:{_UNIT})\b))", r"\1.\2", line[:_LONGEST]) for line in text.splitlines())


def _unit_in(title: str) -> float:
    """ms of the unit that a title names: "rtt (s)", "avg_us"; 1 where it names none."""
    match = re.search(rf"(?:[(\[_]|\ben |\bin )\s*({_UNIT})(?![a-z])", title)
    return next(factor for unit, factor in _UNITS.items() if re.fullmatch(unit, match[1])) if match else 1.0


def _value(match: re.Match[str], group: int = 1) -> _Value:
    unit = match[group + 2]
    return _Value(
        float(match[group]), match[group + 1] is not None,
        next((factor for one, factor in _UNITS.items() if unit and re.fullmatch(one, unit)), None),
    )  # fmt: skip


def _blocks(text: str, address: str) -> list[str]:
    """What stands with the address: from it, or the begin of its line, up to another one, which its line may be the first to name."""
    mentions = [(match.start(), match.end(), match[0].partition(":")[0] == address) for match in _ADDRESS.finditer(text)]
    blocks = []
    for number, (start, end, ours) in enumerate(mentions):
        if not ours:
            continue
        begin = max(text.rfind("\n", 0, start) + 1, mentions[number - 1][1] if number else 0)
        stop = mentions[number + 1][0] if number + 1 < len(mentions) else len(text)
        blocks.append(text[begin:start] + _HERE + text[end:stop])
    return blocks


def _in_lists(block: str) -> dict[str, _Value | float]:
    """From "min/avg/max = 1/2/3 ms"."""
    found: dict[str, _Value | float] = {}
    for match in re.finditer(rf"([a-z%]{{1,20}}(?: ?/ ?[a-z%]{{1,20}}){{1,8}}) ?(?:\([^)\n]{{0,20}}\))? ?[:=] ?({_NUMBER}%?(?: ?/ ?{_NUMBER}%?){{1,8}}) ?({_UNIT})?(?![a-z])", block):
        names, numbers = (match[group].split("/") for group in (1, 2))
        unit = re.match(_VALUE, f"1 {match[3] or ''}")
        for name, number in zip(names, numbers):
            for key, word in _WORD.items():
                if word.search(name):
                    value = _Value(float(number.rstrip("%")), "%" in name + number, _value(unit).milliseconds if unit else None)
                    found[key] = value.as_duration(match[0]) if key == "average" else value
    return found


def _in_words(block: str) -> dict[str, _Value | float]:
    """From words with numbers beside them, line by line. What stands behind = or : is not taken back by what does not."""
    clear: dict[str, _Value | float] = {}
    found: dict[str, _Value | float] = {}
    for line in block.split("\n"):
        words = [(name, match) for name, word in _WORD.items() for match in word.finditer(line)]
        begin = min((match.start() for _, match in words), default=0)
        in_front = re.search(rf"{_NUMBER}{_GAP}$", line[max(begin - 100, 0) : begin]) is not None
        for name, match in words:
            if name == "average" and _OF_ALL.search(line):
                continue
            for values, value in ((clear, _behind(line, match)), (found, _beside(line, match, in_front, name == "average"))):
                if value and (name == "average" or value.milliseconds is None):
                    values[name] = value.as_duration(line[match.start() : match.end() + 80]) if name == "average" else value
        if (share := re.search(rf"({_NUMBER}) ?(?:/|of|out of|de) ?({_NUMBER})", line)) and any(name == "received" for name, _ in words):
            found = {"sent": float(share[2])} | found | {"received": float(share[1])}
    found |= clear
    if "average" not in found:
        for match in re.finditer(rf"\b(?:rtt|round[- ]trip(?: time)?)\b{_GAP}[=:]\s*{_VALUE}", block):
            found["average"] = _value(match).as_duration(match[0])
    return found


def _behind(line: str, word: re.Match[str]) -> _Value | None:
    """The number behind a word and = or :."""
    match = re.match(rf"{_GAP}[=:][^\w\n.+-]{{0,20}}{_VALUE}", line[word.end() : word.end() + 200])
    return _value(match) if match else None


def _beside(line: str, word: re.Match[str], in_front: bool, is_average: bool) -> _Value | None:
    """The number next to a word. in_front: the line begins with a number, so that each stands in front of its word."""
    rest = line[word.end() : word.end() + 200]
    timed = re.match(rf"[^\n,;|]{{0,80}}?({_NUMBER})()\s*({_UNIT})(?![a-z])", rest) if is_average else None
    if in_front:
        found = re.search(rf"{_VALUE}[^\d\n=:,;|@]{{0,80}}$", line[max(word.start() - 100, 0) : word.start()]) or timed
    else:
        found = timed or re.match(rf"{_GAP}?{_VALUE}", rest)
    return _value(found) if found else None


def _in_rows(text: str, address: str) -> dict[str, _Value | float]:
    """From the last row with the address under a row of titles, two of which are known."""
    found: dict[str, _Value | float] = {}
    titles = ""
    for line in text.split("\n"):
        if sum(bool(word.search(line)) for word in _WORD.values()) >= 2 and not re.search(r"\d", line):
            titles = line
        elif titles and any(match[0].partition(":")[0] == address for match in _ADDRESS.finditer(line)):
            found = _row(titles, line) or found
    return found


def _row(titles: str, line: str) -> dict[str, _Value | float]:
    for separator in _SEPARATORS:
        names, cells = ([cell.strip(" \"'|│┃") for cell in re.split(separator, one.strip(" |│┃"))] for one in (titles, line))
        if len(names) == len(cells) >= 3:
            return _cells(names, cells)
    # Titles of several words, one blank apart: as many numbers as there are titles that are known, in their order.
    names = re.findall(rf".*?(?:{'|'.join(word.pattern for word in _WORD.values())})(?:\s*[(\[]\S*)?", titles)
    cells = re.sub(rf"(?<=\d)\s+(?=(?:{_UNIT}|%)(?:\s|$))", "", line).split()[1:]
    return _cells(names, cells) if len(names) == len(cells) else {}


def _cells(names: list[str], cells: list[str]) -> dict[str, _Value | float]:
    """What stands under known titles."""
    found: dict[str, _Value | float] = {}
    for name, cell in zip(names, cells):
        match = re.fullmatch(_VALUE, cell.replace(",", "."))
        for key, word in _WORD.items():
            if match and word.search(name):
                value = dataclasses.replace(_value(match), is_share=bool(match[2]) or "%" in name)
                found[key] = value.as_duration(name) if key == "average" else value
    return found


def _lost(value: _Value | float | None, sent: float, received: float) -> float:
    """Of a share, or where nothing is said of it, what the other two make."""
    if not isinstance(value, _Value):
        return sent - received
    if not value.is_share:
        return value.number
    return sent - received if sent and abs(100 * (sent - received) / sent - value.number) <= 1 else sent * value.number / 100
