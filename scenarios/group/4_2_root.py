"""The first node finds no root and becomes it; of two at once the rendezvous point takes one, and the other joins it.

ROOT asks the rendezvous point who the root is. TOOR without an address means nobody, so the node sends RREG, and YREG makes it
the root; it repeats RREG every two minutes. Whoever asks later is told its address. Two nodes that ask before either has
registered both hear "nobody" and both send RREG: the first gets YREG, the other NREG, asks again, and is told of the first.
"""

from harness import equals, scenario
from scenarios.group.kit import points, rivals
from scenarios.group.kit.group import ROLES, Group
from topologies.single import Single

MINUTE = 1.0  # s that a minute of the sheet lasts here


@scenario(
    "group.4-2-root", question="How does a node become the root of the tree?", topology=Single(4), roles=ROLES, load=0.4, seconds=9,
    timing_critical=True, needs={"mcast-node": ["refresh"]},
)  # fmt: skip
def first_node(lab):
    point, first, second, third = lab.hosts.values()
    with lab.step("The first node of the group", id="first"):
        group = Group(lab, point, MINUTE)
        group.start_point()
        group.start(first)
        own = f"hmtp && ip.addr == {first}"
        lab.wait_for_packet(point, f'{own} && hmtp.type == "YREG"')
        story = [message.told for message in group.messages("h1")]
        lab.expect(story[:4], equals(["h2 ROOT", "h1 TOOR", "h2 RREG", "h1 YREG"]), "who is the root? nobody; so it registers", id="registers")

    with lab.step("It registers again after two minutes", id="refresh"):
        points.renews(lab, group, first, third)
        lab.sequence("first-root", "The first node registers as the root, and once more", lab.packets(point, own))

    with lab.step("Two nodes ask before either has registered", id="two"):
        group.kill("h2")
        rivals.ask_at_once(lab, group, second, third)
    with lab.step("The rendezvous point is ended by Ctrl+C; a node begins without it", id="alone", should=True):
        points.ended_by_ctrl_c(lab, group, first)
    with lab.step("A root at another port than 10000", id="other-port"):
        group.rendezvous.stop()
        points.knows_ports(lab, point, first)
