"""Makes the pictures of docs/protocols/utc.md: an hour in virtual time by clock-simulation, the others from a run's evidence.

    ./lab run services.ex10-error services.ex10-beside
    /usr/bin/python3 docs/images/draw_utc.py captures/latest
"""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys
from typing import Any

_FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(_FOLDER.parents[1]))

from harness.report import plot  # noqa: E402
from harness.world.machine import programs_folder  # noqa: E402

_PICTURES = {"utc-error.svg": "services.ex10-error/error.svg", "utc-beside.svg": "services.ex10-beside/errors.svg"}
_HOURS = {
    "10 to 15 ms in each direction": ["--drift", "50"],
    "10 to 15 ms to the server, 40 to 45 ms back": ["--drift", "50", "--back", "40"],
}


def hour(words: list[str]) -> list[dict[str, float]]:
    """Time, error and bound, every 10 s for an hour."""
    done = subprocess.run([programs_folder() / "clock-simulation", *words, "--json", "-"], check=True, capture_output=True)
    return list(json.loads(done.stdout)["points"])


def panel(title: str, points: list[dict[str, float]]) -> dict[str, Any]:
    """Of an hour; the bound on both sides of zero."""
    x = [one["at"] / 60 for one in points]
    series = [{"label": "error of the clock", "x": x, "y": [1e3 * one["error"] for one in points]}]
    series += [{"label": "bound", "x": x, "y": [side * 1e3 * one["bound"] for one in points]} for side in (1, -1)]
    return {"title": title, "series": series}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: draw_utc.py RUN-FOLDER")
    for picture, drawn in _PICTURES.items():
        shutil.copyfile(pathlib.Path(sys.argv[1]) / drawn, _FOLDER / picture)
    panels = [panel(title, hour(words)) for title, words in _HOURS.items()]
    spec = {"title": "An hour of a clock that gains 50 µs a second, and is set every 64 s", "x_label": "minutes", "y_label": "ms", "panels": panels}
    (_FOLDER / "utc-hour.svg").write_text(plot.picture(spec), encoding="utf-8")
