"""What theory expects of TCP on a link, in bytes and seconds as they are on the wire.

A full segment carries 1,448 bytes (1,500 less 20 of IPv4, 20 of TCP and 12 of its time stamps) in a frame of 1,514.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

SEGMENT = 1448
"""Bytes of payload of a full TCP segment with time stamps (RFC 7323)."""
FRAME = 1514
"""Bytes of its Ethernet frame, without the frame check sequence, as links count."""
INITIAL_WINDOW = 10
"""Segments that may be sent before the first acknowledgement (RFC 6928)."""


def payload_rate(rate: float) -> float:
    """bit/s of TCP payload that a link of `rate` bit/s carries in full segments."""
    return rate * SEGMENT / FRAME


def waiting_time(packets: int, rate: float) -> float:
    """Seconds that the last of so many full frames waits for a link of `rate` bit/s."""
    return packets * FRAME * 8 / rate


def round_trip_time(delay: float, rate: float) -> float:
    """Seconds from a full frame to its acknowledgement on a link of `delay` ms each way and `rate` bit/s, while nothing waits."""
    return 2e-3 * delay + waiting_time(1, rate)


def window_limited(window: float, round_trip: float, rate: float) -> float:
    """bit/s of payload with `window` bytes in flight each round trip (seconds), at most what a link of `rate` bit/s carries."""
    return min(payload_rate(rate), window * 8 / round_trip)


def mathis(round_trip: float, loss: float) -> float:
    """bit/s of payload of Reno under random loss (a share, above 0): segment / round trip · sqrt(3 / 2 loss).

    Mathis, Semke, Mahdavi and Ott, "The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm", 1997, for a receiver
    whose every segment lets the window grow, as Linux counts. Timeouts are not in it, which above some per cent prevail.
    """
    return SEGMENT * 8 / round_trip * math.sqrt(1.5 / loss)


def jain(rates: Sequence[float]) -> float:
    """Jain's index of fairness: 1 when all get the same, 1/n when one gets all (Jain, Chiu and Hawe, 1984)."""
    squares = sum(rate * rate for rate in rates)
    return sum(rates) ** 2 / (len(rates) * squares) if squares else 0.0
