"""A client that sets its clock by a UTC server (docs/protocols/utc.md), spoilt: utc_client.py FAULT HOST PORT JSON LEAST."""

import json
import os
import socket
import struct
import sys
import time

fault, host, port, path = sys.argv[1:4] + [sys.argv[4]]
least = float(sys.argv[5]) if len(sys.argv) > 5 else 0.0
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.settimeout(2)
samples = []
for _ in range(8):
    mark = os.urandom(8)
    asked = time.time_ns()
    server.sendto(b"WPUT" + bytes([1, 1, 0, 0]) + mark + struct.pack(">q", asked) + bytes(32), (host, int(port)))
    data = server.recv(65536)
    arrived = time.time_ns()
    received, answered = struct.unpack(">qq", data[24:40])
    round_trip = (arrived - asked) - (answered - received)
    offset = ((received - asked) + (answered - arrived)) / 2
    if fault == "forgets-half-the-round-trip":
        offset = answered - arrived
    if fault == "adds-the-whole-round-trip":
        offset = answered + round_trip - arrived
    samples.append((round_trip, offset))
round_trip, offset = min(samples)
bound = round_trip / 2e9 - least + 1e-5
if fault == "knows-no-doubt":
    bound = 0.001
if fault == "ignores-what-is-known":
    bound += least
if fault == "sets-the-hosts-clock":
    try:
        time.clock_settime(time.CLOCK_REALTIME, time.time())
    except OSError:
        pass
sign = -1 if fault == "has-the-wrong-sign" else 1
print(f"offset {sign * offset / 1e9:+.9f} s")
with open(path, "w", encoding="utf-8") as file:
    json.dump({"rounds": [{"offset": sign * offset / 1e9, "bound": bound, "stepped": True}]}, file)
