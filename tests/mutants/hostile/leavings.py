"""What a program leaves where it was asked for a file: ``KIND PORT FILE``. It serves, and at Ctrl+C or SIGTERM leaves this and ends well;
``leaves NUMBER FILE`` leaves one after the other, and does nothing else."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import calm

_RIGHT = json.dumps({"messages": 0}).encode()
_TIB = 1 << 40
_IN_ACCESS, _IN_OPEN = 1, 0x20


def _leaving(leave: Callable[[str], object], serves: bool = True) -> Callable[[list[str], dict[str, Any]], None]:
    def at_end(words: list[str], facts: dict[str, Any]) -> None:
        def end(*_: object) -> None:
            leave(words[1])
            os._exit(0)

        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
        if serves:
            calm.serve(words)
        while True:
            signal.pause()

    return at_end


def right(file: str) -> None:
    with open(file, "wb") as target:
        target.write(_RIGHT)


def fifo(file: str) -> None:
    os.mkfifo(file)


def link(file: str) -> None:
    os.symlink("/etc/shadow", file)


def link_to_evidence(file: str) -> None:
    os.symlink("/proc/self/root/work", file)


def folder(file: str) -> None:
    os.mkdir(file)


def sparse(file: str) -> None:
    with open(file, "wb") as target:
        target.write(_RIGHT)
        target.truncate(_TIB)


def listener(file: str) -> None:
    socket.socket(socket.AF_UNIX).bind(file)


def unreadable(file: str) -> None:
    right(file)
    os.chmod(file, 0)


def growing(file: str) -> None:
    """A file of a sensible size, until somebody has begun to read it: then a child makes it a gigabyte."""
    with open(file, "wb") as target:
        target.write(b"[" + b"0," * (15 << 20))
    library = ctypes.CDLL(None)
    watch = library.inotify_init()
    library.inotify_add_watch(watch, file.encode(), _IN_ACCESS | _IN_OPEN)
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.read(watch, 4096)
        os.truncate(file, _TIB >> 10)
        signal.pause()


def deep(file: str) -> None:
    with open(file, "wb") as target:
        target.write(b"[" * (1 << 20))


def binary(file: str) -> None:
    with open(file, "wb") as target:
        target.write(b"\xff\xfe\0" * 100)


def long_number(file: str) -> None:
    with open(file, "wb") as target:
        target.write(b'{"messages": ' + b"9" * 100_000 + b"}")


# In the order in which test.left asks for them.
_FILES = (right, fifo, link, link_to_evidence, folder, sparse, listener, unreadable, growing)


def leaves(words: list[str], facts: dict[str, Any]) -> None:
    """The first word is the number of what is to be left, the second the file."""
    _FILES[int(words[0])](words[1])


KINDS = {
    "leaves": leaves,
    **{f"leaves-{one.__name__.replace('_', '-')}": _leaving(one) for one in (right, fifo, deep, binary, long_number)},
    "leaves-fifo-without-serving": _leaving(fifo, serves=False),
}
