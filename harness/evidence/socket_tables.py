"""Socket tables as netstat (net-tools 2.10), lsof (4.95) and ss (iproute2 6.1) print them, read into typed rows.

A line that does not fit is an error, never a row left out: what a student would see is what is judged.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Any


class SocketTableError(ValueError):
    """A tool printed what this module cannot read; the message has the line."""


@dataclasses.dataclass(frozen=True)
class SocketRow:
    """A line about an internet socket; None where the tool does not say. Queues are bytes, or connections that wait for accept
    where the socket listens (ss). program is the name as printed, which netstat and lsof cut; text is the line itself."""

    text: str
    protocol: str
    local: str
    local_port: str
    state: str | None = None
    foreign: str | None = None
    foreign_port: str | None = None
    pid: int | None = None
    program: str | None = None
    receive_queue: int | None = None
    send_queue: int | None = None
    descriptor: str | None = None
    user: str | None = None


@dataclasses.dataclass(frozen=True)
class SocketTable:
    """What a tool printed. text is all of it; columns are its headings; rows are the lines about internet sockets."""

    command: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[SocketRow, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SocketRow]:
        return iter(self.rows)

    def where(self, **wanted: Any) -> list[SocketRow]:
        """The rows whose fields are as wanted: ``where(state="LISTEN", pid=server)``. A program stands for its process id,
        a host for its address; ports may be numbers; of several values in a list or set, one must fit."""
        test = _prepared(wanted)
        return [row for row in self.rows if _passes(row, test)]


def _prepared(wanted: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Fields and what each may be. Raises TypeError for a field that no row has."""
    if unknown := set(wanted) - {field.name for field in dataclasses.fields(SocketRow)}:
        raise TypeError(f"a socket table has no {', '.join(sorted(unknown))}")
    return [(name, _values(name, value)) for name, value in wanted.items()]


def _passes(row: SocketRow, test: list[tuple[str, list[Any]]]) -> bool:
    return all(getattr(row, name) in values for name, values in test)


def _values(name: str, value: Any) -> list[Any]:
    several = value if isinstance(value, (list, tuple, set, frozenset, range)) else [value]
    if name == "pid":
        return [getattr(one, "pid", one) for one in several]
    if name in ("local", "foreign"):
        return [None if one is None else str(one) for one in several]
    return [str(one) if name.endswith("port") and isinstance(one, int) else one for one in several]


def pair(rows: Sequence[SocketRow], wanted: Sequence[dict[str, Any]]) -> bool:
    """True if every row fits a description of its own, and none is left over. A row may fit several: augmenting paths find
    out whether there is a way."""
    if len(rows) != len(wanted):
        return False
    tests = [_prepared(one) for one in wanted]
    choices = [[i for i, test in enumerate(tests) if _passes(row, test)] for row in rows]
    row_of: dict[int, int] = {}
    choice_of: dict[int, int] = {}
    for row in range(len(rows)):
        asked_by: dict[int, int] = {}
        queue: list[int] = [row]
        free: int | None = None
        while queue and free is None:
            at = queue.pop(0)
            for choice in choices[at]:
                if choice not in asked_by:
                    asked_by[choice] = at
                    if choice not in row_of:
                        free = choice
                        break
                    queue.append(row_of[choice])
        if free is None:
            return False
        at = -1
        while at != row:
            assert free is not None  # only row itself, the last on this way back, has no choice to give up
            at = asked_by[free]
            given_up = choice_of.get(at)
            row_of[free], choice_of[at] = at, free
            free = given_up
    return True


def describe(wanted: dict[str, Any]) -> str:
    """A description in words: "state LISTEN, pid 31"."""
    told = []
    for name, value in wanted.items():
        values = [str(one) for one in _values(name, value)]
        told.append(f"{name} {' or '.join(values) if values else 'of nobody'}")
    return ", ".join(told)


_NETSTAT_TITLE = re.compile(r"Active (Internet|UNIX domain|Bluetooth|IPX|AX\.25|X\.25|NET/ROM|DECnet|ROSE|IPX) .*")
_NETSTAT = re.compile(
    r"(?P<protocol>tcp6?|udp6?|udplite6?|sctp6?|raw6?)\s+(?P<receive>\d+)\s+(?P<send>\d+)\s+(?P<local>\S+)\s+(?P<foreign>\S+)"
    r"(?:\s+(?P<state>[A-Z][A-Z_0-9]+|[0-9]+))?(?:\s+(?P<owner>-|\d+/.*?))?\s*"
)


def netstat(text: str, command: str = "netstat") -> SocketTable:
    """Reads the internet part of netstat's table (-p -a -n -u -t); the part on UNIX domain sockets is left out."""
    columns: tuple[str, ...] = ()
    rows, section = [], ""
    for line in text.splitlines():
        if not line.strip():
            continue
        if title := _NETSTAT_TITLE.fullmatch(line):
            section = title.group(1)
        elif line.startswith("Proto "):
            if section == "Internet":
                columns = _headings(line)
        elif section == "Internet":
            match = _NETSTAT.fullmatch(line)
            if not match:
                raise SocketTableError(f"{command}: cannot read the line {line!r}")
            owner = match["owner"] if match["owner"] not in (None, "-") else None
            pid, _, program = owner.partition("/") if owner else ("", "", "")
            local, local_port = _end(command, line, match["local"])
            foreign, foreign_port = _end(command, line, match["foreign"])
            rows.append(SocketRow(
                line, match["protocol"], local, local_port, match["state"], foreign, foreign_port, int(pid) if pid else None,
                program or None, int(match["receive"]), int(match["send"]),
            ))  # fmt: skip
        elif not section:
            raise SocketTableError(f"{command}: cannot read the line {line!r}")
    if not columns:
        raise SocketTableError(f"{command} printed no table of internet sockets: {text[:200]!r}")
    return SocketTable(command, text, columns, tuple(rows))


_NETSTAT_HEADINGS = re.compile(
    r"PID/Program name|Local Address:Port|Peer Address:Port|Local Address|Foreign Address|\S+?(?=Process)|\S+"
)


def _headings(line: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _NETSTAT_HEADINGS.finditer(line))


_LSOF = re.compile(
    r"(?P<program>\S+)\s+(?P<pid>[0-9]+)\s+(?P<user>\S+)\s+(?P<descriptor>[0-9]+[rwu]?\S?)\s+(?P<type>IPv[46])\s+(?P<device>\S+)\s+"
    r"(?P<size>\S+)\s+(?P<protocol>TCP|UDP|UDPLITE|ICMP\S*)\s+(?P<name>\S+)(?:\s+\((?P<state>[A-Z_0-9]+)\))?\s*"
)
_LSOF_HEADINGS = ("COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME")


def lsof(text: str, command: str = "lsof") -> SocketTable:
    """Reads the table of ``lsof -i``. No output is an empty table: nobody has such a socket."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return SocketTable(command, text, (), ())
    columns = tuple(lines[0].split())
    if columns != _LSOF_HEADINGS:
        raise SocketTableError(f"{command}: the first line is no heading: {lines[0]!r}")
    rows = []
    for line in lines[1:]:
        match = _LSOF.fullmatch(line)
        if not match:
            raise SocketTableError(f"{command}: cannot read the line {line!r}")
        here, arrow, there = match["name"].partition("->")
        local, local_port = _end(command, line, here)
        foreign, foreign_port = _end(command, line, there) if arrow else (None, None)
        rows.append(SocketRow(
            line, match["protocol"], local, local_port, match["state"], foreign, foreign_port, int(match["pid"]),
            match["program"], descriptor=match["descriptor"], user=match["user"],
        ))  # fmt: skip
    return SocketTable(command, text, columns, tuple(rows))


_SS = re.compile(
    r"(?:(?P<protocol>tcp|udp|raw|icmp6?|sctp|dccp|mptcp)\s+)?(?P<state>[A-Z][A-Z0-9-]+)\s+(?P<receive>\d+)\s+(?P<send>\d+)\s+"
    r"(?P<local>\S+)\s+(?P<foreign>\S+)(?:\s+users:\((?P<users>.*)\))?\s*"
)
_SS_USER = re.compile(r'\("(?P<program>(?:[^"\\]|\\.)*)",pid=(?P<pid>\d+),fd=(?P<fd>\d+)\)')


def ss(text: str, command: str = "ss", protocol: str = "tcp") -> SocketTable:
    """Reads ss's table, one row for each process that holds the socket. protocol: of a table without the column Netid."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or "Recv-Q" not in lines[0]:
        raise SocketTableError(f"{command} printed no table: {text[:200]!r}")
    columns = _headings(lines[0])
    rows = []
    for line in lines[1:]:
        match = _SS.fullmatch(line)
        if not match or (match["protocol"] is None) == ("Netid" in columns):
            raise SocketTableError(f"{command}: cannot read the line {line!r}")
        local, local_port = _end(command, line, match["local"])
        foreign, foreign_port = _end(command, line, match["foreign"])
        row = SocketRow(
            line, match["protocol"] or protocol, local, local_port, match["state"], foreign, foreign_port,
            receive_queue=int(match["receive"]), send_queue=int(match["send"]),
        )  # fmt: skip
        users = list(_SS_USER.finditer(match["users"] or ""))
        if match["users"] and ",".join(user.group() for user in users) != match["users"]:
            raise SocketTableError(f"{command}: cannot read the processes in {line!r}")
        rows += [
            dataclasses.replace(row, pid=int(user["pid"]), program=user["program"], descriptor=user["fd"]) for user in users
        ] or [row]
    return SocketTable(command, text, columns, tuple(rows))


def _end(command: str, line: str, text: str) -> tuple[str, str]:
    """Address and port of "[::ffff:10.0.0.1]:1234" (an IPv6 socket's IPv4 address, told plainly), ":::7", "10.0.0.1:1234", "*:7",
    "localhost:http", "10.0.0.1%h1-eth0:68"."""
    address, colon, port = text.rpartition(":")
    if not colon or not port or not address:
        raise SocketTableError(f"{command}: {text!r} is no address with a port, in {line!r}")
    address = address.strip("[]") if address.startswith("[") else address
    return address.removeprefix("::ffff:"), port
