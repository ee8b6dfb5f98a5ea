"""A program that stands in the middle of its first words: nobody has read them yet, so it cannot have gone on."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import subprocess
from collections.abc import Iterator, Sequence

from harness.judge.waiting import wait_for


@contextlib.contextmanager
def speaking(command: Sequence[str | pathlib.Path]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Starts a program whose standard error is a full pipe, and waits until it writes there.

    Gives the process, and the pipe's other end: whoever reads it lets the program go on. Killed at the end, if it still runs.
    """
    reading, writing = os.pipe()
    filler = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, os.sysconf("SC_PAGESIZE"))
    os.write(writing, b"-" * filler)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=writing)
    os.close(writing)

    def writes() -> bool:
        # The call that it waits in, and its arguments (proc(5)).
        words = pathlib.Path(f"/proc/{process.pid}/syscall").read_text(encoding="ascii").split()
        return words[1:2] == ["0x2"]

    try:
        wait_for(writes, "the program's first words", 20)
        yield process, reading
    finally:
        process.kill()
        process.wait()
        os.close(reading)
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
