"""A program that runs on a host: typed to, signalled, waited for, and never left behind."""

from __future__ import annotations

import os
import pathlib
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from harness.evidence.trace import strace
from harness.judge.exits import ExitStatus, describe_status
from harness.judge.waiting import DeadlinePassed, in_vain, seconds_left, wait_for
from harness.stage import instead, sockets, standing
from harness.stage.direct import DirectProcess, Ending
from harness.stage.habits import Habits
from harness.stage.output import PUMP, Stream
from harness.stage.processes import Process, alive, descendants
from harness.stage.sandbox import Sandbox
from harness.stage.sandboxed import SandboxedProcess
from harness.stage.spoken import Spoken
from harness.stage.typed import Typed, open_terminal

_MORE = 1.0  # s in which a program that prints something else may print what is awaited, too
_POLL_SECONDS = 0.002


class Program(Spoken, Typed):
    """One started program: a judged one in its sandbox, or a tool of the harness without one.

    pid is the program's own; started and ended are seconds since the epoch; status is the exit status, negative for a
    signal, None while it runs; ending tells how it ended, once it has; listened: it was seen to listen, on `ports`; as_expected: it ended as
    the question wants it to; told_by: the last signal that it was sent ("SIGTERM", "Ctrl+C").
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
        self.status: ExitStatus | None = None
        self.ended: float | None = None
        self.ending: Ending | None = None
        self.trace = folder / f"{name}.strace" if trace else None
        self.listened = False
        self.ports: set[int] = set()
        self.told_to_end = self.as_expected = False
        self.told_by = ""
        self._habits: Habits | None = None
        self._overflow = False
        self._tell = tell
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
            reading, writing = open_terminal() if seen else os.pipe()
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

    def __str__(self) -> str:
        return f"{self.name} on {self.host.name}"

    def wait_listening(self, port: int, protocol: str = "tcp", deadline: float = 10) -> "Program":
        """Waits until the program, or a descendant of it, listens on the port."""
        what = f"{self} to listen on {protocol} port {port}"

        def listens() -> bool:
            inodes = sockets.listeners(self.host.pid, protocol, port)
            return bool(inodes) and sockets.held_by(inodes, [self.pid, *self._process.family()])

        wait_for(listens, what, deadline, self._why_gone, lambda: instead.of_listening(self, protocol, port) + self.around())
        if self.role and not self.listened:
            self._habits = Habits.of(self, port, protocol)
        self.listened = True
        self.ports.add(port)
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

    def ask(self, line: str, awaited: str = "", *, deadline: float = 10, details: Callable[[], str] | None = None) -> str:
        """Types a line and gives what it prints then: up to the end of a line, or to the awaited text, whatever stands before it (a banner)
        and after it (a prompt). Where something else is printed and no more comes for a second, that. The transcript shows both. details:
        tells what else is to be known where no answer comes."""
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

        def instead_of_it() -> str:
            more = f"; {details()}" if details else ""
            return instead.of_an_answer(self, self.output[heard:], asked) + more + self.around()

        found = wait_for(answer, f"{self} to answer {line!r}", deadline, self._why_gone, instead_of_it)
        self.show()
        return found.rstrip("\n")

    def _about_to_end(self) -> None:
        """Looks at how a server is, before it is told to end for the first time."""
        if self.running and not self.told_to_end:
            self.told_to_end = True
            if self._habits:
                self.host.lab.look_at(self._habits)

    def interrupt(self) -> None:
        """Ctrl+C: to the program and its children, which are the terminal's foreground group; through the terminal when it has one."""
        self._about_to_end()
        self.told_by = "Ctrl+C"
        if self.terminal:
            self._tell("type", self.host.name, self.name, "^C")
            self._write(b"\x03")
        else:
            self._tell("signal", self.host.name, self.name, "SIGINT")
            if self.running:
                self._process.interrupt()

    def signal(self, which: int | str) -> None:
        """Sends a signal ("SIGTERM") to the program itself (not to its children). Nothing happens when it has ended. SIGHUP tells a
        server to read its files again, and no program to end."""
        number = signal.Signals[which] if isinstance(which, str) else which
        if number != signal.SIGHUP:
            self._about_to_end()
        self.told_by = signal.Signals(number).name
        self._tell("signal", self.host.name, self.name, self.told_by)
        if self.running:
            self._process.signal(number)

    # how it is, and how it ends

    def state(self) -> str:
        """How it is now, for people: what it waits in, where it listens, whom it is connected to, what it got, sent and printed last."""
        return standing.state(self)

    def around(self) -> str:
        """Lines to be put behind a sentence about it: its last words, how it is, and how the programs are that it has to do with."""
        own = f"\n    {self} {standing.how(self)}" if self.running else ""
        return self.last_words() + own + standing.others(self)

    @property
    def children(self) -> list[Process]:
        """Its child processes and theirs, with those that have ended and were not waited for; none once it has ended."""
        return descendants(self.pid) if self.running else []

    @property
    def family(self) -> list[int]:
        """Process ids of all that still is there of it: itself, its descendants, and what it has left behind."""
        return [] if self._released else [self.pid, *self._process.family()]

    @property
    def running(self) -> bool:
        if self.status is None and (ending := self._process.poll()):
            self.ended = time.time()
            self.ending, self.status = ending, ExitStatus(ending.status, self)
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
                raise DeadlinePassed(f"{in_vain(f'{self} to end', deadline)}{instead.of_an_end(self)}{self.around()}")
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
