"""One switch with N hosts, as Mininet's own ``single``.

::

    h1   h2   …   hN        10.0.0.1/8 … 10.0.0.N/8
      \\   |       /         00:00:00:00:00:01 …
       +--+--s1--+

    mn --custom topologies/single.py --topo single,3
    mn --custom topologies/single.py --topo single,3 --link tc,bw=0.7
"""

from mininet.topo import Topo


class Single(Topo):
    """``Single(3, bw=0.7)``: N hosts on switch s1; keyword options go to every host's link, forward from the host to the switch."""

    def build(self, hosts=2, multicast=None, only=None, **link):
        """hosts: how many (at least 1); multicast: "flood", "snooping" or "snooping+querier", how
        switches treat it in the harness; link: Mininet link options such as bw (Mbit/s); only: what differs for
        single hosts, ``only={"h1": {"forward": {"loss": 30}}}``: what h1 sends is lost, what the others send is not."""
        if hosts < 1:
            raise ValueError(f"single: {hosts} hosts asked for, at least 1 is needed")
        only = dict(only or {})
        if unknown := sorted(only.keys() - {f"h{number}" for number in range(1, hosts + 1)}):
            raise ValueError(f"single: a link of its own is asked for {unknown[0]}, which is no host of {hosts}")
        self.name = f"single,{hosts}"
        switch = self.addSwitch("s1", multicast=multicast)
        for number in range(1, hosts + 1):
            digits = f"{number:012x}"
            mac = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
            self.addLink(self.addHost(f"h{number}", mac=mac), switch, **{**link, **only.get(f"h{number}", {})})


topos = {"single": Single}
