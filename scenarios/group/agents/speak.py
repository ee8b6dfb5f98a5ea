"""Brings numbered messages into the group until its input ends, and prints the number and the time of each: speak.py SECONDS-BETWEEN.

Runs on a host, by itself: nothing of the harness is at hand.
"""

import select
import socket
import sys
import time

DATA_PORT = 10001


def main(between: str) -> None:
    port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    number, due = 0, time.monotonic()
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        due = max(due + float(between), time.monotonic())
        number += 1
        print(number, time.time(), flush=True)
        port.sendto(f"message {number}\n".encode(), ("127.0.0.1", DATA_PORT))


main(*sys.argv[1:])
