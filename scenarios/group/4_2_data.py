"""What a program sends to a node's data port, every node prints exactly once; to other hosts that port is closed.

The node sends the datagram to the root (whose address it asks the rendezvous point for, and keeps for at most a minute), the root
prints it and copies it to its children, they do the same: one copy over each edge of the tree. The node itself prints it when it
comes back. It listens for local programs on loopback addresses only, so to another host the port is one where nobody listens:
the kernel answers with ICMP "port unreachable", and nothing enters the group.
"""

from harness import Call, Choice, between, equals, scenario
from scenarios.group.kit.deliveries import brought_by, copies, doubled, faults, hearing
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import DATA_PORT, ROLES, Group
from topologies.campus import Campus

CACHE = 4  # s that the root's address is kept here, instead of a minute
SECONDS, SIZE, RATE = 2, 1000, "400k"  # of iperf: with the tree's header each of its messages fits into one packet


@scenario(
    "group.4-2-data", question="How does a message reach the group?", topology=Campus(10, buildings=3), roles=[*ROLES, "netcat"], load=0.4,
    parameters={"extensions": Choice("on", "off", meaning="of the protocol, see docs/protocols/hmtp.md")}, seconds=12,
)  # fmt: skip
def messages(lab):
    point, *members, stranger = lab.hosts.values()
    group = Group(lab, point, extensions=lab.parameters.extensions, root_cache=CACHE, children_max=2)
    group.start_point()
    group.start(*members)
    tree = group.wait_for_tree()
    root = tree.roots[0]
    show(lab, "tree", "The tree, a colour for each building", tree, buildings(lab))

    def all_print(text):
        return lab.until(lambda: all(text in node.output for node in group.nodes.values()), f"every node to print {text!r}")

    lab.step("nc -u 127.0.0.1 10001 on every node")
    texts = {host: f"This is {host.name} speaking" for host in members}
    for host, text in texts.items():
        group.say(host, text + "\n")
        all_print(text)
    seen = group.messages()
    brought = {host.name: brought_by(seen, host.name) for host in members}
    counts = {name: len(mine) for name, mine in brought.items()}
    lab.expect(counts, equals(dict.fromkeys(group.nodes, 1)), "messages that each brings into the group")
    said = [one for mine in brought.values() for one in mine]
    wrong = faults(seen, tree, group.living, said)
    lab.expect(wrong, equals([]), "copies that do not follow the tree, once to each", whatever_lag=doubled(seen, tree, said))
    printed = {name: [node.output.count(text) for text in texts.values()] for name, node in group.nodes.items()}
    lab.expect(
        printed, equals(dict.fromkeys(group.nodes, [1] * len(members))), "how often each node prints each message", whatever_lag=True
    )  # fmt: skip
    leaf = next(name for name in sorted(tree.parents) if not tree.children(name) and name != root)
    lab.show_output(group.nodes[leaf])

    lab.step(f"iperf -u -c 127.0.0.1 -p 10001 on {leaf}")
    before = len(brought_by(seen, leaf))
    lines = {name: node.output.count("\n") for name, node in group.nodes.items()}
    iperf = lab.hosts[leaf].start_command(
        "iperf", "-u", "-c", "127.0.0.1", "-p", DATA_PORT, "-t", SECONDS, "-b", RATE, "-l", SIZE, traced=True
    )  # fmt: skip
    iperf.wait(20)
    lab.show_output(iperf)
    # More than it says: it repeats the last one until a server, which is not there, sends a report.
    calls = [one for one in iperf.calls() if isinstance(one, Call) and one.descriptor and one.descriptor.protocol == "UDP"]
    sent = sum(one.text in (f"write({SIZE} bytes)", f"sendto({SIZE} bytes)") for one in calls)
    news = lambda: {node.output.count("\n") - lines[name] for name, node in group.nodes.items()}  # noqa: E731
    lab.until(lambda: len(news()) == 1, "every node to print as many lines")
    seen = group.messages()
    mine = brought_by(seen, leaf)[before:]
    lab.expect(len(mine), equals(sent), "iperf: messages in the group, as many as the datagrams that it sent")
    lab.expect(faults(seen, tree, group.living, mine), equals([]), "iperf: copies that do not follow the tree, once to each")
    arrivals = hearing(seen)
    lab.expect({len(arrivals[one]) for one in mine}, equals({len(group.nodes) - (leaf == root)}), "iperf: nodes that each message reaches")
    lab.expect(news(), equals({len(mine)}), "iperf: messages that each node prints, each a line")
    joined = next(message.time for message in seen if message.kind == "YJOI" and message.destination == leaf and message.received)
    asked = [message for message in seen if message.kind == "ROOT" and message.at == leaf and message.time > joined]
    most = 1 + int((seen[-1].time - joined) / CACHE)
    lab.expect(len(asked), between(1, most), f"{leaf} asks for the root's address no more than once a minute, which lasts {CACHE} s here")

    lab.step(f"From another host, {stranger.name}")
    node = lab.hosts[leaf]
    total = len(copies(group.messages()))
    attempt = stranger.start("netcat", "-u", node, DATA_PORT, terminal=True)
    attempt.type("Let me in\n")
    refusal = lab.wait_for_packet(stranger, f"icmp.type == 3 && icmp.code == 3 && ip.src == {node}")
    lab.expect(refusal, equals(1), f"{node.name} answers {stranger.name}: port unreachable")
    group.say(members[0], "After the stranger\n")
    all_print("After the stranger")
    lab.expect(len(copies(group.messages())) - total, equals(1), "messages in the group since then: the next one of a member")
    fooled = [name for name, one in group.nodes.items() if "Let me in" in one.output]
    lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True)
