"""In the sheet's protocol an orphan may join its own descendant, and both are cut off for ever; the extension never closes a way.

A parent that was suspended still lists a child that has moved meanwhile. Here h3 sleeps, its child h6 moves below h5, h5 then loses
its parent h4, walks down from the root, and is told by h3, awake again, that h6 is its child. In the sheet's protocol h6 accepts
its own parent: they refresh each other, no refresh stays without an answer, and nothing ever ends it. With the extension a child
that moves says good-bye, so that h3 would not name it; here that good-bye is lost. Then order helps: h5 asks nobody that is below
it, gives up its children when there is no other place, and all find one (docs/protocols/hmtp.md, "Order").
"""

import time

from harness import Parameter, above, equals, scenario
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import PORT, ROLES, Group
from scenarios.group.kit.history import cycles
from topologies.single import Single

LIMITS = {"root": 2, "suspended": 1, "dying": 1, "orphan": 1, "mover": 1, "filler": 0}  # how many children each takes
PLACES = [  # who joins whom, in this order, and who must not be asked
    ("suspended", "root", ""), ("dying", "root", ""), ("orphan", "dying", "suspended"), ("mover", "suspended", "dying"),
]  # fmt: skip
KINDS = {"off": "the sheet's protocol", "on": "with the extension"}
SUSPEND, RESUME = 19, 18


@scenario(
    "group.4-2-loop", question="Can a node join its own descendant?",
    parameters={"minute": Parameter(1.0, "s", minimum=0.5, maximum=60, meaning="how long a minute of the sheet lasts")},
    needs={"rdv-point": ["lifetime"], "mcast-node": ["refresh", "child_lifetime", "children_max", "extensions"]},
    topology=Single(2 * (1 + len(LIMITS))), roles=ROLES, load=0.3, seconds=lambda p: 12 + 24 * p.minute, timing_critical=True,
)  # fmt: skip
def descendants(lab):
    hosts, minute = list(lab.hosts.values()), lab.parameters.minute
    groups = {}
    for extensions, mine in (("off", hosts[: len(hosts) // 2]), ("on", hosts[len(hosts) // 2 :])):
        # Refreshes are repeated as in the sheet in both, so that both live through the same.
        group = groups[extensions] = Group(lab, mine[0], minute, extensions, refresh_repeat=2 * minute)
        group.start_point()
        group.who = dict(zip(LIMITS, mine[1:]))

    def start(role):
        for one in groups.values():
            one.start(one.who[role], children_max=LIMITS[role])

    def deaf(host, to):
        """Lets a host's kernel drop what nft's expression describes."""
        chain = "add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }"
        host.run("nft", f"{chain}; add rule ip deaf in {to} drop")

    def last_accepted(one):
        """When the orphan's refresh was answered the last time."""
        orphan, dying = one.who["orphan"].name, one.who["dying"].name
        return max(m.time for m in one.messages(orphan) if m.kind == "YJOI" and m.source == dying)

    def wait_for_parents(**wanted):
        """Until everybody named has this parent, as packets tell."""
        for one in groups.values():
            names = {one.who[child].name: one.who[parent].name for child, parent in wanted.items()}
            lab.until(lambda: names.items() <= one.tree().parents.items(), f"the places {names}", one.timers.patience)

    lab.step("A root with two children, and a child of each")
    start("root")
    for one in groups.values():
        lab.wait_for_packet(one.point, 'hmtp.type == "YREG"')
    for role, parent, not_asked in PLACES:
        for one in groups.values():
            if not_asked:
                deaf(one.who[not_asked], f"ip saddr {one.who[role]}")
        start(role)
        wait_for_parents(**{role: parent})
        for one in groups.values():
            if not_asked:
                one.who[not_asked].run("nft", "delete table ip deaf")

    lab.step("One parent sleeps; the root forgets it and takes a newcomer; its child moves below the other's child")
    slept = time.time()
    for one in groups.values():
        deaf(one.who["suspended"], f"udp dport {PORT} @th,64,32 {int.from_bytes(b'LEAV', 'big')}")
    for one in groups.values():
        one.nodes[one.who["suspended"].name].signal(SUSPEND)
    lab.at(1.1 * group.timers.lifetime, since=slept)
    start("filler")
    wait_for_parents(filler="root", mover="orphan")

    lab.step("The other parent dies; the sleeper wakes up, and takes its place below the root")
    for one in groups.values():
        one.kill(one.who["dying"].name)
    accepted = {extensions: last_accepted(one) for extensions, one in groups.items()}
    for extensions in sorted(groups, key=accepted.get):  # the third refresh stays without an answer after 6 minutes
        lab.at(4.5 * minute, since=accepted[extensions])
        groups[extensions].nodes[groups[extensions].who["suspended"].name].signal(RESUME)
    lab.at(12 * minute, since=max(accepted.values()))

    lab.step("What came of it")
    for extensions, one in groups.items():
        kind, messages = KINDS[extensions], one.messages()
        orphan, mover = one.who["orphan"].name, one.who["mover"].name
        walk = [message.told for message in messages if message.time > slept and message.destination == message.at == orphan]
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
            accepts = [m.source for m in messages if {m.source, m.destination} == {orphan, mover} and m.received and m.kind == "YJOI"]
            fewest = min(accepts.count(name) for name in (orphan, mover))
            lab.expect(fewest, above(1), f"{kind}: each accepts the other, again and again")
        else:
            lab.expect(one.tree().is_one(one.living, one.who["root"].name), True, f"{kind}: all are one tree again")
            show(lab, "tree", "With the extension, in the end", one.tree())
