"""A node behind a load balancer, which answers by a table and writes down what it is asked: http_node.py NAME PORT JOURNAL

On standard input orders, lines of JSON, each answered by a line of JSON on standard output: {"do": "table", "table": …} replaces the table,
{"do": "release"} lets answers that are held go, {"do": "state"} does no more. The answer has open (connections), most (answers that were due at
once), held, received (bytes of bodies so far). The table: path → what answers it, or a list: one after the other, the last one for ever; "*" for
all others. What answers: status, fields, body (text; "" has none; without it the node's name, method and target), size (bytes of body, made of
the node's name), chunked, first (bytes of body that are sent before it is held), hold, raw (octets in place of an answer), end (close, reset,
silent). JOURNAL gets a line of JSON for each head, before it is answered, and one for each whole body.
"""

import hashlib
import json
import re
import socket
import struct
import sys
import threading
import time

NAME, PORT, JOURNAL = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "a", encoding="utf-8")
PATIENCE, PIECE = 60, 65536  # s, bytes
changed = threading.Condition()
table: dict[str, dict | list] = {}
asked: dict[str, int] = {}
counts = {"open": 0, "due": 0, "most": 0, "held": 0, "received": 0, "releases": 0}


class Ended(Exception):
    """The client has left."""


def count(**changes):
    with changed:
        for name, by in changes.items():
            counts[name] += by
        counts["most"] = max(counts["most"], counts["due"])


def note(**words):
    with changed:
        JOURNAL.write(json.dumps({"at": time.time(), **words}) + "\n")
        JOURNAL.flush()


class Connection:
    def __init__(self, connection, peer):
        self.socket, self.peer, self.data = connection, peer, b""
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def more(self):
        part = self.socket.recv(PIECE)
        if not part:
            raise Ended
        self.data += part

    def until(self, mark):
        while not (end := re.search(mark, self.data)):
            self.more()
        found, self.data = self.data[: end.end()], self.data[end.end() :]
        return found

    def take(self, length):
        """So many bytes of a body, piece by piece, which are counted as they come."""
        while length:
            while not self.data:
                self.more()
            piece, self.data = self.data[:length], self.data[length:]
            length -= len(piece)
            count(received=len(piece))
            yield piece

    def body(self, head):
        if re.search(rb"(?im)^transfer-encoding:.*chunked", head):
            while size := int(self.until(rb"\r?\n").split(b";")[0], 16):
                yield from self.take(size)
                self.until(rb"\r?\n")
            while self.until(rb"\r?\n").strip():
                pass
        elif length := re.search(rb"(?im)^content-length:[ \t]*(\d+)", head):
            yield from self.take(int(length[1]))

    def serve(self):
        count(open=1)
        try:
            with self.socket:
                while self.one():
                    pass
        except (Ended, OSError, ValueError):
            pass
        finally:
            count(open=-1)

    def one(self):
        """Answers a request; whether there may be another."""
        octets = self.until(rb"\r?\n\r?\n")
        head = octets.decode("latin-1")
        method, target = (head.split("\r\n", 1)[0].split(" ") + ["", ""])[:2]
        note(head=head, peer=self.peer)
        try:
            count(due=1)
            digest, length = hashlib.sha256(), 0
            for piece in self.body(octets):
                digest.update(piece)
                length += len(piece)
            if length:
                note(target=target, sha256=digest.hexdigest(), length=length)
            what = choose(target.partition("?")[0])
            self.answer(what, method, target)
        finally:
            count(due=-1)
        if end := what.get("end", ""):
            self.finish(end)
            return False
        old = " HTTP/1.0" in head
        return bool(re.search(rf"(?im)^connection:.*{'keep-alive' if old else 'close'}", head)) == old

    def answer(self, what, method, target):
        body = (NAME.encode() + b"\n") * (what["size"] // (len(NAME) + 1) + 1) if "size" in what else what.get("body", f"{NAME} {method} {target}\n").encode("latin-1")
        body = body[: what.get("size", len(body))]
        if what.get("hold") and "first" not in what:
            self.hold()
        if "raw" in what:
            self.socket.sendall(what["raw"].encode("latin-1"))
            return
        framing = "Transfer-Encoding: chunked" if what.get("chunked") else f"Content-Length: {len(body)}"
        lines = [f"HTTP/1.1 {what.get('status', 200)} As It Is", f"X-Node: {NAME}", "Content-Type: text/plain", *what.get("fields", []), framing, "", ""]
        if what.get("status") in (204, 304):
            lines.remove(framing)
            body = b""
        self.socket.sendall("\r\n".join(lines).encode("latin-1"))
        if method == "HEAD":
            return
        first = what.get("first", 0)
        self.send(body[:first], what)
        if first and what.get("hold"):
            self.hold()
        self.send(body[first:], what)
        if what.get("chunked"):
            self.socket.sendall(b"0\r\n\r\n")

    def send(self, data, what):
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            self.socket.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if what.get("chunked") else piece)

    def hold(self):
        with changed:
            before = counts["releases"]
            counts["held"] += 1
            changed.wait_for(lambda: counts["releases"] > before, PATIENCE)
            counts["held"] -= 1

    def finish(self, how):
        if how == "reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if how == "close":
            self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(PIECE):  # so that no reset takes what was not read yet; of a silent one: until the other has had enough
            pass


def choose(path):
    with changed:
        given = table.get(path) or table.get("*") or {}
        turns = given if isinstance(given, list) else [given]
        asked[path] = asked.get(path, 0) + 1
        return turns[min(asked[path], len(turns)) - 1]


def accept(listener):
    while True:
        connection, peer = listener.accept()
        threading.Thread(target=Connection(connection, peer).serve, daemon=True).start()


def main():
    listener, accepting = socket.create_server(("0.0.0.0", PORT), backlog=512), False
    for line in sys.stdin:
        order = json.loads(line)
        with changed:
            if order["do"] == "table":
                table.clear()
                table.update(order["table"])
                asked.clear()
            if order["do"] == "release":
                counts["releases"] += 1
                changed.notify_all()
            print(json.dumps(counts), flush=True)
        if not accepting:
            accepting = True
            threading.Thread(target=accept, args=(listener,), daemon=True).start()


if __name__ == "__main__":
    main()
