"""What a program sends to a node's data port, every node prints exactly once; to other hosts that port is closed.

The node sends the datagram to the root (whose address it asks the rendezvous point for, and keeps for at most a minute), the root
prints it and copies it to its children, they do the same: one copy over each edge of the tree, also if the same words
were sent before. The node itself prints it when it comes back. It listens for local programs on loopback addresses only, so to another
host the port is one where nobody listens: the kernel answers with ICMP "port unreachable", and nothing enters the group.
"""

from harness import Choice, contains, scenario
from scenarios.group.kit import saying
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import ROLES, Group
from topologies.campus import Campus

CACHE, REFRESH = 4, 4  # s that the root's address is kept here, instead of a minute; s between two refreshes, instead of two minutes


@scenario(
    "group.4-2-data", question="How does a message reach the group?", topology=Campus(10, buildings=3), roles=[*ROLES, "netcat"], load=0.4,
    parameters={"extensions": Choice("on", "off", meaning="of the protocol, see docs/protocols/hmtp.md")}, seconds=14,
)  # fmt: skip
def messages(lab):
    point, *members, stranger = lab.hosts.values()
    with lab.step("Nine nodes are a tree", id="tree"):
        group = Group(lab, point, extensions=lab.parameters.extensions, root_cache=CACHE, refresh=REFRESH, children_max=2)
        group.start_point()
        group.start(*members)
        tree = group.wait_for_tree()
        leaf = next(name for name, parent in sorted(tree.parents.items()) if parent and not tree.children(name))
        show(lab, "tree", "The tree, a colour for each building", tree, buildings(lab))
    with lab.step("nc -u 127.0.0.1 10001 on every node", id="lines"):
        said = saying.a_line_of_each(lab, group, tree)
    with lab.step(f"iperf -u -c 127.0.0.1 -p 10001 on {leaf}", id="iperf"):
        saying.many_of_one(lab, group, tree, leaf, said)
        saying.root_asked_for(lab, group, leaf, CACHE)
    with lab.step("Two lines in one datagram", id="two-lines"):
        saying.two_lines_in_one_datagram(lab, group, members[0])
    with lab.step(f"From another host, {stranger.name}", id="stranger"):
        saying.a_stranger_is_refused(lab, group, stranger, lab.hosts[leaf], members[0])
    with lab.step("A node whose output goes into a file", id="file", should=True):
        [late] = group.start(stranger, stdout="/tmp/late")
        group.wait_for_tree()
        group.say(members[0], "Into the file\n")
        flushed = "what stands there while it runs: does it flush what it prints?"
        lab.expect_soon(lambda: late.output, contains("Into the file"), flushed)
