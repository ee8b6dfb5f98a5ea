"""A judged program: started in a sandbox on a host, and known by what sandbox-init tells of it (cpp/sandbox)."""

from __future__ import annotations

import contextlib
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence

from harness.stage.direct import Ending
from harness.stage.processes import descendants, processor_seconds
from harness.stage.sandbox import SCRATCH, Sandbox, SandboxError, identity
from harness.stage.scratch import Scratch, ScratchError

_MESSAGE = 4096  # bytes
_START = 20.0  # seconds
_CREDENTIALS = struct.Struct("3i")


def control_pair() -> tuple[socket.socket, socket.socket]:
    """Our end and sandbox-init's. From the first message on, the kernel says which process sent it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


class SandboxedProcess:
    """pid is the program's own, as the cell counts; init the one of sandbox-init, process 1 of the sandbox. refused: the errno that
    the start of the program's file met. limits: names of the bounds that it ran into. complaint: what was wrong with what it left."""

    def __init__(self, control: socket.socket, sandbox: Sandbox, monitor: subprocess.Popen[bytes] | None) -> None:
        """control: our end of what sandbox-init says; monitor: bubblewrap, where it is our child."""
        self.sandbox, self.refused, self.limits, self.complaint = sandbox, 0, set[str](), ""
        self.pid = self.init = self.pidfd = -1
        self.scratch: Scratch | None = None
        self._control, self._monitor = control, monitor
        self._ending: Ending | None = None

    @classmethod
    def start(
        cls, host_pid: int, hostname: str, command: Sequence[str], streams: tuple[int, int, int], sandbox: Sandbox, terminal: bool,
        before: Callable[[int], None],
    ) -> SandboxedProcess:  # fmt: skip
        """Starts the program on a host. before(pid) is called when the process is there and waits to become the program. Raises
        SandboxError."""
        ours, theirs = control_pair()
        with tempfile.TemporaryFile() as said:
            with theirs:
                words = ["/usr/bin/nsenter", f"--net=/proc/{host_pid}/ns/net", "/usr/bin/bwrap"]
                words += [*sandbox.command(hostname, theirs.fileno(), streams, terminal), *command]
                monitor = subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, pass_fds=(theirs.fileno(), *streams),
                    start_new_session=True,
                )  # fmt: skip
            process = cls(ours, sandbox, monitor)
            try:
                process.meet(_START, before)
            except BaseException as error:
                process.release()
                if isinstance(error, (OSError, EOFError)):
                    said.seek(0)
                    why = said.read().decode(errors="replace").strip() or error
                    raise SandboxError(f"no sandbox could be made for {command[0]}: {why}") from error
                raise
            return process

    @classmethod
    def expected(cls, control: socket.socket, sandbox: Sandbox) -> SandboxedProcess:
        """One that somebody else starts, when it is time; meet() waits for it."""
        return cls(control, sandbox, None)

    def meet(self, patience: float | None, before: Callable[[int], None]) -> None:
        """Waits until the program has begun, with what it finds in its scratch. patience: seconds; None: as long as it takes."""
        deadline = None if patience is None else time.monotonic() + patience
        self.init = self._await("ready", deadline)[1]
        self.scratch = Scratch(pathlib.Path(f"/proc/{self.init}/root{SCRATCH}"))
        for outside, name in self.sandbox.writes.items():
            with contextlib.suppress(FileNotFoundError):
                self.scratch.put(name, outside.read_bytes(), identity())
        deadline = time.monotonic() + _START
        self.pid = self._await("waiting", deadline)[1]
        self.pidfd = os.pidfd_open(self.pid)
        before(self.pid)
        self._control.send(b"go")
        words, _ = self._await(("executed", "refused"), deadline)
        if words[0] == "refused":
            self.refused = int(words[1])
        self._control.setblocking(False)

    def _await(self, wanted: str | tuple[str, ...], deadline: float | None) -> tuple[list[str], int]:
        """The next message, which must be the wanted one, and the process that sent it."""
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([self._control], [], [], left)[0]:
            raise TimeoutError(f"sandbox-init did not say {wanted} within {_START:.0f} s")
        words, pid = self._receive()
        if words[0] not in (wanted if isinstance(wanted, tuple) else (wanted,)):
            raise EOFError(f"sandbox-init said {' '.join(words)!r} in place of {wanted}")
        return words, pid

    def _receive(self) -> tuple[list[str], int]:
        data, ancillary, _, _ = self._control.recvmsg(_MESSAGE, socket.CMSG_SPACE(_CREDENTIALS.size))
        if not data:
            raise EOFError("sandbox-init ended")
        pid = next(_CREDENTIALS.unpack(value)[0] for _, kind, value in ancillary if kind == socket.SCM_CREDENTIALS)
        return data.decode().split(), pid

    def poll(self) -> Ending | None:
        """How the program ended; None while it runs. What it left where it was asked to is then copied out."""
        while self._ending is None:
            try:
                words, pid = self._receive()
            except BlockingIOError:
                break
            except (EOFError, OSError):
                self._ending = Ending(-signal.SIGKILL, 0.0, 0)  # somebody ended sandbox-init itself
                break
            if words[0] == "limit":
                self.limits.add(words[1])
            elif words[0] == "ended" and pid == self.init:
                status, user, system, peak = map(int, words[1:])
                self._ending = Ending(os.waitstatus_to_exitcode(status), (user + system) / 1e6, peak)
                self._take_last()
        return self._ending

    @property
    def how_it_ended(self) -> str:
        """Bounds that it ran into, and what was wrong with what it left, to be said behind its status."""
        limits = f" (it ran into its limit: {', '.join(self.sandbox.limits.in_words(self.limits))})" if self.limits else ""
        return limits + (f"; {self.complaint}" if self.complaint else "")

    def overflow(self) -> None:
        """It has written more than it may: it ends, if it is there already."""
        self.limits.add("output")
        if self.pidfd >= 0:
            self.signal(signal.SIGKILL)

    def _take_last(self) -> None:
        """Whoever asks whether it runs asks about that: what it left is complained about afterwards."""
        assert self.scratch is not None
        try:
            self.collect()
        except ScratchError as error:
            self.complaint = str(error)
        if self.scratch.full:
            self.limits.add("scratch")

    def await_end(self) -> Ending:
        """Waits for the program's end, however long it takes."""
        while (ending := self.poll()) is None:
            select.select([self._control], [], [])
        return ending

    def collect(self) -> None:
        """Copies out what the program has left so far."""
        assert self.scratch is not None
        for outside, name in self.sandbox.writes.items():
            self.scratch.take(name, outside)

    def family(self) -> list[int]:
        """Process ids of all that is in the sandbox besides the program."""
        return [one.pid for one in descendants(self.init) if one.pid != self.pid]

    def processor_seconds(self) -> float:
        """What the program and all that it started have used so far."""
        return processor_seconds([self.init, *(one.pid for one in descendants(self.init))])

    def signal(self, number: int) -> None:
        """A signal to the program itself; nothing when it has just ended, of which sandbox-init hears first."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)

    def interrupt(self) -> None:
        """SIGINT to its process group, as Ctrl+C on its terminal would."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-self.pid, signal.SIGINT)

    def release(self) -> None:
        """Ends all that still lives in the sandbox, and the sandbox."""
        if self.scratch is not None:
            self.scratch.close()
        self._control.close()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1
        if self._monitor is not None:
            try:
                self._monitor.wait(_START)
            except subprocess.TimeoutExpired:
                self._monitor.kill()
                self._monitor.wait()
