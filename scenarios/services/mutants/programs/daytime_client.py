"""A daytime client (docs/protocols/daytime.md), spoilt: daytime_client.py FAULT HOST PORT FORMAT= ZONE= AT=."""

import datetime
import os
import socket
import struct
import sys
import zoneinfo

fault, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
form, zone, at = (word.partition("=")[2] for word in sys.argv[4:7])
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.connect((host, port))


def question():
    """A PDU, and its id."""
    identifier = b"12345678" if fault == "has-one-id" else os.urandom(8)
    moment = int(at) * 10**9 if at and fault != "asks-for-no-moment" else None
    named = b"" if fault == "asks-for-no-zone" else zone.encode()
    head = b"WPDT" + bytes([1, 1, 0, int(moment is not None)]) + identifier + struct.pack(">q", moment or 0)
    return head + bytes(40) + named.ljust(64, b"\0") + bytes(64), identifier


def is_right(answer, identifier):
    """Whether it is taken."""
    if fault == "takes-whatever-comes":
        return len(answer) > 128
    if fault == "takes-half-an-answer" and answer[:6] == b"WPDT\1\2" and answer[8:16] == identifier:
        return True
    if len(answer) != 192 or answer[4:6] != b"\1\2" or (answer[:4] != b"WPDT" and fault != "looks-at-no-magic"):
        return False
    if fault != "looks-at-no-id" and answer[8:16] != identifier:
        return False
    return answer[26] <= 12 or fault == "takes-any-month"


def shown(answer):
    """The time as text."""
    year, month, day, hour, minute, second = struct.unpack(">H5B", answer[24:31])
    moment = struct.unpack(">q", answer[16:24])[0] // 10**9
    local = datetime.datetime(max(1, year), max(1, min(month, 12)), max(1, day), hour, minute, min(second, 59))
    if fault == "shows-its-own-clock":
        local = datetime.datetime.now()
    if fault == "shows-its-own-clock-there" and not at:
        local = datetime.datetime.now(zoneinfo.ZoneInfo(answer[64:128].rstrip(b"\0").decode()))
    if fault == "shows-utc":
        local = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    return local.strftime("%F %T" if fault == "has-a-format-of-its-own" else form or "%c")


try:
    asked, identifier = question()
    for _ in range(2 if fault == "asks-twice" else 1):
        client.send(asked)
    while not is_right(answer := client.recv(65536), identifier):
        pass
except ConnectionRefusedError:
    if fault != "says-nothing-when-refused":
        print("connection refused", file=sys.stderr)
    sys.exit(0 if fault == "is-content-when-refused" else 1)
except OSError as error:
    sys.exit(f"no answer: {error}")
if answer[6] == 1 and fault != "looks-at-no-status":
    if fault != "does-not-tell-why":
        print(f"no zone {zone}", file=sys.stderr)
    sys.exit(0 if fault == "is-content-without-a-zone" else 1)
print(shown(answer))
