"""Is a link what it is declared to be? Judged by what is sent and received, never by what the emulator says of itself.

Each check gives a verdict. PASS and FAIL are about the link alone; where the machine was too busy to tell one from the other, the
verdict is INCONCLUSIVE: it is to be tried again. Tolerances: rate 1 %, delay never early and 1 ms late at most, losses the very list that the seed
decides, no packet behind a later one, no packet more in the queue than it holds.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable

from harness.judge.result import Verdict
from harness.world.links.counting import Counters
from harness.world.links.wire_config import seed_of
from harness.world.network.control import LinkControl
from tests.harness.link_dice import lost
from tests.harness.link_traffic import HEADERS, PORT, Seen, exchange, pair

RATE_TOLERANCE, LATENESS, EARLY = 0.01, 0.001, 0.00005
_SEED, _PAYLOAD = 7, 1472
_FRAME_BITS = (_PAYLOAD + HEADERS) * 8
_BUSY = ("kernel", "overflow", "send")
PASS, FAIL, INCONCLUSIVE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE


@dataclasses.dataclass(frozen=True)
class Finding:
    """A verdict and what it rests on, in words."""

    verdict: Verdict
    text: str


def rate(wire: list[str]) -> Finding:
    """4 Mbit/s for 2.4 s. Nothing makes a right link too fast; one that seems slow, at rates that differ from window to window, was run late."""
    bw = 4.0
    with pair(wire, bw=bw, queue=2000, means="wire") as (network, link):
        seen = exchange(network, 800, _PAYLOAD)
        if busy := _busy(seen, link):
            return busy
    found, (first, _, last) = seen.rate(), statistics.quantiles(seen.rates(), n=4)
    text = f"{found:.4f} Mbit/s (half of all windows: {first:.4f} to {last:.4f}), declared {bw:g}"
    if abs(found - bw) <= RATE_TOLERANCE * bw:
        return Finding(PASS, text)
    return Finding(INCONCLUSIVE if found < bw and last - first > RATE_TOLERANCE * bw else FAIL, text)


def delay(wire: list[str]) -> Finding:
    """20 ms, 600 packets. A link that is late is late with nearly every packet, and with all alike."""
    declared = 0.020
    with pair(wire, delay=declared * 1e3, means="wire") as (network, link):
        seen = exchange(network, 600, every=0.004)
        if busy := _busy(seen, link):
            return busy
    quick, middle = statistics.quantiles(seen.delays, n=10)[0], statistics.median(seen.delays)
    text = f"{min(seen.delays) * 1e3:.3f} ms at least, a tenth within {quick * 1e3:.3f}, half within {middle * 1e3:.3f}, declared {declared * 1e3:g}"
    if min(seen.delays) < declared - EARLY:
        return Finding(FAIL, text)
    if middle <= declared + LATENESS:
        return Finding(PASS, text)
    return Finding(FAIL if quick > declared + LATENESS and middle - quick < LATENESS else INCONCLUSIVE, text)


def losses(wire: list[str]) -> Finding:
    """1 % of 4,000 packets by a seed: that very list, computed here a second time."""
    count, percent = 4000, 1
    with pair(wire, loss=percent, seed=_SEED, means="wire") as (network, link):
        seen = exchange(network, count, every=0.0005)
        if busy := _busy(seen, link):
            return busy
    expected = lost(seed_of(_SEED, "h1-h2"), "10.0.0.1", "10.0.0.2", PORT, percent / 100, count)
    text = f"lost {seen.missing}, by the seed {expected}"
    return Finding(PASS if seen.missing == expected else FAIL, text)


def order(wire: list[str]) -> Finding:
    """1,000 packets, 100 ms under way, so that always some can be overtaken. Two queues of two processors may let one packet overtake
    another, but not time and again."""
    under_way, found = 0.1, []
    for _ in range(2):
        with pair(wire, delay=under_way * 1e3, means="wire") as (network, link):
            seen = exchange(network, 1000, every=0.001)
            if busy := _busy(seen, link):
                return busy
        if not seen.inversions and max(later - earlier for earlier, later in zip(seen.sent, seen.sent[1:])) > under_way / 2:
            return Finding(INCONCLUSIVE, "the sender paused for so long that a packet may have had none to overtake")
        found.append(seen.inversions)
        if not seen.inversions:
            break
    verdict = PASS if found == [0] else INCONCLUSIVE if found[-1] == 0 else FAIL
    return Finding(verdict, f"{' and '.join(map(str, found))} packets arrived behind later ones")


def queue(wire: list[str]) -> Finding:
    """90 full frames at once into a queue of 20 at 1 Mbit/s: these, one that leaves at once, and those that leave meanwhile."""
    held, bw, count = 20, 1.0, 90
    with pair(wire, bw=bw, queue=held, means="wire") as (network, link):
        seen = exchange(network, count, _PAYLOAD)
        if busy := _busy(seen, link):
            return busy
    most = held + 2 + math.ceil((seen.all_sent - seen.sent[0]) * bw * 1e6 / _FRAME_BITS)
    text = f"{len(seen.numbers)} of {count} packets survived, {held} to {most} may"
    if most >= count:
        return Finding(INCONCLUSIVE, f"sending took too long to fill the queue: {text}")
    return Finding(PASS if held <= len(seen.numbers) <= most else FAIL, text)


CHECKS: tuple[Callable[[list[str]], Finding], ...] = (rate, delay, losses, order, queue)


def _busy(seen: Seen, link: LinkControl) -> Finding | None:
    """Packets that were lost because a program was not run in time, not by the link."""
    counted: Counters = link.counters()["forward"]
    why = {f"the emulator ({cause})": counted.dropped[cause] for cause in _BUSY if counted.dropped.get(cause)}
    why |= {"the receiver": seen.overlooked} if seen.overlooked else {}
    words = ", ".join(f"{who} missed {count} packets" for who, count in why.items())
    return Finding(INCONCLUSIVE, words) if words else None
