"""Without a route to the group nothing can be joined or sent; a route to 224.0.0.0/4 or the name of an interface mends it.

A group is no place: which interface leads to it is for the host to say. The system asks its routing table, as for any other
address, and Mininet's hosts have no default route: ENETUNREACH. A route names the interface for all programs, the option
IP_MULTICAST_IF for one socket. Only then does IGMP say who is a member.
"""

from harness import above, contains, ended, equals, scenario
from scenarios.group.kit.chat import ChatRoom, Member, once, shown, wait_shown
from topologies.single import Single

ROOM = "224.1.1.1"


@scenario(
    "group.4-1-1-route", question="Which interface leads to a group?", topology=Single(3), roles=["mcast-chat"],
    needs={"mcast-chat": ["interface"]}, load=0.45, seconds=4,
)  # fmt: skip
def route(lab):
    room = ChatRoom(lab, ROOM)
    # A program that looks for an interface by itself is right, too.
    with lab.step("No route, no interface", should=True):
        lost(lab)

    lab.step("A route on h1, and the interface's name on h2")
    lab.h1.run("ip", "route", "add", "224.0.0.0/4", "dev", lab.h1.interface)
    members = [room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob", interface=lab.h2.interface)]
    for member in members:
        reports = lab.wait_for_packet(member.host, f"igmp.maddr == {ROOM} and eth.src == {member.host.mac}")
        lab.expect(reports, above(0), f"{member.host.name} reports its membership")
    for member in members:
        member.say("hello")
        wait_shown(lab, members, member.name, "hello")
    lab.let_arrive()
    for member in members:
        lab.expect(shown(members, member.name, "hello"), equals(once(members)), f"what {member.name} says is shown")
        member.program.end_input()
        lab.expect(member.program.wait(), ended, f"{member.name} leaves")
        lab.show_output(member.program)


def lost(lab):
    """A member that nothing leads to the room."""
    ana = lab.h1.start("mcast-chat", room=ROOM, name="ana")
    lab.expect(ana.wait(), equals(1), "without a route: how the chat ends")
    lab.expect(ana.errors, contains("Network is unreachable"), "without a route: it says why (ENETUNREACH)")
    lab.expect(Member("ana", lab.h1, ana).lines("ana"), equals([]), "without a route: nothing is announced", whatever_lag=True)
    lab.expect(
        lab.packets(lab.h1, f"igmp.maddr == {ROOM} or udp"), equals(0), "without a route: reports and datagrams of h1", whatever_lag=True
    )  # fmt: skip
    lab.show_output(ana)
