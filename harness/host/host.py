"""A host of the network, as scenarios use it."""

from __future__ import annotations

import dataclasses
import pathlib
import subprocess
from typing import TYPE_CHECKING, Any, Sequence

from harness.host import sockets
from harness.host.program import Program
from harness.host.tools import HostTools
from harness.trace import strace
from harness.video.players import Vlc, start_vlc
from harness.waiting import DeadlinePassed, wait_for

if TYPE_CHECKING:
    from harness.lab import Lab


@dataclasses.dataclass(frozen=True)
class Completed:
    """What a short command left: exit status, standard output, standard error."""

    status: int
    output: str
    errors: str


class CommandFailed(RuntimeError):
    """A command of the scenario's own preparation failed."""


@dataclasses.dataclass(frozen=True)
class _Player:
    """A host as harness.video.players wants it."""

    host: "Host"

    def start(self, *command: str, name: str) -> Program:
        return self.host.start_command(*command, name=name)


class Host(HostTools):
    """A Mininet host by its name; ``str(host)`` is its address, so it can stand where an address is wanted."""

    def __init__(self, lab: "Lab", node: Any) -> None:
        self.lab, self.node, self.name = lab, node, node.name
        self._started: dict[str, int] = {}
        self._players = 0

    @property
    def pid(self) -> int:
        """The process that holds the host's namespaces."""
        return self.node.pid

    @property
    def address(self) -> str:
        """IPv4 address of the first interface, without prefix length."""
        return self.node.IP()

    @property
    def address6(self) -> str:
        """Global IPv6 address of the first interface, without prefix length, where the topology gives one (``ip6``); else empty."""
        return str(self.node.params.get("ip6") or "").partition("/")[0]

    @property
    def interface(self) -> str:
        """Name of the first interface, such as h1-eth0."""
        return self.node.defaultIntf().name

    @property
    def mac(self) -> str:
        return self.node.MAC()

    def __str__(self) -> str:
        return self.address

    def start(
        self,
        role: str,
        *arguments: Any,
        stdin: "bytes | pathlib.Path | Program | None" = None,
        stdout: str | pathlib.Path | None = None,
        pipe_output: bool = False,
        terminal: bool = False,
        environment: dict[str, str] | None = None,
        under: Sequence[str] = (),
        traced: bool = False,
        **parameters: Any,
    ) -> Program:
        """Starts the program that fills a role and returns at once.

        arguments are appended to its command; parameters are the role's (``port=1234``). stdin: bytes to read then end of
        file, a file, another program started with pipe_output, or None for an open, silent input that Program.type()
        writes to. stdout: a file in place of the evidence log. terminal: input through a pseudo-terminal.
        under: a program, with its options, that runs the command it is given, such as ["nice", "-n", "5"]. traced: strace writes
        its system calls down, for Program.calls().
        """
        command = list(under) + self.lab.command_of(role, parameters) + [str(word) for word in arguments]
        return self._spawn(role, command, stdin, stdout, pipe_output, terminal, environment, traced)

    def start_command(self, *command: Any, **options: Any) -> Program:
        """Starts any other program (not a role); options as for start()."""
        words = [str(word) for word in command]
        label = options.pop("name", pathlib.Path(words[0]).name)
        defaults = {"stdin": None, "stdout": None, "pipe_output": False, "terminal": False, "environment": None, "traced": False}
        return self._spawn(label, words, **{**defaults, **options})

    def play(self, address: str = "", port: int = 5000, caching: float = 1.0, interface: str = "") -> Vlc:
        """Starts VLC on ``udp://@address:port`` (a group is joined; no address: any) and returns when it listens.

        caching: seconds that VLC buffers; interface: where a group is joined.
        """
        self._players += 1
        folder = pathlib.Path("/tmp") / f"vlc-{self.name}-{self._players}"
        return start_vlc(_Player(self), f"udp://@{address}:{port}", port, folder, caching, interface)

    def _spawn(
        self,
        label: str,
        command: list[str],
        stdin: "bytes | pathlib.Path | Program | None",
        stdout: str | pathlib.Path | None,
        pipe_output: bool,
        terminal: bool,
        environment: dict[str, str] | None,
        traced: bool,
    ) -> Program:
        self._started[label] = self._started.get(label, 0) + 1
        count = self._started[label]
        name = f"{self.name}-{label}" + (f"-{count}" if count > 1 else "")
        target = pathlib.Path(stdout) if stdout else None
        before = f"{self.lab.shown(stdin.command)} | " if isinstance(stdin, Program) else ""
        after = (f" < {stdin}" if isinstance(stdin, pathlib.Path) else "") + (f" > {target}" if target else "")
        trace = self.lab.logs / f"{name}.strace" if traced else None
        watched = f"strace -f -o {trace.name} " if trace else ""
        self.lab.tell("start", self.name, name, before + watched + self.lab.shown(command) + after)
        words = [*strace.command(trace), *command] if trace else command
        program = Program(self, name, words, self.lab.logs, stdin, target, pipe_output, terminal, environment, self.lab.tell)
        program.trace = trace
        self.lab.programs.append(program)
        return program

    def run(self, *command: Any, check: bool = True, deadline: float = 10, stdin: str = "") -> Completed:
        """Runs a short command on the host and returns what it left; CommandFailed when its status is not 0 and check."""
        words = [str(word) for word in command]
        self.lab.tell("start", self.name, words[0], self.lab.shown(words))
        try:
            outcome = subprocess.run(
                ["mnexec", "-a", str(self.pid), *words],
                capture_output=True, text=True, errors="replace", timeout=deadline, input=stdin, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DeadlinePassed(f"'{' '.join(words)}' on {self.name} to end: not within {deadline:g} s") from None
        if shown := (outcome.stdout + outcome.stderr).rstrip("\n"):
            self.lab.tell("output", self.name, words[0], shown)
        if check and outcome.returncode:
            raise CommandFailed(
                f"'{' '.join(words)}' on {self.name} ended with status {outcome.returncode}: {outcome.stderr.strip()}"
            )
        return Completed(outcome.returncode, outcome.stdout, outcome.stderr)

    def sockets(self, protocol: str) -> list[sockets.Socket]:
        """The host's "tcp" or "udp" sockets."""
        return sockets.sockets(self.pid, protocol)

    def listening(self, port: int, protocol: str = "tcp") -> bool:
        """True when a socket of the host waits on the port."""
        return sockets.listening(self.pid, protocol, port)

    def wait_not_listening(self, port: int, protocol: str = "tcp", deadline: float = 10) -> None:
        """Waits until no socket of the host waits on the port."""
        wait_for(lambda: not self.listening(port, protocol), f"{protocol} port {port} on {self.name} to be closed", deadline)
