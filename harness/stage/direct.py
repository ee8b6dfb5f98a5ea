"""A tool of the harness that runs on a host: started through Mininet's mnexec, seen and ended by process ids."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from harness.stage.processes import descendants, marked

_MARK = "WIREPROOF_PROGRAM"  # in the environment of a tool and so of its descendants, wherever they go


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a program ended: exit status, negative for a signal; seconds of processor time; KiB of memory at most."""

    status: int
    processor_seconds: float
    peak_memory: int


class DirectProcess:
    """pid is the tool's own. Standard streams are descriptors."""

    def __init__(
        self, host_pid: int, command: Sequence[str], streams: tuple[int, int, int], environment: Mapping[str, str], terminal: bool,
        inherited: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self._mark = os.urandom(8).hex()
        stdin, stdout, stderr = streams
        self._process = subprocess.Popen(
            ["mnexec", "-a", str(host_pid), *(["setsid", "--ctty"] if terminal else []), *command],
            stdin=stdin, stdout=stdout, stderr=stderr, env={**os.environ, **environment, _MARK: self._mark},
            start_new_session=not terminal, pass_fds=inherited,
        )  # fmt: skip
        self.pid = self._process.pid
        self.pidfd = os.pidfd_open(self.pid)

    def poll(self) -> Ending | None:
        """How it ended; None while it runs. To be asked until it has ended, and not again."""
        pid, outcome, usage = os.wait4(self.pid, os.WNOHANG)
        if not pid:
            return None
        self._process.returncode = os.waitstatus_to_exitcode(outcome)
        return Ending(self._process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)

    def family(self) -> list[int]:
        """Process ids of its descendants, also of those that it left behind."""
        return sorted({*(child.pid for child in descendants(self.pid)), *marked(_MARK, self._mark)} - {self.pid})

    def signal(self, number: int) -> None:
        """A signal to the tool itself, which stays until poll() has told of its end."""
        signal.pidfd_send_signal(self.pidfd, number)

    def interrupt(self) -> None:
        """SIGINT to its process group, as Ctrl+C on its terminal would."""
        os.killpg(self.pid, signal.SIGINT)

    def release(self) -> None:
        """Gives back what is held for it."""
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1
