"""Notes each picture a player shows: when, and the hash of its pixels.

VLC's video output "yuv" writes the pictures it displays, at the moment it displays them, to a named pipe in YUV4MPEG2
form; this program reads the pipe and prints one line per picture: CLOCK_MONOTONIC seconds and MD5, the hash that
scenarios.tv.kit.decode gives the same picture. VLC opens the pipe anew when it changes its output, so the end of the pipe
means nothing: the program ends on SIGTERM or SIGINT. It imports little, for one runs beside every player.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import signal
import sys
import time
from typing import BinaryIO, TextIO

# Room for some pictures, so that a moment's delay here does not delay the player.
_PIPE_BYTES = 1 << 20
_MAGIC = b"YUV4MPEG2"
_LONGEST_LINE = 4096


class NotPictures(ValueError):
    """The bytes are not YUV4MPEG2 with three 4:2:0 planes."""


def picture_bytes(header: bytes) -> int:
    """The size of one picture in bytes, from a YUV4MPEG2 header line. Raises NotPictures."""
    width, height = re.search(rb" W(\d{1,5})\b", header), re.search(rb" H(\d{1,5})\b", header)
    if not header.startswith(_MAGIC) or not width or not height:
        raise NotPictures(f"not a YUV4MPEG2 header: {header[:60]!r}")
    across, down = int(width[1]), int(height[1])
    return across * down + 2 * ((across + 1) // 2) * ((down + 1) // 2)


def note(pictures: BinaryIO, lines: TextIO) -> None:
    """Writes a line for each whole picture until the end. Raises NotPictures."""
    size = 0
    while header := pictures.readline(_LONGEST_LINE):
        if header.startswith(_MAGIC):
            size = picture_bytes(header)
        elif header.startswith(b"FRAME") and size:
            picture = pictures.read(size)
            if len(picture) < size:
                return
            lines.write(f"{time.monotonic():.6f} {hashlib.md5(picture, usedforsecurity=False).hexdigest()}\n")
            lines.flush()
        else:
            raise NotPictures(f"neither a YUV4MPEG2 header nor a picture: {header[:60]!r}")


def main(arguments: list[str]) -> int:
    """Usage: tap PIPE. Makes the named pipe and reads it until SIGTERM or SIGINT. Returns 0, 1 or 2."""
    if len(arguments) != 1:
        print("usage: tap PIPE", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        os.mkfifo(arguments[0], 0o600)
        # Open for writing too: the pipe then never ends between two openings by the player.
        descriptor = os.open(arguments[0], os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except PermissionError:
            pass  # The user's share of pipe memory is spent; the ordinary 64 KiB do, with less slack.
        print(f"tap: listening on {arguments[0]}", file=sys.stderr, flush=True)
        with os.fdopen(descriptor, "rb") as pictures:
            note(pictures, sys.stdout)
    except (OSError, NotPictures) as error:
        print(f"tap: {arguments[0]}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
