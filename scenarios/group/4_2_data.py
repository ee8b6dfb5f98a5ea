"""What a program sends to a node's data port, every node prints exactly once; to other hosts that port is closed.

The node sends the datagram to the root (whose address it asks the rendezvous point for, and keeps for at most a minute), the root
prints it and copies it to its children, they do the same: one copy over each edge of the tree, also if the same words
were sent before. The node itself prints it when it comes back. It listens for local programs on loopback addresses only, so to another
host the port is one where nobody listens: the kernel answers with ICMP "port unreachable", and nothing enters the group.
"""

from harness import Choice, between, contains, equals, scenario
from scenarios.group.kit.deliveries import brought_by, copies, doubled, faults
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import DATA_PORT, ROLES, Group, iperf
from scenarios.group.kit.staying import refused
from topologies.campus import Campus

CACHE, REFRESH = 4, 4  # s that the root's address is kept here, instead of a minute; s between two refreshes, instead of two minutes
SECONDS, SIZE, RATE = 2, 1400, "400k"  # of iperf: with the tree's header each of its messages fits into one packet


@scenario(
    "group.4-2-data", question="How does a message reach the group?", topology=Campus(10, buildings=3), roles=[*ROLES, "netcat"], load=0.4,
    parameters={"extensions": Choice("on", "off", meaning="of the protocol, see docs/protocols/hmtp.md")}, seconds=12,
)  # fmt: skip
def messages(lab):
    point, *members, stranger = lab.hosts.values()
    group = Group(lab, point, extensions=lab.parameters.extensions, root_cache=CACHE, refresh=REFRESH, children_max=2)
    group.start_point()
    group.start(*members)
    tree = group.wait_for_tree()
    show(lab, "tree", "The tree, a colour for each building", tree, buildings(lab))

    lab.step("nc -u 127.0.0.1 10001 on every node")
    texts = {host: f"This is {host.name} speaking" for host in members}
    for host, text in texts.items():
        group.say(host, text + "\n")
        group.wait_until_printed(text)
    seen = group.messages()
    brought = {host.name: brought_by(seen, host.name) for host in members}
    counts = {name: len(mine) for name, mine in brought.items()}
    lab.expect(counts, equals(dict.fromkeys(group.nodes, 1)), "messages that each brings into the group")
    said = [one for mine in brought.values() for one in mine]
    wrong, twice = faults(seen, tree, group.living, said), doubled(seen, tree, said)
    lab.expect(wrong, equals([]), "copies that do not follow the tree, once to each", whatever_lag=twice)
    printed = {name: [node.output.count(text) for text in texts.values()] for name, node in group.nodes.items()}
    lab.expect(printed, equals(dict.fromkeys(printed, [1] * len(members))), "how often each node prints each message", whatever_lag=True)
    leaf = next(name for name, parent in sorted(tree.parents.items()) if parent and not tree.children(name))
    lab.show_output(group.nodes[leaf])

    lab.step(f"iperf -u -c 127.0.0.1 -p 10001 on {leaf}")
    lines = {name: node.output.count("\n") for name, node in group.nodes.items()}
    sent = iperf(lab.hosts[leaf], SECONDS, RATE, SIZE)
    news = lambda: {node.output.count("\n") - lines[name] for name, node in group.nodes.items()}  # noqa: E731
    lab.expect(refused(group.messages(), group.timers.lifetime), equals([]), "children whose refresh was answered by NJOI")
    lab.until(lambda: len(news()) == 1, "every node to print as many lines")
    seen = group.messages()
    mine = [one for one in brought_by(seen, leaf) if one not in said]
    lab.expect(len(mine), equals(sent), "iperf: messages in the group, as many as the datagrams that it sent")
    lab.expect(faults(seen, tree, group.living, mine), equals([]), "iperf: copies that do not follow the tree, once to each")
    sizes = {copy.size for identifier, found in copies(seen).items() if identifier in mine for copy in found}
    lab.expect(sizes, equals({SIZE}), f"iperf: bytes in copies of its messages of {SIZE}")
    lab.expect(news(), equals({len(mine)}), "iperf: messages that each node prints, each a line")
    joined = next(message.time for message in seen if message.kind == "YJOI" and message.destination == leaf and message.received)
    asked = [message for message in seen if message.kind == "ROOT" and message.at == leaf and message.time > joined]
    most = 1 + int((seen[-1].time - joined) / CACHE)
    lab.expect(len(asked), between(1, most), f"{leaf} asks for the root's address no more than once a minute, which lasts {CACHE} s here")

    lab.step("Two lines in one datagram, and the same words again")
    group.say(members[0], "the first line\nthe second line\n")
    second = lambda: group.without("the second line")  # noqa: E731
    lab.expect_soon(second, equals([]), "nodes that have not printed the second of two lines that came in one datagram", should=True)
    group.say(members[0], (again := texts[members[0]]) + "\n")
    lab.expect_soon(lambda: group.without(again, 2), equals([]), "nodes that have not printed the same words when they came a second time")

    lab.step(f"From another host, {stranger.name}")
    node, total = lab.hosts[leaf], len(copies(group.messages()))
    attempt = stranger.start("netcat", "-u", node, DATA_PORT, terminal=True)
    attempt.type("Let me in\n")
    refusal = lab.wait_for_packet(stranger, f"icmp.type == 3 && icmp.code == 3 && ip.src == {node}", what="the data port to refuse a stranger")
    lab.expect(refusal, equals(1), f"{node.name} answers {stranger.name}: port unreachable")
    group.say(members[0], "After the stranger\n")
    group.wait_until_printed("After the stranger")
    lab.expect(len(copies(group.messages())) - total, equals(1), "messages in the group since then: the next one of a member")
    fooled = [name for name, one in group.nodes.items() if "Let me in" in one.output]
    lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True)

    with lab.step("A node whose output goes into a file", should=True):
        [late] = group.start(stranger, stdout="/tmp/late")
        group.wait_for_tree()
        group.say(members[0], "Into the file\n")
        lab.expect_soon(lambda: late.output, contains("Into the file"), "what stands there while it runs: does it flush what it prints?")
