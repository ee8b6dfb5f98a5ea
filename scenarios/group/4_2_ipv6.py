"""The tree over IPv6, across two routers: the family of the rendezvous point's address is that of the whole group.

A node is known by where its datagrams come from, and is named to others by that address, so nodes that speak IPv6 to the rendezvous
point hear of each other as IPv6 endpoints. Routers need to know of no group: every copy is a datagram to one host, and passes
wherever unicast does, also where a multicast of a narrower scope would end.
"""

from harness import between, equals, scenario
from scenarios.group.kit.deliveries import brought_by, faults
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import DATA_PORT, ROLES, Group
from scenarios.group.kit.history import cycles, most_at_once, untrue_lists
from topologies.scopes import Scopes

LIMIT, MINUTE = 2, 1.0  # children; s that a minute of the sheet lasts here
SEGMENTS = {"h1": 0, "h2": 0, "h3": 1, "h4": 1, "h5": 2, "h6": 2}


@scenario(
    "group.4-2-ipv6", question="How does the tree grow over IPv6?", topology=Scopes(2), roles=[*ROLES, "netcat"], load=0.5, seconds=15,
    needs={"rdv-point": ["lifetime"], "mcast-node": ["children_max", "refresh", "child_lifetime"]},
)  # fmt: skip
def over_ipv6(lab):
    point, members = lab.hosts["h1"], [lab.hosts[name] for name in SEGMENTS if name != "h1"]
    group = Group(lab, point, MINUTE, ipv6=True, children_max=LIMIT)

    lab.step("Five nodes on three segments")
    group.start_point()
    group.start(*members)
    tree = group.wait_for_tree(group.timers.patience)
    show(lab, "tree", "The tree, a colour for each segment", tree, SEGMENTS)
    messages = group.messages()
    lab.expect(max(most_at_once(messages, group.timers.lifetime).values()), between(1, LIMIT), "most children at any time")
    lab.expect(untrue_lists(messages, group.timers.lifetime), equals([]), "NJOI lists that name others than the real children")
    named = {message.root for message in messages if message.kind == "TOOR" and message.root}
    lab.expect(named, equals(set(tree.roots)), "whom TOOR names: the root, by its IPv6 address")

    lab.step("nc -u 127.0.0.1 10001 on each")
    for host in members:
        group.say(host, f"This is {host.name}\n")
        group.wait_until_printed(f"This is {host.name}")
    messages = group.messages()
    brought = [one for host in members for one in brought_by(messages, host.name)]
    lab.expect(len(brought), equals(len(members)), "messages in the group, one of each")
    lab.expect(faults(messages, tree, group.living, brought), equals([]), "copies that do not follow the tree, once to each")

    lab.step(f"{point.name} is no node, and finds {members[-1].name}'s data port closed")
    attempt = point.start("netcat", "-u", members[-1].address6, DATA_PORT, terminal=True)
    attempt.type("Let me in\n")
    refusal = lab.wait_for_packet(point, f"icmpv6.type == 1 && icmpv6.code == 4 && ipv6.src == {members[-1].address6}")
    lab.expect(refusal, equals(1), "ICMPv6: port unreachable")

    lab.step("The root is killed")
    dead = tree.roots[0]
    group.kill(dead)
    tree = group.wait_for_tree(group.timers.patience)
    lab.expect(set(tree.parents), equals(set(group.living)), f"without {dead}, the others are one tree")
    speaker = next(host for host in members if host.name in group.living)
    group.say(speaker, "Still together?\n")
    group.wait_until_printed("Still together")
    lab.expect(cycles(group.messages()), equals([]), "closed ways, at any time")
    fooled = [name for name, node in group.nodes.items() if "Let me in" in node.output]
    lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True)
    for host in (point, *members):
        lab.expect(len(lab.packets(host, "hmtp && ip && !icmp")), equals(0), f"{host.name}: messages over IPv4", whatever_lag=True)
