"""Standard input, output and error as this program wants them, whatever it was started with: all three open, UTF-8, and none of them in
the way. What could not be written is lost, and is told at the end where that was meant for other programs."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any


class _Stream(io.FileIO):
    """A descriptor whose writing never fails. problem: why it could not be written to (a full disk, a reader that has gone), if so."""

    problem: OSError | None = None

    def write(self, data: Any) -> int:
        if self.problem is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.problem = error
        return len(data)


_output: _Stream | None = None


def mend() -> None:
    """To be called before anything is opened: a file that takes the number of a closed stream would get what is meant for that."""
    global _output
    closed = {number for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)) if _open_if_closed(number, flags)}
    if 0 in closed:
        sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)
    _output = _Stream(1, "w", closefd=False)
    if 1 in closed:
        _output.problem = OSError(errno.EBADF, "standard output is closed")
    sys.stdout = _text(_output, _output.isatty())
    sys.stderr = _text(_Stream(2, "w", closefd=False), True)


def _open_if_closed(number: int, flags: int) -> bool:
    try:
        os.fstat(number)
        return False
    except OSError:
        opened = os.open(os.devnull, flags)  # the lowest number that is free
        os.set_inheritable(opened, True)
        return opened == number


def _text(stream: _Stream, by_line: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(stream), encoding="utf-8", errors="backslashreplace", line_buffering=by_line)


def problem() -> OSError | None:
    """Why not all that was printed has arrived on standard output, if so."""
    sys.stdout.flush()
    return _output.problem if _output else None
