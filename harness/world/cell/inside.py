"""Pid 1 of a cell: sets the private world up, runs the job in a child, reaps orphans, ends with the lifeline.

Private inside: /tmp, /run, /dev/shm (empty), /sys (of the cell's network namespace), $HOME, the host name, the loopback;
no name server is known, since the machine's is out of reach and might bear the address of a host of the network.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import os
import pathlib
import select
import signal
import socket
import struct
import sys

from harness.world.cell.mounts import bind, hide, mount

HOME = "/tmp/home"
_RESOLVER = pathlib.Path("/etc/resolv.conf")
_TABLES, _PLACES = ("tcp_child_ehash_entries", "udp_child_hash_entries"), "4096"
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | _IFF_UP))


def _own_tables() -> None:
    """Lets each host have its own, small tables of sockets. The machine's has some 260,000 places, and who asks which sockets a host has
    (netstat, ss, the harness) would have the kernel walk through all of them, 5 ms each time."""
    for name in _TABLES:
        with contextlib.suppress(OSError):  # Linux before 6.1 or 6.2
            pathlib.Path("/proc/sys/net/ipv4", name).write_text(_PLACES)


def _set_up(keep: list[str]) -> None:
    hide(["/tmp", "/run", "/dev/shm"], [pathlib.Path(path) for path in keep])
    if _RESOLVER.exists():
        none = pathlib.Path("/run/resolv.conf")
        none.touch()
        bind(str(none), str(_RESOLVER.resolve()))
    try:
        mount("sysfs", "/sys", "sysfs")
    except OSError as error:
        print(f"cell: {error} (going on with the outer /sys)", file=sys.stderr)
    os.makedirs(HOME, exist_ok=True)
    os.environ["HOME"] = HOME
    # The caller's folder for temporary files is not in here, and iperf3 for one makes none.
    for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "TMPDIR", "TEMP", "TMP"):
        os.environ.pop(name, None)
    socket.sethostname("cell")
    _own_tables()
    _raise_loopback()


def _run(job: dict) -> int:
    module, _, function = job["call"].partition(":")
    return getattr(importlib.import_module(module), function)(job["argument"]) or 0


def readable(*descriptors: int) -> list[int]:
    """Waits until one of them can be read, or is at its end, and tells which."""
    poll = select.poll()
    for one in descriptors:
        poll.register(one, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll()]


def main(lifeline: int, status: int, job_file: int) -> int:
    """Process 1 of the cell, and the job's own child of it; the exit status of whichever returns. The descriptors: see launch.py."""
    with os.fdopen(job_file, "rb") as file:
        job = json.load(file)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(lifeline, False)
    os.set_inheritable(status, False)
    try:
        _set_up(job["keep"])
    except OSError as error:
        print(f"cell: {error}", file=sys.stderr)
        return 1
    os.write(status, b"\n")

    worker = os.fork()
    if worker == 0:
        os.close(lifeline)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return _run(job)
    os.close(status)

    # SIGCHLD wakes the poll; orphans of the job's programs are reaped here, as init would.
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        while True:
            try:
                pid, outcome = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return 1
            if pid == 0:
                break
            if pid == worker:
                return os.waitstatus_to_exitcode(outcome) if os.WIFEXITED(outcome) else 128 + os.WTERMSIG(outcome)
        for descriptor in readable(lifeline, wake_read):
            if descriptor == wake_read:
                os.read(wake_read, 4096)
            elif os.read(lifeline, 1):
                os.kill(worker, signal.SIGTERM)
            else:
                return 1  # the runner is gone


if __name__ == "__main__":
    os.close(int(os.environ.pop("MAPPED")))  # it has told that all ids are mapped
    code = main(*map(int, sys.argv[1:4]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
