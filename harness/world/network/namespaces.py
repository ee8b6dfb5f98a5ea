"""Network namespaces of hosts: holding them open and visiting them.

A Mininet host is a process in its own network and mount namespace. Stock Mininet uses the host's shell for that;
here a paused process holds the namespaces and the shell is started only when somebody types something.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pathlib
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

_CLONE_NEWNET = 0x40000000
_ENDING_DEADLINE = 5.0  # seconds; a killed process that is stuck in the kernel is not waited for any longer
_HOLDER = pathlib.Path(__file__).with_name("holder.py")
_libc = ctypes.CDLL(None, use_errno=True)


class NamespaceError(RuntimeError):
    """A namespace could not be made or entered; the text says which and why."""


class Holders:
    """Paused processes, each in its own network and mount namespace."""

    def __init__(self) -> None:
        self._programs: list[subprocess.Popen[str]] = []
        self.pids: list[int] = []

    def spawn(self, count: int, settings: dict[str, str]) -> list[int]:
        """Makes count namespaces at once and returns their holders' process ids.

        settings: file below /proc/sys/net → value, applied before any interface exists.
        """
        if count == 0:
            return []
        # A session of its own, so that Ctrl+C in the terminal does not reach the holders.
        program = subprocess.Popen(
            [sys.executable, "-IS", str(_HOLDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._programs.append(program)
        assert program.stdin and program.stdout
        program.stdin.write(f"{count}\n" + "".join(f"{key} {value}\n" for key, value in settings.items()) + "\n")
        program.stdin.flush()
        answer = program.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            raise NamespaceError(f"making {count} host namespaces failed: {answer[6:] or 'the holder ended at once'}")
        pids = [int(word) for word in answer.split()]
        self.pids += pids
        return pids

    def release(self) -> None:
        """Kills whatever still runs inside the namespaces, and their holders; returns when they have ended.

        May be called twice.
        """
        spaces = {namespace_of(pid) for pid in self.pids}
        ending = select.poll()
        descriptors = []
        for pid in {*self.pids, *inhabitants(spaces)}:
            with contextlib.suppress(ProcessLookupError):
                descriptor = os.pidfd_open(pid)
                descriptors.append(descriptor)
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                ending.register(descriptor, select.POLLIN)
        deadline, left = time.monotonic() + _ENDING_DEADLINE, len(descriptors)
        while left and time.monotonic() < deadline:
            for descriptor, _ in ending.poll(100):
                ending.unregister(descriptor)
                left -= 1
        for descriptor in descriptors:
            os.close(descriptor)
        for program in self._programs:
            program.kill()
            program.wait()
            for stream in (program.stdin, program.stdout):
                assert stream
                stream.close()
        self._programs.clear()
        self.pids.clear()


def namespace_of(pid: int | str) -> int:
    """The identity (inode) of a process's network namespace; 0 when the process is gone."""
    try:
        return os.stat(f"/proc/{pid}/ns/net").st_ino
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0


def inhabitants(namespaces: set[int]) -> set[int]:
    """Process ids whose main thread lives in one of the network namespaces."""
    namespaces = namespaces - {0, namespace_of("self")}
    if not namespaces:
        return set()
    return {int(name) for name in os.listdir("/proc") if name.isdigit() and namespace_of(name) in namespaces}


@contextlib.contextmanager
def visiting(pid: int) -> Iterator[None]:
    """The calling thread is inside the network namespace of process pid for the length of the block.

    Sockets opened inside stay there; child processes started inside live there.
    """
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(f"/proc/{pid}/ns/net")
        try:
            yield
        finally:
            if _libc.setns(home, _CLONE_NEWNET) != 0:
                # Going on in a stranger's namespace would make every later answer wrong.
                os.abort()
    finally:
        os.close(home)


def visiting_node(node: Any) -> contextlib.AbstractContextManager[None]:
    """visiting() for a Mininet node: a host's own namespace, or, of a switch, the cell's."""
    return visiting(node.pid if node.inNamespace else os.getpid())


def _enter(path: str) -> None:
    try:
        target = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NamespaceError(f"{path}: {error.strerror}: has the host's process ended?") from error
    try:
        if _libc.setns(target, _CLONE_NEWNET) != 0:
            raise NamespaceError(f"entering {path} failed: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(target)
