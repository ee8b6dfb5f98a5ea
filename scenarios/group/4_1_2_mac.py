"""224.1.1.1 is the Ethernet address 01:00:5e:01:01:01, which the interface listens to as long as somebody on the host is a member.

An IPv4 group has no hardware of its own, so nobody can be asked for its Ethernet address: it is computed. Behind 01:00:5e and a
zero bit stand the last 23 bits of the group (RFC 1112). Four bits of the 32 say that it is a group, 23 are kept, five are lost:
32 groups share each Ethernet address, and the IP layer must tell them apart. `netstat -g` shows the group, `ip maddr` both.
"""

import ipaddress

from harness import equals, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes, ethernet_address
from scenarios.group.kit.reading import leave
from scenarios.group.kit.tables import rows, rows_of
from scenarios.group.kit.unread import holders
from topologies.single import Single

ROOM, MAC, BITS = "224.1.1.1", "01:00:5e:01:01:01", 23


@scenario("group.4-1-2", question="Which Ethernet address has the group?", topology=Single(2), roles=["mcast-chat"], load=0.5, seconds=3)
def mac(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, ROOM)
    with lab.step("The Ethernet address, computed", id="computed"):
        lab.expect(ethernet_address(ROOM), equals(MAC), f"01:00:5e, and the last {BITS} bits of {ROOM}")
        own = int(ipaddress.ip_address(ROOM)) & (1 << BITS) - 1
        alike = [str(ipaddress.ip_address((0xE << 28) + (number << BITS) + own)) for number in range(32)]
        lab.tell("note", "", "", f"{MAC} is the Ethernet address of {', '.join(alike)}")
        addresses = {ethernet_address(group) for group in alike}
        lab.expect(addresses, equals({MAC}), "the Ethernet address of all 32 that differ in the lost bits")

    with lab.step("The tables of h1, before anybody is a member", id="before"):
        lab.expect(rows(lab.h1, ROOM), equals([]), "lines about the group or its Ethernet address")
    with lab.step("ana on h1 is a member, and then bob too", id="come"):
        members = []
        for users, name in ((1, "ana"), (2, "bob")):
            members.append(room.enter(lab.h1, name))
            what = f"with {name}: the Ethernet address, and the group in both tables"
            lab.expect(rows(lab.h1, ROOM), equals(rows_of(ROOM, users)), what, id="tables", hint=lambda: holders(lab.h1, room.port))
    with lab.step("They leave: the group stays until the last has left", id="leave"):
        for users, member in ((1, members[0]), (0, members[1])):
            leave(lab, member)
            after = f"after {member.name} has ended: the Ethernet address, and the group in both tables"
            lab.expect(rows(lab.h1, ROOM), equals(rows_of(ROOM, users)), after, id="tables", hint=lambda: holders(lab.h1, room.port))
