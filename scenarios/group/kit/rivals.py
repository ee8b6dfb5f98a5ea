"""Two nodes that want to be the root at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import equals
from scenarios.group.kit.group import Group

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

_ABOUT_ROOTS = ("TOOR", "RREG", "YREG", "NREG")


def ask_at_once(lab: Lab, group: Group, *hosts: Host) -> None:
    """Starts the rendezvous point anew and a node on each of two hosts, which hear both that there is no root; expects that one becomes
    it, and the other its child."""
    begin = _start_at_once(lab, group, hosts)
    tree = group.wait_for_tree()
    heard = [message for message in group.messages(group.point.name) if message.time > begin]
    winner = tree.roots[0]
    [loser] = tree.parents.keys() - {winner}
    # Who asks again while the rendezvous point sleeps is answered as often.
    story = {name: list(dict.fromkeys(m.told for m in heard if name in (m.source, m.destination) and m.kind in _ABOUT_ROOTS)) for name in tree.parents}
    lab.expect(story[winner][:3], equals(["h1 TOOR", f"{winner} RREG", "h1 YREG"]), f"{winner} is told of no root, and registers", id="winner")
    refused = ["h1 TOOR", f"{loser} RREG", "h1 NREG", f"h1 TOOR {winner}"]
    lab.expect(story[loser], equals(refused), f"{loser} is told of no root too, is refused, asks again, and is told of {winner}", id="loser")
    lab.expect(tree.parents[loser], equals(winner), f"the parent of {loser}", id="parent")
    asked = [message.told for message in group.messages(loser) if message.kind in ("RJOI", "YJOI")][:2]
    lab.expect(asked, equals([f"{loser} RJOI", f"{winner} YJOI"]), f"how {loser} joins", id="joins")
    until = max(message.time for message in heard if message.kind == "TOOR") + 1.2 * group.timers.refresh
    lab.sequence("two-at-once", "Two nodes at once", lab.packets(group.point, "hmtp").between(begin, until))


def _start_at_once(lab: Lab, group: Group, hosts: tuple[Host, ...]) -> float:
    """When the rendezvous point began (seconds since the epoch). While it sleeps, both questions come to its socket, so that both are
    answered before the first RREG. Ours repeat no question meanwhile."""
    assert group.rendezvous
    group.rendezvous.stop()
    group.start_point()
    group.rendezvous.signal("SIGSTOP")
    group.start(*hosts, answer_timeout=30)
    for host in hosts:
        lab.wait_for_packet(host, 'hmtp.type == "ROOT"')
    group.rendezvous.signal("SIGCONT")
    return group.rendezvous.started
