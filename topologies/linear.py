"""N switches in a row, one host on each, as Mininet's own ``linear``.

::

    h1    h2          hN        10.0.0.1/8 … 10.0.0.N/8
    |     |           |         00:00:00:00:00:01 …
    s1 -- s2 -- … -- sN

    mn --custom topologies/linear.py --topo linear,4
    mn --custom topologies/linear.py --topo linear,4 --link tc,bw=10
"""

from mininet.topo import Topo


class Linear(Topo):
    """``Linear(4, bw=10)``: N switches in a row; keyword options go to every host's link, not between switches."""

    def build(self, switches=2, multicast=None, **link):
        """switches: how many (at least 1); multicast: "flood", "snooping" or "snooping+querier", how
        switches treat it in the harness; link: Mininet link options such as bw (Mbit/s)."""
        if switches < 1:
            raise ValueError(f"linear: {switches} switches asked for, at least 1 is needed")
        self.name = f"linear,{switches}"
        previous = None
        for number in range(1, switches + 1):
            digits = f"{number:012x}"
            mac = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
            switch = self.addSwitch(f"s{number}", multicast=multicast)
            self.addLink(self.addHost(f"h{number}", mac=mac), switch, **link)
            if previous:
                self.addLink(previous, switch)
            previous = switch


topos = {"linear": Linear}
