"""A leaf, an inner node, the root, half of the nodes die: the tree heals, with never a closed way; the extension loses no message.

A child notices by three refreshes without an answer that its parent is dead, and joins again from the root with all that hangs below
it. Until then it hears nothing. In the sheet's protocol what was said meanwhile is lost to it. With the extension (docs/protocols/hmtp.md)
an unanswered refresh is repeated at once, so that the gap is shorter, a node with a new parent asks for what it has missed, and a
message that does not come back to its origin is sent again. Both groups live through the same here, side by side.
"""

import math

from harness import Parameter, above, below, equals, scenario
from scenarios.group.kit.deliveries import hearing
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import DATA_PORT, ROLES, Group, speaking, spoken
from scenarios.group.kit.history import cycles, most_at_once
from scenarios.group.kit.repair import audience, heard_again, lost
from topologies.campus import Campus

LIMIT, BETWEEN = 3, 0.2  # children; s between two messages
UNDERWAY = 0.3  # s before a death in which a message may not be everywhere yet
KINDS = {"off": "the sheet's protocol", "on": "with the extension"}


def victims(tree, what, speaker):
    """Whom to kill; never who speaks."""
    root = tree.roots[0]
    others = sorted(set(tree.parents) - {speaker, root})
    if what == "half of the nodes":
        return sorted({*others, root})[::2]
    return {
        "a leaf": [name for name in others if not tree.children(name)],
        "an inner node": sorted((name for name in others if tree.children(name)), key=lambda name: -len(tree.subtree(name))),
        "the root": [root],
    }[what][:1]


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
    given, hosts = lab.parameters, list(lab.hosts.values())
    half = len(hosts) // 2
    groups, speakers, streams, trees = {}, {}, {}, {}
    kinds = ["off", "on"] if lab.takes("mcast-node", "extensions") else ["off"]
    for extensions, mine in zip(kinds, (hosts[:half], hosts[half:])):
        group = groups[extensions] = Group(lab, mine[0], given.minute, extensions)
        group.start_point()
        group.start(*mine[1:])
    for extensions, group in groups.items():
        tree = trees[extensions] = group.wait_for_tree()
        show(lab, f"tree-{extensions}", f"Before: {KINDS[extensions]}", tree)
        speaker = speakers[extensions] = [name for name in sorted(tree.parents) if not tree.children(name)][-1]
        group.nodes[speaker].wait_listening(DATA_PORT, "udp")
        streams[extensions] = speaking(lab.hosts[speaker], BETWEEN)

    def all_print(group, extensions, number):
        return all(f"message {number}\n" in group.nodes[name].output for name in group.living)

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
        for extensions, group in groups.items():
            number = max(spoken(streams[extensions]))
            lab.until(lambda: all_print(group, extensions, number), f"everybody to print message {number}", group.timers.patience)
        deaths.append((what, killed))
    for stream in streams.values():
        stream.end_input()
        stream.wait()
    for extensions, group in groups.items():
        number = max(spoken(streams[extensions]))
        lab.until(lambda: all_print(group, extensions, number), f"everybody to print message {number}", group.timers.patience)

    lab.step("What came of it")
    panels = []
    for extensions, group in groups.items():
        messages, said = group.messages(), spoken(streams[extensions])
        arrivals = {number: who for (_, number), who in hearing(messages).items()}
        kind, ends = KINDS[extensions], [death[1][extensions][0] for death in deaths[1:]] + [math.inf]
        for (what, killed), end in zip(deaths, ends):
            died, living, orphans = killed[extensions]
            survivors = [name for name in living if name != speakers[extensions]]
            again = max(heard_again(arrivals, said, survivors, died).values())
            lab.expect(again, below(group.timers.patience, "s"), f"{kind}: {what} dies; time until everyone hears again")
            missing = lost(arrivals, said, survivors, died - UNDERWAY, end - UNDERWAY)
            if extensions == "on" or not orphans:
                lab.expect(missing, equals({}), f"{kind}: {what} dies; messages that survivors never get")
            else:
                lab.expect(sum(missing.values()), above(0), f"{kind}: {what} dies; messages that survivors never get")
            lab.measure(f"{what} again {extensions}", again, "s")
            lab.measure(f"{what} lost {extensions}", sum(missing.values()))
        lab.expect(cycles(messages), equals([]), f"{kind}: closed ways, at any time")
        lab.expect(max(most_at_once(messages, group.timers.lifetime).values()) <= LIMIT, True, f"{kind}: nobody has too many children")
        start = min(said.values())
        series = {"in the end": audience(arrivals, said), "within 0.5 s": audience(arrivals, said, 0.5)}
        panels.append({
            "title": kind, "y_label": "nodes reached",
            "lines": [{"x": killed[extensions][0] - start, "label": f"{what} dies"} for what, killed in deaths],
            "series": [
                {"label": label, "style": "step", "x": [said[number] - start for number in sorted(said)], "y": reached}
                for label, reached in series.items()
            ],
        })  # fmt: skip
    lab.plot("heard", {"title": "Nodes that each message reaches", "x_label": "time it was said (s)", "panels": panels})
    gaps = [sum(m.value for m in lab.measurements if m.name.endswith(f"again {extensions}")) for extensions in kinds]
    if len(gaps) > 1:
        lab.expect(gaps[1], below(gaps[0], "s"), "all gaps together are shorter with the extension than without")
