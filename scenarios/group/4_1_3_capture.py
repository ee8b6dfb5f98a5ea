"""Joining is a report of IGMPv3 to 224.0.0.22, leaving another; what is said goes to 01:00:5e:01:01:01, the Ethernet address of the group.

The system reports a membership when the first program of the host joins (record type 4: from now on all sources but none), and its
end when the last leaves, also by dying (type 3: no sources any more). Reports go to all routers that know IGMPv3, 224.0.0.22, at
01:00:5e:00:00:16. The chat's datagrams go to the group itself. A switch that snoops learns from reports behind which ports
members are, and sends the datagrams there alone; one that does not floods.
"""

from harness import Choice, scenario
from scenarios.group.kit.meeting import talk
from topologies.single import Single


@scenario(
    "group.4-1-3", question="The frames when the chat starts, and while it runs", topology=lambda p: Single(4, multicast=p.multicast),
    parameters={"multicast": Choice("snooping+querier", "snooping", "flood", meaning="what the switch does with groups")},
    roles=["mcast-chat"], seconds=8,
)  # fmt: skip
def capture(lab):
    talk(lab, lab.parameters.multicast)
