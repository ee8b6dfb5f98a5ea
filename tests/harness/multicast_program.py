"""A member of a group, or a sender to it: ``multicast_program.py member|send GROUP PORT INTERFACE [COUNT [TTL]]``.

A member prints "joined", then a line for each datagram, until it is interrupted; it leaves then. A sender sends COUNT numbered
datagrams, 2 ms apart, and does not hear itself.
"""

import ipaddress
import signal
import socket
import struct
import sys
import time

GAP = 0.002  # seconds between datagrams


def main():
    deed, group, port, interface = sys.argv[1], ipaddress.ip_address(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    count, ttl = (int(word) for word in [*sys.argv[5:], *["1", "8"][len(sys.argv) - 5 :]])
    four, index = group.version == 4, socket.if_nametoindex(interface)
    one = socket.socket(socket.AF_INET if four else socket.AF_INET6, socket.SOCK_DGRAM)
    if deed == "member":
        signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((str(group), port) if four else (str(group), port, 0, index))
        if four:
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4xi", group.packed, index))
        else:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack("=16si", group.packed, index))
        print("joined", flush=True)
        while True:
            print(one.recv(65535).decode(), flush=True)
    if four:
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4x4xi", index))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    else:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    for number in range(count):
        one.sendto(f"datagram {number}".encode(), (str(group), port) if four else (str(group), port, 0, index))
        time.sleep(GAP)


main()
