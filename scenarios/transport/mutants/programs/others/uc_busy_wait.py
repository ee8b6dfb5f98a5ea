#!/usr/bin/env python3
"""client_udp: sends a line, waits at most a second for the answer."""
import socket
import sys
import time

server = (socket.gethostbyname(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else 12800)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setblocking(False)


def wait_for_answer(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            return s.recv(65535)
        except BlockingIOError:
            pass
    return None


answers = 0
for line in sys.stdin.buffer:
    message = line.removesuffix(b"\n")
    s.sendto(message, server)
    answer = wait_for_answer(1)
    if answer is None:
        print("no answer", file=sys.stderr, flush=True)
    else:
        answers += 1
        print("".join(chr(b) if 32 <= b < 127 else "\\x%02x" % b for b in answer), flush=True)
    if message == b"end":
        break
sys.exit(0 if answers else 1)
