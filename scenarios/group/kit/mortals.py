"""A group in which one node speaks all the time while others die."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness import equals
from harness.stage.program import Program
from scenarios.group.kit.deliveries import hearing
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import DATA_PORT, Group, full_parent, speaking, spoken
from scenarios.group.kit.repair import expect_hearing, panel, victims
from scenarios.group.kit.staying import expect_rules
from scenarios.group.kit.story import lonely

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

KINDS = {"off": "the sheet's protocol", "on": "with the extension"}
BETWEEN = 0.4
"""Minutes of the sheet between two messages. No gap of the extension lasts for the 64 messages that its nodes keep, which are 25 minutes."""


@dataclasses.dataclass(frozen=True)
class Death:
    """what dies; at: when the last of them did (seconds since the epoch); living: who was left; orphans: whether anybody was below them."""

    what: str
    at: float
    living: Sequence[str]
    orphans: bool


class Mortals(Group):
    """On the first of these hosts a rendezvous point, a node on each of the others. minute: s that one of the sheet lasts."""

    def __init__(self, lab: Lab, hosts: Sequence[Host], minute: float, extensions: str) -> None:
        super().__init__(lab, hosts[0], minute, extensions)
        self.kind, self.deaths = KINDS[extensions], []  # type: str, list[Death]
        self._stream: Program | None = None
        self.start_point()
        self.start(*hosts[1:])

    def speak(self) -> None:
        """Waits until they are a tree, and lets a leaf speak."""
        self._tree = self.wait_for_tree()
        show(self.lab, f"tree-{self.extensions}", f"Before: {self.kind}", self._tree)
        self.speaker = [name for name in sorted(self._tree.parents) if not self._tree.children(name)][-1]
        self.nodes[self.speaker].wait_listening(DATA_PORT, "udp")
        self._stream = speaking(self.lab.hosts[self.speaker], BETWEEN * self.timers.minute)

    def dies(self, what: str) -> None:
        """Kills "leaf", "inner-node", "root" or "half" of the nodes."""
        dying = victims(self._tree, what, self.speaker)
        below_them = set().union(*(self._tree.subtree(name) for name in dying)) - set(dying)
        self.kill(*dying)
        at = max(self.nodes[name].ended or 0.0 for name in dying)
        self.deaths.append(Death(what, at, list(self.living), bool(below_them)))

    def heals(self) -> None:
        """Waits until the living are one tree and have heard what was said last."""
        self._tree = self.wait_for_tree(self.timers.patience)
        self.wait_until_printed(f"message {max(self._said())}\n", deadline=self.timers.patience)

    def falls_silent(self) -> None:
        """Waits until the last message is everywhere, after which nothing is said, and looks at all that was seen."""
        assert self._stream
        self._stream.end_input()
        self._stream.wait()
        self.wait_until_printed(f"message {max(self._said())}\n", deadline=self.timers.patience)
        self._seen = self.messages()

    def expect_heard(self) -> float:
        """Expects after each death that everybody hears again, with the extension that nobody has missed anything. Seconds of all gaps."""
        gaps, arrivals = 0.0, self._arrivals()
        for death, end in zip(self.deaths, [*(death.at for death in self.deaths[1:]), math.inf]):
            survivors = [name for name in death.living if name != self.speaker]
            everything = self.extensions == "on" or not death.orphans
            again, missed = expect_hearing(
                self.lab, death.what, arrivals, self._said(), survivors, death.at, end, self.timers.patience, everything,
                lambda deaf: lonely(self._seen, list(deaf)[:2], death.at),
            )
            if math.isfinite(again):
                self.lab.measure(f"{death.what} again {self.extensions}", again, "s")
            self.lab.measure(f"{death.what} lost {self.extensions}", missed)
            gaps += again
        return gaps

    def expect_rules(self, limit: int) -> None:
        """Expects that nobody ever broke a rule about parents and children. limit: most children."""
        expect_rules(self.lab, self._seen, self.timers.lifetime, limit)

    def panel(self) -> dict[str, Any]:
        """How many nodes each message reached, for lab.plot."""
        return panel(self.kind, self._arrivals(), self._said(), {f"{death.what} dies": death.at for death in self.deaths})

    def _said(self) -> dict[int, float]:
        assert self._stream
        return spoken(self._stream)

    def _arrivals(self) -> dict[int, dict[str, float]]:
        return {number: who for (_, number), who in hearing(self._seen).items()}


def expect_next_one_asked(lab: Lab, parent: Host, child: Host, minute: float) -> None:
    """Expects of a node on `child` that it asks whom its parent names when it is sent away."""
    asked = full_parent(parent)
    Group(lab, parent, minute, "off", refresh=0.3).start(child)
    next_one = "the port 10003 of the node that NJOI names is asked, after NJOI to a refresh"
    lab.expect_soon(lambda: [port for port in asked.output.split() if port == "10003"][:1], equals(["10003"]), next_one)
