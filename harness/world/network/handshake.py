"""One TCP connection between two hosts, with data both ways, torn down without a trace."""

from __future__ import annotations

import os
import select
import socket
import struct
import time

_DATA = bytes(range(256)) * 2
_DEADLINE = 3.5  # seconds: two retransmissions of a lost SYN
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Handshake:
    """A client's socket (made by the constructor, in the client's namespace) and a server's listening socket.

    After run_handshakes: ``ok``, ``reason`` (for people), ``congestion_control`` of the client's socket.
    """

    @staticmethod
    def listen(address: str) -> socket.socket:
        """The server's socket, on a port that the kernel picks."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        listener.bind((address, 0))
        listener.listen(1)
        return listener

    def __init__(self, address: str, listener: socket.socket) -> None:
        self.ok, self.reason, self.congestion_control = False, "", ""
        self._listener: socket.socket = listener
        self._server: socket.socket | None = None
        self._echoed = self._returned = b""
        self._client: socket.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._client.bind((address, 0))
        self._connected = False
        self._closing = False
        code = self._client.connect_ex(listener.getsockname())
        if code not in (0, 115):  # EINPROGRESS
            self._finish(f"connect: {os.strerror(code)}")

    @property
    def pending(self) -> bool:
        return not self.ok and not self.reason

    def interests(self) -> list[tuple[int, int]]:
        """(descriptor, poll events) that this connection waits for."""
        if self._server:
            found = [(self._server.fileno(), select.POLLIN)]
        else:
            found = [(self._listener.fileno(), select.POLLIN)]
        if not self._closing:
            found.append((self._client.fileno(), select.POLLIN if self._connected else select.POLLOUT))
        return found

    def proceed(self) -> None:
        """Does whatever can be done without waiting."""
        try:
            if not self._connected:
                code = self._client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code:
                    return self._finish(f"connect: {os.strerror(code)}")
                if select.select([], [self._client], [], 0)[1]:
                    self._connected = True
                    option = socket.TCP_CONGESTION  # type: ignore[attr-defined]  # Debian's stubs do not have it
                    name = self._client.getsockopt(socket.IPPROTO_TCP, option, 16)
                    self.congestion_control = name.rstrip(b"\0").decode()
                    self._client.send(_DATA)
            if self._server is None:
                self._server = self._listener.accept()[0]
                self._server.setblocking(False)
            if not self._closing and len(self._echoed) < len(_DATA):
                part = self._server.recv(4096)
                self._echoed += part
                self._server.send(part)
            if self._connected and not self._closing:
                self._returned += self._client.recv(4096)
                if self._returned == _DATA:
                    # A reset leaves no TIME_WAIT; seen at the server it is no longer on the wire.
                    self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                    self._client.close()
                    self._closing = True
            if self._closing:
                self._server.recv(1)
        except BlockingIOError:
            pass
        except ConnectionResetError as error:
            self._finish("" if self._closing else f"{error.strerror}")
        except OSError as error:
            self._finish(f"{error.strerror}")

    def give_up(self) -> None:
        stage = "no answer to the SYN" if not self._connected else "connected, but data did not come back"
        self._finish(f"{stage} in time")

    def _finish(self, reason: str) -> None:
        self.ok, self.reason = not reason, reason
        for end in (self._client, self._server, self._listener):
            if end:
                if end is not self._listener and end.fileno() >= 0:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                end.close()


def run_handshakes(handshakes: list[Handshake], under_way: float = 0.0) -> None:
    """All at once, until each has succeeded or failed. under_way: seconds that their packets spend on links with a delay."""
    deadline = time.monotonic() + _DEADLINE + under_way
    while pending := [handshake for handshake in handshakes if handshake.pending]:
        poll, owners = select.poll(), {}
        for handshake in pending:
            for descriptor, events in handshake.interests():
                poll.register(descriptor, events)
                owners[descriptor] = handshake
        left = deadline - time.monotonic()
        ready = poll.poll(max(0, left * 1000))
        for handshake in {id(owners[fd]): owners[fd] for fd, _ in ready}.values():
            handshake.proceed()
        if not ready and left <= 0:
            for handshake in pending:
                handshake.give_up()
