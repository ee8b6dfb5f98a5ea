"""HTTP/1.1 for the wrong balancer: heads and bodies, read and written. What spoils them is named by faults() (http_balancer.py)."""

import re
import socket

LINE, HEAD, FIELDS, PIECE = 8192, 32768, 100, 65536  # bytes, bytes, lines, bytes
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
REASONS = {400: "Bad Request", 405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large", 414: "URI Too Long",
           431: "Request Header Fields Too Large", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
           505: "HTTP Version Not Supported"}  # fmt: skip
PAGE = "<!DOCTYPE html><html><body><h1>{0} {1}</h1><p>This balancer could not have that answered.</p></body></html>\n"
fault = [""]


def is_(name):
    return fault[0] == name


class Refused(Exception):
    """A message that is none: the status that answers it."""


class Gone(Exception):
    """The other side has left."""


class Stream:
    def __init__(self, connection, seconds):
        self.socket, self.data = connection, b""
        connection.settimeout(seconds)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def more(self):
        part = self.socket.recv(PIECE)
        if not part:
            raise Gone
        self.data += part

    def line(self, most, status):
        while b"\n" not in self.data:
            if len(self.data) > most and not is_("no-bounds"):
                raise Refused(status)
            self.more()
        line, _, self.data = self.data.partition(b"\n")
        if len(line) > most and not is_("no-bounds"):
            raise Refused(status)
        if not line.endswith(b"\r") or re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line[:-1]):
            raise Refused(400)
        return line[:-1].decode("latin-1")

    def take(self, length):
        while length:
            if not self.data:
                self.more()
            piece, self.data = self.data[:length], self.data[length:]
            length -= len(piece)
            yield piece

    def chunks(self):
        while True:
            size = self.line(1024, 400).split(";")[0].strip()
            if not re.fullmatch(r"[0-9a-fA-F]{1,15}", size):
                raise Refused(400)
            if int(size, 16) == 0:
                break
            yield from self.take(int(size, 16))
            if self.line(2, 400):
                raise Refused(400)
        while self.line(LINE, 431):
            pass

    def to_the_end(self):
        while True:
            try:
                if not self.data:
                    self.more()
            except Gone:
                return
            piece, self.data = self.data, b""
            yield piece


class Head:
    """first: the three words of its line; fields: name, value, in order."""

    def __init__(self, first, fields):
        self.first, self.fields = first, fields

    def values(self, name):
        return [value for key, value in self.fields if key.lower() == name]

    def value(self, name):
        return ", ".join(self.values(name))

    def without_hops(self):
        named = {one.strip().lower() for one in self.value("connection").split(",")}
        dropped = set() if is_("hands-on-connection") else HOP | named
        return [(key, value) for key, value in self.fields if key.lower() not in dropped | {"content-length", "transfer-encoding"}]


def read_fields(stream, status):
    fields, size = [], 0
    while line := stream.line(LINE, status):
        size += len(line)
        if (size > HEAD or len(fields) >= FIELDS) and not is_("no-bounds"):
            raise Refused(status)
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name):
            raise Refused(400)
        fields.append((name, value.strip(" \t")))
    return fields


def read_request(stream):
    line = stream.line(LINE, 414)
    words = line.split(" ")
    if not is_("takes-any-line"):
        if len(words) != 3 or not TOKEN.fullmatch(words[0]) or not re.fullmatch(r"HTTP/\d\.\d", words[2]):
            raise Refused(400)
        if not words[2].startswith("HTTP/1"):
            raise Refused(505)
        if not re.fullmatch(r"(/|http://|\*)[!-~]*", words[1]):
            raise Refused(400)
    head = Head((words + ["", "", ""])[:3], read_fields(stream, 431))
    hosts = head.values("host")
    if head.first[2] != "HTTP/1.0" and not (len(hosts) == 1 and re.fullmatch(r"[^\s/@]*", hosts[0])) and not is_("takes-any-host"):
        raise Refused(400)
    return head


def request_body(stream, head):
    """None where there is none."""
    coding, lengths = head.value("transfer-encoding").lower(), head.values("content-length")
    if is_("knows-no-bodies"):
        return None
    if coding:
        if lengths and not is_("forwards-both-lengths"):
            raise Refused(400)
        if coding != "chunked":
            raise Refused(501)
        return stream.chunks()
    if not lengths:
        return None
    if len(lengths) > 1 or not re.fullmatch(r"\d{1,18}", lengths[0]):
        raise Refused(400)
    if int(lengths[0]) > 1 << 40:
        raise Refused(413)
    return stream.take(int(lengths[0])) if int(lengths[0]) else None


def read_response(stream):
    """The head of the final answer."""
    while True:
        line = stream.line(LINE, 502)
        found = re.fullmatch(r"HTTP/1\.[01] ([1-9]\d\d)( .*)?", line)
        if not found and not is_("forwards-anything"):
            raise Refused(502)
        status = int(found[1]) if found else 200
        head = Head(["HTTP/1.1", status, (found[2] or "").strip() if found else "OK"], read_fields(stream, 502))
        if status == 101:
            raise Refused(502)
        if status >= 200:
            return head


def response_body(stream, head, method):
    """Its pieces, and how its end is known: none, length, chunked, close."""
    if method == "HEAD" or head.first[1] in (204, 304):
        return iter(()), "none"
    coding, lengths = head.value("transfer-encoding").lower(), set(head.values("content-length"))
    if coding and (lengths or coding != "chunked") and not is_("forwards-anything"):
        raise Refused(502)
    if coding:
        return stream.chunks(), "chunked"
    if len(lengths) > 1 or any(not re.fullmatch(r"\d{1,18}", one) for one in lengths):
        raise Refused(502)
    return (stream.take(int(lengths.pop())), "length") if lengths else (stream.to_the_end(), "close")


def write_head(first, fields):
    return "\r\n".join([" ".join(map(str, first)), *(f"{name}: {value}" for name, value in fields), "", ""]).encode("latin-1")


def send_body(connection, pieces, chunked):
    for piece in pieces:
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if chunked else piece)
    if chunked:
        connection.sendall(b"0\r\n\r\n")
