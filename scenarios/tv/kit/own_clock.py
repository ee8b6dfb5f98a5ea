"""What a clip's own clock (PCR) says of its length and rate."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from harness import about, equals
from scenarios.tv.kit import ts
from scenarios.tv.kit.clips.recipes import RATE


def read_by_two(lab: Any, clip: pathlib.Path, length: float) -> None:
    """tv-probe and the harness's own reader find that the clip lasts so long (seconds), at a constant rate."""
    probe = lab.h1.start("tv-probe", file=clip, json="-")
    probe.wait()
    report, stream = json.loads(probe.output), ts.read(clip)
    told = about(length, by=0.1, unit="s")
    lab.expect(report["duration_seconds"], told, "tv-probe finds that length by the clock references", id="probe", hint=stream.describe)
    own = about(report["duration_seconds"], by=0.01, unit="s")
    lab.expect(stream.duration(), own, "and the harness's own reader agrees")
    lab.expect(report["bytes"], equals(clip.stat().st_size, "B"), "tv-probe read the whole file")
    for rate, name in ((stream.pcr_rates().min(), "lowest"), (stream.pcr_rates().max(), "highest")):
        lab.expect(rate, about(RATE, percent=0.1, unit="bit/s"), f"the rate is constant: the {name}")
