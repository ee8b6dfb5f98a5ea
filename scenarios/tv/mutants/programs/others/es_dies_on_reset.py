#!/usr/bin/env python3
# serveur d'écho : python3 echoserver.py PORT
import signal
import socket
import sys


def quitter(*_):
    s.close()
    sys.exit(0)


try:
    port = int(sys.argv[1])
except (IndexError, ValueError):
    sys.exit("usage : echoserver.py PORT")
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(("", port))
    s.listen(5)
except OSError as e:
    sys.exit(f"port {port} : {e.strerror}")
signal.signal(signal.SIGINT, quitter)
signal.signal(signal.SIGTERM, quitter)
while True:
    conn, addr = s.accept()
    while True:
        data = conn.recv(1024)
        if not data:
            break
        conn.sendall(data)
    conn.close()
