"""A switch that snoops by IP addresses sends 225.129.1.1 to its members, and not to those of 224.1.1.1 with the same Ethernet address.

Snooping means to read the reports that hosts send to routers. They name groups by their IP addresses; a switch that keeps just
the Ethernet address of each can not tell 32 groups apart and sends too much, never too little. Open vSwitch and the Linux
bridge keep the IP address.
"""

from harness import scenario
from scenarios.group.kit.alike import ALIKE, LINES, two_rooms
from topologies.single import Single


@scenario(
    "group.4-1-2-alike-snooping", question="Two groups of one Ethernet address, and a switch that snoops",
    topology=Single(4, multicast="snooping+querier"), roles=["mcast-chat"], seconds=5,
)  # fmt: skip
def snooping(lab):
    new, _ = two_rooms(lab)
    with lab.step("Where the switch snoops", id="frames"):
        lab.expect_members_only(ALIKE, [lab.h1, lab.h4], "snooping: only members get the frames", sent=LINES, where=new, id="members-only")
