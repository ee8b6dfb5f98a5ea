"""A rendezvous point and nodes on the hosts of a lab, with the sheet's timers in another measure of time."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from harness import Call
from harness.evidence.capture.merged import together
from harness.judge.waiting import wait_for
from harness.stage.program import Program
from scenarios.group.kit import instead
from scenarios.group.kit.history import whole
from scenarios.group.kit.messages import Message, read
from scenarios.group.kit.story import drawn, kin
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

PORT, DATA_PORT = 10000, 10001
_AGENTS = pathlib.Path(__file__).parents[1] / "agents"
ROLES = ("rdv-point", "mcast-node")
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Timers:
    """All timers, in seconds. minute: how long a minute of the sheet lasts here; 60 gives the sheet's own."""

    minute: float

    @property
    def refresh(self) -> float:
        """Between two RREG, or RJOI."""
        return 2 * self.minute

    @property
    def lifetime(self) -> float:
        """Of a registration, and of a child's entry."""
        return 3 * self.minute

    @property
    def answer(self) -> float:
        """Until an unanswered request is repeated: 1 s, or less when minutes are short."""
        return min(1.0, self.minute / 2)

    @property
    def rest(self) -> float:
        """Between two attempts to join."""
        return min(2.0, self.minute / 2)

    @property
    def patience(self) -> float:
        """What the longest way from a failure to a new place takes: an entry or registration ends, an orphan notices, walks and
        rests a few times."""
        return self.lifetime + 3 * self.refresh + 20 * (self.answer + self.rest)


class Group:
    """The group of one rendezvous point. minute: how many seconds a minute of the sheet lasts; 60 are its own timers. ipv6: whether it is
    known by its IPv6 address, which its nodes then use too. options: further parameters of the role mcast-node, for all nodes."""

    def __init__(
        self, lab: Lab, point: Host, minute: float = 60.0, extensions: str = "on", ipv6: bool = False, **options: Any
    ) -> None:  # fmt: skip
        self.lab, self.point, self.extensions, self.timers = lab, point, extensions, Timers(minute)
        self.point_address = point.address6 if ipv6 else point.address
        self.begun = time.time()
        self.nodes: dict[str, Program] = {}
        self.dead: set[str] = set()
        self.rendezvous: Program | None = None
        self._options = options
        self._sockets = pathlib.Path("/tmp")

    # programs

    def start_point(self, **parameters: Any) -> Program:
        """Starts the rendezvous point, and returns when it listens."""
        self.rendezvous = self.point.start("rdv-point", lifetime=self.timers.lifetime, extensions=self.extensions, **parameters)
        return self.rendezvous.wait_listening(PORT, "udp")

    def start(self, *hosts: Host, **parameters: Any) -> list[Program]:
        """Starts a node on each of the hosts. parameters: of the role, in place of the group's."""
        timers = self.timers
        for host in hosts:
            given: dict[str, Any] = dict(
                rdv_point=self.point_address, refresh=timers.refresh, child_lifetime=timers.lifetime, root_cache=timers.minute,
                answer_timeout=timers.answer, rest=timers.rest, extensions=self.extensions, status_socket=self._socket(host),
            )  # fmt: skip
            self.nodes[host.name] = host.start("mcast-node", **{**given, **self._options, **parameters})
            self.dead.discard(host.name)
        return [self.nodes[host.name] for host in hosts]

    def kill(self, *names: str) -> None:
        """Kills nodes: nothing is said to anybody."""
        for name in names:
            self.nodes[name].signal("SIGKILL")
            self.dead.add(name)
        for name in names:
            self.nodes[name].wait()

    @property
    def living(self) -> list[str]:
        """The hosts whose nodes run."""
        return [name for name in self.nodes if name not in self.dead]

    def say(self, host: Host, text: str) -> None:
        """Brings a message into the group, as a person does. By the address: on many machines the name localhost is ::1 first, where a
        node of IPv4 alone does not listen."""
        host.run("nc", "-u", "-q0", "127.0.0.1", DATA_PORT, stdin=text)

    def without(self, text: str, times: int = 1) -> list[str]:
        """Which living nodes have not printed it so often."""
        return [name for name in self.living if self.nodes[name].output.count(text) < times]

    def wait_until_printed(self, text: str, times: int = 1, deadline: float = 10) -> None:
        """Waits until every living node has printed it so often. deadline: seconds."""
        what = f"every node to print {text!r}" + (f" {times} times, since it was sent again" if times > 1 else "")

        def details() -> str:
            deaf = self.without(text, times)
            hearing = instead.of_hearing(self.messages(), deaf, self._options.get("refresh", self.timers.refresh), self.timers.lifetime)
            return f"{hearing}; {kin(self.tree(), *deaf[:4])}"

        wait_for(lambda: not self.without(text, times), what, deadline, details=details)

    # what the captures tell

    @property
    def names(self) -> dict[str, str]:
        """Address → host, for all hosts of the lab."""
        addresses = ((host, address) for host in self.lab.hosts.values() for address in (host.address, host.address6))
        return {address: host.name for host, address in addresses if address}

    def messages(self, *hosts: str) -> list[Message]:
        """All messages since there is this group, as the captures at these hosts (at the point and all nodes, if none is named) saw
        them: what an earlier group said on the same hosts is not its own."""
        wanted = hosts or (self.point.name, *self.nodes)
        recorders = [self.lab.recorders[self.lab.hosts[name].interface] for name in wanted]
        return [message for message in read(together(recorders), self.names) if message.time >= self.begun]

    def tree(self) -> Tree:
        """The tree of the living nodes now."""
        return whole(self.messages()).tree(self.living)

    def wait_for_tree(self, deadline: float = 20) -> Tree:
        """Waits until every living node has its place below the one registered root, and gives the tree. deadline: seconds."""

        def complete() -> Tree | None:
            history = whole(self.messages())
            tree = history.tree(self.living)
            return tree if history.registered and tree.is_one(self.living, history.registered) else None

        return self.wait_for(complete, f"{len(self.living)} nodes to be one tree", deadline)

    def wait_for(self, fact: Callable[[], T | None], what: str, deadline: float) -> T:
        """Waits until something about the group is so. In vain, it tells who is whose parent, what keeps them from being one tree, and how the
        rendezvous point is."""

        def details() -> str:
            dead = f"; killed: {' '.join(sorted(self.dead))}" if self.dead else ""
            point = f"\n    {self.rendezvous.state()}" if self.rendezvous else ""
            return instead.of_a_tree(self.messages(), self.living, self.timers.lifetime) + f"{dead}; the tree: {drawn(self.tree())}{point}"

        return wait_for(fact, what, deadline, details=details)

    # what our nodes say of themselves

    def status(self, name: str) -> dict[str, Any] | None:
        """What `mcast-node --status --json` of this host prints; None when nobody answers there."""
        try:
            return json.loads(self.nodes[name].answer_at(self._socket(self.lab.hosts[name])))
        except (OSError, ValueError, RecursionError):
            return None

    def said_tree(self, names: Iterable[str] = ()) -> Tree:
        """The tree as the nodes tell it themselves."""
        told = {name: self.status(name) for name in names or self.living}
        return Tree({name: self._host_of(one["parent"]) for name, one in told.items() if one})

    def said_children(self, name: str) -> Sequence[str]:
        status = self.status(name) or {"children": []}
        return sorted(self._host_of(child["endpoint"]) or "" for child in status["children"])

    def _host_of(self, endpoint: str | None) -> str | None:
        return None if endpoint is None else self.names.get(endpoint.rpartition(":")[0].strip("[]"), endpoint)

    def _socket(self, host: Host) -> pathlib.Path:
        return self._sockets / f"mcast-node-{host.name}.sock"


def asking(host: Host, point: Host) -> Program:
    """A program on a host that asks a rendezvous point for the root ten times a second until its input ends, and is no node."""
    return host.start_command(sys.executable, _AGENTS / "ask.py", point, PORT, name="ask")


def answers_to(requests: Iterable[str], host: Host, target: Host) -> list[str]:
    """Sends requests, each "OWN-PORT:TYPE", from ports of a host to a rendezvous point or node, one after the other. What came back to each
    of these ports, in their order; "" for one that stayed unanswered."""
    return json.loads(host.run(sys.executable, _AGENTS / "requests.py", target, PORT, *requests, deadline=30).output)


def answered_at(host: Host, target: Host) -> str:
    """To which ports of a host another one's answers went."""
    answers = host.lab.packets(host, f"hmtp && ip.src == {target} && !icmp").values("udp.dstport")
    counts = ", ".join(f"port {port} ({answers.count(port)})" for port in sorted(set(answers)))
    return f"answers of {target.name} came to {counts or 'no port'} of {host.name}"


def full_parent(host: Host) -> Program:
    """A rendezvous point with a root on this host that takes a child, answers its first refresh by NJOI, and names a node at port 10003; it
    prints the port to which each RJOI comes."""
    return host.start_command(sys.executable, _AGENTS / "full_parent.py", host, name="full-parent")


def speaking(host: Host, between: float = 0.05) -> Program:
    """A program that brings numbered messages into the group, one every so many seconds, until its input ends."""
    return host.start_command(sys.executable, _AGENTS / "speak.py", between, name="speak")


def attack(host: Host, kind: str, *arguments: object) -> Program:
    """A program that sends hostile datagrams (scenarios/group/agents/attack.py tells which); it prints how many."""
    return host.start_command(sys.executable, _AGENTS / "attack.py", kind, *arguments, name=kind)


def spoken(program: Program) -> dict[int, float]:
    """Number → when it was sent (seconds since the epoch), of a program of speaking()."""
    lines = [line.split() for line in program.output.splitlines()]
    return {int(number): float(time) for number, time in lines}


def send_copies(host: Host, text: str, port: int, addresses: Iterable[object]) -> None:
    """Sends one datagram with the text to each of the addresses."""
    host.run(sys.executable, _AGENTS / "copies.py", text, port, host, *addresses)


def iperf(host: Host, seconds: float, rate: str, size: int) -> int:
    """Has iperf send datagrams of so many bytes to the data port. How many it sent: more than it says, since it repeats the last one
    until a server, which is not there, sends a report."""
    sender = host.start_command("iperf", "-u", "-c", "127.0.0.1", "-p", DATA_PORT, "-t", seconds, "-b", rate, "-l", size, traced=True)
    sender.wait(20)
    sender.show()
    calls = [one for one in sender.calls() if isinstance(one, Call) and one.descriptor and one.descriptor.protocol == "UDP"]
    return sum(one.text in (f"write({size} bytes)", f"sendto({size} bytes)") for one in calls)
