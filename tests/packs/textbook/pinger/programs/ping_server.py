"""Sends datagrams back: ping_server.py PORT"""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("", int(sys.argv[1])))
    try:
        while True:
            message, client = server.recvfrom(65535)
            server.sendto(message, client)
    except KeyboardInterrupt:
        pass
