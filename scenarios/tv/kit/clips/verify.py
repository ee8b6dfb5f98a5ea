"""What must hold for an asset whose bytes are not the recorded ones, because another build of ffmpeg made them."""

from __future__ import annotations

import os
import pathlib

from scenarios.tv.kit import decode, rates, ts
from scenarios.tv.kit.clips.recipes import CLIP_BYTES, CLIP_SECONDS, RATE, Recipe

# PCRs are rounded to 27 MHz ticks and packets are indivisible; real CBR muxers stay well within this share.
_RATE_TOLERANCE = 0.002
_SECONDS_TOLERANCE = 0.1
_LINK = 700_000


class Unfit(Exception):
    """The asset does not have the properties its scenarios rely on; the message names the property."""


def verify(file: str | os.PathLike[str], recipe: Recipe, source: str | os.PathLike[str] | None) -> None:
    """Checks what the recipe's shape promises; source is what it was made from.

    Raises Unfit, DecodeError or OSError.
    """
    try:
        if recipe.shape == "cbr":
            constant_rate(file)
        elif recipe.shape == "vbr":
            _variable_rate(file)
        elif recipe.shape == "hashes":
            _hashes_of(file, source)
        else:
            _same_frames(file, source)
    except ts.NotTransportStream as error:
        raise Unfit(str(error)) from error


def constant_rate(file: str | os.PathLike[str]) -> None:
    """The clip: exact size, unbroken counters, every PCR interval at 638,000 bit/s, duration. Raises Unfit."""
    stream = _whole(file)
    size = len(stream) * ts.PACKET
    if size != CLIP_BYTES:
        raise Unfit(f"{size} bytes instead of {CLIP_BYTES}")
    worst = float(abs(stream.pcr_rates() - RATE).max())
    if worst > RATE * _RATE_TOLERANCE:
        raise Unfit(f"not a constant rate: a PCR interval is {worst:.0f} bit/s away from {RATE}")
    if abs(stream.duration() - CLIP_SECONDS) > _SECONDS_TOLERANCE:
        raise Unfit(f"it lasts {stream.duration():.3f} s by its PCRs instead of {CLIP_SECONDS:.3f} s")


def _whole(file: str | os.PathLike[str]) -> ts.TransportStream:
    stream = ts.read(file)
    if stream.skipped:
        raise Unfit(f"{stream.skipped} bytes belong to no packet")
    if errors := stream.continuity_errors():
        raise Unfit(f"{errors} continuity errors")
    return stream


def _variable_rate(file: str | os.PathLike[str]) -> None:
    stream = _whole(file)
    found = rates.of(stream)
    if not found.mean < _LINK * 0.95:
        raise Unfit(f"its mean rate of {found.mean:.0f} bit/s does not fit a link of {_LINK} bit/s")
    if not rates.seconds_behind(stream, _LINK) > 1.0:
        raise Unfit(f"its peaks do not overrun a link of {_LINK} bit/s")


def _same_frames(file: str | os.PathLike[str], source: str | os.PathLike[str] | None) -> None:
    if source is None or decode.frame_hashes(file) != decode.frame_hashes(source):
        raise Unfit(f"it does not decode to the same frames as {source}")


def _hashes_of(file: str | os.PathLike[str], source: str | os.PathLike[str] | None) -> None:
    listed = decode.parse_hashes(pathlib.Path(file).read_text(errors="replace"))
    if source is None or listed != decode.frame_hashes(source):
        raise Unfit(f"it does not list the pictures of {source}")
