"""A client's connection: its lines, how long it may take for them, and how it ends."""

import os
import socket
import threading
import time

from errors import Gone, Refused
from faults import ROUND, is_
from methods import answer
from reply import Reply
from request import read_request

LINE = 8192  # bytes
stopping = threading.Event()
idle, kept = set(), []


class Connection:
    def __init__(self, connection, address):
        self.socket, self.address, self.data, self.began = connection, address[0].removeprefix("::ffff:"), b"", 0.0
        connection.settimeout(None if is_("waits-for-ever") else ROUND)

    def line(self, most=LINE):
        while b"\n" not in self.data:
            if len(self.data) > most:
                raise Refused(414 if most == LINE else 431)
            self.more()
        line, _, self.data = self.data.partition(b"\n")
        if len(line) > most:
            raise Refused(414 if most == LINE else 431)
        return line.removesuffix(b"\r")

    def more(self):
        if self.began and not is_("waits-anew-for-each-byte"):
            self.socket.settimeout(max(0.001, self.began + ROUND - time.monotonic()))
        part = self.socket.recv(65536)
        if not part:
            raise Gone
        self.data += part

    def skip(self, count):
        while len(self.data) < count:
            self.more()
        if not is_("takes-bodies-for-requests"):
            self.data = self.data[count:]

    def serve(self):
        try:
            while self.one_request() and not stopping.is_set():
                pass
            self.linger()
        except (Gone, OSError):
            pass
        finally:
            if not is_("leaks-a-descriptor"):
                self.socket.close()
            else:
                kept.append(self.socket)

    def linger(self):
        """What is still on its way is read, so that no reset overtakes the reply."""
        if is_("closes-with-words-unread"):
            return
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(1)
        end = time.monotonic() + 2
        while time.monotonic() < end and self.socket.recv(65536):
            pass

    def one_request(self):
        """Answers one; whether there may be another."""
        if not self.data:
            idle.add(self.socket)
            try:
                self.more()
            finally:
                idle.discard(self.socket)
        try:
            self.began = 0.0 if is_("waits-for-ever") else time.monotonic()
            request = read_request(self)
        except TimeoutError:
            if not is_("leaves-without-a-word"):
                Reply(self, None).error(408)
            return False
        except Refused as error:
            if is_("dies-at-a-bad-request"):
                os._exit(1)
            if is_("silent-at-what-is-too-long") and error.args[0] in (413, 414, 431):
                return False
            Reply(self, None).error(error.args[0])
            return is_("goes-on-after-a-bad-request")
        self.began = 0.0
        self.socket.settimeout(ROUND)
        answer(Reply(self, request))
        if is_("forgets-what-came-early"):
            self.data = b""
        return request.keep
