"""Three segments behind each other, joined by multicast routers: a site of two segments, and one beyond its boundary.

::

    h1 … hN -- s1 --[r1]-- s2 --[r2]-- s3 -- h2N+1 … h3N
     segment a             |  segment b       segment c
                       hN+1 … h2N

    segment a: 10.0.1.0/24, 2001:db8:0:1::/64      r1 .254
    segment b: 10.0.2.0/24, 2001:db8:0:2::/64      r1 .254, r2 .253
    segment c: 10.0.3.0/24, 2001:db8:0:3::/64      r2 .254

r1 and r2 forward unicast, IPv4 and IPv6, everywhere. Of multicast r1, inside the site, hands on everything but what is
link-local; r2, the site's boundary, nothing up to the site's scope: ff15::… reaches b from a but not c, ff1e::… reaches all.

    mn --custom topologies/scopes.py --topo scopes
    mn --custom topologies/scopes.py --topo scopes,2 --link tc,bw=10
"""

import os
import sys

from mininet.node import Host, Node
from mininet.topo import Topo


def route_command(route):
    """``ip route add`` for a route of either kind."""
    return f"ip {'-6 ' if ':' in route else ''}route add {route}"


class Station(Host):
    """A host with an IPv6 address and routes beside Mininet's own. ip6: with prefix length; gateway6: of the default route;
    routes: as ``ip route add`` takes them."""

    def config(self, ip6="", gateway6="", routes=(), **params):
        result = super().config(**params)
        commands = [f"ip -6 addr add {ip6} dev {self.defaultIntf()} nodad", f"ip -6 route add default via {gateway6}"]
        self.cmd(" && ".join([*commands, *map(route_command, routes)]))
        return result


class MulticastRouter(Node):
    """Forwards between its interfaces; multicast where its scope is wider than the boundary.

    ip6: an address with prefix length for each interface; boundary: a scope (2 link-local, 5 site-local, 8
    organization-local, 14 global); threshold: IPv4 multicast passes with a TTL above it.
    """

    router = True

    def config(self, ip6=(), boundary=2, threshold=1, routes=(), **params):
        result = super().config(**params)
        names = self.intfNames()
        commands = [f"echo 1 > /proc/sys/net/{key}" for key in ("ipv4/ip_forward", "ipv6/conf/all/forwarding")]
        commands += [f"ip -6 addr add {address} dev {name} nodad" for name, address in zip(names, ip6)]
        self.cmd(" && ".join([*commands, *map(route_command, routes)]))
        # Not __file__: mn has none for a --custom file.
        folder = os.path.dirname(os.path.abspath(MulticastRouter.config.__code__.co_filename))
        words = [sys.executable, "-IS", os.path.join(folder, "multicast_router.py"), *names]
        self.daemon = self.popen([*words, f"--boundary={boundary}", f"--threshold={threshold}"], stderr=None)
        if self.daemon.stdout.readline().strip() != b"ready":
            raise RuntimeError(f"{self.name}: the multicast router ended with status {self.daemon.wait()}")
        return result

    def terminate(self):
        if getattr(self, "daemon", None):
            self.daemon.kill()
            self.daemon.wait()
        super().terminate()


class Scopes(Topo):
    """``Scopes(2, multicast="snooping+querier", bw=10)``: N hosts on each segment; other options go to every host's link."""

    def build(self, hosts=1, multicast=None, threshold=1, **link):
        """hosts: how many on each segment (1 to 200); multicast: how the switches treat it (see Single); threshold: of both
        routers, IPv4 multicast passes them with a TTL above it; link: Mininet link options such as bw (Mbit/s)."""
        if not 1 <= hosts <= 200:
            raise ValueError(f"scopes: {hosts} hosts a segment asked for, 1 to 200 are possible")
        self.name = f"scopes,{hosts}"
        switches = [self.addSwitch(f"s{segment}", multicast=multicast) for segment in (1, 2, 3)]
        for segment in (1, 2, 3):
            for number in range(1, hosts + 1):
                host = self.addHost(
                    f"h{(segment - 1) * hosts + number}",
                    cls=Station,
                    ip=f"10.0.{segment}.{number}/24",
                    ip6=f"2001:db8:0:{segment}::{number:x}/64",
                    mac=f"00:00:00:00:{segment:02x}:{number:02x}",
                    defaultRoute=f"via 10.0.{segment}.{253 if segment == 2 else 254}",
                    gateway6=f"2001:db8:0:{segment}::{'fd' if segment == 2 else 'fe'}",
                    routes=("10.0.1.0/24 via 10.0.2.254", "2001:db8:0:1::/64 via 2001:db8:0:2::fe") if segment == 2 else (),
                )
                self.addLink(host, switches[segment - 1], **link)
        self._router("r1", switches[:2], (254, 254), 2, threshold, ("default via 10.0.2.253", "default via 2001:db8:0:2::fd"))
        back = ("10.0.1.0/24 via 10.0.2.254", "2001:db8:0:1::/64 via 2001:db8:0:2::fe")
        self._router("r2", switches[1:], (253, 254), 5, threshold, back)

    def _router(self, name, switches, numbers, boundary, threshold, routes):
        """numbers: the last part of its address on each switch's segment."""
        segments = [int(switch[1:]) for switch in switches]
        places = list(zip(segments, numbers))
        first = places[0]
        router = self.addHost(
            name,
            cls=MulticastRouter,
            ip=f"10.0.{first[0]}.{first[1]}/24",
            ip6=tuple(f"2001:db8:0:{segment}::{number:x}/64" for segment, number in places),
            boundary=boundary,
            threshold=threshold,
            routes=routes,
        )
        for switch, (segment, number) in zip(switches, places):
            address = f"10.0.{segment}.{number}/24"
            self.addLink(router, switch, params1={"ip": address}, addr1=f"00:00:00:00:{segment:02x}:{number:02x}")


topos = {"scopes": Scopes}
