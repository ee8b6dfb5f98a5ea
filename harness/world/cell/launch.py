"""Starts a cell from outside and tells it to stop.

The chain is ``setpriv --pdeathsig KILL unshare … --kill-child python3 -m harness.world.cell.inside``: each link dies with the one
before it. A pipe from this process to the cell's pid 1 (the *lifeline*) closes the gaps between fork and prctl: when it
closes, pid 1 exits at once; a byte in it asks for an orderly stop. What is to be done comes to pid 1 by a descriptor that it reads
and closes, and what is told comes back by a pipe: no program that is started in the cell has either of them. Who starts many cells has a fork
server make them (fork_server.py), which does the same without a new interpreter for each.
"""

from __future__ import annotations

import json
import os
import pathlib
import select
import subprocess
import time
from typing import Any

from harness.world.cell import diagnosis
from harness.world.cell.forking import Forked, ForkServer, in_memory
from harness.world.environment import clean
from harness.world.machine import ROOT

PYTHON = "/usr/bin/python3"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_INTERPRETER = [PYTHON, "-P", "-X", "utf8"]
_START_DEADLINE = 30.0
_NAMESPACES = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL", "--mount-proc"]
# A shell that waits, inside its new user namespace, until the parent has written the id maps.
_AFTER_MAPPING = ["bash", "-c", 'read -r mapped <&"$MAPPED" && exec "$@"', "cell"]


class CellError(RuntimeError):
    """A cell could not be made; the message says why and what to do about it."""


class Cell:
    """One running cell.

    call: ``"package.module:function"`` run inside as ``function(argument)``; its return value (int or None) is the exit
    status. keep: folders and files that must stay visible although /tmp and /run are private inside. The function's standard
    output and error go to ``stdout`` and ``stderr`` (as for subprocess.Popen); ``status`` is a pipe on which the function
    may report (file descriptor number in ``$WIREPROOF_STATUS``). server: forks it, if it is not to be started alone.
    """

    def __init__(
        self,
        call: str,
        argument: Any,
        keep: list[pathlib.Path] | tuple[pathlib.Path, ...] = (),
        stdin: Any = subprocess.DEVNULL,
        stdout: Any = None,
        stderr: Any = None,
        interactive: bool = False,
        server: ForkServer | None = None,
    ) -> None:
        job = in_memory(json.dumps({"call": call, "argument": argument, "keep": [str(path) for path in (ROOT, *keep)]}))
        lifeline_read, self._lifeline = os.pipe()
        self.status, status_write = os.pipe()
        mapped_read, mapped_write = os.pipe()
        full_mapping = os.geteuid() == 0
        descriptors = {"job": job, "lifeline": lifeline_read, "status": status_write, "mapped": mapped_read}
        try:
            if server is None:
                self.process: Any = _start(descriptors, full_mapping, stdin, stdout, stderr, interactive)
            else:
                self.process = _fork(server, descriptors, full_mapping, stdin, stdout, stderr)
        except OSError as error:
            for end in (self._lifeline, self.status, mapped_write):
                os.close(end)
            raise CellError(f"cannot start a cell: {error}; {diagnosis.advice()}") from error
        finally:
            for end in descriptors.values():
                os.close(end)
        self._mapping_error = ""
        try:
            if full_mapping:
                self._map_all_ids(mapped_write)
        except OSError as error:  # it has ended, or may not be mapped: wait_ready() tells
            self._mapping_error = f" ({error})"
        finally:
            os.close(mapped_write)

    def _map_all_ids(self, mapped: int) -> None:
        own = os.readlink("/proc/self/ns/user")
        deadline = time.monotonic() + _START_DEADLINE
        while True:
            try:
                if os.readlink(f"/proc/{self.process.pid}/ns/user") != own:
                    break
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                return  # the reader of `status` sees the end and tells why
            time.sleep(0.001)
        for kind in ("gid", "uid"):
            ranges = [line.split() for line in pathlib.Path(f"/proc/self/{kind}_map").read_text().splitlines()]
            text = "".join(f"{first} {first} {count}\n" for first, _, count in ranges)
            pathlib.Path(f"/proc/{self.process.pid}/{kind}_map").write_text(text)
        os.write(mapped, b"mapped\n")

    def wait_ready(self) -> None:
        """Blocks until pid 1 has set the cell up. Raises CellError when it cannot be."""
        ready, _, _ = select.select([self.status], [], [], _START_DEADLINE)
        first = os.read(self.status, 1) if ready else b""
        if first != b"\n":
            self.kill()
            raise CellError(f"the cell did not start{self._mapping_error}; {diagnosis.advice()}")

    def ask_to_stop(self) -> None:
        """Asks the function inside to end in order (it gets SIGTERM)."""
        if self._lifeline >= 0:
            try:
                os.write(self._lifeline, b"t")
            except BrokenPipeError:
                pass

    def kill(self) -> int:
        """Ends everything inside at once and waits for it; gives the exit status."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        try:
            status = self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        if self.status >= 0:
            os.close(self.status)
            self.status = -1
        return status

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the function inside to end by itself (subprocess.TimeoutExpired after `timeout` seconds)."""
        self.process.wait(timeout)
        return self.kill()

    def __enter__(self) -> "Cell":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def fork_server(modules: tuple[str, ...]) -> ForkServer:
    """A server that makes cells; modules: what their jobs import. Raises OSError where it cannot be started."""
    return ForkServer(_INTERPRETER, modules, _environment())


def _environment() -> dict[str, str]:
    return {
        **clean(os.environ),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1" if not os.access(ROOT, os.W_OK) else "",
        "PATH": PATH,
    }


def _start(descriptors: dict[str, int], full_mapping: bool, stdin: Any, stdout: Any, stderr: Any, interactive: bool) -> subprocess.Popen[bytes]:
    given = [str(descriptors[name]) for name in ("lifeline", "status", "job")]
    inside = [*_INTERPRETER, "-m", "harness.world.cell.inside", *given]
    if full_mapping:
        # Root keeps all its ids, or files of other users (a clone under /home, run by sudo) could not be read.
        enter = ["unshare", "--user", *_AFTER_MAPPING, "unshare", *_NAMESPACES, *inside]
    else:
        enter = ["unshare", "--user", "--map-root-user", *_NAMESPACES, *inside]
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *enter],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env={**_environment(), "WIREPROOF_STATUS": str(descriptors["status"]), "MAPPED": str(descriptors["mapped"])},
        pass_fds=tuple(descriptors.values()),
        # A terminal's Ctrl+C is for the runner, which stops its cells in order.
        start_new_session=not interactive,
    )


def _fork(server: ForkServer, descriptors: dict[str, int], full_mapping: bool, stdin: Any, stdout: Any, stderr: Any) -> Forked:
    with open(os.devnull, "r+b") as nothing:
        standard = {}
        for number, (name, given) in enumerate((("stdin", stdin), ("stdout", stdout), ("stderr", stderr))):
            file = nothing if given == subprocess.DEVNULL else given
            standard[name] = number if file is None else file if isinstance(file, int) else file.fileno()
        return server.fork(_environment(), full_mapping, {**descriptors, **standard})
