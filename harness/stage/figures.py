"""Figures that a scenario measures and draws; a part of harness.stage.lab.Lab."""

from __future__ import annotations

import math
import pathlib
import re
import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from harness.evidence.capture.rates import Rate
from harness.judge.expect import amount
from harness.judge.parameters import Values
from harness.judge.result import Measurement, PlotResult

if TYPE_CHECKING:
    from harness.stage.host import Host

_UNITS = {"bit/s": 1.0, "kbit/s": 1e3, "Mbit/s": 1e6}


class Figures:
    """Methods of Lab."""

    folder: pathlib.Path
    parameters: Values
    measurements: list[Measurement]
    plots: list[PlotResult]
    tell: Callable[[str, str, str, str], None]

    def measure(self, name: str, value: float, unit: str = "") -> float:
        """Records a measured figure under a name, once a run, and gives it back; `./lab sweep` takes medians of it."""
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9 _.-]*", name):
            raise ValueError(f"measurement {name!r}: names are made of letters, digits, spaces, '_', '-' and '.'")
        if name in dict(self.parameters):
            raise ValueError(f"measurement {name!r}: a parameter has this name already")
        if any(row.name == name for row in self.measurements):
            raise ValueError(f"measurement {name!r} is recorded twice in one run")
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"measurement {name!r} is {value}, not a finite number")
        self.measurements.append(Measurement(name, number, unit))
        self.tell("note", "", "", f"measured {name}: {amount(value, unit)}")
        return value

    def plot(self, name: str, spec: dict[str, Any]) -> None:
        """Draws a figure (harness.report.plot describes the specification)."""
        from harness.report.plot import write_plot

        self.plots.append(write_plot(self.folder, name, spec))

    def plot_rates(
        self, name: str, title: str, rates: Mapping[str | Host, Rate], *, since: float, unit: str = "kbit/s", what: str = "rate",
        lines: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        """Draws rates over time, each by its label or host, from an instant on (seconds since the epoch). lines: label → bit/s, such as the
        rate of the link; what: is measured ("payload"); unit: bit/s, kbit/s or Mbit/s."""
        scale = _UNITS[unit]
        series = {label: (rate.times, rate.values / scale) for label, rate in rates.items()}
        levels = {label: value / scale for label, value in (lines or {}).items()}
        self.plot_over_time(name, title, series, f"{what} ({unit})", since=since, style="step", lines=levels)

    def plot_over_time(
        self, name: str, title: str, series: Mapping[str | Host, tuple[Any, Any]], y_label: str, *,
        since: float = 0.0, style: str = "line", lines: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        """Draws values over time: label or host → times and values. since: the instant that is 0 in the figure (seconds since the epoch);
        lines: label → a value that is marked by a line; style: line, step or points."""
        rows = [
            {"label": _label(label), "style": style, "x": [float(time) - since for time in times], "y": [float(value) for value in values]}
            for label, (times, values) in series.items()
        ]
        marked = [{"y": value, "label": label} for label, value in (lines or {}).items()]
        self.plot(name, {"title": title, "x_label": "time (s)", "y_label": y_label, "panels": [{"lines": marked, "series": rows}]})

    def plot_bars(self, name: str, title: str, bars: Mapping[str, Mapping[str, float]], y_label: str) -> None:
        """Draws bars side by side: label of a colour → place on the axis → height."""
        rows = [{"label": label, "style": "bars", "x": list(heights), "y": list(heights.values())} for label, heights in bars.items()]
        self.plot(name, {"title": title, "y_label": y_label, "panels": [{"series": rows}]})

    def drawing(self, name: str, title: str, picture: pathlib.Path, source: pathlib.Path) -> None:
        """Shows a drawing (SVG) beside the figures, with the text source it was made from."""
        files = [shutil.copyfile(file, self.folder / (name + file.suffix)) for file in (source, picture)]
        self.plots.append(PlotResult(name, title, *(file.name for file in files)))

    def screenshot(self, name: str, title: str, picture: pathlib.Path) -> None:
        """Shows a picture (PNG) beside the figures, such as what a browser made of a page; a copy stays with the evidence."""
        target = self.folder / (name + picture.suffix)
        if picture != target:
            shutil.copyfile(picture, target)
        self.plots.append(PlotResult(name, title, "", target.name))


def _label(key: str | Host) -> str:
    return key if isinstance(key, str) else key.name
