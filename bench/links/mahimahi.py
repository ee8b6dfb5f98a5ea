"""The error that mahimahi's method has on paper: computed from how it works, not measured.

Its sources (github.com/ravinet/mahimahi, src/frontend/link_queue.cc, delay_queue.cc, loss_queue.cc; Netravali et al., "Mahimahi:
Accurate Record-and-Replay for HTTP", USENIX ATC 2015) say: the clock counts whole milliseconds. A trace names milliseconds at which
1,504 bytes may leave (an IP packet of 1,500 and the four bytes of a TUN device); a chance that nobody uses is lost. A delayed packet
may leave once the millisecond it came in, plus the delay, has begun; the loop that looks sleeps whole milliseconds, or until a packet
comes. Losses are drawn from a generator that nobody can seed. A machine that is never late is assumed.
"""

from __future__ import annotations

import math
import random

CHANCE = 1504
"""Bytes."""


def trace(bw: float, milliseconds: int) -> list[int]:
    """The evenest trace of this length for bw Mbit/s (of IP packets and four bytes, as it counts): the millisecond of each chance."""
    count = round(bw * 1e3 * milliseconds / (CHANCE * 8))
    return [math.ceil((number + 1) * milliseconds / count) for number in range(count)]


def rate_error(bw: float, milliseconds: int) -> float:
    """Share by which the trace's mean rate is off, at best."""
    return len(trace(bw, milliseconds)) * CHANCE * 8 / (milliseconds * 1e3) / bw - 1


def wait_of_lone_packets(bw: float, milliseconds: int = 60_000, packets: int = 5000) -> list[float]:
    """Seconds that full packets, so far apart that none waits for another, wait for a chance; a link of that rate keeps none waiting."""
    chances, dice, found, place = trace(bw, milliseconds), random.Random(1), [], 0
    for at in sorted(dice.uniform(0, milliseconds) for _ in range(packets)):
        while place < len(chances) and chances[place] < at:
            place += 1
        leaves = chances[place] if place < len(chances) else milliseconds + chances[0]
        found.append((leaves - at) / 1e3)
    return found


def unevenness(bw: float, milliseconds: int = 60_000) -> list[float]:
    """Seconds by which each packet of a stream that fills the link leaves after its time at the constant mean rate."""
    chances = trace(bw, milliseconds)
    return [(at - (number + 1) * milliseconds / len(chances)) / 1e3 for number, at in enumerate(chances)]


def delay_errors(delay: int, packets_per_second: float, packets: int = 5000) -> list[float]:
    """Seconds by which packets that come at random leave later than `delay` milliseconds after; negative: too early."""
    dice, arrivals, at = random.Random(1), [], 0.0
    for _ in range(packets):
        at += dice.expovariate(packets_per_second / 1e3)
        arrivals.append(at)
    found: list[float] = []
    coming = leaving = 0
    now = arrivals[0]
    while leaving < packets:
        while coming < packets and arrivals[coming] <= now:
            coming += 1
        while leaving < coming and math.floor(arrivals[leaving]) + delay <= math.floor(now):
            found.append((now - arrivals[leaving] - delay) / 1e3)
            leaving += 1
        timer = math.inf
        if leaving < coming:
            timer = now + math.floor(arrivals[leaving]) + delay - math.floor(now)
        now = min(timer, arrivals[coming] if coming < packets else math.inf)
    return found
