#!/usr/bin/env python3
"""Iterative echo server; PORT as argument."""
import select
import signal
import socket
import sys

LIMIT = 3  # seconds


def serve(conn):
    while select.select([conn], [], [], LIMIT)[0]:
        data = conn.recv(2048)
        if not data:
            return
        conn.sendall(data)


def main():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(("", int(sys.argv[1])))
        server.listen(8)
    except OSError as e:
        print("port", sys.argv[1], e.strerror, file=sys.stderr)
        sys.exit(1)
    while True:
        conn, peer = server.accept()
        try:
            serve(conn)
        except OSError as e:
            print(peer[0], e, file=sys.stderr)
        conn.close()


signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
main()
