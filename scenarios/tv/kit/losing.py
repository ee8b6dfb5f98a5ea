"""Players that get twice what they can show: all of it comes, and they throw a part away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import about, between, equals
from scenarios.tv.kit.streams import payload, screen
from scenarios.tv.kit.viewing import gets_rate


def delivered(lab: Any, host: Any, story: Callable[[], str]) -> None:
    """The whole clip comes to a host at twice its rate. story: what passed the links, for who reads that it did not."""
    arrived = gets_rate(lab, host, 2, "twice the clip's rate", story, percent=3)
    clip = lab.asset("clip.ts").stat().st_size
    lab.expect(payload(arrived), equals(clip, "bytes"), f"every byte reaches {host.name}", on=arrived, id="bytes", hint=story)


def loses(lab: Any, showing: Any, player: dict[str, Any]) -> None:
    """What VLC shows of the clip, and what tv-probe's player keeps of it."""
    lab.expect(100 * showing.missing / showing.total, between(20, 60, "%"), "pictures of the clip that VLC never shows intact", id="pictures")
    share = about(40, by=6, unit="%").ideally(about(40, by=3, unit="%"))
    lab.expect(100 * player["lost_share"], share, "film that tv-probe's player throws away", id="film")
    lab.expect(player["peak_buffer_bytes"], about(512 * 1024, percent=1, unit="B"), "because its buffer is full", id="buffer")
    lab.expect(player["stalls"], equals(0), "it never stands still", id="stalls")


def plot(lab: Any, showing: Any, probe: Any, sender: Any) -> None:
    """What was sent beside what VLC shows; the bounded buffer."""
    start = sender.started
    seconds, places = screen(showing, start)
    times, levels = probe.buffer(start)
    lab.plot("double", {
        "title": "Double rate: more film than time to show it", "x_label": "time (s)",
        "panels": [
            {"title": "Film that came, film that VLC shows", "y_label": "clip (s)", "series": [
                {"label": "sent", "x": [0, sender.ended - start], "y": [0, showing.total / showing.rate]},
                {"label": "on VLC's screen", "style": "points", "x": seconds, "y": places},
            ]},
            {"title": "The bounded buffer of tv-probe's player", "y_label": "buffered (s)",
             "series": [{"label": "tv-probe's buffer", "x": times, "y": levels}]},
        ],
    })  # fmt: skip
