#!/usr/bin/env python3
"""Chats by multicast with one fault each: chat_select.py FAULT --room 224.1.1.1 --name ana. One thread, select on keyboard and room."""
import errno
import os
import select
import signal
import socket
import struct
import sys

PORT = 5000
FAULT = sys.argv[1]


def option(name, otherwise=None):
    words = sys.argv[1:]
    for spelling in ("--" + name, "-" + name):
        if spelling in words:
            i = words.index(spelling) + 1
            if i < len(words) and words[i] and not words[i].startswith("--"):
                return words[i]
    return otherwise


class Leave(Exception):
    pass


def on_signal(_number, _frame):
    raise Leave


def visible(text):
    """Nothing from the network moves the terminal."""
    return "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text)


class Room:
    def __init__(self, address, port, interface, ttl, loopback):
        self.six = ":" in address
        self.to = (address, port)
        index = socket.if_nametoindex(interface) if interface else self.usual() if self.six else 0
        family = socket.AF_INET6 if self.six else socket.AF_INET
        self.inward = socket.socket(family, socket.SOCK_DGRAM)
        self.outward = socket.socket(family, socket.SOCK_DGRAM)
        self.inward.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.last = b""
        self.bind(address, port, index)
        if self.six:
            self.outward.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
            self.outward.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, loopback)
            self.outward.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        else:
            self.outward.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
            self.outward.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, loopback)
            if index:
                self.outward.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s4si", bytes(4), bytes(4), index))
        self.join(address, index)

    def usual(self):
        """IPv6 wants to know the interface: the first one that is not the loopback."""
        return max(socket.if_nameindex(), key=lambda i: (i[1] != "lo", -i[0]))[0]

    def bind(self, address, port, index):
        if self.six:
            self.inward.bind((address, port, 0, index))
        else:
            self.inward.bind(("" if FAULT == "rooms-mix" else address, port))

    def join(self, address, index):
        if self.six:
            group = socket.inet_pton(socket.AF_INET6, address) + struct.pack("=i", index)
            self.inward.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        else:
            group = socket.inet_aton(address) + struct.pack("=4si", bytes(4), index)
            self.inward.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)

    def send(self, text):
        self.outward.sendto(text.encode(errors="surrogateescape"), self.to)

    def receive(self, flags=0):
        data = self.inward.recv(65535, flags)
        if FAULT == "same-again-dropped" and data == self.last:  # taken for a doubled datagram
            return
        if FAULT == "quit-ends-all" and data.endswith(b": quit"):
            raise Leave
        self.last = data
        print(visible(data.decode(errors="replace")), flush=True)


class Chat:
    def __init__(self, room, name):
        self.room = room
        self.name = name
        self.status = 0

    def say(self, line):
        line = line.decode(errors="surrogateescape").rstrip("\r")
        try:
            self.room.send(f"{self.name}: {line}")
            if FAULT == "own-twice":
                print(visible(f"{self.name}: {line}"), flush=True)
        except OSError as problem:
            if problem.errno != errno.EMSGSIZE:
                raise
            print("not sent, too long", file=sys.stderr)
            self.status = 1

    def talk(self):
        typed = b""
        while True:
            ready = select.select([0, self.room.inward], [], [])[0]
            if self.room.inward in ready:
                self.room.receive()
            if 0 in ready:
                some = os.read(0, 65536)
                if not some:
                    if typed:
                        self.say(typed)
                    return
                *lines, typed = (typed + some).split(b"\n")
                for line in lines:
                    if FAULT == "empty-line-leaves" and not line:
                        return
                    self.say(line)

    def rest(self):
        """Prints what is here already."""
        try:
            while True:
                self.room.receive(socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass

    def run(self):
        signal.signal(signal.SIGINT, on_signal)
        signal.signal(signal.SIGTERM, on_signal)
        try:
            self.room.send(f"{self.name} joined")
            self.talk()
        except Leave:
            if FAULT == "leaves-twice":
                self.room.send(f"{self.name} left")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.room.send(f"{self.name} left")
        self.rest()
        return self.status


def main():
    address, name = option("room"), option("name")
    if not address or not name:
        sys.exit("usage: chat-multicast.py --room ADDRESS --name NAME")
    try:
        room = Room(address, int(option("port", PORT)), option("interface"), 64 if FAULT == "ttl-64" else int(option("ttl", 1)), option("loopback", "on") == "on")
        status = Chat(room, name).run()
    except OSError as problem:
        if problem.errno in (errno.ENODEV, errno.ENETUNREACH, errno.EADDRNOTAVAIL):
            sys.exit("Network is unreachable: no interface leads to " + address)
        sys.exit(str(problem))
    sys.exit(status)


if __name__ == "__main__":
    main()
