#!/usr/bin/env python3
# Exercice 4.1 : chat-multicast.py -room 224.1.1.1 -name ana
import argparse
import os
import signal
import socket
import struct
import sys
import time
from threading import Thread

parser = argparse.ArgumentParser()
parser.add_argument("-room", "--room", required=True)
parser.add_argument("-name", "--name", required=True)
parser.add_argument("--port", nargs="?")
parser.add_argument("--interface", nargs="?")
parser.add_argument("--ttl", nargs="?")
args = parser.parse_args()
room = args.room
port = int(args.port or 5000)
name = args.name
ipv6 = ":" in room
ttl = int(args.ttl or 1)
index = 0
if args.interface:
    index = socket.if_nametoindex(args.interface)
elif ipv6:
    index = ([i for i, n in socket.if_nameindex() if n != "lo"] or [1])[0]


def clean(text):
    return "".join(c if c.isprintable() else "?" for c in text)


def make_socket():
    return socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM)


recvsock = make_socket()
recvsock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sendsock = make_socket()
if ipv6:
    sendsock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    sendsock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
else:
    sendsock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
    if index:
        sendsock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=iii", 0, 0, index))


class Reception(Thread):
    """Prints all that the room hears."""

    def __init__(self):
        Thread.__init__(self, daemon=True)
        recvsock.settimeout(5)

    def run(self):
        while True:
            try:
                data = recvsock.recvfrom(65535)[0]
            except socket.timeout:
                break
            print(clean(data.decode("utf-8", "replace")), flush=True)


def announce(text):
    sendsock.sendto((name + " " + text).encode(), (room, port))


def end(signum=None, frame=None):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    announce("has left the room")
    time.sleep(0.1)     # the thread prints what is still to come
    sys.stdout.flush()
    os._exit(status)


status = 0
try:
    if ipv6:
        recvsock.bind((room, port, 0, index))
        recvsock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, room) + struct.pack("i", index))
    else:
        recvsock.bind((room, port))
        recvsock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4si", socket.inet_aton(room), bytes(4), index))
    Reception().start()
    announce("has joined the room")
except OSError as e:
    sys.exit("Network is unreachable (%s)" % e)
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
for line in sys.stdin.buffer:
    line = line.rstrip(b"\r\n")
    try:
        sendsock.sendto(name.encode() + b"> " + line, (room, port))
    except OSError:
        print("not sent: too long", file=sys.stderr)
        status = 1
end()
