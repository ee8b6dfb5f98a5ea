"""Datagrams that are no messages, or not from whom they seem to be, sent to nodes and rendezvous points."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness import equals
from scenarios.group.kit.deliveries import brought_by, faults
from scenarios.group.kit.group import PORT, Group, attack
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

_DROPPED = ("malformed", "unknown", "unexpected", "from_strangers")


class Attacks:
    """On a node of a group and on its rendezvous point, from one host. to_node, to_point: datagrams that were sent so far."""

    def __init__(self, lab: Lab, group: Group, attacker: Host, target: Host) -> None:
        self.lab, self._group, self._attacker, self._target = lab, group, attacker, target
        self.to_node = self.to_point = 0

    def on_the_node(self, kind: str, *arguments: object) -> None:
        """Sends datagrams of a kind; expects that the node runs on, and that ours counts them."""
        ours, target = not self.lab.roles["mcast-node"]["replaced"], self._target.name
        before = self._dropped() if ours else 0
        program = attack(self._attacker, kind, self._target, *arguments)
        self.lab.expect(program.wait(20), equals(0), "the attacker's status: all are sent", id="sent")
        sent = int(program.output)
        self.to_node += sent
        if ours:
            told = f"datagrams that {target} dropped and counted, of {sent} that were sent"
            self.lab.expect_soon(lambda: self._dropped() - before, equals(sent), told, id="counted")
        self.lab.expect(self._group.nodes[target].running, True, f"the node on {target} still runs", whatever_lag=True, id="node-runs")

    def on_the_point(self, kind: str) -> None:
        """Sends datagrams of a kind; expects that the rendezvous point runs on."""
        point = self._group.rendezvous
        assert point
        program = attack(self._attacker, kind, self._group.point)
        program.wait(20)
        self.to_point += int(program.output)
        self.lab.expect(point.running, True, "the rendezvous point still runs", whatever_lag=True, id="point-runs")

    def _dropped(self) -> int:
        """By the node, and by its kernel when the node was not quick enough."""
        status = self._group.status(self._target.name)
        return sum(status["counters"][name] for name in _DROPPED) + self._target.drops(PORT) if status else 0


def counted_in(file: str) -> int:
    """Datagrams that a rendezvous point dropped, by the JSON that it wrote in the end."""
    with open(file, encoding="utf-8") as opened:
        counts = json.load(opened)
    return sum(counts[name] for name in _DROPPED[:3])


def expect_as_before(lab: Lab, group: Group, tree: Tree, attacker: Host, speaker: Host) -> None:
    """Expects that the tree is what it was, that a message takes its ways, also one whose datagram comes twice, and that no stranger's
    words are printed."""
    lab.expect(group.tree().parents, equals(tree.parents), "who is whose child: NJOI that a node has not asked for must not move it", should=True, id="parents")
    attack(attacker, "twice", lab.hosts[tree.roots[0]]).wait(20)
    group.say(speaker, "Is everybody well?\n")
    group.wait_until_printed("Is everybody well")
    messages = group.messages()
    wrong = faults(messages, tree, group.living, brought_by(messages, speaker.name))
    lab.expect(wrong, equals([]), "copies that do not follow the tree, once to each", should=True, id="copies")
    printed = {name: node.output.count("said once") for name, node in group.nodes.items()}
    once = "how often each node prints a message whose datagram came to the root twice"
    lab.expect(printed, equals(dict.fromkeys(printed, 1)), once, should=True, id="printed")
    fooled = [name for name, node in group.nodes.items() if "forged words" in node.output]
    lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True, id="fooled")
