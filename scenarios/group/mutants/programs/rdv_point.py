"""Rendezvous points of the multicast tree with one fault each: rdv_point.py FAULT --lifetime=S --state=FILE. The fault "none" gives a
correct one of the plain protocol."""

import os
import signal
import socket
import sys
import time

FAULT = sys.argv[1]
LIFETIME = float(dict(word.removeprefix("--").split("=", 1) for word in sys.argv[2:])["lifetime"])
LIFETIME *= 2 if FAULT == "keeps-twice-as-long" else 1
for number in (signal.SIGTERM, *([] if FAULT == "breaks-off-at-ctrl-c" else [signal.SIGINT])):
    signal.signal(number, lambda *_: os._exit(0))
point = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
point.bind(("", 10000))
root, until = None, 0.0
while True:
    datagram, sender = point.recvfrom(65535)
    now = time.monotonic()
    if now >= until and FAULT != "never-forgets":
        root = None
    kind, to = datagram[:4], (sender[0], 10000) if FAULT == "answers-port-10000" else sender
    if FAULT == "dies-of-garbage" and kind not in (b"ROOT", b"RREG", b"LEAV"):
        raise SystemExit(f"cannot understand {datagram[:20]!r}")
    if kind == b"ROOT":
        point.sendto(b"TOOR\n" + (f"{root[0]} {10000 if FAULT == 'names-port-10000' else root[1]}\n".encode() if root else b""), to)
    elif kind == b"RREG":
        known = root and root[0] == sender[0] if FAULT == "knows-by-address" else root == sender
        if (root is None or known) and not (FAULT == "refuses-refreshes" and root) or FAULT == "accepts-everybody":
            root, until = sender, until if root and FAULT == "refresh-does-not-renew" else now + LIFETIME
            point.sendto(b"YREG\n", to)
        else:
            point.sendto(b"NREG\n", to)
