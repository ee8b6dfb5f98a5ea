"""A tree of switches with hosts as leaves, as Mininet's own ``tree``.

::

              s1                 depth=2, fanout=2
            /    \\
          s2      s3
         /  \\    /  \\
        h1  h2  h3  h4           10.0.0.1/8 … , 00:00:00:00:00:01 …

    mn --custom topologies/tree.py --topo tree,depth=2,fanout=2
    mn --custom topologies/tree.py --topo tree,depth=2,fanout=16 --link tc,bw=10
"""

from mininet.topo import Topo


class Tree(Topo):
    """``Tree(depth=2, fanout=2, bw=10)``: fanout**depth hosts; keyword options go to every host's link."""

    def build(self, depth=1, fanout=2, multicast=None, **link):
        """depth: levels of switches; fanout: children of each switch; multicast: "flood", "snooping" or "snooping+querier",
        how switches treat it in the harness; link: Mininet link options such as bw."""
        if depth < 1 or fanout < 1:
            raise ValueError(f"tree: depth {depth} and fanout {fanout} asked for, both must be at least 1")
        self.name = f"tree,depth={depth},fanout={fanout}"
        self.hosts_made = 0
        self.switches_made = 0
        self._grow(depth, fanout, multicast, link)

    def _grow(self, depth, fanout, multicast, link):
        self.switches_made += 1
        switch = self.addSwitch(f"s{self.switches_made}", multicast=multicast)
        for _ in range(fanout):
            if depth > 1:
                self.addLink(switch, self._grow(depth - 1, fanout, multicast, link))
            else:
                self.hosts_made += 1
                digits = f"{self.hosts_made:012x}"
                mac = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
                self.addLink(self.addHost(f"h{self.hosts_made}", mac=mac), switch, **link)
        return switch


topos = {"tree": Tree}
