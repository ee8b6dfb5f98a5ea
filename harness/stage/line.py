"""One command line of a shell on a host, in which judged programs stand: the shell is the question's, each program is in its sandbox."""

from __future__ import annotations

import os
import pathlib
import shlex
import string
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness.stage.output import PUMP, Stream
from harness.judge.exits import ExitStatus, describe_status
from harness.stage.program import Program
from harness.stage.sandbox import Sandbox
from harness.stage.sandboxed import SandboxedProcess, control_pair
from harness.stage.scratch import ScratchError
from harness.stage.spoken import last_lines


class LineProgram:
    """A program that a shell's line starts when its turn comes. started and ended are seconds since the epoch, None before; status as
    a Program's. complaint: why it could not be started, or what was wrong with what it left."""

    def __init__(self, host: Any, name: str, role: str, command: list[str], sandbox: Sandbox, folder: pathlib.Path, tell: Callable[..., None]) -> None:
        self.host, self.name, self.role, self.command, self.sandbox = host, name, role, command, sandbox
        self.stdout_path, self.stderr_path = folder / f"{name}.stdout", folder / f"{name}.stderr"
        self.started: float | None = None
        self.ended: float | None = None
        self.status: ExitStatus | None = None
        self.refused = 0
        self.listened = self.told_to_end = False  # nobody waits for that in a line, nor ends it
        self.as_expected = False
        self.complaint = ""
        self._tell = tell
        ours, self._theirs = control_pair()
        self._process = SandboxedProcess.expected(ours, sandbox)
        source, self._input = os.pipe()
        self._given = [source]
        self._streams = [self._stream(path) for path in (self.stdout_path, self.stderr_path)]

    def _stream(self, path: pathlib.Path) -> Stream:
        reading, writing = os.pipe()
        self._given.append(writing)
        stream = Stream(reading, path, self.sandbox.limits.output, self._process.overflow)
        PUMP.add(stream)
        return stream

    @property
    def descriptors(self) -> list[int]:
        """What the shell, and through it the sandbox, is to inherit."""
        return [self._theirs.fileno(), *self._given]

    @property
    def words(self) -> list[str]:
        """What stands in the shell's line."""
        control, *streams = self.descriptors
        return ["/usr/bin/bwrap", *self.sandbox.command(self.host.name, control, (streams[0], streams[1], streams[2]), False), *self.command]

    def handed_over(self) -> None:
        """The shell has the descriptors now: ours of them are closed, and the program is watched."""
        self._theirs.close()
        for descriptor in self._given:
            os.close(descriptor)
        threading.Thread(target=self._watch, name=self.name, daemon=True).start()

    def _watch(self) -> None:
        process = self._process
        try:
            process.meet(None, self._begin)
            ending = process.await_end()
            for stream in self._streams:  # the shell goes on with the release, and whoever waits for it reads what was said
                stream.drain()
            self.refused, self.ended, self.status = process.refused, time.time(), ExitStatus(ending.status, self)
            self._tell("exit", self.host.name, self.name, self.how_it_ended)
        except (OSError, EOFError, ScratchError) as error:
            self.complaint = str(error)
        finally:
            process.release()
            os.close(self._input)
            for stream in self._streams:
                stream.close()

    def _begin(self, pid: int) -> None:
        self.started = time.time()

    def __str__(self) -> str:
        return f"{self.name} on {self.host.name}"

    @property
    def running(self) -> bool:
        return self.started is not None and self.status is None and not self.complaint

    @property
    def limits(self) -> list[str]:
        """Bounds of its sandbox that it ran into, in words."""
        return self.sandbox.limits.in_words(self._process.limits)

    @property
    def how_it_ended(self) -> str:
        return describe_status(self.status) + self._process.how_it_ended

    def processor_seconds(self) -> float:
        """Not known: its sandbox ends with it."""
        return 0.0

    def last_words(self) -> str:
        return last_lines(self.stderr_path) + last_lines(self.stdout_path)

    def stop(self, deadline: float = 5) -> int:
        """It ends with its shell."""
        return self.status if self.status is not None else 0


class Line:
    """The line as a whole: the shell, and its programs by the names that stand in its text."""

    def __init__(self, shell: Program, programs: Mapping[str, LineProgram]) -> None:
        self.shell, self.programs = shell, programs

    def wait(self, deadline: float) -> dict[str, int | None]:
        """Waits for the shell's end; the exit status of each program, None for one that never ran."""
        self.shell.wait(deadline)
        return {name: program.status for name, program in self.programs.items()}

    @property
    def started(self) -> float:
        return self.shell.started

    @property
    def ended(self) -> float | None:
        return self.shell.ended


def one_after_another(keys: Iterable[str], seconds: float) -> str:
    """A line that starts programs in the background, so many seconds apart, and waits for all."""
    return f" & sleep {seconds:g}; ".join(f"{{{key}}}" for key in keys) + "; wait"


def start_line(host: Any, text: str, name: str, programs: Mapping[str, LineProgram]) -> Line:
    """Starts ``sh -c`` with the text on the host; {name} in it stands for a program."""
    wanted = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    if wanted != programs.keys():
        raise ValueError(f"the line {text!r} names {sorted(wanted)}, and is given {sorted(programs)}")
    line = text.format(**{key: shlex.join(program.words) for key, program in programs.items()})
    given = [descriptor for program in programs.values() for descriptor in program.descriptors]
    shown = text.format(**{key: host.lab.shown(program.command) for key, program in programs.items()})
    host.lab.tell("start", host.name, name, shown)
    shell = Program(host, name, ["sh", "-c", line], host.lab.logs, tell=host.lab.tell, inherited=given)
    for program in programs.values():
        program.handed_over()
    return Line(shell, programs)
