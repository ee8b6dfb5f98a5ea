"""Nodes find their place from the root downwards: 13, then 40 are one tree, nobody has more than 3 children, and no way is closed.

A node asks the root (RJOI). Who has room answers YJOI; who is full answers NJOI with its children, and the node asks one of them,
chosen at random. So a place at depth d opens only when the nodes above are full: n nodes are at least as deep as a tree that is
full everywhere, and at most (n + 1) / 3 deep, a chain of full nodes. Who copies a message to whom shows the tree once more.
"""

from harness import Choice, Parameter, scenario
from scenarios.group.kit import joining
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import ROLES, Group
from topologies.campus import Campus


@scenario(
    "group.4-2-join", question="Where does a node find its place, and what does the tree look like?",
    parameters={
        "nodes": Parameter(40, "", minimum=14, maximum=100, meaning="nodes in the end"),
        "extensions": Choice("on", "off", meaning="of the protocol, see docs/protocols/hmtp.md"),
    },
    topology=lambda p: Campus(p.nodes + 1, buildings=5), roles=ROLES, load=0.7, seconds=lambda p: 12 + p.nodes * 0.2, snaplen=512,
)  # fmt: skip
def nodes_join(lab):
    point, *members = lab.hosts.values()
    group = Group(lab, point, extensions=lab.parameters.extensions)
    group.start_point()
    for count in (13, lab.parameters.nodes):
        with lab.step(f"{count} nodes", id=f"{count}-nodes"):
            group.start(*members[len(group.nodes) : count])
            tree = group.wait_for_tree()
            joining.places(lab, group, tree)
        with lab.step(f"One message to {count} nodes: who copies it to whom", id=f"message-to-{count}"):
            joining.one_message(lab, group, members[count - 1])
            show(lab, f"tree-{count}", f"The tree of {count} nodes, a colour for each building", tree, buildings(lab))
    lab.measure("depth", tree.height)
    lab.measure("mean depth", sum(tree.depth(name) for name in tree.parents) / len(tree))
    walk = 'hmtp.type in {"ROOT", "TOOR", "RJOI", "YJOI", "NJOI"}'
    lab.sequence("walk", f"How {members[-1].name} finds its place", lab.packets(members[-1], walk))

    leaf = joining.without_children(group, members)
    with lab.step(f"Four nodes at other ports than 10000 ask {leaf.name}, which has no children", id="ports", should=True):
        joining.four_at_other_ports(lab, point, leaf)
