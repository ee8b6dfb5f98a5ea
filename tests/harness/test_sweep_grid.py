"""The grid: its syntax, its points, its seeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.judge.parameters import Choice, Parameter, ParameterError
from harness.run.sweep.grid import derived_seed, points, read_over, runs, words

DECLARED = {
    "bw": Parameter(0.7, "Mbit/s", minimum=0.01, maximum=1000),
    "loss": Parameter(0.0, "%", minimum=0, maximum=100),
    "queue": Parameter(20, "packets", minimum=1),
    "shift": Parameter(0, minimum=-100),
    "congestion": Choice("cubic", "reno", "bbr"),
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("bw=0.5,0.7,1,2", [0.5, 0.7, 1.0, 2.0]), ("bw=2,1", [2.0, 1.0]), ("bw=500kbit/s,1Mbit/s", [0.5, 1.0]), ("loss=0..5", [0, 1, 2, 3, 4, 5]),
        ("loss=0..1:0.1", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]), ("loss=0..5:2", [0, 2, 4]), ("loss=0,1..3,10", [0, 1, 2, 3, 10]),
        ("loss=3..3", [3]), ("shift=-2..1", [-2, -1, 0, 1]), ("queue=10..30:10", [10, 20, 30]), ("loss=1%,5%", [1, 5]),
        ("congestion=bbr,cubic", ["bbr", "cubic"]), (" bw = 1 , 2 ", [1.0, 2.0]),
    ],
)  # fmt: skip
def test_values_of_a_parameter(text: str, values: list) -> None:
    [found] = read_over([text], DECLARED).values()
    assert found == values and len({type(value) for value in found}) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bw", "write NAME=a,b,c or NAME=low..high"), ("bw=", "write NAME=a,b,c"), ("=1", "write NAME=a,b,c"), ("bv=1", "no parameter 'bv'; did you mean bw?"),
        ("bw=1,,2", "empty value between commas"), ("bw=1,2,1", "1 is there twice; --repeat"), ("bw=1,1000kbit/s", "1 is there twice"),
        ("bw=0.5..2", "write 0.5..2:STEP"), ("loss=5..0", "it has no values"), ("loss=0..5:0", "it has no values"), ("loss=0..5:-1", "it has no values"),
        ("loss=0..5:x", "low..high:step, in numbers without units"), ("loss=0..5%", "without units"), ("loss=0...5", "low..high"), ("loss=..5", "low..high"),
        ("loss=0..1..2", "low..high"), ("loss=0..200", "out of range"), ("loss=0..1:1e-9", "more than 1,000 values"), ("queue=1..2:0.5", "not a whole number"),
        ("congestion=cubic..reno", "list them: cubic,reno,bbr"), ("congestion=vegas", "possible are cubic, reno, bbr"), ("bw=fast", "is not a number"),
    ],
)  # fmt: skip
def test_wrong_grids_are_refused(text: str, said: str) -> None:
    with pytest.raises(ParameterError) as error:
        read_over([text], DECLARED)
    assert said in str(error.value)


def test_a_parameter_is_swept_once() -> None:
    with pytest.raises(ParameterError, match="given twice"):
        read_over(["bw=1", "bw=2"], DECLARED)


@given(some.text(alphabet="bwlos=.,:-+e0123456789%Mit/ "))
def test_any_text_is_a_grid_or_refused(text: str) -> None:
    try:
        for name, values in read_over([text], DECLARED).items():
            assert values and all(DECLARED[name].check(name, value) == value for value in values)
    except ParameterError:
        pass


@given(some.integers(-50, 50), some.integers(0, 40), some.integers(1, 60))
def test_ranges_step_exactly(low: int, steps: int, hundredths: int) -> None:
    step = hundredths / 100
    wide = {"x": Parameter(0.0)}
    [found] = read_over([f"x={low}..{low + steps * step:.2f}:{step:.2f}"], wide).values()
    assert found == [round(low + index * step, 2) for index in range(steps + 1)]


def test_points_and_runs() -> None:
    over = read_over(["bw=1,2", "loss=0..2"], DECLARED)
    assert [words(point) for point in points(over)] == ["bw=1 loss=0", "bw=1 loss=1", "bw=1 loss=2", "bw=2 loss=0", "bw=2 loss=1", "bw=2 loss=2"]
    planned = runs(over, {"queue": 10}, 3, seed=1)
    assert [(run.point, run.repetition) for run in planned] == [(point, repetition) for repetition in (1, 2, 3) for point in range(6)]
    assert len({run.seed for run in planned}) == 18 and planned[0].label == "bw=1 loss=0 #1"
    assert {run.seed for run in planned}.isdisjoint(run.seed for run in runs(over, {"queue": 10}, 3, seed=2))
    assert {run.seed for run in planned}.isdisjoint(run.seed for run in runs(over, {"queue": 20}, 3, seed=1))
    with pytest.raises(ParameterError, match="more than 100,000 runs"):
        runs(over, {}, 20_000, 1)


def test_seeds_do_not_change() -> None:
    """Figures that were published with their seed are to be had again: this value is for ever."""
    assert derived_seed(1, {"bw": 0.7, "loss": 2.0}, 3) == derived_seed(1, {"loss": 2.0, "bw": 0.7}, 3) == 2961863981
