"""Registrations that get old, and rendezvous points that restart."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

from harness import above, between, contains, equals
from scenarios.group.kit.deliveries import hearing
from scenarios.group.kit.group import DATA_PORT, Group, asking, speaking, spoken
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

LATE = 0.4  # s by which a program may be late


def root_is_killed(lab: Lab, group: Group, root: str, questioner: Host) -> Tree:
    """Kills the root; expects that the rendezvous point names it until three minutes after its last RREG, and that an orphan tries three
    refreshes before it takes its place. The new tree."""
    lifetime = group.timers.lifetime
    group.kill(root)
    questions = asking(questioner, group.point)
    tree = group.wait_for_tree(group.timers.patience)
    questions.end_input()
    heir, seen = tree.roots[0], group.messages(group.point.name)
    last = max(one.time for one in seen if one.kind == "YREG" and one.destination == root)
    answers = [one for one in seen if one.kind == "TOOR" and one.destination == questioner.name]
    named = [one.time - last for one in answers if one.root == root]
    free = next(one.time - last for one in answers if one.root is None)
    on_time = between(lifetime - LATE, lifetime + LATE, "s")
    lab.expect(max(named, default=0.0), on_time, "the dead root is named until three minutes after its last RREG", id="named")
    lab.expect(free, on_time, "time since its last RREG when the rendezvous point first names nobody", id="free")
    vain = [one for one in group.messages(heir) if one.kind == "RJOI" and one.source == heir and one.destination == root]
    taken = next(one.time for one in seen if one.kind == "YREG" and one.destination == heir)
    died = group.nodes[root].ended or 0.0
    tried = [one for one in vain if died < one.time < taken]
    lab.expect(len(tried), equals(3), f"refreshes without an answer after which {heir} registers", id="tried")
    lab.measure("orphaned for", taken - died, "s")
    return tree


def two_roots_for_a_while(lab: Lab, group: Group, old: str, newcomer: Host) -> None:
    """Restarts the rendezvous point; expects that a newcomer becomes a second root until the old one is refused, and what is lost meanwhile."""
    point, refreshes = group.point, f'hmtp.type == "YREG" && ip.dst == {lab.hosts[old]}'
    before = len(lab.packets(point, refreshes))
    lest = "the root's refresh, lest the next one come too soon"
    lab.until(lambda: len(lab.packets(point, refreshes)) > before, lest, group.timers.patience)
    restarted = restart(group)
    group.start(newcomer)
    group.nodes[newcomer.name].wait_listening(DATA_PORT, "udp")
    speaker = speaking(newcomer)
    tree = group.wait_for_tree(group.timers.patience)
    lab.until(lambda: f"message {max(spoken(speaker))}\n" in group.nodes[old].output, "the old root to hear the new one")
    speaker.end_input()
    seen = group.messages()
    second = next(one.time for one in seen if one.kind == "YREG" and one.destination == one.at == newcomer.name)
    back = next(one.time for one in seen if one.kind == "NREG" and one.destination == one.at == old and one.time > restarted)
    there_are_two = f"for so long there are two roots, until {old} is refused at its refresh"
    lab.expect(back - second, between(0.0, group.timers.refresh + LATE, "s"), there_are_two, id="two-roots")
    heard = {sequence for (_, sequence), hosts in hearing(seen).items() if old in hosts}
    between_them = [number for number, time in spoken(speaker).items() if second < time < back]
    lost = [number for number in between_them if number not in heard]
    lab.expect(len(lost), equals(len(between_them)), f"messages of the new root's tree in that time that {old} never gets", id="lost")
    lab.expect(len(lost), above(0), f"messages that are lost to {old} and its tree", id="some-lost")
    lab.expect(tree.roots, equals([newcomer.name]), "one root is left, who registered with the new rendezvous point", id="one-root")


def remembers(lab: Lab, group: Group, root: Host, newcomer: Host) -> None:
    """Restarts the rendezvous point with a state file; expects that it still knows the root."""
    state = pathlib.Path("/tmp/root")
    restart(group, state=state)
    point = group.rendezvous
    assert point
    left = point.has_left
    lab.until(lambda: left(state), f"{point} to write its state file {state.name}, after the root's refresh", group.timers.patience)
    lab.show_output(point)
    restarted = restart(group, state=state)
    group.start(newcomer)
    tree = group.wait_for_tree(group.timers.patience)
    told = [one.told for one in group.messages(newcomer.name) if one.kind == "TOOR" and one.time > restarted]
    asked_next = "who asks next is told of the root, though it has not registered again"
    lab.expect(told, equals([f"{group.point.name} TOOR {root.name}"]), asked_next, id="told")
    lab.expect(tree.parents[newcomer.name] is not None, True, f"{newcomer.name} joins its tree", id="joins")
    assert group.rendezvous
    lab.expect(group.rendezvous.errors, contains("restored the root"), "the rendezvous point says where it knows it from", id="says")


def restart(group: Group, **parameters: object) -> float:
    """Ends the rendezvous point and starts it again. When (seconds since the epoch)."""
    assert group.rendezvous
    group.rendezvous.stop()
    return group.start_point(**parameters).started
