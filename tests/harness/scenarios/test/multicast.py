"""Groups in networks of several switches and segments, by programs of the tests' own."""

import sys

from harness import Choice, above, equals, scenario
from harness.judge import scenario as scenarios
from topologies.linear import Linear
from topologies.scopes import Scopes
from topologies.single import Single

PROGRAM = scenarios.ROOT / "tests" / "harness" / "multicast_program.py"
PORT, COUNT = 5000, 30
GROUPS = ("224.1.1.1", "ff15::801:101")
MACS = {"224.1.1.1": "01:00:5e:01:01:01", "225.129.1.1": "01:00:5e:01:01:01", "ff15::801:101": "33:33:08:01:01:01"}
MODES = Choice("snooping+querier", "snooping", "flood")


def join(host, group):
    member = host.start_command(sys.executable, PROGRAM, "member", group, PORT, host.interface, name="member")
    member.wait_for_text("joined")
    return member


def send(host, group, port=PORT, count=COUNT, ttl=8):
    sender = host.start_command(sys.executable, PROGRAM, "send", group, port, host.interface, count, ttl, name="sender")
    return sender.wait(20)


@scenario(
    "test.members_only", question="Who gets what is sent to a group?", topology=lambda p: Linear(4, multicast=p.multicast),
    parameters={"multicast": MODES}, seconds=8,
)  # fmt: skip
def members_only(lab):
    """What is sent to a group comes to its members, on whatever switch they are, and to nobody else; also when one has left."""
    for group in GROUPS:
        members = [lab.h2, lab.h4]
        programs = [join(host, group) for host in members]
        lab.wait_for_members(group, *members)
        lab.expect(send(lab.h1, group), equals(0), f"h1 sends to {group}")
        lab.expect(send(lab.h4, group, count=7), equals(0), f"a member, h4, sends to {group}")
        lab.expect_members_only(group, members, sent=COUNT + 7)
        programs[0].interrupt()
        programs[0].wait()
        lab.wait_for_leaves(group, lab.h2)
        send(lab.h1, group, port=PORT + 1)
        lab.expect_members_only(group, [lab.h4], f"h2 has left {group}", sent=COUNT, where=f"udp.dstport == {PORT + 1}")


@scenario(
    "test.scopes", question="How far does a group reach?", topology=lambda p: Scopes(2, multicast=p.multicast),
    parameters={"multicast": MODES}, seconds=8,
)  # fmt: skip
def scopes(lab):
    """A router inside a site and one at its boundary hand on what their scopes permit, to members only."""
    near, inside, beyond = lab.h1, lab.h3, lab.h5
    reach = {
        "ff12::801:101": [lab.h2], "ff15::801:101": [lab.h2, inside], "ff1e::801:101": [lab.h2, inside, beyond],
        "239.255.1.1": [lab.h2, inside], "224.1.1.1": [lab.h2, inside, beyond],
    }  # fmt: skip
    for group, hears in reach.items():
        for member in (lab.h2, inside, beyond):
            join(member, group)
        lab.wait_for_members(group, lab.h2, inside, beyond)
        # The kernel keeps four packets of a new source while it asks for a route, and drops those behind them.
        send(near, group, port=PORT - 1, count=1)
        first, others = (f"udp.dstport == {port}" for port in (PORT - 1, PORT))
        lab.expect_members_only(group, hears, f"the first packet to {group} opens its route", sent=1, where=first)
        send(near, group)
        lab.expect_members_only(group, hears, f"{group} reaches what its scope permits", sent=COUNT, where=others)
    for ttl, hears in ((1, [lab.h2]), (2, [lab.h2, inside]), (3, [lab.h2, inside, beyond])):
        send(near, "ff1e::801:101", port=PORT + ttl, ttl=ttl)
        where = f"udp.dstport == {PORT + ttl}"
        lab.expect_members_only("ff1e::801:101", hears, f"with a hop limit of {ttl}", sent=COUNT, where=where)


@scenario("test.groups", question="Which groups?", topology=Single(2, multicast="snooping+querier"), seconds=4)
def groups(lab):
    """A host's tables and its reports name the group that it joins and leaves."""
    for group, mac in MACS.items():
        four = "." in group
        member = join(lab.h1, group)
        lab.wait_for_members(group, lab.h1)
        rows = {(row.family, row.address) for row in lab.h1.ip_maddr() if row.interface == lab.h1.interface}
        lab.expect(("link", mac) in rows, True, f"{group} is listened to as {mac}")
        lab.expect(("inet" if four else "inet6", group) in rows, True, f"ip maddr shows {group}")
        named = {row.address for row in lab.h1.netstat_groups() if row.interface == lab.h1.interface}
        lab.expect(group in named, True, f"netstat -gn shows {group}")
        member.interrupt()
        member.wait()
        lab.wait_for_leaves(group, lab.h1)
        prefix = "igmp" if four else "icmpv6.mldr.mar"
        field, record = f"{prefix}.{'maddr' if four else 'multicast_address'} == {group}", f"{prefix}.record_type"
        to = "ip.dst == 224.0.0.22 and eth.dst == 01:00:5e:00:00:16" if four else "ipv6.dst == ff02::16"
        for change, what in ((4, "joins"), (3, "leaves")):
            reports = lab.wait_for_packet(lab.h1, f"{field} and {record} == {change} and {to}")
            lab.expect(reports, above(0), f"h1 {what} {group}")
