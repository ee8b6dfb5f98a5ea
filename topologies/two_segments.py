"""Two switches, each a subnet of its own, joined by a router host that forwards IPv4 and IPv6.

::

    h1 … hN -- s1 --[r1-eth0  r1  r1-eth1]-- s2 -- hN+1 … h2N
    10.0.1.1/24 …   10.0.1.254    10.0.2.254      10.0.2.1/24 …

    mn --custom topologies/two_segments.py --topo two_segments
    mn --custom topologies/two_segments.py --topo two_segments,3 --link tc,bw=10
"""

from mininet.node import Node
from mininet.topo import Topo


class Router(Node):
    """A host that forwards packets between its interfaces."""

    router = True

    def config(self, **params):
        result = super().config(**params)
        # One write each: Mininet gives every host its own /proc/sys/net.
        for key in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            self.cmd(f"echo 1 > /proc/sys/net/{key}")
        return result


class TwoSegments(Topo):
    """``TwoSegments(2, bw=10)``: N hosts on either side of router r1; options go to every host's link, not r1's."""

    def build(self, hosts=2, multicast=None, **link):
        """hosts: how many on each segment (1 to 253); multicast: "flood", "snooping" or "snooping+querier", how
        switches treat it in the harness; link: Mininet link options such as bw (Mbit/s)."""
        if not 1 <= hosts <= 253:
            raise ValueError(f"two_segments: {hosts} hosts a segment asked for, 1 to 253 are possible")
        self.name = f"two_segments,{hosts}"
        router = self.addHost("r1", cls=Router, ip="10.0.1.254/24", mac="00:00:00:00:01:fe")
        for segment in (1, 2):
            switch = self.addSwitch(f"s{segment}", multicast=multicast)
            for number in range(1, hosts + 1):
                host = self.addHost(
                    f"h{(segment - 1) * hosts + number}",
                    ip=f"10.0.{segment}.{number}/24",
                    mac=f"00:00:00:00:{segment:02x}:{number:02x}",
                    defaultRoute=f"via 10.0.{segment}.254",
                )
                self.addLink(host, switch, **link)
            self.addLink(
                router, switch, params1={"ip": f"10.0.{segment}.254/24"}, addr1=f"00:00:00:00:{segment:02x}:fe"
            )


topos = {"two_segments": TwoSegments}
