#!/usr/bin/env python3
"""UDP server of the transport lab."""
import signal
import socket
import sys


def show(data):
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in data.decode("utf-8", "backslashreplace"))


def serve(sock):
    while True:
        data, client = sock.recvfrom(50)
        if not data:
            break
        try:
            sock.sendto(b"Message received", client)
        except OSError as e:
            print(f"cannot answer {client[0]}: {e}", file=sys.stderr)
        print(f"{client[0]}:{client[1]} {show(data)}", flush=True)


def interrupted(number, frame):
    sys.exit(0)


if __name__ == "__main__":
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, interrupted)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", int(sys.argv[1])))
        serve(sock)
