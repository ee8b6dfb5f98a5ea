"""A member that crashes announces nothing; where it has promised signs of life, the others notice after three that are missing.

SIGKILL leaves no time for a last datagram. The kernel leaves the group for the dead program, and IGMP tells the switch, but no
member. As nobody acknowledges anything in a group, silence looks the same as having nothing to say; so the sheet's chat never
learns of a crash. With --keep-alive a member sends something every so often, and says so when it comes.
"""

import time

from harness import about, above, equals, killed_by, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes
from scenarios.group.kit.reading import wait_shown
from topologies.single import Single

INTERVAL, MISSING = 1, 3
ALIVE = 'mcast_chat.type == "ALIVE" and mcast_chat.name == "bob"'


@scenario(
    "group.4-1-1-crash", question="What do the others learn of a crash?", topology=Single(2), roles=["mcast-chat"],
    needs={"mcast-chat": ["keep_alive"]}, seconds=8,
)  # fmt: skip
def crash(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, "224.1.1.1")
    with lab.step("Three members come, of whom only bob promises signs of life", id="come"):
        ana, bob, cleo = room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob", keep_alive=INTERVAL), room.enter(lab.h2, "cleo")
        wait_shown(lab, [ana], "cleo")
        room.wait_for_datagram(lab.h1, ALIVE, f"bob's sign of life (ALIVE) to come to h1, which he promised every {INTERVAL} s", of=lab.h2)
    with lab.step("bob and cleo crash", id="crash"):
        killed = time.time()
        for member in (bob, cleo):
            member.leave("SIGKILL")
            lab.expect(member.program.wait(), killed_by("SIGKILL"), f"how {member.name} ends")
        wait_shown(lab, [ana], "bob", "silent")
        silent = time.time()

    with lab.step("What was sent, and what ana was told", id="told"):
        sent = room.sent_by(lab.h2)
        lab.expect(sent.where(ALIVE), above(0), "bob's signs of life")
        lab.expect(sent.between(killed, time.time()), equals(0), "datagrams of h2 since the crash")
        last = sent.where('mcast_chat.name == "bob"').times[-1]
        lab.expect(silent - last, about(MISSING * INTERVAL, by=0.5, unit="s"), "bob is taken for gone so long after the last sign")
        lab.expect(ana.lines("bob"), equals(["* bob joined", "* bob has gone silent"]), "ana reads of bob")
        lab.expect(ana.lines("cleo"), equals(["* cleo joined"]), "ana reads of cleo, who has promised nothing")
