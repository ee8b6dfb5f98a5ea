"""Mininet's `single` topology gives two hosts on one switch, and every host reaches every other.

`mn` builds h1 (10.0.0.1/8), h2 (10.0.0.2/8) and the switch s1; each host lives in a network namespace of its own, with one
interface joined to the switch by a pair of virtual Ethernet devices. A stock `mn` is run beside the lab's network and
must show the same.
"""

from harness import built_by_mn, built_here, equals, scenario
from scenarios.tv.kit.hosts import all_reach_all
from topologies.single import Single


@scenario("tv.q01", question="Deploy the network single", topology=Single(), load=0.5, seconds=3)
def deploy_single(lab):
    with lab.step("Which hosts, switches and addresses are there?", id="here"):
        here = built_here(lab)
        lab.expect(here.hosts, equals(["h1", "h2"]), "two hosts, as mn builds by default", whatever_lag=True)
        lab.expect(here.switches, equals(["s1"]), "one switch", whatever_lag=True)
        addresses = equals(["h1-eth0 10.0.0.1/8", "h2-eth0 10.0.0.2/8"])
        lab.expect(here.addresses, addresses, "the hosts have Mininet's addresses", whatever_lag=True, id="addresses")

    with lab.step("What does mn itself build?", id="stock"):
        stock = built_by_mn(lab, hosts=2)
        lab.expect(here.hosts + here.switches, equals(stock.hosts + stock.switches), "mn names the same hosts and switch", whatever_lag=True)
        lab.expect(here.links, equals(stock.links), "mn makes the same links", whatever_lag=True)
        addresses = equals(stock.addresses + stock.macs)
        lab.expect(here.addresses + here.macs, addresses, "mn gives the same IP and MAC addresses", whatever_lag=True, id="addresses")

    with lab.step("Does every host reach every other?", id="pings"):
        all_reach_all(lab)
        lab.expect(lab.packets(lab.h1, "icmp.type == 8"), equals(2), "h1 sees both echo requests")
        lab.expect(lab.packets(lab.h1, "icmp.type == 0"), equals(2), "and both echo replies")
