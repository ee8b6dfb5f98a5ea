"""What a link may be asked to be, without a network: reading options, words about them, combinations that cannot be."""

from __future__ import annotations

import math
import pathlib
import re
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.world.links import Link, LinkError, units
from harness.world.links.chance import binomial_at_least, binomial_at_most
from harness.world.links.direction import Direction
from harness.world.links.link import read
from harness.world.links.queue import Queue, default
from harness.world.links.summary import summary


def forward(options: dict) -> Direction:
    return read("h1-s1", options).forward


def test_nothing_is_asked_by_default() -> None:
    wish = read("h1-s1", {"port1": 0, "params1": {"ip": "10.0.0.1/8"}})
    assert not wish.shaped and wish.forward == wish.backward == Direction()


@pytest.mark.parametrize(
    "options, name, value",
    [
        ({"bw": 0.7}, "bw", 0.7), ({"bw": "0.7"}, "bw", 0.7), ({"bw": "0.7mbit"}, "bw", 0.7), ({"bw": "700kbit"}, "bw", 0.7),
        ({"bw": "1gbit"}, "bw", 1000.0), ({"bw": "700000bit"}, "bw", 0.7),
        ({"delay": 10}, "delay", 0.01), ({"delay": "10ms"}, "delay", 0.01), ({"delay": "500us"}, "delay", 0.0005),
        ({"delay": ".5s"}, "delay", 0.5), ({"loss": 1}, "loss", 1.0), ({"loss": "1%"}, "loss", 1.0), ({"loss": "0.25%"}, "loss", 0.25),
        ({"bw": 1, "queue": 7}, "queue", Queue(7)), ({"bw": 1, "queue": "30000b"}, "queue", Queue(30000, "bytes")),
        ({"bw": 1, "queue": "50ms"}, "queue", Queue(50, "milliseconds")), ({"bw": 1, "queue": "mininet"}, "queue", None),
        ({"bw": 1, "max_queue_size": 9}, "queue", Queue(9)), ({"bw": 1, "burst": "3000b"}, "burst", 3000),
    ],
)  # fmt: skip
def test_units(options: dict, name: str, value: object) -> None:
    found = getattr(forward(options), name)
    assert math.isclose(found, value) if isinstance(value, float) else found == value


@settings(deadline=None)
@given(st.floats(0.001, 1000), st.sampled_from(["", "bit", "kbit", "mbit", "gbit"]))
def test_a_rate_is_the_same_in_every_unit(megabits: float, unit: str) -> None:
    factor = {"": 1, "bit": 1e6, "kbit": 1e3, "mbit": 1, "gbit": 1e-3}[unit]
    text = f"{megabits * factor:.12f}{unit}"
    assert math.isclose(units.rate("bw", text), megabits, rel_tol=1e-6, abs_tol=1e-9)


@settings(deadline=None)
@given(st.text("0123456789.+-eE kmgbitus%_,xnaf", min_size=1, max_size=12))
def test_a_text_is_a_quantity_or_an_error(text: str) -> None:
    """Nothing is read that was not written: what is accepted has the documented form and lies within its bounds."""
    for function, form, most in ((units.rate, "(bit|kbit|mbit|gbit)?", 1000), (units.seconds, "(us|ms|s)?", 60), (units.percent, "%?", 100)):
        try:
            value = function("x", text)
        except LinkError as error:
            assert text in str(error)
        else:
            assert re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)" + form, text), text
            assert 0 <= value <= most


@settings(deadline=None)
@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.none(), st.binary(), st.lists(st.integers())))
def test_any_value_is_a_quantity_or_an_error(value: object) -> None:
    for function, most in ((units.rate, 1000), (units.seconds, 60), (units.percent, 100)):
        try:
            assert 0 <= function("x", value) <= most
        except LinkError as error:
            assert "x=" in str(error)


def test_default_queue_grows_with_the_rate() -> None:
    assert [default(bw) for bw in (0.7, 10, 100)] == [20, 42, 413]
    assert default(10, delay=0.05) == 124 and default(1000, delay=60) == 200_000
    assert forward({"bw": 0.7}).queue == Queue(20)


def test_directions_may_differ() -> None:
    wish = read("h1-s1", {"delay": "10ms", "forward": {"bw": 1}, "backward": {"bw": 16, "delay": "5ms"}})
    assert (wish.forward.bw, wish.forward.delay) == (1.0, 0.01)
    assert (wish.backward.bw, wish.backward.delay) == (16.0, 0.005)
    ends = read("h1-s1", {"delay": "10ms", "params1": {"bw": 1, "ip": "10.0.0.1/8"}, "params2": {"bw": 16, "delay": 5}})
    assert ends.directions == wish.directions


def test_link_is_options_for_mininet() -> None:
    adsl = Link(delay="10ms", forward={"bw": 1}, backward={"bw": 16}, seed=7)
    assert dict(**adsl) == {"delay": "10ms", "forward": {"bw": 1}, "backward": {"bw": 16}, "seed": 7}
    assert read("h1-s1", {**adsl}) == adsl.wish and adsl.wish.seed == 7
    with pytest.raises(LinkError, match="^bw=-1"):
        Link(bw=-1)
    with pytest.raises(TypeError):
        Link(bandwidth=3)


def test_bursts_of_loss() -> None:
    """4 % in bursts of 5: every fifth packet of a bad spell ends it, and a spell begins so often that 4 % are lost."""
    one = forward({"loss": "4%", "loss_burst": 5})
    assert one.loss_model and math.isclose(one.loss_model.mean, 0.04) and one.loss_model.r == 0.2
    full = forward({"loss_model": {"gilbert_elliott": {"p": "1%", "r": 30, "h": "20%", "k": "99%"}}})
    assert full.loss_model and math.isclose(full.mean_loss, 100 * (1 / 31 * 0.8 + 30 / 31 * 0.01))
    assert full.emulated == ["loss"] and full.random


@pytest.mark.parametrize(
    "options, words",
    [
        ({"bw": 0}, "bw=0 "), ({"bw": -1}, "bw=-1"), ({"bw": 2000}, "up to 1000"), ({"bw": "fast"}, "not a rate"),
        ({"bw": "1 mbit"}, "not a rate"), ({"bw": "1Mbit"}, "not a rate"), ({"bw": "1m"}, "not a rate"), ({"bw": True}, "not a rate"),
        ({"bw": float("nan")}, "finite"), ({"bw": float("inf")}, "finite"), ({"bw": "9" * 400}, "finite"),
        ({"bw": "0.7mbits"}, "'0.7mbits' is not a rate such as"), ({"bw": "1,5"}, "not a rate"), ({"bw": "1e3"}, "not a rate"), ({"bw": [1]}, "not a rate"),
        ({"bw": "700kbps"}, "not a rate such as 0.7 .Mbit/s., '0.7mbit' or '700kbit'"), ({"bw": "-1mbit"}, "0.001 up to 1000 Mbit/s"),
        ({"delay": "10 ms"}, "'10 ms' is not a time such as 10 .milliseconds., '10ms'"), ({"delay": float("nan")}, "finite"), ({"delay": "10msec"}, "not a time"),
        ({"delay": -1}, "0 to 60 seconds"), ({"delay": 5, "jitter": "-1ms"}, "0 to 60 seconds"), ({"delay": 5, "jitter": float("inf")}, "finite"),
        ({"loss": "1 %"}, "'1 %' is not a percentage such as 1 or '1%'"), ({"loss": float("nan")}, "finite"), ({"duplicate": "-1%"}, "0 to 100"),
        ({"delay": 5, "reorder": float("nan")}, "finite"), ({"loss": 1, "loss_correlation": "200%"}, "0 to 100"), ({"loss": {}}, "not a percentage"),
        ({"bw": 1, "queue": -5}, "1 to"), ({"bw": 1, "queue": "30kb"}, "'30000b'"), ({"bw": 1, "queue": "20 packets"}, "'50ms'"), ({"bw": 1, "queue": float("nan")}, "finite"),
        ({"bw": 1, "burst": -1}, "1 to"), ({"bw": 1, "burst": "15k"}, "not a number of bytes"), ({"delay": 5, "jitter": 1, "keep_order": "no"}, "True nor False"),
        ({"loss": 101}, "percentage"), ({"loss": -1}, "percentage"), ({"corrupt": 1e9}, "percentage"), ({"loss": "1"*3 + "%"}, "percentage"),
        ({"delay": "soon"}, "not a time"), ({"delay": "-5ms"}, "impossible"), ({"delay": "2h"}, "not a time"), ({"delay": "61s"}, "60 seconds"),
        ({"jitter": "5ms"}, "needs a delay"), ({"reorder": 5}, "needs a delay"), ({"delay": 5, "jitter": 6}, "before it was sent"),
        ({"delay": 5, "distribution": "normal"}, "distribution is that of jitter"), ({"delay": 5, "reorder_gap": 3}, "reorder"),
        ({"delay": 5, "jitter": 1, "distribution": "cauchy"}, "uniform"), ({"delay": 5, "jitter": 1, "distribution": [1, 0]}, "less than the one before"),
        ({"loss_burst": 3}, "give loss="), ({"loss": 90, "loss_burst": 3}, "impossible"), ({"loss": 1, "loss_burst": 0.5}, "impossible"),
        ({"loss_correlation": 3}, "give loss="), ({"loss": 1, "loss_model": {"gilbert_elliott": {"p": 1, "r": 1}}}, "exclude"),
        ({"loss_model": {"markov": 1}}, "gilbert_elliott"), ({"loss_model": {"gilbert_elliott": {"p": 1}}}, "takes p and r"),
        ({"loss_model": {"gilbert_elliott": {"p": 0, "r": 0}}}, "never changes"),
        ({"queue": 5}, "without bw"), ({"bw": 1, "queue": 0}, "1 to"), ({"bw": 1, "queue": 2.5}, "1 to"), ({"bw": 1, "queue": "0ms"}, "wait somewhere"),
        ({"bw": 1, "queue": "long"}, "mininet"), ({"bw": 1, "queue": True}, "number of packets"), ({"bw": 1, "queue": 5, "max_queue_size": 5}, "one of them"),
        ({"aqm": "codel"}, "without bw"), ({"bw": 1, "aqm": "fq"}, "codel"), ({"bw": 1, "aqm": "red"}, "red needs min, max, probability"),
        ({"bw": 1, "aqm": {"discipline": "red", "min": 9, "max": 5, "probability": 1}}, "not less"),
        ({"bw": 1, "queue": 9, "aqm": {"discipline": "red", "min": 5, "max": 15, "probability": 1}}, "more than the queue holds"),
        ({"bw": 1, "aqm": {"discipline": "codel", "aim": 3}}, "no setting 'aim'"), ({"burst": 1500}, "bw"),
        ({"bandwidth": 5}, "no property 'bandwidth'"), ({"forward": {"speed": 5}}, "forward: there is no property 'speed'"), ({"forward": 3}, "set of options"),
        ({"seed": -1}, "seed"), ({"seed": 0.5}, "seed"), ({"means": "tin"}, "netem"),
        ({"schedule": 3}, "list"), ({"schedule": [{"bw": 3}]}, "change such as"), ({"schedule": [{"at": 1}]}, "either down"),
        ({"schedule": [{"at": -1, "down": True}]}, "impossible"), ({"schedule": [{"at": 3, "until": 2, "down": True}]}, "not after"),
        ({"schedule": [{"at": 3, "jitter": 1}]}, "at 3 s: jitter needs"), ({"schedule": [{"at": 3, "mood": 1}]}, "cannot change"),
        ({"schedule": [{"at": 3, "down": True, "direction": "up"}]}, "forward, backward or both"),
        ({"trace": "/nowhere"}, "cannot be read"), ({"bw": 1, "trace": "/nowhere"}, "exclude"), ({"trace": 3}, "not the name"),
    ],
)  # fmt: skip
def test_impossible_wish(options: dict, words: str) -> None:
    with pytest.raises(LinkError, match=words) as caught:
        read("h1-s1", options)
    text = str(caught.value)
    assert text.startswith("link h1-s1: ") and any(key in text for key in options), "it says which link, and which option"


@pytest.mark.parametrize(
    "text, words",
    [("", "empty"), ("0\n", "ends at 0"), ("1\n2\nx\n", r"t\.trace:3: 'x'"), ("5\n4\n", r"t\.trace:2: 4 ms is before"), ("1\n\n2\n", r":2: ''"),
     ("1\n-2\n", ":2: "), ("1.5\n", ":1: "), ("9" * 13 + "\n", "too long")],
)  # fmt: skip
def test_trace_is_checked_line_by_line(tmp_path: pathlib.Path, text: str, words: str) -> None:
    file = tmp_path / "t.trace"
    file.write_text(text)
    with pytest.raises(LinkError, match=words):
        read("h1-s1", {"trace": file})


def test_trace(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "t.trace"
    file.write_text("".join(f"{12 * n}\n" for n in range(1, 101)))  # 1,504 bytes every 12 ms
    one = forward({"trace": str(file), "queue": 10})
    assert one.trace and one.trace.chances == 100 and math.isclose(one.trace.bw, 1504 * 8 / 12e3)
    assert one.shaped and one.queue == Queue(10) and summary(one) == {"bw": None, "queue": 10, "trace": "trace t.trace, mean 1 Mbit/s"}


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_trace_or_an_error(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            one = forward({"trace": file.name})
        except LinkError as error:
            assert file.name in str(error)
        else:
            numbers = [int(line) for line in data.splitlines()]
            assert one.trace and numbers == sorted(numbers) and one.trace.milliseconds == numbers[-1] > 0


def test_changes_are_checked_on_top_of_what_is() -> None:
    one = forward({"bw": 1, "delay": "10ms", "jitter": "2ms", "loss": 1})
    assert one.changed({"loss": None, "bw": 2}) == Direction(bw=2.0, queue=one.queue, delay=0.01, jitter=0.002)
    assert one.changed({"loss_model": {"gilbert_elliott": {"p": 1, "r": 30}}}).loss == 0
    assert one.changed({"bw": None}).queue is None
    with pytest.raises(LinkError, match="jitter"):
        one.changed({"delay": None})
    with pytest.raises(LinkError, match="before it was sent"):
        one.changed({"delay": "1ms"})


@pytest.mark.parametrize("trials, share", [(10, 0.3), (50, 0.01), (7, 0.99)])
def test_chance(trials: int, share: float) -> None:
    terms = [math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(trials + 1)]
    for count in range(trials + 1):
        assert math.isclose(binomial_at_least(count, trials, share), sum(terms[count:]), rel_tol=1e-9, abs_tol=1e-12)
        assert math.isclose(binomial_at_most(count, trials, share), sum(terms[: count + 1]), rel_tol=1e-9, abs_tol=1e-12)
    assert binomial_at_least(1, 1000, 0.0) == 0 and binomial_at_most(999, 1000, 1.0) == 0 and binomial_at_least(0, 5, 0.0) == 1
