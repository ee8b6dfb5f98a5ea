"""Which datagrams of a clip passed an interface: those that are missing, came twice or out of turn, by their numbers.

A capture keeps the beginning of each datagram, by which it is found in the clip. Of those that begin alike (with null packets) only their
number is known, between two others. Datagrams are numbered from 1, by the size that most of them have.
"""

from __future__ import annotations

import dataclasses
import subprocess
from collections import Counter
from collections.abc import Callable
from typing import Any

from harness.evidence.capture.packets import Packets
from scenarios.tv.kit import wire

_SHOWN = 6
_UDP_HEADER = 8


@dataclasses.dataclass
class Passed:
    """Numbers of datagrams of the clip. last: the highest that is known to have passed; strange: how many have a content that is not the clip's."""

    missing: list[int] = dataclasses.field(default_factory=list)
    doubled: list[int] = dataclasses.field(default_factory=list)
    late: list[int] = dataclasses.field(default_factory=list)
    last: int = 0
    strange: int = 0

    def __str__(self) -> str:
        parts = [f"{len(rows):,} {what} (no. {_few(rows)})" for what, rows in (("missing", self.missing), ("doubled", self.doubled), ("out of turn", self.late)) if rows]
        parts += [f"{self.strange:,} with what the clip has not"] if self.strange else []
        return f"up to no. {self.last:,} of the clip {', '.join(parts) or 'all passed once, in their turn'}"


def _few(numbers: list[int]) -> str:
    """All of a few; of more, by what rule they follow each other."""
    if len(numbers) <= _SHOWN:
        return ", ".join(f"{number:,}" for number in numbers)
    steps = {later - earlier for earlier, later in zip(numbers, numbers[1:])}
    if len(steps) == 1 and (step := steps.pop()) > 1:
        return f"{numbers[0]:,} to {numbers[-1]:,}, one in {step:,}"
    runs: list[tuple[int, int]] = []
    for number in numbers:
        runs = [*runs[:-1], (runs[-1][0], number)] if runs and number == runs[-1][1] + 1 else [*runs, (number, number)]
    return ", ".join(f"{first:,}" if first == last else f"{first:,} to {last:,}" for first, last in runs[:_SHOWN]) + (", …" if len(runs) > _SHOWN else "")


def beginnings(datagrams: Packets) -> list[bytes]:
    """What was captured of the content of each."""
    wanted = {packet.number for packet in datagrams}
    words = ["tshark", "-n", "-r", str(datagrams.file), "-Y", "udp", "-T", "fields", "-e", "frame.number", "-e", "udp.payload"]
    told = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    rows = (line.partition("\t") for line in told.splitlines())
    return [bytes.fromhex(content) for number, _, content in rows if int(number) in wanted and content]


def passed(clip: bytes, contents: list[bytes], size: int) -> Passed:
    """Follows the beginnings of datagrams, each of `size` bytes, through a clip."""
    length = min(map(len, contents), default=0)
    begin = max(0, clip.find(contents[0]) if contents else 0) % size
    heads = [clip[at : at + length] for at in range(begin, len(clip), size)]
    numbers: dict[bytes, list[int]] = {}
    for number, head in enumerate(heads, 1):
        numbers.setdefault(head, []).append(number)
    found, alike = Passed(), 0  # alike: how many came since the last one whose content stands in one place only
    for content in contents:
        places = numbers.get(content[:length], [])
        if len(places) == 1:
            number = places[0]
            if number > found.last:
                if found.last:
                    _skipped(found, [(one, len(numbers[heads[one - 1]]) == 1) for one in range(found.last + 1, number)], alike)
                found.last, alike = number, 0
            elif number in found.missing:
                found.missing.remove(number)
                found.late.append(number)
            else:
                found.doubled.append(number)
        elif places:
            alike += 1
        else:
            found.strange += 1
    return found


def _skipped(found: Passed, between: list[tuple[int, bool]], alike: int) -> None:
    """Notes what is missing or doubled of the datagrams between two that passed: numbers, and whether their content stands in one place
    only. alike: how many of the others came."""
    others = [number for number, alone in between if not alone]
    found.missing += sorted([number for number, alone in between if alone] + others[alike:])
    found.doubled += others[: max(0, alike - len(others))]


def story(lab: Any, port: int, *hosts: Any, to: str = "", clip: str = "clip.ts") -> Callable[[], str]:
    """A hint: what of the clip passed the links of hosts, as far as they are recorded, and at what pace. to: an address, else each host's."""

    def tell() -> str:
        told: dict[str, list[str]] = {}
        for host in hosts:
            if host.interface in lab.recorders:
                told.setdefault(_told(lab, port, host, to, clip), []).append(host.name)
        paced = next((lab.packets(host, _filter(port, to or host)) for host in hosts if host.interface in lab.recorders))
        return "; ".join(f"on the link of {' and '.join(names)}: {what}" for what, names in told.items()) + f"; {wire.pace(paced)}"

    return tell


def _filter(port: int, to: Any) -> str:
    return f"udp.dstport == {port} && ip.dst == {to} && !icmp"


def _told(lab: Any, port: int, host: Any, to: str, clip: str) -> str:
    datagrams = lab.packets(host, _filter(port, to or host))
    if not len(datagrams):
        return "no datagrams"
    [(size, _)] = Counter(packet["udp.length"] - _UDP_HEADER for packet in datagrams).most_common(1)
    return str(passed(lab.asset(clip).read_bytes(), beginnings(datagrams), size))
