"""A multicast sender with one fault: multicast_sender.py FAULT GROUP PORT FILE TTL INTERFACE SECONDS.

The fault "none" gives a correct one.
"""

import os
import socket
import struct
import sys
import time

FAULT, GROUP, PORT, FILE, TTL, INTERFACE, SECONDS = sys.argv[1:]
SIZE, RATE = 1316, 638e3
IP_MULTICAST_IF = 32

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    if FAULT != "ignores-ttl":
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, int(TTL) if FAULT != "wrong-ttl" else 1)
    if FAULT != "ignores-interface":
        index = socket.if_nametoindex(INTERFACE)
        sender.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), index))
    sender.connect((GROUP, int(PORT)))
    clip = os.open(FILE, os.O_RDONLY)
    os.pread(clip, 1 << 20, 0)
    start = time.monotonic()
    number = 0
    while (due := number * SIZE * 8 / RATE) < float(SECONDS):
        pause = start + due - time.monotonic()
        if FAULT == "does-not-wait":
            pause = 1e-9 if number == 0 else 0
        elif FAULT == "pauses-too-briefly":
            pause = 8e-3
        if pause > 0:
            time.sleep(pause)
        data = os.pread(clip, SIZE, number * SIZE)
        sender.send(data)
        if FAULT == "sends-twice":
            sender.send(data)
        number += 1
    if FAULT == "ends-without-close":
        os._exit(0)
