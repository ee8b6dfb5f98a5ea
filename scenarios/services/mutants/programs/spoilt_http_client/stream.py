"""A connection, and what comes on it: lines, and so many bytes."""

import socket

from given import fault, patience
from wrong import Wrong

LONGEST_HEAD = 1 << 16  # bytes


def connected(host, port):
    """By whichever of its addresses answers."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if fault == "tries-one-address":
        addresses = addresses[:1]
    for family, *_, address in addresses:
        one = socket.socket(family, socket.SOCK_STREAM)
        one.settimeout(patience if len(addresses) == 1 or fault == "waits-for-the-first" else min(1, patience))
        if fault == "waits-for-the-first":
            one.settimeout(None)
        try:
            one.connect(address)
            one.settimeout(None if fault == "waits-for-ever" else patience)
            return one
        except OSError as error:
            why = error
    raise Wrong(f"{host}: connection refused or timed out: {why}", again=True)


class Stream:
    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def more(self):
        try:
            data = self.connection.recv(65536)
        except socket.timeout:
            if fault == "silence-is-the-end":
                return b""
            raise Wrong("timed out, the server is silent", again=True) from None
        except OSError as error:
            raise Wrong(f"connection broken, truncated: {error.strerror}", again=True) from None
        self.rest += data
        return data

    def line(self):
        while b"\n" not in self.rest:
            if len(self.rest) > LONGEST_HEAD and fault != "reads-long-fields":
                raise Wrong("a line is too long")
            if not self.more():
                if fault == "takes-half-a-head":
                    return b""
                raise Wrong("truncated: connection closed in the head", again=True)
            if fault == "head-in-one-read" and b"\n" not in self.rest:
                raise Wrong("malformed head")
        line, _, self.rest = self.rest.partition(b"\n")
        return line.rstrip(b"\r")

    def exactly(self, count):
        while len(self.rest) < count:
            if not self.more():
                part, self.rest = self.rest, b""
                return part
        part, self.rest = self.rest[:count], self.rest[count:]
        return part
