"""How nodes find their places in the tree, and what the tree is like then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness import between, equals
from scenarios.group.kit.deliveries import brought_by, doubled, faults
from scenarios.group.kit.group import Group, answered_at, answers_to
from scenarios.group.kit.history import most_at_once, untrue_lists
from scenarios.group.kit.staying import choices, expect_no_closed_ways
from scenarios.group.kit.story import crowded, drawn
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

LIMIT = 3  # CHILDREN_MAX of the sheet
ENOUGH = 40  # choices among LIMIT children, of which one is then never chosen in 3 of 10 million groups


def least_height(nodes: int) -> int:
    """Of a tree in which every node has up to LIMIT children."""
    height, room = 0, 1
    while room < nodes:
        height, room = height + 1, room * LIMIT + 1
    return height


def places(lab: Lab, group: Group, tree: Tree) -> None:
    """Expects of all nodes that they are one tree, as deep and as wide as it may be, and that they came there by true lists."""
    count, messages, lifetime = len(group.living), group.messages(), group.timers.lifetime
    lab.expect(len(tree.subtree(tree.roots[0])), equals(count), "nodes below the one root", id="nodes")
    lab.expect(tree.most_children, between(1, LIMIT), "most children of a node in the end", whatever_lag=True, id="children", hint=lambda: drawn(tree))
    most = most_at_once(messages, lifetime)
    told = lambda: crowded(messages, most, LIMIT)  # noqa: E731
    lab.expect(max(most.values()), between(1, LIMIT), "most children at any time", whatever_lag=True, id="children-ever", hint=told)
    expect_no_closed_ways(lab, messages)
    depths = between(least_height(count), (count + 1) // LIMIT)
    lab.expect(tree.height, depths, "the depth of the tree", id="depth", hint=lambda: drawn(tree))
    lab.expect(untrue_lists(messages, lifetime), equals([]), "NJOI lists that name others than the real children", id="lists")
    refused = {message.destination for message in messages if message.kind == "NJOI" and message.received}
    lab.expect(len(refused), between(count - 1 - LIMIT, count), "nodes that somebody sent further down", id="sent-down")
    if len(chosen := choices(messages, LIMIT)) >= ENOUGH:
        random = f"lines of NJOI that joiners ever chose, of {LIMIT}, in {len(chosen)} choices that should be random"
        lab.expect(len(set(chosen)), between(2, LIMIT).ideally(LIMIT), random, id="random")


def one_message(lab: Lab, group: Group, speaker: Host) -> None:
    """Has a node say something; expects that it takes the ways of the tree."""
    group.say(speaker, f"hello from {speaker.name}\n")
    group.wait_until_printed(f"hello from {speaker.name}")
    messages, tree = group.messages(), group.tree()
    said = brought_by(messages, speaker.name)
    wrong, twice = faults(messages, tree, group.living, said), doubled(messages, tree, said)
    lab.expect(wrong, equals([]), "copies that do not follow the tree, once to each", whatever_lag=twice, id="copies")
    if not lab.roles["mcast-node"]["replaced"]:
        lab.expect(group.said_tree() == tree, True, "mcast-node --status tells the same parents", id="status")


def without_children(group: Group, hosts: Iterable[Host]) -> Host:
    """The first of the hosts that never took a child."""
    parents = {message.source for message in group.messages() if message.kind == "YJOI"}
    return next(host for host in hosts if host.name not in parents)


def four_at_other_ports(lab: Lab, host: Host, leaf: Host) -> None:
    """Has four nodes of one host ask a node for a place; expects that it tells them by their ports, and has room for three."""
    requests = [f"{port}:RJOI" for port in (20001, 20001, 20001, 20002, 20003, 20004, 20002)]
    answers = answers_to(requests, host, leaf)
    silent = [request for request, answer in zip(requests, answers) if not answer]
    what = "RJOI that got no answer at the port from which they came"
    if lab.expect(silent, equals([]), what, id="answered", hint=lambda: answered_at(host, leaf)):
        kinds = " ".join(answer[:4] for answer in answers)
        taken = "answers to a child that asks three times and takes one place, to two more, to a fourth, and to the second again"
        lab.expect(kinds, equals("YJOI YJOI YJOI YJOI YJOI NJOI YJOI"), taken, id="places")
        named = [f"{host} {port}" for port in (20001, 20002, 20003)]
        lab.expect(sorted(answers[5].splitlines()[1:]), equals(named), "children that NJOI names, each with its own port", id="named")
