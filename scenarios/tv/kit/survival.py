"""What is left of a clip after losses of bytes: pictures, and payload that its demultiplexer still found."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Mapping
from typing import Any

from scenarios.tv.kit import damage, decode, resync
from scenarios.tv.kit.clips.recipes import FRAMES


@dataclasses.dataclass(frozen=True)
class Survival:
    """intact: pictures of the original that were decoded, every pixel right; lost: bytes of the video's elementary
    stream that did not arrive unchanged, those around the bursts that the demultiplexer passed over included."""

    intact: int
    lost: int


def survive(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    pictures: Collection[str],
    video: bytes,
    seed: int,
    losses: int,
    length: int,
) -> Survival:
    """Takes bursts out of path as scenarios.tv.kit.damage does, leaves the rest in out, and sees what it is worth.

    pictures: the hashes of the original's pictures; video: its elementary stream. Raises OSError or DecodeError.
    """
    damage.damage(path, out, seed, losses, length)
    intact = set(decode.frame_hashes(out)) & set(pictures)
    gaps = resync.gaps(video, resync.elementary_stream(out))
    return Survival(len(intact), sum(gap.length for gap in gaps))


def runs_of(lab: Any, file: os.PathLike[str], video: bytes, runs: int, losses: int, length: int) -> list[Survival]:
    """What survives of a file in some runs, each with other places of the losses; video: the elementary stream of the original."""
    damaged = lab.folder / "damaged"
    found = [survive(file, damaged, decode.pictures(lab), video, lab.seed + run, losses, length) for run in range(runs)]
    damaged.unlink()
    return found


def described(name: str, file: os.PathLike[str], intact: list[int], lost: list[float]) -> str:
    """What is left, run by run, and how the file begins: 47 is a transport stream's packet, 00 00 01 ba a program stream's pack."""
    with open(file, "rb") as opened:
        begin = opened.read(4).hex(" ")
    return f"{name} (begins with {begin}): whole pictures {intact}, bytes lost with each burst {[round(length) for length in lost]}"


def lost_to_single_bytes(lab: Any, file: os.PathLike[str], video: bytes, losses: int) -> float:
    """Bytes of video that are lost with each lost byte, where so many of them are."""
    damaged = lab.folder / "damaged"
    damage.damage(file, damaged, lab.seed, losses, 1)
    gaps = resync.gaps(video, resync.elementary_stream(damaged))
    damaged.unlink()
    return sum(gap.length for gap in gaps) / losses


def plot(lab: Any, title: str, intact: Mapping[str, list[float]], lost: Mapping[str, list[float]]) -> None:
    """Pictures and video that survived, run by run, in both containers."""
    panels = [
        {"title": what, "y_label": label, "lines": [],
         "series": [{"label": name, "x": list(range(1, len(runs) + 1)), "y": runs, "style": "bars"} for name, runs in values.items()]}
        for what, label, values in (
            (f"Whole pictures of {FRAMES:,}", "pictures", intact),
            ("Video lost with each burst", "bytes", lost),
        )
    ]  # fmt: skip
    lab.plot("survival", {"title": title, "x_label": "run", "panels": panels})
