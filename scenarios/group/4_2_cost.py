"""A tree of hosts spares the sender's link, not the network: it crosses as many links as unicast, where IP multicast crosses each once.

Stress of a link is the number of copies of one message that it carries, stretch of a host the length of the message's way over that
of the shortest one. By unicast the root's own link carries a copy for every other node. In the tree no host sends more than three, but
each message takes a way from host to host, through the switches again and again. The sheet's variant asks one of the children at
random; HMTP as published (Zhang, Jamin, Zhang, INFOCOM 2002) prefers near ones, and is said there to have low cost and moderately
low latency on simulated topologies of the Internet: its figures are none for this network, and are not drawn here.
"""

from harness import Parameter, above, between, equals, scenario
from scenarios.group.kit.cost import FIGURES, KINDS, Wires, at_all_links, counted, differences, mean, stress, stretch, watch_trunks
from scenarios.group.kit.draw import buildings, show
from scenarios.group.kit.group import ROLES, Group, send_copies
from topologies.campus import Campus

LIMIT, PORT, GROUP = 3, 5000, "239.1.1.1"


def spread(hosts, size):
    """So many hosts, in all buildings alike."""
    return [hosts[number * len(hosts) // size] for number in range(size)]


@scenario(
    "group.4-2-cost", question="What does a message to the group cost, compared with IP multicast and unicast?",
    parameters={"nodes": Parameter(40, "", minimum=5, maximum=100, meaning="nodes; by default also 5, 10 and 20 of them")},
    topology=lambda p: Campus(p.nodes + 1, buildings=5, multicast="snooping+querier"),
    roles=ROLES, load=0.6, seconds=lambda p: 10 + 0.4 * p.nodes, snaplen=128,
)  # fmt: skip
def cost(lab):
    point, *all_hosts = lab.hosts.values()
    nodes = lab.parameters.nodes
    sizes = [size for size in (5, 10, 20) if size < nodes and lab.at_defaults] + [nodes]
    wires, found = Wires.of(lab.network.net), {kind: {figure: [] for figure in FIGURES} for kind in KINDS}
    watch_trunks(lab)
    for number, size in enumerate(sizes):
        lab.step(f"{size} nodes: the same message from the root, by the tree, to each, and to a group")
        members = spread(all_hosts, size)
        group = Group(lab, point)
        group.start_point()
        group.start(*members)
        tree = group.wait_for_tree()
        root = lab.hosts[tree.roots[0]]
        others = [host for host in members if host is not root]
        socket = f"UDP4-RECV:{PORT + number},ip-add-membership={GROUP}"
        listeners = [host.start_command("socat", "-u", f"{socket}:{host.interface}", "STDOUT") for host in others]
        lab.wait_for_members(GROUP, *others)
        group.say(root, f"To all {size}\n")
        group.wait_until_printed(f"To all {size}")
        for text, addresses in (("to each", others), ("to the group", [GROUP])):
            send_copies(root, text, PORT + number, addresses)
            lab.until(lambda: all(text in one.output for one in listeners), f"everybody to hear what is sent {text}")

        edges = {
            "tree of hosts": [(up, host) for host, up in tree.parents.items() if up],
            "unicast": [(root.name, host.name) for host in others],
        }
        filters = {
            "tree of hosts": f'hmtp.type == "DATA" && frame.time_epoch > {group.nodes[root.name].started}',
            "unicast": f"udp.dstport == {PORT + number} && ip.dst != {GROUP}",
            "IP multicast": f"udp.dstport == {PORT + number} && ip.dst == {GROUP}",
        }  # fmt: skip
        seen = at_all_links(lab)
        on_links = {kind: counted(lab, seen.where(where)) for kind, where in filters.items()}
        for kind, copies in edges.items():
            wanted = stress(wires, copies)
            wrong = differences(on_links[kind], wanted)
            # Copies where none should be may be those of a tree that has changed; more where some should be are doubled ones.
            more = on_links[kind].keys() <= wanted.keys() and any(count > wanted[link] for link, count in on_links[kind].items())
            lab.expect(wrong, equals([]), f"{size}, {kind}: links whose copies are not those of its ways", whatever_lag=more)
        ways = {link for host in others for link in wires.between(root.name, host.name)}
        once = f"{size}, IP multicast: links without the one copy, or with one though they lead to no member"
        lab.expect(differences(on_links["IP multicast"], dict.fromkeys(ways, 1)), equals([]), once)
        own = next(iter(wires.between(root.name, others[0].name)))
        lab.expect(on_links["unicast"][own], equals(size - 1), f"{size}, unicast: copies on the root's own link")
        most = max(count for (one, _), count in on_links["tree of hosts"].items() if one in group.nodes)
        lab.expect(most, between(1, LIMIT), f"{size}, tree of hosts: most copies that a host sends", whatever_lag=True)
        longer = stretch(wires, edges["tree of hosts"], root.name).values()
        stretches = {"IP multicast": [1.0], "unicast": [1.0], "tree of hosts": longer}
        for kind in KINDS:
            counts = on_links[kind].values()
            for figure, value in zip(FIGURES, (mean(counts), max(counts), mean(stretches[kind]), sum(counts))):
                found[kind][figure].append(value)
        lab.expect(mean(stretches["tree of hosts"]), above(1), f"{size}, tree of hosts: mean stretch")
        for program in (ended := [*group.nodes.values(), *listeners, group.rendezvous]):
            program.signal(9)
        for program in ended:
            program.wait()
    show(lab, "tree", f"The tree of {nodes} nodes, a colour for each building", tree, buildings(lab))
    for kind in KINDS:
        for figure in FIGURES:
            lab.measure(f"{figure} {kind}", found[kind][figure][-1])
    lab.plot("cost", {
        "title": "What one message costs", "x_label": "nodes",
        "panels": [
            {"title": figure.capitalize(), "y_label": figure,
             "series": [{"label": kind, "x": sizes, "y": found[kind][figure]} for kind in KINDS]}
            for figure in FIGURES
        ],
    })  # fmt: skip
