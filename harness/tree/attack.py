"""Sends hostile datagrams to a port of the tree: attack.py KIND TARGET [FORGED-SOURCE LISTED], several of each kind, then ends.

garbage: random bytes of random lengths; truncated: the beginnings of valid messages, and such with wrong bodies; oversized: the longest
datagrams that there are; forged: NJOI with a forged source address, that lists the target itself, its parent (the forged source), and
LISTED; stranger: DATA that comes from nobody's parent. Runs on a host, by itself: nothing of the harness is at hand.
"""

import random
import socket
import struct
import sys

PORT, LONGEST = 10000, 65507
WHOLE = [
    b"ROOT\n", b"TOOR\n10.0.0.2 10000\n", b"RREG\n", b"YREG\n", b"NREG\n", b"NJOI\n10.0.0.3 10000\n10.0.0.4 10000\n",
    b"YJOI\nnode=00000000000000aa\nseat=00000000000000bb\nturn=1\norder=1.1\n", b"DATA\n0123456789abcdef 1\nhello",
    b"LEAV\nnode=00000000000000aa\nseat=00000000000000bb\nturn=1\n", b"MISS\nnode=00000000000000aa\nage=1\nhave=0123456789abcdef.1\n",
    b"SENT\nnode=00000000000000aa\nhave=0123456789abcdef.1\n",
]  # fmt: skip
WRONG = [
    b"TOOR\n999.0.0.1 10000\n", b"TOOR\n10.0.0.2 0\n", b"TOOR\n224.0.0.1 10000", b"NJOI\n" + b"10.0.0.9 10000\n" * 65, b"NJOI\n\n\n", b"NJOI\n10.0.0.3",
    b"DATA\n0000000000000000 1\nx", b"DATA\n0123456789abcdef 0\nx", b"DATA\n0123456789ABCDEF 1\nx", b"DATA\n0123456789abcdef 99999999999999999999\nx",
    b"DATA\n", b"XXXX\n", b"ROOTED", b"\n", b"", b"root\n",
]  # fmt: skip


def garbage():
    dice = random.Random(1)
    return [dice.randbytes(dice.randrange(1, 1400)) for _ in range(200)]


def truncated():
    # RJOI and RREG in full would be requests of a member, and answered.
    return [whole[:length] for whole in WHOLE for length in range(len(whole)) if whole[:4] not in (b"RREG", b"ROOT") or length < 4] + WRONG


def oversized():
    return [(head + b"A" * LONGEST)[:LONGEST] for head in (b"", b"ROOX\n", b"NJOI\n", b"TOOR\n", b"DATA\n0123456789abcdef 7\n", b"YJOI\n")]


def stranger():
    return [b"DATA\nfedcba9876543210 %d\nforged words" % number for number in range(1, 51)]


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


def main(kind, target, source="", listed=""):
    if kind == "forged":
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        named = b"NJOI\n" + b"".join(f"{one} {PORT}\n".encode() for one in (target, source, listed))
        for payload in 50 * [named, b"NJOI\n" + f"{target} {PORT}\n".encode()]:
            raw.sendto(forged_packet(source, target, payload), (target, 0))
        return
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for datagram in {"garbage": garbage, "truncated": truncated, "oversized": oversized, "stranger": stranger}[kind]():
        sender.sendto(datagram, (target, PORT))


main(*sys.argv[1:])
