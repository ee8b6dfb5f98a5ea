"""Medians and their intervals: against published values, against counting all cases, and as properties."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.run.sweep.statistics import CONFIDENCE, coverage, estimate, rank

VALUES = some.lists(some.floats(-1e9, 1e9), min_size=1, max_size=60)


# Ranks of the 95 % interval of the median as printed in tables of the sign test (Conover, "Practical Nonparametric
# Statistics"; critical value for α = 0.05, two-sided, plus one).
@pytest.mark.parametrize(
    ("n", "k"),
    [(1, None), (5, None), (6, 1), (7, 1), (8, 1), (9, 2), (11, 2), (12, 3), (15, 4), (17, 5), (20, 6), (25, 8), (30, 10), (50, 18), (100, 40)],
)
def test_ranks_are_those_of_the_tables(n: int, k: int | None) -> None:
    assert rank(n) == k


@pytest.mark.parametrize(("n", "k", "percent"), [(6, 1, 96.875), (5, 1, 93.75), (9, 2, 96.09375), (10, 2, 97.8515625), (20, 6, 95.8610534668)])
def test_coverage_is_that_of_the_binomial_distribution(n: int, k: int, percent: float) -> None:
    assert coverage(n, k) * 100 == pytest.approx(percent, rel=1e-9)


@pytest.mark.parametrize("n", range(1, 13))
def test_coverage_counted(n: int) -> None:
    """Each value lies below or above the median, as a coin falls: all cases are counted."""
    for k in range(1, n // 2 + 1):
        covered = sum(k <= sum(sides) <= n - k for sides in itertools.product((0, 1), repeat=n))
        assert coverage(n, k) == pytest.approx(covered / 2**n)


def test_known_values() -> None:
    six = estimate([5, 1, 3, 2, 4, 6])
    assert (six.n, six.median, six.lower, six.upper) == (6, 3.5, 1, 6) and six.interval == "96.9 % confidence interval"
    nine = estimate([90, 10, 20, 30, 40, 50, 60, 70, 80])
    assert (nine.median, nine.lower, nine.upper) == (50, 20, 80)
    five = estimate([3, 1, 2, 5, 4])
    assert (five.median, five.lower, five.upper, five.confidence, five.interval) == (3, 1, 5, None, "lowest to highest")
    assert estimate([7]).lower == estimate([7]).upper == 7
    with pytest.raises(ValueError, match="no values"):
        estimate([])


def test_the_interval_covers_as_often_as_it_says() -> None:
    """4,000 samples of a skewed distribution whose median is known: misses are within five standard deviations."""
    chance = random.Random(1)
    trials, median = 4000, 0.6931471805599453
    for n in (6, 11, 20):
        hits = 0
        for _ in range(trials):
            found = estimate([chance.expovariate(1) for _ in range(n)])
            hits += found.lower <= median <= found.upper
        expected = coverage(n, rank(n) or 0)
        assert abs(hits / trials - expected) < 5 * (expected * (1 - expected) / trials) ** 0.5


@given(VALUES)
def test_median_and_interval_lie_among_the_values(values: list[float]) -> None:
    found = estimate(values)
    assert min(values) <= found.lower <= found.median <= found.upper <= max(values)
    assert found.lower in values and found.upper in values and found.n == len(values)
    assert found.confidence is None if len(values) < 6 else CONFIDENCE <= found.confidence <= 1


@given(VALUES, some.randoms())
def test_the_order_does_not_matter(values: list[float], chance: random.Random) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)
    assert estimate(values) == estimate(shuffled)


@given(some.lists(some.integers(-1000, 1000), min_size=1, max_size=40), some.integers(1, 50), some.integers(-50, 50))
def test_other_units_give_the_same_picture(values: list[int], factor: int, shift: int) -> None:
    found, moved = estimate(values), estimate([value * factor + shift for value in values])
    assert [moved.median, moved.lower, moved.upper] == [row * factor + shift for row in (found.median, found.lower, found.upper)]


@given(some.integers(6, 400))
def test_no_narrower_interval_would_do(n: int) -> None:
    k = rank(n)
    assert coverage(n, k) >= CONFIDENCE and (2 * (k + 1) > n or coverage(n, k + 1) < CONFIDENCE)
