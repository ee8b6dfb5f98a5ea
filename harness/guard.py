"""The fidelity guard: how late the machine ran us, measured while a scenario ran.

A small process sleeps until fixed instants and records how much too late it was woken. What happens to it happens to
the programs under test; figures taken while it was late are not trusted.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import time
from collections.abc import Iterable

_PERIOD = 0.01
_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]

# A timing-critical scenario is not judged beyond these, whatever it found (seconds): 20 ms are 2 % of the one-second
# windows in which rates are taken, a quarter of a second is a quarter of a player's buffer.
STRICT_P99, STRICT_MAX = 0.020, 0.250
# A failure of any other scenario is not believed beyond these.
LOOSE_P99, LOOSE_MAX = 0.020, 0.150


@dataclasses.dataclass(frozen=True)
class Lag:
    """Lateness of wake-ups in seconds: 99th percentile (a bucket's upper edge), maximum, number of samples."""

    p99: float = 0.0
    maximum: float = 0.0
    samples: int = 0

    def with_links(self, links: Iterable[dict[str, float]]) -> Lag:
        """With what emulators of links tell of themselves ({"packets", "p99", "max"}): they run beside the watch, perhaps on a
        processor that is busier. A percentile of few packets tells nothing."""
        links = list(links)
        p99 = max([self.p99, *(link["p99"] for link in links if link["packets"] >= 1000)])
        return Lag(p99, max([self.maximum, *(link["max"] for link in links)]), self.samples)

    def too_late(self, p99: float, maximum: float) -> str | None:
        """A sentence when the lag is beyond the limits."""
        if self.p99 <= p99 and self.maximum <= maximum:
            return None
        return (
            f"the machine was busy: programs were woken up to {self.maximum * 1000:.0f} ms late "
            f"(99 % within {self.p99 * 1000:.1f} ms; limits {maximum * 1000:.0f} ms and {p99 * 1000:.0f} ms)"
        )


class LagWatch:
    """Watches from construction until finish()."""

    def __init__(self) -> None:
        self._pipe, write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._pipe)
            try:
                _watch(write)
            finally:
                os._exit(0)
        os.close(write)

    def finish(self) -> Lag:
        """Ends the watch and tells what it saw."""
        os.kill(self._pid, signal.SIGTERM)
        with os.fdopen(self._pipe) as pipe:
            text = pipe.read()
        os.waitpid(self._pid, 0)
        return Lag(**json.loads(text)) if text else Lag()


def _watch(write: int) -> None:
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    counts = [0] * (len(_BUCKETS) + 1)
    maximum = 0.0
    due = time.monotonic() + _PERIOD
    while not ended:
        time.sleep(max(0.0, due - time.monotonic()))
        late = time.monotonic() - due
        maximum = max(maximum, late)
        counts[sum(late > edge for edge in _BUCKETS)] += 1
        due = max(due + _PERIOD, time.monotonic())
    total, seen, p99 = sum(counts), 0, _BUCKETS[0]
    for index, count in enumerate(counts):
        seen += count
        p99 = _BUCKETS[index] if index < len(_BUCKETS) else maximum
        if seen >= 0.99 * total:
            break
    os.write(write, json.dumps({"p99": min(p99, max(maximum, _BUCKETS[0])), "maximum": maximum, "samples": total}).encode())
