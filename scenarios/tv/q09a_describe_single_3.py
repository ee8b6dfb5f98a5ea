"""`single,3` is three hosts, one switch and three links, one from each host to the switch.

The hosts are h1, h2 and h3 with the addresses 10.0.0.1, .2 and .3 in 10.0.0.0/8, so they share one subnet and need no
router; the links have no rate of their own: they are as fast as the machine.
"""

from harness import built_by_mn, built_here, equals, scenario
from scenarios.tv.kit.hosts import all_reach_all
from topologies.single import Single

LINKS = [f"h{number}-eth0<->s1-eth{number} (OK OK)" for number in (1, 2, 3)]


@scenario("tv.q09a", question="What is in the network single,3?", topology=Single(3), load=0.4, seconds=4)
def describe_single_3(lab):
    with lab.step("What is there?", id="here"):
        here = built_here(lab)
        lab.expect(here.hosts, equals(["h1", "h2", "h3"]), "three hosts", whatever_lag=True, id="hosts")
        lab.expect(here.switches, equals(["s1"]), "one switch", whatever_lag=True)
        lab.expect(here.links, equals(LINKS), "three links, all up, each from a host to the switch", whatever_lag=True, id="links")

    with lab.step("What does mn itself build?", id="stock"):
        lab.expect(here, equals(built_by_mn(lab, hosts=3)), "mn builds the same hosts, switch, links and addresses", whatever_lag=True)

    with lab.step("Does every host reach every other?", id="pings"):
        all_reach_all(lab)
        for host in lab.hosts.values():
            own = f"icmp.type == 8 && (ip.src == {host} || ip.dst == {host})"
            lab.expect(lab.packets(host, own), equals(4), f"{host.name} sends two echo requests and gets two")
