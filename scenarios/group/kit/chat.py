"""A room of the multicast chat, and its members, as scenarios watch them: by packets, and by the lines that are shown.

Nothing here asks how a datagram is written, so that a program with datagrams of its own (plain text, as the sheet has it) can be
watched too.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from harness.evidence.capture.packets import Packets
from harness.stage.program import Program
from harness.world.network.queries import group_mac

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

PORT = 5000
_ROUTE = "224.0.0.0/4"


def ethernet_address(group: str) -> str:
    """The Ethernet address of a multicast group: 01:00:5e and the last 23 bits of an IPv4 address (RFC 1112, 6.4), 33:33 and the
    last 32 of an IPv6 address (RFC 2464, 7)."""
    return group_mac(ipaddress.ip_address(group)).hex(":")


def add_routes(hosts: Iterable[Host]) -> None:
    """Gives these hosts a route to IPv4's groups, without which nobody could join and send."""
    for host in hosts:
        host.run("ip", "route", "add", _ROUTE, "dev", host.interface)


@dataclasses.dataclass(frozen=True)
class Member:
    """Somebody in a room."""

    name: str
    host: Host
    program: Program

    def lines(self, *words: str) -> list[str]:
        """What it was shown so far: the whole lines with all of these words."""
        whole = self.program.output.rpartition("\n")[0]
        return [line for line in whole.splitlines() if all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line) for word in words)]

    def say(self, text: str) -> None:
        self.program.type(text + "\n")


class ChatRoom:
    """``ChatRoom(lab, "224.1.1.1")``: a multicast group and a UDP port."""

    def __init__(self, lab: Lab, address: str, port: int = PORT) -> None:
        self.lab, self.address, self.port = lab, address, port

    def enter(self, host: Host, name: str, terminal: bool = False, **parameters: Any) -> Member:
        """Starts a member's program, and returns when it has shown its own announcement. parameters: of the role mcast-chat."""
        program = host.start("mcast-chat", room=self.address, name=name, port=self.port, terminal=terminal, **parameters)
        member = Member(name, host, program.wait_listening(self.port, "udp"))
        self.lab.until(lambda: member.lines(name) or not program.running, f"{program} to announce {name}")
        return member

    def sent_by(self, host: Host, since: float = 0) -> Packets:
        """The datagrams to the room that a host has sent, as its own interface saw them. since: seconds since the epoch."""
        return self.lab.packets(host, f"{self.filter} and eth.src == {host.mac} and frame.time_epoch >= {since:.6f}")

    @property
    def filter(self) -> str:
        version = "ip" if ipaddress.ip_address(self.address).version == 4 else "ipv6"
        return f"udp.dstport == {self.port} and {version}.dst == {self.address}"

    def since_now(self) -> str:
        """A filter for the datagrams to the room from now on; all that was sent before has arrived."""
        self.lab.let_arrive()
        return f"{self.filter} and frame.time_epoch >= {time.time():.6f}"


def wait_shown(lab: Lab, readers: Iterable[Member], *words: str, times: int = 1) -> None:
    """Waits until each reader was shown this many lines with all of these words."""
    for reader in readers:
        lab.until(lambda: len(reader.lines(*words)) >= times, f"{reader.name} to read {' '.join(words)!r}")


def shown(readers: Iterable[Member], *words: str) -> dict[str, int]:
    """How many lines with all of these words each reader was shown."""
    return {reader.name: len(reader.lines(*words)) for reader in readers}


def once(readers: Iterable[Member]) -> dict[str, int]:
    """What `shown` gives when each reader was shown it exactly once."""
    return {reader.name: 1 for reader in readers}
