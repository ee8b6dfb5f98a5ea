"""How ffmpeg makes each asset, bit for bit the same every time on one build of ffmpeg.

The sheet's clip (lab tv, question 6) has 4,785,540 bytes at a constant 638,000 bit/s. Here 59.9 s of test picture and
tone come to a few packets less; null packets, which a receiver discards, fill it up to the exact size.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

from scenarios.tv.kit.decode import HASHES

RATE = 638_000
CLIP_BYTES = 4_785_540
CLIP_SECONDS = CLIP_BYTES * 8 / RATE
FRAMES_PER_SECOND = 25
FRAMES = 1498

_SECONDS = "59.9"
_TEST_PICTURE = f"testsrc2=size=352x288:rate={FRAMES_PER_SECOND}:duration={_SECONDS}"
# Every 12 s, 7 s of colour bars that stand still are followed by 5 s of noisy motion: scenes of very unequal cost.
_SCENES = (
    f"{_TEST_PICTURE},noise=alls=20:allf=t:all_seed=7[busy];"
    f"smptebars=size=352x288:rate={FRAMES_PER_SECOND}:duration={_SECONDS}[still];"
    "[busy][still]overlay=enable='lt(mod(t,12),7)':eof_action=endall"
)

_BIT_EXACT = ["-flags", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]
# One thread: the rate control of x264 depends on how many there are.
_VIDEO = ["-c:v", "libx264", "-threads", "1", "-preset", "medium", "-pix_fmt", "yuv420p"]
_VIDEO += ["-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-b:v", "460k"]
_CONSTANT = ["-minrate", "460k", "-maxrate", "460k", "-bufsize", "460k", "-x264-params", "nal-hrd=cbr"]
_AUDIO = ["-c:a", "mp2", "-b:a", "64k"]
_TONE = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={_SECONDS}"]
_TRANSPORT = ["-f", "mpegts", "-mpegts_flags", "+resend_headers", "-pat_period", "0.2"]
_CONSTANT_WIRE = ["-muxrate", str(RATE)]


def _encode(graph: str, *options: str) -> list[str]:
    source = [*_TONE, "-filter_complex", f"{graph}[v]", "-map", "[v]", "-map", "0:a"]
    return [*source, *_VIDEO, *_AUDIO, *_BIT_EXACT, *options, "{out}"]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One asset: its file, the arguments of each ffmpeg run, its known hash, and what must hold for any ffmpeg.

    In the arguments {out} is the file to make, {log} a scratch name, {NAME} the asset NAME that this one is made from.
    shape: "cbr" and "vbr" are transport streams, "ps" is a program stream, "hashes" is a list of the source's pictures
    (framemd5). pad_to: bytes after adding null packets.
    """

    name: str
    file: str
    runs: tuple[list[str], ...]
    sha256: str
    shape: Literal["cbr", "vbr", "ps", "hashes"]
    made_from: str | None = None
    pad_to: int | None = None


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "clip",
            "clip.ts",
            (_encode(_TEST_PICTURE, *_CONSTANT, *_TRANSPORT, *_CONSTANT_WIRE),),
            "71b957cad9b6520680f33362b087c6b9933c49369ae7e7ebed4352837b117d0f",
            "cbr",
            pad_to=CLIP_BYTES,
        ),
        Recipe(
            "clip_ps",
            "clip.ps",
            (["-i", "{clip}", "-map", "0", "-c", "copy", *_BIT_EXACT, "-f", "vob", "{out}"],),
            "b8c547697dc27bb142956f46b322bd7a2a74429cb637ab069883afb95c8ecbf5",
            "ps",
            made_from="clip",
        ),
        # As scenarios.tv.kit.decode reads it: decoding costs a second of processor time, reading the list nothing.
        Recipe(
            "clip_pictures",
            "clip.framemd5",
            (["-threads", "1", "-i", "{clip}", *HASHES, "{out}"],),
            "bd8a82b78f3b67845acf471c2bf5d9302c842b6682bd5a022d2de71dadf1e3a3",
            "hashes",
            made_from="clip",
        ),
        Recipe(
            "cbr_twin",
            "cbr_twin.ts",
            (_encode(_SCENES, *_CONSTANT, *_TRANSPORT, *_CONSTANT_WIRE),),
            "3a9d0a639e00ce83b3be4457b31ec42227edee1338155427153442382ff73601",
            "cbr",
            pad_to=CLIP_BYTES,
        ),
        # Two passes spend the same mean rate where the picture needs it.
        Recipe(
            "vbr_twin",
            "vbr_twin.ts",
            (
                _encode(_SCENES, "-pass", "1", "-passlogfile", "{log}", "-an", "-f", "null")[:-1] + ["/dev/null"],
                _encode(_SCENES, "-pass", "2", "-passlogfile", "{log}", *_TRANSPORT),
            ),
            "591b0e83eccb38654017d92bc4399f5ece5d0751c784ce67a1e026b8db2782e4",
            "vbr",
        ),
    )
}
