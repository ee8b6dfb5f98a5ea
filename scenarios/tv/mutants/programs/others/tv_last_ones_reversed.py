#!/usr/bin/env python3
"""difftv: sends Hello, or a clip at its rate, by UDP (unicast or multicast)."""
import errno
import ipaddress
import socket
import struct
import sys
import time

RATE = "638k"       # of the clip
PAYLOAD = 7 * 188   # TS packets in a datagram


def stop(text):
    print("difftv: " + text, file=sys.stderr)
    sys.exit(1)


def arguments(words):
    """What stands behind an option, and the words that stand alone."""
    named, alone, i = {}, [], 0
    while i < len(words):
        if words[i].startswith("--"):
            key = words[i][2:]
            if i + 1 < len(words) and not words[i + 1].startswith("--"):
                i += 1
                if words[i]:
                    named[key] = words[i]
        elif words[i]:
            alone.append(words[i])
        i += 1
    return named, alone


def bits(text):
    factor = 1
    if text[-1] in "kKM":
        factor = 1000000 if text[-1] == "M" else 1000
        text = text[:-1]
    return float(text) * factor


def port_number(text):
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        stop("not a port (1 to 65535): " + text)
    return int(text)


def address_of(host, port):
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except OSError as problem:
        stop(f"unknown host {host}: {problem}")


def prepare(family, address, named):
    s = socket.socket(family, socket.SOCK_DGRAM)
    if ipaddress.ip_address(address[0]).is_multicast:
        ttl = int(named.get("ttl", 1))
        index = socket.if_nametoindex(named["interface"]) if "interface" in named else 0
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        else:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
            if index:
                s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s4si", bytes(4), bytes(4), index))
    return s


def say_hello(s):
    s.send(b"Hello")
    s.settimeout(0.3)
    try:
        s.recv(1)       # nothing comes, or the news that nobody listens
    except socket.timeout:
        pass


def send_clip(s, clip, named):
    rate = bits(named.get("rate", RATE))
    first = int(float(named.get("start-at", 0)) * rate / 8 / 188) * 188
    left = float("inf")
    if "duration" in named:
        left = int(float(named["duration"]) * rate / 8 / 188) * 188
    rate *= float(named.get("speed", 1))
    payload = int(named.get("payload", PAYLOAD))
    clip.seek(first)
    begin = time.monotonic()
    sent = count = refused = 0
    ahead, over = [], False
    while left > 0:
        while len(ahead) < 8 and not over:          # a slow disk shall not hold us up
            data = clip.read(max(0, min(payload, left - sum(map(len, ahead)))))
            if data:
                ahead.append(data)
            else:
                over = True
        if not ahead:
            break
        data = ahead.pop() if over else ahead.pop(0)
        wait = begin + sent * 8 / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        try:
            s.send(data)
        except ConnectionRefusedError:
            refused += 1
        except OSError as problem:
            if problem.errno != errno.ENOBUFS:
                raise
        sent += len(data)
        left -= len(data)
        count += 1
    if refused * 2 > count:
        stop("connection refused: nobody listens there")


def main():
    named, alone = arguments(sys.argv[1:])
    if len(alone) != 2:
        stop("usage: difftv host port [--file clip]")
    port = port_number(alone[1])
    family, _, _, _, address = address_of(alone[0], port)
    try:
        s = prepare(family, address, named)
        s.connect(address)
        if "file" in named:
            with open(named["file"], "rb") as clip:
                send_clip(s, clip, named)
        else:
            say_hello(s)
        s.close()
    except OSError as problem:
        stop(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
