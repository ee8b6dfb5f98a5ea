"""What people look at sockets and groups with, run on a host: netstat, lsof, ss, nstat, ip maddr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from harness.evidence import socket_tables
from harness.evidence.socket_tables import SocketTable
from harness.judge.exits import describe_status
from harness.stage import counters, groups, silence
from harness.stage.groups import Membership

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab


class HostTools:
    """Methods of harness.stage.host.Host."""

    lab: "Lab"
    name: str
    run: Any
    sockets: Any

    def netstat(self, *options: str) -> SocketTable:
        """``netstat`` with these options (-paunt, or -p tcp, as sheets have it); the part on internet sockets."""
        return socket_tables.netstat(self._look("netstat", *options), " ".join(("netstat", *options)))

    def lsof(self, port: int, *options: str) -> SocketTable:
        """``lsof -n -i:PORT``: every descriptor of every process for a socket with this port. -P: ports as numbers."""
        words = ("-n", *options, f"-i:{port}")
        return socket_tables.lsof(self._look("lsof", *words, statuses=(0, 1)), " ".join(("lsof", *words)))

    def ss(self, *options: str) -> SocketTable:
        """``ss`` with these options, such as -tanp; a row for each process that holds a socket."""
        letters = "".join(option[1:] for option in options if option.startswith("-") and not option.startswith("--"))
        protocol = "udp" if "u" in letters else "tcp"
        return socket_tables.ss(self._look("ss", *options), " ".join(("ss", *options)), protocol)

    def ip_maddr(self) -> list[Membership]:
        """``ip maddr show``: the groups of every interface, and the Ethernet addresses that it listens to for them."""
        return groups.ip_maddr(self._look("ip", "maddr", "show"))

    def netstat_groups(self) -> list[Membership]:
        """``netstat -gn``: the groups of every interface."""
        return groups.netstat_groups(self._look("netstat", "-gn"))

    def nstat(self) -> counters.Counters:
        """The kernel's counters of this host since it exists: ``nstat -asz``. Subtract an earlier reading to see what changed."""
        return counters.nstat(self._look("nstat", "-asz"))

    def kept_back(self) -> str:
        """What its kernel is told to keep back (rules of its packet filter, pings), for people; empty where that is nothing."""
        return "; ".join(silence.reasons([cast("Host", self)]))

    def drops(self, port: int) -> int:
        """Datagrams that the UDP sockets of this port, as they are now, have dropped: the last column of /proc/net/udp."""
        return sum(socket.drops for socket in self.sockets("udp") if socket.port == port)

    def _look(self, tool: str, *options: str, statuses: tuple[int, ...] = (0,)) -> str:
        """Runs a tool, keeps all of its output in the logs, and gives it back."""
        outcome = self.run(tool, *options, check=False, deadline=30)
        number = sum(1 for _ in self.lab.logs.glob(f"{self.name}-{tool}-*.txt")) + 1
        (self.lab.logs / f"{self.name}-{tool}-{number}.txt").write_text(outcome.output, errors="replace")
        if outcome.status not in statuses or (outcome.status and outcome.errors.strip()):
            raise socket_tables.SocketTableError(
                f"{tool} on {self.name} ended with {describe_status(outcome.status)}: {outcome.errors.strip()[-300:]}"
            )
        return outcome.output
