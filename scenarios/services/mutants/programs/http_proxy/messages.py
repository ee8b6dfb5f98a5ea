"""Messages of HTTP/1.x on a connection: heads, fields, bodies by piece (RFC 9112)."""

import re

from faults import is_

LONGEST_HEAD, LONGEST_BODY = 65536, 16 << 20  # bytes
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
HOP = {"connection", "keep-alive", "proxy-connection", "te", "upgrade", "transfer-encoding", "proxy-authenticate", "trailer"}


class Refused(Exception):
    """A request that gets an error: its status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Broken(Exception):
    """An origin that cannot be understood, or has gone."""


class Message:
    """The first line, and fields as (name, value)."""

    def __init__(self, first, fields):
        self.first, self.fields = first, fields

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name]

    def get(self, name):
        """All of them, as one list."""
        return ", ".join(self.all(name))

    def passed_on(self):
        """The fields that are not for one hop."""
        named = {word.strip().lower() for word in self.get("connection").split(",")}
        hop = {"transfer-encoding"} if is_("forwards-hop-by-hop-fields") else HOP | named
        return [(name, value) for name, value in self.fields if name.lower() not in hop]


class Stream:
    def __init__(self, connection):
        self.connection, self.data = connection, b""

    def more(self):
        part = self.connection.recv(65536)
        self.data += part
        return bool(part)

    def take(self, count):
        """Pieces of so many bytes; raises Broken where they do not come."""
        while count:
            if not self.data and not self.more():
                raise Broken("cut")
            part, self.data = self.data[:count], self.data[count:]
            count -= len(part)
            yield part

    def line(self):
        while b"\n" not in self.data:
            if len(self.data) > 4096 or not self.more():
                raise Broken("no line")
        line, _, self.data = self.data.partition(b"\n")
        return line.rstrip(b"\r")

    def head(self):
        """The next message's head; None at the end of the connection."""
        while self.data.startswith(b"\r\n"):
            self.data = self.data[2:]
        while b"\r\n\r\n" not in self.data:
            if len(self.data) > LONGEST_HEAD and not is_("reads-any-head"):
                raise Refused(431)
            if b"\n\n" in self.data or b"\r\r" in self.data or not self.more():
                if not self.data:
                    return None
                raise Refused(400)
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        if len(head) > LONGEST_HEAD:
            raise Refused(431)
        return parsed(head.decode("latin-1"))


def parsed(head):
    lax = is_("takes-any-field")
    if not lax and re.search(r"[\0]|\r(?!\n)|(?<!\r)\n", head):
        raise Refused(400)
    first, *lines = head.split("\r\n")
    fields = []
    for line in lines:
        found = re.fullmatch(rf"({TOKEN}):[ \t]*(.*?)[ \t]*", line) or (lax and re.fullmatch(r"([^:]*?)\s*:(.*)", line))
        if found:
            fields.append((found[1], found[2].strip()))
        elif not lax:
            raise Refused(400)
    return Message(first, fields)


def length_of(message):
    """By Content-Length; None where there is none."""
    values = {value.strip() for one in message.all("content-length") for value in one.split(",")}
    if not values:
        return None
    if (len(values) > 1 and not is_("takes-the-first-length")) or not all(re.fullmatch(r"\d{1,18}", value) for value in values):
        raise Refused(400)
    return int(message.all("content-length")[0])


def chunks(stream):
    while True:
        text = stream.line().partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", text):
            raise Broken("chunk")
        size = int(text, 16)
        if not size:
            while stream.line():
                pass
            return
        yield from stream.take(size)
        if stream.line():
            raise Broken("chunk")


def request_body(stream, message):
    coding = message.get("transfer-encoding")
    size = length_of(message)
    if coding:
        if (size is not None or message.first.endswith("1.0")) and not is_("forwards-both-lengths"):
            raise Refused(400)
        if coding.strip().lower() != "chunked":
            raise Refused(501)
        pieces = chunks(stream)
    else:
        if (size or 0) > LONGEST_BODY:
            raise Refused(413)
        pieces = stream.take(size or 0)
    body = b""
    try:
        for piece in pieces:
            body += piece
            if len(body) > LONGEST_BODY:
                raise Refused(413)
    except Broken:
        raise Refused(400) from None
    return body


def response_body(stream, message, method, status):
    """Its length, None where that is not told; and its pieces."""
    if method == "HEAD" or status in (204, 304) or status < 200:
        return 0, iter(())
    coding = message.get("transfer-encoding").lower()
    try:
        size = length_of(message)
    except Refused:
        raise Broken("length") from None
    if coding:
        if size is not None or coding != "chunked":
            raise Broken("two lengths")
        return None, chunks(stream)
    if size is not None:
        return size, stream.take(size)
    return None, until_the_end(stream)


def until_the_end(stream):
    while stream.data or stream.more():
        part, stream.data = stream.data, b""
        yield part
