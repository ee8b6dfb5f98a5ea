"""Without a route to the group nothing can be joined or sent; a route to 224.0.0.0/4 or the name of an interface mends it.

A group is no place: which interface leads to it is for the host to say. The system asks its routing table, as for any other
address, and Mininet's hosts have no default route: ENETUNREACH. A route names the interface for all programs, the option
IP_MULTICAST_IF for one socket. Only then does IGMP say who is a member.
"""

from harness import above, contains, equals, scenario
from scenarios.group.kit.chat import ChatRoom, Member
from scenarios.group.kit.reading import each_says, leave
from topologies.single import Single

ROOM = "224.1.1.1"


@scenario(
    "group.4-1-1-route", question="Which interface leads to a group?", topology=Single(3), roles=["mcast-chat"],
    needs={"mcast-chat": ["interface"]}, load=0.45, seconds=4,
)  # fmt: skip
def route(lab):
    room = ChatRoom(lab, ROOM)
    # A program that looks for an interface by itself is right, too.
    with lab.step("No route, no interface", id="lost", should=True):
        lost(lab, room)

    with lab.step("A route on h1, and the interface's name on h2", id="found"):
        lab.h1.run("ip", "route", "add", "224.0.0.0/4", "dev", lab.h1.interface)
        members = [room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob", interface=lab.h2.interface)]
        for member in members:
            reports = lab.wait_for_packet(member.host, f"igmp.maddr == {ROOM} and eth.src == {member.host.mac}")
            lab.expect(reports, above(0), f"{member.host.name} reports its membership")
        each_says(lab, "hello", members)
        leave(lab, *members)


def lost(lab, room):
    """A member that nothing leads to the room."""
    ana = lab.h1.start("mcast-chat", room=ROOM, name="ana")
    lab.expect(ana.wait(), equals(1), "how the chat ends without a route: its status", id="status")
    lab.expect(ana.errors, contains("Network is unreachable"), "what it says of that (ENETUNREACH)", id="why")
    lines = Member("ana", lab.h1, ana, room).lines("ana")
    lab.expect(lines, equals([]), "what it announces without a route", whatever_lag=True, id="announced")
    sent = lab.packets(lab.h1, f"igmp.maddr == {ROOM} or udp")
    lab.expect(sent, equals(0), "reports and datagrams of h1 without a route", whatever_lag=True, id="sent")
