"""A leaf, an inner node, the root, half of the nodes die: the tree heals, with never a closed way; the extension loses no message.

A child notices by three refreshes without an answer that its parent is dead, and joins again from the root with all that hangs below
it. Until then it hears nothing. In the sheet's protocol what was said meanwhile is lost to it. With the extension (docs/protocols/hmtp.md)
an unanswered refresh is repeated at once, so that the gap is shorter, a node with a new parent asks for what it has missed, and a
message that does not come back to its origin is sent again. Both groups live through the same here, side by side.
"""

from harness import Parameter, below, scenario
from scenarios.group.kit.group import ROLES
from scenarios.group.kit.mortals import Mortals, expect_next_one_asked
from topologies.campus import Campus

LIMIT = 3  # children


@scenario(
    "group.4-2-repair", question="What happens when nodes die?",
    parameters={
        "nodes": Parameter(13, "", minimum=8, maximum=40, meaning="nodes of each of the two groups"),
        "minute": Parameter(0.5, "s", minimum=0.5, maximum=60, meaning="how long a minute of the sheet lasts"),
    },
    topology=lambda p: Campus(2 * (p.nodes + 1), buildings=5), roles=ROLES,
    needs={"rdv-point": ["lifetime"], "mcast-node": ["refresh", "child_lifetime", "root_cache"]},
    load=0.4, seconds=lambda p: 12 + 30 * p.minute, snaplen=256, timing_critical=True,
)  # fmt: skip
def repair(lab):
    minute, hosts = lab.parameters.minute, list(lab.hosts.values())
    kinds = ["off", "on"] if lab.takes("mcast-node", "extensions") else ["off"]
    with lab.step("Two groups become a tree each, and one node of each speaks all the time", id="trees"):
        halves = (hosts[: len(hosts) // 2], hosts[len(hosts) // 2 :])
        groups = [Mortals(lab, mine, minute, kind) for kind, mine in zip(kinds, halves)]
        for group in groups:
            group.speak()

    for what in ("leaf", "inner-node", "root", "half"):
        with lab.step(f"In each group the same dies: {what}", id=f"{what}-dies"):
            for group in groups:
                group.dies(what)
            for group in groups:
                group.heals()
    with lab.step("Everybody hears the last words", id="last-words"):
        for group in groups:
            group.falls_silent()

    gaps, panels = [], []
    for group in groups:
        with lab.step(f"What came of it: {group.kind}", id=f"extension-{group.extensions}"):
            gaps.append(group.expect_heard())
            group.expect_rules(LIMIT)
            panels.append(group.panel())
    lab.plot("heard", {"title": "Nodes that each message reaches", "x_label": "time it was said (s)", "panels": panels})
    if len(gaps) > 1:
        with lab.step("Both compared", id="compared"):
            lab.expect(gaps[1], below(gaps[0], "s"), "all gaps together are shorter with the extension than without")
    with lab.step("A parent that has forgotten a child and is full answers its refresh by NJOI", id="sent-away", should=True):
        expect_next_one_asked(lab, *[host for host in hosts if host.name in groups[0].dead][:2], minute)
