"""Figures: their data, their pictures, and what is refused."""

import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from tests.harness import report_samples as samples

from harness.report.downsample import downsample
from harness.report.plot import DARK, picture, write_plot


def spec(**series):
    row = {"label": "a", "x": [1, 2], "y": [3, 4], **series}
    return {"title": "t", "x_label": "time in s", "y_label": "rate in kbit/s", "panels": [{"series": [row]}]}


def test_a_plot_is_data_and_a_self_contained_picture(tmp_path):
    result = write_plot(tmp_path, "rates", samples.rates_spec())
    assert (result.name, result.title, result.data, result.picture) == (
        "rates",
        "Rates at the players",
        "rates.json",
        "rates.svg",
    )
    assert json.loads((tmp_path / "rates.json").read_text()) == samples.rates_spec()
    svg = (tmp_path / "rates.svg").read_text()
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert not list(root.iter("{http://www.w3.org/2000/svg}text")), "words are paths: no font is needed"
    for colour in ("#0072b2", "#d55e00"):
        assert f"stroke: {colour}" in svg and DARK[colour] in svg
    assert "prefers-color-scheme" in svg


def test_the_same_data_gives_the_same_bytes_in_another_process(tmp_path):
    write_plot(tmp_path, "here", samples.rates_spec())
    (tmp_path / "spec.json").write_text(json.dumps(samples.rates_spec()))
    code = (
        "import json, sys; from harness.report.plot import write_plot;"
        "write_plot(sys.argv[1], 'there', json.load(open(sys.argv[1] + '/spec.json')))"
    )
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, timeout=120)
    assert (tmp_path / "here.svg").read_bytes() == (tmp_path / "there.svg").read_bytes()


def test_reports_do_not_load_matplotlib_until_a_plot_is_drawn():
    code = "import sys, harness.report.page, harness.report.plot; sys.exit('matplotlib' in sys.modules)"
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    assert subprocess.run([sys.executable, "-c", code], env=environment, timeout=60).returncode == 0


@pytest.mark.parametrize("style", ["line", "step", "points", "bars"])
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_every_style_and_layout_with_gaps_and_hostile_words(tmp_path, style, layout):
    figure = spec(style=style, label=samples.HOSTILE, x=[0, 1, 3], y=[1, None, math.nan])
    figure["panels"] *= 3
    figure["panels"][1] = {"title": samples.HOSTILE, "series": [], "lines": [{"y": 2, "label": "$\\frac{"}, {"x": 1}]}
    figure.update(layout=layout, title=samples.HOSTILE)
    write_plot(tmp_path, "p", figure)
    ElementTree.parse(tmp_path / "p.svg")
    stored = json.loads((tmp_path / "p.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert stored["panels"][0]["series"][0]["y"] == [1, None, None]


def test_bars_may_have_words(tmp_path):
    write_plot(tmp_path, "p", spec(style="bars", x=["MPEG-TS", "MPEG-PS"]))
    ElementTree.parse(tmp_path / "p.svg")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [1]}, "1 values of x but 2 of y"),
        ({"style": "pie"}, "style 'pie'"),
        ({"y": [1, "many"]}, "'many' is not a number"),
    ],
)
def test_wrong_series_are_refused(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        write_plot(tmp_path, "p", spec(**change))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../p", "a/b", ".hidden", "a b", "p\n"])
def test_names_stay_inside_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="plot name"):
        write_plot(tmp_path, name, spec())


def test_wrong_figures_are_refused(tmp_path):
    with pytest.raises(ValueError, match="layout 'circle'"):
        write_plot(tmp_path, "p", {**spec(), "layout": "circle"})
    with pytest.raises(ValueError, match="0 panels"):
        write_plot(tmp_path, "p", {**spec(), "panels": []})


def test_downsampling_keeps_peaks_ends_and_gaps():
    x = list(range(200_000))
    y = [float(i % 10) for i in x]
    y[123_456], y[77_777], y[150_000] = 300.0, -50.0, math.nan
    few_x, few_y = downsample(x, y)
    assert len(few_x) == len(few_y) <= 4000
    assert few_x == sorted(set(few_x)) and few_x[0] == 0 and few_x[-1] == 199_999
    assert few_y[few_x.index(123_456)] == 300.0 and few_y[few_x.index(77_777)] == -50.0
    assert any(math.isnan(value) for value in few_y)
    assert downsample([1, 2], [3, 4]) == ([1, 2], [3, 4])
    assert len(downsample(x, [math.nan] * len(x))[0]) <= 4000


def test_a_long_measurement_makes_a_small_picture(tmp_path):
    write_plot(tmp_path, "p", spec(x=list(range(100_000)), y=[(i * 7919) % 1000 for i in range(100_000)]))
    assert (tmp_path / "p.svg").stat().st_size < 300_000


def test_medians_need_both_ends_of_their_intervals(tmp_path):
    medians = {"style": "medians", "x": [1, 100], "y": [2, 3], "lower": [1, 2], "upper": [4, 3.5], "label": "bw 1"}
    crosses = {"style": "crosses", "x": [1], "y": [2], "label": "failed"}
    wanted = {
        "x_scale": "log", "x_ticks": [{"x": 1, "label": "one"}, {"x": 100, "label": "hundred"}], "note": "median of 5 runs",
        "panels": [{"series": [medians, {**medians, "label": "bw 2", "joined": False}, crosses]}],
    }  # fmt: skip
    svg = picture(wanted)
    assert svg.startswith("<?xml") and svg != picture({**wanted, "x_scale": "linear"}) and svg != picture({**wanted, "note": ""})
    with pytest.raises(ValueError, match="2 values of y but 1 of lower"):
        picture({"panels": [{"series": [{**medians, "lower": [1]}]}]})
    with pytest.raises(ValueError, match="x_scale 'square'"):
        picture({**wanted, "x_scale": "square"})
