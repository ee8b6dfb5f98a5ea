"""Sends hostile datagrams to a node or rendezvous point: attack.py KIND TARGET [FORGED-SOURCE LISTED], 500 a second, then ends.

garbage: random bytes of random lengths; truncated: the beginnings of valid messages, and such with wrong bodies; oversized: the longest
datagrams that there are; forged: NJOI with a forged source address, that lists the target itself, its parent (the forged source), and
LISTED; stranger: DATA that comes from nobody's parent; twice: the same DATA two times. liar: registers as the root with the rendezvous
point TARGET, and answers every RJOI by NJOI with the joiner itself and the liar, until its input ends; before it answers the first one, it
sends YJOI from a stranger's port. Runs on a host, by itself: nothing of the harness is at hand.
"""

import random
import select
import socket
import struct
import sys
import time

PORT, STRANGER, LONGEST, BETWEEN = 10000, 10009, 65507, 0.002
WHOLE = [
    b"ROOT\n", b"TOOR\n10.0.0.2 10000\n", b"RREG\n", b"YREG\n", b"NREG\n", b"NJOI\n10.0.0.3 10000\n10.0.0.4 10000\n",
    b"YJOI\nnode=00000000000000aa\nseat=00000000000000bb\nturn=1\norder=1.1\n", b"DATA\n0123456789abcdef 1\nhello",
    b"LEAV\nnode=00000000000000aa\nseat=00000000000000bb\nturn=1\n", b"MISS\nnode=00000000000000aa\nage=1\nhave=0123456789abcdef.1\n",
    b"SENT\nnode=00000000000000aa\nhave=0123456789abcdef.1\n",
]  # fmt: skip
WRONG = [
    b"TOOR\n999.0.0.1 10000\n", b"TOOR\n10.0.0.2 0\n", b"TOOR\n224.0.0.1 10000",
    b"NJOI\n" + b"10.0.0.9 10000\n" * 65, b"NJOI\n\n\n", b"NJOI\n10.0.0.3",
    b"DATA\n0000000000000000 1\nx", b"DATA\n0123456789abcdef 0\nx", b"DATA\n0123456789ABCDEF 1\nx",
    b"DATA\n0123456789abcdef 99999999999999999999\nx", b"DATA\n",
    b"XXXX\n", b"ROOTED", b"\n", b"", b"root\n",
]  # fmt: skip


def garbage():
    dice = random.Random(1)
    return [dice.randbytes(dice.randrange(1, 1400)) for _ in range(200)]


def truncated():
    # Not so much of one that it is whole again: RREG is a request, and a DATA without its payload is a message.
    least = {b"ROOT": 4, b"RREG": 4, b"DATA": 23}
    return [whole[:length] for whole in WHOLE for length in range(min(len(whole), least.get(whole[:4], LONGEST)))] + WRONG


def oversized():
    return [(head + b"A" * LONGEST)[:LONGEST] for head in (b"", b"ROOX\n", b"NJOI\n", b"TOOR\n", b"DATA\n0123456789abcdef 7\n", b"YJOI\n")]


def stranger():
    return [b"DATA\nfedcba9876543210 %d\nforged words" % number for number in range(1, 51)]


def twice():
    return 2 * [b"DATA\nfedcba9876543211 1\nsaid once"]


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def forged_packet(source, target, payload):
    """An IPv4 packet with a UDP datagram from source, as if that host had sent it."""
    ends = socket.inet_aton(source) + socket.inet_aton(target)
    length = 8 + len(payload)
    udp = struct.pack("!HHHH", PORT, PORT, length, 0) + payload
    udp = udp[:6] + struct.pack("!H", checksum(ends + struct.pack("!BBH", 0, 17, length) + udp) or 0xFFFF) + payload
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, 17, 0) + ends + udp


def lie(rendezvous):
    port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    port.bind(("", PORT))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((rendezvous, PORT))
        own = probe.getsockname()[0]
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("", STRANGER))
    due, first = 0.0, True
    while True:
        if time.monotonic() >= due:
            port.sendto(b"RREG\n", (rendezvous, PORT))
            due = time.monotonic() + 1
        ready = select.select([port, sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]
        if sys.stdin in ready:
            return
        if port in ready:
            datagram, sender = port.recvfrom(65535)
            if datagram[:4] == b"RJOI":
                if first:
                    stranger.sendto(b"YJOI\n", sender)
                first = False
                port.sendto(f"NJOI\n{sender[0]} {sender[1]}\n{own} {PORT}\n".encode(), sender)


KINDS = {"garbage": garbage, "truncated": truncated, "oversized": oversized, "stranger": stranger, "twice": twice}


def main(kind, target, source="", listed=""):
    if kind == "liar":
        return lie(target)
    if kind == "forged":
        sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        named = b"NJOI\n" + b"".join(f"{one} {PORT}\n".encode() for one in (target, source, listed))
        payloads = 50 * [named, b"NJOI\n" + f"{target} {PORT}\n".encode()]
        datagrams = [forged_packet(source, target, payload) for payload in payloads]
    else:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams = KINDS[kind]()
    due = time.monotonic()
    for datagram in datagrams:
        select.select([], [], [], max(0.0, due - time.monotonic()))
        due += BETWEEN * (1 + len(datagram) // 1000)  # a receiver's buffer holds only three of the longest
        sender.sendto(datagram, (target, PORT))
    print(len(datagrams))


main(*sys.argv[1:])
