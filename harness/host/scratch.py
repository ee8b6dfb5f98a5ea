"""A program's scratch folder, seen from outside: what it left there is read without following links, regular files only, with a bound."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import stat

MOST = 64 << 20  # bytes


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
            temporary = target.with_name(f".{target.name}.part")
            with open(os.dup(file), "rb") as source, temporary.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            os.replace(temporary, target)
        finally:
            os.close(file)
        return True

    def connect(self, name: str) -> socket.socket:
        """A stream connection to a socket that the program listens on there. Raises OSError."""
        descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                raise ConnectionRefusedError(f"the program's {name} is no socket")
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
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
