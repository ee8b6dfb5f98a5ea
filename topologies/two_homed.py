"""A host with two interfaces, one in each of two networks that nothing else joins.

::

    h2 --- s1 ---[h1-eth0  h1  h1-eth1]--- s2 --- h3
    10.0.0.2/8   10.0.0.1/8    11.0.0.1/8         11.0.0.3/8

h1 does not forward: h2 and h3 cannot reach each other, and each reaches only h1's address in its own network.

    mn --custom topologies/two_homed.py --topo two_homed
    mn --custom topologies/two_homed.py --topo two_homed --link tc,bw=10
"""

from mininet.topo import Topo


class TwoHomed(Topo):
    """``TwoHomed(bw=10)``: h1 on both switches, h2 on s1, h3 on s2; keyword options go to every host's link."""

    def build(self, multicast=None, **link):
        """multicast: "flood", "snooping" or "snooping+querier", how switches treat it in the harness;
        link: Mininet link options such as bw (Mbit/s)."""
        self.name = "two_homed"
        first, second = self.addSwitch("s1", multicast=multicast), self.addSwitch("s2", multicast=multicast)
        h1 = self.addHost("h1", ip="10.0.0.1/8", mac="00:00:00:00:00:01")
        h2 = self.addHost("h2", ip="10.0.0.2/8", mac="00:00:00:00:00:02")
        h3 = self.addHost("h3", ip="11.0.0.3/8", mac="00:00:00:00:00:03")
        self.addLink(h1, first, **link)
        self.addLink(h1, second, params1={"ip": "11.0.0.1/8"}, addr1="00:00:00:00:01:01", **link)
        self.addLink(h2, first, **link)
        self.addLink(h3, second, **link)


topos = {"two_homed": TwoHomed}
