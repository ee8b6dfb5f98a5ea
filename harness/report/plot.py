"""Figures from measured data: NAME.json holds the data, NAME.svg the picture.

The picture is self-contained and the same everywhere: text is drawn as paths (no font is needed to see it), its bytes
depend on the data and the version of matplotlib alone, and a style sheet inside turns it dark where dark is preferred.
"""

from __future__ import annotations

import json
import math
import pathlib
import re
import warnings
from typing import Any

from harness.judge.files import write_text
from harness.judge.records import plain
from harness.judge.result import PlotResult
from harness.report.downsample import MOST_POINTS, downsample
from harness.report.text import one_line, shorten

STYLES = ("line", "step", "points", "bars", "medians", "crosses")
SCALES = ("linear", "log")
LAYOUTS = ("rows", "columns")
MOST_PANELS = 12
LEAST_POINTS = 800  # that a series keeps, however many there are

# Okabe and Ito's palette ("Color Universal Design", 2008) without yellow, and what replaces each colour on a dark page.
PALETTE = {
    "#0072b2": "#4ea8de",
    "#d55e00": "#ff8a4c",
    "#009e73": "#2fc79a",
    "#cc79a7": "#e79ac4",
    "#8a6d00": "#e3b341",
    "#56b4e9": "#9bd3f7",
}
COLOURS = list(PALETTE)
DASHES = ["-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 2, 2))]
INK, FAINT, GRID, PAPER = "#1f2428", "#5c6570", "#dfe3e8", "#ffffff"
DARK = {**PALETTE, INK: "#e6e9ec", FAINT: "#a0a9b3", GRID: "#333a42", PAPER: "#16191d"}

RC = {
    "svg.fonttype": "path",
    "svg.hashsalt": "wireproof",
    "text.parse_math": False,  # a "$" in a label is a dollar
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.7,
    "lines.solid_joinstyle": "round",
    "path.simplify": True,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": (-6, 9),  # powers of ten between which numbers are written out
}


def _number(value: Any, where: str) -> float:
    if value is None:
        return math.nan
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{where}: {value!r} is not a number") from None
    return result if math.isfinite(result) else math.nan


def _series(series: dict[str, Any], where: str) -> dict[str, Any]:
    """The series checked: numbers as floats (NaN for a gap), bars may have words as x."""
    style = series.get("style", "line")
    x, y = list(series.get("x", [])), list(series.get("y", []))
    if style not in STYLES:
        raise ValueError(f"{where}: style {style!r} is none of {', '.join(STYLES)}")
    if len(x) != len(y):
        raise ValueError(f"{where}: {len(x)} values of x but {len(y)} of y")
    words = style == "bars" and any(isinstance(value, str) for value in x)
    places: list[Any] = [one_line(value) for value in x] if words else [_number(value, where) for value in x]
    heights = [_number(value, where) for value in y]
    checked = {"label": one_line(series.get("label", "")), "style": style, "x": places, "y": heights, "words": words}
    if style == "medians":
        checked["joined"] = bool(series.get("joined", True))
        for side in ("lower", "upper"):
            ends = list(series.get(side, []))
            if len(ends) != len(y):
                raise ValueError(f"{where}: {len(y)} values of y but {len(ends)} of {side}")
            checked[side] = [_number(value, where) for value in ends]
    return checked


def _checked(spec: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    layout = spec.get("layout", "rows")
    if layout not in LAYOUTS:
        raise ValueError(f"layout {layout!r} is none of {', '.join(LAYOUTS)}")
    if spec.get("x_scale", "linear") not in SCALES:
        raise ValueError(f"x_scale {spec['x_scale']!r} is none of {', '.join(SCALES)}")
    panels = spec.get("panels") or []
    if not 1 <= len(panels) <= MOST_PANELS:
        raise ValueError(f"{len(panels)} panels, a figure has 1 to {MOST_PANELS}")
    checked = []
    for i, panel in enumerate(panels):
        where = f"panel {panel.get('title') or i + 1!r}"
        rows = [_series(row, f"{where}, series {row.get('label', '')!r}") for row in panel.get("series", [])]
        lines = [
            (axis, _number(line[axis], where), one_line(line.get("label", "")))
            for line in panel.get("lines", [])
            for axis in ("x", "y")
            if line.get(axis) is not None
        ]
        checked.append({**panel, "series": rows, "lines": lines})
    return checked, layout


def _draw_bars(axes: Any, rows: list[dict[str, Any]], colours: dict[str, str]) -> None:
    """Bars side by side. Words, and numbers at uneven distances, stand at equal distances in order of appearance."""
    places = list(dict.fromkeys(value for row in rows for value in row["x"]))
    steps = {round(b - a, 9) for a, b in zip(places, places[1:])} if not any(row["words"] for row in rows) else {0, 1}
    even = len(steps) <= 1 and min(steps, default=1) > 0
    at = {value: value if even else i for i, value in enumerate(places)}
    room = 0.72 * (min(steps) if even and steps else 1.0)
    size = room / len(rows)
    for i, row in enumerate(rows):
        lefts = [at[value] - room / 2 + size * (i + 0.5) for value in row["x"]]
        axes.bar(lefts, row["y"], size, color=colours[row["label"]], label=row["label"])
    if not even or len(places) <= 20:
        names = [shorten(value, 24) if isinstance(value, str) else f"{value:g}" for value in places]
        axes.set_xticks([at[value] for value in places], names)


def _draw_medians(axes: Any, row: dict[str, Any], place: int, colour: str) -> None:
    """Medians, each with a bar over its interval, and a line through them where they are joined."""
    bars = [[y - low for y, low in zip(row["y"], row["lower"])], [high - y for y, high in zip(row["y"], row["upper"])]]
    axes.errorbar(
        row["x"], row["y"], bars, color=colour, linestyle=DASHES[place % len(DASHES)] if row["joined"] else "none", marker="os^Dv"[place % 5], markersize=4.5,
        capsize=3.5, elinewidth=1.1, label=row["label"],
    )  # fmt: skip


def _draw_series(axes: Any, row: dict[str, Any], place: int, colour: str, most: int) -> None:
    x, y = row["x"], row["y"]
    if row["style"] == "medians":
        _draw_medians(axes, row, place, colour)
        return
    if row["style"] == "crosses":
        axes.plot(x, y, "x", markersize=11, markeredgewidth=1.8, color=INK, label=row["label"], zorder=6)
        return
    x, y = downsample(x, y, most)
    if row["style"] == "points":
        size = 4.0 if len(x) <= 300 else 2.0
        marker = "os^Dv"[place % 5]
        axes.plot(x, y, marker, markersize=size, markeredgewidth=0, color=colour, label=row["label"], alpha=0.85)
        return
    drawstyle = "steps-post" if row["style"] == "step" else "default"
    axes.plot(x, y, color=colour, linestyle=DASHES[place % len(DASHES)], drawstyle=drawstyle, label=row["label"])


def _draw_lines(axes: Any, lines: list[tuple[str, float, str]]) -> None:
    """Reference lines, each with its name beside it: of a level at the right edge, of a moment at the top."""
    for axis, value, label in lines:
        if math.isnan(value):
            continue
        label = shorten(label, 40)
        if axis == "y":
            axes.axhline(value, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=1.5)
            axes.annotate(
                label, (1, value), (0, 3), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                ha="right", va="bottom", fontsize=8.5, color=FAINT, zorder=5, bbox=_HALO, in_layout=False,
            )  # fmt: skip
        else:
            axes.axvline(value, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=1.5)
            axes.annotate(
                label, (value, 1), (4, -2), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                ha="left", va="top", fontsize=8.5, color=FAINT, zorder=5, bbox=_HALO, in_layout=False,
            )  # fmt: skip


_ROUNDED = re.compile(r"-?\d+\.\d{3,}")
_HALO = {"boxstyle": "square,pad=0.15", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.75}


def _draw_panel(axes: Any, panel: dict[str, Any], colours: dict[str, str], most: int) -> None:
    rows = panel["series"]
    bars = [row for row in rows if row["style"] == "bars"]
    if any(row["x"] for row in bars):
        _draw_bars(axes, bars, colours)
    for row in rows:
        if row["style"] != "bars":
            _draw_series(axes, row, list(colours).index(row["label"]), colours[row["label"]], most)
    heights = [value for row in rows for value in row["y"] if not math.isnan(value)]
    axes.margins(x=0.04 if bars else 0.01)
    _draw_lines(axes, panel["lines"])
    if not heights:
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", va="center", color=FAINT)
    if panel.get("title"):
        axes.set_title(shorten(one_line(panel["title"]), 60), pad=9)


def _set_scale(all_axes: Any, spec: dict[str, Any]) -> None:
    """The x axis: linear or logarithmic, with ticks of its own if the specification names them."""
    ticks = spec.get("x_ticks")
    for axes in all_axes:
        if spec.get("x_scale") == "log":  # setting "linear" again would take away the ticks of bars
            axes.set_xscale("log")
        if ticks:
            axes.set_xticks([_number(tick["x"], "x_ticks") for tick in ticks], [shorten(one_line(tick["label"]), 24) for tick in ticks])
            axes.minorticks_off()
            axes.margins(x=0.04)


def _figure(spec: dict[str, Any], panels: list[dict[str, Any]], layout: str) -> Any:
    from matplotlib.figure import Figure

    count, beside = len(panels), layout == "columns"
    labels = dict.fromkeys(row["label"] for panel in panels for row in panel["series"])
    colours = {label: COLOURS[i % len(COLOURS)] for i, label in enumerate(labels)}
    size = (max(7.6, 3.6 * count + 0.8) if beside else 7.6, 3.5 if beside or count == 1 else 0.7 + 2.3 * count)
    figure = Figure(size, layout="constrained")
    # A figure of many series needs fewer points in each: no panel is wider than some hundred pixels.
    most = max(LEAST_POINTS, min(MOST_POINTS, 2 * MOST_POINTS // max(1, sum(len(p["series"]) for p in panels))))
    alike = not any(panel.get("y_label") for panel in panels)
    shape = (1, count) if beside else (count, 1)
    grid = figure.subplots(*shape, squeeze=False, sharex=True, sharey=beside or alike)
    for i, (axes, panel) in enumerate(zip(grid.flat, panels)):
        _draw_panel(axes, panel, colours, most)
        if beside or i == count - 1:
            note = f"\n{one_line(spec['note'])}" if spec.get("note") else ""
            axes.set_xlabel(one_line(spec.get("x_label", "")) + note)
        if not alike or (i == 0 and (beside or count == 1)):
            axes.set_ylabel(one_line(panel.get("y_label") or spec.get("y_label", "")))
    if alike and count > 1 and not beside:
        figure.supylabel(one_line(spec.get("y_label", "")), fontsize=10)
    _set_scale(grid.flat, spec)
    for axes in grid.flat:
        # Lengths and areas compare rightly only from zero. dataLim spans what is drawn, reference lines too.
        if axes.dataLim.y0 >= 0 and all(other.dataLim.y0 >= 0 for other in grid.flat if beside or alike):
            # The margin that matplotlib left above is a share of a span that did not begin at zero.
            axes.set_ylim(0, max(axes.get_ylim()[1], 1.05 * axes.dataLim.y1))
    handles: dict[str, Any] = {}
    for axes in grid.flat:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            handles.setdefault(label, handle)
    named = [label for label in labels if label in handles and label]  # matplotlib puts bars with ends last
    if named:
        words = [shorten(label, 70) for label in named]
        most = min(len(named), max(1, int(size[0] * 12 / (max(map(len, words)) + 7))))
        # Below the panels: one line of text is 0.19 in.
        share = (0.1 + 0.19 * -(-len(named) // most)) / size[1]
        figure.get_layout_engine().set(rect=(0, share, 1, 1 - share))
        figure.legend([handles[label] for label in named], words, loc="lower center", ncols=most, handlelength=2.6, borderaxespad=0.2)
    if spec.get("title"):
        figure.suptitle(shorten(one_line(spec["title"]), 90), x=0.012, ha="left", fontsize=12, fontweight="bold")
    return figure


def _dark_style() -> str:
    rules = "".join(
        f'[style*="{kind}: {light}"]{{{kind}:{dark}!important}}'
        for light, dark in DARK.items()
        for kind in ("fill", "stroke")
    )
    return f"<style>@media screen and (prefers-color-scheme:dark){{{rules}}}</style>"


def picture(spec: dict[str, Any]) -> str:
    """The figure as SVG text. Raises ValueError with what is wrong in the spec."""
    panels, layout = _checked(spec)
    # Imported here: it takes most of a second, and most scenarios draw nothing.
    import io

    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with matplotlib.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # drawn as a box, as any program does
        figure = _figure(spec, panels, layout)
        FigureCanvasSVG(figure)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "wireproof"})
    # A hundredth of a point is finer than any screen; the figure gets a third smaller.
    text = re.sub(r'\bd="[^"]*"', lambda path: _ROUNDED.sub(lambda n: f"{float(n[0]):.2f}", path[0]), stream.getvalue())
    return re.sub(r"(<svg\b[^>]*>)", lambda match: match[1] + _dark_style(), text, count=1)


def write_plot(folder: pathlib.Path | str, name: str, spec: dict[str, Any]) -> PlotResult:
    """Writes NAME.json (all the data) and NAME.svg (downsampled) into the folder.

    spec: {"title", "x_label", "y_label", "panels": [{"title", "y_label", "series": [{"label", "x": […], "y": […],
    "style": "line" | "step" | "points" | "bars" | "medians" | "crosses"}], "lines": [{"x" or "y": value, "label"}]}], "layout": "rows" |
    "columns", "note": a line below the x axis, "x_scale": "linear" | "log", "x_ticks": [{"x", "label"}]}. A series of medians
    has "lower" and "upper" too, the ends of their intervals, and may have "joined": False; crosses mark points. Labels of axes name the unit. None and NaN are gaps. Panels share their x axis, and side by side also
    their y axis; equal labels get equal colours. Raises ValueError for a wrong spec or name.
    """
    folder = pathlib.Path(folder)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise ValueError(f"plot name {name!r}: letters, digits, '.', '_' and '-' only")
    svg = picture(spec)
    write_text(folder / f"{name}.json", json.dumps(plain(spec), ensure_ascii=False, allow_nan=False) + "\n")
    write_text(folder / f"{name}.svg", svg)
    return PlotResult(name, one_line(spec.get("title", name)), f"{name}.json", f"{name}.svg")
