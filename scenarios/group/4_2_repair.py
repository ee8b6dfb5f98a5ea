"""A leaf, an inner node, the root, half of the nodes die: the tree heals, with never a closed way; the extension loses no message.

A child notices by three refreshes without an answer that its parent is dead, and joins again from the root with all that hangs below
it. Until then it hears nothing. In the sheet's protocol what was said meanwhile is lost to it. With the extension (docs/protocols/hmtp.md)
an unanswered refresh is repeated at once, so that the gap is shorter, a node with a new parent asks for what it has missed, and a
message that does not come back to its origin is sent again. Both groups live through the same here, side by side.
"""

import math

from harness import Parameter, below, scenario
from scenarios.group.kit.deliveries import hearing
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import DATA_PORT, ROLES, Group, full_parent, speaking, spoken
from scenarios.group.kit.repair import expect_hearing, panel, victims
from scenarios.group.kit.staying import expect_rules
from topologies.campus import Campus

LIMIT, BETWEEN = 3, 0.2  # children; s between two messages
KINDS = {"off": "the sheet's protocol", "on": "with the extension"}


@scenario(
    "group.4-2-repair", question="What happens when nodes die?",
    parameters={
        "nodes": Parameter(13, "", minimum=8, maximum=40, meaning="nodes of each of the two groups"),
        "minute": Parameter(0.5, "s", minimum=0.5, maximum=60, meaning="how long a minute of the sheet lasts"),
    },
    topology=lambda p: Campus(2 * (p.nodes + 1), buildings=5), roles=ROLES,
    needs={"rdv-point": ["lifetime"], "mcast-node": ["refresh", "child_lifetime"]},
    load=0.4, seconds=lambda p: 12 + 30 * p.minute, snaplen=256, timing_critical=True,
)  # fmt: skip
def repair(lab):
    minute, hosts = lab.parameters.minute, list(lab.hosts.values())
    groups, speakers, streams, trees = {}, {}, {}, {}
    kinds = ["off", "on"] if lab.takes("mcast-node", "extensions") else ["off"]
    for extensions, mine in zip(kinds, (hosts[: len(hosts) // 2], hosts[len(hosts) // 2 :])):
        group = groups[extensions] = Group(lab, mine[0], minute, extensions)
        group.start_point()
        group.start(*mine[1:])
    for extensions, group in groups.items():
        tree = trees[extensions] = group.wait_for_tree()
        show(lab, f"tree-{extensions}", f"Before: {KINDS[extensions]}", tree)
        speaker = speakers[extensions] = [name for name in sorted(tree.parents) if not tree.children(name)][-1]
        group.nodes[speaker].wait_listening(DATA_PORT, "udp")
        streams[extensions] = speaking(lab.hosts[speaker], BETWEEN)

    deaths = []
    for what in ("a leaf", "an inner node", "the root", "half of the nodes"):
        lab.step(f"In each group, {what} dies")
        killed = {}
        for extensions, group in groups.items():
            dying = victims(trees[extensions], what, speakers[extensions])
            below_them = set().union(*(trees[extensions].subtree(name) for name in dying)) - set(dying)
            group.kill(*dying)
            killed[extensions] = (max(group.nodes[name].ended for name in dying), list(group.living), bool(below_them))
        for extensions, group in groups.items():
            trees[extensions] = group.wait_for_tree(group.timers.patience)
            group.wait_until_printed(f"message {max(spoken(streams[extensions]))}\n", group.timers.patience)
        deaths.append((what, killed))
    for extensions, group in groups.items():
        streams[extensions].end_input()
        streams[extensions].wait()
        group.wait_until_printed(f"message {max(spoken(streams[extensions]))}\n", group.timers.patience)

    lab.step("What came of it")
    panels = []
    for extensions, group in groups.items():
        messages, said = group.messages(), spoken(streams[extensions])
        arrivals = {number: who for (_, number), who in hearing(messages).items()}
        kind, ends = KINDS[extensions], [death[1][extensions][0] for death in deaths[1:]] + [math.inf]
        for (what, killed), end in zip(deaths, ends):
            died, living, orphans = killed[extensions]
            survivors = [name for name in living if name != speakers[extensions]]
            everything, patience = extensions == "on" or not orphans, group.timers.patience
            again, missed = expect_hearing(lab, f"{kind}: {what} dies", arrivals, said, survivors, died, end, patience, everything)
            lab.measure(f"{what} again {extensions}", again, "s")
            lab.measure(f"{what} lost {extensions}", missed)
        expect_rules(lab, kind, messages, group.timers.lifetime, LIMIT)
        panels.append(panel(kind, arrivals, said, {f"{what} dies": killed[extensions][0] for what, killed in deaths}))
    lab.plot("heard", {"title": "Nodes that each message reaches", "x_label": "time it was said (s)", "panels": panels})
    gaps = [sum(m.value for m in lab.measurements if m.name.endswith(f"again {extensions}")) for extensions in kinds]
    if len(gaps) > 1:
        lab.expect(gaps[1], below(gaps[0], "s"), "all gaps together are shorter with the extension than without")

    with lab.step("A parent that has forgotten a child and is full answers its refresh by NJOI", should=True):
        parent, child = [host for host in hosts if host.name in groups["off"].dead][:2]
        asked = full_parent(parent)
        Group(lab, parent, minute, "off", refresh=0.3).start(child)
        lab.expect_soon(lambda: "10003" in asked.output, True, "after NJOI to its refresh the child asks the node that NJOI names")
