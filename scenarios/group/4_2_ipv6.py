"""The tree over IPv6, across two routers: the family of the rendezvous point's address is that of the whole group.

A node is known by where its datagrams come from, and is named to others by that address, so nodes that speak IPv6 to the rendezvous
point hear of each other as IPv6 endpoints. Routers need to know of no group: every copy is a datagram to one host, and passes
wherever unicast does, also where a multicast of a narrower scope would end.
"""

from harness import equals, scenario
from scenarios.group.kit import over_ipv6
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import ROLES, Group
from topologies.scopes import Scopes

LIMIT, MINUTE = 2, 1.0  # children; s that a minute of the sheet lasts here
ALWAYS = "the rendezvous point was named to all nodes by its IPv6 address, so that they are to use nothing else"
SEGMENTS = {"h1": 0, "h2": 0, "h3": 1, "h4": 1, "h5": 2, "h6": 2}


@scenario(
    "group.4-2-ipv6", question="How does the tree grow over IPv6?", topology=Scopes(2), roles=[*ROLES, "netcat"], load=0.5, seconds=15,
    needs={"rdv-point": ["lifetime"], "mcast-node": ["children_max", "refresh", "child_lifetime"]},
)  # fmt: skip
def on_three_segments(lab):
    point, *members = [lab.hosts[name] for name in SEGMENTS]
    with lab.step("Over IPv6, which the sheet leaves open", id="over-ipv6", should=True):
        with lab.step("Five nodes on three segments", id="tree"):
            group = Group(lab, point, MINUTE, ipv6=True, children_max=LIMIT)
            group.start_point()
            group.start(*members)
            tree = group.wait_for_tree(group.timers.patience)
            show(lab, "tree", "The tree, a colour for each segment", tree, SEGMENTS)
            over_ipv6.places(lab, group, tree, LIMIT)
        with lab.step("nc -u 127.0.0.1 10001 on each", id="lines"):
            over_ipv6.a_line_of_each(lab, group, tree)
        with lab.step(f"{point.name} is no node, and finds {members[-1].name}'s data port closed", id="stranger"):
            over_ipv6.a_stranger_is_refused(lab, point, members[-1])
        with lab.step("The root is killed", id="root-killed"):
            over_ipv6.together_without(lab, group, tree.roots[0])
        with lab.step("What was seen and printed in all that time", id="always"):
            fooled = [name for name, node in group.nodes.items() if "Let me in" in node.output]
            lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True, id="fooled")
            for host in (point, *members):
                lab.expect(lab.packets(host, "hmtp && ip && !icmp"), equals(0), f"{host.name}: messages over IPv4", whatever_lag=True, id="ipv4", hint=ALWAYS)
