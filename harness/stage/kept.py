"""Folders that outlive the programs which keep something in them, as caches and stores do: a file system of its own each, with a bound, seen
by one judged program after the other. From outside what lies there is read and changed without following links."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess
from collections.abc import Iterator

from harness.stage.sandbox import SCRATCH, SandboxError, identity

_FOLDER = pathlib.Path("/run/wireproof/kept")  # in the cell: private, and empty at its start
_FILES = 10_000
_MOST = 64 << 20  # bytes of a file that are read


class Kept:
    """name: of the folder, in every sandbox below its scratch; outside: where the cell has it; inside: where programs see it."""

    def __init__(self, name: str, size: int) -> None:
        """size: bytes that fit in. Raises SandboxError."""
        self.name, self.outside, self.inside = name, _FOLDER / name, SCRATCH / name
        self.outside.mkdir(parents=True)
        options = f"size={size},nr_inodes={_FILES},mode=700,nosuid,nodev"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "kept", self.outside], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SandboxError(f"no file system could be made for {name}: {done.stderr.strip()}")
        os.chown(self.outside, identity(), identity())

    def __str__(self) -> str:
        return str(self.inside)

    def files(self) -> dict[str, bytes]:
        """The regular files in it, by their names below it; of very long ones the beginning."""
        found = {}
        for name, file in self._each(os.O_RDONLY):
            with open(file, "rb", closefd=False) as opened:
                found[name] = opened.read(_MOST)
        return dict(sorted(found.items()))

    def change(self, name: str, data: bytes) -> None:
        """Puts other bytes in the place of those of a file that is there, which stays the same file."""
        for found, file in self._each(os.O_WRONLY):
            if found == name:
                os.ftruncate(file, 0)
                os.pwrite(file, data, 0)

    @property
    def taken(self) -> int:
        """Bytes of all files together."""
        return sum(os.fstat(file).st_size for _, file in self._each(os.O_RDONLY))

    def lock(self, locked: bool = True) -> None:
        """Lets programs make and rename no files there, or do so again."""
        for _, folder in self._each(os.O_RDONLY, kind=stat.S_IFDIR):
            os.fchmod(folder, 0o555 if locked else 0o755)

    def _each(self, how: int, folder: int = -1, above: str = "", kind: int = stat.S_IFREG) -> Iterator[tuple[str, int]]:
        """Name and descriptor of each regular file, or of each folder, those above first."""
        opened = os.open(self.outside, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if folder < 0 else folder
        try:
            if kind == stat.S_IFDIR:
                yield above, opened
            for name in os.listdir(opened):
                found = stat.S_IFMT(os.lstat(name, dir_fd=opened).st_mode)
                if found not in (kind, stat.S_IFDIR):
                    continue
                flags = os.O_RDONLY | os.O_DIRECTORY if found == stat.S_IFDIR else how
                # The program may exchange what was looked at: so neither links nor waiting for a FIFO.
                file = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=opened)
                if found == stat.S_IFDIR:
                    yield from self._each(how, file, f"{above}{name}/", kind)
                    continue
                try:
                    if stat.S_ISREG(os.fstat(file).st_mode):
                        yield f"{above}{name}", file
                finally:
                    os.close(file)
        finally:
            os.close(opened)
