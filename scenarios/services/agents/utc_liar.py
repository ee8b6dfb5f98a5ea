"""A UTC server that tells the truth (docs/protocols/utc.md), between lies: utc_liar.py PORT SECONDS.

Before each right answer, SECONDS ahead, come others that a client must not believe, all an hour ahead: with another id, from another port,
cut, with a byte too many, of 64,000 bytes, of another version, a question, one that was answered before it was asked, one that took the server
longer than the client waited; the last two by turns, before every second right one.
"""

import os
import socket
import struct
import sys
import time

port, ahead = int(sys.argv[1]), int(float(sys.argv[2]) * 1e9)
HOUR = 3600 * 10**9
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", port))
stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def answer(question, received, answered, mark=b"", head=b"WPUT\1\2\0\1"):
    return head + (mark or question[8:16]) + question[16:24] + struct.pack(">qq", received, answered) + b"instance" + struct.pack(">q", 10**6)


print("ready", flush=True)
number = 0
while True:
    data, client = server.recvfrom(65536)
    now = time.time_ns() + ahead
    lie = answer(data, now + HOUR, now + HOUR)
    stranger.sendto(lie, client)
    for bad in (
        answer(data, now + HOUR, now + HOUR, mark=os.urandom(8)),
        lie[:-1], lie + b"\0", lie + bytes(64_000), b"", lie[:4],
        answer(data, now + HOUR, now + HOUR, head=b"WPUT\2\2\0\1"),
        answer(data, now + HOUR, now + HOUR, head=b"WPUT\1\1\0\0"),
    ):  # fmt: skip
        server.sendto(bad, client)
    number += 1
    if number % 4 == 1:
        server.sendto(answer(data, now + HOUR, now + HOUR - 1), client)
    if number % 4 == 3:
        server.sendto(answer(data, now, now + HOUR), client)
    server.sendto(answer(data, now, time.time_ns() + ahead), client)
