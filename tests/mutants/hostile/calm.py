"""The good behaviour behind which the others hide: an echo server as tv.q15 wants it, that ends in order at Ctrl+C."""

from __future__ import annotations

import os
import selectors
import signal
import socket


def _end(*_: object) -> None:
    os._exit(0)


def install() -> None:
    """Ctrl+C ends the program in order, from its beginning on."""
    signal.signal(signal.SIGINT, _end)


def serve(words: list[str]) -> None:
    """Echoes at the port that is the first word, until it is interrupted."""
    listener = socket.socket(socket.AF_INET6 if socket.has_ipv6 else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", int(words[0])))
    listener.listen(16)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
                continue
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            try:
                data = connection.recv(65536)
                connection.sendall(data)
            except OSError:
                data = b""
            if not data:
                selector.unregister(connection)
                connection.close()
