"""A switch that snoops delivers to members only, as long as it remembers what it heard: without a querier, some minutes.

Reports are sent when a membership begins, and when somebody asks. In a network without a multicast router nobody does; then the
switch's entries grow old, after 300 s in Open vSwitch and 260 s in a Linux bridge, and members are cut off or everybody is
disturbed. A chat that is shorter notices nothing, as here.
"""

from harness import scenario
from scenarios.group.kit.meeting import talk
from topologies.single import Single


@scenario(
    "group.4-1-3-snooping", question="The same with a switch that snoops, and nobody who asks", topology=Single(4, multicast="snooping"),
    roles=["mcast-chat"], seconds=8,
)  # fmt: skip
def snooping(lab):
    talk(lab, "snooping")
