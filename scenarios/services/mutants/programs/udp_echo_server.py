"""Echo servers over UDP with one fault each.

udp_echo_server.py FAULT PORT. The fault "none" gives a correct server, so that a fault is the only thing a scenario can find.
"""

import os
import signal
import socket
import struct
import sys

FAULT, PORT = sys.argv[1], int(sys.argv[2])
SERVICES = (0, 7, 13, 17, 19, 37, PORT)
IP_PKTINFO = 8  # Linux; the module has it from Python 3.14 on
PKTINFO = struct.Struct("=i4s4s")
clients: list[tuple[str, int]] = []


def changed(data: bytes) -> bytes:
    """What is sent back."""
    if FAULT == "changes-letters":
        return data.swapcase()
    if FAULT == "adds-a-line-end":
        return data + b"\n"
    if FAULT == "strips":
        return data.strip()
    if FAULT == "knows-ascii-only":
        return data.decode("ascii", "replace").encode("ascii", "replace")
    if FAULT == "ends-at-a-null":
        return data.split(b"\0")[0]
    if FAULT == "dies-of-bad-text":
        return data.decode().encode()
    return data


def address_asked(control: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """For the answer to come from the address that the question went to."""
    if FAULT == "answers-from-the-first-address":
        return []
    _, local, _ = PKTINFO.unpack(control[0][2])
    return [(socket.IPPROTO_IP, IP_PKTINFO, PKTINFO.pack(0, local, bytes(4)))]


def serve_one() -> None:
    data, control, _, client = server.recvmsg(1024 if FAULT == "cuts-at-1024" else 65536, 256)
    if FAULT == "empty-ends" and not data:
        sys.exit(0)
    if FAULT == "ignores-empty" and not data:
        return
    if client[1] in SERVICES and FAULT != "answers-everybody":
        return
    if FAULT == "forks-for-each-client" and client not in clients and os.fork() == 0:
        signal.pause()
        os._exit(0)
    clients.append(client)
    if FAULT == "serves-one-client-only":
        server.connect(client)
        server.send(data)
        return
    to = clients[0] if FAULT == "answers-the-first" else client
    for _ in range(2 if FAULT == "answers-twice" else 1):
        if FAULT == "answers-from-another-port":
            other.sendto(data, to)
        else:
            server.sendmsg([changed(data)], address_asked(control), 0, to)


for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
server.bind(("127.0.0.1" if FAULT == "listens-locally" else "", PORT))
while True:
    serve_one()
