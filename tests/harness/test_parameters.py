"""Parameters of scenarios: declared, read strictly, given to the network and the scenario, and recorded; measured figures."""

from __future__ import annotations

import json
import math
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.judge import scenario as scenarios
from harness.judge.parameters import Choice, Parameter, ParameterError, Values, check_declaration, complete, read_settings, shown_value
from harness.judge.result import Result
from tests.harness.conftest import SCENARIOS
from tests.harness.test_command_line import lab, quick_lab, sentence

BW = Parameter(0.7, "Mbit/s", minimum=0.01, maximum=100)
QUEUE = Parameter(20, "packets", minimum=1)
LOSS = Parameter(0.0, "%", minimum=0, maximum=100)
CONGESTION = Choice("cubic", "reno", "bbr")


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (BW, "1", 1.0), (BW, ".5", 0.5), (BW, " 2. ", 2.0), (BW, "1e1", 10.0), (BW, "0.7Mbit/s", 0.7), (BW, "0.7 Mbit/s", 0.7),
        (BW, "700kbit/s", 0.7), (BW, "0.05Gbit/s", 50.0), (BW, "10000bit/s", 0.01), (QUEUE, "100", 100), (QUEUE, "1e2", 100),
        (QUEUE, "100packets", 100), (LOSS, "5%", 5.0), (CONGESTION, "bbr", "bbr"), (Parameter(10.0, "ms"), "0.5s", 500.0),
        (Parameter(1.0, "s"), "-1", -1.0), (Parameter(3), "7", 7),
    ],
)  # fmt: skip
def test_values_are_read(declared, text: str, value) -> None:
    found = declared.parse("x", text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("declared", "text", "said"),
    [
        (BW, "fast", "x=fast is not a number; permitted are 0.01 to 100 Mbit/s"),
        (BW, "", "is not a number"), (BW, "nan", "is not a number"), (BW, "inf", "is not a number"), (BW, "1,5", "is not a number"),
        (BW, "0x10", "no unit 'x10'"), (BW, "١", "is not a number"), (BW, "1 2", "is not a number"),
        (BW, "1Mbps", "the unit is Mbit/s (bit/s, kbit/s, Gbit/s are understood too)"), (BW, "1mbit/s", "no unit 'mbit/s'"),
        (BW, "1ms", "no unit 'ms'"), (BW, "0", "x=0 Mbit/s is out of range; permitted are 0.01 to 100 Mbit/s"), (BW, "-1", "out of range"),
        (BW, "100.1", "out of range"), (BW, "1e999", "is not a finite number"), (QUEUE, "2.5", "not a whole number of packets"),
        (QUEUE, "0", "permitted are whole numbers from 1 packets on"), (QUEUE, "1e300", "is not a finite number"),
        (QUEUE, "5ms", "the unit is packets"), (LOSS, "101%", "x=101% is out of range"), (Parameter(3), "4ms", "it has no unit"),
        (CONGESTION, "vegas", "x=vegas cannot be chosen; possible are cubic, reno, bbr"), (CONGESTION, "", "cannot be chosen"),
    ],
)  # fmt: skip
def test_wrong_values_are_refused(declared, text: str, said: str) -> None:
    with pytest.raises(ParameterError) as error:
        declared.parse("x", text)
    assert said in str(error.value)


@given(some.floats(0.01, 100))
def test_what_is_shown_is_read_back(value: float) -> None:
    assert math.isclose(BW.parse("x", shown_value(value)), value, rel_tol=1e-11)
    assert math.isclose(BW.parse("x", BW.shown(value)), value, rel_tol=1e-11)


@given(some.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for declared in (BW, QUEUE, LOSS, CONGESTION):
        try:
            assert declared.check("x", declared.parse("x", text)) is not None
        except ParameterError as error:
            assert "x=" in str(error)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Parameter(0.7, minimum=1), lambda: Parameter(True), lambda: Parameter("a"), lambda: Parameter(math.inf), lambda: Choice("one"),
        lambda: Choice("a", "a"), lambda: Choice("a b", "c"), lambda: Choice("1..2", "c"), lambda: check_declaration({"Bad": BW}),
        lambda: check_declaration({"class": BW}), lambda: check_declaration({"bw": 0.7}), lambda: complete({"bw": BW}, {"bv": 1}),
        lambda: complete({"bw": BW}, {"bw": 1000}), lambda: read_settings(["bw=1", "bw=2"]), lambda: read_settings(["bw"]),
    ],
)  # fmt: skip
def test_wrong_declarations_are_refused(wrong) -> None:
    with pytest.raises(ParameterError):
        wrong()


def test_values_are_attributes_that_stay() -> None:
    values = complete({"bw": BW, "queue": QUEUE}, {"bw": 2})
    assert (values.bw, values.queue, dict(values)) == (2.0, 20, {"bw": 2.0, "queue": 20})
    with pytest.raises(AttributeError, match="no parameter 'bv'; declared are bw, queue"):
        values.bv
    with pytest.raises(AttributeError, match="cannot be changed"):
        values.bw = 3
    assert values == Values({"bw": 2.0, "queue": 20}) and hash(values)


def test_a_scenario_with_other_values(tests_scenarios: None) -> None:
    one = scenarios.load("test.rate")
    other = one.at({"bw": 1.0})
    assert one.at_defaults and not other.at_defaults and other.at({}).at_defaults
    assert [link[2]["bw"] for topology in (one.topology, other.topology) for link in topology.links(withInfo=True)] == [4, 4, 1, 1]
    assert (one.seconds, other.seconds) == (1.7, 2.3)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("bw=1Mbps", "the unit is Mbit/s"), ("bw=0.1", "permitted are 0.5 to 100 Mbit/s"), ("bw=x", "bw=x is not a number"), ("kilobytes=2.5", "whole number of kB"),
        ("claim=no", "possible are right, wrong, crash"), ("bww=1", "there is no parameter 'bww'; did you mean bw?"), ("bw", "write NAME=VALUE"),
    ],
)  # fmt: skip
def test_wrong_settings(setting: str, said: str, tests_scenarios: None, tmp_path: pathlib.Path) -> None:
    assert said in sentence(quick_lab("run", "test.rate", "--set", setting, "--out", str(tmp_path / "run")), 2)
    assert not (tmp_path / "run").exists()


def test_a_scenario_without_parameters_takes_none(tests_scenarios: None) -> None:
    assert "there is no parameter 'bw'; none is declared" in sentence(quick_lab("run", "test.quick", "--set", "bw=1"), 2)


def test_show_lists_parameters(tests_scenarios: None) -> None:
    shown = quick_lab("show", "test.rate").stdout
    assert "  bw = 4 Mbit/s   (0.5 to 100 Mbit/s) – rate of both links\n" in shown and "(right, wrong, crash)" in shown


def test_a_run_with_values_records_them_and_what_was_measured(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "run"
    sentence(lab("run", "test.rate", "--set", "bw=1000kbit/s", "--seed", "5", "--out", str(out)), 0)
    result = Result.read(out / "test.rate")
    assert result.parameters == {
        "bw": {"value": 1.0, "unit": "Mbit/s"}, "kilobytes": {"value": 100, "unit": "kB"}, "claim": {"value": "right", "unit": ""},
    }  # fmt: skip
    assert result.command == f"WIREPROOF_SCENARIOS={SCENARIOS} ./lab run test.rate --seed 5 --set bw=1"
    measured = {row.name: row for row in result.measurements}
    assert measured["goodput"].unit == "Mbit/s" and abs(measured["goodput"].value - 1448 / 1514) < 0.1
    assert measured["packets"].value >= 100_000 / 1448
    assert [link["bw"] for link in result.topology["links"]] == [1, 1]
    page = (out / "index.html").read_text()
    assert "<h3>Measured</h3>" in page and "1.0 Mbit/s" in page


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("goodput", 2, "recorded twice"), ("bw", 1, "a parameter has this name"), ("a", math.nan, "not a finite number"), ("a,b", 1, "names are made of")],
)
def test_wrong_measurements_are_refused(name: str, value: float, said: str, tmp_path: pathlib.Path) -> None:
    from harness.stage.lab import Lab

    class Nothing:
        class net:
            hosts: list = []

    own = Lab(Nothing(), tmp_path, {}, tmp_path, tmp_path, tmp_path, (), 1, parameters=Values({"bw": 1.0}))
    assert own.measure("goodput", 1) == 1
    with pytest.raises(ValueError, match=said):
        own.measure(name, value)


def test_older_results_are_read(tmp_path: pathlib.Path) -> None:
    data = Result("tv.q01").to_json()
    del data["parameters"], data["measurements"]
    (tmp_path / "result.json").write_text(json.dumps(data))
    assert Result.read(tmp_path).measurements == []
