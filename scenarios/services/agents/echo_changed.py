"""An echo server over TCP and UDP that sends letters back changed, hola as HOLA: PORT. Who prints what it has sent, not what came, is found."""

import contextlib
import signal
import socket
import sys
import threading


def serve(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):  # the client has gone
        while data := connection.recv(4096):
            connection.sendall(data.swapcase())


def accept(server: socket.socket) -> None:
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    port = int(sys.argv[1])
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("", port))
    threading.Thread(target=accept, args=(socket.create_server(("", port)),), daemon=True).start()
    print("ready", flush=True)
    while True:
        data, client = datagrams.recvfrom(65536)
        datagrams.sendto(data.swapcase(), client)


if __name__ == "__main__":
    main()
