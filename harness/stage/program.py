"""A program that runs on a host: typed to, signalled, waited for, and never left behind."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from harness.evidence.trace import strace
from harness.judge.waiting import DeadlinePassed, ProgramFault, in_vain, seconds_left, wait_for
from harness.stage import instead, sockets
from harness.stage.direct import DirectProcess, Ending
from harness.stage.habits import Habits
from harness.stage.output import PUMP, Stream
from harness.stage.processes import Process, alive, descendants
from harness.stage.sandbox import Sandbox
from harness.stage.sandboxed import SandboxedProcess
from harness.stage.scratch import ScratchError

_PIPE_BYTES = 65536  # what a pipe takes without a reader (pipe(7))
_MORE = 1.0  # s in which a program that prints something else may print what is awaited, too
_POLL_SECONDS = 0.002


class InputClosed(ProgramFault):
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


def _terminal() -> tuple[int, int]:
    """Both ends of a terminal that shows what is written as it is, and nothing of what is typed."""
    ours, theirs = pty.openpty()
    attributes = termios.tcgetattr(theirs)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, attributes)
    os.fchmod(theirs, 0o666)  # for /dev/stdout, by which a program opens it again, as another user; others cannot reach it
    return ours, theirs


class Program:
    """One started program: a judged one in its sandbox, or a tool of the harness without one.

    pid is the program's own; started and ended are seconds since the epoch; status is the exit status, negative for a
    signal, None while it runs; ending tells how it ended, once it has; listened: it was seen to listen on a port.
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
        sandbox: Sandbox | None = None,
        role: str = "",
        trace: Sequence[str] = (),
        inherited: Sequence[int] = (),
    ) -> None:
        """role: which one it fills, if any. trace: options of strace, which then writes its calls beside its output. inherited: further
        descriptors that a tool gets."""
        self.host, self.name, self.command, self.role, self.sandbox = host, name, command, role, sandbox
        self.terminal, self._redirected = terminal, stdout is not None
        self.stdout_path = stdout or folder / f"{name}.stdout"
        self.stderr_path = folder / f"{name}.stderr"
        self.status: int | None = None
        self.ended: float | None = None
        self.ending: Ending | None = None
        self.trace = folder / f"{name}.strace" if trace else None
        self.listened = False
        self.told_to_end = False
        self._habits: Habits | None = None
        self._overflow = False
        self._tell = tell
        self._stdin: int | None = None
        self.stdout_pipe: int | None = None
        self._streams: list[Stream] = []
        self._heard: dict[pathlib.Path, int] = {}
        self._released = False
        opened: list[int] = []
        try:
            source = self._open_input(stdin, opened)
            if pipe_output:
                self.stdout_pipe, target = os.pipe()
                opened.append(target)
            else:
                target = self._open_output(self.stdout_path, opened, seen=stdout is None)
            errors = self._open_output(self.stderr_path, opened)
            self.started = time.time()
            streams = (source, target, errors)
            self._process: DirectProcess | SandboxedProcess
            if sandbox:
                self._process = SandboxedProcess.start(
                    host.pid, host.name, command, streams, sandbox, terminal, lambda pid: self._follow(pid, trace)
                )  # fmt: skip
            else:
                words = strace.command(trace, self.trace, command) if self.trace else command
                self._process = DirectProcess(host.pid, words, streams, environment or {}, terminal, inherited)
            self.pid = self._process.pid
            if self._overflow:  # before there was somebody to end
                self._overflown()
        except BaseException:
            self._close_ends()
            for stream in self._streams:
                stream.close()
            raise
        finally:
            for descriptor in opened:
                os.close(descriptor)
        if terminal:
            self._wait_for_terminal()
        elif isinstance(stdin, bytes):
            self._give(stdin)
        elif isinstance(stdin, pathlib.Path) and sandbox:
            self._give(stdin.read_bytes())

    def _follow(self, pid: int, options: Sequence[str]) -> None:
        """Has strace follow a process from outside, where the program cannot reach what it writes."""
        if not options:
            return
        assert self.trace is not None
        words = ["mnexec", "-a", str(self.host.pid), *strace.follow(options, self.trace, pid)]
        with (self.trace.with_suffix(".strace.log")).open("wb") as said:
            self._tracer = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
        wait_for(lambda: strace.follows(pid), f"strace to follow {self}", 10, lambda: "strace ended" if self._tracer.poll() is not None else None)

    def _open_output(self, file: pathlib.Path, opened: list[int], seen: bool = False) -> int:
        """What the program gets as standard output or error: in a sandbox a pipe, lest it write to the evidence by itself. seen: a
        person would see it on a terminal, so that it is one: libraries keep back what is written to anything else."""
        if self.sandbox:
            # A terminal of its own even beside one that it types at: where a program turns ECHO on, as telnet does, what is typed is shown
            # there, and not among what it prints.
            reading, writing = _terminal() if seen else os.pipe()
            opened.append(writing)
            try:
                stream = Stream(reading, file, self.sandbox.limits.output, self._overflown)
            except BaseException:
                os.close(reading)
                raise
            self._streams.append(stream)
            PUMP.add(stream)
        else:
            writing = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            opened.append(writing)
        return writing

    def _overflown(self) -> None:
        self._overflow = True
        if isinstance(process := getattr(self, "_process", None), SandboxedProcess):
            process.overflow()

    def _open_input(self, stdin: "bytes | pathlib.Path | Program | None", opened: list[int]) -> int:
        """The program's standard input; our end of it, if there is one, is self._stdin."""
        if self.terminal:
            self._stdin, source = _terminal()
            opened.append(source)
        elif isinstance(stdin, Program):
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

    def __str__(self) -> str:
        return f"{self.name} on {self.host.name}"

    # what it says

    @property
    def output_bytes(self) -> bytes:
        """Everything on standard output so far, as it came."""
        return self._said(self.stdout_path)

    @property
    def output(self) -> str:
        """The same as text: UTF-8, with a sign for each byte that is none; ends of lines as they came."""
        return self.output_bytes.decode("utf-8", "replace")

    @property
    def errors(self) -> str:
        """Everything on standard error so far, as text."""
        return self._said(self.stderr_path).decode("utf-8", "replace")

    def _said(self, path: pathlib.Path) -> bytes:
        self._drain()
        return path.read_bytes() if path.exists() else b""

    def _drain(self) -> None:
        for stream in self._streams:
            stream.drain()

    def has_left(self, file: pathlib.Path) -> bool:
        """Whether the program has written to a file that it was asked to write; it is then copied there. Raises ProgramFault."""
        if isinstance(self._process, SandboxedProcess) and not self._released:
            try:
                self._process.collect()
            except ScratchError as error:
                raise ProgramFault(f"{self}: {error}") from None
        return file.exists()

    def left(self, file: pathlib.Path) -> bytes:
        """What it has written to the file. Raises ProgramFault when there is none."""
        self.has_left(file)
        try:
            return file.read_bytes()
        except FileNotFoundError:
            raise ProgramFault(f"{self} was to write {file.name}, and did not{self.last_words()}") from None

    def left_json(self, file: pathlib.Path) -> Any:
        """The value that stands in such a file. Raises ProgramFault when it is no JSON."""
        return self._value(self.left(file), file.name)

    def _value(self, data: bytes, where: str) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, a number or a depth that nobody means
            raise ProgramFault(f"{self} was to write JSON to {where}, and wrote {data[:60]!r} ({error})") from None

    def answer_at(self, file: pathlib.Path) -> bytes:
        """All that it says on the socket that it was asked to listen on by this name. Raises OSError where nobody listens, ProgramFault
        where the answer does not come to an end."""
        scratch = getattr(self._process, "scratch", None)
        if scratch is None or self._released:
            raise ConnectionRefusedError(f"{self} is no more, or has no sandbox")
        try:
            return scratch.answer(file.name)
        except OSError as error:
            if isinstance(error, TimeoutError) or error.errno == errno.EMSGSIZE:
                raise ProgramFault(f"{self}, asked at {file.name}: {error.strerror or error}") from None
            raise

    def last_words(self) -> str:
        self._drain()
        return last_lines(self.stderr_path) + last_lines(self.stdout_path)

    def show(self) -> None:
        """Puts what it printed since the last time into the transcript, as the student sees it: not what goes to a file."""
        printed = [] if self._redirected else [(self.stdout_path, self.output)]
        for path, text in (*printed, (self.stderr_path, self.errors)):
            news = text[self._heard.get(path, 0) :]
            self._heard[path] = len(text)
            if news.strip():
                self._tell("output", self.host.name, self.name, news.rstrip("\n"))

    def wait_for_text(self, pattern: str, deadline: float = 10, stream: str = "any") -> re.Match[str]:
        """Waits until a regular expression (multi-line) is found on "stdout", "stderr" or "any" of them."""
        expression = re.compile(pattern, re.MULTILINE)

        def look() -> re.Match[str] | None:
            paths = {"stdout": [self.stdout_path], "stderr": [self.stderr_path]}.get(stream)
            texts = (self._said(path).decode("utf-8", "replace") for path in paths or [self.stdout_path, self.stderr_path])
            return next(filter(None, map(expression.search, texts)), None)

        return wait_for(look, f"{self} to print /{pattern}/", deadline, self._why_gone, self.last_words)

    def wait_listening(self, port: int, protocol: str = "tcp", deadline: float = 10) -> "Program":
        """Waits until the program, or a descendant of it, listens on the port."""
        what = f"{self} to listen on {protocol} port {port}"

        def listens() -> bool:
            inodes = sockets.listeners(self.host.pid, protocol, port)
            return bool(inodes) and sockets.held_by(inodes, [self.pid, *self._process.family()])

        wait_for(listens, what, deadline, self._why_gone, lambda: instead.of_listening(self, self._process.family()) + self.last_words())
        if self.role and not self.listened:
            self._habits = Habits.of(self, port, protocol)
        self.listened = True
        return self

    def _why_gone(self) -> str | None:
        if self.running:
            return None
        return f"{self} ended with {self.how_it_ended}"

    def calls(self, deadline: float = 5) -> list[strace.Event]:
        """Its system calls about sockets and processes so far, and those of its children, if it was started with traced=True; with
        its end once it has ended."""
        if self.trace is None:
            raise ValueError(f"{self} was not started with traced=True")
        path = self.trace

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
        deadline = seconds_left(deadline)
        end = time.monotonic() + deadline
        poll = select.poll()
        poll.register(self._input(), select.POLLOUT)
        while data:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise DeadlinePassed(f"{in_vain(f'{self} to read what is typed', deadline)}{self.last_words()}")
            try:
                data = data[os.write(self._input(), data) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                ended = self._why_gone() or f"{self} has closed its input"
                raise InputClosed(f"{ended}, so {data[:40]!r} could not be typed{self.last_words()}") from None

    def ask(self, line: str, awaited: str = "", *, deadline: float = 10) -> str:
        """Types a line and gives what it prints then: up to the end of a line, or to the awaited text, whatever stands before it (a banner)
        and after it (a prompt). Where something else is printed and no more comes for a second, that. The transcript shows both."""
        self.show()
        heard, asked = len(self.output), time.time()
        self.type(line + "\n")

        length, since = 0, asked

        def answer() -> str:
            nonlocal length, since
            text = self.output[heard:]
            lines = text[: text.rfind("\n") + 1]
            if len(text) > length:
                length, since = len(text), time.time()
            if awaited in text:
                return lines if awaited in lines else text
            return lines if time.time() - since > _MORE else ""

        found = wait_for(answer, f"{self} to answer {line!r}", deadline, self._why_gone, lambda: instead.of_an_answer(self, self.output[heard:], asked) + self.last_words())
        self.show()
        return found.rstrip("\n")

    def _about_to_end(self) -> None:
        """Looks at how a server is, before it is told to end for the first time."""
        if self.running and not self.told_to_end:
            self.told_to_end = True
            if self._habits:
                self.host.lab.look_at(self._habits)

    def end_input(self) -> None:
        """End of file: Ctrl+D on a terminal, else its standard input is closed."""
        if self.terminal:
            self._tell("type", self.host.name, self.name, "^D")
            self._write(b"\x04")
        else:
            os.close(self._input())
            self._stdin = None

    def interrupt(self) -> None:
        """Ctrl+C: to the program and its children, which are the terminal's foreground group; through the terminal when it has one."""
        self._about_to_end()
        if self.terminal:
            self._tell("type", self.host.name, self.name, "^C")
            self._write(b"\x03")
        else:
            self._tell("signal", self.host.name, self.name, "SIGINT")
            if self.running:
                self._process.interrupt()

    def _input(self) -> int:
        if self._stdin is None:
            raise ValueError(f"{self} has no input to write to")
        return self._stdin

    def signal(self, which: int | str) -> None:
        """Sends a signal ("SIGTERM") to the program itself (not to its children). Nothing happens when it has ended."""
        number = signal.Signals[which] if isinstance(which, str) else which
        self._about_to_end()
        self._tell("signal", self.host.name, self.name, signal.Signals(number).name)
        if self.running:
            self._process.signal(number)

    # how it ends

    @property
    def children(self) -> list[Process]:
        """Its child processes and theirs, with those that have ended and were not waited for; none once it has ended."""
        return descendants(self.pid) if self.running else []

    @property
    def running(self) -> bool:
        if self.status is None and (ending := self._process.poll()):
            self.ended = time.time()
            self.ending, self.status = ending, ending.status
            self._drain()
            self._tell("exit", self.host.name, self.name, self.how_it_ended)
        return self.status is None

    @property
    def how_it_ended(self) -> str:
        """Its status, the bounds that it ran into, and what was wrong with what it left; for people."""
        return describe_status(self.status) + getattr(self._process, "how_it_ended", "")

    def wait(self, deadline: float = 10) -> int:
        """Waits for its end and gives the exit status. Raises DeadlinePassed."""
        return self._wait(seconds_left(deadline))

    def _wait(self, deadline: float) -> int:
        end = time.monotonic() + deadline
        if self.running:
            poll = select.poll()
            poll.register(self._process.pidfd, select.POLLIN)
            poll.poll(deadline * 1000)
        while self.running:  # its parent, or the tracer of a traced program, hears of its end first
            if time.monotonic() >= end:
                raise DeadlinePassed(f"{in_vain(f'{self} to end', deadline)}{instead.of_an_end(self)}{self.last_words()}")
            time.sleep(_POLL_SECONDS)
        assert self.status is not None
        return self.status

    @property
    def limits(self) -> list[str]:
        """Bounds of its sandbox that it ran into, in words."""
        return self._process.sandbox.limits.in_words(self._process.limits) if isinstance(self._process, SandboxedProcess) else []

    def processor_seconds(self) -> float:
        """Processor time of a judged program with all that it started; 0 for a tool, and after stop()."""
        return 0.0 if self._released or isinstance(self._process, DirectProcess) else self._process.processor_seconds()

    @property
    def refused(self) -> int:
        """The errno that starting the program's file met; 0 when it was started."""
        return getattr(self._process, "refused", 0)

    def stop(self, deadline: float = 5) -> int:
        """SIGTERM, then SIGKILL after the deadline (seconds); all its descendants end too, also those it left behind."""
        if self._released:
            assert self.status is not None
            return self.status
        family = self._process.family()
        if self.running:
            self._about_to_end()
            self._process.signal(signal.SIGTERM)
            try:
                self._wait(deadline)
            except DeadlinePassed:
                self._process.signal(signal.SIGKILL)
                self._wait(deadline)
        end = time.monotonic() + deadline
        while not self._trace_written() and time.monotonic() < end:  # strace may be one of those killed below
            time.sleep(_POLL_SECONDS)
        if isinstance(self._process, DirectProcess):
            self._end_family(self._process, family, deadline)
        self._process.release()
        self._released = True
        for stream in self._streams:
            stream.close()
        self._close_ends()
        assert self.status is not None
        return self.status

    def _end_family(self, process: DirectProcess, family: list[int], deadline: float) -> None:
        # A killed process loses its environment before its sockets and its life: whoever was seen is waited for.
        seen = set(family)
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            seen.update(process.family())
            living = [pid for pid in seen if alive(pid)]
            if not living:
                break
            for pid in living:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(_POLL_SECONDS)


def describe_status(status: int | None) -> str:
    """"status 1", or "signal SIGKILL"."""
    if status is None:
        return "no status yet"
    return f"status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
