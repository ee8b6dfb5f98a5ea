"""What the queue in front of a link did, as ``tc -s qdisc`` or the link's emulator tells it."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from typing import Any

from harness.world.links.means import Means
from harness.world.network.control import LinkControl

_COUNTERS = re.compile(r"Sent \d+ bytes (\d+) pkt \(dropped (\d+),.*\n *backlog \w+ (\d+)p")


@dataclasses.dataclass(frozen=True)
class Queue:
    """Since the interface was shaped: packets sent, packets dropped because the queue was full; how many wait now.

    The harness itself drops some when it measures a link before a scenario begins: compare with an earlier state.
    """

    interface: str
    packets: int
    dropped: int
    waiting: int


def queue_of(lab: Any, interface: str, tell: bool = True) -> Queue:
    """Asks for an interface of a host or a switch by its name; tell: shows command and answer in the transcript.

    Raises ValueError when there is no such interface, or it has no queueing discipline that counts.
    """
    nodes = [node for node in lab.network.net.values() if interface in node.intfNames()]
    if not nodes:
        raise ValueError(f"the network has no interface {interface!r}")
    link = nodes[0].intf(interface).link
    if getattr(link, "means", None) is Means.WIRE:
        return _queue_of_wire(lab, interface, link.control(nodes[0]), tell)
    command = ["tc", "-s", "qdisc", "show", "dev", interface]
    inside = ["mnexec", "-a", str(nodes[0].pid)] if nodes[0].inNamespace else []
    outcome = subprocess.run([*inside, *command], capture_output=True, text=True, check=True)
    if tell:
        lab.tell("start", nodes[0].name, "tc", " ".join(command))
        lab.tell("output", nodes[0].name, "tc", outcome.stdout.rstrip("\n"))
    # The root comes first, and counts what its classes dropped too.
    found = _COUNTERS.search(outcome.stdout)
    if not found:
        raise ValueError(f"tc tells no counters of {interface}: {outcome.stdout.strip()!r}")
    return Queue(interface, *(int(number) for number in found.groups()))


def _queue_of_wire(lab: Any, interface: str, link: LinkControl, tell: bool) -> Queue:
    """By wire the queue is not at the interface, but behind it; what is under way waits too, as netem counts it."""
    counted = link.counters()["forward"]
    if tell:
        lab.tell("output", "", "wire", f"link {link.name}, from {interface}: {json.dumps(dataclasses.asdict(counted))}")
    waiting = counted.received + counted.duplicated - counted.passed - counted.lost
    return Queue(interface, counted.passed, counted.lost, waiting)


def wait_until_empty(lab: Any, interface: str, deadline: float = 10) -> None:
    """Returns when nothing waits in front of the interface any more."""
    lab.until(lambda: not queue_of(lab, interface, tell=False).waiting, f"an empty queue at {interface}", deadline)


class Drops:
    """What the queues of some interfaces drop from now on."""

    def __init__(self, lab: Any, *interfaces: str) -> None:
        self._lab = lab
        self._before = {name: queue_of(lab, name, tell=False).dropped for name in interfaces}

    def counts(self) -> dict[str, int]:
        """Interface → packets dropped since; the transcript shows tc's answers, which count from the very start."""
        return {name: queue_of(self._lab, name).dropped - before for name, before in self._before.items()}
