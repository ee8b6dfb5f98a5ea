"""Garbage, cut and oversized datagrams, forged lists and strangers' messages: nobody crashes or loops, all is counted, the tree stays.

Whoever can send datagrams can send anything. A datagram that is no message, or an answer to a question that was not asked, is dropped
and counted; DATA is taken from the parent only (by the root from anybody). A list that names the joiner itself, or whom it has asked
already, leads it nowhere: it asks nobody twice in a walk, gives up, rests, and asks the rendezvous point again.
"""

import json

from harness import equals, interrupted, scenario
from scenarios.group.kit.deliveries import brought_by, faults
from scenarios.group.kit.group import PORT, ROLES, Group, attack
from scenarios.group.kit.lies import expect_not_misled
from topologies.single import Single

DROPPED = ("malformed", "unknown", "unexpected", "from_strangers")


@scenario(
    "group.4-2-hostile", question="What if somebody sends something else?", topology=Single(10), roles=ROLES, load=0.4, seconds=18,
    needs={"rdv-point": ["lifetime"]},
    switch="bridge",  # which has room for the 45 fragments of a datagram of 65,507 bytes
)  # fmt: skip
def hostile(lab):
    point, *members, attacker, other_point, liar, newcomer = lab.hosts.values()
    group = Group(lab, point)
    group.start_point(json="/tmp/point.json")
    group.start(*members)
    tree = group.wait_for_tree()
    ours = not lab.roles["mcast-node"]["replaced"]
    target = next(host for host in members if tree.parents[host.name])
    parent = lab.hosts[tree.parents[target.name]]
    listed = next(host for host in members if host not in (target, parent))

    def dropped(host):
        """By the node, and by its kernel when the node was not quick enough."""
        return sum(group.status(host.name)["counters"][counter] for counter in DROPPED) + host.drops(PORT)

    sent_to_target = sent_to_point = 0
    for kind, arguments in {"garbage": (), "truncated": (), "oversized": (), "stranger": (), "forged": (parent, listed)}.items():
        lab.step(f"{kind} datagrams to {target.name}" + (f" and {point.name}, the rendezvous point" if not arguments else ""))
        before = dropped(target) if ours else 0
        program = attack(attacker, kind, target, *arguments)
        lab.expect(program.wait(20), equals(0), f"{kind}: all are sent")
        sent = int(program.output)
        sent_to_target += sent
        if ours:
            told = f"{kind}: datagrams that {target.name} dropped and counted, of {sent} that were sent"
            lab.expect_soon(lambda: dropped(target) - before, equals(sent), told)
        lab.expect(group.nodes[target.name].running, True, f"{kind}: the node still runs", whatever_lag=True)
        if not arguments:
            program = attack(attacker, kind, point)
            program.wait(20)
            sent_to_point += int(program.output)
            lab.expect(group.rendezvous.running, True, f"{kind}: the rendezvous point still runs", whatever_lag=True)

    lab.step("The group is as before")
    came = lab.packets(target, f"udp.dstport == {PORT} && eth.src == {attacker.mac}")
    lab.expect(came, equals(sent_to_target), f"datagrams that came to {target.name}, a part of them in its parent's name")
    answers = lab.packets(attacker, f"udp.srcport == {PORT} && eth.dst == {attacker.mac}")
    lab.expect(answers, equals(0), "answers to the attacker", whatever_lag=True)
    lab.expect(group.tree().parents, equals(tree.parents), "who is whose child", should=True)
    attack(attacker, "twice", lab.hosts[tree.roots[0]]).wait(20)
    group.say(members[-1], "Is everybody well?\n")
    group.wait_until_printed("Is everybody well")
    messages = group.messages()
    wrong = faults(messages, tree, group.living, brought_by(messages, members[-1].name))
    lab.expect(wrong, equals([]), "copies that do not follow the tree, once to each", should=True)
    printed = {name: node.output.count("said once") for name, node in group.nodes.items()}
    once = "how often each node prints a message whose datagram came to the root twice"
    lab.expect(printed, equals(dict.fromkeys(printed, 1)), once, should=True)
    fooled = [name for name, node in group.nodes.items() if "forged words" in node.output]
    lab.expect(fooled, equals([]), "nodes that print the stranger's words", whatever_lag=True)
    too_fast = point.drops(PORT)
    group.rendezvous.interrupt()
    lab.expect(group.rendezvous.wait(), interrupted, "the rendezvous point ends at Ctrl+C")
    if not lab.roles["rdv-point"]["replaced"]:
        with open("/tmp/point.json", encoding="utf-8") as file:
            counts = json.load(file)
        counted = too_fast + sum(counts[name] for name in DROPPED[:3])
        lab.expect(counted, equals(sent_to_point), "datagrams that the rendezvous point dropped and counted")

    lab.step("A root that lies: its list names the joiner itself, and the root once more")
    expect_not_misled(lab, other_point, liar, newcomer)
