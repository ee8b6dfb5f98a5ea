"""In the sheet's protocol an orphan may join its own descendant, and both are cut off for ever; the extension never closes a way.

A parent that was suspended still lists a child that has moved meanwhile. Here h3 sleeps, its child h6 moves below h5, h5 then loses
its parent h4, walks down from the root, and is told by h3, awake again, that h6 is its child. In the sheet's protocol h6 accepts
its own parent: they refresh each other, no refresh stays without an answer, and nothing ever ends it. With the extension h5 asks
nobody that is below it, gives up its children when there is no other place, and all find one (docs/protocols/hmtp.md, "Order").
"""

from harness.expect import above, equals
from harness.parameters import Parameter
from harness.scenario import scenario
from harness.tree.draw import show
from harness.tree.group import ROLES, Group
from harness.tree.history import cycles
from topologies.single import Single

LIMITS = {"root": 2, "suspended": 1, "dying": 1, "orphan": 1, "mover": 1, "filler": 0}  # who is started in this order, and has so many children
KINDS = {"off": "the sheet's protocol", "on": "with the extension"}
SUSPEND, RESUME = 19, 18


@scenario(
    "group.4-2-loop", question="Can a node join its own descendant?",
    parameters={"minute": Parameter(0.5, "s", minimum=0.5, maximum=60, meaning="how long a minute of the sheet lasts")},
    topology=Single(2 * (1 + len(LIMITS))), roles=ROLES, seconds=lambda p: 12 + 24 * p.minute, timing_critical=True,
)  # fmt: skip
def descendants(lab):
    hosts, minute = list(lab.hosts.values()), lab.parameters.minute
    groups = {}
    for extensions, mine in (("off", hosts[: len(hosts) // 2]), ("on", hosts[len(hosts) // 2 :])):
        # Refreshes are repeated as in the sheet in both, so that both live through the same.
        group = groups[extensions] = Group(lab, mine[0], minute, extensions, refresh_repeat=2 * minute)
        group.start_point()
        group.who = dict(zip(LIMITS, mine[1:]))
    lifetime = group.timers.lifetime

    def start(role):
        for one in groups.values():
            one.start(one.who[role], children_max=LIMITS[role])

    def signal(role, number):
        for one in groups.values():
            one.nodes[one.who[role].name].signal(number)

    def wait_for_parents(**wanted):
        """Until everybody named has this parent, as packets tell."""
        for one in groups.values():
            names = {one.who[child].name: one.who[parent].name for child, parent in wanted.items()}
            lab.until(lambda: names.items() <= one.tree().parents.items(), f"the places {names}", one.timers.patience)

    lab.step("A root with two children, and a child of each: who sleeps while another comes is not asked")
    start("root")
    for one in groups.values():
        lab.wait_for_packet(one.point, 'hmtp.type == "YREG"')
    for role in ("suspended", "dying"):
        start(role)
        wait_for_parents(**{role: "root"})
    signal("suspended", SUSPEND)
    start("orphan")
    wait_for_parents(orphan="dying")
    signal("suspended", RESUME)
    awake = max(entry.time for entry in lab.transcript) + lab.started
    lab.at(lifetime * 1.2, since=awake)  # until it has forgotten who asked it in its sleep
    signal("dying", SUSPEND)
    start("mover")
    wait_for_parents(mover="suspended")
    signal("dying", RESUME)
    wait_for_parents(suspended="root", dying="root", orphan="dying", mover="suspended")

    lab.step("One parent sleeps; its child moves below the other's child")
    signal("suspended", SUSPEND)
    wait_for_parents(mover="orphan")

    lab.step("The other parent dies; the root's places are taken by a newcomer and by the sleeper, who wakes up in time")
    for one in groups.values():
        one.kill(one.who["dying"].name)
    start("filler")
    died = max(one.nodes[one.who["dying"].name].ended for one in groups.values())
    lab.at(lifetime * 1.2, since=died)
    signal("suspended", RESUME)
    lab.at(2.5 * group.timers.refresh + 2 * lifetime, since=died)

    lab.step("What came of it")
    for extensions, one in groups.items():
        kind, messages = KINDS[extensions], one.messages()
        orphan, mover = one.who["orphan"].name, one.who["mover"].name
        walk = [message.told for message in messages if message.time > died and message.destination == message.at == orphan]
        listed = f"{one.who['suspended'].name} NJOI {mover}"
        lab.expect(listed in walk, True, f"{kind}: {orphan} is told that {mover}, its own child, may have a place")
        closed = sorted({tuple(sorted(names)) for _, names in cycles(messages)})
        lab.expect(closed, equals([(orphan, mover)] if extensions == "off" else []), f"{kind}: closed ways")
        one.say(one.who["root"], "Can everybody hear me?\n")
        hearers = one.living if extensions == "on" else [name for name in one.living if name not in (orphan, mover)]
        lab.until(lambda: all("Can everybody" in one.nodes[name].output for name in hearers), f"{' '.join(hearers)} to hear the root")
        silent = [name for name in one.living if "Can everybody" not in one.nodes[name].output]
        lab.expect(silent, equals([orphan, mover] if extensions == "off" else []), f"{kind}: who does not hear the root any more")
        if extensions == "off":
            told = [m.told for m in messages if {m.source, m.destination} == {orphan, mover} and m.received and m.kind in ("RJOI", "YJOI")]
            lab.expect(min(told.count(f"{name} YJOI") for name in (orphan, mover)), above(1), f"{kind}: each accepts the other, again and again")
        else:
            lab.expect(one.tree().is_one(one.living, one.who["root"].name), True, f"{kind}: all are one tree again")
            show(lab, "tree", "With the extension, in the end", one.tree())
