"""What is measured: the rows of the bench, as a list to read.

One factor at a time, each over the whole of its range, beside the others at rest; and the three together where they meet. Every
row by every means that can make it: HTB where there is a rate alone, netem where the kernel has it, `wire` always.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from harness.world.links.queue import FRAME

RATES = (0.1, 0.7, 1.0, 10.0, 100.0, 500.0)
DELAYS = (0, 1, 10, 100, 300)
LOSSES = (0.0, 0.1, 1.0, 5.0, 20.0)
MEANS = ("HTB", "netem", "wire")
ROUNDS = 3
JUMBO = 9000
"""Bytes of the longest IP packet where networks are meant to be fast."""

_DEEP = 0.3
"""Seconds of queue on links whose rate is measured by datagrams, so that a pause of the sender does not become one of the link."""

KINDS = {
    "udp": "UDP goodput on a link that is offered more than it carries",
    "tcp": "TCP goodput of a connection that keeps the link busy",
    "delay": "one-way delay of 500 packets a second",
    "loss": "packets lost",
    "queue": "packets that waited at once in a full queue",
    "all": "rate, delay and loss together",
    "bulk": "TCP as fast as it goes",
    "share": "processor time for 500 packets a second",
}


@dataclasses.dataclass(frozen=True)
class Point:
    """One row. bw: Mbit/s; delay: ms each way; loss: percent; queue: in the words of a link's option; round: of several alike.

    means: "plain" is a veth pair that nothing shapes, "single" one whose segments leave one by one, as they do on shaped links; "before"
    is the other `wire` that the bench was given. mtu: bytes of the longest IP packet.
    """

    kind: str
    means: str
    bw: float | None = None
    delay: int = 0
    loss: float = 0.0
    queue: int | str | None = None
    round: int = 0
    mtu: int = 1500
    quick: bool = False

    @property
    def id(self) -> str:
        """"udp wire bw=10", unique among the rows of one bench."""
        shown = {
            "bw": self.bw, "delay": self.delay or None, "loss": self.loss or None, "queue": self.queue,
            "mtu": self.mtu if self.mtu != 1500 else None, "round": self.round or None,
        }  # fmt: skip
        return " ".join([self.kind, self.means, *(f"{name}={value:g}" if not isinstance(value, str) else f"{name}={value}"
                                                  for name, value in shown.items() if value is not None)])  # fmt: skip

    @property
    def wishes(self) -> dict[str, Any]:
        """The link's options."""
        if self.means in ("plain", "single"):
            return {}
        queue = max(20, math.ceil(_DEEP * self.bw * 1e6 / 8 / FRAME)) if self.kind == "udp" and self.bw else self.queue
        given = {"bw": self.bw, "delay": self.delay or None, "loss": self.loss or None, "queue": queue}
        found = {name: value for name, value in given.items() if value is not None}
        if self.means == "wire" and self.loss:
            found["seed"] = 7
        return {**found, "means": "wire" if self.means in ("wire", "before") else "netem"}

    @property
    def own_load(self) -> bool:
        """True where the traffic itself keeps the processors busy."""
        return self.kind == "bulk" or (self.bw or 0) >= 100

    def seconds(self) -> float:
        """Of traffic. A slow link needs long to pass enough packets: 0.1 Mbit/s are eight full frames a second."""
        if self.kind in ("udp", "tcp"):
            least = 8.0 if (self.bw or 0) < 0.5 else 5.0 if (self.bw or 0) < 5 else 3.0
            least += 4.0 if self.kind == "tcp" and (self.bw or 0) < 5 else 0.0
            return 2.0 if self.quick else least
        if self.kind == "all":
            return 2.0 if self.quick else 6.0
        return 2.0 if self.quick else 5.0


def rows(means: tuple[str, ...], quick: bool, before: bool = False) -> list[Point]:
    """All of them, in the order of measuring. before: in what a link can carry, another `wire` takes its turn beside
    this build's, and so does a plain pair without bundles, which bounds them both."""
    rates, delays, losses = ((1.0, 10.0, 100.0), (0, 10), (0.0, 1.0)) if quick else (RATES, DELAYS, LOSSES)
    queues = [(1.0, 20), (10.0, 20)] if quick else [(1.0, 20), (10.0, 20), (10.0, 100), (10.0, "30280b"), (10.0, "50ms"), (100.0, 100)]
    shapers = [one for one in MEANS if one in means]
    rated = [one for one in shapers if one in ("HTB", "wire")]
    emulators = [one for one in shapers if one in ("netem", "wire")]
    found = [Point(kind, one, bw=bw) for bw in rates for kind in ("udp", "tcp") for one in rated]
    # netem's rate is HTB's, behind a delay.
    found += [Point(kind, "netem", bw=bw, delay=10) for bw in rates for kind in ("udp", "tcp") if "netem" in shapers]
    found += [Point("delay", "plain")]
    found += [Point("delay", one, delay=delay) for delay in delays for one in emulators if delay or one == "wire"]
    found += [Point("loss", one, loss=loss) for loss in losses for one in emulators if loss or one == "wire"]
    found += [Point("queue", one, bw=bw, queue=queue) for bw, queue in queues for one in rated]
    found += [Point("queue", "netem", bw=bw, queue=queue, delay=10) for bw, queue in queues if "netem" in shapers]
    meeting = [(10.0, delay, loss) for delay in delays for loss in losses if delay and loss] if not quick else [(10.0, 10, 1.0)]
    found += [Point("all", one, bw=bw, delay=delay, loss=loss) for bw, delay, loss in meeting for one in emulators]
    sizes = (1500,) if quick else (1500, JUMBO)
    if "wire" in shapers:
        for number in range(1, (1 if quick else ROUNDS) + 1):
            found += [Point("bulk", "plain", round=number), Point("bulk", "HTB", bw=1000.0, round=number)]
            found += [Point("bulk", "single", round=number)] if before else []
            wires = ("before", "wire") if before else ("wire",)
            found += [Point("bulk", one, delay=delay, mtu=mtu, round=number) for mtu in sizes for delay in (0, 10) for one in wires]
        found += [Point("share", "plain"), Point("share", "HTB", bw=10.0), Point("share", "wire", bw=10.0), Point("share", "wire", delay=10)]
    return [dataclasses.replace(one, quick=quick) for one in found]
