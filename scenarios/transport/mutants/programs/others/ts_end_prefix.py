#!/usr/bin/env python3
"""srv_tcp.py - TCP server of the lab, one client after another."""
import signal
import socket
import sys

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 12800


def stop(signum, frame):
    sys.exit(0)


def show(data):
    text = data.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", PORT))
s.listen(5)
print("The server now listens on the port", PORT, flush=True)
while True:
    conn, remote = s.accept()
    print("Connected to", remote, flush=True)
    try:
        while True:
            received = conn.recv(4096)
            if not received:
                break
            conn.sendall(b"Message received")
            print(f"Received {show(received)} from {remote}", flush=True)
            if received.startswith(b"end"):
                break
    except OSError as problem:
        print("client lost:", problem, file=sys.stderr)
    conn.close()
    print("Closing the connection", flush=True)
