"""A campus: a switch in every building, all joined by one in the middle; hosts in the buildings.

::

                 s1                       in the middle, without hosts
          /      |      \\
        s2       s3  …   sB+1             a building each
       / | \\    / | \\
      h1 …      h9 …     … hN             10.0.0.1/8 … , 00:00:00:00:00:01 …

Hosts live building by building: of 40 hosts in 5 buildings h1 to h8 are in the first, h9 to h16 in the second.

    mn --custom topologies/campus.py --topo campus,40
    mn --custom topologies/campus.py --topo campus,12,buildings=3 --link tc,bw=10
"""

from mininet.topo import Topo


class Campus(Topo):
    """``Campus(40, buildings=5, multicast="snooping+querier", trunk={"delay": "2ms"}, bw=10)``: keyword options go to every
    host's link, those of trunk to the links between switches."""

    def build(self, hosts=40, buildings=5, multicast=None, trunk=None, **link):
        """hosts: how many (at least one a building); multicast: "flood", "snooping" or "snooping+querier", how switches treat it
        in the harness; trunk, link: Mininet link options such as bw (Mbit/s)."""
        if not 1 <= buildings <= hosts:
            raise ValueError(f"campus: {hosts} hosts in {buildings} buildings asked for, every building needs at least 1")
        self.name = f"campus,{hosts},buildings={buildings}"
        middle = self.addSwitch("s1", multicast=multicast)
        number = 0
        for building in range(1, buildings + 1):
            switch = self.addSwitch(f"s{building + 1}", multicast=multicast)
            self.addLink(middle, switch, **(trunk or {}))
            for _ in range(hosts * building // buildings - hosts * (building - 1) // buildings):
                number += 1
                digits = f"{number:012x}"
                mac = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
                self.addLink(self.addHost(f"h{number}", mac=mac), switch, **link)


topos = {"campus": Campus}
