"""A stream as it crosses the wire in UDP datagrams: what they carry, without the headers, and how fast."""

from __future__ import annotations

import numpy

from harness.evidence.capture.packets import Packets
from harness.evidence.capture.rates import Measured
from harness.judge.expect import amount

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


def pace(datagrams: Packets) -> str:
    """Their number, sizes, duration and distances, in a sentence, for who has to find what is wrong with a sender's clock."""
    if len(datagrams) < 2:
        return f"{len(datagrams) or 'no'} datagram{'' if len(datagrams) else 's'} came"
    sizes = sorted({packet["udp.length"] - _UDP_HEADER for packet in datagrams})
    shown = " and ".join(f"{size:,}" for size in sizes) if len(sizes) < 3 else f"{sizes[0]:,} to {sizes[-1]:,}"
    waits = 1e3 * numpy.diff(datagrams.times)
    short, middle, long = numpy.percentile(waits, [10, 50, 90])
    return (
        f"{len(datagrams):,} datagrams of {shown} bytes in {datagrams.times[-1] - datagrams.times[0]:.4g} s, {amount(payload_rate(datagrams), 'bit/s')}, "
        f"one each {middle:.3g} ms as a rule ({short:.3g} ms or less for a tenth, {long:.3g} ms or more for another, {waits.max():.3g} ms at most)"
    )
