"""The grid of a sweep: which values each parameter takes, all their combinations, and the seed of every run."""

from __future__ import annotations

import dataclasses
import decimal
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping

from harness.judge.parameters import Choice, Declared, Parameter, ParameterError, Value, shown_value, split_setting, unknown

MOST_VALUES = 1_000
MOST_RUNS = 100_000
_FORM = "NAME=a,b,c or NAME=low..high or NAME=low..high:step"
_DECIMAL = re.compile(r"[+-]?[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]{1,2})?")


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of a point. point counts from 0 in the order of the grid, repetition from 1."""

    point: int
    repetition: int
    values: dict[str, Value]
    seed: int

    @property
    def label(self) -> str:
        return f"{words(self.values)} #{self.repetition}"


def words(values: Mapping[str, Value]) -> str:
    """Values as one types them: "bw=0.7 loss=2"."""
    return " ".join(f"{name}={shown_value(value)}" for name, value in values.items())


def read_over(texts: Iterable[str], declared: Declared) -> dict[str, list[Value]]:
    """Parameter → its values in the order given, of every ``--over``. Raises ParameterError."""
    grid: dict[str, list[Value]] = {}
    for text in texts:
        name, listed = split_setting(text, "--over", _FORM)
        if name not in declared:
            raise ParameterError(f"--over {name}: {unknown(name, declared)}")
        if name in grid:
            raise ParameterError(f"--over {name}: it is given twice; write {name}=a,b,c")
        values: list[Value] = []
        for part in listed.split(","):
            if not part.strip():
                raise ParameterError(f"--over {text}: there is an empty value between commas; write {_FORM}")
            found = _range(name, part.strip(), declared[name]) if ".." in part else [declared[name].parse(name, part)]
            values += found
        if len(values) > MOST_VALUES:
            raise ParameterError(f"--over {text}: {len(values):,} values; {MOST_VALUES:,} at most")
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise ParameterError(f"--over {text}: {shown_value(twice)} is there twice; --repeat runs a point several times")
        grid[name] = values
    return grid


def _range(name: str, text: str, declared: Parameter | Choice) -> list[Value]:
    """"0..5" and "0..1:0.1", both ends included. In decimal: ten steps of 0.1 are 1."""
    if isinstance(declared, Choice):
        raise ParameterError(f"--over {name}={text}: {name} is a choice of words, without an order; list them: {','.join(declared.choices)}")
    bounds, colon, step_text = text.partition(":")
    parts = [*bounds.split(".."), *([step_text] if colon else [])]
    if len(parts) != 2 + bool(colon) or not all(_DECIMAL.fullmatch(part) for part in parts):
        raise ParameterError(f"--over {name}={text}: a range is written low..high or low..high:step, in numbers without units")
    low, high, *rest = (decimal.Decimal(part) for part in parts)
    step = rest[0] if rest else decimal.Decimal(1)
    if not rest and (low != low.to_integral_value() or high != high.to_integral_value()):
        raise ParameterError(f"--over {name}={text}: a range without a step is one of whole numbers; write {bounds}:STEP")
    if step <= 0 or high < low:
        raise ParameterError(f"--over {name}={text}: it has no values; low is to be below high, and the step above 0")
    count = (high - low) / step
    if count >= MOST_VALUES:
        raise ParameterError(f"--over {name}={text}: more than {MOST_VALUES:,} values")
    return [declared.check(name, float(low + index * step)) for index in range(int(count) + 1)]


def points(over: Mapping[str, list[Value]]) -> list[dict[str, Value]]:
    """Every combination, the last parameter varying quickest."""
    return [dict(zip(over, combination)) for combination in itertools.product(*over.values())]


def runs(over: Mapping[str, list[Value]], fixed: Mapping[str, Value], repeat: int, seed: int) -> list[Run]:
    """All runs: every point once, then every point again, so that what is interrupted has a bit of everything. fixed: values that
    are the same everywhere. Raises ParameterError when there are too many."""
    grid = points(over)
    if len(grid) * repeat > MOST_RUNS:
        raise ParameterError(f"{len(grid):,} points, each {repeat:,} times, are more than {MOST_RUNS:,} runs")
    return [
        Run(number, repetition, point, derived_seed(seed, {**fixed, **point}, repetition))
        for repetition in range(1, repeat + 1)
        for number, point in enumerate(grid)
    ]


def derived_seed(seed: int, values: Mapping[str, Value], repetition: int) -> int:
    """A seed of its own (32 bits) for a repetition of a point, the same in whatever grid the point stands."""
    text = json.dumps([seed, sorted(values.items()), repetition])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
