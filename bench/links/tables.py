"""Rows as they are looked up and written: JSON, CSV, and cells of a table."""

from __future__ import annotations

import csv
import io
import json
import statistics
from typing import Any

Row = dict[str, Any]

_COLUMNS = (
    "machine", "row", "kind", "means", "bw_mbit", "delay_ms", "loss_percent", "queue", "mtu", "round", "figure", "unit", "expected", "measured", "error",
    "error_unit", "good", "attempt", "attempts", "disturbed", "foreign_cores", "stolen_cores", "busy_cores", "lag_p99_ms", "lag_max_ms", "load",
)  # fmt: skip


class Results:
    """rows: the best attempt of each; facts: of the machine; beside: results of another machine, for what this one cannot do."""

    def __init__(self, rows: list[Row], facts: dict[str, str], beside: "Results | None" = None) -> None:
        self.rows, self.facts, self.beside = rows, facts, beside

    def find(self, kind: str, means: str, **wanted: Any) -> list[Row]:
        """Those of a kind and means whose point has these values."""
        def fits(row: Row) -> bool:
            point = row["point"]
            return point["kind"] == kind and point["means"] == means and all(point[name] == value for name, value in wanted.items())

        return [row for row in self.rows if fits(row)] or (self.beside.find(kind, means, **wanted) if self.beside and means == "netem" else [])

    def values(self, kind: str, name: str) -> list[Any]:
        """Of a property of the points of a kind, in order, each once."""
        return sorted({row["point"][name] for row in self.rows if row["point"]["kind"] == kind and row["point"][name] is not None}, key=_order)

    def figures(self, kind: str, means: str, name: str) -> list[tuple[Row, Row]]:
        """(row, figure) of every row of a kind and means that has the figure."""
        return [(row, one) for row in self.find(kind, means) for one in row["figures"] if one["name"] == name]


def _order(value: Any) -> tuple[bool, Any]:
    return isinstance(value, str), value


def figure(row: Row, name: str) -> Row:
    return next(one for one in row["figures"] if one["name"] == name)


def number(value: float, digits: int = 3) -> str:
    """With so many significant digits, never in powers of ten, a true minus sign; an error of nothing is 0."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - _exponent(value))
    text = f"{value:.{min(places, 6)}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def _exponent(value: float) -> int:
    return int(f"{abs(value):e}".partition("e")[2])


def signed(value: float, places: int) -> str:
    """"+0.004", "−1.20", "0.00"."""
    text = f"{value:+.{places}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


MARK = "†"


def cell(rows: list[Row], name: str, places: int = 2) -> str:
    """The error of a figure in the row found, marked where the machine was disturbed; "–" where there is no row."""
    if not rows:
        return "–"
    return signed(figure(rows[0], name)["error"], places) + (MARK if rows[0]["disturbed"] else "")


def table(head: list[str], lines: list[list[str]], left: int = 1) -> str:
    """Markdown; the first `left` columns are words, the others numbers."""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines]) + "\n"


def medians(results: Results, means: str, **wanted: Any) -> tuple[float, list[float], bool] | None:
    """(median, all, whether any was disturbed) of the rounds of a "bulk" row."""
    rows = results.find("bulk", means, **wanted)
    values = [row["figures"][0]["measured"] for row in rows]
    return (statistics.median(values), values, any(row["disturbed"] for row in rows)) if values else None


def as_json(results: Results, seconds: float) -> str:
    return json.dumps({"schema": 1, "facts": results.facts, "seconds": round(seconds, 1), "rows": results.rows}, indent=1) + "\n"


def from_json(text: str) -> Results:
    """Raises ValueError for what as_json() did not write."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("schema") != 1:
        raise ValueError("these are no figures of bench/links")
    return Results(data["rows"], data["facts"])


def as_csv(results: Results) -> str:
    """A line a figure."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in results.rows:
        point, machine = row["point"], row["disturbance"]
        for one in row["figures"]:
            writer.writerow([
                results.facts.get("kernel", ""), row["id"], point["kind"], point["means"], _shown(point["bw"]), point["delay"], _shown(point["loss"]),
                _shown(point["queue"]), point["mtu"], point["round"] or "", one["name"], one["unit"], _shown(one["expected"]), _shown(one["measured"]),
                _shown(one["error"]), one["error_unit"], _shown(one["good"]), row["attempt"], row["of"], "; ".join(row["disturbed"]),
                *(f"{machine[name]:.3f}" for name in ("foreign", "stolen", "busy")), f"{machine['lag_p99'] * 1e3:.3f}",
                f"{machine['lag_max'] * 1e3:.3f}", f"{machine['load']:.2f}",
            ])  # fmt: skip
    return stream.getvalue()


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value:.6g}" if isinstance(value, float) else str(value)
