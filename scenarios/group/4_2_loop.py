"""In the sheet's protocol an orphan may join its own descendant, and both are cut off for ever; the extension never closes a way.

A parent that was suspended still lists a child that has moved meanwhile. Here h3 sleeps, its child h6 moves below h5, h5 then loses
its parent h4, walks down from the root, and is told by h3, awake again, that h6 is its child. In the sheet's protocol h6 accepts
its own parent: they refresh each other, no refresh stays without an answer, and nothing ever ends it. With the extension a child
that moves says good-bye, so that h3 would not name it; here that good-bye is lost. Then order helps: h5 asks nobody that is below
it, gives up its children when there is no other place, and all find one (docs/protocols/hmtp.md, "Order").
"""

import time

from harness import Parameter, scenario
from scenarios.group.kit.family import LIMITS, Family, in_places
from scenarios.group.kit.group import ROLES
from topologies.single import Single


@scenario(
    "group.4-2-loop", question="Can a node join its own descendant?",
    parameters={"minute": Parameter(1.0, "s", minimum=0.5, maximum=60, meaning="how long a minute of the sheet lasts")},
    needs={"rdv-point": ["lifetime"], "mcast-node": ["refresh", "child_lifetime", "children_max", "extensions"]},
    topology=Single(2 * (1 + len(LIMITS))), roles=ROLES, load=0.3, seconds=lambda p: 12 + 24 * p.minute, timing_critical=True,
)  # fmt: skip
def descendants(lab):
    hosts, minute = list(lab.hosts.values()), lab.parameters.minute
    half = len(hosts) // 2
    with lab.step("A root with two children, and a child of each", id="places"):
        families = [Family(lab, hosts[:half], minute, "off"), Family(lab, hosts[half:], minute, "on")]
        in_places(families)

    with lab.step("One parent sleeps; the root forgets it and takes a newcomer; its child moves below the other's child", id="moves"):
        slept = time.time()
        for family in families:
            family.loses_goodbye("suspended")
            family.suspend("suspended")
        lab.at(1.1 * families[0].timers.lifetime, since=slept)
        for family in families:
            family.begin("filler")
        for family in families:
            family.wait_for_parents(filler="root", mover="orphan")

    with lab.step("The other parent dies; the sleeper wakes up, and takes its place below the root", id="orphaned"):
        for family in families:
            family.kill(family.who["dying"].name)
        accepted = max(family.last_accepted("orphan", by="dying") for family in families)
        due = {family: family.due_to_wake() for family in families}
        for family in sorted(families, key=due.get):  # the third refresh stays without an answer after 6 minutes
            lab.at(0, since=due[family])
            family.resume("suspended")
        lab.at(12 * minute, since=accepted)

    with lab.step("What came of it: the sheet's protocol", id="sheet"):
        families[0].expect_what_came_of_it(slept)
    with lab.step("What came of it: with the extension", id="extension"):
        families[1].expect_what_came_of_it(slept)
