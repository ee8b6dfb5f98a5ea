"""Probers with one fault each: rtt_probe.py FAULT LIST PORT SECONDS --udp=WORD --tcp=WORD --interval=SECONDS.

The fault "none" gives a correct prober, so that a fault is the only thing a scenario can find.
"""

import os
import socket
import struct
import sys
import time

FAULT, LIST, PORT, SECONDS = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
OPTIONS = dict(word[2:].split("=", 1) for word in sys.argv[5:])
INTERVAL, PATIENCE = float(OPTIONS.get("interval") or 0.1), 0.5


def over_udp(address, sequence, session):
    """Seconds until the reply to this probe came; None: it did not."""
    client.sendto(b"RTTP" + struct.pack(">BBHQI28x", 1, 1, 48, session, sequence), (address, PORT))
    began = time.perf_counter()
    while (left := began + PATIENCE - time.perf_counter()) > 0:
        client.settimeout(left)
        try:
            reply = client.recv(2048)
        except TimeoutError:
            return None
        if struct.unpack(">QI", reply[8:20]) == (session, sequence):
            return time.perf_counter() - began
    return None


def over_tcp(address):
    began = time.perf_counter()
    try:
        connection = socket.create_connection((address, PORT), PATIENCE)
    except TimeoutError:
        return None
    took = time.perf_counter() - began
    if FAULT == "closes-in-time":  # the peer's end of the connection is awaited, as if it belonged to the round trip
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        took = time.perf_counter() - began
    connection.close()
    return took


def probe(address):
    session, sent, taken = int.from_bytes(os.urandom(8), "big"), 0, []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        to = addresses[0] if FAULT == "asks-the-first-only" else address
        took = over_udp(to, sent, session) if OPTIONS.get("udp") or FAULT == "knows-udp-only" else over_tcp(to)
        if FAULT == "repeats-what-is-lost" and took is None:
            took = over_udp(to, sent, session)
        sent += 1
        taken.append(took)
        if took is None and FAULT == "gives-up-at-the-first":
            break
        time.sleep(max(INTERVAL - (took or 0), 0))
        if FAULT == "adds-its-pause" and took is not None:
            taken[-1] = took + 0.01
    if FAULT == "begins-at-the-second":
        sent, taken = sent - 1, taken[1:]
    tell(address, sent, taken)


def tell(address, sent, taken):
    came = [took for took in taken if took is not None]
    received = len(came)
    if FAULT == "lost-is-zero":
        came += [0] * (sent - received)
    if FAULT == "lost-took-the-time-out":
        came += [PATIENCE] * (sent - received)
    average = 1000 * sum(came) / len(came) if came else 0
    if FAULT == "tells-seconds":
        average /= 1000
    if FAULT == "sums-up":
        average *= received
    if FAULT == "tells-half":
        average /= 2
    if FAULT == "counts-what-it-sent":
        received, sent = sent, sent + 1
    lost = 0 if FAULT == "calls-none-lost" else sent - received
    if FAULT == "calls-the-last-lost":
        received, lost = received - 1, lost + 1
    print(f"Estadísticas IP: {address}\nPaquetes: enviados={sent}, Recibido={received}, Perdido={lost}\nPromedio={average:.3f} ms")


with open(LIST, encoding="utf-8") as file:
    addresses = [word.strip() for word in file.read().split(";") if word.strip()]
if FAULT == "leaves-out-the-last":
    addresses.pop()
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if FAULT == "waits-for-ever":
    PATIENCE = 3600
for one in addresses:
    probe(one)
