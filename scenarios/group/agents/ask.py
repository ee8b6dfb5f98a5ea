"""Asks a rendezvous point for the root every 0.1 s until its input ends, and registers nothing: ask.py ADDRESS PORT.

Runs on a host, by itself: nothing of the harness is at hand.
"""

import select
import socket
import sys
import time

INTERVAL = 0.1  # seconds


def main(address: str, port: str) -> None:
    asking = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    due = time.monotonic()
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        due = max(due + INTERVAL, time.monotonic())
        asking.sendto(b"ROOT\n", (address, int(port)))


main(*sys.argv[1:])
