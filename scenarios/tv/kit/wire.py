"""A stream as it crosses the wire in UDP datagrams: what they carry, without the headers, and how fast."""

from __future__ import annotations

from harness.evidence.capture.packets import Packets
from harness.evidence.capture.rates import Measured

_UDP_HEADER = 8


def payload(datagrams: Packets) -> Measured:
    """The bytes that the datagrams carry."""
    return Measured(datagrams.total("udp.length") - _UDP_HEADER * len(datagrams), datagrams)


def payload_rate(datagrams: Packets) -> Measured:
    """Their mean rate in bit/s: what went out from the first one's start to the last one's. 0 for fewer than two."""
    times = datagrams.times
    if len(times) < 2:
        return Measured(0.0, datagrams)
    last = datagrams[-1]["udp.length"] - _UDP_HEADER
    return Measured((payload(datagrams) - last) * 8 / (times[-1] - times[0]), datagrams)
