"""The same chat over IPv6: MLDv2 reports to ff02::16 in place of IGMP's, and 33:33:08:01:01:01 in place of 01:00:5e:01:01:01.

The address of the room decides: ff1x::801:101, where the 1 says that nobody has assigned it for good, and x is the scope. The
group's last 32 bits stand behind 33:33 (RFC 2464), so that all scopes share an Ethernet address. MLD is a part of ICMPv6, and
its record types are IGMP's: 4 to join, 3 to leave. There is no broadcast and no need of a route: every interface has one to
ff00::/8. A link-local group exists on every link, so its interface must be named, as in ff12::801:101%h1-eth0.
"""

from harness import equals, scenario
from scenarios.group.kit.chat import ChatRoom, ethernet_address
from scenarios.group.kit.reading import each_says, leave
from scenarios.group.kit.reports import expect_reports
from scenarios.group.kit.unread import holders
from topologies.single import Single

SCOPES = {"link-local": "ff12::801:101", "site": "ff15::801:101", "global": "ff1e::801:101"}
MAC = "33:33:08:01:01:01"


@scenario(
    "group.4-1-4", question="The chat over IPv6", topology=Single(3, multicast="snooping+querier"), roles=["mcast-chat"], seconds=10,
)  # fmt: skip
def ipv6(lab):
    hosts = (lab.h1, lab.h3)
    rooms = {scope: ChatRoom(lab, group) for scope, group in SCOPES.items()}
    for scope, room in rooms.items():
        with lab.step(f"{scope}: {room}", id=f"{scope}"):
            lab.expect(ethernet_address(room.address), equals(MAC), f"{room.address}: the Ethernet address, computed")
            members = [room.enter(host, name, interface=host.interface) for host, name in zip(hosts, ("ana", "Zoë"))]
            lab.wait_for_members(room.address, *hosts)
            tables(lab, room)
            new = room.since_now()
            each_says(lab, "καλημέρα", members)
            lab.expect_members_only(room.address, hosts, f"{room}: to members only", sent=len(members), where=new, id="delivered")
            leave(lab, *members)

    with lab.step("The captures: reports to the routers, datagrams to the groups", id="captures"):
        for room in rooms.values():
            seen = lab.packets(lab.h1, room.filter)
            found = {one["eth.dst"] for one in seen}
            lab.expect(found, equals({MAC}), f"{room}: the datagrams go to", on=seen, whatever_lag=bool(found - {MAC}), id="to")
            for host in hosts:
                expect_reports(lab, room, host, "joins", "leaves")


def tables(lab, room):
    """Both tools show a room's group on h1, and one of them its Ethernet address."""
    tools = {"ip maddr": lab.h1.ip_maddr(), "netstat": lab.h1.netstat_groups()}
    shown = {f"{tool}: {row.address}" for tool, rows in tools.items() for row in rows if row.interface == lab.h1.interface}
    wanted = {f"ip maddr: {MAC}", f"ip maddr: {room.address}", f"netstat: {room.address}"}
    found = sorted(wanted & shown)
    what = f"{room}: what ip maddr and netstat -gn show on h1"
    lab.expect(found, equals(sorted(wanted)), what, id="tables", hint=lambda: holders(lab.h1, room.port))
