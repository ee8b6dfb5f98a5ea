"""The asker's end of the fork server: starts it, asks for processes, and holds them as subprocess.Popen would."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
from typing import Any

DESCRIPTORS = ("request", "job", "lifeline", "status", "mapped", "stdin", "stdout", "stderr", "ended")
"""Those that come with a message. request: JSON, ``environment`` and whether the asker maps all ids (``full_mapping``). mapped: tells that it has.
ended: takes the status, as waitpid(2) gives it."""
STATUS = struct.Struct("i")


class Forked:
    """A process that the server has forked. returncode: None until it has ended, negative for a signal."""

    def __init__(self, pid: int, process: int, ended: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._process, self._ended = process, ended

    def poll(self) -> int | None:
        """The status, if it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end; subprocess.TimeoutExpired after so many seconds."""
        if self.returncode is None:
            ready, _, _ = select.select([self._ended], [], [], timeout)
            if not ready:
                raise subprocess.TimeoutExpired("a cell", timeout or 0)
            told = os.read(self._ended, STATUS.size)
            # Whoever was to tell is gone, and all that it had forked with it.
            self.returncode = os.waitstatus_to_exitcode(STATUS.unpack(told)[0]) if told else -signal.SIGKILL
            os.close(self._ended)
            os.close(self._process)
        return self.returncode

    def kill(self) -> None:
        """SIGKILL, if it has not ended."""
        if self.returncode is None:
            try:
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            except ProcessLookupError:
                pass


class ForkServer:
    """One running server; modules: what it imports beforehand. Raises OSError where it cannot be started, or does not answer."""

    def __init__(self, python: list[str], modules: tuple[str, ...], environment: dict[str, str]) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        try:
            self._server = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *python, "-m", "harness.world.cell.fork_server", str(theirs.fileno()), *modules],
                stdin=subprocess.DEVNULL, env=environment, pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The server's own."""
        return self._server.pid

    def fork(self, environment: dict[str, str], full_mapping: bool, descriptors: dict[str, Any]) -> Forked:
        """A process that becomes a cell. descriptors: those of fork_server.DESCRIPTORS that are not made here."""
        request = in_memory(json.dumps({"environment": environment, "full_mapping": full_mapping}))
        ended, ended_write = os.pipe()
        try:
            given = {**descriptors, "request": request, "ended": ended_write}
            with self._lock:
                socket.send_fds(self._socket, [b"f"], [given[name] for name in DESCRIPTORS])
                told, received, _, _ = socket.recv_fds(self._socket, 32, 1)
            if not told:
                raise ConnectionError("the fork server has ended")
        except OSError:
            os.close(ended)
            raise
        finally:
            os.close(request)
            os.close(ended_write)
        return Forked(int(told), received[0], ended)

    def close(self) -> None:
        """Ends the server, and with it whatever it has forked."""
        self._socket.close()
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()


def in_memory(text: str) -> int:
    """A descriptor to read the text from, of any length without anybody who writes."""
    descriptor = os.memfd_create("job", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
