"""Fewer points for a picture, peaks kept: a short stall or burst must not vanish from a plot."""

from __future__ import annotations

from collections.abc import Sequence

MOST_POINTS = 4000


def downsample(x: Sequence[float], y: Sequence[float], most: int = MOST_POINTS) -> tuple[list[float], list[float]]:
    """At most ``most`` points: of each stretch of equal count its first, lowest, highest and last one, in order.

    A stretch with NaN (a gap in the line) keeps one NaN. Sequences of at most ``most`` points are returned as they are.
    """
    if len(x) <= most:
        return list(x), list(y)
    stretches = max(1, most // 5)
    kept: list[int] = []
    for i in range(stretches):
        start, end = i * len(x) // stretches, (i + 1) * len(x) // stretches
        finite = [j for j in range(start, end) if y[j] == y[j]]
        chosen = {start, end - 1}
        if finite:
            chosen |= {min(finite, key=y.__getitem__), max(finite, key=y.__getitem__)}
        if len(finite) < end - start:
            chosen.add(next(j for j in range(start, end) if y[j] != y[j]))
        kept.extend(sorted(chosen))
    return [x[j] for j in kept], [y[j] for j in kept]
