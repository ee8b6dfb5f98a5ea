"""A member that crashes announces nothing; where it has promised signs of life, the others notice after three that are missing.

SIGKILL leaves no time for a last datagram. The kernel leaves the group for the dead program, and IGMP tells the switch, but no
member. As nobody acknowledges anything in a group, silence looks the same as having nothing to say; so the sheet's chat never
learns of a crash. With --keep-alive a member sends something every so often, and says so when it comes.
"""

import signal
import time

from harness import about, above, equals, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes, wait_shown
from topologies.single import Single

INTERVAL, MISSING = 1, 3


@scenario(
    "group.4-1-1-crash", question="What do the others learn of a crash?", topology=Single(2), roles=["mcast-chat"],
    needs={"mcast-chat": ["keep_alive"]}, seconds=8,
)  # fmt: skip
def crash(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, "224.1.1.1")
    ana = room.enter(lab.h1, "ana")
    bob, cleo = (room.enter(lab.h2, name, **more) for name, more in (("bob", {"keep_alive": INTERVAL}), ("cleo", {})))
    wait_shown(lab, [ana], "cleo")
    lab.step("bob and cleo crash; only bob has promised signs of life")
    lab.wait_for_packet(lab.h1, 'mcast_chat.type == "ALIVE" and mcast_chat.name == "bob"')
    killed = time.time()
    for member in (bob, cleo):
        member.program.signal(signal.SIGKILL)
        lab.expect(member.program.wait(), equals(-signal.SIGKILL), f"{member.name} is killed")
    wait_shown(lab, [ana], "bob", "silent")
    silent = time.time()

    lab.step("What was sent, and what ana was told")
    sent = room.sent_by(lab.h2)
    lab.expect(sent.where('mcast_chat.type == "ALIVE"'), above(0), "bob's signs of life")
    lab.expect(sent.between(killed, time.time()), equals(0), "datagrams of h2 since the crash")
    last = sent.where('mcast_chat.name == "bob"').times[-1]
    lab.expect(silent - last, about(MISSING * INTERVAL, by=0.5, unit="s"), "bob is taken for gone so long after the last sign")
    lab.expect(ana.lines("bob"), equals(["* bob joined", "* bob has gone silent"]), "ana reads of bob")
    lab.expect(ana.lines("cleo"), equals(["* cleo joined"]), "ana reads of cleo, who has promised nothing")
    lab.show_output(ana.program)
