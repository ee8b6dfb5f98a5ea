"""The kernel's counters of a host, as nstat(8) prints them, and what changed between two readings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_LINE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*)\s+(?P<value>-?\d+)\s+-?\d+\.\d+")


class CountersError(ValueError):
    """nstat printed what this module cannot read; the message has the line."""


class Counters(Mapping[str, int]):
    """Counters by name, such as "UdpInDatagrams" or "UdpRcvbufErrors" (RFC 4113, and Linux's own)."""

    def __init__(self, values: Mapping[str, int]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> int:
        if name not in self._values:
            raise KeyError(f"nstat has no counter {name}; near ones are {', '.join(self._near(name)) or 'none'}")
        return self._values[name]

    def _near(self, name: str) -> list[str]:
        return [known for known in self._values if name.lower()[:6] in known.lower()][:8]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __sub__(self, before: "Counters") -> "Counters":
        """What changed since `before`. A counter that was not printed then was 0."""
        return Counters({name: value - before._values.get(name, 0) for name, value in self._values.items()})

    @property
    def changed(self) -> dict[str, int]:
        """Those that are not 0."""
        return {name: value for name, value in self._values.items() if value}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.changed.items()) or "nothing"


def nstat(text: str) -> Counters:
    """Reads nstat's table: a name, a value and a rate a line, after a heading that begins with "#"."""
    values = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise CountersError(f"nstat: cannot read the line {line!r}")
        values[match["name"]] = int(match["value"])
    if not values:
        raise CountersError(f"nstat printed no counters: {text[:200]!r}")
    return Counters(values)
