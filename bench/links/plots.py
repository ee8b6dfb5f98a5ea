"""The figures of the bench as pictures."""

from __future__ import annotations

from typing import Any

from bench.links import mahimahi, theory
from bench.links.tables import Results, Row, figure

NAMES = {
    "rate": "Error of TCP and UDP goodput for each rate and means",
    "delay": "Distribution of the error of the delay",
    "loss": "Packets lost, as a share of those asked for, for each loss",
    "queue": "Packets waiting beyond the bound, for each queue and means",
}
_WIDEST = 1.2  # ms of the delay's error that are shown
_LABELS = {"HTB": "HTB", "netem": "netem and HTB", "wire": "wire"}
PAPER = "mahimahi, on paper"

Spec = dict[str, Any]


def specs(results: Results) -> dict[str, Spec]:
    """What harness.report.plot draws, by name; a picture that would be empty is left out."""
    found = {"rate": rate(results), "delay": delay(results), "loss": loss(results), "queue": queue(results)}
    return {name: spec for name, spec in found.items() if any(panel["series"] for panel in spec["panels"])}


def rate(results: Results) -> Spec:
    """Of this machine alone: on a slower one the processor is the bound."""
    rates = results.values("udp", "bw")
    panels = []
    for kind in ("UDP", "TCP"):
        own = {means: [(f"{bw:g}", row) for bw in rates for row in results.find(kind.lower(), means, bw=bw)[:1] if row in results.rows]
               for means in ("HTB", "netem", "wire")}  # fmt: skip
        series = [_bars(_LABELS[means], rows, f"{kind} goodput") for means, rows in own.items()]
        errors = [100 * mahimahi.rate_error(bw, 60_000) for bw in rates]
        paper = {"label": f"{PAPER} (trace of 1 min)", "style": "bars", "x": [f"{bw:g}" for bw in rates], "y": errors}
        shown = [one for one in series if one["x"]]
        panels.append({"title": f"{kind} goodput against theory", "y_label": "error, %", "series": [*shown, paper] if shown else [],
                       "lines": [{"y": 0.5, "label": "goal"}, {"y": -0.5, "label": ""}]})  # fmt: skip
    return {"title": "Rate", "x_label": "rate asked for, Mbit/s", "panels": panels}


def _bars(label: str, rows: list[tuple[str, Row]], name: str) -> Spec:
    return {"label": label, "style": "bars", "x": [place for place, _ in rows], "y": [figure(row, name)["error"] for _, row in rows]}


def delay(results: Results) -> Spec:
    """Share of packets that are at most so much later than declared."""
    panels = []
    delays = results.values("delay", "delay")
    for wanted in [delays[place] for place in sorted({0, len(delays) // 2, len(delays) - 1})] if delays else []:
        series = []
        for label, means in (("plain veth pair", "plain"), ("wire", "wire"), ("netem", "netem")):
            for row in results.find("delay", means, delay=0 if means == "plain" else wanted)[:1]:
                series.append(_shares(label, row["more"]["quantiles_ms"]))
        if any(one["label"] != "plain veth pair" for one in series):
            series.append(_shares(PAPER, [1e3 * one for one in theory.quantiles(mahimahi.delay_errors(wanted, 500))]))
            panels.append({"title": f"{wanted} ms", "series": series, "lines": [{"x": 0.0, "label": ""}]})
    return {"title": "Delay", "x_label": "ms later than declared", "y_label": "share of packets", "layout": "columns", "panels": panels}


def _shares(label: str, quantiles: list[float]) -> Spec:
    """A distribution from its quantiles at even steps, from end to end of the picture."""
    last = len(quantiles) - 1
    inside = [(value, place / last) for place, value in enumerate(quantiles) if -_WIDEST <= value <= _WIDEST]
    below = sum(value < -_WIDEST for value in quantiles) / last
    points = [(-_WIDEST, below), *([(inside[0][0], inside[0][1])] if inside else []), *inside, (_WIDEST, inside[-1][1] if inside else below)]
    return {"label": label, "style": "step", "x": [x for x, _ in points], "y": [y for _, y in points]}


def loss(results: Results) -> Spec:
    asked = [value for value in results.values("loss", "loss") if value]
    series = []
    for label, means in (("wire", "wire"), ("netem", "netem")):
        rows = [(f"{value:g}", row) for value in asked for row in results.find("loss", means, loss=value)[:1]]
        if rows:
            shares = [figure(row, "loss")["measured"] / row["point"]["loss"] for _, row in rows]
            series.append({"label": label, "style": "bars", "x": [asked.index(row["point"]["loss"]) for _, row in rows], "y": shares})
    rows = [row for value in asked for row in results.find("loss", "wire", loss=value)[:1]]
    if rows:
        places = [asked.index(row["point"]["loss"]) for row in rows]
        trials = [row["more"]["packets"] for row in rows]
        decided = [2 * row["more"]["predicted"] / count * 100 / row["point"]["loss"] for row, count in zip(rows, trials)]
        series.append({"label": "what the seed decides", "style": "crosses", "x": places, "y": decided})
        ends = [theory.chance_interval(count // 2, row["point"]["loss"] / 100) for row, count in zip(rows, trials)]
        series.append({
            "label": "95 % of all seeds", "style": "medians", "joined": False, "x": places, "y": [1.0] * len(rows),
            "lower": [low * 100 / row["point"]["loss"] for (low, _), row in zip(ends, rows)],
            "upper": [high * 100 / row["point"]["loss"] for (_, high), row in zip(ends, rows)],
        })  # fmt: skip
    ticks = [{"x": place, "label": f"{value:g} %"} for place, value in enumerate(asked)]
    return {"title": "Loss", "x_label": "loss asked for", "y_label": "lost / asked for", "x_ticks": ticks, "panels": [{"series": series}]}


def queue(results: Results) -> Spec:
    points = {(row["point"]["bw"], row["point"]["queue"]): None for row in results.rows if row["point"]["kind"] == "queue"}
    series = []
    for means in ("HTB", "netem", "wire"):
        rows = [(_name(bw, bound), row) for bw, bound in points for row in results.find("queue", means, bw=bw, queue=bound)[:1]]
        if rows:
            waited = [figure(row, "most waiting") for _, row in rows]
            series.append({"label": _LABELS[means], "style": "bars", "x": [place for place, _ in rows], "y": [one["measured"] for one in waited]})
    declared = [figure(row, "most waiting")["expected"] for bw, bound in points for row in results.find("queue", "wire", bw=bw, queue=bound)[:1]]
    if series and len(declared) == len(points):
        series.insert(0, {"label": "declared", "style": "bars", "x": [_name(bw, bound) for bw, bound in points], "y": declared})
    return {"title": "Queue", "x_label": "Mbit/s, queue", "y_label": "full frames waiting, at most", "panels": [{"series": series}]}


def _name(bw: float, bound: int | str) -> str:
    return f"{bw:g}, {bound}"
