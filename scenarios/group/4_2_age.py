"""The rendezvous point names a dead root until it is three minutes silent; then an orphan takes its place. A restart makes two roots.

Nobody tells the rendezvous point that the root has died: it answers ROOT with the dead one's address until three minutes after the
last RREG, and nodes that come meanwhile find nobody. Children notice by three refreshes without an answer, ask for the root, and the
first that is told "nobody" registers. A rendezvous point that restarts has forgotten the root: who asks next becomes a second one,
until the first is refused at its next refresh (NREG) and joins it, with its children. With --state it remembers, and there is one.
"""

import pathlib

from harness.expect import above, below, between, contains, equals
from harness.parameters import Parameter
from harness.scenario import scenario
from harness.tree.group import ROLES, Group
from topologies.single import Single

LATE = 0.5  # s by which a program may be late


@scenario(
    "group.4-2-age", question="What if the root dies, or the rendezvous point restarts?",
    parameters={"minute": Parameter(1.0, "s", minimum=1, maximum=60, meaning="how long a minute of the sheet lasts")},
    topology=Single(6), roles=ROLES, seconds=lambda p: 8 + 17 * p.minute, timing_critical=True,
)  # fmt: skip
def ageing(lab):
    point, first, second, third, late, asker = lab.hosts.values()
    group = Group(lab, point, lab.parameters.minute, extensions="off", children_max=3)
    lifetime, refresh = group.timers.lifetime, group.timers.refresh

    lab.step("A root with two children")
    group.start_point()
    group.start(first)
    lab.wait_for_packet(point, 'hmtp.type == "YREG"')
    group.start(second, third)
    tree = group.wait_for_tree()
    lab.expect(tree.parents, equals({"h2": None, "h3": "h2", "h4": "h2"}), "who is whose child")

    lab.step("The root is killed")
    group.kill("h2")
    died = group.nodes["h2"].ended
    tree = group.wait_for_tree(group.timers.patience)
    messages = group.messages()
    last = max(message.time for message in messages if message.kind == "YREG" and message.at == "h1" and message.destination == "h2")
    answers = [message for message in messages if message.kind == "TOOR" and message.at == "h1" and message.time > died]
    named, empty = ([one.time - last for one in answers if (one.root == "h2") == dead] for dead in (True, False))
    heir = tree.roots[0]
    registered = next(one.time for one in messages if one.kind == "YREG" and one.at == "h1" and one.destination == heir)
    missed = [one for one in messages if one.kind == "RJOI" and one.at == heir and one.destination == "h2" and died < one.time < registered]
    lab.expect(heir in ("h3", "h4"), True, "an orphan becomes the root")
    lab.expect(max(named, default=0.0), below(lifetime + LATE, "s"), "the dead root is named until three minutes after its last RREG")
    lab.expect(min(empty), above(lifetime - LATE, "s"), "and nobody before these are over")
    lab.expect(len(missed), between(3, 3 + 3), "RJOI that the heir has sent in vain before; those of its walks included")
