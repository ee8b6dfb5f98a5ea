"""A multicast router: tells the kernel which groups to hand on between interfaces, by their scope. No topology of its own.

    python3 multicast_router.py --boundary 5 r2-eth0 r2-eth1

The kernel forwards, by its own multicast routing (ip_mroute and ip6_mroute); this program holds the routing sockets, takes the
kernel's question for each source and group that is new, and answers it with a route to all other interfaces, or to none. A
group is handed on where its scope is wider than the boundary. Scopes are those of IPv6 (RFC 7346): 2 link-local, 5 site-local,
8 organization-local, e global. RFC 2365 gives them to IPv4: 239.253 to 239.255 are 3, the rest of 239 is 8, the others e. What
is link-local, by its group or its source, the kernel or this program never hands on. Nobody is asked for members: a switch
that snoops takes care of them. When it is ready it prints "ready" on standard output.
"""

import argparse
import ipaddress
import select
import signal
import socket
import struct
import sys

LINK_LOCAL, LOCAL, ORGANIZATION, GLOBAL = 2, 3, 8, 14

# linux/mroute.h and linux/mroute6.h; the numbers are the same for both.
MRT_INIT, MRT_ADD_VIF, MRT_ADD_MFC = 200, 202, 204
VIFF_USE_IFINDEX = 0x8
NOCACHE = 1
ICMP6_FILTER = 1
MAXVIFS = 32


def scope_of(group):
    """The scope of a multicast address (an ipaddress object), as IPv6 numbers them."""
    if group.version == 6:
        return group.packed[1] & 0x0F
    first, second = group.packed[:2]
    if group in ipaddress.ip_network("224.0.0.0/24"):
        return LINK_LOCAL
    if first != 239:
        return GLOBAL
    return LOCAL if second >= 253 else ORGANIZATION


class Kernel4:
    """IPv4 multicast routing of this network namespace, while the socket is open."""

    def __init__(self, interfaces, threshold):
        self.interfaces, self.threshold = interfaces, threshold
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
        self.socket.setsockopt(socket.IPPROTO_IP, MRT_INIT, struct.pack("=i", 1))
        for number, name in enumerate(interfaces):
            index = socket.if_nametoindex(name)
            self.socket.setsockopt(
                socket.IPPROTO_IP, MRT_ADD_VIF, struct.pack("=HBBIi4x", number, VIFF_USE_IFINDEX, threshold, 0, index)
            )

    def question(self):
        """(source, group, number of the interface) that the kernel asks about; None for an IGMP packet."""
        data = self.socket.recv(1 << 16)
        if len(data) < 20 or data[9] != 0 or data[8] != NOCACHE:
            return None
        return ipaddress.IPv4Address(data[12:16]), ipaddress.IPv4Address(data[16:20]), data[10]

    def answer(self, source, group, arrived, forward):
        """A route from where it arrived to all other interfaces, or to none. A packet passes if its TTL is above the threshold."""
        ttls = bytes(
            self.threshold if forward and number != arrived and number < len(self.interfaces) else 0 for number in range(MAXVIFS)
        )
        self.socket.setsockopt(
            socket.IPPROTO_IP, MRT_ADD_MFC, struct.pack("=4s4sH32s2xIIIi", source.packed, group.packed, arrived, ttls, 0, 0, 0, 0)
        )


class Kernel6:
    """The same for IPv6."""

    def __init__(self, interfaces):
        self.interfaces = interfaces
        self.socket = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        self.socket.setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER, b"\xff" * 32)
        self.socket.setsockopt(socket.IPPROTO_IPV6, MRT_INIT, struct.pack("=i", 1))
        for number, name in enumerate(interfaces):
            index = socket.if_nametoindex(name)
            self.socket.setsockopt(socket.IPPROTO_IPV6, MRT_ADD_VIF, struct.pack("=HBBH2xI", number, 0, 1, index, 0))

    def question(self):
        data = self.socket.recv(1 << 16)
        if len(data) < 40 or data[0] != 0 or data[1] != NOCACHE:
            return None
        number = struct.unpack_from("=H", data, 2)[0]
        return ipaddress.IPv6Address(data[8:24]), ipaddress.IPv6Address(data[24:40]), number

    def answer(self, source, group, arrived, forward):
        others = sum(1 << number for number in range(len(self.interfaces)) if forward and number != arrived)
        ends = [struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, address.packed, 0) for address in (source, group)]
        # An if_set holds 256 bits in words of 32, the lowest first.
        self.socket.setsockopt(
            socket.IPPROTO_IPV6, MRT_ADD_MFC, struct.pack("=28s28sH2x", *ends, arrived) + others.to_bytes(32, "little")
        )


def handed_on(source, group, boundary):
    """True if a router at a boundary of this scope hands on what a source sends to a group."""
    return scope_of(group) > max(boundary, LINK_LOCAL) and not source.is_link_local


def main():
    parser = argparse.ArgumentParser(description="Routes multicast between interfaces, by the scope of the groups.")
    parser.add_argument("interfaces", nargs="+", metavar="INTERFACE")
    parser.add_argument("--boundary", type=int, default=LINK_LOCAL, metavar="SCOPE", help="groups up to this scope stay (default 2)")
    parser.add_argument("--threshold", type=int, default=1, metavar="TTL", help="IPv4: only a TTL above this passes (default 1)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    both: list[Kernel4 | Kernel6] = [Kernel4(options.interfaces, options.threshold), Kernel6(options.interfaces)]
    kernels = {one.socket: one for one in both}
    print("ready", flush=True)
    while True:
        for readable in select.select(list(kernels), [], [])[0]:
            asked = kernels[readable].question()
            if asked:
                source, group, arrived = asked
                kernels[readable].answer(source, group, arrived, handed_on(source, group, options.boundary))


if __name__ == "__main__":
    main()
