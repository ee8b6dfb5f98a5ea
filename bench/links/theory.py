"""What a perfect link would do, with every header counted.

Rates are Mbit/s of Ethernet frames without their checksum, as tc and `wire` count them; goodputs are Mbit/s of what the program
sends. Shares are 0 to 1, times seconds, sizes bytes.
"""

from __future__ import annotations

import math

ETHERNET, IPV4, UDP, TCP = 14, 20, 8, 32
"""TCP with its timestamps option (RFC 7323), which Linux sends in every segment."""
MTU = 1500
UDP_PAYLOAD = MTU - IPV4 - UDP
TCP_PAYLOAD = MTU - IPV4 - TCP
FULL_FRAME = ETHERNET + MTU


def frame_of(payload: int) -> int:
    """Bytes of the frame around so many of a UDP datagram."""
    return payload + ETHERNET + IPV4 + UDP


def udp_goodput(bw: float, offered: float = math.inf, loss: float = 0.0, payload: int = UDP_PAYLOAD) -> float:
    """Of datagrams sent at a rate of `offered` (of their frames, as bw). What is lost is lost before it waits for the rate."""
    return min(bw, offered * (1 - loss)) * payload / frame_of(payload)


def tcp_goodput(bw: float) -> float:
    """Of a connection that keeps a link without losses busy."""
    return bw * TCP_PAYLOAD / FULL_FRAME


def tcp_model(loss: float, round_trip: float, timeout: float, bw: float, segments_per_ack: int = 2) -> float:
    """Of a Reno connection that loses packets at random, or tcp_goodput() where that is less.

    Padhye, Firoiu, Towsley and Kurose, "Modeling TCP Throughput", SIGCOMM 1998, equation 30 (no limit by the receiver's window).
    It is a model: real stacks recover better than the Reno of its day.
    """
    if not loss:
        return tcp_goodput(bw)
    b = segments_per_ack
    recovery = min(1.0, 3 * math.sqrt(3 * b * loss / 8)) * loss * (1 + 32 * loss**2)
    rate = TCP_PAYLOAD * 8e-6 / (round_trip * math.sqrt(2 * b * loss / 3) + timeout * recovery)
    return min(tcp_goodput(bw), rate)


def two_sided(count: int, trials: int, share: float) -> float:
    """How likely chance alone brings about a count at least as far from the expected one, on its side, times two; 1 at most."""
    from harness.world.links.chance import binomial_at_least, binomial_at_most

    return min(1.0, 2 * min(binomial_at_least(count, trials, share), binomial_at_most(count, trials, share)))


def chance_interval(trials: int, share: float, deviations: float = 1.96) -> tuple[float, float]:
    """Shares between which 95 % of all counts lie, by the normal approximation; not below 0."""
    spread = deviations * math.sqrt(share * (1 - share) / trials)
    return max(0.0, share - spread), share + spread


def percentile(ordered: list[float], share: float) -> float:
    """Of values in order: the smallest that at least this share of them does not exceed. Raises ValueError where there are none."""
    if not ordered:
        raise ValueError("there is no percentile of no values")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def quantiles(values: list[float], steps: int = 200) -> list[float]:
    """steps + 1 of them, from the least to the greatest; enough to draw the distribution."""
    ordered = sorted(values)
    return [percentile(ordered, step / steps) for step in range(steps + 1)]


def most_waiting(arrived: list[float], sizes: list[int], bw: float, at_once: int = 1) -> int:
    """Packets that waited at once, of those that were not dropped, if the line takes them at its rate: counted from when they came,
    so that a link that hands them over late does not seem to hold more.

    arrived: seconds, in order; bw: Mbit/s; at_once: packets that a full bucket lets pass one after the other.
    """
    taken: list[float] = []  # when the line takes each; those before the last still waiting
    full_at, most, first = -math.inf, 0, 0
    for number, (at, size) in enumerate(zip(arrived, sizes)):
        cost = size * 8e-6 / bw
        taken.append(max(at, full_at - (at_once - 1) * cost))
        full_at = max(full_at, at) + cost
        while first <= number and taken[first] <= at:
            first += 1
        most = max(most, number + 1 - first)
    return most
