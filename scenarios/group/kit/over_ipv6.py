"""What a group over IPv6 does as one over IPv4 does, on fewer nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import between, equals
from scenarios.group.kit.deliveries import brought_by, faults
from scenarios.group.kit.group import DATA_PORT, Group
from scenarios.group.kit.history import most_at_once, untrue_lists
from scenarios.group.kit.staying import expect_no_closed_ways
from scenarios.group.kit.story import crowded
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab


def places(lab: Lab, group: Group, tree: Tree, limit: int) -> None:
    """Expects that nobody has more children than the limit, that lists are true, and that the root is named by its IPv6 address."""
    messages, lifetime = group.messages(), group.timers.lifetime
    most = most_at_once(messages, lifetime)
    told = lambda: crowded(messages, most, limit)  # noqa: E731
    lab.expect(max(most.values()), between(1, limit), "most children at any time", id="children-ever", hint=told)
    lab.expect(untrue_lists(messages, lifetime), equals([]), "NJOI lists that name others than the real children", id="lists")
    named = {message.root for message in messages if message.kind == "TOOR" and message.root}
    lab.expect(named, equals(set(tree.roots)), "whom TOOR names: the root, by its IPv6 address", id="root-named")


def a_line_of_each(lab: Lab, group: Group, tree: Tree) -> None:
    """Has every node say a line; expects that all follow the tree."""
    for name in group.living:
        group.say(lab.hosts[name], f"This is {name}\n")
        group.wait_until_printed(f"This is {name}")
    messages = group.messages()
    brought = [one for name in group.living for one in brought_by(messages, name)]
    lab.expect(len(brought), equals(len(group.living)), "messages in the group, one of each", id="messages")
    lab.expect(faults(messages, tree, group.living, brought), equals([]), "copies that do not follow the tree, once to each", id="copies")


def a_stranger_is_refused(lab: Lab, stranger: Host, node: Host) -> None:
    """Sends a line from another host to a node's data port; expects that the port is closed there."""
    attempt = stranger.start("netcat", "-u", node.address6, DATA_PORT, terminal=True)
    attempt.type("Let me in\n")
    unreachable = f"icmpv6.type == 1 && icmpv6.code == 4 && ipv6.src == {node.address6}"
    what = f"{node.name} to refuse {stranger.name}'s datagram to its data port {DATA_PORT}: ICMPv6, port unreachable"
    refusal = lab.wait_for_packet(stranger, unreachable, what=what)
    lab.expect(refusal, equals(1), "ICMPv6: port unreachable")


def together_without(lab: Lab, group: Group, dead: str) -> None:
    """Kills a node; expects that the others become one tree and hear each other."""
    group.kill(dead)
    tree = group.wait_for_tree(group.timers.patience)
    lab.expect(set(tree.parents), equals(set(group.living)), f"without {dead}, the others are one tree", id="tree")
    group.say(lab.hosts[group.living[0]], "Still together?\n")
    group.wait_until_printed("Still together")
    expect_no_closed_ways(lab, group.messages())
