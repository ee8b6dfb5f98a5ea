"""Message servers over UDP with one fault each.

message_udp_server.py FAULT PORT --receive-size=N --receive-buffer=N --delay=SECONDS --address=ADDRESS --json=FILE,
where nothing behind the equals sign means the default. The fault "none" gives a correct server, so that a fault is the
only thing a scenario can find.
"""

import json
import os
import select
import signal
import socket
import struct
import sys

FAULT, PORT = sys.argv[1], int(sys.argv[2])
OPTIONS = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[3:])
RECEIVE_SIZE = 65536 if FAULT == "receives-all" else int(OPTIONS.get("receive-size") or 65536)
DELAY = 0 if FAULT == "never-rests" else float(OPTIONS.get("delay") or 0)
SO_MEMINFO, DROPS = 55, 8
ANSWER = b"Message received"
counts = {"received": 0, "delivered": 0, "truncated": 0, "dropped": 0, "unread": 0}
clients = set()


def receive():
    """Text, length as sent, and client of the next datagram."""
    buffer = bytearray(RECEIVE_SIZE)
    length, client = server.recvfrom_into(buffer, 0, socket.MSG_TRUNC)
    return bytes(buffer[:length]), length, client


def serve_one():
    text, length, client = receive()
    truncated = length > len(text) and FAULT != "hides-truncation"
    counts["received"] += 1
    counts["truncated" if truncated else "delivered"] += 1
    if FAULT == "dies-of-bad-text":
        text.decode()
    of = f" of {length}" if truncated else ""
    print(f"received {len(text)}{of} bytes from {client[0]}:{client[1]}: {ascii(text)[2:-1]}", flush=True)
    if FAULT == "forks-for-each-client" and client not in clients and os.fork() == 0:
        signal.pause()
        os._exit(0)
    clients.add(client)
    if FAULT == "serves-one-client-only":
        server.connect(client)
        server.send(ANSWER)
        return
    answer = text if FAULT == "echoes" else ANSWER
    sender = other if FAULT == "answers-from-another-port" else server
    for _ in range({"answers-twice": 2, "never-answers": 0}.get(FAULT, 1)):
        sender.sendto(answer, client)
    if text == b"end" and FAULT == "ends-for-all":
        os._exit(0)


def report():
    server.setblocking(False)
    memory = server.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 64)
    counts["dropped"] = 0 if FAULT == "hides-drops" else struct.unpack(f"{len(memory) // 4}I", memory)[DROPS]
    try:
        while True:
            receive()
            counts["unread"] += 1
    except BlockingIOError:
        pass
    if OPTIONS.get("json"):
        with open(OPTIONS["json"], "w", encoding="utf-8") as file:
            json.dump({"protocol": "udp", **counts}, file)


stop_pipe, stop_signal = os.pipe()
os.set_blocking(stop_signal, False)
signal.set_wakeup_fd(stop_signal)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: None)
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if OPTIONS.get("receive-buffer") and FAULT != "keeps-the-large-buffer":
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(OPTIONS["receive-buffer"]))
server.bind((OPTIONS.get("address", ""), PORT))
while stop_pipe not in select.select([server, stop_pipe], [], [])[0]:
    serve_one()
    if DELAY and select.select([stop_pipe], [], [], DELAY)[0]:
        break
report()
