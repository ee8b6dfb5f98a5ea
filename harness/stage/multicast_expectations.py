"""What a lab can wait for and expect of multicast; a part of harness.stage.lab.Lab."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from harness.evidence.capture.merged import together
from harness.evidence.capture.recorder import Recorder
from harness.evidence.deliveries import Judgement, filter_of, judge, seen
from harness.judge.result import ExpectationResult
from harness.judge.waiting import seconds_left, wait_for
from harness.stage.expectations import Expectations
from harness.world.network.beacons import Beacons
from harness.world.network.membership import is_member, knows, told
from harness.world.network.multicast import is_router

if TYPE_CHECKING:
    from harness.stage.host import Host

_SWEEP = 3.0  # seconds that a broadcast through the network may take
_MOST_TOLD = 4  # hosts


class MulticastExpectations(Expectations):
    """Methods of Lab."""

    hosts: dict[str, Any]
    network: Any
    recorders: dict[str, Recorder]
    packets: Any

    def wait_for_members(self, group: str, *members: Host, deadline: float = 10) -> None:
        """Waits until these hosts are members of a group (by their first interface) and the switches know it and act upon it."""
        wanted = ipaddress.ip_address(group)
        for host in members:
            wait_for(lambda: is_member(host.node, host.interface, wanted), f"{host.name} to join {group}", deadline)
        wait_for(
            lambda: all(knows(self.network.multicast, host.node, wanted) for host in members),
            f"the switches to know of {', '.join(host.name for host in members)} in {group}", deadline,
        )  # fmt: skip
        self.network.multicast.settled()

    def wait_for_leaves(self, group: str, *leavers: Host, deadline: float = 10) -> None:
        """Waits until these hosts are no members any more, and the switches they are on have taken notice."""
        wanted = ipaddress.ip_address(group)
        for host in leavers:
            wait_for(lambda: not is_member(host.node, host.interface, wanted), f"{host.name} to leave {group}", deadline)
            if not self.network.multicast.floods(host.node):
                wait_for(
                    lambda: not knows(self.network.multicast, host.node, wanted, at_its_port=True),
                    f"the switch to forget {host.name} in {group}", deadline,
                )  # fmt: skip
        self.network.multicast.settled()

    def let_arrive(self) -> None:
        """Returns when what hosts have sent has arrived wherever it will: broadcasts sent after it have, through every router
        in turn. Captures leave those broadcasts out."""
        segments = self.network.multicast.segments
        rounds = 1 + sum(is_router(host.node) for host in self.hosts.values())
        opened = []
        try:
            for segment in segments:
                stations = [intf for _, _, intf in segment.stations()]
                opened.append(Beacons(stations, stations))
            for number in range(rounds):
                for beacons in opened:
                    beacons.sweep(number + 1, time.monotonic() + _SWEEP)
        finally:
            for beacons in opened:
                beacons.close()

    def expect_members_only(
        self, group: str, members: Iterable[Host], what: str = "", sent: int | None = None, where: str = "", deadline: float = 5, *,
        id: str = "", hint: str = "",  # noqa: A002
    ) -> bool:  # fmt: skip
        """States that the packets to a group were delivered to its members and to no other host: at the first interface of
        every host that is no router, every packet came exactly once, or none did. A member does not get back what it sent.

        members: who was one while packets were sent (of several segments: to whom routers should hand them on). sent: how many
        packets were sent in all; None: at least one. where: which packets, as a display filter; udp by default. deadline: seconds
        within which what is missing may still come. hint: which groups those hosts are in to which more or fewer came, if it is empty.
        """
        wanted = [host.name for host in members]
        self.let_arrive()
        end = time.monotonic() + seconds_left(deadline)
        while True:
            judgement = self._judge(group, wanted, sent, where)
            if judgement.passed or judgement.too_much or time.monotonic() > end:
                break
            self.let_arrive()
        if not judgement.passed and not hint:
            hint = "; ".join(told(self.hosts[name].node) for name in judgement.culprits[:_MOST_TOLD])
        row = ExpectationResult(
            what or f"{group} is delivered to its members only", judgement.expected, judgement.found, judgement.passed,
            "every packet once", "", whatever_lag=judgement.too_much, id=self.id_of(id), hint=hint,
        )  # fmt: skip
        host = self.hosts[(judgement.culprits or wanted or list(self.hosts))[0]]
        if not judgement.passed:
            return self._conclude(row, self.packets(host, filter_of(group, where)))
        row.interface, row.filter, row.pcapng = host.interface, filter_of(group, where), self.recorders[host.interface].file.name
        return self._conclude(row, None)

    def _judge(self, group: str, members: list[str], sent: int | None, where: str) -> Judgement:
        stations = [host for host in self.hosts.values() if not is_router(host.node)]
        missing = [host.interface for host in stations if host.interface not in self.recorders]
        if missing:
            raise ValueError(f"{', '.join(missing)} not recorded, so that nobody knows what came there")
        packets = together(self.recorders[host.interface] for host in stations).where(filter_of(group, where))
        return judge(seen(packets, {host.name: (host.interface, host.mac) for host in stations}), members, sent)
