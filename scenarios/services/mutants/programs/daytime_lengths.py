"""A daytime server and its client, of a PDU whose length is not fixed: daytime_lengths.py FAULT server|client PORT|HOST FORMAT= ZONE= AT=.

The PDU: kind, one octet, and a text of 63: a zone and a moment are asked for, a time comes back, or nothing for an unknown zone. FAULT tells
which datagrams end with their text: questions, answers, errors.
"""

import datetime
import signal
import socket
import sys
import zoneinfo

fault, role, where = sys.argv[1:4]
form, home, at = (word.partition("=")[2] for word in sys.argv[4:7])
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def pdu(kind: str, text: str, shorter: str) -> bytes:
    data = (kind + text).encode()
    return data if fault == shorter else data.ljust(64, b"\0")


def told(name: str, when: str) -> bytes:
    """The answer for a zone: %A makes it of any length."""
    try:
        zone = zoneinfo.ZoneInfo(name or home)
    except (ValueError, KeyError, OSError):
        return pdu("E", "", "errors")
    moment = datetime.datetime.fromtimestamp(float(when), zone) if when else datetime.datetime.now(zone)
    return pdu("A", f"{moment:%A %d %B %Y %H:%M:%S}", "answers")


if role == "server":
    peer.bind(("", int(where)))
    while True:
        question, client = peer.recvfrom(65536)
        name, bar, when = question[1:].rstrip(b"\0").decode("utf-8", "replace").partition("|")
        now = datetime.datetime.now(zoneinfo.ZoneInfo(home or "UTC"))
        peer.sendto(told(name, when) if question[:1] == b"Q" and bar else f"{now:%A, %B %d, %Y %H:%M:%S-%Z}\r\n".encode(), client)
peer.settimeout(5)
host, port = where.split(":")
peer.sendto(pdu("Q", f"{home}|{at}", "questions"), (host, int(port)))
answer = peer.recv(65536)
if answer[:1] == b"E":
    sys.exit(f"no zone {home}")
print(datetime.datetime.strptime(answer[1:].rstrip(b"\0").decode(), "%A %d %B %Y %H:%M:%S").strftime(form or "%c"))
