"""Parameters that several questions about a bottleneck have."""

from __future__ import annotations

from harness import Choice, Parameter


def bottleneck(bw: tuple[float, float, float], delay: tuple[float, float, float]) -> dict[str, Parameter | Choice]:
    """The rate of a link (Mbit/s) and its one-way delay (ms): of each the least, the default and the most."""
    return {
        "bw": Parameter(bw[1], "Mbit/s", minimum=bw[0], maximum=bw[2], meaning="rate of the bottleneck"),
        "delay": Parameter(delay[1], "ms", minimum=delay[0], maximum=delay[2], meaning="one-way delay of the bottleneck"),
    }


def congestion(*names: str) -> Choice:
    """The senders' congestion control, the default first."""
    return Choice(*names, meaning="congestion control")
