"""Tab-separated text, read by column: cells become objects only when somebody asks for their column.

300,000 packets of 40 fields are 12 million cells; a Python string for each would take more time and memory than tshark.
"""

from __future__ import annotations

import numpy


class Columns:
    """data: lines of `width` cells. The last cell may hold tabs of its own; lines with fewer cells are left out."""

    def __init__(self, data: bytes, width: int) -> None:
        text = numpy.frombuffer(data, dtype=numpy.uint8)
        ends = numpy.flatnonzero(text == ord("\n"))
        tabs = numpy.flatnonzero(text == ord("\t"))
        zero = numpy.zeros(1, dtype=ends.dtype)
        first = numpy.searchsorted(tabs, numpy.concatenate((zero, ends[:-1])) if len(ends) else ends)
        count = numpy.diff(numpy.append(first, numpy.searchsorted(tabs, ends[-1]) if len(ends) else 0))
        whole = count >= width - 1
        starts = numpy.concatenate((zero, ends[:-1] + 1)) if len(ends) else ends
        inner = tabs[first[whole][:, None] + numpy.arange(width - 1)[None, :]]
        # bounds[row, k] is where cell k begins; its end is one before bounds[row, k + 1].
        self._bounds = numpy.concatenate((starts[whole][:, None], inner + 1, ends[whole][:, None] + 1), axis=1)
        self._data = data

    def extended(self, more: "Columns") -> "Columns":
        """Both, one below the other. more: of the same width."""
        both = object.__new__(Columns)
        both._bounds = numpy.concatenate((self._bounds, more._bounds + len(self._data)))
        both._data = self._data + more._data
        return both

    def __len__(self) -> int:
        return len(self._bounds)

    def present(self, column: int) -> numpy.ndarray:
        """Mask of the rows whose cell is not empty."""
        return self._bounds[:, column + 1] - 1 > self._bounds[:, column]

    def cells(self, column: int) -> list[bytes]:
        """The column's cells, row by row."""
        data = self._data
        starts, ends = self._bounds[:, column].tolist(), (self._bounds[:, column + 1] - 1).tolist()
        return [data[start:end] for start, end in zip(starts, ends)]

    def cell(self, row: int, column: int) -> str:
        start, end = self._bounds[row, column], self._bounds[row, column + 1] - 1
        return self._data[start:end].decode("utf-8", "replace")
