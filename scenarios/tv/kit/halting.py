"""Players that get too little: they halt, go on, and reach the end of the clip late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness import about, above, equals
from scenarios.tv.kit.streams import screen

CLIP = 60.0  # s


def stops_and_goes(lab: Any, played: Any, reports: Mapping[float, Any], story: Callable[[], str]) -> None:
    """VLC at half rate, tv-probe's player there and at the clip's own rate. story: what came, for who reads that it is otherwise."""
    showing, slow = played.showing, reports[0.5]["player"]
    lab.expect(played.log.bufferings, above(2), "VLC fills its buffer again and again", id="bufferings", hint=story)
    lab.expect(showing.delay, about(CLIP, percent=8, unit="s"), "VLC's picture is late in the end by the clip's length", id="delay", hint=story)
    most = above(0.8 * showing.total).ideally(above(0.9 * showing.total))
    lab.expect(showing.intact, most, "VLC shows nine pictures in ten intact, all the same", id="intact", hint=story)
    lab.expect(slow["stalls"], above(20), "tv-probe's player stands still often", id="stalls", hint=story)
    lab.expect(slow["stall_seconds"], about(CLIP, percent=5, unit="s"), "in all for the clip's length again", id="seconds", hint=story)
    if 1 in reports:
        own = reports[1]["player"]
        lab.expect(own["stalls"], equals(0), "at its own rate it never does", id="own-stalls")
        lab.expect(own["lost_seconds"], equals(0), "nor loses anything; at double rate it does (tv.q13)", id="own-lost")


def plot(lab: Any, viewers: Mapping[float, Any], played: Any, start: float) -> None:
    """The buffers of tv-probe's players, and what VLC shows."""
    buffers = [(speed, *viewer.buffer(start)) for speed, viewer in viewers.items()]
    seconds, places = screen(played.showing, start)
    lab.plot("buffer", {
        "title": "The player's buffer at half, own and double rate", "x_label": "time (s)",
        "panels": [
            *({"title": f"{speed:g} × the clip's rate", "y_label": "buffered (s)",
               "series": [{"label": "tv-probe's buffer", "x": x, "y": y}]} for speed, x, y in buffers),
            {"title": "What VLC shows at half rate", "y_label": "clip (s)",
             "series": [{"label": "VLC's screen", "x": seconds, "y": places}]},
        ],
    })  # fmt: skip
