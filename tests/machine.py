"""This machine as tests share it, whatever process they run in: beside others, or alone."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import pathlib
import stat
import tempfile
from collections.abc import Iterator

_HELD = "WIREPROOF_TESTS_HOLD_MACHINE"
"""In the environment of what a test starts: that is part of the test, and must not wait for the place that the test has."""


class Machine:
    """A place on it, by locks in a folder. Fair: who wants to be alone is not overtaken by those who do not mind others."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._mode = fcntl.LOCK_UN

    @functools.cached_property
    def _locks(self) -> tuple[int, int]:
        """The gate to the place, and the place. Raises PermissionError where the folder is another user's."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{self._folder} is not a folder of this user: remove it, or set TMPDIR to another place")
        gate, place = (os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600) for name in ("gate", "place"))
        return gate, place

    @contextlib.contextmanager
    def beside_others(self) -> Iterator[None]:
        """Others may be here too, except while one of them is alone."""
        with self._in_mode(fcntl.LOCK_SH if self._mode == fcntl.LOCK_UN else self._mode):
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Waits for all others to end what they are at. May be called by who is here beside others: the place is given up meanwhile."""
        with self._in_mode(fcntl.LOCK_EX):
            yield

    @contextlib.contextmanager
    def _in_mode(self, mode: int) -> Iterator[None]:
        before = self._mode
        self._take(mode)
        try:
            yield
        finally:
            self._take(before)

    def _take(self, mode: int) -> None:
        if mode == self._mode:
            return
        gate, place = self._locks
        fcntl.flock(place, fcntl.LOCK_UN)
        self._mode = fcntl.LOCK_UN
        if mode != fcntl.LOCK_UN:
            os.environ[_HELD] = "yes"
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(place, mode)
            fcntl.flock(gate, fcntl.LOCK_UN)
            self._mode = mode


class PartOfATest:
    """The place of what a test started: it is that of the test."""

    beside_others = alone = staticmethod(contextlib.nullcontext)


machine = PartOfATest() if _HELD in os.environ else Machine(pathlib.Path(tempfile.gettempdir()) / f"wireproof-tests-{os.geteuid()}")
