"""A switch that does not look into reports sends the datagrams of a group to all hosts, as if they were broadcast.

A switch learns from the source addresses of frames, and no frame ever comes from a group's address: it is unknown, and what is for
an unknown address goes everywhere. The hosts report all the same, and those who are no members drop what comes.
"""

from harness import scenario
from scenarios.group.kit.meeting import talk
from topologies.single import Single


@scenario(
    "group.4-1-3-flood", question="The same with a switch that floods", topology=Single(4, multicast="flood"), roles=["mcast-chat"],
    seconds=8,
)  # fmt: skip
def flood(lab):
    talk(lab, "flood")
