"""Rates over time, and numbers that remember which packets they come from."""

from __future__ import annotations

from typing import Any

import numpy


class Measured(float):
    """A number with the packets it was measured on, so that a failed expectation can show them."""

    packets: Any

    def __new__(cls, value: float, packets: Any) -> "Measured":
        number = super().__new__(cls, value)
        number.packets = packets
        return number


class Rate:
    """Bits per second in consecutive windows: `times` are the windows' starts (seconds since the epoch)."""

    def __init__(self, times: numpy.ndarray, values: numpy.ndarray, window: float, packets: Any) -> None:
        self.times, self.values, self.window, self.packets = times, values, window, packets

    @classmethod
    def of(
        cls,
        times: numpy.ndarray,
        sizes: numpy.ndarray,
        window: float,
        start: float | None,
        end: float | None,
        packets: Any,
    ) -> "Rate":
        """Sums `sizes` (bytes) into windows. start and end default to the first and last packet; a window that `end` cuts
        is left out, unless nothing else would remain."""
        if start is None or end is None:
            if not len(times):
                return cls(numpy.array([]), numpy.array([]), window, packets)
            start = float(times[0]) if start is None else start
            end = float(times[-1]) if end is None else end
        count = max(1, int((end - start) / window + 1e-9))
        edges = start + window * numpy.arange(count + 1)
        sums, _ = numpy.histogram(times, bins=edges, weights=sizes)
        return cls(edges[:-1], sums * 8 / window, window, packets)

    def _number(self, value: float) -> Measured:
        return Measured(float(value), self.packets)

    @property
    def mean(self) -> Measured:
        return self._number(self.values.mean() if len(self.values) else 0.0)

    @property
    def peak(self) -> Measured:
        return self._number(self.values.max() if len(self.values) else 0.0)

    @property
    def lowest(self) -> Measured:
        return self._number(self.values.min() if len(self.values) else 0.0)

    def between(self, start: float, end: float) -> "Rate":
        """The windows that lie wholly in start ≤ time < end."""
        inside = (self.times >= start) & (self.times + self.window <= end + 1e-9)
        return Rate(self.times[inside], self.values[inside], self.window, self.packets)

    def split(self, at: float) -> tuple["Rate", "Rate"]:
        """The windows that end before `at`, and those that begin after it."""
        return self.between(-numpy.inf, at), self.between(at, numpy.inf)
