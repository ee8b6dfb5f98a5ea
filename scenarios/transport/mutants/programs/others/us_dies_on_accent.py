#!/usr/bin/env python3
# srv_udp.py
import signal
import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 12800
for sig in (signal.SIGINT, signal.SIGTERM):
    signal.signal(sig, lambda number, frame: sys.exit(0))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", port))
while True:
    received_msg, client = s.recvfrom(50)
    s.sendto(b"Message received", client)
    text = received_msg.decode()
    text = "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text)
    print("Received {0} from client socket {1}".format(text, client), flush=True)
