"""Messages of the tree protocol as captures at all hosts saw them, with hosts by their names."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.evidence.capture.packets import Packets

FIELDS = ("frame.time_epoch", "frame.interface_name", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "hmtp.type")
_DATA = re.compile(r"DATA ([0-9a-f]{16}) ([0-9]+), ([0-9]+) bytes")
_DIGEST = 8  # bytes


@dataclasses.dataclass(frozen=True)
class Message:
    """One datagram at one host: `at` is where it was seen, so that what one host sends to another is here twice, as sent (at its
    source) and as received (at its destination). Hosts that are not in the table of names are told by their addresses. root: the
    host a TOOR names, or None; children: the hosts a NJOI names; data: (origin, sequence) of a DATA, else None; size: bytes of its
    payload. The sheet does not say how a message of the group is written: one without origin and sequence, of whatever type, is a DATA
    too, whose origin is a digest of what it says, and whose sequence counts how often that went this way."""

    time: float
    kind: str
    source: str
    destination: str
    at: str
    root: str | None = None
    children: tuple[str, ...] = ()
    data: tuple[str, int] | None = None
    size: int = 0

    @property
    def received(self) -> bool:
        return self.at == self.destination

    @property
    def told(self) -> str:
        """ "h2 RREG", or with what it says: "h1 TOOR h2", "h2 NJOI h3 h4"."""
        said = (self.root,) if self.root else self.children
        return " ".join([self.source, self.kind, *said])


def read(packets: Packets, names: Mapping[str, str]) -> list[Message]:
    """The messages among packets of several hosts (harness.evidence.capture.merged), in the order of time. names: address → host, whose
    first interface is "HOST-eth0"."""
    chosen = packets.where("hmtp && !icmp && !icmpv6")
    columns = {field: chosen.first(field) for field in FIELDS}
    lists, roots, plain = (chosen.occurrences(field) for field in ("hmtp.child", "hmtp.root", "hmtp.plain"))
    times: collections.Counter[tuple[str, ...]] = collections.Counter()
    found = []
    for row in sorted(range(len(chosen)), key=columns["frame.time_epoch"][0].__getitem__):
        here = {field: values[row] if there[row] else None for field, (values, there, _) in columns.items()}
        source, destination = here["ip.src"] or here["ipv6.src"], here["ip.dst"] or here["ipv6.dst"]
        kind, data, size = here["hmtp.type"] or "", None, 0
        if kind == "DATA" and (numbered := _DATA.match(chosen.info_of(row))):
            data, size = (numbered[1], int(numbered[2])), int(numbered[3])
        elif plain[row]:
            said = bytes.fromhex(plain[row][0])
            way = (hashlib.blake2b(said, digest_size=_DIGEST).hexdigest(), str(here["frame.interface_name"]), source, destination)
            times[way] += 1
            kind, data, size = "DATA", (way[0], times[way]), len(said)
        found.append(Message(
            float(here["frame.time_epoch"]), kind, names.get(source, source), names.get(destination, destination),
            str(here["frame.interface_name"]).split("-")[0], _host(roots[row][0], names) if roots[row] else None,
            tuple(_host(one, names) for one in lists[row]), data, size,
        ))  # fmt: skip
    return found


def _host(endpoint: Any, names: Mapping[str, str]) -> str:
    """The host of "10.0.0.3 10000"; another port than its neighbours' stays to be seen."""
    address, _, port = str(endpoint).partition(" ")
    return names.get(address, address) + ("" if port == "10000" else f":{port}")


def received(messages: Iterable[Message], *kinds: str) -> list[Message]:
    """Those of these kinds (of any, if none is named) where they arrived."""
    return [message for message in messages if message.received and (not kinds or message.kind in kinds)]


def origins(messages: Sequence[Message]) -> dict[str, str]:
    """Origin → the host that brought its messages into the group: whoever was first to send one."""
    found: dict[str, str] = {}
    for message in messages:
        if message.data and message.at == message.source:
            found.setdefault(message.data[0], message.source)
    return found
