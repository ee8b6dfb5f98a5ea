"""A prober as the sheet's: each address for some seconds, one probe as soon as the last is answered. rtt_prober.py LIST PORT SECONDS --udp=WORD --tcp=WORD"""

import socket
import sys
import time


def round_trip(address, kind):
    with socket.socket(socket.AF_INET, kind) as client:
        client.settimeout(1)
        began = time.monotonic()
        try:
            client.connect((address, port))
            if kind == socket.SOCK_DGRAM:
                client.send(b"how long?")
                client.recv(100)
        except OSError:
            return None
        return time.monotonic() - began


listed, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
kinds = [kind for word, kind in zip(sys.argv[4:], (socket.SOCK_DGRAM, socket.SOCK_STREAM)) if not word.endswith("=")]
with open(listed, encoding="utf-8") as file:
    addresses = file.read().strip().split(";")
for kind in kinds:
    for address in addresses:
        times, sent, end = [], 0, time.monotonic() + seconds
        while time.monotonic() < end:
            sent += 1
            took = round_trip(address, kind)
            if took is not None:
                times.append(took)
        average = 1000 * sum(times) / len(times) if times else 0
        print(f"*****\nEstadísticas IP: {address}\nPaquetes: enviados={sent}, Recibido={len(times)}, Perdido={sent - len(times)}\nPromedio={average:.2f} ms")
