#!/usr/bin/env python3
"""Echo server, one client after another; may be started again at once."""
import signal
import socket
import sys

port = int(sys.argv[1])


def stop(*_):
    server.close()
    sys.exit(0)


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
try:
    server.bind(("", port))
    server.listen(5)
except OSError as error:
    print(f"cannot listen on port {port}: {error.strerror}", file=sys.stderr)
    sys.exit(1)
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
while True:
    client, peer = server.accept()
    try:
        while data := client.recv(4096):
            client.sendall(data)
    except OSError as error:
        print(peer, error, file=sys.stderr)
    client.close()
