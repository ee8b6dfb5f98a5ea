"""A ping client on a connected socket that does not block, with select and one clock: selecting.py HOST PORT [COUNT]"""

import select
import socket
import sys
from time import perf_counter_ns

NANOSECONDS = 1_000_000_000
count = int(sys.argv[3]) if sys.argv[3:] else 10
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect((sys.argv[1], int(sys.argv[2])))
sock.setblocking(False)
trips = {}
for number in range(1, count + 1):
    start = perf_counter_ns()
    sock.send(b"ping %d %d" % (number, start))
    while number not in trips and (left := start + NANOSECONDS - perf_counter_ns()) > 0:
        if select.select([sock], [], [], left / NANOSECONDS)[0]:
            words = sock.recv(512).split()
            if int(words[1]) == number:
                trips[number] = (perf_counter_ns() - int(words[2])) / 1e6
    print(f"{number}: {trips[number]:.1f} ms" if number in trips else f"{number}: timed out")
print(f"sent {count}, received {len(trips)}, lost {round(100 - 100 * len(trips) / count)} %")
if trips:
    print("min/avg/max %.1f/%.1f/%.1f ms" % (min(trips.values()), sum(trips.values()) / len(trips), max(trips.values())))
