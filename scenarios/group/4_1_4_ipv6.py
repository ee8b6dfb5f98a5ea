"""The same chat over IPv6: MLDv2 reports to ff02::16 in place of IGMP's, and 33:33:08:01:01:01 in place of 01:00:5e:01:01:01.

The address of the room decides: ff1x::801:101, where the 1 says that nobody has assigned it for good, and x is the scope. The
group's last 32 bits stand behind 33:33 (RFC 2464), so that all scopes share an Ethernet address. MLD is a part of ICMPv6, and
its record types are IGMP's: 4 to join, 3 to leave. There is no broadcast and no need of a route: every interface has one to
ff00::/8. A link-local group exists on every link, so its interface must be named, as in ff12::801:101%h1-eth0.
"""

from harness import above, ended, equals, scenario
from scenarios.group.kit.chat import ChatRoom, ethernet_address, once, shown, wait_shown
from topologies.single import Single

SCOPES = {"link-local": "ff12::801:101", "site": "ff15::801:101", "global": "ff1e::801:101"}
MAC, REPORTS = "33:33:08:01:01:01", "ff02::16"
JOINS, LEAVES = 4, 3  # MLDv2 record types CHANGE_TO_EXCLUDE_MODE and CHANGE_TO_INCLUDE_MODE (RFC 3810, 5.2.12)


def report(lab, host, group, kind, word):
    """States that a host has reported a change of its membership by MLDv2."""
    changes = f"icmpv6.type == 143 and icmpv6.mldr.mar.multicast_address == {group} and icmpv6.mldr.mar.record_type == {kind}"
    changes += f" and eth.src == {host.mac}"
    lab.expect_soon(lambda: len(lab.packets(host, changes)), above(0), f"{host.name} {word} {group}: reports of MLDv2, record type {kind}")
    seen = lab.packets(host, changes)
    found = {(one["ipv6.dst"], one["eth.dst"], one["ipv6.hlim"]) for one in seen}
    wanted = {(REPORTS, ethernet_address(REPORTS), 1)}
    told = f"{host.name} {word} {group}: where the reports go, and their hop limit"
    lab.expect(found, equals(wanted), told, on=seen, whatever_lag=bool(found - wanted))


@scenario(
    "group.4-1-4", question="The chat over IPv6", topology=Single(3, multicast="snooping+querier"), roles=["mcast-chat"], seconds=10,
)  # fmt: skip
def ipv6(lab):
    hosts = (lab.h1, lab.h3)
    for scope, group in SCOPES.items():
        lab.step(f"{scope}: {group}")
        room = ChatRoom(lab, group)
        lab.expect(ethernet_address(group), equals(MAC), f"{group}: the Ethernet address, computed")
        members = [room.enter(host, name, interface=host.interface) for host, name in zip(hosts, ("ana", "Zoë"))]
        lab.wait_for_members(group, *hosts)
        shown_by_tools = {("ip maddr", row.address) for row in lab.h1.ip_maddr() if row.interface == lab.h1.interface}
        shown_by_tools |= {("netstat", row.address) for row in lab.h1.netstat_groups() if row.interface == lab.h1.interface}
        wanted = {("ip maddr", MAC), ("ip maddr", group), ("netstat", group)}
        lab.expect(wanted & shown_by_tools, equals(wanted), f"{group}: what ip maddr and netstat -gn show on h1")
        new = room.since_now()
        for member in members:
            member.say("καλημέρα")
            wait_shown(lab, members, member.name, "καλημέρα")
        lab.expect_members_only(group, hosts, f"{group}: to members only", sent=len(members), where=new)
        for member in members:
            lab.expect(shown(members, member.name, "καλημέρα"), equals(once(members)), f"{group}: what {member.name} says is shown")
            member.program.end_input()
            lab.expect(member.program.wait(), ended, f"{group}: {member.name} leaves")
            lab.show_output(member.program)

    lab.step("The captures: reports to the routers, datagrams to the groups")
    for group in SCOPES.values():
        seen = lab.packets(lab.h1, ChatRoom(lab, group).filter)
        found = {one["eth.dst"] for one in seen}
        lab.expect(found, equals({MAC}), f"{group}: the datagrams go to", on=seen, whatever_lag=bool(found - {MAC}))
        for host in hosts:
            report(lab, host, group, JOINS, "joins")
            report(lab, host, group, LEAVES, "leaves")
