"""Nodes find their place from the root downwards: 13, then 40 are one tree, nobody has more than 3 children, and no way is closed.

A node asks the root (RJOI). Who has room answers YJOI; who is full answers NJOI with its children, and the node asks one of them,
chosen at random. So a place at depth d opens only when the nodes above are full: n nodes are at least as deep as a tree that is
full everywhere, and at most (n + 1) / 3 deep, a chain of full nodes. Who copies a message to whom shows the tree once more.
"""

from harness import Choice, Parameter, between, equals, scenario
from scenarios.group.kit.deliveries import brought_by, doubled, faults
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import ROLES, Group, answers_to
from scenarios.group.kit.history import cycles, most_at_once, untrue_lists
from scenarios.group.kit.staying import choices
from topologies.campus import Campus

LIMIT = 3  # CHILDREN_MAX of the sheet
ENOUGH = 40  # choices among LIMIT children, of which one is then never chosen in 3 of 10 million groups


def least_height(nodes):
    """Of a tree in which every node has up to LIMIT children."""
    height, room = 0, 1
    while room < nodes:
        height, room = height + 1, room * LIMIT + 1
    return height


@scenario(
    "group.4-2-join", question="Where does a node find its place, and what does the tree look like?",
    parameters={
        "nodes": Parameter(40, "", minimum=14, maximum=100, meaning="nodes in the end"),
        "extensions": Choice("on", "off", meaning="of the protocol, see docs/protocols/hmtp.md"),
    },
    topology=lambda p: Campus(p.nodes + 1, buildings=5), roles=ROLES, load=0.7, seconds=lambda p: 12 + p.nodes * 0.2, snaplen=512,
)  # fmt: skip
def joining(lab):
    point, *members = lab.hosts.values()
    group = Group(lab, point, extensions=lab.parameters.extensions)
    group.start_point()
    for count in (13, lab.parameters.nodes):
        lab.step(f"{count} nodes")
        group.start(*members[len(group.nodes) : count])
        tree = group.wait_for_tree()
        messages = group.messages()
        lab.expect(len(tree.subtree(tree.roots[0])), equals(count), f"{count}: nodes below the one root")
        lab.expect(tree.most_children, between(1, LIMIT), f"{count}: most children of a node in the end", whatever_lag=True)
        lab.expect(
            max(most_at_once(messages, group.timers.lifetime).values()), between(1, LIMIT),
            f"{count}: most children at any time", whatever_lag=True,
        )  # fmt: skip
        lab.expect(cycles(messages), equals([]), f"{count}: closed ways, at any time")
        lab.expect(tree.height, between(least_height(count), (count + 1) // 3), f"{count}: the depth of the tree")
        untrue = untrue_lists(messages, group.timers.lifetime)
        lab.expect(untrue, equals([]), f"{count}: NJOI lists that name others than the real children")
        refused = {message.destination for message in messages if message.kind == "NJOI" and message.received}
        lab.expect(len(refused), between(count - 1 - LIMIT, count), f"{count}: nodes that somebody sent further down")
        if len(chosen := choices(messages, LIMIT)) >= ENOUGH:
            random = f"{count}: lines of NJOI that joiners ever chose, of {LIMIT}, in {len(chosen)} choices that should be random"
            lab.expect(len(set(chosen)), between(2, LIMIT).ideally(LIMIT), random)

        lab.step(f"One message to {count} nodes: who copies it to whom")
        speaker = members[count - 1]
        group.say(speaker, f"hello from {speaker.name}\n")
        group.wait_until_printed(f"hello from {speaker.name}")
        messages = group.messages()
        tree, said = group.tree(), brought_by(messages, speaker.name)
        lab.expect(
            faults(messages, tree, group.living, said), equals([]), f"{count}: copies that do not follow the tree, once to each",
            whatever_lag=doubled(messages, tree, said),
        )  # fmt: skip
        if not lab.roles["mcast-node"]["replaced"]:
            lab.expect(group.said_tree() == group.tree(), True, f"{count}: mcast-node --status tells the same parents")
        show(lab, f"tree-{count}", f"The tree of {count} nodes, a colour for each building", tree, buildings(lab))
    lab.measure("depth", tree.height)
    lab.measure("mean depth", sum(tree.depth(name) for name in tree.parents) / len(tree))
    last = members[-1].name
    walk = 'hmtp.type in {"ROOT", "TOOR", "RJOI", "YJOI", "NJOI"}'
    lab.sequence("walk", f"How {last} finds its place", lab.packets(members[-1], walk))

    leaf = next(host for host in members if not any(m.kind == "YJOI" and m.source == host.name for m in messages))
    with lab.step(f"Four nodes at other ports than 10000 ask {leaf.name}, which has no children", should=True):
        requests = [f"{port}:RJOI" for port in (20001, 20001, 20001, 20002, 20003, 20004, 20002)]
        answers = answers_to(requests, point, leaf)
        silent = [request for request, answer in zip(requests, answers) if not answer]
        if lab.expect(silent, equals([]), "RJOI that got no answer at the port from which they came"):
            kinds = " ".join(answer[:4] for answer in answers)
            taken = "answers to a child that asks three times and takes one place, to two more, to a fourth, and to the second again"
            lab.expect(kinds, equals("YJOI YJOI YJOI YJOI YJOI NJOI YJOI"), taken)
            named = [f"{point} {port}" for port in (20001, 20002, 20003)]
            lab.expect(sorted(answers[5].splitlines()[1:]), equals(named), "children that NJOI names, each with its own port")
