"""A sender of streams that is wrong in ways one can choose; without them it is right, but for its coarse sleep."""

import argparse
import ipaddress
import json
import socket
import sys
import time

RATE = 638_000


def number(default):
    """An option that the harness may leave empty."""
    return {"type": lambda text: type(default)(text) if text else default, "default": default}


parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("file")
parser.add_argument("--speed", **number(1.0))
parser.add_argument("--payload", **number(1316))
parser.add_argument("--duration", **number(1e9))
parser.add_argument("--json", default="")
parser.add_argument("--interface", default="")
parser.add_argument("--scale", type=float, default=1.0, help="times the right rate")
parser.add_argument("--lose", type=int, default=0, help="leave out one datagram in so many")
parser.add_argument("--bunch", type=int, default=1, help="send so many datagrams at once")
parser.add_argument("--repeat-to-group", type=int, default=1, help="send so many copies when it is a group")
parser.add_argument("--never-wait", action="store_true", help="throw away what finds no room in the socket's buffer")
given = parser.parse_args()

data = open(given.file, "rb").read()
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if given.interface:
    index = socket.if_nametoindex(given.interface)
    link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, bytes(8) + index.to_bytes(4, sys.byteorder))
copies = given.repeat_to_group if ipaddress.ip_address(given.host).is_multicast else 1
interval = given.payload * 8 / (RATE * given.speed * given.scale)
count = blocked = 0
waited = 0.0
start = time.monotonic()
for place in range(0, len(data), given.payload):
    turn = place // given.payload
    if turn * interval > given.duration:
        break
    due = start + turn // given.bunch * given.bunch * interval
    time.sleep(max(0.0, due - time.monotonic()))
    if given.lose and turn % given.lose == given.lose - 1:
        continue
    for _ in range(copies):
        try:
            flags = socket.MSG_DONTWAIT if given.never_wait else 0
            began = time.monotonic()
            link.sendto(data[place : place + given.payload], flags, (given.host, given.port))
            waited += time.monotonic() - began
            count += 1
        except BlockingIOError:
            blocked += 1
        except OSError as error:
            sys.exit(f"tv_sender: {error}")
if given.json:
    with open(given.json, "w", encoding="ascii") as file:
        json.dump({"datagrams": count, "blocked": blocked, "blocked_seconds": waited, "no_buffer_space": 0, "lateness_max_us": 0}, file)
