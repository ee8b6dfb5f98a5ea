"""Echo servers over TCP, by select, with one fault each: tcp_echo_select.py FAULT PORT. "none" gives a correct one."""

import select
import signal
import socket
import sys

FAULT, PORT = sys.argv[1], int(sys.argv[2])
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
server = socket.create_server(("", PORT))
clients: list[socket.socket] = []


def changed(data: bytes) -> bytes:
    """What is sent back."""
    if FAULT == "adds-a-line-end":
        return data + b"\n"
    if FAULT == "knows-ascii-only":
        return data.decode("ascii", "replace").encode("ascii", "replace")
    return data


def serve(client: socket.socket) -> None:
    data = client.recv(65536)
    for each in list(clients) if FAULT == "sends-to-all" else [client]:
        each.sendall(changed(data))
    if not data or FAULT == "echoes-once-to-each":
        clients.remove(client)
        client.close()


while True:
    for ready in select.select([server, *clients], [], [])[0]:
        if ready is server:
            clients.append(server.accept()[0])
        else:
            serve(ready)
