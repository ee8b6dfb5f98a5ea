"""Asking origins: one request, whose answer several clients may read while it comes."""

import os
import re
import socket
import threading
import time

import rules
from faults import is_
from messages import Broken, Message, Refused, Stream, response_body
from store import Entry

PATIENCE, NAME = 20, "proxy"


def ask(where, method, target, fields, body):
    """Sends a request; a stream of what comes."""
    if where[0] == "localhost" or not 0 < where[1] < 65536:
        raise Broken("not there")
    connection = socket.create_connection(where, PATIENCE)
    connection.settimeout(PATIENCE)
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields), "Connection: close", "", ""]
    connection.sendall("\r\n".join(lines).encode("latin-1") + body)
    return Stream(connection)


def heads(stream):
    """Interim ones, and the last one."""
    while True:
        try:
            message = stream.head()
        except Refused:
            raise Broken("head") from None
        found = re.fullmatch(r"HTTP/1\.[01] (\d{3})( .*)?", message.first) if message else None
        if not found and message and is_("takes-any-status-line"):
            found = re.fullmatch(r"HTTP/1\.[01] (\d{3})( .*)?", "HTTP/1.1 200 OK")
        if not found:
            raise Broken("no answer")
        yield int(found[1]), message
        if int(found[1]) >= 200:
            return


class Fetch(threading.Thread):
    """interim: heads before the last one; status, message, length: of the answer; pieces: of the body so far; ended: "", "whole", "broken"."""

    def __init__(self, where, method, target, request, key, store, extra=(), body=b""):
        super().__init__(daemon=True)
        self.where, self.method, self.target, self.request, self.key, self.store, self.body = where, method, target, request, key, store, body
        self.extra, self.asked_at = list(extra), time.time()
        self.changed = threading.Condition()
        self.interim, self.pieces, self.ended = [], [], ""
        self.leader, self.consumed, self.left = None, 0, False
        self.status, self.message, self.length, self.kept = 0, Message("", []), None, False

    def sent_fields(self):
        replaced = {"host", "content-length", "expect", *(name.lower() for name, _ in self.extra)} - ({"content-length"} if is_("forwards-both-lengths") else set())
        fields = [(name, value) for name, value in self.request.passed_on() if name.lower() not in replaced]
        if is_("forwards-both-lengths") and self.request.get("transfer-encoding"):
            fields += [("Transfer-Encoding", self.request.get("transfer-encoding"))]
        elif self.body or self.method in ("POST", "PUT"):
            fields.append(("Content-Length", len(self.body)))
        if is_("drops-further-fields"):
            fields = []
        if is_("drops-passwords"):
            fields = [(name, value) for name, value in fields if name.lower() != "authorization"]
        host = "proxy" if is_("names-itself") else self.request.get("host") if is_("believes-host") or self.where.told else self.where.name
        via = [] if is_("no-via") else [("Via", f"1.1 {NAME}")]
        return [("Host", host), *fields, *self.extra, *via]

    def run(self):
        try:
            stream = ask((self.where.host, self.where.port), self.method, self.target, self.sent_fields(), self.body)
            with stream.connection:
                self.read(stream)
        except (Broken, OSError, ValueError) as error:
            if is_("dies-of-a-bad-answer") and not self.pieces:
                os._exit(1)
            self.end("broken" if not is_("takes-a-cut-for-all") or not self.pieces else "whole", str(error))

    def read(self, stream):
        for status, message in heads(stream):
            if status < 200:
                with self.changed:
                    self.interim.append(message)
                    self.changed.notify_all()
                continue
            length, pieces = response_body(stream, message, self.method, status)
            came_at = time.time()
            if is_("cuts-pictures") and "image" in message.get("content-type"):
                whole = b"".join(pieces)
                length, pieces = len(whole) // 8, iter([whole[: len(whole) // 8]])
            if is_("stylesheets-are-text"):
                message.fields = [(name, value.replace("text/css", "text/plain")) for name, value in message.fields]
            if not message.get("date"):
                message.fields.append(("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())))
            with self.changed:
                self.length, self.message, self.status = length, message, status
                self.kept = (self.method == "GET" or is_("caches-post")) and rules.may_keep(self.request, message, status)
                self.first_age = rules.age_at_first(message, self.asked_at, came_at)
                self.changed.notify_all()
            if is_("takes-what-comes-behind") and length is not None:
                pieces = iter([*pieces, stream.data])
            try:
                for piece in pieces:
                    with self.changed:
                        self.pieces.append(piece)
                        self.changed.notify_all()
                        self.wait_for_leader()
                    if is_("stores-half-at-once") and len(self.pieces) == 1:
                        self.keep(came_at)
            except (Broken, OSError):
                if is_("stores-what-is-cut"):
                    self.keep(came_at)
                raise
            self.keep(came_at)
            self.end("whole")

    def wait_for_leader(self):
        """A faulty one: goes no further than the client that asked first."""
        if is_("writes-to-the-first-client-first") or is_("ends-with-its-first-client"):
            while self.leader and self.consumed < len(self.pieces) and not self.left:
                self.changed.wait()
            if self.left and is_("ends-with-its-first-client"):
                raise Broken("the first client has gone")

    def consume(self, left=False):
        with self.changed:
            self.consumed, self.left = self.consumed + 1, left
            self.changed.notify_all()

    def keep(self, came_at):
        if self.kept and (self.status != 304 or is_("believes-304-of-a-miss")):
            fields = self.message.fields if is_("keeps-hop-by-hop-fields") else self.message.passed_on()
            status = 200 if self.status in (206, 304) else self.status
            self.store.put(Entry(self.key, self.request, status, Message(self.message.first, fields), b"".join(self.pieces), self.first_age, came_at))

    def end(self, how, why=""):
        with self.changed:
            self.ended, self.why = how, why
            self.changed.notify_all()

    def wait_for_head(self, tell=lambda message: None):
        """Until the status is known, or it has ended. tell: gets each interim head."""
        told = 0
        while True:
            with self.changed:
                while not (self.status or self.ended or len(self.interim) > told):
                    self.changed.wait()
                new, done = self.interim[told:], bool(self.status or self.ended)
            for message in new:
                tell(message)
            told += len(new)
            if done:
                return

    def read_body(self):
        """The pieces as they come; raises Broken where it breaks off."""
        at = 0
        while True:
            with self.changed:
                while at == len(self.pieces) and not self.ended:
                    self.changed.wait()
                new, ended = self.pieces[at:], self.ended
            yield from new
            at += len(new)
            if ended and at == len(self.pieces):
                if ended == "broken":
                    raise Broken("cut")
                return
