"""How a program is at this moment, for who reads that something was waited for in vain: what it waits in itself, where it listens, whom it is
connected to, what came to its ports and left them last, what it printed last. Both ends of a conversation are told of that way."""

from __future__ import annotations

import contextlib
import os
import pathlib
import platform
import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from harness.judge.waiting import soon
from harness.stage import silence, sockets
from harness.stage.last_packets import host_of, last_reset, plain, traffic
from harness.stage.processes import ZOMBIE, read_process
from harness.stage.sockets import LISTEN, Socket
from harness.stage.spoken import Spoken

if TYPE_CHECKING:
    from harness.stage.lab import Lab
    from harness.stage.program import Program

_MOST_ROWS = 4  # sockets, children
_MOST_OTHERS = 3  # programs
_WORDS = 60  # characters
_ENDING = ("Ctrl+C", "SIGINT", "SIGTERM")
_NOWHERE = "no port"
_GRACE = 0.5  # s
# Numbers of system calls that wait, by what `uname -m` prints (syscalls(2)).
_CALLS = {
    "x86_64": {
        0: "read", 1: "write", 7: "poll", 23: "select", 34: "pause", 35: "nanosleep", 42: "connect", 43: "accept", 44: "sendto", 45: "recvfrom",
        46: "sendmsg", 47: "recvmsg", 61: "wait4", 128: "sigtimedwait", 130: "sigsuspend", 202: "futex", 230: "nanosleep", 232: "epoll_wait",
        247: "waitid", 270: "select", 271: "poll", 281: "epoll_wait", 288: "accept", 299: "recvmmsg",
    },
    "aarch64": {
        22: "epoll_wait", 63: "read", 64: "write", 72: "select", 73: "poll", 95: "waitid", 98: "futex", 101: "nanosleep", 115: "nanosleep",
        133: "sigsuspend", 137: "sigtimedwait", 202: "accept", 203: "connect", 206: "sendto", 207: "recvfrom", 211: "sendmsg", 212: "recvmsg",
        242: "accept", 243: "recvmmsg", 260: "wait4",
    },
}  # fmt: skip
_OF_DESCRIPTORS = {"read", "write", "connect", "accept", "sendto", "recvfrom", "sendmsg", "recvmsg", "recvmmsg"}


def state(program: Program) -> str:
    """"h1-tcp-server on h1 runs, and waits in accept on tcp port 1234; listens on …; got …; sent …; printed last 'hi'"."""
    return f"{program} {how(program)}; {_printed(program)}"


def how(program: Program) -> str:
    """The same without its name and its words."""
    if program.listened and listening(program) == _NOWHERE:  # it may be about to end
        soon(lambda: not program.running, bool, _GRACE)
    if not program.running:
        ended = f"ended with {program.how_it_ended}" + (f", seen at {program.ended - program.host.lab.started:.2f} s" if program.ended else "")
        return "; ".join([ended, *traffic(program, set()), *last_reset(program)])
    children = program.children
    pids = [program.pid, *(child.pid for child in children if child.state != ZOMBIE)]
    rows, mine = _sockets(program, pids)
    told = f" after {program.told_by}" if program.told_by in _ENDING else ""
    facts = [f"runs{told}{_waits(program.pid, rows, program.host.lab)}"]
    if children:
        over = sum(child.state == ZOMBIE for child in children)
        zombies = f", {over} of them ended and not waited for (zombies)" if over else ""
        facts.append(f"has {len(children)} child{'ren' if len(children) > 1 else ''}{zombies}")
        facts += [f"its child {pid}{waits}" for pid in pids[1 : _MOST_ROWS + 1] if (waits := _waits(pid, rows, program.host.lab).removeprefix(", and"))]
    if (places := _places(mine)) != _NOWHERE or program.listened:
        facts.append(f"listens on {places}")
    if linked := [row for row in mine if row.foreign]:
        shown = ", ".join(_connection(row, program.host.lab) for row in linked[:_MOST_ROWS])
        facts.append(f"its connections: {shown}{f' and {len(linked) - _MOST_ROWS} more' if len(linked) > _MOST_ROWS else ''}")
    if program.typed:
        facts.append(f"was typed {', then '.join(repr(text[:_WORDS]) for text in program.typed)}")
    return "; ".join([*facts, *traffic(program, {row.port for row in mine if row.port})])


def listening(program: Program) -> str:
    """Where it listens, with its children: "udp 0.0.0.0 port 5000", "no port"."""
    return _places(_sockets(program, [program.pid, *(child.pid for child in program.children)])[1])


def others(program: Program) -> str:
    """Lines about the programs that it has to do with: servers, or where it is the only one, who talks to it."""
    return lines(_beside(program.host.lab, program))


def everybody(lab: Lab, told: str = "") -> str:
    """Lines about the judged programs that count, and about what hosts keep back. told: what is said already; hosts that it names come first."""
    kept = [reason for reason in silence.reasons(lab.hosts.values()) if reason not in told]
    return lines(_beside(lab, None, set(re.findall(r"\w+", told)))) + "".join(f"\n    {reason}" for reason in kept)


def lines(programs: Iterable[Program]) -> str:
    """A line about each of them, to be put behind a sentence, and its last words where it has ended."""
    return "".join(f"\n    {state(one)}" if one.running else f"\n    {one} {how(one)}{one.last_words()}" for one in programs)


def _beside(lab: Lab, program: Program | None, named: Collection[str] = ()) -> list[Program]:
    """Judged programs beside this one that run, or served and ended by themselves: servers first, and what replaces ours before that. named:
    hosts whose programs come before all others."""
    found = [one for one in lab.programs if isinstance(one, Spoken) and one.role and one is not program]
    found = [one for one in found if one.running or (one.listened and not one.told_to_end)]
    if program is not None and (serving := [one for one in found if one.listened]) and not program.listened:
        found = serving
    found.sort(key=lambda one: (one.host.name not in named, not lab.roles[one.role]["replaced"], not one.listened, -one.started))
    return found[:_MOST_OTHERS]


def _sockets(program: Program, pids: Iterable[int]) -> tuple[dict[int, Socket], list[Socket]]:
    """All sockets of its host by their inodes, and those that these processes hold."""
    rows = {row.inode: row for protocol in ("tcp", "udp") for row in sockets.sockets(program.host.pid, protocol) if row.inode}
    held = _held(pids)
    return rows, [row for inode, row in rows.items() if inode in held]


def _places(rows: Iterable[Socket]) -> str:
    """On which ports these sockets wait."""
    waiting = [row for row in rows if row.port and not row.foreign and (row.protocol == "udp" or row.state == LISTEN)]
    return ", ".join(map(_listening, waiting)) or _NOWHERE


def _held(pids: Iterable[int]) -> set[int]:
    """Inodes of the sockets that these processes hold."""
    found: set[int] = set()
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(FileNotFoundError):  # it is closed meanwhile
                    name = os.readlink(entry.path)
                    found.update([int(name[8:-1])] if name.startswith("socket:[") else [])
    return found


def _waits(pid: int, rows: dict[int, Socket], lab: Lab) -> str:
    """In which system call a process is: ", and waits in accept on tcp port 1234"; empty where the kernel does not tell."""
    try:
        number, *arguments = pathlib.Path(f"/proc/{pid}/syscall").read_text().split()
    except OSError:
        return ""
    if number == "running":
        process = read_process(pid)
        return ", and computes" if process and process.state == "R" else ""
    call = _CALLS.get(platform.machine(), {}).get(int(number), "")
    if call not in _OF_DESCRIPTORS:
        return f", and waits in {call}" if call else ""
    descriptor = int(arguments[0], 16)
    try:
        target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
    except OSError:
        return f", and waits in {call}"
    row = rows.get(int(target[8:-1])) if target.startswith("socket:[") else None
    if row is not None:
        where = f"its connection with {_end(row.foreign, lab)}" if row.foreign else f"{row.protocol} port {row.port}"
    else:
        where = ("standard input", "standard output", "standard error")[descriptor] if descriptor < 3 else f"descriptor {descriptor}"
    return f", and waits in {call} on {where}"


def _listening(row: Socket) -> str:
    waiting = row.receive_queue
    unit = "connection" if row.protocol == "tcp" else "byte"
    left = f" ({waiting:,} {unit}{'' if waiting == 1 else 's'} there not {'accepted' if row.protocol == 'tcp' else 'received'} yet)" if waiting else ""
    return f"{row.protocol} {plain(row.address)} port {row.port}{left}"


def _connection(row: Socket, lab: Lab) -> str:
    unread = f", {row.receive_queue:,} bytes of it not received yet" if row.receive_queue else ""
    return f"{row.state if row.protocol == 'tcp' else 'udp'} with {_end(row.foreign, lab)}{unread}"


def _end(text: str, lab: Lab) -> str:
    """The other end of a connection, its host by name: "h2 port 5000"."""
    address, _, port = text.partition(" ")
    return f"{host_of(lab, address)} {port}"


def _printed(program: Program) -> str:
    words = [text for text in (program.errors, program.output) if text.strip()]
    if not words:
        return "printed nothing"
    return "printed last " + ", and ".join(repr(text.rstrip("\n").rpartition("\n")[2][-2 * _WORDS :]) for text in words)
