"""Senders and receivers on either side of a single link that all of them share, as textbooks draw congestion.

::

    h1 … hN -- s1 ===== s2 -- hN+1 … h2N       10.0.0.1/8 … , 00:00:00:00:00:01 …
    senders    bottleneck     receivers

    mn --custom topologies/dumbbell.py --topo dumbbell
    mn --custom topologies/dumbbell.py --topo dumbbell,2 --link tc,bw=10
"""

from mininet.topo import Topo


class Dumbbell(Topo):
    """``Dumbbell(2, delay=10, forward={"bw": 10})``: N hosts on either side; options go to the link s1-s2, forward to s2."""

    def build(self, pairs=1, access=(), **bottleneck):
        """pairs: N, at least 1; access: link options of the first, second … sender's own link, {} for none."""
        if pairs < 1 or len(access) > pairs:
            raise ValueError(f"dumbbell: {pairs} pairs and {len(access)} access links asked for; at least 1, and no more links")
        self.name = f"dumbbell,{pairs}"
        switches = self.addSwitch("s1"), self.addSwitch("s2")
        for number in range(1, 2 * pairs + 1):
            digits = f"{number:012x}"
            mac = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
            options = access[number - 1] if number <= len(access) else {}
            self.addLink(self.addHost(f"h{number}", mac=mac), switches[number > pairs], **options)
        self.addLink(*switches, **bottleneck)


topos = {"dumbbell": Dumbbell}
