"""How true the machine was to what a question asks of it: figures that verdicts rest on, and that stand in ``result.json``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

# A timing-critical scenario is not judged beyond these, whatever it found (seconds): 20 ms are 2 % of the one-second
# windows in which rates are taken, a quarter of a second is a quarter of a player's buffer.
STRICT_P99, STRICT_MAX = 0.020, 0.250
# A failure of any other scenario is not believed beyond these.
LOOSE_P99, LOOSE_MAX = 0.020, 0.150
# What looks at milliseconds, as wrong programs do that lose patience, is not believed beyond these.
FINE_P99, FINE_MAX = 0.005, 0.030
_PACKETS_FOR_A_PERCENTILE = 1000


@dataclasses.dataclass(frozen=True)
class Lateness:
    """How much later than due packets left an emulator: their number, 99th percentile and maximum in seconds."""

    packets: int = 0
    p99: float = 0.0
    max: float = 0.0


@dataclasses.dataclass(frozen=True)
class Lag:
    """Lateness of wake-ups in seconds: 99th percentile (a bucket's upper edge), maximum, number of samples. Without samples nobody
    knows how late the machine was."""

    p99: float = 0.0
    maximum: float = 0.0
    samples: int = 0

    def with_links(self, links: Iterable[Lateness]) -> Lag:
        """With what emulators of links tell of themselves: they run beside the watch, perhaps on a processor that is busier. A
        percentile of few packets tells nothing."""
        links = list(links)
        p99 = max([self.p99, *(link.p99 for link in links if link.packets >= _PACKETS_FOR_A_PERCENTILE)])
        return Lag(p99, max([self.maximum, *(link.max for link in links)]), self.samples)

    def too_late(self, p99: float, maximum: float) -> str | None:
        """A sentence when the lag is beyond the limits."""
        if self.p99 <= p99 and self.maximum <= maximum:
            return None
        return (
            f"the machine was busy: programs were woken up to {self.maximum * 1000:.0f} ms late "
            f"(99 % within {self.p99 * 1000:.1f} ms; limits {maximum * 1000:.0f} ms and {p99 * 1000:.0f} ms)"
        )


@dataclasses.dataclass
class LinkProbe:
    """What was found on one link before use; the lists hold the direction from the link's first end, then the other.

    declared_bw and measured_bw in Mbit/s (None: no rate declared, or not measured); declared_queue in packets, or in words (None:
    none declared); declared_delay and measured_delay in milliseconds (None: not measured); survived: how many frames of a train
    came through, when more were sent than the queue holds (None: not tried). tcp: None where no neighbour is.
    congestion_control: what the kernel used on the connection.
    """

    link: str
    declared_bw: float | None = None
    measured_bw: list[float | None] = dataclasses.field(default_factory=list)
    declared_queue: int | str | None = None
    declared_delay: float = 0.0
    measured_delay: list[float | None] = dataclasses.field(default_factory=list)
    survived: list[int | None] = dataclasses.field(default_factory=list)
    tcp: bool | None = None
    congestion_control: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def reason(self) -> str:
        """Why not ok, for people; empty when all is well."""
        return "; ".join(self.problems)


@dataclasses.dataclass(frozen=True)
class Counters:
    """What passed a direction of a link and what did not: since the scenario began (by wire), or since the interface was shaped (by
    the kernel, the link's probe included).

    received: frames that came to the link; passed, bytes: what left it; dropped: cause → frames; duplicated, corrupted,
    reordered: frames; queue_packets, queue_bytes: what waits now.
    """

    received: int = 0
    passed: int = 0
    bytes: int = 0
    dropped: dict[str, int] = dataclasses.field(default_factory=dict)
    duplicated: int = 0
    corrupted: int = 0
    reordered: int = 0
    queue_packets: int = 0
    queue_bytes: int = 0

    @property
    def lost(self) -> int:
        """Frames dropped, whatever the cause."""
        return sum(self.dropped.values())
