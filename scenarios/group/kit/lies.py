"""A root that lies to whoever joins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness import between, equals
from scenarios.group.kit.group import Group, attack

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

LIES = 3.0  # s that the liar is the root
REST = 0.5  # s: least of a node's rests is half of it
STRANGER = 10009  # port from which the liar sends a YJOI that nobody asked for


def expect_not_misled(lab: Lab, point: Host, liar: Host, newcomer: Host) -> None:
    """Expects that a node on `newcomer` walks in no circle while the liar is the root of this rendezvous point, takes no stranger for its
    parent, and becomes the root when the liar is gone."""
    misled = Group(lab, point, minute=1)
    misled.start_point()
    lying = attack(liar, "liar", point)
    lab.wait_for_packet(point, 'hmtp.type == "YREG"')
    [node] = misled.start(newcomer, rest=REST)
    lab.wait_for_packet(newcomer, 'hmtp.type == "RJOI"')
    lab.at(LIES, since=node)
    lying.end_input()
    lying.wait()
    gone = time.time()
    believed = lab.packets(newcomer, f'hmtp.type == "RJOI" && udp.dstport == {STRANGER} && !icmp')
    stranger = "refreshes to a stranger's port, from which YJOI came while another node was asked"
    lab.expect(believed, equals(0), stranger, whatever_lag=True, should=True, id="believed")
    asked = [m for m in misled.messages(newcomer.name) if m.kind == "RJOI" and m.source == newcomer.name and m.time < gone]
    most = 2 + int((gone - node.started) / (REST / 2))
    lab.expect(len(asked), between(2, most), "RJOI to the liar: one in each walk, with a rest between two walks", id="rests")
    lab.expect({m.destination for m in asked}, equals({liar.name}), "to whom RJOI are sent: to the liar, and to nobody else", id="asked")
    if not lab.roles["mcast-node"]["replaced"]:
        unexpected = "what the node did not expect: the stranger's YJOI, and no RJOI that it sends to itself"
        status = misled.status(newcomer.name) or {"counters": {"unexpected": 0}}
        lab.expect(status["counters"]["unexpected"], equals(1), unexpected, whatever_lag=True, id="unexpected")
    tree = misled.wait_for_tree(misled.timers.patience)
    lab.expect(tree.roots, equals([newcomer.name]), "without the liar, the node becomes the root", id="root")
