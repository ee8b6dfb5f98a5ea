"""Processes: reaching into process 1, which holds the sandbox, and out of the sandbox; more rights, more room."""

from __future__ import annotations

import ctypes
import fcntl
import functools
import glob
import mmap
import os
import pathlib
import resource
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator
from typing import Any

from system_calls import call

_CLONE_FLAGS = {"mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000, "network": 0x40000000, "time": 0x80}
_PTRACE_ATTACH, _PTRACE_SEIZE = 16, 0x4206
_TIOCLINUX = 0x541C
_POWERS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
_ARCHITECTURES = {
    # mov eax, 20 (getpid of 32-bit programs); int 0x80; ret
    "32-bit": b"\xb8\x14\x00\x00\x00\xcd\x80\xc3",
    # mov eax, 0x40000027 (getpid of x32 programs); syscall; ret
    "x32": b"\xb8\x27\x00\x00\x40\x0f\x05\xc3",
}


def attempts(facts: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "see other processes", _others
    yield "signal everybody", functools.partial(_done, os.kill, -1, signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV, signal.SIGRTMIN):
        yield f"end or stop process 1 by {signal.Signals(number).name}", functools.partial(_signal_init, number)
    yield "signal the group of whoever started it", functools.partial(_done, os.kill, -os.getpgid(1) or -(1 << 30), signal.SIGKILL)
    for request in (_PTRACE_ATTACH, _PTRACE_SEIZE):
        yield f"trace process 1 ({request})", functools.partial(call, "ptrace", request, 1, 0, 0)
    for name in ("mem", "environ", "maps", "fd", "root", "cwd", "exe", "stack", "syscall", "auxv", "map_files", "task/1/mem", "pagemap", "io"):
        yield f"look into /proc/1/{name}", functools.partial(_look, f"/proc/1/{name}")
    for name in ("comm", "oom_score_adj", "timerslack_ns", "clear_refs", "coredump_filter", "autogroup", "sched", "mem", "attr/current", "uid_map", "setgroups"):
        yield f"write to /proc/1/{name}", functools.partial(_write, f"/proc/1/{name}")
    for name in ("read", "write"):
        yield f"{name} the memory of process 1", functools.partial(_memory, name)
    for number in range(0, 30):
        yield f"take descriptor {number} of process 1", functools.partial(_take, number)
    yield "compare itself with process 1", functools.partial(_positive, "kcmp", 1, os.getpid(), 0, 0, 0)
    yield "move the memory of process 1", functools.partial(_positive, "migrate_pages", 1, 0, 0, 0)
    yield "advise the memory of process 1", functools.partial(call, "process_madvise", _pidfd(), 0, 0, 0, 0)
    yield "limit process 1", functools.partial(_done, resource.prlimit, 1, resource.RLIMIT_CPU, (1, 1))
    yield "read the limits of process 1", functools.partial(resource.prlimit, 1, resource.RLIMIT_NOFILE)
    yield "slow process 1 down", functools.partial(_done, os.setpriority, os.PRIO_PROCESS, 1, 19)
    yield "slow all processes of this user down", functools.partial(_done, os.setpriority, os.PRIO_USER, 0, 19)
    yield "keep process 1 on one processor", functools.partial(_done, os.sched_setaffinity, 1, {0})
    yield "give process 1 idle time only", functools.partial(_done, os.sched_setscheduler, 1, os.SCHED_IDLE, os.sched_param(0))
    yield "keep process 1 from the disk", functools.partial(_done, call, "ioprio_set", 1, 1, 3 << 13)
    yield "be more urgent than others", functools.partial(_done, os.setpriority, os.PRIO_PROCESS, 0, -5)
    for policy in (os.SCHED_FIFO, os.SCHED_RR):
        yield f"keep the processor (policy {policy})", functools.partial(_done, os.sched_setscheduler, 0, policy, os.sched_param(1))
    yield "be spared when memory runs out", functools.partial(_write, "/proc/self/oom_score_adj", "-1000")
    for name in ("NPROC", "NOFILE", "DATA", "CORE"):
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        yield f"raise {name}", functools.partial(_done, resource.setrlimit, kind, (hard + 1, hard + 1) if hard >= 0 else (-1, -1))
        yield f"be without a limit of {name}", functools.partial(_unlimited, kind)
    for name, change in (("setuid", (0,)), ("setgid", (0,)), ("setresuid", (0, 0, 0)), ("setfsuid", (0,)), ("setgroups", (0, 0))):
        yield f"become somebody else by {name}", functools.partial(_changed, name, *change)
    yield "hold capabilities", _capabilities
    yield "gain capabilities", functools.partial(_capset)
    yield "gain rights by executing", _new_rights
    for name, flag in _CLONE_FLAGS.items():
        yield f"unshare {name}", functools.partial(_done, call, "unshare", flag)
        yield f"clone into a new {name} namespace", functools.partial(_clone, flag)
    yield "clone3 into a new user namespace", functools.partial(_clone3, _CLONE_FLAGS["user"])
    for path in glob.glob("/proc/[0-9]*/ns/*"):
        if not path.startswith(f"/proc/{os.getpid()}/"):
            yield f"enter {path}", functools.partial(_enter, path)
    for kind in _CLONE_FLAGS.values():
        yield f"enter namespaces of process 1 ({kind:x})", functools.partial(_done, call, "setns", _pidfd(), kind)
    for name, code in _ARCHITECTURES.items():
        yield f"make a system call of {name} programs", functools.partial(_other_architecture, code)
    yield "type into the terminal", functools.partial(_terminal, termios.TIOCSTI, b"x")
    yield "type into the console", functools.partial(_terminal, _TIOCLINUX, b"\x03")
    yield "type with a hidden upper half", functools.partial(_type_long)


def _done(function: Callable[..., Any], *arguments: Any) -> str:
    function(*arguments)
    return "done"


def _positive(name: str, *arguments: int) -> str:
    return f"gave {call(name, *arguments)}"


def _pidfd() -> int:
    try:
        return os.pidfd_open(1)
    except OSError:
        return -1


def _others() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]


def _signal_init(number: int) -> str:
    os.kill(1, number)
    time.sleep(0.01)
    state = pathlib.Path("/proc/1/stat").read_text().rpartition(")")[2].split()[0]
    return f"state {state}" if state in "TtZX" else ""


def _look(path: str) -> Any:
    if os.path.islink(path):
        return os.readlink(path)
    if os.path.isdir(path):
        return [os.readlink(f"{path}/{name}") for name in os.listdir(path)] or "listed"
    with open(path, "rb") as file:
        return file.read(16)


def _write(path: str, text: str = "1") -> str:
    with open(path, "w") as file:
        file.write(text)
    return "written"


def _memory(what: str) -> str:
    buffer = ctypes.create_string_buffer(64)
    here = struct.pack("QQ", ctypes.addressof(buffer), 64)
    there = struct.pack("QQ", 0x400000, 64)
    first, second = ctypes.create_string_buffer(here, 16), ctypes.create_string_buffer(there, 16)
    call("process_vm_readv" if what == "read" else "process_vm_writev", 1, ctypes.addressof(first), 1, ctypes.addressof(second), 1, 0)
    return "done"


def _take(number: int) -> str:
    return os.readlink(f"/proc/self/fd/{call('pidfd_getfd', os.pidfd_open(1), number, 0)}")


def _unlimited(kind: int) -> str:
    return "unlimited" if resource.getrlimit(kind)[1] == resource.RLIM_INFINITY else ""


def _changed(name: str, *ids: int) -> str:
    before = _ids()
    call(name, *ids)
    return "" if _ids() == before else f"{_ids()}"


def _ids() -> list[str]:
    return [line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith(("Uid", "Gid", "Groups"))]


def _status() -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines() if ":\t" in line)


def _capabilities() -> list[str]:
    return [f"{name} {_status()[name]}" for name in _POWERS if int(_status()[name], 16)]


def _capset() -> str:
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    sets = ctypes.create_string_buffer(struct.pack("IIIIII", *([0xFFFFFFFF] * 6)))
    call("capset", ctypes.addressof(header), ctypes.addressof(sets))
    return "done"


def _new_rights() -> str:
    status = _status()
    return "" if (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2") else f"NoNewPrivs {status['NoNewPrivs']}, Seccomp {status['Seccomp']}"


def _clone(flag: int) -> str:
    pid = call("clone", flag | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "cloned"


def _clone3(flag: int) -> str:
    arguments = ctypes.create_string_buffer(struct.pack("11Q", flag, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0))
    pid = call("clone3", ctypes.addressof(arguments), 88)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "cloned"


def _enter(path: str) -> str:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        call("setns", descriptor, 0)
        return "entered"
    finally:
        os.close(descriptor)


def _other_architecture(code: bytes) -> str:
    """In a child, since the filter ends whoever does this."""
    if os.uname().machine != "x86_64":
        return ""
    pid = os.fork()
    if pid == 0:
        page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code)
        number = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
        os._exit(0 if number > 0 else 1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return "answered" if status == 0 else ""


def _terminal(request: int, text: bytes) -> str:
    fcntl.ioctl(0, request, text)
    return "typed"


def _type_long() -> str:
    """The kernel looks at the lower half of the request only."""
    letter = ctypes.create_string_buffer(b"x")
    call("ioctl", 0, termios.TIOCSTI | 1 << 32, ctypes.addressof(letter))
    return "typed"
