"""The processes of `wire`, one a link: started side by side, spoken to, watched, ended."""

from __future__ import annotations

import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time
from typing import Any

from harness.judge.exits import describe_status
from harness.world.links.errors import LinkError
from harness.world.links.link import Wish
from harness.world.links.wire_config import config

_READY_SECONDS = 10.0
_ANSWER_SECONDS = 5.0
_END_SECONDS = 5.0
COUNTERS_INTERVAL = "100ms"


class Wire:
    """One link's emulator. name: the link's ("h1-s1"), which its files bear; a, b: the interfaces it joins, forward from a to b.

    Its files, in the folder given to start(): link-NAME.json (what it was told), .counters.jsonl, .drops.jsonl, .log.
    """

    def __init__(self, name: str, a: str, b: str, wish: Wish, seed: int, command: list[str]) -> None:
        self.name, self.a, self.b, self.wish, self.seed = name, a, b, wish, seed
        self.changed = False
        """True once somebody asked for something else than was declared."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._folder = pathlib.Path()

    def file(self, kind: str) -> pathlib.Path:
        """One of its files: "counters.jsonl", "drops.jsonl", "json", "log"."""
        return self._folder / f"link-{self.name}.{kind}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def ended(self) -> str:
        """How it ended though nobody asked it to, with its last words; empty while it runs, or after stop()."""
        if self._process is None or self._process.poll() is None:
            return ""
        how = describe_status(self._process.returncode)
        words = self.file("log").read_text(errors="replace").strip().splitlines() if self.file("log").exists() else []
        return f"the wire of link {self.name} (process {self.pid}) ended with {how}: {' / '.join(words[-3:]) or 'it said nothing'}"

    def start(self, folder: pathlib.Path, begun: bool) -> None:
        """Starts the program; begun: the scenario has, so that rules of loss hold and the schedule's clock runs. wait_ready() has to follow."""
        self._folder, self._buffer, self.changed = folder, b"", False
        for kind in ("counters.jsonl", "drops.jsonl", "log"):
            self.file(kind).unlink(missing_ok=True)
        self.file("json").write_text(json.dumps(config(self.wish, self.seed, begun), indent=1) + "\n")
        words = ["--config", str(self.file("json")), "--counters", str(self.file("counters.jsonl")), "--interval", COUNTERS_INTERVAL]
        command = [*self._command, *words, "--drops", str(self.file("drops.jsonl")), self.a, self.b]
        with self.file("log").open("wb") as log:
            try:
                # A session of its own, so that Ctrl+C in the terminal does not cut the link.
                self._process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
                )
            except OSError as error:
                raise LinkError(f"link {self.name}: {command[0]} cannot be started: {error.strerror}") from error

    def wait_ready(self, deadline: float) -> None:
        """Returns when it passes frames (deadline: time.monotonic()); raises LinkError when it does not come to that."""
        self._answer("ready", deadline)

    def ask(self, request: dict[str, Any], event: str = "set") -> dict[str, Any]:
        """Sends a request and returns the answer of the kind expected; raises LinkError with what `wire` says against it."""
        if self._process is None or self.ended:
            raise LinkError(self.ended or f"the wire of link {self.name} does not run")
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            self.changed = self.changed or event == "set"
        except BrokenPipeError:
            self._process.wait(_END_SECONDS)
            raise LinkError(self.ended) from None
        return self._answer(event, time.monotonic() + _ANSWER_SECONDS)

    def _answer(self, event: str, deadline: float) -> dict[str, Any]:
        assert self._process and self._process.stdout
        descriptor = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while True:
            line, newline, rest = self._buffer.partition(b"\n")
            if newline:
                self._buffer = rest
                answer = json.loads(line)
                if answer.get("event") == "error":
                    raise LinkError(f"link {self.name}: wire says: {answer.get('message')}")
                if answer.get("event") == event:
                    return answer
                continue
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise LinkError(f"link {self.name}: wire did not answer with '{event}' in time")
            data = os.read(descriptor, 65536)
            if not data:
                self._process.wait(_END_SECONDS)
                raise LinkError(self.ended)
            self._buffer += data

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """Ends it in order, so that its files are whole; harmless when it has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream
            stream.close()


class Wires:
    """All of a network. folder: where their files go; without one, a temporary folder that goes with them."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._temporary = folder is None
        self._folder = folder
        self._wires: list[Wire] = []
        self._dead: list[str] = []
        self._begun = False

    def __iter__(self):
        return iter(self._wires)

    def __len__(self) -> int:
        return len(self._wires)

    @property
    def folder(self) -> pathlib.Path:
        if self._folder is None:
            self._folder = pathlib.Path(tempfile.mkdtemp(prefix="wires-"))
        return self._folder

    def add(self, wire: Wire, start: bool) -> None:
        """start: at once, since the others run already."""
        self._wires.append(wire)
        if start:
            self._begin([wire], self._begun)

    def remove(self, wire: Wire) -> None:
        wire.stop()
        self._wires.remove(wire)

    def start(self) -> None:
        """Starts all, without waiting."""
        for wire in self._wires:
            wire.start(self.folder, self._begun)

    def wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        for wire in self._wires:
            wire.wait_ready(deadline)

    def begin(self) -> None:
        """All anew: counters at nothing, every flow at its first packet, rules of loss, schedules and traces at their beginning."""
        self._dead += self.ended()
        self._stop(self._wires)
        self._begun = True
        self._begin(self._wires, True)

    def _begin(self, wires: list[Wire], begun: bool) -> None:
        for wire in wires:
            wire.start(self.folder, begun)
        deadline = time.monotonic() + _READY_SECONDS
        for wire in wires:
            wire.wait_ready(deadline)

    def ended(self) -> list[str]:
        """A sentence for each that has ended though nobody asked it to."""
        return [*self._dead, *(wire.ended for wire in self._wires if wire.ended)]

    @staticmethod
    def _stop(wires: list[Wire]) -> None:
        for wire in wires:
            wire.ask_to_stop()
        for wire in wires:
            wire.stop()

    def end(self) -> None:
        """Ends all in order, so that their files are whole; what was found dead before stays told by ended()."""
        self._dead = self.ended()
        self._stop(self._wires)

    def stop(self) -> None:
        """Ends all, and removes their files if nobody asked for a folder of them."""
        self.end()
        if self._temporary and self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
