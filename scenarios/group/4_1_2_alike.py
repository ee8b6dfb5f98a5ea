"""224.1.1.1 and 225.129.1.1 have one Ethernet address: where a switch floods, members of one get frames of the other, and drop them.

A host that has joined 224.1.1.1 listens to 01:00:5e:01:01:01, so its interface cannot tell a frame for 225.129.1.1: it is handed
up to IP, which knows the group, and ends there. No program is wrong about it, but the host has been disturbed. A switch that
snoops has read in the reports which groups are asked for; one that kept its table by Ethernet addresses would be just as
mistaken as the interface, but those of this lab look the IP address up, and send nothing.
"""

from harness import above, equals, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes, ethernet_address
from scenarios.group.kit.reading import expect_shown, say
from scenarios.group.kit.unread import place
from topologies.single import Single

ROOM, ALIKE, LINES = "224.1.1.1", "225.129.1.1", 5


def two_rooms(lab):
    """ana (h1) and Zoë (h4) are in 225.129.1.1, bob (h2) in 224.1.1.1, nobody is on h3. ana says some lines. Gives which datagrams, as a
    filter, and what h2's kernel counted."""
    add_routes(lab.hosts.values())
    alike, room = ChatRoom(lab, ALIKE), ChatRoom(lab, ROOM)
    with lab.step(f"ana and Zoë in {ALIKE}, bob in {ROOM}", id="come"):
        ana, bob, zoe = alike.enter(lab.h1, "ana"), room.enter(lab.h2, "bob"), alike.enter(lab.h4, "Zoë")
        lab.wait_for_members(ALIKE, lab.h1, lab.h4)
        lab.wait_for_members(ROOM, lab.h2)
        shared = {ethernet_address(group) for group in (ROOM, ALIKE)}
        lab.expect(shared, equals({"01:00:5e:01:01:01"}), "both groups have one Ethernet address")
    with lab.step("ana speaks, and then bob", id="speak"):
        new, before = alike.since_now(), lab.h2.nstat()
        for number in range(LINES):
            say(lab, ana, f"line {number}", [zoe])
        lab.let_arrive()
        counted, seen = lab.h2.nstat() - before, lab.packets(lab.h1, new)
        found = {one["eth.dst"] for one in seen}
        lab.expect(found, equals(shared), "ana's frames carry it", on=seen, whatever_lag=bool(found - shared))
        lines = len(bob.lines("ana"))
        lab.expect(lines, equals(0), f"lines of ana that bob, in {room}, is shown", whatever_lag=True, id="read", hint=lambda: place(bob))
        taken = counted["UdpInDatagrams"]
        lab.expect(taken, equals(0), "datagrams that h2's kernel hands to a socket", id="taken", hint=lambda: place(bob))
        say(lab, bob, "nobody here?", [bob])
        lab.let_arrive()
        expect_shown(lab, [ana, zoe], "bob", times=0)
        lab.expect(len(zoe.lines("ana", "line")), equals(LINES), "lines of ana that Zoë is shown")
    return new, counted


@scenario(
    "group.4-1-2-alike", question="Two groups of one Ethernet address", topology=Single(4, multicast="flood"), roles=["mcast-chat"],
    seconds=5,
)  # fmt: skip
def flood(lab):
    new, counted = two_rooms(lab)
    with lab.step("Where the switch floods", id="frames"):
        everybody = [lab.h1, lab.h2, lab.h3, lab.h4]
        lab.expect_members_only(ALIKE, everybody, "flood: every host gets the frames", sent=LINES, where=new, id="every-host")
        lab.expect(counted["IpInReceives"], above(LINES - 1), "packets that come up to h2's IP layer")


@scenario(
    "group.4-1-2-alike-snooping", question="Two groups of one Ethernet address, and a switch that snoops",
    topology=Single(4, multicast="snooping+querier"), roles=["mcast-chat"], seconds=5,
)  # fmt: skip
def snooping(lab):
    """A switch that snoops by IP addresses sends 225.129.1.1 to its members, and not to those of 224.1.1.1 with the same Ethernet address.

    Snooping means to read the reports that hosts send to routers. They name groups by their IP addresses; a switch that keeps just
    the Ethernet address of each can not tell 32 groups apart and sends too much, never too little. Open vSwitch and the Linux
    bridge keep the IP address.
    """
    new, _ = two_rooms(lab)
    with lab.step("Where the switch snoops", id="frames"):
        lab.expect_members_only(ALIKE, [lab.h1, lab.h4], "snooping: only members get the frames", sent=LINES, where=new, id="members-only")
