"""A program's standard input, and what is typed there; a part of harness.stage.program.Program."""

from __future__ import annotations

import fcntl
import os
import pathlib
import pty
import select
import struct
import termios
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.judge.waiting import DeadlinePassed, ProgramFault, in_vain, seconds_left, wait_for
from harness.stage.sandbox import Sandbox

_REMEMBERED = 3  # lines that were typed
_SHOWN = 60  # characters of each
_PIPE_BYTES = 65536  # what a pipe takes without a reader (pipe(7))


class InputClosed(ProgramFault):
    """The program reads no more; the message says how it ended."""


def open_terminal() -> tuple[int, int]:
    """Both ends of a terminal that shows what is written as it is, and nothing of what is typed."""
    ours, theirs = pty.openpty()
    attributes = termios.tcgetattr(theirs)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, attributes)
    os.fchmod(theirs, 0o666)  # for /dev/stdout, by which a program opens it again, as another user; others cannot reach it
    return ours, theirs


class Typed:
    """Methods of Program. stdout_pipe: what another program may read; typed: what was typed last, oldest first."""

    host: Any
    name: str
    pid: int
    terminal: bool
    sandbox: Sandbox | None
    last_words: Callable[[], str]
    around: Callable[[], str]
    _tell: Callable[[str, str, str, str], None]
    _why_gone: Callable[[], str | None]
    _stdin: int | None = None
    stdout_pipe: int | None = None
    typed: tuple[str, ...] = ()

    if TYPE_CHECKING:

        @property
        def running(self) -> bool: ...

    def _open_input(self, stdin: bytes | pathlib.Path | Typed | None, opened: list[int]) -> int:
        """The program's standard input; our end of it, if there is one, is self._stdin."""
        if self.terminal:
            self._stdin, source = open_terminal()
            opened.append(source)
        elif isinstance(stdin, Typed):
            if stdin.stdout_pipe is None:
                raise ValueError(f"{stdin.name} was not started with pipe_output, or its output is taken already")
            source, stdin.stdout_pipe = stdin.stdout_pipe, None
            opened.append(source)
        elif isinstance(stdin, pathlib.Path) and not self.sandbox:
            source = os.open(stdin, os.O_RDONLY | os.O_CLOEXEC)
            opened.append(source)
        else:
            source, self._stdin = os.pipe()
            opened.append(source)
        if self._stdin is not None:
            os.set_blocking(self._stdin, False)
        return source

    def _wait_for_terminal(self) -> None:
        """Until the program's session owns the terminal: a Ctrl+C before that would go to nobody."""

        def owned() -> bool:
            answer = fcntl.ioctl(self._input(), termios.TIOCGPGRP, bytes(4))
            return struct.unpack("i", answer)[0] == self.pid

        wait_for(lambda: owned() or not self.running, f"{self} to own its terminal", 10, details=self.last_words)

    def _give(self, data: bytes) -> None:
        """Writes all of its input and closes it; what no pipe can hold is written by a thread as the program reads."""
        end, self._stdin = self._input(), None

        def write() -> None:
            try:
                os.set_blocking(end, True)
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(end, rest) :]
            except BrokenPipeError:
                pass  # it ended without reading all; its status tells
            finally:
                os.close(end)

        if len(data) <= _PIPE_BYTES:
            write()
        else:
            threading.Thread(target=write, daemon=True).start()

    def _close_ends(self) -> None:
        for attribute in ("_stdin", "stdout_pipe"):
            descriptor = getattr(self, attribute)
            if descriptor is not None:
                os.close(descriptor)
                setattr(self, attribute, None)

    def _input(self) -> int:
        if self._stdin is None:
            raise ValueError(f"{self} has no input to write to")
        return self._stdin

    def type(self, text: str, deadline: float = 10) -> None:
        """Writes to its standard input, as typed by a person (a terminal gets it through the line discipline)."""
        self._tell("type", self.host.name, self.name, text)
        self._write(text.encode(), deadline)
        self.typed = (*self.typed[1 - _REMEMBERED :], text)

    def _write(self, data: bytes, deadline: float = 10) -> None:
        deadline = seconds_left(deadline)
        end = time.monotonic() + deadline
        poll = select.poll()
        poll.register(self._input(), select.POLLOUT)
        while data:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise DeadlinePassed(f"{in_vain(f'{self} to read what is typed', deadline)}{self.around()}")
            try:
                data = data[os.write(self._input(), data) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                ended = self._why_gone() or f"{self} has closed its input"
                raise InputClosed(f"{ended}, so {data[:40]!r} could not be typed{self._before()}{self.around()}") from None

    def _before(self) -> str:
        """What it was typed last."""
        return f"; before that it was typed {', then '.join(repr(text[:_SHOWN]) for text in self.typed)}" if self.typed else ""

    def end_input(self) -> None:
        """End of file: Ctrl+D on a terminal, else its standard input is closed."""
        if self.terminal:
            self._tell("type", self.host.name, self.name, "^D")
            self._write(b"\x04")
        else:
            os.close(self._input())
            self._stdin = None
