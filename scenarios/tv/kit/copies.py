"""The clip for some seconds to viewers, a copy each or one for all, through a link that is too narrow for two."""

from __future__ import annotations

from typing import Any

from harness import equals, wait_until_empty
from harness.evidence.capture.rates import Rate
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.streams import payload_rate, send, watch

GROUP, SECONDS = "226.1.1.1", 8


class Copies:
    """Viewers that wait at a port from now on, members of a group if there is one. began: when send() was called (seconds since the epoch)."""

    began: float

    def __init__(self, lab: Any, port: int, *hosts: Any, group: str = "") -> None:
        self.lab, self.port, self.hosts, self.group = lab, port, hosts, group
        joined = [{"group": group, "interface": host.interface} if group else {} for host in hosts]
        self.viewers = {host: watch(host, port, save="/dev/null", **more) for host, more in zip(hosts, joined)}

    def story(self) -> str:
        """What passed h2's link and those of the hosts."""
        ways = {str(host): [host] for host in self.hosts} if not self.group else {self.group: list(self.hosts)}
        return "; ".join(story(self.lab, self.port, self.lab.h2, *hosts, to=to)() for to, hosts in ways.items())

    def send(self) -> None:
        """h2 sends: the clip's beginning to each viewer, or once to the group."""
        lab = self.lab
        more = {"interface": lab.h2.interface} if self.group else {}
        to = [self.group] if self.group else self.hosts
        senders = [send(lab.h2, receiver, self.port, duration=SECONDS, **more) for receiver in to]
        self.began = senders[0].started
        lab.expect(lab.wait(*senders, deadline=SECONDS + 10), equals([0] * len(senders)), "the senders reach their end")
        wait_until_empty(lab, lab.h2.interface)

    def mean(self, host: Any) -> Any:
        """What came to a host in the middle of the time, in bit/s."""
        packets = self.lab.packets(host, f"udp.dstport == {self.port}")
        return payload_rate(packets, 1.0, self.began, self.began + SECONDS).between(self.began + 2, self.began + SECONDS - 1).mean

    def errors(self) -> dict[Any, int]:
        """Continuity errors of each viewer."""
        return {host: viewer.report()["continuity_errors"] for host, viewer in self.viewers.items()}

    def rates_until(self, last: Copies) -> dict[Any, Rate]:
        """What came to the last ones' hosts from here on until they had all, by whichever port."""
        ports = f"udp.dstport in {{{self.port}..{last.port}}}"
        return {host: payload_rate(self.lab.packets(host, ports), 0.5, self.began, last.began + SECONDS) for host in last.hosts}
