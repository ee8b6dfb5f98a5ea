"""The same pictures at a constant and at a variable rate: what each asks of a link of constant rate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness import about, above, below
from scenarios.tv.kit import rates, ts
from scenarios.tv.kit.clips.recipes import RATE

LINK = 700_000  # bit/s


def of_files(lab: Any, files: Mapping[str, Path]) -> None:
    """The CBR file never asks for more than a link of 0.7 Mbit/s has, the VBR one does, at a lower mean rate."""
    streams = {name: ts.read(file) for name, file in files.items()}
    by_second = {name: rates.of(stream, 1.0) for name, stream in streams.items()}
    behind = {name: round(rates.seconds_behind(stream, LINK), 6) for name, stream in streams.items()}
    need = {name: rates.decoder_need(stream, LINK) for name, stream in streams.items()}
    peak = about(RATE, percent=0.1, unit="bit/s")
    lab.expect(by_second["CBR"].peak, peak, "CBR: the busiest second is like any other", id="cbr-peak")
    lab.expect(by_second["VBR"].mean, below(RATE, "bit/s"), "VBR: the mean rate is even lower", id="vbr-mean")
    lab.expect(by_second["VBR"].peak_to_mean, above(2), "VBR: the busiest second, in mean rates", id="vbr-peak")
    lab.expect(behind["CBR"], below(0.01, "s"), "CBR: a link of 0.7 Mbit/s never falls behind", id="cbr-behind")
    lab.expect(behind["VBR"], above(1, "s"), "VBR: the same link falls behind by", id="vbr-behind")
    ratio = need["VBR"].bytes / need["CBR"].bytes
    lab.expect(ratio, above(3), "a decoder behind that link must buffer more for VBR, by this factor", id="buffer")
    _plot(lab, streams)


def _plot(lab: Any, streams: Mapping[str, ts.TransportStream]) -> None:
    panels: list[dict[str, Any]] = []
    for window in (0.1, 1.0):
        series = []
        for name, stream in reversed(streams.items()):
            found = rates.of(stream, window)
            series.append({"label": name, "x": found.starts.tolist(), "y": (found.values / 1e6).tolist(), "style": "step"})
        level = {"y": LINK / 1e6, "label": "link: 0.7 Mbit/s"}
        panels.append({"title": f"Rate in windows of {window:g} s", "y_label": "Mbit/s", "series": series, "lines": [level]})
    series = [
        {"label": name, "x": stream.times()[::20].tolist(), "style": "line",
         "y": (rates.arrivals(stream, LINK) - stream.times())[::20].tolist()}
        for name, stream in reversed(streams.items())
    ]  # fmt: skip
    panels.append({"title": "How far a link of 0.7 Mbit/s is behind", "y_label": "s", "series": series, "lines": []})
    lab.plot("rates", {"title": "The same pictures at a constant and at a variable rate", "x_label": "time in the clip (s)", "panels": panels})
