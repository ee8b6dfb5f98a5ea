"""The rendezvous point names a dead root until it is three minutes silent; then an orphan takes its place. A restart makes two roots.

Nobody tells the rendezvous point that the root has died: it answers ROOT with the dead one's address until three minutes after the
last RREG. Children notice when three refreshes stay without an answer, ask for the root, and the first that is told "nobody"
registers. A rendezvous point that restarts has forgotten the root: who asks next becomes a second one, until the first is refused at
its next refresh (NREG) and joins the other, with its children. With --state the rendezvous point remembers, and there is one root.
"""

import pathlib

from harness import Parameter, above, between, contains, equals, scenario
from scenarios.group.kit.deliveries import hearing
from scenarios.group.kit.group import DATA_PORT, ROLES, Group, asking, speaking, spoken
from topologies.single import Single

LATE = 0.4  # s by which a program may be late


@scenario(
    "group.4-2-age", question="What if the root dies, or the rendezvous point restarts?",
    parameters={"minute": Parameter(1.0, "s", minimum=1, maximum=60, meaning="how long a minute of the sheet lasts")},
    topology=Single(6), roles=ROLES, needs={"rdv-point": ["lifetime"], "mcast-node": ["refresh", "child_lifetime"]},
    load=0.35, seconds=lambda p: 10 + 12 * p.minute, timing_critical=True,
)  # fmt: skip
def ageing(lab):
    point, first, second, third, fourth, fifth = lab.hosts.values()
    group = Group(lab, point, lab.parameters.minute, extensions="off")
    lifetime, refresh, patience = group.timers.lifetime, group.timers.refresh, group.timers.patience

    lab.step("A root with two children")
    group.start_point()
    group.start(first)
    lab.wait_for_packet(point, 'hmtp.type == "YREG"')
    group.start(second, third)
    lab.expect(group.wait_for_tree().parents, equals({"h2": None, "h3": "h2", "h4": "h2"}), "who is whose child")

    lab.step(f"The root is killed; {fifth.name} asks for the root ten times a second")
    group.kill("h2")
    questions = asking(fifth, point)
    tree = group.wait_for_tree(patience)
    questions.end_input()
    heir, seen = tree.roots[0], group.messages("h1")
    last = max(one.time for one in seen if one.kind == "YREG" and one.destination == "h2")
    answers = [one for one in seen if one.kind == "TOOR" and one.destination == fifth.name]
    named = [one.time - last for one in answers if one.root == "h2"]
    free = next(one.time - last for one in answers if one.root is None)
    lab.expect(max(named), between(lifetime - LATE, lifetime + LATE, "s"), "the dead root is named until three minutes after its last RREG")
    lab.expect(free, between(lifetime - LATE, lifetime + LATE, "s"), "then nobody is")
    vain = [one for one in group.messages(heir) if one.kind == "RJOI" and one.source == heir and one.destination == "h2"]
    taken = next(one.time for one in seen if one.kind == "YREG" and one.destination == heir)
    lab.expect(heir in ("h3", "h4"), True, "an orphan registers as the root")
    tried = [one for one in vain if group.nodes["h2"].ended < one.time < taken]
    lab.expect(len(tried), equals(3), "after three refreshes without an answer")
    lab.expect(tree.parents, equals({heir: None, "h4" if heir == "h3" else "h3": heir}), "the other orphan joins it")
    lab.measure("orphaned for", taken - group.nodes["h2"].ended, "s")

    lab.step("The rendezvous point restarts, and remembers nothing")
    refreshes = f'hmtp.type == "YREG" && ip.dst == {lab.hosts[heir]}'
    before = len(lab.packets(point, refreshes))
    lab.until(lambda: len(lab.packets(point, refreshes)) > before, "the root's refresh, lest the next one come too soon", patience)
    group.rendezvous.stop()
    group.start_point()
    restarted = group.rendezvous.started
    group.start(fourth)
    group.nodes["h5"].wait_listening(DATA_PORT, "udp")
    speaker = speaking(fourth)
    tree = group.wait_for_tree(patience)
    lab.until(lambda: f"message {max(spoken(speaker))}\n" in group.nodes[heir].output, "the old root to hear the new one")
    speaker.end_input()
    seen = group.messages()
    second_root = next(one.time for one in seen if one.kind == "YREG" and one.destination == one.at == "h5")
    back = next(one.time for one in seen if one.kind == "NREG" and one.destination == one.at == heir and one.time > restarted)
    there_are_two = f"for so long there are two roots, until {heir} is refused at its refresh"
    lab.expect(back - second_root, between(0.0, refresh + LATE, "s"), there_are_two)
    heard = {sequence for (_, sequence), hosts in hearing(seen).items() if heir in hosts}
    between_them = [number for number, time in spoken(speaker).items() if second_root < time < back]
    lost = [number for number in between_them if number not in heard]
    lab.expect(len(lost), equals(len(between_them)), f"messages of the new root's tree in that time that {heir} never gets")
    lab.expect(len(lost), above(0), f"which are lost to {heir} and its tree")
    lab.expect(tree.roots, equals(["h5"]), "one root is left, who registered with the new rendezvous point")

    if not lab.takes("rdv-point", "state"):
        return
    lab.step("The rendezvous point restarts with --state")
    state = pathlib.Path("/tmp/root")
    group.rendezvous.stop()
    group.start_point(state=state)
    lab.until(lambda: group.rendezvous.has_left(state), "the root's refresh, and the state file", patience)
    lab.show_output(group.rendezvous)
    group.rendezvous.stop()
    group.start_point(state=state)
    group.start(fifth)
    tree = group.wait_for_tree(patience)
    told = [one.told for one in group.messages(fifth.name) if one.kind == "TOOR" and one.time > group.rendezvous.started]
    lab.expect(told, equals(["h1 TOOR h5"]), "who asks next is told of the root, though it has not registered again")
    lab.expect(tree.parents[fifth.name] is not None, True, "and joins its tree")
    lab.expect(group.rendezvous.errors, contains("restored the root"), "the rendezvous point says where it knows it from")
