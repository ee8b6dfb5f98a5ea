"""Makes the pictures of docs/protocols/hmtp.md: sequence diagrams from a run's evidence, the cost of a message from a sweep's.

    ./lab run group.4-2-root group.4-2-join
    /usr/bin/python3 docs/images/draw_hmtp.py captures/latest
    ./lab sweep group.4-2-cost --over nodes=5,10,20,40,70,100 --repeat 3
    /usr/bin/python3 docs/images/draw_hmtp.py captures/sweeps/group.4-2-cost-…
"""

from __future__ import annotations

import csv
import pathlib
import shutil
import sys
from typing import Any

_FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(_FOLDER.parents[1]))

from harness.report import plot  # noqa: E402
from scenarios.group.kit.cost import FIGURES, KINDS  # noqa: E402

_PICTURES = {
    "hmtp-root.svg": "group.4-2-root/sequence-two-at-once.svg",
    "hmtp-join.svg": "group.4-2-join/sequence-walk.svg",
}


def take(run_folder: pathlib.Path) -> None:
    """Copies the drawings of a run. Raises OSError where it has none."""
    for picture, drawn in _PICTURES.items():
        shutil.copyfile(run_folder / drawn, _FOLDER / picture)


def cost(summary: pathlib.Path) -> dict[str, Any]:
    """What each figure is for each kind of delivery, over the number of nodes; medians with intervals."""
    with summary.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def series(kind: str, figure: str) -> dict[str, Any]:
        own = [row for row in rows if row["measurement"] == f"{figure} {kind}" and row["n"] != "0"]
        numbers = {name: [float(row[name]) for row in own] for name in ("nodes", "median", "lower", "upper")}
        return {
            "label": kind, "style": "medians", "x": numbers["nodes"], "y": numbers["median"], "lower": numbers["lower"],
            "upper": numbers["upper"],
        }  # fmt: skip

    panels = [{"title": one.capitalize(), "y_label": one, "series": [series(kind, one) for kind in KINDS]} for one in FIGURES]
    return {"title": "What one message costs", "x_label": "nodes", "panels": panels}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: draw_hmtp.py RUN-FOLDER|SWEEP-FOLDER")
    given = pathlib.Path(sys.argv[1])
    if (given / "summary.csv").exists():
        (_FOLDER / "hmtp-cost.svg").write_text(plot.picture(cost(given / "summary.csv")), encoding="utf-8")
    else:
        take(given)
