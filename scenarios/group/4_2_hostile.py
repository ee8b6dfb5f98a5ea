"""Garbage, cut and oversized datagrams, forged lists and strangers' messages: nobody crashes or loops, all is counted, the tree stays.

Whoever can send datagrams can send anything. A datagram that is no message, or an answer to a question that was not asked, is dropped
and counted; DATA is taken from the parent only (by the root from anybody). A list that names the joiner itself, or whom it has asked
already, leads it nowhere: it asks nobody twice in a walk, gives up, rests, and asks the rendezvous point again.
"""

from harness import equals, interrupted, scenario
from scenarios.group.kit.attacks import Attacks, counted_in, expect_as_before
from scenarios.group.kit.group import PORT, ROLES, Group
from scenarios.group.kit.lies import expect_not_misled
from topologies.single import Single


@scenario(
    "group.4-2-hostile", question="What if somebody sends something else?", topology=Single(10), roles=ROLES, load=0.4, seconds=18,
    needs={"rdv-point": ["lifetime"]},
    switch="bridge",  # which has room for the 45 fragments of a datagram of 65,507 bytes
)  # fmt: skip
def hostile(lab):
    point, *members, attacker, other_point, liar, newcomer = lab.hosts.values()
    with lab.step("Five nodes are a tree", id="tree"):
        group = Group(lab, point)
        group.start_point(json="/tmp/point.json")
        group.start(*members)
        tree = group.wait_for_tree()
        target = next(host for host in members if tree.parents[host.name])
        parent = lab.hosts[tree.parents[target.name]]
        listed = next(host for host in members if host not in (target, parent))
        attacks = Attacks(lab, group, attacker, target)
    for kind, arguments in {"garbage": (), "truncated": (), "oversized": (), "stranger": (), "forged": (parent, listed)}.items():
        both = "" if arguments else f" and {point.name}, the rendezvous point"
        with lab.step(f"{kind} datagrams to {target.name}{both}", id=kind):
            attacks.on_the_node(kind, *arguments)
            if not arguments:
                attacks.on_the_point(kind)
    with lab.step("The group is as before", id="as-before"):
        came = lab.packets(target, f"udp.dstport == {PORT} && eth.src == {attacker.mac}")
        lab.expect(came, equals(attacks.to_node), f"datagrams that came to {target.name}, a part of them in its parent's name", id="came")
        answers = lab.packets(attacker, f"udp.srcport == {PORT} && eth.dst == {attacker.mac}")
        lab.expect(answers, equals(0), "answers to the attacker", whatever_lag=True, id="answers")
        expect_as_before(lab, group, tree, attacker, members[-1])
    with lab.step("The rendezvous point ends", id="end"):
        too_fast = point.drops(PORT)
        group.rendezvous.interrupt()
        lab.expect(group.rendezvous.wait(), interrupted, "the rendezvous point ends at Ctrl+C")
        if not lab.roles["rdv-point"]["replaced"]:
            dropped = too_fast + counted_in("/tmp/point.json")
            lab.expect(dropped, equals(attacks.to_point), "datagrams that the rendezvous point dropped and counted", id="counted")
    with lab.step("A root that lies: its list names the joiner itself, and the root once more", id="liar"):
        expect_not_misled(lab, other_point, liar, newcomer)
