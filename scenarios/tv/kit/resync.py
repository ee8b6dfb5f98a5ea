"""What a demultiplexer brought through a damaged file: which bytes of the elementary stream arrived, which did not.

This separates the container's answer to a loss from the codec's: a lost picture spoils all that refer to it, in any
container, up to the next picture that stands alone; the payload lost around a burst is the container's doing.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess

from scenarios.tv.kit.decode import DecodeError

# Long enough to stand for its place (coded video hardly repeats itself), short enough to lie inside one TS packet.
_PROBE = 48
# What a demultiplexer may deliver falsely before it is right again: a few packs of a program stream.
_REACH = 8192
# Filler data and repeated headers stand everywhere; a probe must be as varied as coded pictures are.
_VARIETY = 24
_DEADLINE = 60.0


@dataclasses.dataclass(frozen=True)
class Gap:
    """Bytes of the original elementary stream that did not arrive unchanged; extra: false bytes in their place."""

    start: int
    length: int
    extra: int


def elementary_stream(path: str | os.PathLike[str]) -> bytes:
    """The video bytes that ffmpeg's demultiplexer takes out of a TS or PS file. Raises DecodeError."""
    command = ["nice", "-n", "15", "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "fatal", "-i", os.fspath(path)]
    command += ["-map", "0:v:0", "-c", "copy", "-f", "data", "-"]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_DEADLINE)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise DecodeError(f"cannot demultiplex {os.fspath(path)}: {error}") from None
    return run.stdout


def gaps(original: bytes, received: bytes) -> list[Gap]:
    """Compares what was sent with what came out, both in order; the gaps in between. Linear but for the gaps."""
    found, sent, got = [], 0, 0
    while sent < len(original):
        same = _common_prefix(original, sent, received, got)
        sent, got = sent + same, got + same
        if sent == len(original):
            break
        length = extra = 0
        for length in range(1, len(original) - sent + 1):
            probe = original[sent + length : sent + length + _PROBE]
            varied = len(probe) == _PROBE and len(set(probe)) >= _VARIETY
            place = received.find(probe, got, got + _REACH) if varied else -1
            if place >= 0:
                extra = place - got
                break
        found.append(Gap(sent, length, extra))
        sent, got = sent + length, got + extra
    return found


def _common_prefix(original: bytes, sent: int, received: bytes, got: int) -> int:
    """How many bytes agree from the two places on, by halving: slices compare fast."""
    low, high = 0, min(len(original) - sent, len(received) - got)
    step = min(4096, high)
    while low < high:
        step = min(step, high - low)
        if original[sent + low : sent + low + step] == received[got + low : got + low + step]:
            low += step
            step *= 2
        elif step == 1:
            break
        else:
            high = low + step
            step = max(1, step // 2)
    return low
