"""What ffmpeg can decode from a file: the ground truth on which frames survived. ffmpeg does not pace; VLC does."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from typing import Any

from harness.judge.failures import MachineFailure

_DEADLINE = 120.0
_KEPT_MESSAGES = 5
# ffmpeg's output options for a hash of each decoded picture. Every picture counts, whatever its time stamp (a damaged
# clock would make a muxer drop good ones).
HASHES = ["-map", "0:v:0", "-fps_mode", "passthrough", "-vf", "setpts=N", "-fflags", "+bitexact", "-f", "framemd5"]


class DecodeError(MachineFailure):
    """ffmpeg could not be run at all; a damaged or empty file is a result, not an error."""

    source = "players"
    tool = "ffmpeg"


@dataclasses.dataclass(frozen=True)
class Decoded:
    """The pictures ffmpeg delivered, in order, as hashes of their pixels; errors counts its complaints."""

    hashes: tuple[str, ...]
    errors: int
    messages: tuple[str, ...]

    @property
    def frames(self) -> int:
        return len(self.hashes)


def decode(path: str | os.PathLike[str], deadline: float = _DEADLINE) -> Decoded:
    """Decodes the first video stream of a file at low priority, with one thread so that concealment repeats itself.

    Raises OSError when the file cannot be read, DecodeError when ffmpeg is missing or not done after deadline seconds.
    """
    with open(path, "rb"):
        pass
    command = ["nice", "-n", "15", "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "repeat+error", "-threads", "1"]
    command += ["-i", os.fspath(path), *HASHES, "-"]
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=deadline
        )
    except FileNotFoundError as error:
        raise DecodeError(f"cannot decode {os.fspath(path)}: {error.filename} is not installed") from None
    except subprocess.TimeoutExpired:
        raise DecodeError(f"cannot decode {os.fspath(path)}: ffmpeg was not done after {deadline:.0f} s") from None
    if run.returncode == 127:
        raise DecodeError(f"cannot decode {os.fspath(path)}: ffmpeg is not installed")
    messages = run.stderr.splitlines()
    return Decoded(
        hashes=parse_hashes(run.stdout),
        errors=len(messages),
        messages=tuple(messages[-_KEPT_MESSAGES:]),
    )


def parse_hashes(framemd5: str) -> tuple[str, ...]:
    """The hashes in what ffmpeg's framemd5 muxer printed, in order; a last line cut short is left out."""
    fields = (line.rpartition(",")[2].strip() for line in framemd5.splitlines() if line and not line.startswith("#"))
    return tuple(digest for digest in fields if len(digest) == 32)


def frame_hashes(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """The hash of each decoded picture, in order. Raises as decode does."""
    return decode(path).hashes


def pictures(lab: Any) -> tuple[str, ...]:
    """The hashes of the clip's pictures in order, for Vlc.stop() and scenarios.tv.kit.showing."""
    return parse_hashes(lab.asset("clip.framemd5").read_text())
