"""A program that runs on a host: typed to, signalled, waited for, and never left behind."""

from __future__ import annotations

import fcntl
import os
import pathlib
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from typing import Any, Callable

from harness.host import sockets
from harness.host.processes import Process, alive, descendants, marked
from harness.trace import strace
from harness.waiting import DeadlinePassed, wait_for

NOT_IMPLEMENTED = 127
_PIPE_BYTES = 65536  # what a pipe takes without a reader (pipe(7))
_POLL_SECONDS = 0.002
_MARK = "WIREPROOF_PROGRAM"  # in the environment of a program and so of its descendants, wherever they go


class InputClosed(RuntimeError):
    """The program reads no more; the message says how it ended."""


def last_lines(path: pathlib.Path, count: int = 5) -> str:
    """The end of a log, indented, or an empty text."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return ""
    return "".join(f"\n    | {line}" for line in lines)


class Program:
    """One started program.

    pid is the program's own; started and ended are seconds since the epoch; status is the exit status, negative for a
    signal, None while it runs; usage is its resource.struct_rusage once it has ended.
    """

    def __init__(
        self,
        host: Any,
        name: str,
        command: list[str],
        folder: pathlib.Path,
        stdin: "bytes | pathlib.Path | Program | None" = None,
        stdout: pathlib.Path | None = None,
        pipe_output: bool = False,
        terminal: bool = False,
        environment: dict[str, str] | None = None,
        tell: Callable[[str, str, str, str], None] = lambda *_: None,
    ) -> None:
        self.host, self.name, self.command = host, name, command
        self.terminal = terminal
        self.stdout_path = stdout or folder / f"{name}.stdout"
        self.stderr_path = folder / f"{name}.stderr"
        self.status: int | None = None
        self.ended: float | None = None
        self.usage: resource.struct_rusage | None = None
        self.trace: pathlib.Path | None = None
        self._tell = tell
        self._stdin: int | None = None
        self.stdout_pipe: int | None = None
        self._heard: dict[pathlib.Path, int] = {}
        self._mark = os.urandom(8).hex()
        words = ["mnexec", "-a", str(host.pid), *(["setsid", "--ctty"] if terminal else []), *command]
        opened: list[int] = []
        try:
            source = self._open_input(stdin, opened)
            if pipe_output:
                self.stdout_pipe, target = os.pipe()
            else:
                target = os.open(self.stdout_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            opened.append(target)
            errors = os.open(self.stderr_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            opened.append(errors)
            self.started = time.time()
            self._process = subprocess.Popen(
                words,
                stdin=source,
                stdout=target,
                stderr=errors,
                env={**os.environ, **(environment or {}), _MARK: self._mark},
                start_new_session=not terminal,
            )
            self.pid = self._process.pid
            self._pidfd = os.pidfd_open(self.pid)
        except BaseException:
            self._close_ends()
            raise
        finally:
            for descriptor in opened:
                os.close(descriptor)
        if terminal:
            self._wait_for_terminal()
        elif isinstance(stdin, bytes):
            self._give(stdin)

    def _open_input(self, stdin: "bytes | pathlib.Path | Program | None", opened: list[int]) -> int:
        """The program's standard input; our end of it, if there is one, is self._stdin."""
        if self.terminal:
            self._stdin, source = pty.openpty()
            opened.append(source)
            attributes = termios.tcgetattr(source)
            attributes[3] &= ~termios.ECHO
            termios.tcsetattr(source, termios.TCSANOW, attributes)
        elif isinstance(stdin, Program):
            if stdin.stdout_pipe is None:
                raise ValueError(f"{stdin.name} was not started with pipe_output, or its output is taken already")
            source, stdin.stdout_pipe = stdin.stdout_pipe, None
            opened.append(source)
        elif isinstance(stdin, pathlib.Path):
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

    def __str__(self) -> str:
        return f"{self.name} on {self.host.name}"

    # what it says

    @property
    def output(self) -> str:
        """Everything on standard output so far."""
        return self.stdout_path.read_text(errors="replace") if self.stdout_path.exists() else ""

    @property
    def errors(self) -> str:
        """Everything on standard error so far."""
        return self.stderr_path.read_text(errors="replace")

    def last_words(self) -> str:
        return last_lines(self.stderr_path) + last_lines(self.stdout_path)

    def show(self) -> None:
        """Puts what it printed since the last time into the transcript, as the student sees it."""
        for path, text in ((self.stdout_path, self.output), (self.stderr_path, self.errors)):
            news = text[self._heard.get(path, 0) :]
            self._heard[path] = len(text)
            if news.strip():
                self._tell("output", self.host.name, self.name, news.rstrip("\n"))

    def wait_for_text(self, pattern: str, deadline: float = 10, stream: str = "any") -> re.Match[str]:
        """Waits until a regular expression (multi-line) is found on "stdout", "stderr" or "any" of them."""
        expression = re.compile(pattern, re.MULTILINE)

        def look() -> re.Match[str] | None:
            texts = {"stdout": [self.stdout_path], "stderr": [self.stderr_path]}.get(stream)
            for path in texts or [self.stdout_path, self.stderr_path]:
                if path.exists():
                    match = expression.search(path.read_text(errors="replace"))
                    if match:
                        return match
            return None

        return wait_for(look, f"{self} to print /{pattern}/", deadline, self._why_gone, self.last_words)

    def wait_listening(self, port: int, protocol: str = "tcp", deadline: float = 10) -> "Program":
        """Waits until the program, or a descendant of it, listens on the port."""
        what = f"{self} to listen on {protocol} port {port}"

        def listens() -> bool:
            inodes = sockets.listeners(self.host.pid, protocol, port)
            return bool(inodes) and sockets.held_by(inodes, [self.pid, *marked(_MARK, self._mark)])

        wait_for(listens, what, deadline, self._why_gone, self.last_words)
        return self

    def _why_gone(self) -> str | None:
        if self.running:
            return None
        return f"{self} ended with {describe_status(self.status)}"

    def calls(self, deadline: float = 5) -> list[strace.Event]:
        """Its system calls about sockets and processes so far, and those of its children, if it was started with traced=True; with
        its end once it has ended."""
        path = self.trace
        if path is None:
            raise ValueError(f"{self} was not started with traced=True")

        def whole() -> bool:
            return path.exists() and (self.running or strace.ended(path.read_text(), self.pid))

        wait_for(whole, f"strace to write down what {self} did", deadline)
        return strace.parse(path.read_text())

    def _trace_written(self) -> bool:
        return self.trace is None or not self.trace.exists() or strace.ended(self.trace.read_text(), self.pid)

    # what it is told

    def type(self, text: str, deadline: float = 10) -> None:
        """Writes to its standard input, as typed by a person (a terminal gets it through the line discipline)."""
        self._tell("type", self.host.name, self.name, text)
        self._write(text.encode(), deadline)

    def _write(self, data: bytes, deadline: float = 10) -> None:
        end = time.monotonic() + deadline
        poll = select.poll()
        poll.register(self._input(), select.POLLOUT)
        while data:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise DeadlinePassed(f"{self} to read what is typed: not within {deadline:g} s{self.last_words()}")
            try:
                data = data[os.write(self._input(), data) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                ended = self._why_gone() or f"{self} has closed its input"
                raise InputClosed(f"{ended}, so {data[:40]!r} could not be typed{self.last_words()}") from None

    def ask(self, line: str, deadline: float = 10) -> str:
        """Types a line and gives what it prints then, up to the end of a line; the transcript shows both."""
        self.show()
        heard = len(self.output)
        self.type(line + "\n")

        def answer() -> str:
            text = self.output[heard:]
            return text if text.endswith("\n") else ""

        found = wait_for(answer, f"{self} to answer {line!r}", deadline, self._why_gone, self.last_words)
        self.show()
        return found.rstrip("\n")

    def end_input(self) -> None:
        """End of file: Ctrl+D on a terminal, else its standard input is closed."""
        if self.terminal:
            self._tell("type", self.host.name, self.name, "^D")
            self._write(b"\x04")
        else:
            os.close(self._input())
            self._stdin = None

    def interrupt(self) -> None:
        """Ctrl+C: through the terminal when it has one, else SIGINT."""
        if self.terminal:
            self._tell("type", self.host.name, self.name, "^C")
            self._write(b"\x03")
        else:
            self.signal(signal.SIGINT)

    def _input(self) -> int:
        if self._stdin is None:
            raise ValueError(f"{self} has no input to write to")
        return self._stdin

    def signal(self, number: int) -> None:
        """Sends a signal to the program itself (not to its children). Nothing happens when it has ended."""
        self._tell("signal", self.host.name, self.name, signal.Signals(number).name)
        if self.running:
            signal.pidfd_send_signal(self._pidfd, number)

    # how it ends

    @property
    def children(self) -> list[Process]:
        """Its child processes and theirs, with those that have ended and were not waited for; none once it has ended."""
        return descendants(self.pid) if self.running else []

    @property
    def running(self) -> bool:
        if self.status is None:
            pid, outcome, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.ended = time.time()
                self.status = os.waitstatus_to_exitcode(outcome)
                self.usage = usage
                self._process.returncode = self.status
                self._tell("exit", self.host.name, self.name, describe_status(self.status))
        return self.status is None

    def wait(self, deadline: float = 10) -> int:
        """Waits for its end and gives the exit status. Raises DeadlinePassed."""
        end = time.monotonic() + deadline
        if self.running:
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            poll.poll(deadline * 1000)
        while self.running:  # the tracer of a traced program hears of its end first
            if time.monotonic() >= end:
                raise DeadlinePassed(f"{self} to end: not within {deadline:g} s{self.last_words()}")
            time.sleep(_POLL_SECONDS)
        assert self.status is not None
        return self.status

    def stop(self, deadline: float = 5) -> int:
        """SIGTERM, then SIGKILL after the deadline (seconds); all its descendants end too, also those it left behind."""
        family = [process.pid for process in self.children]
        if self.running:
            signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
            try:
                self.wait(deadline)
            except DeadlinePassed:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
                self.wait(deadline)
        end = time.monotonic() + deadline
        while not self._trace_written() and time.monotonic() < end:  # strace is one of those killed below
            time.sleep(_POLL_SECONDS)
        # A killed process loses its environment before its sockets and its life: whoever was seen is waited for.
        seen = set(family)
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            seen.update(marked(_MARK, self._mark))
            living = [pid for pid in seen if alive(pid)]
            if not living:
                break
            for pid in living:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(_POLL_SECONDS)
        self._close_ends()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
        assert self.status is not None
        return self.status


def describe_status(status: int | None) -> str:
    """"status 1", or "signal SIGKILL"."""
    if status is None:
        return "no status yet"
    return f"status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
