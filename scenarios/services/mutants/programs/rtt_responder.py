"""Responders with one fault each: rtt_responder.py FAULT PORT.

The fault "none" gives a correct responder, so that a fault is the only thing a scenario can find.
"""

import random
import select
import socket
import struct
import sys
import time

FAULT, PORT = sys.argv[1], int(sys.argv[2])
HEAD = struct.Struct(">4sBBHQI")
sessions = {}


def whole(data):
    """Octets of the message at the begin of the data; 0: not all there, None: it is none."""
    if len(data) < 8:
        return 0
    magic, version, kind, length = struct.unpack_from(">4sBBH", data)
    if magic != b"RTTP" or (version != 1 and FAULT != "knows-no-versions") or not 1 <= kind <= 3 or not 48 <= length <= 65507:
        return None
    return length if len(data) >= length else 0


def reply_to(message, peer, arrived):
    _, _, kind, length, session, sequence = HEAD.unpack_from(message)
    if kind != 1 and FAULT != "answers-replies":
        return b""
    key = session if FAULT == "knows-no-addresses" else (peer, session)
    seen, memory = sessions.setdefault(key, ([], random.randrange(1, 2**32)))
    again = sequence in seen
    if not again or FAULT == "counts-what-comes-again":
        seen.append(sequence)
    kind = 3 if again and FAULT != "tells-no-repeats" else 2
    if FAULT == "answers-the-last-sequence":
        sequence = max(seen)
    received = max(seen) + 1 if FAULT == "counts-by-the-highest" else len(seen)
    since = 0 if FAULT == "since-the-beginning" else seen[0] if FAULT == "since-the-first-that-came" else min(seen)
    memory = 0 if FAULT == "remembers-nothing" else random.randrange(1, 2**32) if FAULT == "draws-a-memory-each-time" else memory
    if FAULT in ("hides-its-own-time", "works-after-its-stamp"):
        time.sleep(0.06)
    answered = arrived if FAULT == "hides-its-own-time" else time.monotonic_ns() + (10**9 if FAULT == "boasts-of-its-time" else 0)
    if FAULT == "works-after-its-stamp":
        answered -= 50_000_000
    if FAULT == "forgets-padding":
        length = 48
    elif FAULT == "sends-more-than-it-got":
        length *= 2
    told = struct.pack(">III", received, since, memory)
    return (HEAD.pack(b"RTTP", 1, kind, length, session, sequence) + told + struct.pack(">QQ", arrived, answered)).ljust(length, b"\0")


datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("", PORT))
listener = socket.create_server(("", PORT), backlog=100)
clients = {}
while True:
    for ready in select.select([datagrams, listener, *clients], [], [])[0]:
        arrived = time.monotonic_ns()
        if ready is listener:
            clients[listener.accept()[0]] = b""
        elif ready is datagrams:
            data, peer = datagrams.recvfrom(65536)
            if len(data) >= 48 and (whole(data) == len(data) or FAULT == "takes-any-length"):
                if reply := reply_to(data, peer, arrived):
                    datagrams.sendto(reply, peer)
            elif FAULT == "echoes-the-rest":
                datagrams.sendto(data, peer)
            elif FAULT == "dies-of-the-rest":
                sys.exit("not a probe")
        else:
            chunk = ready.recv(4096)
            data = chunk if FAULT == "a-segment-a-message" else clients[ready] + chunk
            while (length := whole(data)) and len(data) >= length:
                ready.sendall(reply_to(data[:length], ready.getpeername(), arrived))
                data = data[length:] if FAULT != "one-message-a-segment" else b""
            clients[ready] = data
            if not chunk or (whole(data) is None and FAULT != "keeps-strangers"):
                del clients[ready]
                ready.close()
