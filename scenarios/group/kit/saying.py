"""What is said into a group by way of a node's data port, and who prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness import above, below, equals
from harness.judge.waiting import wait_for
from scenarios.group.kit.deliveries import Identifier, brought_by, copies, doubled, faults
from scenarios.group.kit.group import DATA_PORT, Group, iperf
from scenarios.group.kit.reading import Counts
from scenarios.group.kit.staying import refused
from scenarios.group.kit.story import lost_on_the_way
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

SLACK = 1.0  # s that the rendezvous point's answer may take
SECONDS, SIZE, RATE = 2, 1400, "400k"  # of iperf: with the tree's header each of its messages fits into one packet


def a_line_of_each(lab: Lab, group: Group, tree: Tree) -> list[Identifier]:
    """Has every node say a line, and the first one the same once more; expects that all follow the tree and are printed by each. The
    messages."""
    said_by = dict.fromkeys(group.nodes, 1) | {next(iter(group.nodes)): 2}
    for name, times in said_by.items():
        for time in range(times):
            group.say(lab.hosts[name], f"This is {name} speaking\n")
            group.wait_until_printed(f"This is {name} speaking", time + 1)
    seen = group.messages()
    brought = {name: brought_by(seen, name) for name in said_by}
    counts = {name: len(mine) for name, mine in brought.items()}
    lab.expect(counts, equals(said_by), "messages that each brings into the group", id="messages")
    said = [one for mine in brought.values() for one in mine]
    wrong, twice = faults(seen, tree, group.living, said), doubled(seen, tree, said)
    lab.expect(wrong, equals([]), "copies that do not follow the tree, once to each", whatever_lag=twice, id="copies")
    printed = {name: [node.output.count(f"{one} speaking") for one in said_by] for name, node in group.nodes.items()}
    once = "" if wrong else "each message came to each node once, and as many were brought in: so it is a node that prints it more or less often"
    often = dict.fromkeys(printed, [*said_by.values()])
    lab.expect(printed, equals(often), "how often each node prints each message", whatever_lag=True, id="printed", hint=once)
    return said


def many_of_one(lab: Lab, group: Group, tree: Tree, name: str, before: list[Identifier]) -> None:
    """Has iperf send to a node; expects that every datagram is a message, whole, and a line everywhere. before: messages of earlier."""
    lines = {one: node.output.count("\n") for one, node in group.nodes.items()}
    sent = iperf(lab.hosts[name], SECONDS, RATE, SIZE)
    lab.expect(refused(group.messages(), group.timers.lifetime), equals([]), "children whose refresh was answered by NJOI", id="refreshes")

    def news() -> dict[str, int]:
        return {one: node.output.count("\n") - lines[one] for one, node in group.nodes.items()}

    printed_alike = lambda: len({*news().values()}) == 1  # noqa: E731
    wait_for(printed_alike, "every node to print as many lines", 10, details=lambda: f": of {sent} that were sent {_lost(group, tree, name, before, news())}")
    seen = group.messages()
    mine = [one for one in brought_by(seen, name) if one not in before]
    lab.expect(len(mine), equals(sent), "messages in the group, as many as the datagrams that iperf sent", id="messages")
    lab.expect(faults(seen, tree, group.living, mine), equals([]), "copies that do not follow the tree, once to each", id="copies")
    sizes = {copy.size for identifier, found in copies(seen).items() if identifier in mine for copy in found}
    lab.expect(sizes, equals({SIZE}), f"bytes in copies of its messages of {SIZE}", id="size")
    # iperf's datagrams hold bytes of any value: whoever prints them as they are prints more lines.
    lab.expect(min(news().values()), above(len(mine) - 1), "messages that each node prints, each a line at least", id="printed")
    lab.expect(news(), equals(dict.fromkeys(lines, len(mine))), "messages that each node prints, a line each", should=True, id="a-line-each")


def _lost(group: Group, tree: Tree, name: str, before: list[Identifier], printed: Mapping[str, int]) -> str:
    """Who printed how many, and where the others were lost."""
    seen = group.messages()
    mine = {one for one in brought_by(seen, name) if one not in before}
    return f"{Counts(printed)} were printed; {lost_on_the_way(seen, tree, mine, printed)}"


def root_asked_for(lab: Lab, group: Group, name: str, kept: float) -> None:
    """Expects that a leaf, which may keep the root's address for so many seconds, does, and no longer."""
    seen = group.messages()
    joined = next(message.time for message in seen if message.kind == "YJOI" and message.destination == name and message.received)
    asked = [message.time for message in seen if message.kind == "ROOT" and message.at == name]
    most = 1 + int((seen[-1].time - joined) / kept)
    what = f"{name} asks for the root's address no more than once a minute, which lasts {kept} s here"
    lab.expect(sum(time > joined for time in asked), below(most + 1), what, id="root-asked")
    if lab.takes("mcast-node", "root_cache"):
        said = [message.time for message in seen if message.data and message.at == message.source == name]
        oldest = max(time - max((ask for ask in asked if ask < time), default=0.0) for time in said)
        longest = f"the longest time since {name} asked for the root's address when it sent a message there"
        lab.expect(oldest, below(kept + SLACK, "s"), f"{longest}; it may keep it for {kept} s here", id="root-kept")


def two_lines_in_one_datagram(lab: Lab, group: Group, speaker: Host) -> None:
    """Expects that every node prints both."""
    group.say(speaker, "the first line\nthe second line\n")
    second = "nodes that have not printed the second of two lines that came in one datagram"
    lab.expect_soon(lambda: group.without("the second line"), equals([]), second, should=True, id="second-line")


def a_stranger_is_refused(lab: Lab, group: Group, stranger: Host, node: Host, member: Host) -> None:
    """Sends a line from another host to a node's data port; expects that the port is closed there, and that nothing is said."""
    total = len(copies(group.messages()))
    attempt = stranger.start("netcat", "-u", node, DATA_PORT, terminal=True)
    attempt.type("Let me in\n")
    unreachable = f"icmp.type == 3 && icmp.code == 3 && ip.src == {node}"
    refusal = lab.wait_for_packet(stranger, unreachable, what=f"{node.name} to refuse {stranger.name}'s datagram to its data port {DATA_PORT}")
    lab.expect(refusal, equals(1), f"{node.name} answers {stranger.name}: port unreachable", id="refusal")
    group.say(member, "After the stranger\n")
    group.wait_until_printed("After the stranger")
    lab.expect(len(copies(group.messages())) - total, equals(1), "messages in the group since then: the next one of a member", id="silence")
    fooled = [name for name, one in group.nodes.items() if "Let me in" in one.output]
    lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True, id="fooled")
