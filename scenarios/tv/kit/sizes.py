"""The clip in datagrams of seven TS packets, and beside it in those of the sheet: 7,975 bytes each 100 ms."""

from __future__ import annotations

from typing import Any

import numpy

from harness import about, above, below, equals
from scenarios.tv.kit.streams import INTERVAL, RATE
from scenarios.tv.kit.wire import pace

CUT = "ip.flags.mf == 1 or ip.frag_offset > 0"


def beside_the_sheets(lab: Any, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """The sheet's datagrams beside ours, both at h3; ours and theirs: what the probes there report."""
    clip = lab.asset("clip.ts").stat().st_size
    at_h3 = lab.packets(lab.h3, f"ip.dst == {lab.h3}")  # the switch floods h1's first datagram too
    small, large = at_h3.where("udp.dstport == 5000"), at_h3.where(CUT)
    lab.expect(small, equals(-(-clip // 1316)), "datagrams of 1,316 bytes", id="small")
    lab.expect(theirs["datagrams"], equals(-(-clip // 7975)), "datagrams of 7,975 bytes", id="large")
    lab.expect(small.where(CUT), equals(0), "none of ours is cut", id="whole")
    lab.expect(large, equals(6 * (clip // 7975)), "each full datagram of the sheet is cut in six IP fragments", id="fragments")
    for size, rest in ((1316, 0), (7975, 79)):
        lab.expect(size % 188, equals(rest), f"bytes beyond whole TS packets in a datagram of {size:,}", id="beyond")
    mean = theirs["bytes"] * 8 / theirs["seconds"]
    lab.expect(mean, about(RATE, percent=1, unit="bit/s"), "the sheet's sender has the same mean rate", id="mean")
    evenness(lab, small, large)
    jitter = below(INTERVAL * 1e3 / 2, "ms")
    lab.expect(ours["pcr_jitter_p50_us"] / 1e3, jitter, "ours: jitter of the clock references (median)", id="jitter", hint=lambda: pace(small))


def evenness(lab: Any, small: Any, large: Any) -> None:
    """How evenly the datagrams of both come, in the 40 s after the first ten."""
    begin = small.times[0] + 10
    even, burst = (packets.rate(0.02, start=begin, end=begin + 40) for packets in (small, large))
    above_mean = "the rate in 20 ms, of which a tenth are higher, as a multiple of the mean"
    for rate, wanted, whose, packets in ((even, below(2), "ours", small), (burst, above(4.5), "the sheet's", large)):
        found = numpy.percentile(rate.values, 90) / rate.mean
        lab.expect(found, wanted, f"{whose}: {above_mean}", id="bursts", hint=lambda: pace(packets.where("udp.length > 0")))
    for packets, milliseconds, whose in ((small, INTERVAL * 1e3, "ours"), (large.where("ip.frag_offset == 0"), 100, "the sheet's")):
        wait = 1e3 * numpy.median(numpy.diff(packets.times))
        wanted = about(milliseconds, percent=5, unit="ms")
        lab.expect(wait, wanted, f"{whose}: from one datagram to the next, so much may a byte come early", id="intervals")
    lab.plot_over_time(
        "rate-20-ms", "The same rate, in bursts and evenly",
        {label: (rate.times[:50], rate.values[:50] / 1e6) for label, rate in (("7,975 bytes each 100 ms", burst), ("1,316 bytes each 16.5 ms", even))},
        "rate in 20 ms (Mbit/s)", since=begin, style="step",
    )  # fmt: skip
