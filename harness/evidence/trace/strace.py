"""What strace(1) 6.1 writes, read into typed events.

Of the options, -f follows children, -ttt and -T give start (seconds since the epoch) and duration, -yy names the two ends of sockets,
-xx writes every string in hexadecimal, so that no text of a program can look like a part of strace's own line.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Sequence

CALLS = (
    "%network,read,readv,write,writev,sendfile,splice,close,dup,dup2,dup3,clone,clone3,fork,vfork,execve,exit,exit_group"
)
_PAYLOAD_SHOWN = 64  # bytes of each string


OPTIONS = ("-f", "-q", "-ttt", "-T", "-yy", "-xx", "-s", str(_PAYLOAD_SHOWN), "-e", f"trace={CALLS}")
"""What this module reads, of programs about which nothing else is asked."""


def command(options: Sequence[str], file: pathlib.Path, words: Sequence[str]) -> list[str]:
    """A command under strace; the calls are written to the file. -D keeps the program the child of whoever starts it."""
    return ["strace", "-D", *options, "-o", str(file), *words]


def follow(options: Sequence[str], file: pathlib.Path, pid: int) -> list[str]:
    """strace of a process that is there already, perhaps in a process namespace of its own: process ids are shown as ours too."""
    return ["strace", *options, "--decode-pids=pidns", "-o", str(file), "-p", str(pid)]


def follows(pid: int) -> bool:
    """True when the process is being traced. Raises OSError when it is gone."""
    return re.search(r"^TracerPid:\t[1-9]", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE) is not None


class TraceError(ValueError):
    """A line is none of strace's; the message has its number and the line."""


@dataclasses.dataclass(frozen=True)
class Descriptor:
    """A file descriptor as -yy shows it. protocol: TCP or UDP, empty for anything else; local and remote: (address, port) of a
    socket, None where it has none (yet)."""

    number: int
    text: str = ""
    protocol: str = ""
    local: tuple[str, int] | None = None
    remote: tuple[str, int] | None = None


@dataclasses.dataclass(frozen=True)
class Call:
    """A system call. start and end are seconds since the epoch; end is None when it never returned. result is what it returned,
    None for "?"; error is the errno's name, empty without one; arguments are as strace writes them, annotations included."""

    pid: int
    start: float
    end: float | None
    name: str
    arguments: tuple[str, ...]
    result: int | None
    error: str = ""
    returned: Descriptor | None = None

    @property
    def descriptor(self) -> Descriptor | None:
        """The descriptor that is its first argument."""
        return descriptor(self.arguments[0]) if self.arguments else None

    @property
    def text(self) -> str:
        """The call as a person writes it: ``sendto(6 bytes)``, ``shutdown(SHUT_WR)``, ``accept() = 4``, ``recvfrom() = ECONNRESET``."""
        if self.name in SENDING and not self.error and self.result is not None:
            return f"{self.name}({self.result} bytes)"
        if self.name in ("exit_group", "exit"):
            return f"exit({', '.join(self.arguments)})"
        inside = self.arguments[1] if self.name == "shutdown" and len(self.arguments) > 1 else ""
        outcome = self.error or ("?" if self.result is None else str(self.result))
        tells = self.error or self.name in RECEIVING or self.name in ("accept", "accept4")
        return f"{self.name}({inside})" + (f" = {outcome}" if tells else "")


@dataclasses.dataclass(frozen=True)
class Signal:
    """A signal was delivered to the process."""

    pid: int
    start: float
    name: str

    @property
    def text(self) -> str:
        return self.name


@dataclasses.dataclass(frozen=True)
class End:
    """A process is gone. status is its exit status, None when a signal killed it, whose name is `signal`."""

    pid: int
    start: float
    status: int | None
    signal: str = ""

    @property
    def text(self) -> str:
        return f"killed by {self.signal}" if self.signal else f"exited with {self.status}"


Event = Call | Signal | End
SENDING = frozenset({"write", "writev", "send", "sendto", "sendmsg", "sendmmsg", "sendfile", "splice"})
RECEIVING = frozenset({"read", "readv", "recv", "recvfrom", "recvmsg", "recvmmsg"})

_LINE = re.compile(r"(?P<pid>[0-9]+)\s+(?P<time>[0-9]+\.[0-9]+) (?P<rest>.*)")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>.+)")
_UNFINISHED = re.compile(r"(?P<name>\w+)\((?P<arguments>.*?),? ?<unfinished \.\.\.>(?P<end>\)\s+= \?)?")
_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>,? ?(?P<arguments>.*)\)\s+= (?P<result>.+)")
_RESULT = re.compile(
    r"(?P<value>\?|-?[0-9]+|0x[0-9a-f]+)(?P<annotation><.*?>(?=$| |\())?(?: (?P<error>E[A-Z0-9_]+) \([^)]*\))?(?: \(.*\))?"
    r"(?: <(?P<seconds>[0-9]+\.[0-9]+)>)?"
)
_SIGNAL = re.compile(r"--- (?P<name>SIG\w+) \{.*\} ---")
_STOPPED = re.compile(r"--- stopped by SIG\w+ ---")
_EXITED = re.compile(r"\+\+\+ exited with (?P<status>[0-9]+) \+\+\+")
_KILLED = re.compile(r"\+\+\+ killed by (?P<signal>SIG\w+)(?: \(core dumped\))? \+\+\+")
_SUPERSEDED = re.compile(r"\+\+\+ superseded by execve in pid [0-9]+ \+\+\+")
_DESCRIPTOR = re.compile(r"(?P<number>-?[0-9]+)(?:<(?P<text>.*)>)?")
_OUR_PID = re.compile(r"[0-9]+ /\* (?P<pid>[0-9]+) in strace's PID NS \*/")
_SOCKET = re.compile(r"(?P<protocol>TCP|UDP)(?:v6)?:\[(?P<ends>.*)\]")


def parse(text: str) -> list[Event]:
    """The events of a trace, in the order of their starts. A last line without its end, which strace is still writing, is left out."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            if line.strip():
                reader.read(line)
        except TraceError as error:
            raise TraceError(f"trace, line {number}: {error}") from None
    for pid in list(reader.pending):
        reader.give_up(pid)
    return sorted(reader.events, key=lambda event: event.start)


class _Reader:
    """Reads lines; a call that others interrupt in the trace is one event."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.pending: dict[int, tuple[float, str, str]] = {}

    def give_up(self, pid: int) -> None:
        """The process's call, if it is in one, will not return."""
        if pid in self.pending:
            start, name, arguments = self.pending.pop(pid)
            self.events.append(Call(pid, start, None, name, split_arguments(arguments), None))

    def read(self, line: str) -> None:
        match = _LINE.fullmatch(line)
        if not match:
            raise TraceError(f"neither process nor time in {line!r}")
        pid, time, rest = int(match["pid"]), float(match["time"]), match["rest"]
        if found := _SIGNAL.fullmatch(rest):
            self.events.append(Signal(pid, time, found["name"]))
        elif found := _EXITED.fullmatch(rest):
            self.give_up(pid)
            self.events.append(End(pid, time, int(found["status"])))
        elif found := _KILLED.fullmatch(rest):
            self.give_up(pid)
            self.events.append(End(pid, time, None, found["signal"]))
        elif _STOPPED.fullmatch(rest) or _SUPERSEDED.fullmatch(rest):
            return
        elif found := _RESUMED.fullmatch(rest):
            if pid not in self.pending or self.pending[pid][1] != found["name"]:
                raise TraceError(f"{found['name']} goes on, but never began: {line!r}")
            start, name, before = self.pending.pop(pid)
            arguments = ", ".join(part for part in (before, found["arguments"]) if part)
            self._add(pid, start, name, arguments, found["result"], line, time)
        elif found := _UNFINISHED.fullmatch(rest):
            if pid in self.pending:
                raise TraceError(f"{self.pending[pid][1]} has not returned yet: {line!r}")
            self.pending[pid] = (time, found["name"], found["arguments"])
            if found["end"]:
                self.give_up(pid)
        elif found := _CALL.fullmatch(rest):
            self._add(pid, time, found["name"], found["arguments"], found["result"], line, None)
        else:
            raise TraceError(f"no call, signal or end: {line!r}")

    def _add(self, pid: int, start: float, name: str, arguments: str, result: str, line: str, resumed: float | None) -> None:
        match = _RESULT.fullmatch(_OUR_PID.sub(r"\g<pid>", result).rstrip())
        if not match:
            raise TraceError(f"no result in {line!r}")
        value = None if match["value"] == "?" else int(match["value"], 0)
        end = start + float(match["seconds"]) if match["seconds"] else resumed
        returned = descriptor(match["value"] + match["annotation"]) if match["annotation"] and value is not None else None
        self.events.append(Call(pid, start, end, name, split_arguments(arguments), value, match["error"] or "", returned))


def split_arguments(text: str) -> tuple[str, ...]:
    """Arguments at their commas, those inside of brackets and of strings excepted."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([{<":
            depth += 1
        elif character in ")]}" or (character == ">" and text[at - 1 : at] != "-"):
            depth = max(0, depth - 1)
        elif character == "," and depth == 0:
            parts.append(text[begin:at].strip())
            begin = at + 1
    last = text[begin:].strip()
    return tuple([*parts, last] if last or parts else [])


def descriptor(text: str) -> Descriptor | None:
    """Reads ``5<TCP:[10.0.0.2:60482->10.0.0.1:1234]>``; None for what is no descriptor."""
    match = _DESCRIPTOR.fullmatch(text)
    if not match:
        return None
    number, shown = int(match["number"]), match["text"] or ""
    socket = _SOCKET.fullmatch(shown)
    if not socket:
        return Descriptor(number, shown)
    here, arrow, there = socket["ends"].partition("->")
    return Descriptor(number, shown, socket["protocol"], end_point(here), end_point(there) if arrow else None)


def end_point(text: str) -> tuple[str, int] | None:
    """Address and port; an IPv4 address that an IPv6 socket has as such. None for what is none, such as an inode."""
    address, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit():
        return None
    return address.strip("[]").removeprefix("::ffff:"), int(port)


def ended(text: str, pid: int) -> bool:
    """True when a trace knows the end of the process."""
    return re.search(rf"^{pid}\s+\S+ \+\+\+ (?:exited|killed) .*\n", text, re.MULTILINE) is not None
