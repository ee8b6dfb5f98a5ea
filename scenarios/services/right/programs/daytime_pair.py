"""Server and client as the sheet's: server_ntp.py and cliente_ntp.py in one, with a PDU of their own, 64 bytes of text padded by spaces.

daytime_pair.py server [--host HOST] [--port PORT] [--zone ZONE] [--time-server HOST]
daytime_pair.py client [--format FORMAT] [--host HOST] [--port PORT] [--zone ZONE] [--at SECONDS]
"""

import argparse
import datetime
import socket
import struct
import time
import zoneinfo

LENGTH = 64


def pdu(*words: str) -> bytes:
    return "|".join(words).encode().ljust(LENGTH)


def words_of(data: bytes) -> list[str]:
    return data.decode().strip().split("|")


def synchronise(host: str) -> float:
    """Seconds that the time server is ahead of this host (SNTP)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1)
        left = time.time()
        try:
            asking.sendto(b"\x1b" + bytes(47), (host, 123))
            answer = asking.recv(512)
        except OSError:
            return 0.0
        if answer[1] == 0:
            return 0.0
        seconds, fraction = struct.unpack(">II", answer[40:48])
        return seconds + fraction / 2**32 - 2208988800 - (left + time.time()) / 2


def serve(options: argparse.Namespace) -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((options.host, options.port))
    ahead, due = 0.0, time.time()
    server.settimeout(1)
    while True:
        if options.time_server and time.time() >= due:
            ahead, due = synchronise(options.time_server), time.time() + 3
        try:
            data, client = server.recvfrom(2048)
        except TimeoutError:
            continue
        now = time.time() + ahead
        if len(data) != LENGTH or not data.startswith(b"ASK|"):
            local = datetime.datetime.fromtimestamp(now, zoneinfo.ZoneInfo(options.zone))
            server.sendto(local.strftime("%A, %B %d, %Y %H:%M:%S-%Z\r\n").encode(), client)
            continue
        _, zone, at = words_of(data)
        try:
            local = datetime.datetime.fromtimestamp(float(at or now), zoneinfo.ZoneInfo(zone or options.zone))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            server.sendto(pdu("ERR", "zone"), client)
        else:
            server.sendto(pdu("TIME", local.strftime("%Y-%m-%d %H:%M:%S")), client)


def ask(options: argparse.Namespace) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(pdu("ASK", options.zone, options.at), (options.host, options.port))
        kind, told = words_of(client.recv(2048))
    if kind == "ERR":
        raise SystemExit(f"there is no zone {options.zone}")
    print(datetime.datetime.strptime(told, "%Y-%m-%d %H:%M:%S").strftime(options.format))


parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["server", "client"])
parser.add_argument("--host", default="")
parser.add_argument("--port", type=int, default=13)
parser.add_argument("--format", default="%c")
parser.add_argument("--zone")
parser.add_argument("--at", default="")
parser.add_argument("--time-server")
arguments = parser.parse_args()
if arguments.what == "server":
    arguments.zone = arguments.zone or "UTC"
    serve(arguments)
else:
    arguments.zone = arguments.zone or ""
    ask(arguments)
