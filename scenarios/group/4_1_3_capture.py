"""Joining is a report of IGMPv3 to 224.0.0.22, leaving another; what is said goes to 01:00:5e:01:01:01, the Ethernet address of the group.

The system reports a membership when the first program of the host joins (record type 4: from now on all sources but none), and its
end when the last leaves, also by dying (type 3: no sources any more). Reports go to all routers that know IGMPv3, 224.0.0.22, at
01:00:5e:00:00:16. The chat's datagrams go to the group itself. A switch that snoops learns from reports behind which ports
members are, and sends the datagrams there alone; one that does not floods.
"""

from harness import Choice, above, between, equals, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes, ethernet_address, once, shown, wait_shown
from topologies.single import Single

ROOM, REPORTS, LINES = "224.1.1.1", "224.0.0.22", 3
JOINS, LEAVES = 4, 3  # IGMPv3 record types CHANGE_TO_EXCLUDE_MODE and CHANGE_TO_INCLUDE_MODE (RFC 3376, 4.2.12)


def talk(lab, mode):
    """ana, bob and Zoë meet on h1, h2 and h4, speak and leave, while h3 is no member."""
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, ROOM)
    lab.step("Three hosts join")
    members = [room.enter(host, name) for host, name in ((lab.h1, "ana"), (lab.h2, "bob"), (lab.h4, "Zoë"))]
    hosts = [member.host for member in members]
    lab.wait_for_members(ROOM, *hosts)

    lab.step(f"They speak, {LINES} lines each")
    new = room.since_now()
    for number in range(LINES):
        for speaker in members:
            speaker.say(f"line {number}")
            wait_shown(lab, members, speaker.name, f"line {number}")
    reached = list(lab.hosts.values()) if mode == "flood" else hosts
    what = "flood: to all hosts, members or not" if mode == "flood" else f"{mode}: to members only"
    lab.expect_members_only(ROOM, reached, what, sent=LINES * len(members), where=new)
    for member in members:
        every = dict.fromkeys(once(members), LINES)
        lab.expect(shown(members, member.name, "line"), equals(every), f"lines of {member.name} that are shown")

    lab.step("They leave: at the end of input, by Ctrl+C, and by SIGKILL")
    for member, leave, status in zip(members, ("end_input", "interrupt", "signal"), (0, 0, -9)):
        getattr(member.program, leave)(*([9] if status else []))
        lab.expect(member.program.wait(), between(-9, 255).ideally(status), f"{member.name}: how the program ends")

    lab.step("The captures: reports to the routers, datagrams to the group")
    for host in hosts:
        report(lab, host, JOINS, "joins")
        report(lab, host, LEAVES, "leaves")
        seen = lab.packets(host, room.filter)
        targets, wanted = {one["eth.dst"] for one in seen}, {ethernet_address(ROOM)}
        lab.expect(targets, equals(wanted), f"the datagrams at {host.name} go to", on=seen, whatever_lag=bool(targets - wanted))
        lab.expect({one["ip.ttl"] for one in seen}, equals({1}), f"their time to live at {host.name}: they stay on the link", on=seen, should=True)
    lab.wait_for_leaves(ROOM, *hosts)


def report(lab, host, kind, word):
    """States that a host has reported a change of its membership by IGMPv3."""
    changes = f"igmp.type == 0x22 and igmp.maddr == {ROOM} and igmp.record_type == {kind} and ip.src == {host}"
    lab.expect_soon(lambda: len(lab.packets(host, changes)), above(0), f"{host.name} {word}: reports of IGMPv3, record type {kind}")
    seen = lab.packets(host, changes)
    found = {(one["ip.dst"], one["eth.dst"], one["ip.ttl"]) for one in seen}
    wanted = {(REPORTS, ethernet_address(REPORTS), 1)}
    told = f"{host.name} {word}: where the reports go, and their TTL"
    lab.expect(found, equals(wanted), told, on=seen, whatever_lag=bool(found - wanted))


@scenario(
    "group.4-1-3", question="The frames when the chat starts, and while it runs", topology=lambda p: Single(4, multicast=p.multicast),
    parameters={"multicast": Choice("snooping+querier", "snooping", "flood", meaning="what the switch does with groups")},
    roles=["mcast-chat"], seconds=8,
)  # fmt: skip
def capture(lab):
    talk(lab, lab.parameters.multicast)


@scenario(
    "group.4-1-3-snooping", question="The same with a switch that snoops, and nobody who asks", topology=Single(4, multicast="snooping"),
    roles=["mcast-chat"], seconds=8,
)  # fmt: skip
def snooping(lab):
    """A switch that snoops delivers to members only, as long as it remembers what it heard: without a querier, some minutes.

    Reports are sent when a membership begins, and when somebody asks. In a network without a multicast router nobody does; then the
    switch's entries grow old, after 300 s in Open vSwitch and 260 s in a Linux bridge, and members are cut off or everybody is
    disturbed. A chat that is shorter notices nothing, as here.
    """
    talk(lab, "snooping")


@scenario(
    "group.4-1-3-flood", question="The same with a switch that floods", topology=Single(4, multicast="flood"), roles=["mcast-chat"],
    seconds=8,
)  # fmt: skip
def flood(lab):
    """A switch that does not look into reports sends the datagrams of a group to all hosts, as if they were broadcast.

    A switch learns from the source addresses of frames, and no frame ever comes from a group's address: it is unknown, and what is for
    an unknown address goes everywhere. The hosts report all the same, and those who are no members drop what comes.
    """
    talk(lab, "flood")
