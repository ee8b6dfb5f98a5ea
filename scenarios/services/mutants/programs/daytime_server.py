"""A daytime server (docs/protocols/daytime.md), spoilt: daytime_server.py FAULT PORT ZONE."""

import datetime
import signal
import socket
import struct
import sys
import time
import zoneinfo

fault, port, home = sys.argv[1], int(sys.argv[2]), sys.argv[3]
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", port))
LIMIT = 8
replies = 0


def zone_of(name):
    """The zone, or nothing."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return zoneinfo.ZoneInfo("UTC") if fault == "takes-unknown-zones-for-utc" else None


def offset_of(zone, moment):
    """Seconds east of UTC."""
    if fault == "forgets-summer-time":
        moment = moment.replace(month=12)
    if fault == "has-whole-hours":
        return round(zone.utcoffset(moment.astimezone(zone)).total_seconds() / 3600) * 3600
    if fault == "changes-an-hour-late":
        moment -= datetime.timedelta(hours=1)
    return int(moment.astimezone(zone).utcoffset().total_seconds())


def answer(question):
    """The PDU that answers it."""
    flags, asked, when = question[7], question[8:16], struct.unpack(">q", question[16:24])[0]
    name = question[64:128].rstrip(b"\0").decode() or home
    zone = zone_of(name)
    status = 0 if zone else 1
    nanoseconds = when if flags else time.time_ns()
    head = b"WPDT" + bytes([1, 2, status, 1 if fault == "claims-to-be-synchronised" else 0]) + asked + struct.pack(">q", nanoseconds)
    quality = struct.pack(">qqBB", 0, 2**63 - 1, *((1, 0) if fault == "claims-to-be-synchronised" else (0, 3)))
    if not zone:
        return None if fault == "is-silent-on-unknown-zones" else head + bytes(12) + quality + bytes(10) + name.encode().ljust(64, b"\0") + bytes(64)
    moment = datetime.datetime.fromtimestamp(nanoseconds // 10**9, datetime.timezone.utc)
    offset = offset_of(zone, moment)
    local = moment + datetime.timedelta(seconds=offset)
    parts = struct.pack(">H6Bi", local.year, local.month, local.day, local.hour, local.minute, local.second, local.isoweekday(), offset)
    return head + parts + quality + b"XXX".ljust(10, b"\0") + name.encode().ljust(64, b"\0") + local.strftime("%c").encode().ljust(64, b"\0")


while True:
    data, client = server.recvfrom(65536)
    if len(data) == 192 and data.startswith(b"WPDT"):
        if (found := answer(data)) is not None:
            server.sendto(found, client)
    elif fault == "knows-questions-only":
        continue
    elif fault == "is-not-limited" or replies < LIMIT:
        replies += 1
        line = datetime.datetime.now(zoneinfo.ZoneInfo(home)).strftime("%A, %B %d, %Y %H:%M:%S-%Z")
        server.sendto(line.encode() + (b"\n" if fault == "ends-lines-by-lf" else b"\r\n"), client)
