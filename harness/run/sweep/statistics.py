"""Medians and what can be said about them without knowing a distribution.

The interval from the k-th smallest to the k-th largest of n values covers the median of what they were drawn from unless fewer
than k of them lie on one side of it, which has probability 2·P(Binomial(n, 1/2) < k) for a continuous distribution, and no more
for any other (David and Nagaraja, "Order Statistics", 3rd edition, section 7.1). Six values are the fewest for 95 %.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence

CONFIDENCE = 0.95
LEAST_VALUES = 6
"""Fewer cannot give an interval of that confidence: two of five give 93.75 %."""


@dataclasses.dataclass(frozen=True)
class Estimate:
    """n values: their median, and an interval. confidence: the probability that it covers the true median (at least
    CONFIDENCE), or None where n is too small: the interval is then from the smallest to the largest value."""

    n: int
    median: float
    lower: float
    upper: float
    confidence: float | None

    @property
    def interval(self) -> str:
        """What the interval is, in words."""
        return "lowest to highest" if self.confidence is None else f"{100 * self.confidence:.1f} % confidence interval"


def coverage(n: int, k: int) -> float:
    """The probability that the interval from the k-th smallest to the k-th largest of n values covers the median."""
    return 1 - 2 * sum(math.comb(n, i) for i in range(k)) / 2**n


def rank(n: int) -> int | None:
    """The greatest k whose interval has the wanted confidence, or None."""
    fitting = None
    missed, total = 0, 2**n
    for k in range(1, n // 2 + 1):
        missed += math.comb(n, k - 1)
        if 1 - 2 * missed / total < CONFIDENCE:
            break
        fitting = k
    return fitting


def estimate(values: Sequence[float]) -> Estimate:
    """The median of the values with its interval. Raises ValueError without values."""
    if not values:
        raise ValueError("there is no median of no values")
    ordered = sorted(values)
    n = len(ordered)
    k = rank(n)
    if k is None:
        return Estimate(n, statistics.median(ordered), ordered[0], ordered[-1], None)
    return Estimate(n, statistics.median(ordered), ordered[k - 1], ordered[n - k], coverage(n, k))
