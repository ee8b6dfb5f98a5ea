"""What may wait in front of a rate, and how it is managed."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

from harness.world.links import units
from harness.world.links.errors import LinkError

FRAME = 1514
"""Bytes of a full Ethernet frame without its checksum, as the kernel counts them."""

MININET = "mininet"
"""The wish for the queue that Mininet leaves: the interface's 1,000 packets."""
MININET_PACKETS = 1000

DEFAULT_PACKETS = 20
DEFAULT_SECONDS = 0.05
_MOST_PACKETS, _MOST_BYTES = 200_000, 1 << 27

DISCIPLINES = ("drop-tail", "drop-head", "red", "codel")
_MANAGED = {"red": ("min", "max", "probability", "weight", "ecn"), "codel": ("target", "interval", "ecn")}


@dataclasses.dataclass(frozen=True)
class Queue:
    """A bound. unit: "packets", "bytes" or "milliseconds" (at the rate of the link)."""

    amount: float
    unit: str = "packets"

    def __str__(self) -> str:
        return f"{self.amount:g} {'ms' if self.unit == 'milliseconds' else self.unit}"

    def byte_bound(self, bw: float) -> int | None:
        """Bytes that may wait at bw Mbit/s; None where packets are counted."""
        return None if self.unit == "packets" else int(self.amount if self.unit == "bytes" else self.amount * bw * 125)

    def frames(self, size: int, bw: float) -> int:
        """How many frames of a size (bytes) may wait at bw Mbit/s."""
        bound = self.byte_bound(bw)
        return int(self.amount) if bound is None else bound // size


@dataclasses.dataclass(frozen=True)
class Management:
    """Which packets a queue drops, and when (aqm=). settings: the discipline's own, as `wire` wants them."""

    discipline: str = "drop-tail"
    settings: tuple[tuple[str, Any], ...] = ()
    ecn: bool = False

    def __str__(self) -> str:
        words = " ".join(f"{key} {value:g}" for key, value in self.settings)
        return " ".join([self.discipline, *([f"({words})"] if words else []), *(["with ECN"] if self.ecn else [])])


def default(bw: float, delay: float = 0.0) -> int:
    """Packets: what leaves in 50 ms plus one round trip of the delay, but at least 20 (0.34 s at 0.7 Mbit/s)."""
    wanted = math.ceil((DEFAULT_SECONDS + 2 * delay) * bw * 1e6 / 8 / FRAME)
    return min(max(DEFAULT_PACKETS, wanted), _MOST_PACKETS)


def read(name: str, value: Any) -> Queue | None:
    """From 20 (packets), "30000b", "50ms"; None for "mininet"."""
    if value == MININET:
        return None
    if isinstance(value, str):
        if re.fullmatch("[0-9]+b", value):
            return Queue(units.size(name, value, _MOST_BYTES), "bytes")
        if re.fullmatch(r"[0-9.]+(us|ms|s)", value):
            milliseconds = units.seconds(name, value) * 1e3
            if not milliseconds:
                raise LinkError(f"{name}={value!r} is impossible; a packet has to wait somewhere")
            return Queue(milliseconds, "milliseconds")
    try:
        return Queue(units.count(name, value, 1, _MOST_PACKETS, "packets"))
    except LinkError as error:
        raise LinkError(f"{error}, or bytes ('30000b'), or a time at the link's rate ('50ms'), or '{MININET}'") from None


def read_management(name: str, value: Any, queue: Queue | None) -> Management:
    """From a discipline's name, or {"discipline": "codel", "target": "5ms", …}; RED's bounds are in the queue's unit."""
    given = dict(value) if isinstance(value, dict) else {"discipline": value}
    discipline = given.pop("discipline", None)
    if discipline not in DISCIPLINES:
        raise LinkError(f"{name}={value!r} is not known; possible are {', '.join(DISCIPLINES)}")
    known = _MANAGED.get(discipline, ())
    for key in given:
        if key not in known:
            raise LinkError(f"{name}: {discipline} has no setting {key!r}" + (f"; it has {', '.join(known)}" if known else ""))
    ecn = units.switch(f"{name} ecn", given.pop("ecn", False))
    if discipline == "red":
        return Management("red", tuple(_red(name, given, queue).items()), ecn)
    settings = {key: units.seconds(f"{name} {key}", given[key]) for key in ("target", "interval") if key in given}
    return Management(discipline, tuple(settings.items()), ecn)


def _red(name: str, given: dict[str, Any], queue: Queue | None) -> dict[str, float]:
    missing = [key for key in ("min", "max", "probability") if key not in given]
    if missing:
        raise LinkError(
            f"{name}: red needs {', '.join(missing)}; for example "
            "{'discipline': 'red', 'min': 5, 'max': 15, 'probability': '10%'}, bounds in the unit of queue="
        )
    found: dict[str, float] = {key: units.count(f"{name} {key}", given[key], 1, _MOST_BYTES, "packets or bytes") for key in ("min", "max")}
    found["probability"] = units.percent(f"{name} probability", given["probability"]) / 100
    if "weight" in given:
        found["weight"] = units.number(f"{name} weight", given["weight"])
        if not 0 < found["weight"] <= 1:
            raise LinkError(f"{name}: red's weight is more than 0 and at most 1, not {found['weight']:g}")
    if found["min"] >= found["max"]:
        raise LinkError(f"{name}: red's min {found['min']:g} is not less than its max {found['max']:g}")
    if queue and queue.unit == "milliseconds":
        raise LinkError(f"{name}: red's bounds are packets or bytes; bound the queue in the same unit, not in {queue}")
    if found["max"] > (queue.amount if queue else MININET_PACKETS):
        raise LinkError(f"{name}: red's max {found['max']:g} is more than the queue holds, {queue or Queue(MININET_PACKETS)}")
    return found
