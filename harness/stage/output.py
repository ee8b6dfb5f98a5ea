"""What programs write, copied from pipes and terminals to the evidence: a program never holds a file of ours that it could write to again."""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import select
import threading
from collections.abc import Callable

_CHUNK = 1 << 16  # bytes


class Stream:
    """The reading end of a pipe, and the file that its bytes go to. Beyond `limit` bytes nothing is kept, and full() is called once."""

    def __init__(self, pipe: int, file: pathlib.Path, limit: int, full: Callable[[], None]) -> None:
        self.file, self._pipe, self._room, self._full = file, pipe, limit, full
        self._lock = threading.Lock()
        self._failure: OSError | None = None
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        os.set_blocking(pipe, False)

    @property
    def descriptor(self) -> int:
        return self._pipe

    def drain(self, most: int = 1 << 62) -> bool:
        """Copies what is in the pipe now, about `most` bytes of it; False at its end. May be called from any thread. Raises OSError when
        the file could not be written to, at this call or an earlier one."""
        overflow = False
        with self._lock:
            if self._failure:
                raise self._failure
            while self._pipe >= 0 and most > 0:
                try:
                    data = os.read(self._pipe, _CHUNK)
                except BlockingIOError:
                    break
                except OSError as error:
                    if error.errno != errno.EIO:  # a terminal that nobody has open any more
                        raise
                    data = b""
                if not data:
                    self._close()
                    break
                most -= len(data)
                kept = data[: self._room]
                try:
                    _write(self._file, kept)
                except OSError as error:
                    self._failure = error
                    self._close()
                    raise
                self._room -= len(kept)
                if len(kept) < len(data):
                    overflow = True
                    self._close()
        if overflow:
            self._full()
        return self._pipe >= 0

    def close(self) -> None:
        """Takes what is left, and reads no more."""
        self.drain(_CHUNK * 1024)
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._pipe >= 0:
            os.close(self._pipe)  # which takes it out of every epoll
            os.close(self._file)
            self._pipe = -1


class Pump:
    """One thread that drains all streams as bytes come."""

    def __init__(self) -> None:
        self._epoll: select.epoll | None = None  # not before there are streams: cells are forked from what has read this file
        self._streams: dict[int, Stream] = {}
        self._thread: threading.Thread | None = None

    def add(self, stream: Stream) -> None:
        self._streams[stream.descriptor] = stream
        epoll = self._epoll = self._epoll or select.epoll()
        epoll.register(stream.descriptor, select.EPOLLIN)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(epoll,), name="output", daemon=True)
            self._thread.start()

    def _run(self, epoll: select.epoll) -> None:
        while True:
            for descriptor, _ in epoll.poll():
                stream = self._streams.get(descriptor)
                if stream:
                    with contextlib.suppress(OSError):  # who reads the file is told; the other streams go on
                        stream.drain(_CHUNK * 16)


PUMP = Pump()


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
