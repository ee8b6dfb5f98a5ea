"""The rendezvous point names a dead root until it is three minutes silent; then an orphan takes its place. A restart makes two roots.

Nobody tells the rendezvous point that the root has died: it answers ROOT with the dead one's address until three minutes after the
last RREG. Children notice when three refreshes stay without an answer, ask for the root, and the first that is told "nobody"
registers. A rendezvous point that restarts has forgotten the root: who asks next becomes a second one, until the first is refused at
its next refresh (NREG) and joins the other, with its children. With --state the rendezvous point remembers, and there is one root.
"""

from harness import Parameter, equals, scenario
from scenarios.group.kit import ageing
from scenarios.group.kit.group import ROLES, Group
from topologies.single import Single


@scenario(
    "group.4-2-age", question="What if the root dies, or the rendezvous point restarts?",
    parameters={"minute": Parameter(1.0, "s", minimum=1, maximum=60, meaning="how long a minute of the sheet lasts")},
    topology=Single(6), roles=ROLES, needs={"rdv-point": ["lifetime"], "mcast-node": ["refresh", "child_lifetime"]},
    load=0.35, seconds=lambda p: 10 + 12 * p.minute, timing_critical=True,
)  # fmt: skip
def root_dies(lab):
    point, first, second, third, fourth, fifth = lab.hosts.values()
    with lab.step("A root with two children", id="tree"):
        group = Group(lab, point, lab.parameters.minute, extensions="off")
        group.start_point()
        group.start(first)
        lab.wait_for_packet(point, 'hmtp.type == "YREG"')
        group.start(second, third)
        lab.expect(group.wait_for_tree().parents, equals({"h2": None, "h3": "h2", "h4": "h2"}), "who is whose child")

    with lab.step(f"The root is killed; {fifth.name} asks for the root ten times a second", id="root-killed"):
        tree = ageing.root_is_killed(lab, group, "h2", fifth)
        heir = tree.roots[0]
        lab.expect(heir in ("h3", "h4"), True, "an orphan registers as the root", id="heir")
        other = "h4" if heir == "h3" else "h3"
        lab.expect(tree.parents, equals({heir: None, other: heir}), "the other orphan joins it", id="joins")
    with lab.step("The rendezvous point restarts, and remembers nothing", id="restart"):
        ageing.two_roots_for_a_while(lab, group, heir, fourth)
    if lab.takes("rdv-point", "state"):
        with lab.step("The rendezvous point restarts with --state", id="state"):
            ageing.remembers(lab, group, fourth, fifth)
