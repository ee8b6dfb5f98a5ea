"""Sends one datagram to each address, unicast or a group's: copies.py TEXT PORT INTERFACE-ADDRESS ADDRESS…

Runs on a host, by itself: nothing of the harness is at hand.
"""

import socket
import sys


def main(text: str, port: str, interface: str, *addresses: str) -> None:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    for address in addresses:
        sender.sendto(text.encode(), (address, int(port)))


main(*sys.argv[1:])
