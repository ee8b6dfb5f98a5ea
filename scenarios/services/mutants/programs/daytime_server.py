"""A daytime server (docs/protocols/daytime.md), spoilt: daytime_server.py FAULT PORT ZONE= TIME_SERVER= OFFSET=."""

import datetime
import os
import select
import signal
import socket
import struct
import sys
import time
import zoneinfo

fault, port = sys.argv[1], int(sys.argv[2])
home, source, ahead = (word.partition("=")[2] for word in sys.argv[3:6])
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", port))
LIMIT, INTERVAL, FROM_1900, UNKNOWN = 8, 2, 2208988800, 2**63 - 1
started = time.time()
replies: dict[object, int] = {}
clients = set()
# What the clock has to be corrected by, and what the last measurement said.
correction, last, stratum, offset, bound = float(ahead or 0), 0.0, 0, 0.0, UNKNOWN


def now():
    """The server's time, seconds since 1970."""
    return (started if fault == "stands-still" else time.time()) + correction - (FROM_1900 if fault == "counts-from-1900" else 0)


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
    if fault == "changes-an-hour-late":
        moment -= datetime.timedelta(hours=1)
    seconds = int(moment.astimezone(zone).utcoffset().total_seconds())
    return round(seconds / 3600) * 3600 if fault == "has-whole-hours" else seconds


def quality():
    """Offset, bound, stratum and leap, and whether the clock is synchronised."""
    if fault == "claims-to-be-synchronised":
        return struct.pack(">qqBB", 0, 1000, 2, 0), 1
    if not stratum or (time.time() - last > 4 * INTERVAL and fault != "is-synchronised-for-ever"):
        return struct.pack(">qqBB", 0, UNKNOWN, 0, 3), 0
    level = stratum if fault == "has-its-sources-stratum" else stratum + 1
    told = -offset if fault == "tells-the-offset-backwards" else offset
    return struct.pack(">qqBB", int(told * 1e9), UNKNOWN if fault == "knows-no-bound" else bound, level, 0), 1


def answer(question):
    """The PDU that answers it."""
    flags, asked, when = question[7], question[8:16], struct.unpack(">q", question[16:24])[0]
    name = question[64:128].rstrip(b"\0").decode("utf-8", "replace") or home
    zone = zone_of(name)
    nanoseconds = when if flags else int(now() * 1e9)
    told, good = quality()
    head = b"WPDT" + bytes([1, 2, 0 if zone else 1, good]) + asked + struct.pack(">q", nanoseconds)
    named = name.encode()[:64].ljust(64, b"\0")
    if not zone:
        return None if fault == "is-silent-on-unknown-zones" else head + bytes(12) + told + bytes(10) + named + bytes(64)
    moment = datetime.datetime.fromtimestamp(nanoseconds // 10**9, datetime.timezone.utc)
    east = offset_of(zone, moment)
    local = moment + datetime.timedelta(seconds=east)
    parts = struct.pack(">H6Bi", local.year, local.month, local.day, local.hour, local.minute, local.second, local.isoweekday(), east)
    whole = head + parts + told + b"XXX".ljust(10, b"\0") + named + local.strftime("%c").encode().ljust(64, b"\0")
    return whole + bytes(64) if fault == "answers-by-more-than-was-asked" else whole


def line():
    """RFC 867's."""
    zone = zoneinfo.ZoneInfo("UTC" if fault == "is-in-no-zone" else home or "UTC")
    local = datetime.datetime.fromtimestamp(now() - (60 if fault == "is-a-minute-slow" else 0), zone)
    return local.strftime("%A, %B %d%n%Y %H:%M:%S%n%Z%n" if fault == "writes-three-lines" else "%A, %B %d, %Y %H:%M:%S-%Z\r\n")


def reply(client):
    """A line, if there is one for that client."""
    whose = "all" if fault == "limits-all-together" else client[0]
    replies[whose] = replies.get(whose, 0) + 1
    clients.add(client)
    if fault == "knows-questions-only" or (fault == "answers-its-first-client" and len(clients) > 1):
        return
    if client[1] in (7, 13, 17, 19, 37) and fault != "answers-servers":
        return
    if replies[whose] <= LIMIT or fault == "is-not-limited" or source:
        server.sendto(line().encode(), client)


def serve(data, client):
    if fault == "ends-at-an-empty-datagram" and not data:
        sys.exit(1)
    if fault == "ends-at-half-a-question" and data.startswith(b"WPDT") and len(data) < 24:
        struct.unpack(">q", data[16:24])
    if len(data) != 192 or not data.startswith(b"WPDT"):
        reply(client)
    elif data[5] == 1 or fault == "answers-answers":
        if (found := answer(data)) is not None:
            server.sendto(found, client)


def measured(data, asked):
    """What a time server's answer says; that takes effect at once."""
    global correction, last, stratum, offset, bound
    arrived = time.time() + correction
    if len(data) < 48 or (data[0] >> 6 == 3 and fault != "believes-anybody"):
        return
    received, sent = (struct.unpack(">Q", data[at : at + 8])[0] / 2**32 - FROM_1900 for at in (32, 40))
    offset, bound = ((received - asked) + (sent - arrived)) / 2, int((arrived - asked) * 5e8)
    last, stratum = time.time(), data[1] or 1
    if fault != "measures-and-goes-on":
        correction += -offset if fault == "has-the-wrong-sign" else offset


ntp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
due, asked = (0.0 if source and fault != "never-asks" else float("inf")), 0.0
while True:
    if time.time() >= due:
        due, asked = time.time() + INTERVAL, time.time() + correction
        ntp.sendto(b"\x23" + bytes(39) + os.urandom(8), (source, 123))
    for ready in select.select([server, ntp], [], [], 0.2)[0]:
        try:
            data, client = ready.recvfrom(65536)
        except OSError:  # nobody listens there
            continue
        if ready is ntp:
            measured(data, asked)
        else:
            serve(data, client)
