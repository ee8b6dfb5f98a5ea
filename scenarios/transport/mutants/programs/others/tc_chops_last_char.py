#!/usr/bin/env python3
# client_tcp.py
import socket
import sys

if len(sys.argv) < 2:
    print("Argument: the dest hostname/IP address as string", file=sys.stderr)
    sys.exit(2)
host = sys.argv[1]
port = 12800
if len(sys.argv) > 2 and sys.argv[2]:
    port = int(sys.argv[2])

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    s.connect((host, port))
except OSError as e:
    sys.stderr.write("connect: " + e.strerror + "\n")
    sys.exit(1)

while True:
    line = sys.stdin.buffer.readline()
    if line == b"":
        break
    msg_to_send = line[:-1]
    if msg_to_send == b"":
        continue
    s.sendall(msg_to_send)
    received_msg = s.recv(1024)
    if received_msg == b"":
        sys.stderr.write("closed by the server\n")
        sys.exit(1)
    print("".join(chr(b) if 32 <= b < 127 else "\\x%02x" % b for b in received_msg), flush=True)
    if msg_to_send == b"end":
        break
s.shutdown(socket.SHUT_WR)
s.close()
