"""What a rendezvous point is like beyond its first answers: how long it knows a root, its end, and whether it knows nodes by their ports too."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness import about, above, equals, interrupted
from scenarios.group.kit.group import Group, answered_at, answers_to

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab


def ended_by_ctrl_c(lab: Lab, group: Group, host: Host) -> None:
    """Ends the rendezvous point; expects that a node which begins then on `host` goes on asking for the root."""
    assert group.rendezvous
    group.rendezvous.interrupt()
    lab.expect(group.rendezvous.wait(), interrupted, "the rendezvous point's status after Ctrl+C", id="status")
    [node] = group.start(host, answer_timeout=0.1, rest=0.1)
    asked = f'ip.src == {host} && hmtp.type == "ROOT" && frame.time_epoch > {node.started} && !icmp'
    again = "ROOT that a node sends while no rendezvous point answers: it must ask again, and not take itself for the root after three"
    lab.expect_soon(lambda: len(lab.packets(host, asked)), above(3), again, deadline=10, id="asks-again")
    group.kill(host.name)


def renews(lab: Lab, group: Group, root: Host, other: Host) -> None:
    """The node on `root`, whose minutes last 1 s, registers again after two of them, and the rendezvous point reckons from then: so it tells
    `other`, which asks."""
    asked = f'hmtp && ip.addr == {root} && hmtp.type == "RREG"'
    rows = lab.until(lambda: (rows := lab.packets(group.point, asked)) and len(rows) > 1 and rows, "a second RREG, of the root")
    every = about(group.timers.refresh, by=0.5, unit="s")
    lab.expect(float(rows.times[1] - rows.times[0]), every, "time between its RREG; two minutes last 2 s here", rows, id="time")
    story = [message.told for message in group.messages(group.point.name)]
    lab.expect(story[4:6], equals([f"{root.name} RREG", f"{group.point.name} YREG"]), "its second RREG, and the rendezvous point's answer", id="answer")
    renewed = "TOOR, when the time of the first registration is over, and not that of the second"
    lab.expect(asked_after(lab, group, other, float(rows.times[0])), equals(f"TOOR {root} 10000"), renewed, id="renewed")


def asked_after(lab: Lab, group: Group, host: Host, registered: float) -> str:
    """What the rendezvous point says to ROOT when a registration of then (seconds since the epoch) would be over."""
    over = registered + group.timers.lifetime
    lab.until(lambda: time.time() > over, "the time of a registration to be over", group.timers.lifetime)
    [answer] = answers_to(["20001:ROOT"], host, group.point)
    return " ".join(answer.split())


def knows_ports(lab: Lab, host: Host, point: Host) -> None:
    """Expects of a new rendezvous point that it names the port of a root on `host`, and tells it by that from others there."""
    Group(lab, point, 1.0, extensions="off").start_point()
    requests = ["20001:RREG", "10000:ROOT", "20002:ROOT", "20002:RREG", "20001:RREG"]
    answers = [" ".join(answer.split()) for answer in answers_to(requests, host, point)]
    lab.expect(answers[1], equals(f"TOOR {host} 20001"), "TOOR names the port from which the root's RREG came", id="toor")
    silent = [request for request, answer in zip(requests, answers) if not answer]
    what = "requests that got no answer at the port from which they came"
    if lab.expect(silent, equals([]), what, should=True, id="answered", hint=lambda: answered_at(host, point)):
        lab.expect(answers[3], equals("NREG"), "RREG from another port of the root's host: that is another node", should=True, id="another")
        lab.expect(answers[4], equals("YREG"), "RREG from the root's port", should=True, id="same")
