"""A server of docs/protocols/utc.md, spoilt: utc_server.py FAULT PORT."""

import os
import socket
import struct
import sys
import time

fault, port = sys.argv[1], int(sys.argv[2])
started = time.time_ns()
instance = bytes(8) if fault == "has-no-instance" else os.urandom(8)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", port))
first = None


def utc():
    now = time.time_ns()
    if fault == "tells-local-time":
        now -= 3 * 3600 * 10**9
    if fault == "knows-whole-seconds":
        now -= now % 10**9
    if fault == "stands-still":
        now = started
    if fault == "counts-microseconds":
        now //= 1000
    if fault == "has-31-bits":
        now = (now + 2**31 * 10**9) % (2**32 * 10**9) - 2**31 * 10**9
    if fault == "has-32-bits":
        now %= 2**32 * 10**9
    return now


while True:
    data, address = server.recvfrom(65536)
    received = utc()
    right = len(data) == 56 and data[:8] == b"WPUT\1\1\0\0" and data[24:] == bytes(32)
    if fault == "dies-of-a-short-one":
        struct.unpack(">q", data[16:24])
    if fault == "answers-answers":
        right = right or (len(data) == 56 and data[:6] == b"WPUT\1\2")
    if fault == "looks-at-the-magic-only":
        right = data[:4] == b"WPUT"
    if fault == "answers-everything":
        right = True
    if fault == "serves-one-client":
        first = first or address
        right = right and address == first
    if not right:
        continue
    if fault == "works-in-secret":
        received = utc()
        answered = received
        time.sleep(0.05)
    else:
        answered = utc()
    if fault == "swaps-its-times":
        received, answered = answered + 10**6, received
    mark = data[8:16] if fault != "gives-ids-of-its-own" else os.urandom(8)
    answer = b"WPUT\1\2\3\0" + mark + data[16:24] + struct.pack(">qq", received, answered) + instance + struct.pack(">q", 2**63 - 1)
    server.sendto(answer, address)
    if fault == "amplifies":
        server.sendto(bytes(400), address)
