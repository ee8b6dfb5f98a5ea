#!/usr/bin/env python3
"""echoserver.py PORT: one client after another; a client that is silent for ten minutes is sent away."""
import signal
import socket
import sys

if len(sys.argv) != 2 or not sys.argv[1].isdigit():
    sys.exit("usage: echoserver.py PORT")
port = int(sys.argv[1])
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
try:
    s.bind(("", port))
    s.listen(5)
except OSError as e:
    sys.exit(f"port {port}: {e.strerror}")
while True:
    conn, addr = s.accept()
    conn.settimeout(600)
    try:
        while True:
            data = conn.recv(65536)
            if not data:
                break
            conn.send(data)
    except OSError as e:
        print(addr, e, file=sys.stderr)
    finally:
        conn.close()
