"""What a program says, and what it leaves; a part of harness.stage.program.Program."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import re
from collections.abc import Callable
from typing import Any

from harness.judge.waiting import ProgramFault, wait_for
from harness.stage.direct import DirectProcess
from harness.stage.output import Stream
from harness.stage.sandboxed import SandboxedProcess
from harness.stage.scratch import ScratchError


def last_lines(path: pathlib.Path, count: int = 5) -> str:
    """The end of a log, indented, or an empty text."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return ""
    return "".join(f"\n    | {line}" for line in lines)


class Spoken:
    """Methods of Program."""

    host: Any
    name: str
    stdout_path: pathlib.Path
    stderr_path: pathlib.Path
    _tell: Callable[[str, str, str, str], None]
    _why_gone: Callable[[], str | None]
    around: Callable[[], str]
    _process: DirectProcess | SandboxedProcess
    _streams: list[Stream]
    _heard: dict[pathlib.Path, int]
    _redirected: bool
    _released: bool

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

        return wait_for(look, f"{self} to print /{pattern}/", deadline, self._why_gone, self.around)
