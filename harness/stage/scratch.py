"""A program's scratch folder, seen from outside: what it left there is read without following links, regular files only, with a bound."""

from __future__ import annotations

import errno
import os
import pathlib
import socket
import stat
import time

MOST = 64 << 20  # bytes
_CHUNK = 1 << 20
_ANSWER_BYTES = 1 << 20
_ANSWER_SECONDS = 5.0


class ScratchError(RuntimeError):
    """What the program left is no file that can be taken; the message says what it is."""


class Scratch:
    """The folder, by a descriptor that stays its own whatever the program does to names."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)

    def put(self, name: str, data: bytes, owner: int) -> None:
        """Writes a file that the owner may change."""
        with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=self._folder), "wb") as file:
            file.write(data)
            os.fchown(file.fileno(), owner, owner)

    def take(self, name: str, target: pathlib.Path, most: int = MOST) -> bool:
        """Copies a file out; False when there is none. Raises ScratchError."""
        try:
            # Without O_NONBLOCK the opening of a FIFO would wait for ever.
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise ScratchError(f"the program's {name} cannot be read: {error.strerror}") from None
        try:
            facts = os.fstat(file)
            if not stat.S_ISREG(facts.st_mode):
                raise ScratchError(f"the program's {name} is no regular file")
            if facts.st_size > most:
                raise ScratchError(f"the program's {name} has {facts.st_size:,} bytes; at most {most:,} are taken")
            copy_bounded(file, target, name, most)
        finally:
            os.close(file)
        return True

    def answer(self, name: str, most: int = _ANSWER_BYTES, patience: float = _ANSWER_SECONDS) -> bytes:
        """All that a program says on a stream socket that it listens on there, to its end. Raises OSError: when there is none, when it
        says more bytes than `most`, or has not come to an end within `patience` seconds."""
        end = time.monotonic() + patience
        said = b""
        with self._connection(name, patience) as connection:
            while data := connection.recv(_CHUNK):
                said += data
                if len(said) > most:
                    raise OSError(errno.EMSGSIZE, f"the program says more than {most:,} bytes at {name}")
                connection.settimeout(max(0.001, end - time.monotonic()))
        return said

    def _connection(self, name: str, patience: float) -> socket.socket:
        descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                raise ConnectionRefusedError(f"the program's {name} is no socket")
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(patience)
            try:
                connection.connect(f"/proc/self/fd/{descriptor}")
            except OSError:
                connection.close()
                raise
            return connection
        finally:
            os.close(descriptor)

    @property
    def full(self) -> bool:
        """Whether nothing more fits in."""
        facts = os.statvfs(self._folder)
        return facts.f_bfree == 0

    def close(self) -> None:
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1


def copy_bounded(file: int, target: pathlib.Path, name: str, most: int) -> None:
    """Copies what is in an open file; what the program left running may make it longer meanwhile. Raises ScratchError."""
    temporary = target.with_name(f".{target.name}.part")
    try:
        with temporary.open("wb") as copy:
            while data := os.read(file, _CHUNK):
                if copy.tell() + len(data) > most:
                    raise ScratchError(f"the program's {name} has more than {most:,} bytes, which are the most that is taken")
                copy.write(data)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
