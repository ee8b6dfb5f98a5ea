"""224.1.1.1 and 225.129.1.1 have one Ethernet address: where a switch floods, members of one get frames of the other, and drop them.

A host that has joined 224.1.1.1 listens to 01:00:5e:01:01:01, so its interface cannot tell a frame for 225.129.1.1: it is handed
up to IP, which knows the group, and ends there. No program is wrong about it, but the host has been disturbed. A switch that
snoops has read in the reports which groups are asked for; one that kept its table by Ethernet addresses would be just as
mistaken as the interface, but those of this lab look the IP address up, and send nothing.
"""

from harness import above, scenario
from scenarios.group.kit.alike import ALIKE, LINES, two_rooms
from topologies.single import Single


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
