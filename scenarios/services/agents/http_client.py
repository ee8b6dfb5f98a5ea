"""A client of HTTP/1.x that sends what it is told, right or wrong, and tells what comes back: http_client.py HOST PORT

On standard input JSON: {"together": whether all talks are held at once, "talks": [{"parts": bytes to send, as hexadecimal, "methods": of the
requests in them, a reply each, "pause": seconds behind each part, "seconds": for which it waits for anything, "closes": whether it then waits for the end of the connection}]}.
On standard output a list, a talk each: replies (RFC 9112, each with version, status, fields, body, framed: by what its end is known, whole),
rest (what came behind them), ended ("FIN", "reset", "", or what the system said), seconds.
"""

import concurrent.futures
import json
import socket
import sys
import time


class Ended(Exception):
    """Nothing more comes: closed, reset, or not in time."""


class Stream:
    """What comes on a connection, piece by piece."""

    def __init__(self, connection, seconds):
        self.connection, self.seconds, self.data, self.ended = connection, seconds, b"", ""

    def more(self):
        self.connection.settimeout(self.seconds)
        try:
            part = self.connection.recv(1 << 16)
        except TimeoutError:
            raise Ended from None
        except OSError as error:
            self.ended = "reset" if isinstance(error, ConnectionResetError) else f"error: {error}"
            raise Ended from None
        if not part:
            self.ended = "FIN"
            raise Ended
        self.data += part

    def until(self, mark):
        while mark not in self.data:
            self.more()
        found, _, self.data = self.data.partition(mark)
        return found

    def take(self, count, into):
        """Adds so many bytes to a body, or those that there are."""
        while len(self.data) < count:
            into += self.data
            count -= len(self.data)
            self.data = b""
            self.more()
        into += self.data[:count]
        self.data = self.data[count:]


def read_reply(stream, method):
    """The next one; None where not even its header came whole."""
    try:
        header = stream.until(b"\r\n\r\n").decode("latin-1")
    except Ended:
        return None
    first, *lines = header.split("\r\n")
    version, _, rest = first.partition(" ")
    fields = [[name, value.strip(" \t")] for name, _, value in (line.partition(":") for line in lines)]
    body, known = bytearray(), {name.lower(): value for name, value in fields}
    reply = {"first": first, "version": version, "status": int(rest[:3]) if rest[:3].isdigit() else 0, "fields": fields, "whole": True}
    try:
        reply["framed"] = read_body(stream, method, reply["status"], known, body)
    except (Ended, ValueError):
        reply["framed"] = "chunked" if "transfer-encoding" in known else "length"
        reply["whole"] = False
    return {**reply, "body": body.hex()}


def read_body(stream, method, status, known, body):
    """By what its end is known."""
    if method == "HEAD" or status in (204, 304) or 100 <= status < 200:
        return "none"
    if "chunked" in known.get("transfer-encoding", "").lower():
        while size := int(stream.until(b"\r\n").split(b";")[0], 16):
            stream.take(size, body)
            stream.until(b"\r\n")
        while stream.until(b"\r\n"):
            pass
        return "chunked"
    if "content-length" in known:
        stream.take(int(known["content-length"]), body)
        return "length"
    try:
        while True:
            stream.take(1 << 30, body)
    except Ended:
        if stream.ended != "FIN":
            raise
    return "close"


def talk(host, port, given):
    began, replies, seconds = time.monotonic(), [], given["seconds"]
    try:
        connection = socket.create_connection((host, port), seconds)
    except OSError as error:
        return {"replies": [], "rest": "", "ended": f"error: {error}", "seconds": time.monotonic() - began}
    with connection:
        stream = Stream(connection, seconds)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for part in given["parts"]:
                connection.sendall(bytes.fromhex(part))
                time.sleep(given["pause"])
        except OSError:
            pass  # a server that has had enough may have answered all the same
        for method in given["methods"]:
            reply = read_reply(stream, method)
            while reply and 100 <= reply["status"] < 200 and reply["status"] != 101:
                reply = read_reply(stream, method)
            if reply is None:
                break
            replies.append(reply)
        try:
            while given["closes"] and not stream.ended:
                stream.more()
        except Ended:
            pass
        return {"replies": replies, "rest": stream.data[:4096].hex(), "ended": stream.ended, "seconds": time.monotonic() - began}


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    wanted = json.load(sys.stdin)
    with concurrent.futures.ThreadPoolExecutor(len(wanted["talks"]) if wanted["together"] else 1) as pool:
        print(json.dumps(list(pool.map(lambda one: talk(host, port, one), wanted["talks"]))))


main()
