#!/usr/bin/env python3
"""UDP client: says so when no answer comes within a second, and goes on."""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
answered = 0
sent = 0
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
for line in sys.stdin:
    line = line.rstrip("\r\n")
    s.sendto(line.encode(), (host, port))
    sent += 1
    try:
        data, server = s.recvfrom(2048)
        answered += 1
        print(f"answer from {server[0]}:{server[1]}: {data.decode(errors='replace')}", flush=True)
    except socket.timeout:
        print("no answer", file=sys.stderr, flush=True)
    if line == "end":
        break
s.close()
sys.exit(1 if sent and not answered else 0)
