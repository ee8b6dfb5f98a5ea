"""From records to points, tables and figures, without running anything."""

from __future__ import annotations

import csv
import io
import pathlib

import pytest

from harness.cli.sweep_progress import seconds_left
from harness.judge.parameters import Choice, Parameter
from harness.judge.result import Measurement, Verdict
from harness.run.sweep.figures import figure, write_figures
from harness.run.sweep.journal import Plan, Record
from harness.run.sweep.summary import interval_note, summarise
from harness.run.sweep.tables import runs_csv, summary_csv

DECLARED = {"bw": Parameter(1.0, "Mbit/s"), "queue": Parameter(10), "loss": Parameter(0.0, "%"), "congestion": Choice("cubic", "reno", "bbr")}
KEY = ("goodput", "Mbit/s")


def recorded(plan: Plan, measure=lambda run: {"goodput": run.values.get("bw", 1) + run.repetition / 100}, verdict=lambda run: Verdict.PASS) -> list[Record]:
    return [
        Record(run.point, run.repetition, run.values, run.seed, verdict(run), 1, 0.0, 1.0, [],
               [Measurement(name, value, "Mbit/s") for name, value in measure(run).items()], "./lab run", "runs/x")
        for run in plan.runs()
    ]  # fmt: skip


def plan(repeat: int = 7, **over: list) -> Plan:
    return Plan("test.rate", over, {}, repeat, 1)


def test_medians_of_judged_runs_only() -> None:
    grid = plan(bw=[1.0, 2.0])
    ends = {1: Verdict.INCONCLUSIVE, 2: Verdict.SKIPPED, 3: Verdict.FAIL}
    points, keys = summarise(grid, recorded(grid, verdict=lambda run: ends.get(run.repetition, Verdict.PASS)))
    assert keys == [KEY] and [point.verdict for point in points] == [Verdict.FAIL] * 2
    one = points[0].estimates[KEY]
    assert (one.n, one.median, one.lower, one.upper) == (5, 1.05, 1.03, 1.07), "what FAILed is counted, what was not judged is not"
    assert points[0].verdicts == {Verdict.PASS: 4, Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 1, Verdict.SKIPPED: 1}


def test_a_point_is_as_good_as_its_worst_run() -> None:
    grid = plan(bw=[1.0], repeat=3)
    for ends, verdict in (("PPP", "PASS"), ("PSP", "SKIPPED"), ("PSI", "INCONCLUSIVE"), ("FSI", "FAIL")):
        names = {name.value[0]: name for name in Verdict}
        [point], _ = summarise(grid, recorded(grid, verdict=lambda run: names[ends[run.repetition - 1]]))
        assert point.verdict is Verdict(verdict)
    [nothing], _ = summarise(grid, [])
    assert nothing.verdict is None


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        (1, "one run each"), (5, "median of 5 runs; bars: lowest to highest value (6 runs give a confidence interval)"),
        (6, "median of 6 runs; bars: its confidence interval (96.9 % at least)"),
    ],
)  # fmt: skip
def test_notes_say_what_bars_are(repeat: int, said: str) -> None:
    grid = plan(bw=[1.0, 2.0], repeat=repeat)
    records = recorded(grid)
    assert interval_note(*summarise(grid, records)) == said
    if repeat == 6:
        assert interval_note(*summarise(grid, records[:-1])).endswith("with fewer than 6 runs lowest to highest value")


def test_tables_have_a_row_for_everything() -> None:
    grid = plan(bw=[1.0, 2.0], congestion=["cubic", "bbr"], repeat=2)
    records = recorded(grid, measure=lambda run: {} if run.values["congestion"] == "bbr" else {"goodput": 0.1 + 0.2})
    points, keys = summarise(grid, records)
    rows = list(csv.reader(io.StringIO(runs_csv(grid, DECLARED, records, keys))))
    assert rows[0] == ["point", "repetition", "bw (Mbit/s)", "congestion", "seed", "attempt", "verdict", "run time (s)", "goodput (Mbit/s)"]
    assert len(rows) == 9 and rows[1][-1] == "0.30000000000000004" and rows[2][-1] == "", "figures keep all their digits"
    rows = list(csv.reader(io.StringIO(summary_csv(grid, DECLARED, points, keys))))
    assert len(rows) == 5 and rows[2][:3] == ["2", "1", "bbr"] and rows[2][-5:] == ["0", "", "", "", ""]


def test_a_line_for_each_value_of_the_second_parameter() -> None:
    grid = plan(queue=[1000, 10, 100], loss=[0.0, 5.0])
    spec = figure(grid, DECLARED, summarise(grid, recorded(grid))[0], KEY)
    [panel] = spec["panels"]
    assert [row["label"] for row in panel["series"]] == ["loss 0%", "loss 5%"]
    assert [row["x"] for row in panel["series"]] == [[10, 100, 1000]] * 2, "in order, whatever the order of the grid"
    assert spec["x_scale"] == "log" and {tick["label"] for tick in spec["x_ticks"]} == {"10", "100", "1000"}
    assert spec["x_label"] == "queue" and spec["y_label"] == "goodput (Mbit/s)"


def test_words_stand_side_by_side() -> None:
    grid = plan(congestion=["bbr", "cubic"], bw=[1.0, 2.0])
    spec = figure(grid, DECLARED, summarise(grid, recorded(grid, verdict=lambda run: Verdict.FAIL if run.point == 3 else Verdict.PASS))[0], KEY)
    first, second, crosses = spec["panels"][0]["series"]
    assert first["x"] == pytest.approx([-0.06, 0.94]) and second["x"] == pytest.approx([0.06, 1.06]) and not first["joined"]
    assert (crosses["x"], crosses["y"]) == ([second["x"][1]], [second["y"][1]])
    assert [tick["label"] for tick in spec["x_ticks"]] == ["bbr", "cubic"] and "x_scale" not in spec


def test_panels_for_the_other_parameters(tmp_path: pathlib.Path) -> None:
    grid = plan(bw=[1.0, 2.0], queue=[5, 6], loss=[float(i) for i in range(8)], congestion=["cubic", "reno"], repeat=1)
    records = recorded(grid, measure=lambda run: {"goodput": 1, "good-put": 2})
    points, keys = summarise(grid, records)
    spec = figure(grid, DECLARED, points, KEY)
    assert len(spec["panels"]) == 12 and spec["panels"][1]["title"] == "loss 0%, congestion reno" and "4 more panels" in spec["title"]
    assert [plot.name for plot in write_figures(tmp_path, grid, DECLARED, points, keys)] == ["1-goodput", "2-good-put"]


@pytest.mark.parametrize(
    ("waiting", "running", "done", "elapsed", "abreast", "left"),
    [
        ([10, 10, 10, 10], [], [], 0, 2, 20), ([10], [], [], 0, 8, 10), ([], [], [(1, 1)], 1, 1, 0), ([10] * 4, [], [(10, 20)] * 4, 40, 1, 40),
        ([10] * 4, [(10, 5)], [(10, 10)] * 2, 25, 6, 45), ([], [(10, 30)], [(10, 10)], 40, 1, 1), ([], [(10, 30)], [], 30, 1, 3), ([0.5], [], [(5, 5)], 5, 1, 0.5),
    ],
)  # fmt: skip
def test_the_time_left(waiting, running, done, elapsed, abreast, left) -> None:
    assert seconds_left(waiting, running, done, elapsed, abreast) == pytest.approx(left)


def test_the_command_is_the_whole_sweep() -> None:
    one = Plan("test.rate", {"bw": [0.5, 2.0], "congestion": ["bbr"]}, {"loss": 1.0}, 5, 3, {"netcat": "nc -4"}, "bridge", "wire", True)
    assert one.command == (
        "./lab sweep test.rate --over bw=0.5,2 --over congestion=bbr --set loss=1 --repeat 5 --seed 3 --with 'netcat=nc -4' --switch bridge --links wire --keep-captures"
    )
