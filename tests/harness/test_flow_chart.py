"""Flow charts: the committed drawings are fresh, and walks along them are judged."""

from __future__ import annotations

import pathlib

import pytest

from harness.judge.scenario import ROOT
from scenarios.tv.kit.flow_chart import FlowChart, FlowChartError, draw, is_fresh

CHARTS = sorted((ROOT / "docs" / "flow-charts").glob("*.dot"))
LOOP = r"""digraph {
  begin -> open -> look; look -> look; look -> more; more -> read [label="yes"]; read -> send -> more; more -> close -> end;
  open [comment="^open"]; look [comment="^read"]; read [comment="^read"]; send [comment="^send"]; close [comment="^close"];
}"""


@pytest.fixture
def loop(tmp_path: pathlib.Path) -> FlowChart:
    file = tmp_path / "loop.dot"
    file.write_text(LOOP)
    return FlowChart.read(file)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda path: path.stem)
def test_drawing_is_made_from_the_present_text(chart: pathlib.Path) -> None:
    assert is_fresh(chart), f"draw it again: python3 -m scenarios.tv.kit.flow_chart {chart.relative_to(ROOT)}"


def test_there_is_a_chart() -> None:
    assert CHARTS


def test_changed_text_makes_the_drawing_stale(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a.dot"
    file.write_text("digraph { a -> b }")
    assert not is_fresh(file)
    draw(file)
    assert is_fresh(file)
    file.write_text("digraph { a -> c }")
    assert not is_fresh(file)


def test_text_that_is_no_graph_is_told(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "bad.dot"
    file.write_text("digraph { a -> ")
    with pytest.raises(FlowChartError, match="bad.dot: .*syntax error"):
        draw(file)


def test_a_program_that_follows_the_chart(loop: FlowChart) -> None:
    walk = loop.walk(["open(", "ioctl(", "read(", "read(", "read(", "send(", "read(", "send(", "close("])
    assert walk.taken == ["open", "look", "look", "read", "send", "read", "send", "close"]
    assert (walk.stray, walk.complete) == ("", True)


def test_a_call_out_of_order_is_named(loop: FlowChart) -> None:
    walk = loop.walk(["open(", "read(", "send(1", "close("])
    assert (walk.stray, walk.complete) == ("send(1", False)
    assert walk.taken == ["open", "look"]


def test_calls_that_stop_on_the_way(loop: FlowChart) -> None:
    walk = loop.walk(["open(", "read(", "read(", "send("])
    assert (walk.taken, walk.stray, walk.complete) == (["open", "look", "read", "send"], "", False)


def test_no_calls_at_all(loop: FlowChart) -> None:
    assert loop.walk([]).taken == []
    assert not loop.walk([]).complete
