"""What is left of a clip after losses of bytes: pictures, and payload that its demultiplexer still found."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection

from scenarios.tv.kit import damage, decode, resync


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
