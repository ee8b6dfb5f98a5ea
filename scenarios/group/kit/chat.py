"""A room of the multicast chat, its members, and what they do, as scenarios watch them: by packets, and by the lines that are shown.

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
from harness.judge.waiting import DeadlinePassed, wait_for
from harness.stage.program import Program
from harness.world.network.queries import group_mac
from scenarios.group.kit import unread
from scenarios.group.kit.reading import wait_shown

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
class Deed:
    """Something that was done in a room: what in words, by whom, the line that was said, on which host, when (seconds since the epoch), and
    how many characters each member had printed by then."""

    what: str
    who: str
    said: str
    host: Host
    begin: float
    printed: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Member:
    """Somebody in a room."""

    name: str
    host: Host
    program: Program
    room: ChatRoom

    def lines(self, *words: str) -> list[str]:
        """What it was shown so far: the whole lines with all of these words."""
        whole = self.program.output.rpartition("\n")[0]
        return [line for line in whole.splitlines() if all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line) for word in words)]

    def say(self, text: str) -> None:
        self.room.note(f"{self.name} said {text[:40]!r}", self.host, self.name, text)
        self.program.type(text + "\n")

    def leave(self, by: str = "the end of its input") -> None:
        """by: in words, "Ctrl+C" or a signal's name; all else is the end of the input."""
        self.room.note(f"{self.name} left by {by}", self.host, self.name)
        if by == "Ctrl+C":
            self.program.interrupt()
        elif by.startswith("SIG"):
            self.program.signal(by)
        else:
            self.program.end_input()


class ChatRoom:
    """``ChatRoom(lab, "224.1.1.1")``: a multicast group and a UDP port. members: all who ever came; deeds: all that they did."""

    def __init__(self, lab: Lab, address: str, port: int = PORT) -> None:
        self.lab, self.address, self.port = lab, address, port
        self.members: list[Member] = []
        self.deeds: list[Deed] = []

    def __str__(self) -> str:
        return f"{self.address} port {self.port}"

    def note(self, what: str, host: Host, who: str = "", said: str = "") -> None:
        """Writes down what is about to be done, for who reads what came of it."""
        printed = {member.name: len(member.program.output) for member in self.members}
        self.deeds.append(Deed(what, who, said, host, time.time(), printed))

    def enter(self, host: Host, name: str, terminal: bool = False, **parameters: Any) -> Member:
        """Starts a member's program, and returns when it has shown its own announcement. parameters: of the role mcast-chat."""
        self.note(f"{name} came", host, name)
        program = host.start("mcast-chat", room=self.address, name=name, port=self.port, terminal=terminal, **parameters)
        member = Member(name, host, program, self)
        self.members.append(member)
        try:
            program.wait_listening(self.port, "udp")
        except DeadlinePassed as error:
            told = "".join(f", {word} {value}" for word, value in parameters.items())
            way = host.run("ip", "route", "get", self.address, check=False)
            route = (way.output or way.errors).partition("\n")[0].strip()
            raise DeadlinePassed(f"{name} does not come into {self}{told} (route of {host.name} to it: {route}): {error}") from None
        wait_shown(self.lab, [member], name)
        return member

    def sent_by(self, host: Host, since: float = 0) -> Packets:
        """The datagrams to the room that a host has sent, as its own interface saw them. since: seconds since the epoch."""
        return self.lab.packets(host, f"{self.filter} and eth.src == {host.mac} and frame.time_epoch >= {since:.6f}")

    def sent_for(self, deed: Deed) -> Packets:
        """The datagrams to the room that a deed's host has sent from then on, until something else was done in the room."""
        end = min((other.begin for other in self.deeds if other.begin > deed.begin), default=time.time())
        return self.sent_by(deed.host).between(deed.begin, end)

    def sent_last(self, member: Member) -> str:
        """What a member's host has sent to the room for each of the last deeds of it, in bytes."""
        deeds = [deed for deed in self.deeds if deed.who == member.name][-3:]
        sent = [(deed, self.sent_for(deed).payloads) for deed in deeds]
        return "; ".join(f"when {deed.what}, datagrams of {', '.join(map(str, sizes)) or 'no'} bytes" for deed, sizes in sent)

    def wait_for_datagram(self, host: Host, text: str, what: str, of: Host) -> None:
        """Waits until a datagram that a display filter chooses has come to a host. what: "… to come to h1"; of: who should send it."""

        def instead() -> str:
            sent = self.sent_by(of)
            return f": {of.name} sent {unread.counted(sent)}, {len(self.lab.packets(host, f'{self.filter} and eth.src == {of.mac}'))} came"

        wait_for(lambda: self.lab.packets(host, text), what, 10, details=instead)

    @property
    def filter(self) -> str:
        version = "ip" if ipaddress.ip_address(self.address).version == 4 else "ipv6"
        return f"udp.dstport == {self.port} and {version}.dst == {self.address}"

    def since_now(self) -> str:
        """A filter for the datagrams to the room from now on; all that was sent before has arrived."""
        self.lab.let_arrive()
        return f"{self.filter} and frame.time_epoch >= {time.time():.6f}"
