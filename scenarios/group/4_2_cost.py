"""A tree of hosts spares the sender's link, not the network: it crosses as many links as unicast, where IP multicast crosses each once.

Stress of a link is the number of copies of one message that it carries, stretch of a host the length of the message's way over that
of the shortest one. By unicast the root's own link carries a copy for every other node. In the tree no host sends more than three, but
each message takes a way from host to host, through the switches again and again. The sheet's variant asks one of the children at
random; HMTP as published (Zhang, Jamin, Zhang, INFOCOM 2002) prefers near ones, and is said there to have low cost and moderately
low latency on simulated topologies of the Internet: its figures are none for this network, and are not drawn here.
"""

from harness import Parameter, scenario
from scenarios.group.kit.cost import tell_figures, watch_trunks
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import ROLES
from scenarios.group.kit.three_ways import ThreeWays
from topologies.campus import Campus


@scenario(
    "group.4-2-cost", question="What does a message to the group cost, compared with IP multicast and unicast?",
    parameters={"nodes": Parameter(40, "", minimum=5, maximum=100, meaning="nodes; by default also 5, 10 and 20 of them")},
    topology=lambda p: Campus(p.nodes + 1, buildings=5, multicast="snooping+querier"),
    roles=ROLES, load=0.6, seconds=lambda p: 10 + 0.4 * p.nodes, snaplen=128,
)  # fmt: skip
def cost(lab):
    point, *hosts = lab.hosts.values()
    nodes = lab.parameters.nodes
    sizes = [size for size in (5, 10, 20) if size < nodes and lab.at_defaults] + [nodes]
    figures = []
    watch_trunks(lab)
    for number, size in enumerate(sizes):
        with lab.step(f"{size} nodes: the same message from the root, by the tree, to each, and to a group", id=f"{size}-nodes"):
            ways = ThreeWays(lab, point, [hosts[place * len(hosts) // size] for place in range(size)], number)
            ways.send()
            ways.expect_copies()
            figures.append(ways.figures())
            ways.end()
    show(lab, "tree", f"The tree of {nodes} nodes, a colour for each building", ways.tree, buildings(lab))
    tell_figures(lab, sizes, figures)
