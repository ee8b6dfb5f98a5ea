"""Makes cells by fork(2), from a process that has read already what their workers need.

A worker that begins as a new interpreter spends as much on imports as on a small question. The runner starts one of this program,
``python3 -m harness.world.cell.fork_server SOCKET MODULE…``, and asks it for each cell by a message on the socket with descriptors (forking.DESCRIPTORS);
the answer is the process's number with a descriptor of it. That process does what ``setpriv unshare … --kill-child`` does for a cell that is made
alone (launch.py): it enters new namespaces and forks pid 1; each dies with the one before it, and all with the runner.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pathlib
import signal
import socket
import sys
import traceback
from typing import Any

from harness.world.cell import inside
from harness.world.cell.forking import DESCRIPTORS, STATUS
from harness.world.cell.mounts import mount

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 16384, 1 << 18
_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int) -> None:
    if getattr(_libc, name)(*(ctypes.c_ulong(one) for one in arguments)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _die_with_parent(parent: int) -> None:
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent and os.getppid() != parent:
        os._exit(1)  # it was gone before that


def _close_all_but(kept: set[int]) -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                pass  # that of the folder itself


def _enter_user_namespace(full_mapping: bool, mapped: int, parent: int) -> None:
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    # What the kernel takes away with a change of credentials.
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)
    _die_with_parent(parent)
    if full_mapping:
        if not os.read(mapped, 1):
            raise OSError("who maps the ids is gone")
        return
    own = pathlib.Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"0 {uid} 1\n")
    (own / "gid_map").write_text(f"0 {gid} 1\n")


def _become_cell(descriptors: dict[str, int], parent: int) -> int:
    """In a child of the server: makes the namespaces and pid 1, and waits for it."""
    _die_with_parent(parent)
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(descriptors[name], number)
    lifeline, status, job, mapped = (descriptors[name] for name in ("lifeline", "status", "job", "mapped"))
    with os.fdopen(os.dup(descriptors["request"]), "rb") as file:
        request = json.load(file)
    _close_all_but({0, 1, 2, lifeline, status, job, mapped})
    os.environ.clear()
    os.environ.update(request["environment"], WIREPROOF_STATUS=str(status))
    _enter_user_namespace(request["full_mapping"], mapped, parent)
    os.close(mapped)
    _call("unshare", _CLONE_NEWNET | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWUTS)
    mount("none", "/", "", _MS_REC | _MS_PRIVATE)
    if (first := os.fork()) == 0:
        _die_with_parent(0)  # its parent is of another process namespace, and counts as 0
        mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
        return inside.main(lifeline, status, job)
    for one in (lifeline, status, job):
        os.close(one)
    _, outcome = os.waitpid(first, 0)
    if os.WIFSIGNALED(outcome):
        number = os.WTERMSIG(outcome)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    return os.waitstatus_to_exitcode(outcome)


class _Server:
    def __init__(self, asker: socket.socket) -> None:
        self._asker = asker
        self._ended: dict[int, int] = {}  # process → who wants to hear of its end

    def serve(self) -> None:
        """Until the asker is gone."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            ready = inside.readable(self._asker.fileno(), wake_read)
            if wake_read in ready:
                os.read(wake_read, 4096)
                self._reap()
            if self._asker.fileno() in ready and not self._answer():
                return

    def _answer(self) -> bool:
        message, received, _, _ = socket.recv_fds(self._asker, 16, len(DESCRIPTORS))
        if not message:
            return False
        descriptors = dict(zip(DESCRIPTORS, received))
        server = os.getpid()
        if (pid := os.fork()) == 0:
            _end(_become_cell, descriptors, server)
        process = os.pidfd_open(pid)
        self._ended[pid] = descriptors.pop("ended")
        for one in descriptors.values():
            os.close(one)
        socket.send_fds(self._asker, [str(pid).encode()], [process])
        os.close(process)
        return True

    def _reap(self) -> None:
        while self._ended:
            pid, outcome = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            ended = self._ended.pop(pid)
            try:
                os.write(ended, STATUS.pack(outcome))
            except BrokenPipeError:
                pass  # nobody asks any more
            os.close(ended)


def _end(function: Any, *arguments: Any) -> None:
    """Ends this process with the function's status, as an interpreter would that had been started for it."""
    code = 1
    try:
        code = function(*arguments)
    except BaseException:  # noqa: BLE001 - nothing may go back into the server
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def main() -> None:
    asker = socket.socket(fileno=int(sys.argv[1]))
    asker.set_inheritable(False)
    for name in sys.argv[2:]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is here stays, and its pages are shared
    _Server(asker).serve()


if __name__ == "__main__":
    main()
