"""Puts a relay on h1 that hands what comes to 10.0.0.1:5000 on to 11.0.0.1:5000, as if the player were not bound."""

import sys

_RELAY = """
import socket
relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
relay.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
relay.bind(("10.0.0.1", 5000))
while True:
    relay.sendto(relay.recv(65535), ("11.0.0.1", 5000))
"""


def tamper(net):
    net["h1"].popen([sys.executable, "-c", _RELAY])
