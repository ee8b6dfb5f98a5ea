"""A sender of its input's lines as datagrams, with one fault: udp_lines.py FAULT HOST PORT.

repeats: sends all earlier lines again before each new one. connected: its socket is connected, so that it learns of
refusals; it complains and tries again.
"""

import socket
import sys

fault, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.connect((host, port)) if fault == "connected" else None
earlier = []
for line in iter(sys.stdin.readline, ""):
    if fault == "repeats":
        earlier.append(line)
        for text in earlier:
            sender.sendto(text.encode(), (host, port))
        continue
    while True:
        try:
            sender.send(line.encode())
            break
        except ConnectionRefusedError as error:
            print(error, file=sys.stderr, flush=True)
