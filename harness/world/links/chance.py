"""How likely a count of independent events is, so that chance is told from a link that is not as declared."""

from __future__ import annotations

import math


def _log_probability(count: int, trials: int, share: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
    return ways + count * math.log(share) + (trials - count) * math.log1p(-share)


def _tail(count: int, trials: int, share: float, step: int) -> float:
    """Sum of the probabilities of count, count + step, …, away from the mean."""
    total = 0.0
    while 0 <= count <= trials:
        term = math.exp(_log_probability(count, trials, share))
        total += term
        if term < total * 1e-12:
            break
        count += step
    return min(1.0, total)


def binomial_at_least(count: int, trials: int, share: float) -> float:
    """The probability of `count` or more events in `trials`, each with probability `share`."""
    if count <= 0:
        return 1.0
    if count > trials or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    return _tail(count, trials, share, 1) if count > trials * share else 1.0 - _tail(count - 1, trials, share, -1)


def binomial_at_most(count: int, trials: int, share: float) -> float:
    """The probability of `count` or fewer."""
    return binomial_at_least(trials - count, trials, 1 - share)
