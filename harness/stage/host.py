"""A host of the network, as scenarios use it."""

from __future__ import annotations

import dataclasses
import math
import pathlib
import subprocess
from typing import TYPE_CHECKING, Any, Sequence

from harness.evidence.capture.packets import DecodeError
from harness.evidence.capture.recorder import CaptureError
from harness.evidence.trace import strace
from harness.judge.exits import describe_status
from harness.judge.waiting import DeadlinePassed, in_vain, wait_for
from harness.stage import sockets
from harness.stage.line import Line, LineProgram, one_after_another, start_line
from harness.stage.program import Program
from harness.stage.sandbox import Sandbox
from harness.stage.tools import HostTools
from harness.world.tools_needed import require_descriptors, require_tool, require_tools

if TYPE_CHECKING:
    from harness.stage.lab import Lab


@dataclasses.dataclass(frozen=True)
class Completed:
    """What a short command left: exit status, standard output, standard error."""

    status: int
    output: str
    errors: str


class CommandFailed(RuntimeError):
    """A command of the scenario's own preparation failed."""


class Host(HostTools):
    """A Mininet host by its name; ``str(host)`` is its address, so it can stand where an address is wanted."""

    def __init__(self, lab: "Lab", node: Any) -> None:
        self.lab, self.node, self.name = lab, node, node.name
        self._started: dict[str, int] = {}

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

    def bytes_received(self, since: float) -> int:
        """Bytes of data (TCP, UDP) that have come to its first interface since an instant (seconds since the epoch); 0 where nothing is
        recorded, or the capture cannot be read: this is for messages."""
        if self.interface not in self.lab.recorders:
            return 0
        try:
            came = self.lab.packets(self, f"eth.dst == {self.mac} && (tcp.len > 0 || udp) && !icmp").between(since, math.inf)
            return int(came.total("tcp.len") + came.total("udp.length") - 8 * len(came.where("udp")))
        except (CaptureError, DecodeError):
            return 0

    def start(
        self,
        role: str,
        *arguments: Any,
        stdin: "bytes | pathlib.Path | Program | None" = None,
        stdout: str | pathlib.Path | None = None,
        pipe_output: bool = False,
        terminal: bool = False,
        environment: dict[str, str] | None = None,
        traced: bool | Sequence[str] = False,
        **parameters: Any,
    ) -> Program:
        """Starts the program that fills a role, in its sandbox, and returns at once.

        arguments are appended to its command; parameters are the role's (``port=1234``). Raises RoleError for what its contract does
        not name. stdin: bytes to read then end of file, a file, another program started with pipe_output, or None for an open, silent
        input that Program.type() writes to. stdout: a file in place of the evidence log. terminal: input through a pseudo-terminal.
        traced: strace writes its system calls down, for Program.calls(), or by options of its own.
        """
        command = self.lab.command_of(role, parameters, arguments)
        if not self.lab.roles[role]["replaced"]:
            require_tools(command)
        sandbox = self.lab.sandbox_of(role, command, parameters, environment or {})
        require_descriptors(sandbox.limits.descriptors, role)
        trace = strace.OPTIONS if traced is True else tuple(traced or ())
        return self._spawn(role, command, stdin, stdout, pipe_output, terminal, {}, trace, sandbox)

    def start_command(
        self,
        *command: Any,
        name: str = "",
        stdin: "bytes | pathlib.Path | Program | None" = None,
        stdout: str | pathlib.Path | None = None,
        pipe_output: bool = False,
        terminal: bool = False,
        environment: dict[str, str] | None = None,
        traced: bool = False,
    ) -> Program:
        """Starts a tool of the scenario's own, which fills no role and is not judged; options as for start()."""
        words = [str(word) for word in command]
        require_tools(words)
        label = name or pathlib.Path(words[0]).name
        return self._spawn(label, words, stdin, stdout, pipe_output, terminal, environment or {}, strace.OPTIONS if traced else (), None)

    def start_line(self, name: str, text: str = "", *, after: float = 0, **programs: tuple[str, dict[str, Any]]) -> Line:
        """Starts a command line of a shell, in which {key} stands for a judged program: key=(role, parameters). Without a text the
        programs run in the background, each started `after` so many seconds since the one before, and the line lasts until all have
        ended."""
        given = {}
        for number, (key, (role, parameters)) in enumerate(programs.items(), 1):
            command = self.lab.command_of(role, parameters)
            sandbox = self.lab.sandbox_of(role, command, parameters, {})
            given[key] = LineProgram(self, f"{self.name}-{name}-{number}", role, command, sandbox, self.lab.logs, self.lab.tell)
        line = start_line(self, text or one_after_another(given, after), f"{self.name}-{name}", given)
        self.lab.programs += [*given.values(), line.shell]
        return line

    def _spawn(
        self,
        label: str,
        command: list[str],
        stdin: "bytes | pathlib.Path | Program | None",
        stdout: str | pathlib.Path | None,
        pipe_output: bool,
        terminal: bool,
        environment: dict[str, str],
        trace: Sequence[str],
        sandbox: Sandbox | None,
    ) -> Program:
        if trace:
            require_tool("strace")
        self._started[label] = self._started.get(label, 0) + 1
        count = self._started[label]
        name = f"{self.name}-{label}" + (f"-{count}" if count > 1 else "")
        target = pathlib.Path(stdout) if stdout else None
        before = f"{self.lab.shown(stdin.command)} | " if isinstance(stdin, Program) else ""
        after = (f" < {stdin}" if isinstance(stdin, pathlib.Path) else "") + (f" > {target}" if target else "")
        watched = f"strace -f -o {name}.strace " if trace else ""
        self.lab.tell("start", self.name, name, before + watched + self.lab.shown(command) + after)
        program = Program(
            self, name, command, self.lab.logs, stdin, target, pipe_output, terminal, environment, self.lab.tell, sandbox,
            label if sandbox else "", trace,
        )  # fmt: skip
        self.lab.programs.append(program)
        return program

    def run(self, *command: Any, check: bool = True, deadline: float = 10, stdin: str = "") -> Completed:
        """Runs a short command on the host and returns what it left; CommandFailed when its status is not 0 and check."""
        words = [str(word) for word in command]
        require_tools(words)
        self.lab.tell("start", self.name, words[0], self.lab.shown(words))
        try:
            outcome = subprocess.run(
                ["mnexec", "-a", str(self.pid), *words],
                capture_output=True, timeout=deadline, input=stdin.encode(), check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DeadlinePassed(in_vain(f"'{' '.join(words)}' on {self.name} to end", deadline)) from None
        # Not subprocess's own text, which makes one line's end of every other.
        output, errors = (data.decode("utf-8", "replace") for data in (outcome.stdout, outcome.stderr))
        if shown := (output + errors).rstrip("\n"):
            self.lab.tell("output", self.name, words[0], shown)
        if check and outcome.returncode:
            raise CommandFailed(f"'{' '.join(words)}' on {self.name} ended with {describe_status(outcome.returncode)}: {errors.strip()}")
        return Completed(outcome.returncode, output, errors)

    def sockets(self, protocol: str) -> list[sockets.Socket]:
        """The host's "tcp" or "udp" sockets."""
        return sockets.sockets(self.pid, protocol)

    def listening(self, port: int, protocol: str = "tcp") -> bool:
        """True when a socket of the host waits on the port."""
        return sockets.listening(self.pid, protocol, port)

    def wait_not_listening(self, port: int, protocol: str = "tcp", deadline: float = 10) -> None:
        """Waits until no socket of the host waits on the port."""
        wait_for(lambda: not self.listening(port, protocol), f"{protocol} port {port} on {self.name} to be closed", deadline)
